"""The finalizer comes before anything else, and goes when nothing is left; other people's stay."""

from collections.abc import Sequence

import pytest

from support.apiserver import ApiServer
from support.world import World
from support.world_bodies import SHOP, customer, guarded
from workers_operator.domain.reasons import Reason
from workers_operator.engine.runner import Result
from workers_operator.index.objects import Change, ObjectCache
from workers_operator.kube.errors import KubeConflict, KubeForbidden, KubeUnavailable
from workers_operator.reconcilers.finalizer import Finalizer, ObjectGone
from workers_operator.resources import FINALIZER

THEIRS = "example.com/theirs"


class Bench:
    """An object with some finalizers."""

    def __init__(self, *finalizers: str) -> None:
        self.api, self.cache = ApiServer(), ObjectCache()
        self.finalizer = Finalizer(self.api, self.cache)
        body = customer()
        body["metadata"]["finalizers"] = list(finalizers)
        self.api.create(body)
        self.cache.observe(SHOP, self.api[SHOP])

    @property
    def finalizers(self) -> Sequence[str]:
        found: Sequence[str] = self.api[SHOP]["metadata"].get("finalizers", ())
        return found


@pytest.mark.parametrize("theirs", [[], [THEIRS]])
async def test_it_is_added_to_those_that_there_are(theirs: list[str]) -> None:
    bench = Bench(*theirs)
    after = await bench.finalizer.add(SHOP, bench.api[SHOP])
    assert bench.finalizers == [*theirs, FINALIZER]
    assert after == bench.api[SHOP]
    record = bench.cache.get(SHOP)
    assert record is not None
    assert record.guarded
    assert bench.cache.observe(SHOP, after) is Change.NONE


@pytest.mark.parametrize("theirs", [[], [THEIRS]])
async def test_it_is_taken_away_from_among_those_that_there_are(theirs: list[str]) -> None:
    bench = Bench(FINALIZER, *theirs)
    await bench.finalizer.remove(SHOP, bench.api[SHOP])
    assert list(bench.finalizers) == theirs


async def test_an_object_that_is_gone_is_told_from_other_problems() -> None:
    bench = Bench(FINALIZER)
    body = bench.api[SHOP]
    bench.api.remove(SHOP)
    for work in (bench.finalizer.remove(SHOP, body), bench.finalizer.add(SHOP, body)):
        with pytest.raises(ObjectGone):
            await work


async def test_an_object_that_has_changed_meanwhile_is_not_written() -> None:
    bench = Bench(FINALIZER)
    body = bench.api[SHOP]
    bench.api.annotate(SHOP, a="b")
    for work in (bench.finalizer.add(SHOP, body), bench.finalizer.remove(SHOP, body)):
        with pytest.raises(KubeConflict):
            await work
    assert bench.finalizers == [FINALIZER]


@pytest.mark.parametrize(
    "error",
    [
        KubeConflict(Reason.CONFLICT, "changed"),
        KubeUnavailable(Reason.KUBERNETES_UNAVAILABLE, "away"),
        KubeForbidden(Reason.FORBIDDEN, "no"),
    ],
)
async def test_without_it_nothing_is_deployed(world: World, error: Exception) -> None:
    world.api.fail("set_finalizers", error)  # type: ignore[arg-type]
    key = world.apply(customer())
    done = await world.reconcile(key)
    assert (done.writes, done.reads, done.result) == ([], [], Result(retry=True))
    done = await world.reconcile(key)
    assert done.writes[0] == guarded(key)
    assert world.is_ready(key)


async def test_one_that_somebody_takes_away_comes_back(world: World) -> None:
    key = world.apply(customer())
    await world.reconcile(key)
    body = world.api[key]
    del body["metadata"]["finalizers"]
    world.api.update(key, body)
    assert key in await world.due()
    assert (await world.reconcile(key)).writes == [guarded(key)]


async def test_one_that_cannot_be_taken_away_is_tried_again(world: World) -> None:
    await world.reconcile(world.apply(customer()))
    world.delete(SHOP)
    world.api.fail("set_finalizers", KubeUnavailable(Reason.KUBERNETES_UNAVAILABLE, "away"))
    done = await world.reconcile(SHOP)
    assert done.result == Result(retry=True)
    assert SHOP in world.api
    await world.settle(2)
    assert SHOP not in world.api
