"""Errors that carry how to handle them.

ReconcileError
├── Stalled        no retry until the spec, a secret or the source changes, or a check is requested
├── Waiting        check again after a known time: somebody else has to act first
│   └── Paused     retry after a known time: others have found out that it fails now
├── Transient      retry with backoff
└── RateLimited    retry once the API accepts calls again
"""

import json
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from workers_operator.domain.reasons import Reason

_LEAST_LINE: Final = (
    4  # characters: a shorter line of a secret reveals nothing and occurs everywhere
)


def _forms(value: str) -> Iterator[str]:
    """Yield a secret in the forms in which others repeat it: stripped, by line, as JSON, percent-encoded."""
    lines = (line.strip() for line in value.splitlines())
    for text in (value, value.strip(), *(line for line in lines if len(line) >= _LEAST_LINE)):
        yield text
        yield json.dumps(text)[1:-1]
        yield json.dumps(text, ensure_ascii=False)[1:-1]
        yield quote(text, safe="")


class ReconcileError(Exception):
    """An error with a condition reason and a message for users. It never holds a secret."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message

    def hide(self, values: Iterable[str]) -> None:
        """Remove secrets from the message, which may quote what another program was told."""
        forms = {form for value in values for form in _forms(value)}
        # The longest first: one value may be part of another.
        for form in sorted(filter(None, forms), key=len, reverse=True):
            self.message = self.message.replace(form, "[secret]")
        self.args = (f"{self.reason}: {self.message}",)

    def add(self, text: str) -> None:
        """Add a sentence to the message."""
        self.message = f"{self.message.rstrip('.')}; {text}"
        self.args = (f"{self.reason}: {self.message}",)


class Stalled(ReconcileError):
    """Retrying changes nothing."""


class Waiting(ReconcileError):
    """Somebody else has to act first. ``after``: seconds until the next check."""

    def __init__(self, reason: Reason, message: str, *, after: float) -> None:
        super().__init__(reason, message)
        self.after = after


class Paused(Waiting):
    """Others have found out that it fails now: retried like a transient error, after a known time."""


class Transient(ReconcileError):
    """Likely to pass by itself: retried with backoff."""


class RateLimited(ReconcileError):
    """The API refuses calls for a while. ``after``: seconds until it accepts them again."""

    def __init__(self, reason: Reason, message: str, *, after: float) -> None:
        super().__init__(reason, message)
        self.after = after
