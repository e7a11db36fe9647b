"""What an autoscaler remembers: its recommendations within the windows, and what it has changed. Pure.

Times are seconds since the epoch. A time that lies ahead, because a clock was set back, counts as now.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A number that was calculated, before windows and policies were applied to it."""

    instances: int
    time: float


@dataclass(frozen=True, slots=True)
class ScaleEvent:
    """A change of the number; negative on the way down."""

    change: int
    time: float


@dataclass(frozen=True, slots=True)
class ScalingHistory:
    """The past of one worker. ``burst``: when the last one was seen; ``missing_since``: since when metrics are missing.

    ``recommendations`` holds only what can still be the least or the greatest of a window that ends now or later.
    """

    recommendations: tuple[Recommendation, ...] = ()
    events: tuple[ScaleEvent, ...] = ()
    burst: float | None = None
    missing_since: float | None = None

    def least(self, instances: int, since: float) -> int:
        """Return the least of ``instances`` and the recommendations after ``since``."""
        return min((instances, *(r.instances for r in self.recommendations if r.time > since)))

    def greatest(self, instances: int, since: float) -> int:
        """Return the greatest of ``instances`` and the recommendations after ``since``."""
        return max((instances, *(r.instances for r in self.recommendations if r.time > since)))

    def changed(self, since: float) -> int:
        """Return the sum of the changes after ``since``."""
        return sum(event.change for event in self.events if event.time > since)

    def seeded(self, current: int, now: float) -> "ScalingHistory":
        """Return the history of an autoscaler that begins, or goes on after a restart, with ``current`` instances.

        What happened while nobody looked is unknown, so the current number counts as recommended just now.
        """
        known = [*self._known(now), Recommendation(current, now)]
        return replace(self, recommendations=tuple(_relevant(known)))

    def recommended(self, instances: int, now: float, *, keep: float) -> "ScalingHistory":
        """Return the history with one more recommendation, and without those older than ``keep`` seconds."""
        kept = [r for r in self._known(now) if r.time > now - keep]
        kept.append(Recommendation(instances, now))
        return replace(self, recommendations=tuple(_relevant(kept)))

    def lasting(self, now: float, interval: float) -> "ScalingHistory":
        """Return the history in which the newest recommendation held until just now, ``interval`` seconds at most."""
        if not self.recommendations:
            return self
        *others, newest = self.recommendations
        until = max(newest.time, min(math.nextafter(now, 0.0), newest.time + interval))
        return replace(self, recommendations=(*others, replace(newest, time=until)))

    def scaled(self, change: int, now: float, *, keep: float) -> "ScalingHistory":
        """Return the history with one more change, if there is one, and without those older than ``keep`` seconds."""
        known = (replace(event, time=min(event.time, now)) for event in self.events)
        events = [event for event in known if event.time > now - keep]
        if change:
            events.append(ScaleEvent(change, now))
        return replace(self, events=tuple(events))

    def burst_at(self, now: float) -> "ScalingHistory":
        """Return the history with a burst."""
        return replace(self, burst=now)

    def missing(self, now: float) -> "ScalingHistory":
        """Return the history with metrics missing now, and since when if they were missing before."""
        return self if self.missing_since is not None else replace(self, missing_since=now)

    def complete(self) -> "ScalingHistory":
        """Return the history with no metrics missing."""
        return replace(self, missing_since=None)

    def _known(self, now: float) -> list[Recommendation]:
        return [replace(r, time=min(r.time, now)) for r in self.recommendations]


def _relevant(entries: Iterable[Recommendation]) -> list[Recommendation]:
    """Drop what a later entry makes irrelevant for the greatest as well as for the least of every window."""
    newest_first = sorted(entries, key=lambda r: r.time, reverse=True)
    kept = {*_records(newest_first, max), *_records(newest_first, min)}
    return sorted(kept, key=lambda r: (r.time, r.instances))


def _records(
    newest_first: Iterable[Recommendation], better: Callable[[int, int], int]
) -> list[Recommendation]:
    """Return the entries that exceed all later ones."""
    found: list[Recommendation] = []
    for entry in newest_first:
        if not found or better(entry.instances, found[-1].instances) != found[-1].instances:
            found.append(entry)
    return found
