"""What can go wrong for an author, in words for the command line."""


class AuthoringError(Exception):
    """The text says what is missing or wrong, and where."""
