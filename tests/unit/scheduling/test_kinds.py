"""A kind stays watched, whatever the API server says of it; one sentence a minute tells why it is not."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from support.clock import ManualClock
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.objects import Body
from workers_operator.kube.errors import KubeError, from_status
from workers_operator.scheduling.kinds import KindSupervisor, WatchEnded, WatchState

OURS = "workers_operator."
KIND = "CustomerWorker"
ONE, TWO = ObjectKey(KIND, "shop", "one"), ObjectKey(KIND, "shop", "two")


class Cluster:
    """An API server and an index in one. ``refusals`` are answered before anything else."""

    def __init__(self) -> None:
        self.refusals: list[KubeError] = []
        self.objects: dict[ObjectKey, str] = {}
        self.index: dict[ObjectKey, str] = {}
        self.asked = 0

    def _ask(self) -> None:
        self.asked += 1
        if self.refusals:
            raise self.refusals.pop(0)

    async def check_served(self, kind: str) -> None:
        self._ask()

    async def list_metadata(self, kind: str) -> AsyncIterator[Mapping[str, Any]]:
        self._ask()
        for key, uid in self.objects.items():
            yield {"namespace": key.namespace, "name": key.name, "uid": uid}

    async def seed(self, kind: str) -> None:
        self._ask()
        self.index.update(self.objects)

    def is_echo(self, uid: str, resource_version: int) -> bool:
        return False

    def observed(self, key: ObjectKey, body: Body) -> None:
        raise AssertionError("only kopf reports objects")

    def deleted(self, key: ObjectKey, uid: str) -> None:
        if self.index.get(key) == uid:
            del self.index[key]

    def known(self, kind: str) -> Mapping[ObjectKey, str]:
        return dict(self.index)


class Watch:
    """A watch whose end the test decides on."""

    def __init__(self) -> None:
        self.runs = 0
        self._ends: asyncio.Queue[str] = asyncio.Queue()

    async def run(self, kind: str, state: WatchState) -> None:
        self.runs += 1
        state.listing()
        state.watching()
        raise WatchEnded(await self._ends.get())

    def end(self, why: str) -> None:
        self._ends.put_nowait(why)


class Rig:
    """A supervisor with everything around it."""

    def __init__(self) -> None:
        self.clock, self.cluster, self.watch = ManualClock(), Cluster(), Watch()
        self.supervisor = KindSupervisor(KIND, self.cluster, self.cluster, self.watch, self.clock)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                await self.clock.advance(0.25)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    task = asyncio.create_task(rig.supervisor.run())
    yield rig
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@contextmanager
def said(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """What the operator logs as a warning meanwhile."""
    with caplog.at_level(logging.WARNING):
        yield lambda: [r.getMessage() for r in caplog.records if r.name.startswith(OURS)]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 422, 429, 500, 503])
async def test_no_answer_ends_it(rig: Rig, status: int, caplog: pytest.LogCaptureFixture) -> None:
    await rig.until(lambda: rig.watch.runs == 1)
    assert rig.supervisor.problem is None
    with said(caplog) as warnings:
        rig.cluster.refusals = [from_status(status, "GET x", "no") for _ in range(5)]
        rig.watch.end(f"HTTP {status}")
        await rig.until(lambda: rig.cluster.refusals == [])
        assert rig.supervisor.problem
        await rig.until(lambda: rig.watch.runs == 2)
        assert rig.supervisor.problem is None
        assert len(warnings()) == 1
        assert warnings()[0].startswith("customerworkers cannot be watched: ")


async def test_what_lasts_is_told_once_a_minute(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    await rig.until(lambda: rig.watch.runs == 1)
    with said(caplog) as warnings:
        rig.cluster.refusals = [from_status(404, "GET x", "") for _ in range(1000)]
        rig.watch.end("HTTP 404")
        began = rig.clock.monotonic()
        await rig.until(lambda: rig.clock.monotonic() - began > 150)
        assert len(warnings()) == 3
        assert "is the CRD installed?" in warnings()[-1]


async def test_a_watch_that_fails_by_itself_and_recovers(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    await rig.until(lambda: rig.watch.runs == 1)
    with said(caplog) as warnings:
        for _ in range(10):
            rig.supervisor.failing("HTTP 403")
        assert rig.supervisor.problem == "HTTP 403"
        rig.supervisor.watching()
        assert rig.supervisor.problem is None
        assert len(warnings()) == 1


async def test_a_seed_waits_for_the_kind() -> None:
    rig = Rig()
    rig.cluster.objects = {ONE: "1"}
    rig.cluster.refusals = [from_status(404, "GET x", ""), from_status(403, "GET x", "no")]
    seeding = asyncio.create_task(rig.supervisor.seed())
    await rig.until(seeding.done)
    assert rig.cluster.index == {ONE: "1"}


async def test_what_went_while_nobody_watched_is_taken_in(rig: Rig) -> None:
    await rig.until(lambda: rig.watch.runs == 1)
    rig.cluster.index = {ONE: "1", TWO: "2"}
    rig.cluster.objects = {TWO: "2"}
    rig.watch.end("HTTP 404")
    await rig.until(lambda: rig.cluster.index == {TWO: "2"})


async def test_an_object_of_the_same_name_is_not_mistaken_for_the_one_that_went(rig: Rig) -> None:
    await rig.until(lambda: rig.watch.runs == 1)
    rig.cluster.index = {ONE: "new"}
    rig.cluster.objects = {ONE: "new"}
    asked = rig.cluster.asked
    rig.watch.end("HTTP 410")
    await rig.until(lambda: rig.cluster.asked >= asked + 2)
    assert rig.cluster.index == {ONE: "new"}


async def test_a_sweep_that_fails_is_repeated(rig: Rig) -> None:
    await rig.until(lambda: rig.watch.runs == 1 and rig.cluster.asked >= 2)
    rig.cluster.index = {ONE: "1"}
    rig.cluster.refusals = [from_status(500, "GET x", "")]
    rig.supervisor.listing()
    rig.supervisor.watching()
    await rig.until(lambda: rig.cluster.index == {})
