"""Errors that carry how they are to be handled.

Handled
├── Stalled        no retry until the spec, the secret or the source changes, or a check is requested
├── Waiting        look again after a known time: somebody else has to act first
├── Transient      retry with backoff
└── RateLimited    retry when the API allows it again
"""

import json
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

_LEAST_LINE: Final = 4  # characters: shorter lines of a secret say nothing, and stand everywhere


def _forms(value: str) -> Iterator[str]:
    """A secret, and how others write it: without the white space around it, line by line, in JSON, in an address."""
    lines = (line.strip() for line in value.splitlines())
    for text in (value, value.strip(), *(line for line in lines if len(line) >= _LEAST_LINE)):
        yield text
        yield json.dumps(text)[1:-1]
        yield json.dumps(text, ensure_ascii=False)[1:-1]
        yield quote(text, safe="")


class Handled(Exception):
    """An error with a condition reason (CamelCase) and a message fit for people; never holds a secret."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message

    def hide(self, values: Iterable[str]) -> None:
        """Takes secrets out of the message: somebody else's words may repeat what they were told."""
        forms = {form for value in values for form in _forms(value)}
        # The longest first: a value may be a part of another.
        for form in sorted(filter(None, forms), key=len, reverse=True):
            self.message = self.message.replace(form, "[secret]")
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
