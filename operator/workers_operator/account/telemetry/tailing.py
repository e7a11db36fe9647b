"""A live tail of one script, opened again whenever it ends."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.errors import CloudflareError, NotFound, Rejected, Unauthorized
from workers_operator.cloudflare.telemetry import live, queries
from workers_operator.cloudflare.telemetry.live import Connect
from workers_operator.domain.telemetry.entries import LogEntry, LogScope
from workers_operator.engine.clock import Clock
from workers_operator.engine.priority import Priority

LASTING_SECONDS: Final = 30.0
"""A tail that ends sooner counts as a failed attempt."""
RETRY_SECONDS: Final = (1.0, 2.0, 5.0, 10.0, 30.0)
REFUSALS: Final = (Rejected, Unauthorized)
"""Errors that do not pass by themselves."""


@dataclass(frozen=True)
class TailSource:
    """Where live tails come from."""

    api: Api
    scope: LogScope
    connect: Connect
    clock: Clock
    priority: Priority


@dataclass(frozen=True)
class TailListener:
    """Is told of the entries of a tail, when it has opened (seconds since it ended; None: the first time) and ended."""

    heard: Callable[[LogEntry], None]
    opened: Callable[[float | None], None]
    ended: Callable[[str], None]


class ScriptTail:
    """The live tail of the script ``name``."""

    def __init__(self, name: str, source: TailSource, listener: TailListener) -> None:
        self._name = name
        self._source = source
        self._listener = listener
        self._ended_at: float | None = None

    async def run(self) -> None:
        """Tail until cancelled, or until there is no such script. Raises CloudflareError if the API refuses."""
        clock = self._source.clock
        failures = 0
        while True:
            begun = clock.monotonic()
            try:
                await self._listen()
                why = "it was disconnected"
            except NotFound:
                return
            except REFUSALS:
                raise
            except CloudflareError as error:
                why = error.message
            if self._ended_at is None:
                self._ended_at = clock.monotonic()
                self._listener.ended(why)
            if clock.monotonic() - begun >= LASTING_SECONDS:
                failures = 0
            await clock.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
            failures += 1

    async def _listen(self) -> None:
        source = self._source
        url = await queries.open_tail(source.api, source.scope, self._name, source.priority)
        async with source.connect(url) as messages:
            ended, self._ended_at = self._ended_at, None
            now = source.clock.monotonic()
            self._listener.opened(None if ended is None else now - ended)
            async for message in messages:
                for entry in live.entries_of(message, source.scope):
                    self._listener.heard(entry)
