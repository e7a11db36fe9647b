"""What a terminal can show."""

import os
from collections.abc import Mapping
from typing import TextIO


def wants_colours(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether colours are wanted: on a terminal, unless NO_COLOR (no-color.org) says otherwise."""
    plain = environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
    return stream.isatty() and not plain
