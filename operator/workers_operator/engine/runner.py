"""Runs keys from the queue: bounded concurrency, one run per key at a time, retries with backoff."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from workers_operator.engine.queue import Priority, WorkQueue
from workers_operator.engine.retry import Backoff

logger = logging.getLogger(__name__)
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Result:
    """How a pass ended.

    ``requeue_after``: seconds until the next pass (None: only when something changes). ``retry``: the pass failed in
    a way that is likely to pass; the runner chooses the delay. ``terminal``: it failed and trying again is no use.
    """

    requeue_after: float | None = None
    retry: bool = False
    terminal: bool = False


class Observer(Protocol):
    """Where the runner tells what it does; controller-runtime's metrics are behind it."""

    def started(self, controller: str, waited: float) -> None: ...
    def finished(self, controller: str, outcome: str, seconds: float) -> None: ...
    def retried(self, controller: str) -> None: ...
    def panicked(self, controller: str) -> None: ...


Reconcile = Callable[[K, Priority], Awaitable[Result]]


class Slots:
    """How many passes are worked on at once. One that only waits for others may give its slot away meanwhile."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._slots = asyncio.Semaphore(number)

    async def take(self) -> None:
        """Waits for a slot."""
        await self._slots.acquire()

    def give_back(self) -> None:
        """Somebody else may have it."""
        self._slots.release()

    @asynccontextmanager
    async def parked(self) -> AsyncIterator[None]:
        """Inside, the pass holds no slot."""
        self.give_back()
        try:
            yield
        finally:
            await self.take()


class Runner(Generic[K]):
    """Passes over one queue, as many at once as there are slots. ``name_of`` names a key's controller, for metrics."""

    def __init__(
        self,
        queue: WorkQueue[K],
        reconcile: Reconcile[K],
        *,
        slots: Slots,
        backoff: Backoff,
        rng: random.Random,
        observer: Observer,
        name_of: Callable[[K], str],
    ) -> None:
        self._queue = queue
        self._reconcile = reconcile
        self._slots = slots
        self._backoff = backoff
        self._rng = rng
        self._observer = observer
        self._name_of = name_of
        self._failures: dict[K, int] = {}
        self.passes = 0
        """How many have ended."""

    async def run(self) -> None:
        """Works until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                # A slot is taken for work that there is: one that is held in vain is missed by passes that come back.
                await self._queue.available()
                await self._slots.take()
                taken = self._queue.take()
                if taken is None:  # forgotten meanwhile
                    self._slots.give_back()
                    continue
                key, priority, waited = taken
                self._observer.started(self._name_of(key), waited)
                group.create_task(self._work(key, priority))

    def failures(self, key: K) -> int:
        """How many passes of ``key`` have failed in a row."""
        return self._failures.get(key, 0)

    async def _work(self, key: K, priority: Priority) -> None:
        name = self._name_of(key)
        started = time.perf_counter()
        outcome = "error"
        try:
            result = await self._reconcile(key, priority)
            outcome = self._settle(key, name, result)
        except Exception:
            # A defect in a pass must not end the operator, nor be retried hot.
            logger.exception("reconciling %s failed unexpectedly", key)
            self._observer.panicked(name)
            self._settle(key, name, Result(retry=True))
        finally:
            self.passes += 1
            self._observer.finished(name, outcome, time.perf_counter() - started)
            self._queue.done(key)
            self._slots.give_back()

    def _settle(self, key: K, name: str, result: Result) -> str:
        if result.retry:
            attempt = self._failures[key] = self._failures.get(key, 0) + 1
            self._observer.retried(name)
            delay = self._backoff.delay(attempt, self._rng)
            self._queue.add(key, Priority.RETRY, after=delay)
            return "error"
        self._failures.pop(key, None)
        if result.requeue_after is not None:
            self._queue.add(key, Priority.RESYNC, after=result.requeue_after)
            return "terminal_error" if result.terminal else "requeue_after"
        return "terminal_error" if result.terminal else "success"
