"""Time as an argument: everything that waits or stamps takes a Clock."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the program needs to know about time."""

    def monotonic(self) -> float:
        """Seconds that only grow; for delays and windows."""

    def now(self) -> datetime:
        """The time of day in UTC; for stamps that people read."""

    async def sleep(self, seconds: float) -> None:
        """Returns after ``seconds``."""


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def stamp(moment: datetime) -> str:
    """RFC 3339 in whole seconds, as Kubernetes writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
