"""A deduplicating priority queue of keys with delays, modelled on controller-runtime's, and shared between tenants.

The queue holds a key at most once: adding the key again keeps the more urgent urgency and the earlier due time. A key
that is being processed can be added, but ``take`` returns it again only after ``done``.
"""

import asyncio
import heapq
import math
from collections.abc import Callable, Hashable, KeysView
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from workers_operator.engine.clock import Clock
from workers_operator.engine.fair import Admits, FairQueue, everybody
from workers_operator.engine.priority import Priority, Urgency

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_LEAST_SWEPT: Final = 64
_LEAST_TICKS: Final = 20


@dataclass(slots=True)
class _Item(Generic[K]):
    key: K
    urgency: Urgency
    due: float  # monotonic seconds
    added: float


class WorkQueue(Generic[K]):
    """The queue that the module describes. ``tenant_of``: whose a key is.

    ``tick``: seconds by which a key may be late that is due after twenty ticks or more, so that those of a tick are due
    at once: work in a row costs much less than the same work one by one, with the caches of whoever ran in between.

    Not thread-safe: use it from one event loop.
    """

    def __init__(
        self,
        clock: Clock,
        on_add: Callable[[K], None] = lambda key: None,
        tenant_of: Callable[[K], str] = lambda key: "",
        tick: float = 0.0,
    ) -> None:
        self._clock = clock
        self._on_add = on_add
        self._tenant_of = tenant_of
        self._tick = tick
        self._items: dict[K, _Item[K]] = {}
        # A key that is added again leaves a stale item in a heap, which is skipped.
        self._ready: FairQueue[_Item[K]] = FairQueue(self._is_live)
        self._delayed: _Delayed[_Item[K]] = _Delayed(clock, self._is_live, self._make_ready)
        self._processing: set[K] = set()
        self._became_due = asyncio.Event()

    def __len__(self) -> int:
        """Return the number of queued keys, due and delayed, without those that are only being processed."""
        return len(self._items)

    @property
    def tenants(self) -> KeysView[str]:
        """A view of the tenants of keys that are due."""
        return self._ready.tenants

    def due(self, since: float = 0.0) -> list[K]:
        """Return the queued keys whose due time has passed, ``since`` seconds ago at least."""
        latest = self._clock.monotonic() - since
        return [key for key, item in self._items.items() if item.due <= latest]

    def add(self, key: K, urgency: Urgency, *, after: float = 0.0) -> None:
        """Queue ``key``, due in ``after`` seconds, or earlier if it is already queued with an earlier due time."""
        now = self._clock.monotonic()
        due = now + after
        if self._tick and after >= _LEAST_TICKS * self._tick:
            due = math.ceil(due / self._tick) * self._tick
        known = self._items.get(key)
        if known is None:
            self._on_add(key)
        if known is not None:
            if known.urgency <= urgency and known.due <= due:
                return
            urgency, due = min(known.urgency, urgency), min(known.due, due)
        item = self._items[key] = _Item(key, urgency, due, known.added if known else now)
        if key not in self._processing:
            self._push(item)

    def forget(self, key: K) -> None:
        """Remove ``key`` from the queue."""
        self._items.pop(key, None)

    async def changed(self) -> None:
        """Return once a key has become due since the last return."""
        await self._became_due.wait()
        self._became_due.clear()

    def take(
        self, admits: Admits = everybody, least: Urgency = Urgency.RESYNC
    ) -> tuple[K, Priority, float] | None:
        """Take the next due key of the tenants that are admitted; return None if they have none as urgent as ``least``.

        Returns (key, priority, seconds since it was due).
        """
        taken = self._ready.take(admits, least)
        if taken is None:
            return None
        priority, item = taken
        del self._items[item.key]
        self._processing.add(item.key)
        waited = self._clock.monotonic() - max(item.due, item.added)
        return item.key, priority, max(0.0, waited)

    def done(self, key: K) -> None:
        """Mark ``key`` as processed. If it was added meanwhile, it can be taken again."""
        self._processing.discard(key)
        item = self._items.get(key)
        if item is not None:
            self._push(item)

    def _is_live(self, item: _Item[K]) -> bool:
        return self._items.get(item.key) is item

    def _push(self, item: _Item[K]) -> None:
        if item.due <= self._clock.monotonic():
            self._make_ready(item)
        else:
            self._delayed.push(item, item.due)

    def _make_ready(self, item: _Item[K]) -> None:
        priority = Priority(item.urgency, self._tenant_of(item.key))
        self._ready.push(item, priority, item.due)
        self._became_due.set()


class _Delayed(Generic[T]):
    """Items until they are due; ``promote`` takes those that are live then.

    Items that are not live any more are dropped when they may be half of all: keys that are added again and again, far
    ahead of their time, must not fill the memory.
    """

    def __init__(
        self, clock: Clock, is_live: Callable[[T], bool], promote: Callable[[T], None]
    ) -> None:
        self._clock = clock
        self._is_live = is_live
        self._promote = promote
        self._heap: list[tuple[float, int, T]] = []  # (due, sequence, item)
        self._sequence = 0
        self._most = _LEAST_SWEPT  # items, before stale ones are looked for
        self._timer: tuple[float, asyncio.Task[None]] | None = None  # (due, task)

    def push(self, item: T, due: float) -> None:
        """Hold an item back until it is due."""
        self._sequence += 1
        heapq.heappush(self._heap, (due, self._sequence, item))
        if len(self._heap) > self._most:
            self._sweep()
        if self._timer is None or due < self._timer[0]:
            self._start_timer(due)

    def _sweep(self) -> None:
        self._heap = [entry for entry in self._heap if self._is_live(entry[-1])]
        heapq.heapify(self._heap)
        self._most = max(_LEAST_SWEPT, 2 * len(self._heap))

    def _start_timer(self, due: float) -> None:
        if self._timer is not None:
            self._timer[1].cancel()
        self._timer = (due, asyncio.get_running_loop().create_task(self._promote_at(due)))

    async def _promote_at(self, due: float) -> None:
        await self._clock.sleep(max(0.0, due - self._clock.monotonic()))
        self._timer = None
        now = self._clock.monotonic()
        while self._heap and self._heap[0][0] <= now:
            item = heapq.heappop(self._heap)[-1]
            if self._is_live(item):
                self._promote(item)
        if self._heap:
            self._start_timer(self._heap[0][0])
