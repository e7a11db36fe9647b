"""Time as an argument: code that waits or writes timestamps takes a Clock."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The source of time; tests replace it."""

    def monotonic(self) -> float:
        """Return seconds that never decrease; for delays and windows."""

    def now(self) -> datetime:
        """Return the current time in UTC; for timestamps that people read."""

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds``."""


class SystemClock:
    """The system clock."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
