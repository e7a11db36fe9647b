"""Routing writes shared by all workers that are due: one KV bulk write carries many.

A write goes out at once when nobody else is about to join it; otherwise it lingers for those that are still
uploading, up to a size and a time. So one edit is published immediately and a thousand creations in forty writes.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Mapping
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


@dataclass
class _Pending:
    change: Publish
    value: str  # of the worker's own key
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

    def submit(self, change: Publish, value: str) -> asyncio.Future[None]:
        """Has ``change`` written; the future ends when it is in KV, or with the CloudflareError of its write.

        ``value`` is what the worker's own key is to hold.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append(_Pending(change, value, done))
        self._nudge.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
        return done

    async def _run(self) -> None:
        try:
            while self._pending:
                await self._linger()
                batch, self._pending = (
                    self._pending[: kv.MAX_BULK_KEYS // 4],
                    self._pending[kv.MAX_BULK_KEYS // 4 :],
                )
                await self._write(batch)
        finally:
            self._task = None

    async def _linger(self) -> None:
        budget = self._api.budget
        # Where calls are scarce, waiting for a full batch costs less than a call of one's own.
        scarce = budget.waiting > 0
        linger = (
            max(LINGER_SECONDS, BATCH * budget.seconds_per_call()) if scarce else LINGER_SECONDS
        )
        timer = asyncio.ensure_future(self._clock.sleep(linger))
        try:
            while self._joining > 0 and len(self._pending) < BATCH and not timer.done():
                self._nudge.clear()
                nudged = asyncio.ensure_future(self._nudge.wait())
                await asyncio.wait((nudged, timer), return_when=asyncio.FIRST_COMPLETED)
                nudged.cancel()
        finally:
            timer.cancel()

    async def _write(self, pending: list[_Pending]) -> None:
        batch, accepted = self._compose(pending)
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
