"""One leader at a time: who takes the lease when, and when a leader stops."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from support.clock import ManualClock
from workers_operator.engine.gate import ChangeGate
from workers_operator.kube.election import (
    LEASE_SECONDS,
    POLL_SECONDS,
    RENEW_DEADLINE,
    RETRY_SECONDS,
    Elector,
    LeadershipLost,
)
from workers_operator.kube.errors import from_status
from workers_operator.kube.leases import Lease


class Store:
    """The Lease on an API server; ``down`` is nobody's connection to it."""

    def __init__(self) -> None:
        self.lease: Lease | None = None
        self.down: set[str] = set()
        self.holders: list[str] = []
        self._version = 0

    def put(self, lease: Lease) -> Lease:
        self._version += 1
        self.lease = replace(lease, version=str(self._version))
        self.holders.append(lease.holder)
        return self.lease


class Connection:
    """A process's way to the store."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name
        self.closed = False

    async def read(self) -> Lease | None:
        self._check()
        return self._store.lease

    async def write(self, lease: Lease) -> Lease:
        self._check()
        current = self._store.lease.version if self._store.lease is not None else ""
        if lease.version and not current:
            raise from_status(404, "PUT x", "")
        if lease.version != current:
            raise from_status(409, "PUT x", "")
        return self._store.put(lease)

    async def close(self) -> None:
        self.closed = True

    def _check(self) -> None:
        if self._name in self._store.down:
            raise from_status(503, "GET x", "")


class Candidate:
    """A process that takes part."""

    def __init__(self, store: Store, clock: ManualClock, name: str) -> None:
        self.gate = ChangeGate(clock)
        self.leads: list[bool] = []
        self.connection = Connection(store, name)
        self.elector = Elector(self.connection, self.gate, clock, name, self.leads.append)
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        await self.elector.acquire()
        await self.elector.hold()

    async def die(self) -> None:
        """Ends without a word to anybody."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def stop(self) -> None:
        await self.die()
        await self.elector.release()


class Rig:
    def __init__(self) -> None:
        self.store, self.clock = Store(), ManualClock()
        self.candidates: list[Candidate] = []

    def candidate(self, name: str) -> Candidate:
        made = Candidate(self.store, self.clock, name)
        self.candidates.append(made)
        return made

    async def until(self, condition: Callable[[], bool], seconds: float) -> float:
        began = self.clock.monotonic()
        while not condition():
            assert self.clock.monotonic() - began < seconds, "not in time"
            await self.clock.advance(0.1)
            assert sum(c.gate.is_open for c in self.candidates) <= 1, "two leaders"
        return self.clock.monotonic() - began


@pytest.fixture
def rig() -> Rig:
    return Rig()


async def test_one_of_many_leads(rig: Rig) -> None:
    candidates = [rig.candidate(f"pod-{i}") for i in range(5)]
    await rig.until(lambda: any(c.gate.is_open for c in candidates), 2)
    began = rig.clock.monotonic()
    await rig.until(lambda: rig.clock.monotonic() - began > 60, 90)
    assert [c.leads[-1] for c in candidates].count(True) == 1
    assert len(set(rig.store.holders)) == 1
    for candidate in candidates:
        await candidate.stop()


@pytest.mark.parametrize("since_the_renewal", [0.0, 0.4, 0.9, 1.3, 1.9])
async def test_a_leader_that_died_is_followed_after_the_lease(
    rig: Rig, since_the_renewal: float
) -> None:
    """Within 15 s, whenever it dies and whenever the other one looks."""
    first = rig.candidate("one")
    await rig.until(lambda: first.gate.is_open, 2)
    await rig.clock.advance(0.7)
    second = rig.candidate("two")
    await rig.clock.advance(30)
    renewals = len(rig.store.holders)
    await rig.until(lambda: len(rig.store.holders) > renewals, RETRY_SECONDS + 0.2)
    await rig.clock.advance(since_the_renewal)
    await first.die()
    took = await rig.until(lambda: second.gate.is_open, LEASE_SECONDS + POLL_SECONDS + 0.5)
    assert RENEW_DEADLINE < took < 15
    assert not first.gate.is_open
    assert rig.store.lease is not None
    assert (rig.store.lease.holder, rig.store.lease.transitions) == ("two", 1)
    await second.stop()


