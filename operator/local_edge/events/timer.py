"""The timer that runs scripts on their schedules."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from local_edge.events.cron import Cron
from local_edge.storage.triggers.schedules import ScheduleStore

log = logging.getLogger(__name__)

Fire = Callable[[str, str, int], Awaitable[str]]
"""Send a scheduled event to a script (name, cron, time in milliseconds), and return its outcome."""


class CronTimer:
    """Wakes at the start of each minute, and only if there are schedules."""

    def __init__(
        self, schedules: ScheduleStore, fire: Fire, clock: Callable[[], float] = time.time
    ) -> None:
        self._schedules = schedules
        self._fire = fire
        self._clock = clock
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._add(self._run())

    def changed(self) -> None:
        """Note that there may be a first schedule now."""
        self._changed.set()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            if not self._schedules.all():
                await self._changed.wait()
            minute = math.floor(self._clock() / 60) + 1
            await asyncio.sleep(minute * 60 - self._clock())
            self.fire_due(minute * 60)

    def fire_due(self, seconds: int) -> None:
        """Start all scripts that are due in the minute that begins at this Unix time."""
        moment = datetime.fromtimestamp(seconds, UTC)
        for schedule in self._schedules.all():
            if Cron.parse(schedule.cron).matches(moment):
                self._add(self._fire_one(schedule.script, schedule.cron, seconds * 1000))

    async def _fire_one(self, script: str, cron: str, milliseconds: int) -> None:
        outcome = await self._fire(script, cron, milliseconds)
        if outcome != "ok":
            log.warning("the schedule '%s' of %s: %s", cron, script, outcome)

    def _add(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
