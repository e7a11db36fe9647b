"""Brings entries that arrive from several instances into the order of time, each once. Pure."""

import heapq
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from workers_operator.domain.telemetry.entries import LogEntry

HOLD_SECONDS: Final = 1.0
"""Seconds for which an entry waits for earlier ones of other instances."""
_MAX_KNOWN: Final = 20_000  # ids that are remembered


@dataclass(order=True, slots=True)
class _Held:
    order: tuple[int, str, bool]
    number: int
    arrived: float = field(compare=False)
    entry: LogEntry = field(compare=False)


class Merge:
    """Holds entries for a moment. Times are monotonic seconds."""

    def __init__(self, hold: float = HOLD_SECONDS) -> None:
        self._hold = hold
        self._held: list[_Held] = []
        self._known: OrderedDict[str, None] = OrderedDict()
        self._count = 0

    def add(self, entry: LogEntry, now: float) -> bool:
        """Take an entry in; return False for one that is known already."""
        if entry.id:
            if entry.id in self._known:
                return False
            self._known[entry.id] = None
            if len(self._known) > _MAX_KNOWN:
                self._known.popitem(last=False)
        self._count += 1
        heapq.heappush(self._held, _Held(entry.order, self._count, now, entry))
        return True

    def due(self, now: float) -> list[LogEntry]:
        """Return, in the order of time, the entries that have waited, and those that are earlier than one of these."""
        waited = [held for held in self._held if held.arrived + self._hold <= now]
        last = max(waited, default=None)
        found = []
        while last is not None and self._held and self._held[0] <= last:
            found.append(heapq.heappop(self._held).entry)
        return found

    def due_at(self) -> float | None:
        """Return when the next entry will have waited; None if none is held."""
        return min((held.arrived + self._hold for held in self._held), default=None)
