"""A reason: a word with what it means, as the enumerations of reasons have it."""

from enum import StrEnum
from typing import Self


class ReasonWord(StrEnum):
    """A reason in CamelCase. ``on``: the condition types that carry it; ``about``: its meaning, and what to do."""

    on: str
    about: str

    def __new__(cls, word: str, on: str = "", about: str = "") -> Self:
        """Make a member whose value is ``word``."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.on = on
        member.about = about
        return member
