"""Restart processes that hang or have ended.

workerd runs all scripts of a process in one thread, which cannot be interrupted. A process hangs if this thread has
consumed `CPU_LIMIT` seconds without answering an order. One timer looks at the CPU time of all threads, which costs
microseconds; an order is sent only to a process that has consumed some. The end of a process wakes the watchdog at
once.
"""

import asyncio
import logging
from collections.abc import Iterable

from local_edge.runtime.process import ProcessFailed
from local_edge.runtime.workerd import Workerd

log = logging.getLogger(__name__)

CPU_LIMIT = 1.0
"""Seconds of CPU that the thread may consume without answering an order."""
_INTERVAL = 0.1
_NOTABLE = 0.02
"""Seconds of CPU since the last answer that make an order necessary."""


class Guard:
    """Watches one process; `look` is called regularly."""

    def __init__(self, process: Workerd) -> None:
        self._process = process
        self._repair: asyncio.Task[None] | None = None
        self._order: asyncio.Task[object] | None = None
        self._since = 0.0
        """The CPU time at the last answer, or when the outstanding order was sent."""

    def look(self) -> None:
        if self._repair is not None and not self._repair.done():
            return
        self._repair = None
        if self._process.pid is None:
            self._repair = asyncio.create_task(self._restart())
            return
        cpu = self._process.cpu_seconds()
        if self._order is not None and self._order.done():
            self._order.exception()  # if the process has ended: the next look will find out
            self._order, self._since = None, cpu
        if self._order is not None and cpu - self._since >= CPU_LIMIT:
            log.warning("workerd (%s) hangs; killing and restarting it", self._process.launch.name)
            self._repair = asyncio.create_task(self._process.kill())
        elif self._order is None and cpu - self._since >= _NOTABLE:
            self._order = asyncio.create_task(self._process.order("/"))
            self._since = cpu

    async def _restart(self) -> None:
        await self._drop_order()
        self._since = 0.0
        try:
            await self._process.restart()
        except ProcessFailed as error:
            log.error("%s; retrying", error)
            await asyncio.sleep(1)

    async def _drop_order(self) -> None:
        if self._order is not None:
            self._order.cancel()
            await asyncio.gather(self._order, return_exceptions=True)
            self._order = None

    async def stop(self) -> None:
        if self._repair is not None:
            self._repair.cancel()
            await asyncio.gather(self._repair, return_exceptions=True)
        await self._drop_order()


class Watchdog:
    """`woken` is set when a process has ended."""

    def __init__(self, processes: Iterable[Workerd], woken: asyncio.Event) -> None:
        self._guards = [Guard(process) for process in processes]
        self._woken = woken
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            timer = loop.call_later(_INTERVAL, self._woken.set)
            await self._woken.wait()
            timer.cancel()
            self._woken.clear()
            for guard in self._guards:
                guard.look()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.gather(*(guard.stop() for guard in self._guards))
