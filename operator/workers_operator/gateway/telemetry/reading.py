"""Read workers' logs from the accounts of their platforms."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from workers_operator.account.connection import opened
from workers_operator.account.credentials import TokenReader
from workers_operator.account.telemetry.following import Follower, Notice, Shown
from workers_operator.account.telemetry.history import LogHistory, history, horizon, kept_shares
from workers_operator.account.telemetry.tailing import TailSource
from workers_operator.account.telemetry.target import LoggedWorker, Objects, find_worker
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.connector import Connector
from workers_operator.cloudflare.telemetry.live import connect
from workers_operator.desired.platform import PlatformConfig
from workers_operator.domain.telemetry.entries import LogEntry, hidden
from workers_operator.domain.telemetry.sampling import sampling_notices
from workers_operator.domain.text.hiding import hide
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.clock import Clock
from workers_operator.engine.priority import Priority
from workers_operator.gateway.access.limits import RequestLimiter

Emit = Callable[[LogEntry | Notice], None]


@dataclass(frozen=True)
class StoredLogs:
    """Stored log entries of a worker since a point in time. Secrets are hidden."""

    history: LogHistory
    notices: tuple[str, ...]
    since: int
    at: float


class OpenLogs:
    """The logs of one worker, while its account is connected."""

    def __init__(self, worker: LoggedWorker, api: Api, clock: Clock) -> None:
        self._worker = worker
        self._api = api
        self._clock = clock

    async def stored(self, since: int, limit: int) -> StoredLogs:
        """Return the newest entries since a Unix time. Raises CloudflareError."""
        begin, now = max(since, self._worker.since), self._clock.now().timestamp()
        shares = await kept_shares(self._api, self._worker.scope)
        found = await history(self._api, self._worker.scope, begin * 1000, horizon(now), limit)
        notices = (*self._worker.notices, *sampling_notices(shares))
        shown = [hidden(entry, self._worker.hidden) for entry in found.entries]
        return StoredLogs(LogHistory(shown, found.more), self._hide(notices), begin, now)

    def _hide(self, notices: Iterable[str]) -> tuple[str, ...]:
        return tuple(hide(notice, self._worker.hidden) for notice in notices)

    def shown(self, stored: StoredLogs) -> Shown:
        """Return the stored entries without their texts, to recognize them: there are many long-lived streams."""
        entries, more = stored.history.entries, stored.history.more
        floor = entries[0].at if more else stored.since * 1000
        bare = [replace(entry, text="", stack="", invocation=None) for entry in entries]
        return Shown(bare, stored.at, floor, stored.notices)

    async def follow(self, shown: Shown, emit: Emit) -> None:
        """Emit entries newer than those shown, until cancelled. Raises CloudflareError."""

        def emit_hidden(item: LogEntry | Notice) -> None:
            if isinstance(item, Notice):
                emit(Notice(hide(item.text, self._worker.hidden)))
            else:
                emit(hidden(item, self._worker.hidden))

        plain = (self._worker.platform.access.base_url or "").startswith("http://")
        dial = partial(connect, plain=plain)
        source = TailSource(self._api, self._worker.scope, dial, self._clock, Priority.EDIT)
        await Follower(source, emit_hidden).follow(shown)


@dataclass(frozen=True)
class LogReader:
    """Connect to the accounts of platforms. ``implied``: the platform from environment variables.

    ``limiter``: limits how often a namespace's logs are read.
    """

    objects: Objects
    tokens: TokenReader
    implied: PlatformConfig | None
    connector: Connector
    clock: Clock
    limiter: RequestLimiter

    @asynccontextmanager
    async def open(self, key: ObjectKey) -> AsyncGenerator[OpenLogs, None]:
        """Connect to a worker's account. Raises TargetError, ReconcileError."""
        worker = await find_worker(self.objects, self.tokens, self.implied, key)
        async with opened(self.connector, worker.platform, worker.token) as api:
            yield OpenLogs(worker, api, self.clock)
