"""Runs a reconcile pass for each key of the queue: bounded concurrency, one pass per key at a time, retries.

Resyncs give way to what is more urgent, in the event loop as well: they begin one by one, while it has nothing else to
do.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from workers_operator.engine.fair import Admits
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.engine.queue import WorkQueue
from workers_operator.engine.retry import Backoff
from workers_operator.engine.slots import Slots
from workers_operator.engine.turns import BackgroundTurns

logger = logging.getLogger(__name__)
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a pass.

    ``requeue_after``: seconds until the next pass; None requeues on the next change only. ``retry``: the pass failed
    with a transient error; the runner chooses the delay unless ``requeue_after`` does. ``terminal``: the pass failed
    and a retry cannot help.
    """

    requeue_after: float | None = None
    retry: bool = False
    terminal: bool = False


class PassObserver(Protocol):
    """Receives the runner's events; the metrics implement it."""

    def started(self, controller: str, waited: float) -> None: ...
    def finished(self, controller: str, outcome: str, seconds: float) -> None: ...
    def retried(self, controller: str) -> None: ...
    def panicked(self, controller: str) -> None: ...


Reconcile = Callable[[K, Priority], Awaitable[Result]]


class Runner(Generic[K]):
    """Runs the passes of one queue. ``name_of`` returns the name of a key's controller, for metrics."""

    def __init__(
        self,
        queue: WorkQueue[K],
        reconcile: Reconcile[K],
        *,
        slots: Slots,
        backoff: Backoff,
        rng: random.Random,
        observer: PassObserver,
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
        """Number of finished passes."""

    @property
    def waiting(self) -> int:
        """Number of keys that have been due for a second and have no slot yet."""
        return len(self._queue.due(since=1.0))

    async def run(self) -> None:
        """Run until cancelled."""
        turns = BackgroundTurns(time.perf_counter, self._slots.fill)
        async with asyncio.TaskGroup() as group:

            def begin(admits: Admits, least: Urgency) -> str | None:
                allowed = Urgency.RESYNC if turns.is_free else Urgency.FOLLOW
                taken = self._queue.take(admits, min(least, allowed))
                if taken is None:
                    return None
                key, priority, waited = taken
                if priority.urgency is Urgency.RESYNC:
                    turns.take()
                self._observer.started(self._name_of(key), waited)
                group.create_task(self._work(key, priority))
                return priority.tenant

            with self._slots.serving(self._queue.tenants, begin):
                while True:
                    self._slots.fill()
                    await self._queue.changed()

    def failures(self, key: K) -> int:
        """Return the number of consecutive failed passes of ``key``."""
        return self._failures.get(key, 0)

    async def _work(self, key: K, priority: Priority) -> None:
        name = self._name_of(key)
        started = time.perf_counter()
        outcome = "error"
        try:
            result = await self._reconcile(key, priority)
            outcome = self._conclude(key, priority, result)
        except Exception:
            # A bug in a pass must not stop the operator, and must not be retried without backoff.
            logger.exception("reconciling %s failed with an unexpected error; retrying", key)
            self._observer.panicked(name)
            self._conclude(key, priority, Result(retry=True))
        finally:
            self.passes += 1
            self._observer.finished(name, outcome, time.perf_counter() - started)
            self._queue.done(key)
            self._slots.give_back(priority)

    def _conclude(self, key: K, priority: Priority, result: Result) -> str:
        if result.retry:
            self._observer.retried(self._name_of(key))
            delay = result.requeue_after
            if delay is None:
                # After a change, a deletion for instance, former failures tell nothing of what this one waits for.
                # An abort stays one when it is retried.
                is_new = priority.urgency in (Urgency.EDIT, Urgency.CREATE)
                former = 0 if is_new else self._failures.get(key, 0)
                attempt = self._failures[key] = former + 1
                delay = self._backoff.delay(attempt, self._rng)
            is_abort = priority.urgency is Urgency.ABORT
            self._queue.add(key, Urgency.ABORT if is_abort else Urgency.RETRY, after=delay)
            return "error"
        self._failures.pop(key, None)
        if result.requeue_after is not None:
            self._queue.add(key, Urgency.RESYNC, after=result.requeue_after)
            return "terminal_error" if result.terminal else "requeue_after"
        return "terminal_error" if result.terminal else "success"
