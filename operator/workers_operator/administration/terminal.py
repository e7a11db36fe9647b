"""What a terminal can show."""

import os
import sys
from collections.abc import Mapping
from typing import Final, TextIO

INTERRUPTED: Final = 130
"""The exit code after Ctrl-C."""
_PIPE_CLOSED: Final = 141


def pipe_closed() -> int:
    """Return the exit code once nobody reads what is printed (``| head``); let nothing be flushed at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _PIPE_CLOSED


def wants_colours(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether colours are wanted: on a terminal, unless NO_COLOR (no-color.org) says otherwise."""
    plain = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
    return stream.isatty() and not plain
