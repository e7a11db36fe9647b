"""Durations in the notation of Go and CEL: ``90s``, ``1h30m``, ``2.5s``."""

import re
from typing import Final

PATTERN: Final = r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"
MAX_LENGTH: Final = 32

_WHOLE: Final = re.compile(PATTERN.strip("^$"), re.ASCII)
_PART: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)", re.ASCII)
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_duration(text: str) -> float:
    """Return the number of seconds in ``text``: 5400.0 for ``1h30m``.

    Raises ValueError unless ``text`` is a sequence of numbers, each with the unit ms, s, m or h.
    """
    if _WHOLE.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not a duration; write it like 90s, 1h30m or 250ms")
    return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
