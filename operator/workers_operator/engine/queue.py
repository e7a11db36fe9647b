"""A keyed, de-duplicating priority queue with delays, in the manner of controller-runtime's.

A key is in the queue at most once: adding it again keeps the more urgent priority and the earlier time. A key that
is being worked on is handed out again only after ``done``; what was added meanwhile is kept for then.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, TypeVar

from workers_operator.engine.clock import Clock

K = TypeVar("K", bound=Hashable)


class Priority(IntEnum):
    """Who goes first. Lower is more urgent."""

    EDIT = 0  # a user changed something that already runs, or asked for a check
    CREATE = 1
    RETRY = 2
    RESYNC = 3


@dataclass(slots=True)
class _Item:
    priority: Priority
    due: float  # monotonic seconds
    added: float


class WorkQueue(Generic[K]):
    """See the module. Single-threaded: for use within one event loop."""

    def __init__(self, clock: Clock, on_add: Callable[[K], None] = lambda key: None) -> None:
        self._clock = clock
        self._on_add = on_add
        self._items: dict[K, _Item] = {}
        # Heaps may hold stale entries (a key re-added with other values); they are skipped when popped.
        self._ready: list[tuple[int, float, int, K]] = []  # (priority, due, sequence, key)
        self._delayed: list[tuple[float, int, K]] = []  # (due, sequence, key)
        self._processing: set[K] = set()
        self._sequence = 0
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.Task[None] | None = None
        self._timer_due = float("inf")

    def __len__(self) -> int:
        """Keys that wait to be worked on now or later, those in work left out."""
        return len(self._items)

    def due(self) -> list[K]:
        """Keys that could be worked on now and wait for a worker."""
        now = self._clock.monotonic()
        return [key for key, item in self._items.items() if item.due <= now]

    def add(self, key: K, priority: Priority, *, after: float = 0.0) -> None:
        """Wants ``key`` to be worked on in ``after`` seconds, or earlier if that was wanted before."""
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
        """Drops what waits for ``key``."""
        self._items.pop(key, None)

    async def available(self) -> None:
        """Returns when ``take`` has something to give."""
        while not self._clean():
            await self._woken()

    def take(self) -> tuple[K, Priority, float] | None:
        """The most urgent due key, its priority, the seconds that it waited past its due time; None: nothing is due."""
        if not self._clean():
            return None
        key = heapq.heappop(self._ready)[-1]
        item = self._items.pop(key)
        self._processing.add(key)
        waited = self._clock.monotonic() - max(item.due, item.added)
        return key, item.priority, max(0.0, waited)

    def done(self, key: K) -> None:
        """Ends the work on ``key``; what was added meanwhile becomes available."""
        self._processing.discard(key)
        if key in self._items:
            self._push(key)

    def _clean(self) -> bool:
        """Takes stale entries off the top of what is ready; whether anything is left."""
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
            self._wake_one()  # the wake-up may have been meant for this waiter; it must not get lost
            raise

    def _push(self, key: K) -> None:
        item = self._items[key]
        self._sequence += 1
        if item.due <= self._clock.monotonic():
            heapq.heappush(self._ready, (item.priority, item.due, self._sequence, key))
            self._wake_one()
            return
        heapq.heappush(self._delayed, (item.due, self._sequence, key))
        if item.due < self._timer_due:
            self._start_timer(item.due)

    def _wake_one(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _start_timer(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer_due = due
        self._timer = asyncio.get_running_loop().create_task(self._promote_at(due))

    async def _promote_at(self, due: float) -> None:
        await self._clock.sleep(max(0.0, due - self._clock.monotonic()))
        self._timer, self._timer_due = None, float("inf")
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