async def test_a_leader_that_stopped_is_followed_at_once(rig: Rig) -> None:
    first = rig.candidate("one")
    await rig.until(lambda: first.gate.is_open, 2)
    second = rig.candidate("two")
    await rig.clock.advance(5)
    await first.stop()
    assert first.connection.closed
    assert first.leads == [False, True, False]
    await rig.until(lambda: second.gate.is_open, 1.1)
    await second.stop()


async def test_a_leader_without_the_api_server_stops_before_another_starts(rig: Rig) -> None:
    first = rig.candidate("one")
    await rig.until(lambda: first.gate.is_open, 2)
    second = rig.candidate("two")
    await rig.clock.advance(5)
    rig.store.down.add("one")
    await rig.until(lambda: not first.gate.is_open, RENEW_DEADLINE + 0.1)
    assert not second.gate.is_open
    await rig.until(lambda: first.task.done(), RETRY_SECONDS + 0.1)
    assert isinstance(first.task.exception(), LeadershipLost)
    await rig.until(lambda: second.gate.is_open, LEASE_SECONDS)
    rig.store.down.clear()
    holders = len(rig.store.holders)
    await first.elector.release()
    assert len(rig.store.holders) == holders, "it released what it did not hold"
    await second.stop()


async def test_an_outage_that_is_short_costs_nothing(rig: Rig) -> None:
    first = rig.candidate("one")
    await rig.until(lambda: first.gate.is_open, 2)
    rig.store.down.add("one")
    await rig.clock.advance(RENEW_DEADLINE - 3)
    rig.store.down.clear()
    began = rig.clock.monotonic()
    await rig.until(lambda: rig.clock.monotonic() - began > 30, 40)
    assert first.gate.is_open
    assert not first.task.done()
    await first.stop()


async def test_a_process_that_slept_through_its_lease_makes_no_change(rig: Rig) -> None:
    first = rig.candidate("one")
    await rig.until(lambda: first.gate.is_open, 2)
    assert rig.store.lease is not None
    rig.store.put(replace(rig.store.lease, holder="two"))
    await rig.until(lambda: first.task.done(), RETRY_SECONDS + 0.1)
    assert isinstance(first.task.exception(), LeadershipLost)
    assert not first.gate.is_open


@pytest.mark.parametrize("gone", [True, False])
async def test_a_lease_that_is_edited_or_deleted_stays_with_its_holder(
    rig: Rig, gone: bool
) -> None:
    first = rig.candidate("one")
    await rig.until(lambda: first.gate.is_open, 2)
    assert rig.store.lease is not None
    rig.store.put(rig.store.lease)
    if gone:
        rig.store.lease = None
    await rig.clock.advance(RETRY_SECONDS + 0.1)
    assert first.gate.is_open
    assert rig.store.lease is not None
    assert rig.store.lease.holder == "one"
    await first.stop()


async def test_a_container_that_is_started_again_in_its_pod_goes_on(rig: Rig) -> None:
    first = rig.candidate("one")
    await rig.until(lambda: first.gate.is_open, 2)
    await first.die()
    rig.candidates.clear()
    again = rig.candidate("one")
    await rig.until(lambda: again.gate.is_open, 1)
    await again.stop()


async def test_a_release_survives_a_renewal_that_was_cut_short(rig: Rig) -> None:
    first = rig.candidate("one")
    await rig.until(lambda: first.gate.is_open, 2)
    assert rig.store.lease is not None
    rig.store.put(rig.store.lease)  # carried out, and its answer lost
    await first.stop()
    assert rig.store.lease.holder == ""
