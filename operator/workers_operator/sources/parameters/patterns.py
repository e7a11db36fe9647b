"""Regular expressions of schemas, by RE2: it matches in linear time, whatever the expression and the text.

RE2 is also what the API server uses for CRDs. It has neither look-around nor back-references, and its ``\\d``, ``\\w``
and ``\\s`` are ASCII. It is imported on first use, so an operator without templates does not load it.
"""

from functools import cache, lru_cache
from typing import Any, Final

MAX_LENGTH: Final = 1000
MAX_PATTERNS: Final = 100  # of one manifest: so many stay compiled
_MAX_MEMORY: Final = 128 * 1024  # bytes of one compiled expression with its states
_INSTRUCTIONS_A_STEP: Final = 256  # at worst, RE2 runs every instruction for every byte


def problem_of(pattern: str) -> str | None:
    """Return why RE2 does not take a regular expression, or None if it does."""
    if len(pattern) > MAX_LENGTH:
        return f"must not be longer than {MAX_LENGTH} characters"
    import re2

    try:
        _compiled(pattern)
    except (re2.error, UnicodeEncodeError):
        return (
            "must be a regular expression that RE2 takes: without look-around and back-references, "
            "and not too large"
        )
    return None


def cost(pattern: str, text: str) -> int:
    """Return the steps that a search takes at most."""
    return 2 + len(text) * int(_compiled(pattern).programsize) // _INSTRUCTIONS_A_STEP


def matches(pattern: str, text: str) -> bool:
    """Return whether a part of ``text`` matches."""
    return _compiled(pattern).search(text.encode(errors="replace")) is not None


@lru_cache(MAX_PATTERNS)
def _compiled(pattern: str) -> Any:
    import re2

    return re2.compile(pattern, _options())


@cache
def _options() -> Any:
    import re2

    options = re2.Options()
    options.max_mem = _MAX_MEMORY
    options.never_capture = True
    options.log_errors = False
    return options
