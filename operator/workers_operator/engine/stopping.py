"""Signals that end the process."""

import asyncio
import signal


class StopSignal:
    """SIGTERM or SIGINT.

    kopf's own handlers would wait 5 s for every task that is not its own. Cutting a call short is safe: the next start
    looks at what is there.
    """

    def __init__(self) -> None:
        self._came = asyncio.Event()

    def install(self) -> None:
        """Take the signals; once more whenever somebody else has taken them."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._came.set)

    async def wait(self) -> None:
        """Return once the signal has come."""
        await self._came.wait()
