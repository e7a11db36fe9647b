"""What else happens while a new version gets a share of the requests."""

import pytest

from support.scripts import says
from support.world import PLATFORM, World
from support.world_bodies import NAMESPACE, SHOP, customer
from unit.reconcilers.rolling import (
    CANARY,
    MANUAL,
    TWO,
    begun,
    condition,
    rollout,
    shares,
    versions_there,
)
from unit.reconcilers.test_autoscaling import AUTOSCALING, minute
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.serving import parse_mark

CODE = {"configMap": {"name": "code", "key": "worker.js"}}


def out(world: World) -> tuple[int, ...]:
    """The instances of the version that serves that get no requests."""
    entry = world.cloudflare.kv_titled("routes").pairs["worker:customer-worker-c1--shop"]
    mark = parse_mark(entry.metadata)
    assert mark is not None
    return tuple(mark.serving.out)


async def test_an_instance_of_the_version_that_serves_fails(served: World) -> None:
    one = await begun(served, MANUAL)
    two = rollout(served)["version"]

    def answer(host: str, instance: int) -> ProbeAnswer:
        error = "worker_exception" if instance == 1 else ""
        return ProbeAnswer(500 if error else 200, one, error, instance)

    served.prober.instances = answer
    served.forget_calls()
    await served.settle(400)
    assert out(served) == (1,)
    assert shares(served) == {one: 90, two: 10}
    assert not any("PUT script" in line for line in served.writes)  # nothing has its content
    served.prober.instances = lambda host, instance: None
    served.order(SHOP, "promote")
    await served.settle(60)
    assert out(served) == ()
    assert shares(served) == {two: 100}


async def test_the_autoscaler_asks_for_more_instances(world: World) -> None:
    world.apply(customer(autoscaling=AUTOSCALING))
    await world.settle(15)
    one = await begun(world, MANUAL)
    two = rollout(world)["version"]
    await minute(world, 45)
    assert shares(world) == {one: 90, two: 10}
    assert world.status(SHOP)["scaling"]["desired"] == 5
    assert sum(f"--{two}--" in name for name in world.scripts()) == 5
    assert sum(f"--{one}--" in name for name in world.scripts()) == 1
    world.order(SHOP, "promote")
    await world.settle(5)
    assert world.status(SHOP)["instances"] == 5


async def test_the_source_that_is_followed_changes(world: World) -> None:
    world.api.put_config_map(NAMESPACE, "code", {"worker.js": says("one")})
    world.apply(customer("shop", None, source=CODE, rollout=CANARY))
    await world.settle(100)
    one = world.version(SHOP)
    world.api.put_config_map(NAMESPACE, "code", {"worker.js": says("two")})
    await world.settle(65)
    two = rollout(world)["version"]
    assert shares(world) == {one: 50, two: 50}
    world.api.put_config_map(NAMESPACE, "code", {"worker.js": says("three")})
    await world.settle(5)
    three = rollout(world)["version"]
    assert three not in (one, two)
    assert shares(world) == {one: 90, three: 10}
    await world.settle(200)
    assert two not in versions_there(world)


async def test_the_worker_moves_to_another_platform(two: World) -> None:
    await begun(two, MANUAL)
    new = rollout(two)["version"]
    smoked = len(two.prober.smoked)
    two.edit(SHOP, platform="eu")
    await two.settle(300)
    assert two.version(SHOP) == new
    assert two.is_ready(SHOP)
    assert {name.split("--")[-2] for name in two.scripts("eu-ns")} == {new}
    assert two.scripts() == {}
    assert len(two.prober.smoked) == smoked


async def test_a_suspended_platform_stops_the_clock(served: World) -> None:
    one = await begun(served, CANARY)
    two = rollout(served)["version"]
    served.edit(PLATFORM, suspend=True)
    await served.settle(2000)
    assert shares_at_the_edge(served) == {one: 90, two: 10}
    assert condition(served, "Ready")["reason"] == "PlatformSuspended"
    served.edit(PLATFORM, suspend=None)
    await served.settle(55)
    assert shares(served) == {one: 90, two: 10}
    await served.settle(10)
    assert shares(served) == {one: 50, two: 50}


def shares_at_the_edge(world: World) -> dict[str, float]:
    entry = world.cloudflare.kv_titled("routes").pairs["worker:customer-worker-c1--shop"]
    mark = parse_mark(entry.metadata)
    assert mark is not None
    assert mark.serving.canary is not None
    weight = mark.serving.canary.weight
    return {mark.serving.hash: 100 - weight, mark.serving.canary.hash: weight}


@pytest.mark.parametrize(("limit", "kept"), [(None, 5), (2, 2)])
async def test_the_history_has_the_newest_versions(
    served: World, limit: int | None, kept: int
) -> None:
    if limit is not None:
        served.edit(SHOP, rollout={"historyLimit": limit})
    for number in range(6):
        served.edit(SHOP, source={"inline": {"script": says(f"edit {number}")}})
        await served.settle(30)
    history = served.status(SHOP)["history"]
    assert len(history) == kept
    assert history[0]["version"] == served.version(SHOP)
    assert [entry["result"] for entry in history[:2]] == ["Serving", "Previous"]


async def test_the_history_names_who_asked_for_a_version(served: World) -> None:
    body = served.api[SHOP]
    body["metadata"]["specManager"] = "argocd-controller"  # as decoding finds it
    served.api.update(SHOP, body)
    served.edit(SHOP, source=TWO)
    await served.settle(30)
    assert served.status(SHOP)["history"][0]["by"] == "argocd-controller"
