"""Lines of text, in which everything that they hold is seen."""

from collections.abc import Iterable, Sequence
from typing import Final

MAX_MESSAGE: Final = 768
_MAX_NAME: Final = 64
_MAX_LISTED: Final = 20


def one_line(text: str, limit: int = MAX_MESSAGE) -> str:
    """Return ``text`` as one line of ``limit`` characters at most.

    Messages quote tenants, their scripts and other programs, and are shown by terminals: line breaks become spaces,
    and characters without a shape of their own (control characters, bidirectional overrides) are escaped.
    """
    if len(text) <= limit and text.isprintable():
        return text
    lines = (line.strip() for line in text[: 4 * limit].splitlines())
    words = " ".join(line for line in lines if line)
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


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return rows as the lines of a table with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "   ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _escaped(character: str) -> str:
    return " " if character == "\t" else character.encode("unicode_escape").decode()
