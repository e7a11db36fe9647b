"""Uptime: a worker's outages, kept as a few bytes, and the share of time without them. Pure.

An outage begins when a worker is found unhealthy and ends when it answers well again: with a status write that happens
anyway. Of many outages, neighbours are merged; their time is kept, and taken to be spread evenly between them. A clock
that goes back makes no outage longer: nothing ends before it begins, and nothing begins in the future.
"""

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

DAY: Final = 86_400
MONTH: Final = 30 * DAY
MOST_OUTAGES: Final = 10


@dataclass(frozen=True, slots=True)
class Outage:
    """From ``start`` until ``end``, Unix times; None: it lasts. ``down``: seconds of it that were an outage."""

    start: int
    end: int | None = None
    down: int | None = None  # None: all

    def downtime(self, since: int, now: int) -> float:
        """Return its seconds between two Unix times."""
        end = now if self.end is None else self.end
        length, inside = end - self.start, min(end, now) - max(self.start, since)
        if inside <= 0:
            return 0.0
        return inside if self.down is None else self.down * inside / length


@dataclass(frozen=True, slots=True)
class History:
    """A worker's outages, the oldest first, ``since`` a Unix time."""

    since: int
    outages: tuple[Outage, ...] = ()

    @property
    def is_out(self) -> bool:
        """Whether an outage lasts."""
        return bool(self.outages) and self.outages[-1].end is None

    def begun(self, now: int) -> "History":
        """Return the history with an outage that begins now, unless one lasts."""
        if self.is_out:
            return self
        earlier = self.outages[-1].end if self.outages else None
        start = max(now, self.since, earlier or 0)
        return _bounded(replace(self, outages=(*self.outages, Outage(start))), now)

    def ended(self, now: int) -> "History":
        """Return the history without an outage that lasts."""
        if not self.is_out:
            return self
        last = self.outages[-1]
        if now <= last.start:
            return replace(self, outages=self.outages[:-1])
        return _bounded(replace(self, outages=(*self.outages[:-1], replace(last, end=now))), now)

    def uptime(self, seconds: int, now: int) -> float:
        """Return the share of the last ``seconds``, of those that are known, that were no outage."""
        since = max(self.since, now - seconds)
        if now <= since:
            return 0.0 if self.is_out else 1.0
        down = math.fsum(outage.downtime(since, now) for outage in self.outages)
        return min(1.0, max(0.0, 1.0 - down / (now - since)))


def _bounded(history: History, now: int) -> History:
    """Return the history without what is too old to count; of too many outages, the closest are merged."""
    kept = [o for o in history.outages if o.end is None or o.end > now - MONTH]
    while len(kept) > MOST_OUTAGES:
        # The last one may go on: it is left alone.
        gaps = [b.start - (a.end or b.start) for a, b in pairwise(kept[:-1])]
        at = gaps.index(min(gaps))
        kept[at : at + 2] = [_merged(kept[at], kept[at + 1])]
    return replace(history, outages=tuple(kept))


def _merged(first: Outage, second: Outage) -> Outage:
    end = second.end if second.end is not None else second.start
    down = sum(int(o.downtime(o.start, end)) for o in (first, second))
    return Outage(first.start, end, down if down < end - first.start else None)


def percent(share: float) -> str:
    """Return a share as status has it, such as 99.95%: rounded down, and 100% only if nothing is missing."""
    hundredths = math.floor(share * 10_000 + 1e-6)
    if share < 1.0:
        hundredths = min(hundredths, 9_999)
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".") + "%"
