"""The one place that every change passes, to Kubernetes or to Cloudflare: open while this process may make changes."""

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager

from workers_operator.engine.clock import Clock, SystemClock


class GateClosed(Exception):
    """This process may not change anything now: it does not hold the lease, or it is ending."""


class ChangeGate:
    """Open until a moment, which whoever holds the lease moves on.

    It closes by itself at that moment: even a process that was stopped meanwhile makes no change afterwards. Closed at
    first, and for good once ``close`` is called.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = -math.inf
        self._is_closed = False
        self._under_way = 0
        self._nothing_under_way = asyncio.Event()
        self._nothing_under_way.set()

    @property
    def is_open(self) -> bool:
        """Whether changes may be made."""
        return not self._is_closed and self._clock.monotonic() < self._until

    def open_until(self, moment: float) -> None:
        """Let changes pass until a moment (monotonic seconds)."""
        self._until = moment

    def close(self) -> None:
        """Let nothing pass any more."""
        self._is_closed = True

    def check_time(self) -> None:
        """Raise GateClosed once the moment has come; a change that is under way asks before it goes on."""
        if self._clock.monotonic() >= self._until:
            raise GateClosed

    @contextmanager
    def change(self) -> Iterator[None]:
        """Make a change inside the block. Raises GateClosed."""
        if not self.is_open:
            raise GateClosed
        self._under_way += 1
        self._nothing_under_way.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._nothing_under_way.set()

    async def drain(self, seconds: float) -> None:
        """Return once no change is under way, or after ``seconds``."""
        try:
            async with asyncio.timeout(seconds):
                await self._nothing_under_way.wait()
        except TimeoutError:
            return


def open_gate() -> ChangeGate:
    """Return a gate for a process that is alone: open until it is closed."""
    gate = ChangeGate(SystemClock())
    gate.open_until(math.inf)
    return gate
