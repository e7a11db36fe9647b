"""Instances that fail while others answer: when one is taken out of balancing, replaced and put back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

BACK_AFTER: Final = 3
"""So many good probes in a row put an instance back."""
MOST_A_DAY: Final = 5
"""Maximum replacements of an instance per day; repeated failures are not cured by an upload."""
_DAY: Final = 86_400.0
_FIRST_PAUSE: Final = 60.0  # seconds until an instance is replaced again; twice as many each time


def of_a_day(repairs: Iterable[float], now: float) -> tuple[float, ...]:
    """Return those of the last day; times are monotonic seconds."""
    return tuple(at for at in repairs if at > now - _DAY)


def next_repair(repairs: Iterable[float], now: float) -> float:
    """Return the monotonic second from which on what was repaired at these may be repaired again."""
    times = of_a_day(repairs, now)
    if len(times) >= MOST_A_DAY:
        return times[0] + _DAY
    return times[-1] + _FIRST_PAUSE * 2.0 ** (len(times) - 1) if times else now


@dataclass(frozen=True, slots=True)
class Streak:
    """Probes in a row with the same outcome; one of both is 0."""

    failed: int = 0
    good: int = 0

    def after(self, is_good: bool) -> "Streak":
        """Return the streak after one more probe."""
        return Streak(0, self.good + 1) if is_good else Streak(self.failed + 1, 0)


@dataclass(frozen=True, slots=True)
class Instances:
    """What probes found of a version's instances. ``replaced``: monotonic seconds at which each was uploaded anew."""

    streaks: Mapping[int, Streak] = field(default_factory=dict)
    replaced: Mapping[int, tuple[float, ...]] = field(default_factory=dict)

    @property
    def any_fails(self) -> bool:
        """Whether the last probe of any instance failed, or it has yet to come back."""
        return any(streak.good < BACK_AFTER for streak in self.streaks.values())

    def after(self, outcomes: Mapping[int, bool]) -> "Instances":
        """Return what is known after probes. ``outcomes``: instance → whether its answer was good."""
        found = {i: self.streaks.get(i, Streak()).after(is_good) for i, is_good in outcomes.items()}
        return replace(self, streaks={**self.streaks, **found})

    def out(self, count: int, before: frozenset[int], threshold: int) -> frozenset[int]:
        """Return the instances of ``count`` that get no requests. ``before``: those that get none now.

        One always stays: if all fail, nothing tells which of them is at fault.
        """
        found = {i for i in range(count) if self._is_out(i, i in before, threshold)}
        if found and len(found) == count:
            found.discard(min(found, key=self._rank))
        return frozenset(found)

    def is_undecided(self, count: int, out: frozenset[int], threshold: int) -> bool:
        """Whether one of ``count`` instances has just begun to fail, or to answer again: the next probes decide.

        ``out``: those that get no requests.
        """
        return any(
            0 < streak.good < BACK_AFTER if i in out else 0 < streak.failed < threshold
            for i, streak in self.streaks.items()
            if i < count
        )

    def due(self, out: frozenset[int], now: float) -> frozenset[int]:
        """Return the instances that are to be replaced now, of those that are out and still fail."""
        return frozenset(i for i in out if self._fails(i) and self.next_replacement(i, now) <= now)

    def next_replacement(self, instance: int, now: float) -> float:
        """Return the monotonic second from which on an instance may be replaced again."""
        return next_repair(self.replaced.get(instance, ()), now)

    def uploaded(self, replaced: frozenset[int], now: float) -> "Instances":
        """Return what is known once instances were uploaded anew."""
        times = {i: (*of_a_day(self.replaced.get(i, ()), now), now) for i in replaced}
        return replace(self, replaced={**self.replaced, **times})

    def _is_out(self, instance: int, was_out: bool, threshold: int) -> bool:
        streak = self.streaks.get(instance, Streak())
        return streak.good < BACK_AFTER if was_out else streak.failed >= threshold

    def _fails(self, instance: int) -> bool:
        return self.streaks.get(instance, Streak()).failed > 0

    def _rank(self, instance: int) -> tuple[int, int, int]:
        streak = self.streaks.get(instance, Streak())
        return streak.failed, -streak.good, instance


NOTHING_SEEN: Final = Instances()
