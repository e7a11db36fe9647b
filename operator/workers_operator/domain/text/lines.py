"""One line of text, in which everything that it holds is seen."""

from typing import Final

MAX_MESSAGE: Final = 1024


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
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
