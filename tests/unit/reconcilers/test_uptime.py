"""Outages and uptime in a worker's status: written with its transitions, and kept across restarts."""

from collections.abc import Mapping
from typing import Any

from support.world import World
from support.world_bodies import SHOP, customer
from workers_operator.domain.health.probes import ProbeAnswer

DOWN = ProbeAnswer(0, None, "no connection")


def health(world: World) -> Mapping[str, Any]:
    found: Mapping[str, Any] = world.status(SHOP)["health"]
    return found


def written(world: World) -> int:
    """Status writes of the worker since the last look."""
    count = sum(line.startswith("apply_status") and "shop" in line for line in world.writes)
    world.forget_calls()
    return count


async def goes_down(world: World, seconds: float) -> None:
    world.prober.override = lambda host, path: DOWN
    await world.settle(seconds)
    world.prober.override = lambda host, path: None


async def test_an_outage_is_told_by_its_begin_and_its_end(world: World) -> None:
    await world.reconcile(world.apply(customer()))
    assert health(world)["uptime"]["day"] == "100%"
    await world.settle(3600)
    world.forget_calls()
    await goes_down(world, 600)
    assert [sorted(o) for o in health(world)["outages"]] == [["from"]]
    await world.settle(120)
    outage = health(world)["outages"][0]
    assert health(world)["state"] == "Healthy"
    assert health(world)["since"] == outage["to"]
    assert outage["from"] < outage["to"]
    assert 80 < float(health(world)["uptime"]["day"].removesuffix("%")) < 95
    assert written(world) == 2


async def test_time_alone_writes_nothing(world: World) -> None:
    await world.reconcile(world.apply(customer()))
    await goes_down(world, 300)
    await world.settle(120)
    before = health(world)
    world.forget_calls()
    await world.settle(6 * 3600)
    assert written(world) == 0
    assert health(world) == before


async def test_failures_that_do_not_last_write_nothing(world: World) -> None:
    await world.reconcile(world.apply(customer()))
    world.forget_calls()
    for _ in range(30):
        await goes_down(world, 100)
        await world.settle(200)
    assert written(world) == 0
    assert "outages" not in health(world)


async def test_an_outage_outlives_a_restart_and_a_new_version(world: World) -> None:
    await world.reconcile(world.apply(customer()))
    await goes_down(world, 600)
    began = health(world)["outages"][0]["from"]
    world.prober.override = lambda host, path: DOWN
    await world.restart()
    await world.settle(300)
    assert health(world)["outages"] == [{"from": began}]
    world.edit(SHOP, source={"inline": {"script": "export default {}"}})
    await world.settle(60)
    assert health(world)["state"] == "Unknown"
    assert health(world)["outages"] == [{"from": began}]
    world.prober.override = lambda host, path: None
    await world.settle(120)
    assert [o["from"] for o in health(world)["outages"]] == [began]
    assert "to" in health(world)["outages"][0]


async def test_a_parked_worker_is_not_out(world: World) -> None:
    await world.reconcile(world.apply(customer()))
    await goes_down(world, 600)
    world.edit(SHOP, instances=0)
    await world.settle(60)
    assert "to" in health(world)["outages"][0]
    assert health(world)["state"] == "Unknown"


async def test_what_somebody_else_wrote_into_the_status_does_no_harm(world: World) -> None:
    await world.reconcile(world.apply(customer()))
    body = world.api[SHOP]
    body["status"]["health"] |= {
        "watchedSince": "yesterday",
        "outages": [{"from": "x"}, {"from": "2030-01-31T08:00:00Z"}],
    }
    world.api.update(SHOP, body)
    await world.restart()
    await goes_down(world, 600)
    await world.settle(120)
    assert health(world)["state"] == "Healthy"
