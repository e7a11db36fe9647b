"""Routing writes in bulk: one KV write carries the changes of all workers that are due.

A write goes out at once unless other changes are about to join; otherwise it waits for workers that are still
uploading, up to a size and a time. One edit is thus published immediately, a thousand creations in forty writes, and a
thousand workers that follow one template of the bucket in two or three. Of a fleet in waves fifty share a write.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from workers_operator.account.snapshot import AccountSnapshot
from workers_operator.account.writes import RoutingWritten
from workers_operator.cloudflare import kv
from workers_operator.cloudflare.errors import NOT_CARRIED_OUT, CloudflareError
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.domain import names
from workers_operator.domain.errors import Transient
from workers_operator.domain.plan.actions import Publish
from workers_operator.domain.reasons import Reason
from workers_operator.domain.serving import KeyValue, Mark, Paths, completed, host_entry
from workers_operator.domain.tenancy.rest import HostRest, begin
from workers_operator.engine.clock import Clock
from workers_operator.engine.priority import Priority, Urgency

logger = logging.getLogger(__name__)

BATCH: Final = 25  # workers: 4 % of a call each
LINGER_SECONDS: Final = 0.5


class KVWriter(Protocol):
    """Writes to the KV namespace with the routing table: ``account.executor``. Raises a CloudflareError."""

    @property
    def budget(self) -> Budget:
        """The budget that the writes are taken from."""

    async def write(self, pairs: Sequence[KeyValue], priority: Priority) -> None:
        """Write pairs."""

    async def delete(self, keys: Sequence[str], priority: Priority) -> None:
        """Delete keys."""


@dataclass(frozen=True, slots=True)
class _Patience:
    """When a write goes out: with ``size`` workers, after ``seconds``, or ``grace`` seconds after the last joined."""

    size: int
    seconds: float
    grace: float


# Changes that nobody waits for (a template was replaced): saving calls matters more than time.
FOLLOWING: Final = _Patience(size=500, seconds=120.0, grace=0.5)
# The next followers of a template wait for those that are under way: calls matter, and so does time.
IN_WAVES: Final = _Patience(size=50, seconds=10.0, grace=0.5)
# A version that has failed goes on getting requests until this is written.
ABORTING: Final = _Patience(size=1, seconds=0.0, grace=0.0)


@dataclass
class _Pending:
    change: Publish
    value: str  # of the worker's own key
    priority: Priority
    done: asyncio.Future[None]


@dataclass
class _Batch:
    """The outcome of the pending changes."""

    hosts: dict[str, Paths] = field(default_factory=dict)
    marks: dict[str, Mark | None] = field(default_factory=dict)
    pairs: dict[str, KeyValue] = field(default_factory=dict)  # to be written, by key
    rests: dict[str, HostRest] = field(default_factory=dict)  # by host

    def take(
        self, script_name: str, hosts: Mapping[str, Paths], mark: Mark | None, value: str
    ) -> None:
        """Take in a change. Raises ValueError, and takes in nothing, if a host gets too many routes."""
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

    def begin_rests(self, snapshot: AccountSnapshot, now: datetime, cooldown: float) -> None:
        """Have the hosts rest that somebody had, and nobody has any more, unless that was written before.

        A namespace has so many at a time only: what it gives up beyond that is free at once.
        """
        room: dict[str, int] = {}
        for host, paths in self.hosts.items():
            former = next(iter(snapshot.paths(host).values()), None)
            if former is None or paths:
                continue
            mark, known = snapshot.mark(former.script_name), snapshot.rests.find(host)
            rest = begin(host, mark.owner if mark is not None else "", now, cooldown)
            if known is not None and known.namespace == rest.namespace and not known.is_over(now):
                continue
            if rest.namespace not in room:
                room[rest.namespace] = snapshot.rests.room(rest.namespace, now)
            if room[rest.namespace] <= 0:
                continue
            room[rest.namespace] -= 1
            self.rests[host] = rest
            self.pairs[names.rest_key(host)] = rest.entry(now)

    def written(self) -> RoutingWritten:
        """Return what is in KV once the batch is written."""
        return RoutingWritten(self.hosts, self.marks, tuple(self.rests.values()))

    def leave_out(self, snapshot: AccountSnapshot) -> None:
        """Drop pairs that are written already: after a crash between write and deletion only the deletion is left."""
        for host, paths in self.hosts.items():
            if paths and snapshot.paths(host) == paths:
                self.pairs.pop(names.host_key(host), None)
        for script_name, mark in self.marks.items():
            if mark is not None and snapshot.mark(script_name) == mark:
                self.pairs.pop(names.worker_key(script_name), None)

    def deletions(self) -> list[str]:
        hosts = [names.host_key(host) for host, paths in self.hosts.items() if not paths]
        return hosts + [names.worker_key(s) for s, mark in self.marks.items() if mark is None]


class Publisher:
    """Collect the routing changes of one platform and write them in bulk.

    ``cooldown``: returns for how many seconds a host rests that is given up.
    """

    def __init__(
        self,
        writer: KVWriter,
        snapshot: AccountSnapshot,
        clock: Clock,
        cooldown: Callable[[], float],
    ) -> None:
        self._cooldown = cooldown
        self._writer = writer
        self._snapshot = snapshot
        self._clock = clock
        self._pending: list[_Pending] = []
        self._joining = 0
        self._joined = 0.0  # monotonic; when somebody joined last
        self._nudge = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def joining(self) -> Iterator[None]:
        """Announce a change that is about to be submitted: a write that waits for company waits for it, too."""
        self._joining += 1
        try:
            yield
        finally:
            self._joining -= 1
            self._nudge.set()

    def submit(self, change: Publish, value: str, priority: Priority) -> asyncio.Future[None]:
        """Write ``change`` soon; the future ends when it is in KV, or with the CloudflareError of its write.

        ``value``: the value of the worker's own key. A write without urgent changes waits for much company.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append(_Pending(change, value, priority, done))
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
                try:
                    await self._write(batch)
                except Exception as error:
                    # Whatever went wrong: nobody may wait for a write that never comes.
                    if not isinstance(error, CloudflareError):
                        logger.exception("writing the routing failed unexpectedly")
                    for item in batch:
                        _fail(item, error)
        finally:
            self._task = None

    async def _linger(self) -> None:
        """Wait for changes that are about to join, up to the size and time that the most urgent change allows."""
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
        """Return when a change joins or its announcement ends, after ``seconds`` at the latest."""
        self._nudge.clear()
        timer = asyncio.ensure_future(self._clock.sleep(seconds))
        nudged = asyncio.ensure_future(self._nudge.wait())
        try:
            await asyncio.wait((nudged, timer), return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            nudged.cancel()

    def _patience(self) -> _Patience:
        if _is_abort(self._pending):
            return ABORTING
        if all(item.priority.urgency is Urgency.RESYNC for item in self._pending):
            return FOLLOWING
        if all(item.priority.urgency >= Urgency.FOLLOW for item in self._pending):
            return IN_WAVES
        budget = self._writer.budget
        # While calls are scarce, waiting for a full batch is cheaper than a separate call.
        scarce = BATCH * budget.seconds_per_call() if budget.waiting > 0 else 0.0
        return _Patience(BATCH, max(LINGER_SECONDS, scarce), 0.0)

    async def _write(self, pending: list[_Pending]) -> None:
        batch, accepted = self._compose(pending)
        batch.leave_out(self._snapshot)
        if cooldown := self._cooldown():
            batch.begin_rests(self._snapshot, self._clock.now(), cooldown)
        half_done = False
        # Writes that finish paid work go before new work, and new hosts are written before old ones go.
        priority = Priority.ABORT if _is_abort(accepted) else Priority.EDIT
        try:
            if batch.pairs:
                await self._writer.write(list(batch.pairs.values()), priority)
                half_done = True
            if deletions := batch.deletions():
                await self._writer.delete(deletions, priority)
        except Exception as error:
            if half_done or not isinstance(error, NOT_CARRIED_OUT):
                # All or part of it may have been written.
                self._snapshot.record_unconfirmed(batch.written())
            raise
        self._snapshot.record(batch.written())
        for item in accepted:
            if not item.done.done():
                item.done.set_result(None)

    def _compose(self, pending: list[_Pending]) -> tuple[_Batch, list[_Pending]]:
        """Return the outcome of the pending changes, and the changes that fit in."""
        batch = _Batch()
        accepted = []

        def mark_of(script_name: str) -> Mark | None:
            return batch.marks.get(script_name) or self._snapshot.mark(script_name)

        for item in pending:
            change = item.change
            hosts = {
                host: completed(
                    change.apply_to(host, batch.hosts.get(host, self._snapshot.paths(host))),
                    mark_of,
                )
                for host in change.hosts
            }
            try:
                batch.take(change.script_name, hosts, change.mark, item.value)
            except ValueError as error:
                # Plans keep to the room that they find: another worker has taken it since, and the next plan knows.
                _fail(item, Transient(Reason.TOO_MANY_ROUTES, str(error)))
            else:
                accepted.append(item)
        return batch, accepted


def _fail(item: _Pending, error: Exception) -> None:
    if not item.done.done():
        item.done.set_exception(error)
        item.done.exception()  # a caller that was cancelled never retrieves it


def _is_abort(pending: Sequence[_Pending]) -> bool:
    return any(item.priority.urgency is Urgency.ABORT for item in pending)


def _fitting(pending: Sequence[_Pending]) -> int:
    """Return how many fit into one write, at least one: each takes a key of its own and one per host."""
    keys = 0
    for count, item in enumerate(pending):
        keys += 1 + len(item.change.hosts)
        if keys > kv.MAX_BULK_KEYS and count > 0:
            return count
    return len(pending)
