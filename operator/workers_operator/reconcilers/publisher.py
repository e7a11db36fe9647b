"""Routing writes shared by all workers that are due: one KV bulk write carries many.

A write goes out at once when nobody else is about to join it; otherwise it lingers for those that are still
uploading, up to a size and a time. So one edit is published immediately, a thousand creations in forty writes, and a
thousand workers that follow one template in two or three.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from workers_operator.cloudflare import kv
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import (
    CloudflareError,
    Rejected,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)
from workers_operator.domain import names
from workers_operator.domain.handling import Stalled
from workers_operator.domain.observed import Mark
from workers_operator.domain.plan import Publish
from workers_operator.domain.routing import KeyValue, Paths, host_entry
from workers_operator.engine.clock import Clock
from workers_operator.reconcilers.account import Account

logger = logging.getLogger(__name__)

BATCH: Final = 25  # workers: 4 % of a call each
LINGER_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Patience:
    """When a write goes out: with ``size`` workers, after ``seconds``, or ``grace`` after the last one joined."""

    size: int
    seconds: float
    grace: float


# Where nobody waits for it (a template has changed), a call is worth more than the wait.
FOLLOWING: Final = _Patience(size=500, seconds=120.0, grace=0.5)


@dataclass
class _Pending:
    change: Publish
    value: str  # of the worker's own key
    urgency: Urgency
    done: asyncio.Future[None]


@dataclass
class _Batch:
    """What the pending changes come to."""

    hosts: dict[str, Paths] = field(default_factory=dict)
    marks: dict[str, Mark | None] = field(default_factory=dict)
    pairs: dict[str, KeyValue] = field(default_factory=dict)  # to be written, by key

    def take(
        self, script_name: str, hosts: Mapping[str, Paths], mark: Mark | None, value: str
    ) -> None:
        """Takes a change in. Raises ValueError, and takes nothing, where a host gets too many routes."""
        entries = {host: host_entry(host, paths) for host, paths in hosts.items() if paths}
        self.hosts |= hosts
        self.marks[script_name] = mark
        for host in hosts:
            self.pairs.pop(names.host_key(host), None)
        self.pairs |= {entry.key: entry for entry in entries.values()}
        key = names.worker_key(script_name)
        self.pairs.pop(key, None)
        if mark is not None:
            self.pairs[key] = KeyValue(key, value, mark.metadata())

    def leave_out(self, account: Account) -> None:
        """Drops what is as it should be already: a crash between write and deletion leaves the deletion to do."""
        for host, paths in self.hosts.items():
            if paths and account.paths(host) == paths:
                self.pairs.pop(names.host_key(host), None)
        for script_name, mark in self.marks.items():
            if mark is not None and account.mark(script_name) == mark:
                self.pairs.pop(names.worker_key(script_name), None)

    def deletions(self) -> list[str]:
        hosts = [names.host_key(host) for host, paths in self.hosts.items() if not paths]
        return hosts + [names.worker_key(s) for s, mark in self.marks.items() if mark is None]


class Publisher:
    """Collects routing changes of one platform and writes them in bulk."""

    def __init__(self, api: Api, namespace: str, account: Account, clock: Clock) -> None:
        self._api = api
        self._namespace = namespace
        self._account = account
        self._clock = clock
        self._pending: list[_Pending] = []
        self._joining = 0
        self._joined = 0.0  # monotonic; when somebody joined last
        self._nudge = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def joining(self) -> Iterator[None]:
        """Inside, somebody is about to ``submit``: a write that waits for company waits for this one, too."""
        self._joining += 1
        try:
            yield
        finally:
            self._joining -= 1
            self._nudge.set()

    def submit(self, change: Publish, value: str, urgency: Urgency) -> asyncio.Future[None]:
        """Has ``change`` written; the future ends when it is in KV, or with the CloudflareError of its write.

        ``value`` is what the worker's own key is to hold. A write of nothing urgent waits for much company.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append(_Pending(change, value, urgency, done))
        self._joined = self._clock.monotonic()
        self._nudge.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
        return done

    async def _run(self) -> None:
        try:
            while self._pending:
                await self._linger()
                size = _fitting(self._pending)
                batch, self._pending = self._pending[:size], self._pending[size:]
                await self._write(batch)
        finally:
            self._task = None

    async def _linger(self) -> None:
        """Waits while somebody is about to join, up to the size and the time that the most urgent change allows."""
        started = self._clock.monotonic()
        while True:
            now = self._clock.monotonic()
            patience = self._patience()
            until = started + patience.seconds
            if self._joining == 0:
                until = min(until, max(started, self._joined) + patience.grace)
            if len(self._pending) >= patience.size or until <= now:
                return
            await self._nudged(until - now)

    async def _nudged(self, seconds: float) -> None:
        """Returns when somebody joins or is done, after ``seconds`` at the latest."""
        self._nudge.clear()
        timer = asyncio.ensure_future(self._clock.sleep(seconds))
        nudged = asyncio.ensure_future(self._nudge.wait())
        try:
            await asyncio.wait((nudged, timer), return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            nudged.cancel()

    def _patience(self) -> _Patience:
        if all(item.urgency is Urgency.RESYNC for item in self._pending):
            return FOLLOWING
        budget = self._api.budget
        # Where calls are scarce, waiting for a full batch costs less than a call of one's own.
        scarce = BATCH * budget.seconds_per_call() if budget.waiting > 0 else 0.0
        return _Patience(BATCH, max(LINGER_SECONDS, scarce), 0.0)

    async def _write(self, pending: list[_Pending]) -> None:
        batch, accepted = self._compose(pending)
        batch.leave_out(self._account)
        half_done = False
        try:
            # What finishes work already paid for goes before new work. A new host is there before the old one goes.
            if batch.pairs:
                await kv.write_bulk(
                    self._api, self._namespace, list(batch.pairs.values()), Urgency.EDIT
                )
                half_done = True
            if deletions := batch.deletions():
                await kv.delete_bulk(self._api, self._namespace, deletions, Urgency.EDIT)
        except Exception as error:
            if not isinstance(error, CloudflareError):
                logger.exception("writing the routing failed unexpectedly")
            not_carried_out = Rejected | Unreachable | Unauthorized | TooManyRequests
            if half_done or not isinstance(error, not_carried_out):
                self._account.doubtful = True  # all or a part of it may have been written
            for item in accepted:
                _fail(item, error)
            return
        self._account.routing_written(batch.hosts, batch.marks)
        for item in accepted:
            if not item.done.done():
                item.done.set_result(None)

    def _compose(self, pending: list[_Pending]) -> tuple[_Batch, list[_Pending]]:
        """What the pending changes come to, and those that could be taken in."""
        batch = _Batch()
        accepted = []
        for item in pending:
            change = item.change
            hosts = {
                host: change.apply_to(host, batch.hosts.get(host, self._account.paths(host)))
                for host in change.hosts
            }
            try:
                batch.take(change.script_name, hosts, change.mark, item.value)
            except ValueError as error:
                _fail(item, Stalled("TooManyRoutes", str(error)))
            else:
                accepted.append(item)
        return batch, accepted


def _fail(item: _Pending, error: Exception) -> None:
    if not item.done.done():
        item.done.set_exception(error)
        item.done.exception()  # a caller that was cancelled meanwhile never asks for it


def _fitting(pending: Sequence[_Pending]) -> int:
    """How many of them go into one write: each has a key of its own, and one for each of its hosts. At least one."""
    keys = 0
    for count, item in enumerate(pending):
        keys += 1 + len(item.change.hosts)
        if keys > kv.MAX_BULK_KEYS and count > 0:
            return count
    return len(pending)
