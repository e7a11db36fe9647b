"""Errors that carry how they are to be handled.

Handled
├── Stalled        no retry until the spec, the secret or the source changes, or a check is requested
├── Waiting        look again after a known time: somebody else has to act first
├── Transient      retry with backoff
└── RateLimited    retry when the API allows it again
"""

from collections.abc import Iterable


class Handled(Exception):
    """An error with a condition reason (CamelCase) and a message fit for people; never holds a secret."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message

    def hide(self, values: Iterable[str]) -> None:
        """Takes secrets out of the message: somebody else's words may repeat what they were told."""
        # The longest first: a value may be a part of another.
        for value in sorted(filter(None, values), key=len, reverse=True):
            self.message = self.message.replace(value, "[secret]")
        self.args = (f"{self.reason}: {self.message}",)


class Stalled(Handled):
    """Nothing changes by trying again."""


class Waiting(Handled):
    """Somebody else has to act first. ``after``: seconds until the next look."""

    def __init__(self, reason: str, message: str, *, after: float) -> None:
        super().__init__(reason, message)
        self.after = after


class Transient(Handled):
    """Likely to pass by itself: retried with backoff."""


class RateLimited(Handled):
    """The API refuses calls for a while. ``after``: seconds until it accepts them again."""

    def __init__(self, reason: str, message: str, *, after: float) -> None:
        super().__init__(reason, message)
        self.after = after
