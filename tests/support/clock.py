"""A clock that stands still until it is told to go on: for everything that waits by the engine's Clock."""

import asyncio
import heapq
import math
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

T = TypeVar("T")
_MOMENT: Final = 0.001  # real seconds
EPOCH: Final = datetime(2026, 1, 31, 8, tzinfo=UTC)


async def idle() -> None:
    """Returns when no other task of the loop can go on by itself, and no thread computes anything for one."""
    loop = asyncio.get_running_loop()
    ready = vars(loop)["_ready"]
    await asyncio.sleep(0)
    # Others' next steps are in it; ours is not while we run. Nobody could set an event: it is about everybody.
    while ready or _is_computing(loop):  # noqa: ASYNC110
        await asyncio.sleep(0 if ready else _MOMENT)


def _is_computing(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether a thread of ``asyncio.to_thread`` is at work."""
    executor = vars(loop)["_default_executor"]
    if executor is None:
        return False
    threads, waiting = vars(executor)["_threads"], vars(vars(executor)["_idle_semaphore"])["_value"]
    return bool(waiting < len(threads))


class ManualClock:
    """Seconds begin at 1,000; the time of day at ``EPOCH``."""

    def __init__(self, seconds: float = 1000.0) -> None:
        self._seconds = seconds
        self._sequence = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self._seconds

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self._seconds - 1000.0)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        # Time that goes on by less than a float can tell would stand still for ever.
        due = max(self._seconds + seconds, math.nextafter(self._seconds, math.inf))
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sequence += 1
        heapq.heappush(self._sleepers, (due, self._sequence, waiter))
        await waiter

    async def advance(self, seconds: float) -> None:
        """Lets ``seconds`` pass; who sleeps meanwhile wakes in order, each at its own time."""
        end = self._seconds + seconds
        while await self.step(end):
            pass

    async def step(self, end: float) -> bool:
        """Lets time pass until the next sleeper wakes, at most until ``end``; returns whether one woke."""
        await idle()
        if self._next_due() > end:
            self._seconds = max(self._seconds, end)
            return False
        self._wake_next()
        await idle()
        return True

    async def finish(self, work: Awaitable[T]) -> T:
        """Lets as much time pass as ``work`` needs; its result. Fails where no passing of time would end it."""
        task = asyncio.ensure_future(work)
        await idle()
        while not task.done():
            if self._next_due() == math.inf:
                task.cancel()
                raise AssertionError("it waits for something that never happens")
            self._wake_next()
            await idle()
        return task.result()

    def _next_due(self) -> float:
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else math.inf

    def _wake_next(self) -> None:
        due, _, waiter = heapq.heappop(self._sleepers)
        self._seconds = due
        waiter.set_result(None)
