"""Requests by version since the beginning of a rollout's step, for analysed rollouts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from workers_operator.domain.metrics.tally import Tally
from workers_operator.domain.rollout.analysis import differ

STEP: Final = 10
"""Seconds to which times are rounded down."""
_FORGET_SECONDS: Final = 900  # after the last use or kept
_STEPS: Final = 20  # the maximum of a rollout


@dataclass(frozen=True, slots=True)
class Comparison:
    """The requests to a worker between two Unix times, by version. ``rollout``: the Unix time at which it began.

    ``looked``: number of looks so far. ``former``: those of former steps, as far as known. ``end``:
    the Unix time after which nothing counts, None if there is none.
    """

    rollout: int
    since: int
    until: int
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    looked: int = 0
    former: tuple[Mapping[str, Tally], ...] = ()
    end: int | None = None

    def of(self, version: str) -> Tally:
        """Return the requests to a version."""
        return self.tallies.get(version, Tally())

    @property
    def is_uneven(self) -> bool:
        """Whether one of the versions may do worse than another: whether that is chance, tests have to tell."""
        found = list(self.tallies.values())
        return any(differ(one, other) for one in found for other in found)

    def next(self, since: int) -> "Comparison":
        """Return the comparison at the beginning of the next step of the same rollout."""
        former = (*self.former, self.tallies)[-_STEPS:] if self.tallies else self.former
        return Comparison(self.rollout, since, since, former=former)


class Comparisons:
    """Comparisons by script name. Single-threaded.

    ``failures``: consecutive failed queries.
    """

    def __init__(self) -> None:
        self._wanted: dict[
            str, float
        ] = {}  # script name -> Unix time; requests to these are counted
        self._kept: dict[str, float] = {}  # script name -> Unix time
        self._known: dict[str, Comparison] = {}
        self.failures = 0

    def want(
        self, script_name: str, rollout: int, since: int, now: float, end: int | None = None
    ) -> Comparison:
        """Request a count of a worker's requests since a Unix time; return what is known so far.

        ``rollout``: the Unix time at which the rollout began; ``now``: Unix time. ``end``: until when they are counted.
        """
        self._wanted[script_name] = self._kept[script_name] = now
        known = self._known.get(script_name)
        if known is None or known.rollout != rollout:
            known = Comparison(rollout, since, since)
        elif known.since != since:
            known = known.next(since)
        if known.end != end:
            known = replace(known, end=end)
        self._known[script_name] = known
        return known

    def keep(self, script_name: str, now: float) -> None:
        """Keep what is known of a worker, also through a long step that is not analysed."""
        if script_name in self._kept:
            self._kept[script_name] = now

    def uneven(self, script_names: Iterable[str]) -> frozenset[str]:
        """Return those of some workers whose versions differ."""
        known = ((name, self._known.get(name)) for name in script_names)
        return frozenset(name for name, found in known if found is not None and found.is_uneven)

    def lacking(self, now: float, delay: float) -> Mapping[tuple[int, int], Iterable[str]]:
        """Return the time windows in which each worker's requests are to be counted.

        ``delay``: how late data is, in seconds.
        """
        for script_name, wanted in list(self._wanted.items()):
            if now - wanted > _FORGET_SECONDS:
                del self._wanted[script_name]
        for script_name, kept in list(self._kept.items()):
            if now - kept > _FORGET_SECONDS:
                del self._kept[script_name], self._known[script_name]
        until = int((now - delay) // STEP) * STEP
        found: dict[tuple[int, int], list[str]] = {}
        for script_name in self._wanted:
            known = self._known[script_name]
            last = until if known.end is None else min(until, known.end)
            if known.until < last:
                found.setdefault((known.until, last), []).append(script_name)
        return found

    def add(
        self,
        script_names: Iterable[str],
        span: tuple[int, int],
        tallies: Mapping[str, Mapping[str, Tally]],
    ) -> None:
        """Add the requests between two Unix times. ``tallies``: script name → version → requests."""
        for script_name in script_names:
            known = self._known.get(script_name)
            if known is None or known.until != span[0]:
                continue  # another step has begun since
            found = dict(known.tallies)
            for version, tally in tallies.get(script_name, {}).items():
                found[version] = found.get(version, Tally()) + tally
            self._known[script_name] = replace(known, until=span[1], tallies=found)

    def asked(self, *, failed: bool) -> None:
        """Record a query, failed or not."""
        self.failures = self.failures + 1 if failed else 0

    def looked(self, script_name: str, look: int) -> None:
        """Record the number of looks at a worker's requests."""
        if (known := self._known.get(script_name)) is not None:
            self._known[script_name] = replace(known, looked=look)
