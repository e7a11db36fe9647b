"""The load since the newest complete minute, of workers that an autoscaler follows: a burst shows there first."""

from collections.abc import Mapping, Sequence
from typing import Final

STEP: Final = 10
"""Seconds over which a peak is the average: fewer would make a burst of a page and its images."""
_FORGET_SECONDS: Final = 900  # without being wanted: more than two of the longest intervals


class PeakLoads:
    """Requests per second at their greatest, by script name. Single-threaded."""

    def __init__(self) -> None:
        self._wanted: dict[str, float] = {}  # script name -> Unix time
        self._peaks: Mapping[str, float] = {}

    def want(self, script_name: str, now: float) -> None:
        """Have a worker's load looked at. ``now``: Unix time."""
        self._wanted[script_name] = now

    def wanted(self, now: float) -> Sequence[str]:
        """Return whose load is wanted."""
        kept = {name: at for name, at in self._wanted.items() if now - at <= _FORGET_SECONDS}
        self._wanted = kept
        return sorted(kept)

    def renew(self, peaks: Mapping[str, float]) -> None:
        """Take in what is known now; nothing of it is kept for the next time."""
        self._peaks = peaks

    def of(self, script_name: str) -> float | None:
        """Return a worker's greatest load; None if there was none, or nobody has looked."""
        return self._peaks.get(script_name)
