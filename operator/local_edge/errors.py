"""The only error of this package that users see."""


class EdgeError(Exception):
    """A failure that the user must know about; its text is written for the terminal."""
