"""Errors of commands."""


class CommandError(Exception):
    """A command cannot do what it was asked to; the message says why, for people."""


class OrderRefused(CommandError):
    """A platform cannot be given an order now; nothing has been written."""
