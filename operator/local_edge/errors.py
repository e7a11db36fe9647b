"""The one error of this package that is for the person at the terminal."""


class EdgeError(Exception):
    """Its text is one line that says what is wrong."""
