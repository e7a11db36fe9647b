"""The closed loop: load → late metrics → decision → instances that take time to start."""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from bench.scaling.contenders import CAPACITY, POLL, TARGET, Contender
from bench.scaling.shapes import MINUTE, Shape
from workers_operator.desired.platform import ObservationConfig
from workers_operator.domain.scaling.forecast import Series
from workers_operator.domain.scaling.measuring import Sample

TICK: Final = 5.0
LAG: Final = 60.0
"""Seconds until a request is in Cloudflare's analytics."""
DELAY: Final = ObservationConfig().metrics_delay
"""Seconds until a minute counts as complete."""
START: Final = 30.0
"""Seconds until a change of the number has reached the edge: uploads, and the propagation of the routing entry."""
FINE: Final = 10.0
BUCKET: Final = 300.0
FLAP_SECONDS: Final = 1800.0
"""A change back within this time is a flap."""


@dataclass
class Outcome:
    """What became of a shape. ``overload``: minutes with more load than the instances can take.

    ``surplus``: instances beyond those that the load needs, as a share of them, on average. ``flaps``: changes of the
    number against the direction of the one before, within half an hour.
    """

    overload: float = 0.0
    needed: float = 0.0
    there: float = 0.0
    flaps: int = 0
    numbers: list[tuple[float, float, int]] = field(default_factory=list)

    @property
    def surplus(self) -> float:
        return self.there / self.needed - 1.0

    def add(self, other: "Outcome") -> None:
        """Add the figures of another run."""
        self.overload += other.overload
        self.needed += other.needed
        self.there += other.there
        self.flaps += other.flaps


class Analytics:
    """Cloudflare's: requests per minute, late."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._minutes: dict[int, list[float]] = {}
        self._buckets: dict[int, float] = {}

    def record(self, second: float, requests: float) -> None:
        """Take in the requests of a tick."""
        minute = self._minutes.setdefault(int(second // MINUTE), [])
        minute.append(requests)

    def sample(self, now: float) -> Sample | None:
        """Return the newest complete minute that is visible, and what is visible of the one after it."""
        begin, end = self._shape.outage
        if begin <= now < end:
            return None
        newest = int((now - DELAY) // MINUTE) - 1
        if newest < 0 or newest not in self._minutes:
            return None
        age = now - (newest + 1) * MINUTE
        before = self._rate(newest - 1) if newest - 1 in self._minutes else None
        peak = self._peak((newest + 1) * MINUTE, now - LAG)
        return Sample(self._rate(newest), age, before, peak)

    def _peak(self, begin: float, end: float) -> float:
        """Return the greatest rate over ten whole seconds since ``begin``, as far as it is visible."""
        minutes = range(int(begin // MINUTE), int(end // MINUTE) + 1)
        known = [tick for minute in minutes for tick in self._minutes.get(minute, [])]
        ticks = known[: max(0, int((end - begin) // TICK))]
        size = int(FINE // TICK)
        rates = [sum(ticks[at : at + size]) / FINE for at in range(0, len(ticks), size)]
        return max(rates, default=0.0)

    def series(self, now: float, season: float) -> Series | None:
        """Return the five-minute means of the last three seasons, of as many as there are."""
        newest = int((now - DELAY) // BUCKET) - 1
        first = max(0, newest + 1 - int(3 * season // BUCKET))
        if newest < first:
            return None
        values = tuple(self._bucket(index) for index in range(first, newest + 1))
        return Series(values, BUCKET, now - (newest + 1) * BUCKET)

    def _rate(self, minute: int) -> float:
        return sum(self._minutes[minute]) / MINUTE

    def _bucket(self, index: int) -> float:
        if index not in self._buckets:
            size = int(BUCKET // MINUTE)
            rates = [self._rate(minute) for minute in range(index * size, (index + 1) * size)]
            self._buckets[index] = sum(rates) / size
        return self._buckets[index]


def run(
    shape: Shape,
    contender: Contender,
    phase: float,
    *,
    season: float = 0.0,
    start: int | None = None,
) -> Outcome:
    """Return what becomes of a shape. ``phase``: seconds from the start of a minute to the polls in it.

    ``season``: of the series that the contender gets; 0 for none.
    """
    analytics, outcome = Analytics(shape), Outcome()
    wanted = start if start is not None else math.ceil(shape.load(0.0) / TARGET)
    moves = deque([(-START, wanted)])
    serving, last, sample = wanted, (0.0, 0), None
    past: Series | None = None
    for tick in range(int(shape.length / TICK)):
        now = tick * TICK
        while moves and moves[0][0] + START <= now:
            serving = moves.popleft()[1]
        if (now - phase) % POLL == 0:
            sample = analytics.sample(now)
            if season and (past is None or now % BUCKET < POLL):
                past = analytics.series(now, season)
        elif sample is not None:
            sample = Sample(sample.value, sample.age + TICK, sample.before, sample.peak)
        if (now - phase) % contender.period == 0:
            number = contender.decide(now, wanted, serving, sample, past)
            if number != wanted:
                last = _count(outcome, shape, last, now, number - wanted)
                wanted = number
                moves.append((now, number))
        load = shape.load(now)
        analytics.record(now, load * TICK)
        _judge(outcome, shape, now, load, serving)
    return outcome


def _judge(outcome: Outcome, shape: Shape, now: float, load: float, serving: int) -> None:
    if now < shape.begin:
        return
    outcome.overload += (load > serving * CAPACITY) * TICK / MINUTE
    outcome.needed += max(1, math.ceil(load / TARGET))
    outcome.there += serving
    if not outcome.numbers or now - outcome.numbers[-1][0] >= shape.length / 720:
        outcome.numbers.append((now, load, serving))


def _count(
    outcome: Outcome, shape: Shape, last: tuple[float, int], now: float, change: int
) -> tuple[float, int]:
    when, direction = last
    if now >= shape.begin and direction * change < 0 and now - when <= FLAP_SECONDS:
        outcome.flaps += 1
    return now, 1 if change > 0 else -1
