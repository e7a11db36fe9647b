"""Tools for authors of templates. The operator itself does not use them."""


class AuthoringError(Exception):
    """An error that a template's author has to fix. Its message says what is missing or wrong, and where."""
