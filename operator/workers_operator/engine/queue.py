"""A deduplicating priority queue of keys with delays, modelled on controller-runtime's.

The queue holds a key at most once: adding the key again keeps the more urgent priority and the earlier due time. A key
that is being processed can be added, but ``take`` returns it again only after ``done``.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from workers_operator.engine.clock import Clock
from workers_operator.engine.priority import Priority

K = TypeVar("K", bound=Hashable)


@dataclass(slots=True)
class _Item:
    priority: Priority
    due: float  # monotonic seconds
    added: float


class WorkQueue(Generic[K]):
    """The queue that the module describes. Not thread-safe: use it from one event loop."""

    def __init__(self, clock: Clock, on_add: Callable[[K], None] = lambda key: None) -> None:
        self._clock = clock
        self._on_add = on_add
        self._items: dict[K, _Item] = {}
        # A key that is added again leaves a stale entry in a heap, which is skipped when popped.
        self._ready: list[tuple[int, float, int, K]] = []  # (priority, due, sequence, key)
        self._delayed: list[tuple[float, int, K]] = []  # (due, sequence, key)
        self._processing: set[K] = set()
        self._sequence = 0
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._timer: tuple[float, asyncio.Task[None]] | None = None  # (due, task)

    def __len__(self) -> int:
        """Return the number of queued keys, due and delayed, without those that are only being processed."""
        return len(self._items)

    def due(self) -> list[K]:
        """Return the queued keys whose due time has passed."""
        now = self._clock.monotonic()
        return [key for key, item in self._items.items() if item.due <= now]

    def add(self, key: K, priority: Priority, *, after: float = 0.0) -> None:
        """Queue ``key``, due in ``after`` seconds, or earlier if it is already queued with an earlier due time."""
        now = self._clock.monotonic()
        due = now + after
        known = self._items.get(key)
        if known is None:
            self._on_add(key)
        if known is not None:
            if known.priority <= priority and known.due <= due:
                return
            priority, due = min(known.priority, priority), min(known.due, due)
        self._items[key] = _Item(priority, due, known.added if known else now)
        if key not in self._processing:
            self._push(key)

    def forget(self, key: K) -> None:
        """Remove ``key`` from the queue."""
        self._items.pop(key, None)

    async def available(self) -> None:
        """Return as soon as a key is due."""
        while not self._clean():
            await self._woken()

    def take(self) -> tuple[K, Priority, float] | None:
        """Take the most urgent due key: (key, priority, seconds since it was due). Return None if no key is due."""
        if not self._clean():
            return None
        key = heapq.heappop(self._ready)[-1]
        item = self._items.pop(key)
        self._processing.add(key)
        waited = self._clock.monotonic() - max(item.due, item.added)
        return key, item.priority, max(0.0, waited)

    def done(self, key: K) -> None:
        """Mark ``key`` as processed. If it was added meanwhile, it can be taken again."""
        self._processing.discard(key)
        if key in self._items:
            self._push(key)

    def _clean(self) -> bool:
        """Pop stale entries off the ready heap; return whether a valid entry remains."""
        while self._ready:
            priority, due, _, key = self._ready[0]
            item = self._items.get(key)
            if (
                item is not None
                and key not in self._processing
                and (item.priority, item.due) == (priority, due)
            ):
                return True
            heapq.heappop(self._ready)
        return False

    async def _woken(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            self._wake_one()  # this waiter may have consumed a wake-up: pass it on
            raise

    def _push(self, key: K) -> None:
        item = self._items[key]
        self._sequence += 1
        if item.due <= self._clock.monotonic():
            heapq.heappush(self._ready, (item.priority, item.due, self._sequence, key))
            self._wake_one()
            return
        heapq.heappush(self._delayed, (item.due, self._sequence, key))
        if self._timer is None or item.due < self._timer[0]:
            self._start_timer(item.due)

    def _wake_one(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _start_timer(self, due: float) -> None:
        if self._timer is not None:
            self._timer[1].cancel()
        self._timer = (due, asyncio.get_running_loop().create_task(self._promote_at(due)))

    async def _promote_at(self, due: float) -> None:
        await self._clock.sleep(max(0.0, due - self._clock.monotonic()))
        self._timer = None
        now = self._clock.monotonic()
        while self._delayed and self._delayed[0][0] <= now:
            due, _, key = heapq.heappop(self._delayed)
            item = self._items.get(key)
            if item is not None and item.due == due and key not in self._processing:
                self._sequence += 1
                heapq.heappush(self._ready, (item.priority, item.due, self._sequence, key))
                self._wake_one()
        if self._delayed:
            self._start_timer(self._delayed[0][0])
