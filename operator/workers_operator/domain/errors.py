"""Errors that carry how to handle them.

ReconcileError
├── Stalled        no retry until the spec, a secret or the source changes, or a check is requested
├── Waiting        check again after a known time: somebody else has to act first
│   └── Paused     retry after a known time: others have found out that it fails now
├── Transient      retry with backoff
└── RateLimited    retry once the API accepts calls again
"""

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote

from workers_operator.domain.reasons import Reason

MAX_MESSAGE: Final = 768
_MAX_NAME: Final = 64
_MAX_LISTED: Final = 20
_LEAST_LINE: Final = (
    4  # characters: a shorter line of a secret reveals nothing and occurs everywhere
)
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def one_line(text: str, limit: int = MAX_MESSAGE) -> str:
    """Return ``text`` as one line of ``limit`` characters at most, in which characters without a shape are escaped.

    Messages quote names and words of tenants, their scripts and other programs, and end up in terminals and logs.
    """
    if len(text) <= limit and text.isprintable():
        return text
    words = " ".join(line.strip() for line in text[: 4 * limit].splitlines()).strip()
    shown = "".join(c if c.isprintable() else _escaped(c) for c in words[: limit + 1])
    return short(shown, limit)


def short(text: str, limit: int = _MAX_NAME) -> str:
    """Return ``text``, cut to ``limit`` characters."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def listed(names: Iterable[str], limit: int = _MAX_LISTED) -> str:
    """Return names as a list for a message: cut, and not more than ``limit`` of them."""
    found = list(names)
    more = f" and {len(found) - limit} more" if len(found) > limit else ""
    return ", ".join(short(name) for name in found[:limit]) + more


def _escaped(character: str) -> str:
    return " " if character == "\t" else character.encode("unicode_escape").decode()


def _forms(value: str) -> Iterator[str]:
    """Yield a secret in the forms in which others repeat it: stripped, by line, as JSON, percent-encoded, in base64."""
    whole = (value, value.strip())
    for text in whole:
        encoded = base64.b64encode(text.encode(errors="replace")).decode().rstrip("=")
        if len(text) >= _LEAST_LINE:
            yield from (encoded, encoded.replace("+", "-").replace("/", "_"))
    lines = (line.strip() for line in value.splitlines())
    for text in (*whole, *(line for line in lines if len(line) >= _LEAST_LINE)):
        yield text
        if not text.isalnum() or not text.isascii():  # otherwise the other forms are the same
            yield json.dumps(text)[1:-1]
            yield _as_json(text)[1:-1]
            yield quote(text, safe="")


class ReconcileError(Exception):
    """An error with a condition reason and a message for users. It never holds a secret."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return one_line(f"{self.reason}: {self.message}")

    def hide(self, values: Iterable[str]) -> None:
        """Remove secrets from the message, which may quote what another program was told."""
        text = self.message
        # Secrets may have thousands of lines, and hardly any of them begins like a part of the message.
        beginnings = {text[n : n + _LEAST_LINE] for n in range(len(text))}
        found = {
            form
            for value in values
            for form in _forms(value)
            if (len(form) < _LEAST_LINE or form[:_LEAST_LINE] in beginnings) and form in text
        }
        # The longest first: one value may be part of another.
        for form in sorted(filter(None, found), key=len, reverse=True):
            self.message = self.message.replace(form, "[secret]")
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
