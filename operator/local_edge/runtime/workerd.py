"""A workerd process that receives the table, changes of it, and other orders."""

import asyncio
import contextlib
from collections.abc import Callable

from local_edge.jsontypes import JsonObject
from local_edge.runtime.orders import OrderLost, Orders
from local_edge.runtime.process import AnyLaunch, LineReaders, ProcessFailed, WorkerdProcess
from local_edge.runtime.table import Message

_START_PATIENCE = 30.0


class Workerd:
    """`full_table` returns everything the process has to know; `ended` is called when it has ended."""

    def __init__(
        self,
        launch: AnyLaunch,
        *,
        full_table: Callable[[], Message],
        readers: LineReaders,
        ended: Callable[[], None],
    ) -> None:
        self.launch = launch
        self.restarts = 0
        self.ready = asyncio.Event()
        self._full_table = full_table
        self._process = WorkerdProcess(launch, readers, ended)
        self._pushing = asyncio.Lock()
        self._orders = Orders(launch.orders)

    @property
    def pid(self) -> int | None:
        """The process id, or None if the process is not running."""
        return self._process.pid

    async def start(self) -> None:
        """Start the process and send the full table; it handles no request before that."""
        self._orders.close()
        await self._process.start()
        deadline = asyncio.get_running_loop().time() + _START_PATIENCE
        while True:
            try:
                async with self._pushing:
                    await self._put_table(self._full_table())
                    break
            except OrderLost as error:
                await self._process.raise_if_ended()
                if asyncio.get_running_loop().time() > deadline:
                    raise ProcessFailed(f"workerd ({self.launch.name}) did not respond") from error
                await asyncio.sleep(0.005)
        self.ready.set()

    async def push(self, changes: Callable[[], Message]) -> None:
        """Send changes of the table and wait until they are in effect.

        `changes` is called when it is this push's turn, so a later push never carries older state. A process that is
        dead or starting is skipped: it gets the full table before it handles any request.
        """
        async with self._pushing:
            if self.ready.is_set():
                with contextlib.suppress(OrderLost):
                    await self._put_table(changes())

    async def order(self, path: str, body: Message | None = None, **parameters: str) -> JsonObject:
        """Send any other order. Raises OrderLost if the process dies meanwhile."""
        return await self._orders.send(path, body, **parameters)

    async def _put_table(self, message: Message) -> None:
        await self._orders.send("/table", message)

    def cpu_seconds(self) -> float:
        return self._process.cpu_seconds()

    async def restart(self) -> None:
        """Start the process again after its end. Raises ProcessFailed."""
        self.ready.clear()
        self.restarts += 1
        await self.start()

    async def kill(self) -> None:
        """Kill the process; the watchdog restarts it."""
        self.ready.clear()
        await self._process.kill()

    async def stop(self) -> None:
        self.ready.clear()
        await self._process.close()
        self._orders.close()
