"""Waiting for conditions: polled shortly, with a deadline, and a text that says what did not happen."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

T = TypeVar("T")

PATIENCE: Final = 60.0
"""Seconds after which a condition that is still false fails the test."""
_PAUSE: Final = 0.05
PRESSURE: Final = Path("/proc/pressure/cpu")  # https://docs.kernel.org/accounting/psi.html


class Stopwatch:
    """Measures seconds, without those in which something on this machine waited for a core.

    A bound in a test is about the software; on a busy machine, everything takes longer. Where the kernel does not tell
    its pressure, all seconds count.
    """

    def __init__(self, pressure: Path = PRESSURE) -> None:
        self._began = time.monotonic()
        self._pressure = pressure
        self._waited = _waited(pressure)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return max(0.0, self.wall_seconds - (_waited(self._pressure) - self._waited))

    @property
    def wall_seconds(self) -> float:
        """All seconds since the start."""
        return time.monotonic() - self._began


class Deadline:
    """The end of ``seconds`` of a Stopwatch; on the wall, they take PATIENCE at most, unless they are more."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._watch = Stopwatch()

    @property
    def left(self) -> float:
        """Seconds that are left at least; negative once it has passed."""
        wall = max(self._seconds, PATIENCE) - self._watch.wall_seconds
        return min(self._seconds - self._watch.seconds, wall)


def until(
    condition: Callable[[], T], problem: str | Callable[[], str], seconds: float = PATIENCE
) -> T:
    """The first true value of ``condition``; ``problem`` says what is wrong if there is none in time."""
    deadline = Deadline(seconds)
    while not (value := condition()):
        if deadline.left < 0:
            text = problem if isinstance(problem, str) else problem()
            raise AssertionError(f"not within {seconds:.0f} s: {text}")
        time.sleep(_PAUSE)
    return value


def holds(condition: Callable[[], object], problem: str, seconds: float) -> None:
    """Fails as soon as ``condition`` is false within the next ``seconds``: for what must not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert condition(), problem
        time.sleep(_PAUSE)


def _waited(pressure: Path) -> float:
    """Seconds since the machine was started in which something waited for a core."""
    if not pressure.exists():
        return 0.0
    [some] = [line for line in pressure.read_text().splitlines() if line.startswith("some")]
    return int(some.rpartition("=")[2]) / 1e6
