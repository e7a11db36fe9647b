"""Lines of text, in which everything that they hold is seen."""

from collections.abc import Iterable, Sequence
from typing import Final

MAX_MESSAGE: Final = 768
_MAX_NAME: Final = 64
_MAX_LISTED: Final = 20
_TAB: Final = 4


def one_line(text: str, limit: int = MAX_MESSAGE) -> str:
    """Return ``text`` as one line of ``limit`` characters at most.

    Messages quote tenants, their scripts and other programs, and are shown by terminals: line breaks become spaces,
    and characters without a shape of their own (control characters, bidirectional overrides) are escaped.
    """
    if len(text) <= limit and text.isprintable():
        return text
    lines = (line.strip() for line in text[: 4 * limit].splitlines())
    words = " ".join(line for line in lines if line)
    shown = "".join(map(_visible, words[: limit + 1]))
    return short(shown, limit)


def visible_lines(text: str) -> list[str]:
    """Return the lines of ``text`` as a terminal shows them and does not obey them, at least one.

    Only line feeds end a line, with or without a carriage return; tabs are filled up with spaces.
    """
    return [
        line if line.isprintable() else "".join(map(_visible, line.expandtabs(_TAB)))
        for line in text.rstrip("\r\n").replace("\r\n", "\n").split("\n")
    ]


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


def _visible(character: str) -> str:
    return character if character.isprintable() else _escaped(character)


def _escaped(character: str) -> str:
    return " " if character == "\t" else character.encode("unicode_escape").decode()
