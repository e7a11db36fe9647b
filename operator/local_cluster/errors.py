"""The one error of this package: its text is written for the person at the terminal."""


class LocalClusterError(Exception):
    """Something that the caller has to know, as one or more lines of plain text."""
