"""Progress output for long-running commands: the current step, its progress and its duration.

On a terminal a running step rewrites its line. Elsewhere (CI logs, pipes) it prints a plain line once
in a while.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

LIVE_INTERVAL = 0.2
"""Seconds between two rewrites of a terminal line."""
PLAIN_INTERVAL = 15.0
"""Seconds between two plain lines about the same step."""
PLAIN_FIRST = 3.0
"""Seconds before a running step prints its first plain line."""

_ERASE_LINE = "\r\x1b[K"


def duration(seconds: float) -> str:
    """Format a duration for humans: `0.4 s`, `12 s`, `5 min 26 s`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02} s"


class Progress:
    """Writes steps and messages to `stream`; with `live`, running steps rewrite their line."""

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        live: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = sys.stderr if stream is None else stream
        self.live = self._stream.isatty() if live is None else live
        self.clock = clock

    def say(self, text: str) -> None:
        """Print a permanent line."""
        self._write(f"{text}\n")

    def show(self, text: str) -> None:
        """Print a line that the next one overwrites (terminals only)."""
        self._write(f"{_ERASE_LINE}{text}")

    @contextmanager
    def step(self, title: str) -> Iterator["Step"]:
        """Run a step; print its duration when it ends, or that it failed if it raises."""
        step = Step(self, title)
        try:
            yield step
        except BaseException:
            step.finish("failed after ")
            raise
        step.finish("")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class Step:
    """A running step. Call `update` often; it limits its own output."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._title = title
        self._began = progress.clock()
        self._next = self._began if progress.live else self._began + PLAIN_FIRST

    def update(self, detail: str = "") -> None:
        """Report progress; `detail` describes it, for example `812 of 2083 packages`."""
        now = self._progress.clock()
        if now < self._next:
            return
        text = f"  {self._title}: {detail + ', ' if detail else ''}{duration(now - self._began)}"
        if self._progress.live:
            self._next = now + LIVE_INTERVAL
            self._progress.show(text)
        else:
            self._next = now + PLAIN_INTERVAL
            self._progress.say(f"{text} so far")

    def finish(self, remark: str) -> None:
        """Print the final line of the step."""
        took = duration(self._progress.clock() - self._began)
        erase = _ERASE_LINE if self._progress.live else ""
        self._progress.say(f"{erase}  {self._title}: {remark}{took}")
