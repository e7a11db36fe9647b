"""Measure all invocations: start the process that reads workerd's traces, and receive what it has measured."""

import asyncio
import json
import logging
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict

from local_edge.metering.invocation import Invocation, Took

log = logging.getLogger(__name__)

_LIMIT = 64 << 20
"""The longest line in bytes; the process drops what would make it longer."""
_PATIENCE = 5.0
"""Seconds for the last batch."""
_SOURCES = Path(__file__).parents[2]

Item = tuple[str, int, str, str, tuple[int, int, int], int, int]
"""The fields of an invocation."""


class _Batch(TypedDict):
    invocations: list[Item]
    dropped: int
    """The number of invocations that were dropped so far."""


Record = Callable[[Sequence[Invocation]], None]


class Meter:
    """`record` receives batches of invocations. The FIFOs `paths` are created here."""

    def __init__(self, paths: Sequence[Path], record: Record) -> None:
        self._paths = paths
        self._record = record
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._open: list[int] = []
        self._dropped = 0
        self.restarts = 0

    @property
    def pid(self) -> int | None:
        """The id of the process, or None if it is not running."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    async def start(self) -> None:
        """Start reading; workerd may open the FIFOs when this returns."""
        for path in self._paths:
            path.unlink(missing_ok=True)
            os.mkfifo(path, 0o600)
            # While it is open here, workerd never writes to a pipe without reader, which would end its trace for good.
            self._open.append(os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC))
        self._task = asyncio.create_task(self._receive(await self._spawn()))

    async def stop(self) -> None:
        """Receive what is left in the traces, and end."""
        if self._task is not None and self._process is not None and self._process.stdin is not None:
            task, self._task = self._task, None
            self._process.stdin.close()
            await asyncio.wait([task], timeout=_PATIENCE)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        for descriptor in self._open:
            os.close(descriptor)

    async def _spawn(self) -> asyncio.subprocess.Process:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "local_edge.metering.reader", *map(str, self._paths),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LIMIT,
            env={**os.environ, "PYTHONPATH": str(_SOURCES)},
            process_group=0,
        )  # fmt: skip
        return self._process

    async def _receive(self, process: asyncio.subprocess.Process) -> None:
        while True:
            assert process.stdout is not None  # noqa: S101 - a pipe, as asked for
            async for line in process.stdout:
                self._take(json.loads(line))
            await process.wait()
            if self._task is None:
                return
            log.error("the process that measures invocations has ended; starting it again")
            self.restarts += 1
            process = await self._spawn()

    def _take(self, batch: _Batch) -> None:
        if batch["dropped"] > self._dropped:
            log.warning("%d invocations were not measured", batch["dropped"] - self._dropped)
        self._dropped = batch["dropped"]
        try:
            self._record([_invocation(item) for item in batch["invocations"]])
        except sqlite3.Error:
            log.exception("invocations could not be stored")


def _invocation(item: Item) -> Invocation:
    version, began, event, status, took, subrequests, body = item
    return Invocation(version, began, event, status, Took(*took), subrequests, body)
