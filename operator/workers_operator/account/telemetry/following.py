"""Follows the logs of a worker: live tails of its scripts, and sweeps of the stored logs for what these miss.

A live tail loses what is logged before it is open, while it is disconnected, and what Cloudflare drops under load. Each
sweep reads the stored logs of the last moments again; entries that are known are shown once. Sweeps find new versions
and instances, too, and are all there is for scripts beyond the first ``MAX_TAILS``.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from workers_operator.account.telemetry.history import history, horizon, kept_shares
from workers_operator.account.telemetry.tailing import (
    REFUSALS,
    ScriptTail,
    TailListener,
    TailSource,
)
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.cloudflare.telemetry import queries
from workers_operator.domain import names
from workers_operator.domain.names import VersionedName
from workers_operator.domain.telemetry.entries import LogEntry
from workers_operator.domain.telemetry.merging import Merge
from workers_operator.domain.telemetry.sampling import label, sampling_notices

MAX_TAILS: Final = 10
SWEEP_SECONDS: Final = 10.0
SWEPT: Final = 1000  # entries that a sweep reads at most
_OVERLAP_SECONDS: Final = 30.0  # by which stored logs may come late
_HEARTBEAT_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Notice:
    """What a reader has to know of the entries: which are missing, or come late, and why."""

    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What has been shown before.

    ``until``: where that ends, in Unix seconds. ``floor``: Unix milliseconds; what is older is not shown. ``notices``:
    what has been said.
    """

    entries: Sequence[LogEntry]
    until: float
    floor: int = 0
    notices: Sequence[str] = ()


class Follower:
    """Follows one worker.

    ``emit`` is given entries in the order of time, as far as they arrive in time; what it raises ends the following.
    """

    def __init__(self, source: TailSource, emit: Callable[[LogEntry | Notice], None]) -> None:
        self._source = source
        self._emit = emit
        self._merge = Merge()
        self._tails: dict[VersionedName, asyncio.Task[None]] = {}
        self._said: set[str] = set()
        self._arrived = asyncio.Event()
        self._sweep_now = asyncio.Event()
        self._floor = 0

    async def follow(self, shown: Shown) -> None:
        """Follow until cancelled. Raises CloudflareError if the API refuses."""
        self._floor = shown.floor
        self._said.update(shown.notices)
        for entry in shown.entries:
            self._merge.add(entry, -math.inf)
        self._merge.due(0.0)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch(group, shown.until))
                group.create_task(self._beat())
                group.create_task(self._show())
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        finally:
            self._flush(math.inf)

    # --- entries ----------------------------------------------------------------------------------------------------

    def _take(self, entry: LogEntry) -> None:
        if entry.at >= self._floor and self._merge.add(entry, self._source.clock.monotonic()):
            self._arrived.set()

    async def _show(self) -> None:
        clock = self._source.clock
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while (due := self._merge.due_at()) is not None:
                await clock.sleep(due - clock.monotonic())
                self._flush(clock.monotonic())

    def _flush(self, now: float) -> None:
        for entry in self._merge.due(now):
            self._emit(entry)

    def _say(self, text: str) -> None:
        self._emit(Notice(text))

    def _say_once(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._say(text)

    # --- live tails -------------------------------------------------------------------------------------------------

    async def _tend(self, group: asyncio.TaskGroup) -> None:
        """Have a live tail of each script that there is, of ``MAX_TAILS`` if there are more."""
        source = self._source
        shares = await kept_shares(source.api, source.scope, source.priority)
        for text in sampling_notices(shares):
            self._say_once(text)
        for script in [s for s, task in self._tails.items() if s not in shares or task.done()]:
            self._tails.pop(script).cancel()
        missing = [script for script in sorted(shares) if script not in self._tails]
        for script in missing[: MAX_TAILS - len(self._tails)]:
            tail = ScriptTail(names.versioned_name(*script), source, self._listener(script))
            self._tails[script] = group.create_task(tail.run())
        if len(shares) > len(self._tails):
            self._say_once(
                f"{len(self._tails)} of {len(shares)} instances have live tails; logs of the others come "
                f"{SWEEP_SECONDS:.0f} s late"
            )

    def _listener(self, script: VersionedName) -> TailListener:
        def opened(away: float | None) -> None:
            self._sweep_now.set()
            if away is not None:
                said = f"the live tail of {label(script)} is back after {away:.0f} s"
                self._say(f"{said}; what was logged meanwhile is read from the stored logs")

        def ended(why: str) -> None:
            said = f"the live tail of {label(script)} has ended: {why}"
            self._say(f"{said}; until it is back, logs come {SWEEP_SECONDS:.0f} s late")

        return TailListener(self._take, opened, ended)

    async def _beat(self) -> None:
        """Keep the live tails alive; one that ends all the same is opened again."""
        source = self._source
        while True:
            await source.clock.sleep(_HEARTBEAT_SECONDS)
            for script in list(self._tails):
                with suppress(CloudflareError):
                    name = names.versioned_name(*script)
                    await queries.prolong_tail(source.api, name, source.priority)

    # --- sweeps -----------------------------------------------------------------------------------------------------

    async def _watch(self, group: asyncio.TaskGroup, until: float) -> None:
        """Look for scripts and stored logs again and again. ``until``: up to when these have been read."""
        failed = False
        while True:
            self._sweep_now.clear()
            try:
                await self._tend(group)
                until = await self._sweep(until)
                if failed:
                    self._say("Cloudflare's API answers again; what was logged meanwhile follows")
                failed = False
            except REFUSALS:
                raise
            except CloudflareError as error:
                if not failed:
                    self._say(f"stored logs cannot be read: {error.message}; trying again")
                failed = True
            await self._pause()

    async def _sweep(self, until: float) -> float:
        """Read the stored logs since shortly before ``until``; return up to when they have been read."""
        source = self._source
        now = source.clock.now().timestamp()
        since = round((until - _OVERLAP_SECONDS) * 1000)
        found = await history(source.api, source.scope, since, horizon(now), SWEPT, source.priority)
        for entry in found.entries:
            self._take(entry)
        if found.more and found.entries[0].at > until * 1000:
            self._say(
                f"more than {SWEPT:,} entries in {now - until:.0f} s: of the earlier ones some may be missing"
            )
        return now

    async def _pause(self) -> None:
        waits = [
            asyncio.ensure_future(self._source.clock.sleep(SWEEP_SECONDS)),
            asyncio.ensure_future(self._sweep_now.wait()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
