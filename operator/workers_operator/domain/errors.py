"""Errors that carry how to handle them.

ReconcileError
├── Stalled        no retry until the spec, a secret or the source changes, or a check is requested
├── Waiting        check again after a known time: somebody else has to act first
│   └── Paused     retry after a known time: others have found out that it fails now
├── Transient      retry with backoff
└── RateLimited    retry once the API accepts calls again
"""

from collections.abc import Iterable

from workers_operator.domain.text import hiding
from workers_operator.domain.text.lines import MAX_MESSAGE, one_line
from workers_operator.domain.text.words import ReasonWord


class ReconcileError(Exception):
    """An error with a condition reason and a message for users. It never holds a secret.

    The message may be of several lines while it is passed on; what shows it makes one line of it.
    """

    def __init__(self, reason: ReasonWord, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return one_line(f"{self.reason}: {self.message}")

    def hide(self, values: Iterable[str]) -> None:
        """Remove secrets from the message, which may quote what another program was told."""
        self.message = hiding.hide(self.message, values)
        self.args = (f"{self.reason}: {self.message}",)

    def add(self, text: str) -> None:
        """Add a sentence to the message, which is cut to make room for it. Hide secrets first."""
        before = one_line(self.message, MAX_MESSAGE - len(text) - len("; "))
        self.message = f"{before.rstrip('.')}; {text}"
        self.args = (f"{self.reason}: {self.message}",)


class Stalled(ReconcileError):
    """Retrying changes nothing."""


class Waiting(ReconcileError):
    """Somebody else has to act first. ``after``: seconds until the next check."""

    def __init__(self, reason: ReasonWord, message: str, *, after: float) -> None:
        super().__init__(reason, message)
        self.after = after


class Paused(Waiting):
    """Others have found out that it fails now: retried like a transient error, after a known time."""


class Transient(ReconcileError):
    """Likely to pass by itself: retried with backoff."""


class RateLimited(ReconcileError):
    """The API refuses calls for a while. ``after``: seconds until it accepts them again."""

    def __init__(self, reason: ReasonWord, message: str, *, after: float) -> None:
        super().__init__(reason, message)
        self.after = after
