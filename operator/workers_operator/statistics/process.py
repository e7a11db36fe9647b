"""Run statistical tests in a child process that ends when idle."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

_IDLE_SECONDS: Final = 30.0
_PATIENCE_SECONDS: Final = 30.0  # a cold start on a busy machine takes a few
_LINE: Final = 1024 * 1024

Counts = tuple[float, ...]


class TestsUnavailable(Exception):
    """The tests cannot be made now."""

    __test__ = False


class ExactTests:
    """Make tests, one list at a time. ``monotonic``: the clock, in seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._used = 0.0

    async def p_values(self, counts: Sequence[Counts]) -> Sequence[float]:
        """Return the p-value of each test. Raises TestsUnavailable."""
        if not counts:
            return ()
        async with self._lock:
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    values = await self._ask(json.dumps(counts))
            except (OSError, TimeoutError, ValueError) as error:
                await self._end()
                raise TestsUnavailable(f"the statistical tests cannot be made: {error}") from None
            except BaseException:
                await self._end()  # an unread answer must not be taken for the next one
                raise
            self._used = self._monotonic()
        return values

    async def run(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """End the child process whenever it is idle; when cancelled, end it at once."""
        try:
            while True:
                await sleep(_IDLE_SECONDS / 2)
                async with self._lock:
                    if self._monotonic() - self._used > _IDLE_SECONDS:
                        await self._end()
        finally:
            await self._end()

    async def _ask(self, line: str) -> Sequence[float]:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "workers_operator.statistics.child",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=_LINE,
                start_new_session=True,  # the parent handles Ctrl-C
            )
        if process.stdin is None or process.stdout is None:
            raise OSError("the child process has no pipes")
        process.stdin.write(line.encode() + b"\n")
        await process.stdin.drain()
        answer = await process.stdout.readline()
        if not answer:
            raise OSError("the child process has ended")
        found = json.loads(answer)
        return [float(value) for value in found]

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
