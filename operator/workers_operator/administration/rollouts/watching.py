"""Show a rollout until it ends: redrawn in place on a terminal, a line for each change elsewhere."""

import shutil
from typing import Final, Protocol, TextIO

from workers_operator.administration.rollouts.fleet_picture import fleet_picture
from workers_operator.administration.rollouts.objects import Rolled, RolledTemplate, WorkersClient
from workers_operator.administration.rollouts.picture import (
    ASCII,
    Glyphs,
    Line,
    Style,
    picture,
)
from workers_operator.administration.rollouts.wording import sentence, verdict_of
from workers_operator.administration.terminal import wants_colours
from workers_operator.domain.text.lines import one_line
from workers_operator.domain.timestamps import stamp
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.clock import Clock

_POLL_SECONDS: Final = 1.0
_WIDEST: Final = 100
_CODES: Final[dict[Style, str]] = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
}


class Display(Protocol):
    """Shows a worker as it is now."""

    def show(self, rolled: Rolled) -> None:
        """Show an object, if it is any different."""


class Picture:
    """Draws a picture. ``in_place``: over the one before."""

    def __init__(self, stream: TextIO, clock: Clock, *, in_place: bool = False) -> None:
        self._stream = stream
        self._clock = clock
        self._in_place = in_place
        self._colours = wants_colours(stream)
        self._glyphs = Glyphs() if _has_glyphs(stream) else ASCII
        self._lines: list[str] = []

    def show(self, rolled: Rolled) -> None:
        """Draw an object's rollout."""
        now = int(self._clock.now().timestamp())
        width = min(shutil.get_terminal_size().columns, _WIDEST)
        lines = [self._text(line) for line in _drawn(rolled, now, width, self._glyphs)]
        if lines == self._lines:
            return
        if self._in_place and self._lines:
            self._stream.write(f"\x1b[{len(self._lines)}F\x1b[J")  # to their beginning; erase
        self._stream.write("".join(f"{line}\n" for line in lines))
        self._stream.flush()
        self._lines = lines

    def _text(self, line: Line) -> str:
        if not self._colours:
            return "".join(text for text, _ in line).rstrip()
        return "".join(
            f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style else text for text, style in line
        )


def _drawn(rolled: Rolled, now: int, width: int, glyphs: Glyphs) -> list[Line]:
    if isinstance(rolled, RolledTemplate):
        return fleet_picture(rolled, now, width, glyphs)
    return picture(rolled, now, width, glyphs)


class Lines:
    """Prints a line for each change, with the time."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self._last = ""

    def show(self, rolled: Rolled) -> None:
        """Print how far an object's rollout has come."""
        said = one_line(sentence(rolled))
        if said != self._last:
            self._stream.write(f"{stamp(self._clock.now())}  {said}\n")
            self._stream.flush()
            self._last = said


async def watch(workers: WorkersClient, key: ObjectKey, display: Display, clock: Clock) -> bool:
    """Show an object's rollout until it ends; return whether it has succeeded."""
    while True:
        rolled = await workers.get(key)
        display.show(rolled)
        found = verdict_of(rolled)
        if found != "under way":
            return found == "succeeded"
        await clock.sleep(_POLL_SECONDS)


def _has_glyphs(stream: TextIO) -> bool:
    """Whether the output can show the picture's characters."""
    try:
        "█░✓●○".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
