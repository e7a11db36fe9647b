"""Loads of the last seasons, for autoscalers that forecast: queried once, then extended in steps."""

from collections.abc import Iterable, Mapping
from typing import Final

from workers_operator.domain.scaling.forecast import Series

STEP: Final = 300
"""Seconds between two values."""
_SEASONS: Final = 3  # are kept; a forecast needs two
_FORGET_SECONDS: Final = 3600  # after the last use


class SeasonalLoads:
    """Requests per second in steps of five minutes, by script name. Single-threaded."""

    def __init__(self) -> None:
        self._wanted: dict[str, tuple[float, float]] = {}  # script name -> (season, Unix time)
        self._values: dict[str, dict[int, float]] = {}  # script name -> first second -> value
        self._until: dict[str, int] = {}

    def want(self, script_name: str, season: float, now: float) -> None:
        """Request a worker's load. ``season``: seconds; ``now``: Unix time."""
        self._wanted[script_name] = (season, now)

    def lacking(self, until: int) -> Mapping[int, Iterable[str]]:
        """Return Unix time → workers whose load is missing from then on, up to ``until``."""
        self._forget(until)
        found: dict[int, list[str]] = {}
        end = until // STEP * STEP
        for script_name, (season, _) in self._wanted.items():
            oldest = end - int(_SEASONS * season) // STEP * STEP
            since = max(oldest, self._until.get(script_name, oldest))
            if since < end:
                found.setdefault(since, []).append(script_name)
        return found

    def add(
        self, script_names: Iterable[str], requests: Mapping[tuple[str, int], int], until: int
    ) -> None:
        """Add loads up to a Unix time. ``requests``: (script name, first second of a step) → their number."""
        end = until // STEP * STEP
        for script_name in script_names:
            self._values.setdefault(script_name, {})
            self._until[script_name] = end
        for (script_name, start), count in requests.items():
            if script_name in self._values and start < end:
                self._values[script_name][start] = count / STEP

    def series(self, script_name: str, now: float) -> Series | None:
        """Return a worker's load, including steps without requests; None if unknown."""
        values, until = self._values.get(script_name), self._until.get(script_name)
        wanted = self._wanted.get(script_name)
        if not values or until is None or wanted is None:
            return None
        oldest = until - int(_SEASONS * wanted[0]) // STEP * STEP
        for start in [start for start in values if start < oldest]:
            del values[start]
        if not values:
            return None
        steps = range(min(values), until, STEP)
        return Series(tuple(values.get(start, 0.0) for start in steps), STEP, now - until)

    def _forget(self, now: float) -> None:
        for script_name, (_, wanted) in list(self._wanted.items()):
            if now - wanted > _FORGET_SECONDS:
                del self._wanted[script_name]
                self._values.pop(script_name, None)
                self._until.pop(script_name, None)
