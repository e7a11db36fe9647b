"""The only error of this package that users see."""


class LocalClusterError(Exception):
    """A failure that the user must know about; its text is one or more lines for the terminal."""
