"""Load since the newest complete minute, of autoscaled workers: a burst shows there first."""

from collections.abc import Mapping, Sequence
from typing import Final

STEP: Final = 10
"""Seconds over which a peak is averaged: with fewer, a page with its images would be a burst."""
_FORGET_SECONDS: Final = 900  # after the last use: more than two of the longest intervals


class PeakLoads:
    """Greatest requests per second by script name. Single-threaded."""

    def __init__(self) -> None:
        self._wanted: dict[str, float] = {}  # script name -> Unix time
        self._peaks: Mapping[str, float] = {}

    def want(self, script_name: str, now: float) -> None:
        """Request a worker's load. ``now``: Unix time."""
        self._wanted[script_name] = now

    def wanted(self, now: float) -> Sequence[str]:
        """Return the workers whose load is requested."""
        kept = {name: at for name, at in self._wanted.items() if now - at <= _FORGET_SECONDS}
        self._wanted = kept
        return sorted(kept)

    def renew(self, peaks: Mapping[str, float]) -> None:
        """Replace all loads."""
        self._peaks = peaks

    def of(self, script_name: str) -> float | None:
        """Return a worker's greatest load; None without load or data."""
        return self._peaks.get(script_name)
