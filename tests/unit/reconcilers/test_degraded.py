"""Degraded by what requests came to; and a data plane that fails as a whole, which is no worker's fault."""

import random
from collections.abc import Mapping
from typing import Any

import pytest

from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer
from workers_operator.domain.health.probes import LATE, ProbeAnswer
from workers_operator.domain.metrics.distribution import Distribution, Group
from workers_operator.domain.metrics.window import MINUTE, MetricsWindow, Traffic
from workers_operator.domain.worker import ObjectKey

MANY = [ObjectKey("CustomerWorker", "shop", f"w{number}") for number in range(8)]


class Visitors:
    """Requests of visitors, a minute at a time."""

    def __init__(self, world: World) -> None:
        self.world, self.until = world, 1_790_000_100

    def come(self, requests: int, **errors: int) -> None:
        world, self.until = self.world, self.until + MINUTE
        times = Distribution((Group(requests, ((40.0, 0.5), (60.0, 0.99), (70.0, 1.0))),))
        place = (world.version(SHOP), 0)
        traffic = {place: Traffic(requests, errors, 45.0 * requests, times)} if requests else {}
        window = MetricsWindow(self.until - MINUTE, self.until, traffic)
        minute = {str(world.status(SHOP)["scriptName"]): window}
        world.platform().metrics.add([(self.until - MINUTE, minute)], self.until)

    async def come_for(self, minutes: int, requests: int, **errors: int) -> Mapping[str, Any]:
        """Return the status after some minutes."""
        for _ in range(minutes):
            self.come(requests, **errors)
            await self.world.settle(MINUTE)
            await self.world.reconcile(SHOP)
        return self.world.status(SHOP)


@pytest.fixture
async def visitors(world: World) -> Visitors:
    world.apply(customer())
    await world.settle(5)
    assert world.is_ready(SHOP)
    return Visitors(world)


def conditions(status: Mapping[str, Any]) -> Mapping[str, str]:
    return {c["type"]: f"{c['status']} {c['reason']}" for c in status["conditions"]}


def events(world: World) -> list[str]:
    return [e.partition(":")[0] for e in world.events.about(SHOP)]


async def test_a_worker_with_many_errors_is_degraded_and_stays_ready(visitors: Visitors) -> None:
    status = await visitors.come_for(10, 1000, exception=200)
    assert status["health"]["state"] == "Degraded"
    found = conditions(status)
    assert (found["Ready"], found["Healthy"]) == ("True Succeeded", "True Degraded")
    healthy = next(c for c in status["conditions"] if c["type"] == "Healthy")
    assert "20% of 5000 requests in 5 minutes failed" in healthy["message"]
    assert "the script throws exceptions" in healthy["message"]
    assert status["conditions"][0]["message"].endswith("answers and is degraded")
    assert status["health"].get("outages") is None
    assert events(visitors.world)[-1] == "Warning Degraded"
    status = await visitors.come_for(15, 1000)
    assert status["health"]["state"] == "Healthy"
    assert conditions(status)["Healthy"] == "True ProbeSucceeded"
    assert events(visitors.world)[-1] == "Normal Recovered"
    assert visitors.world.events.about(SHOP)[-1].endswith(
        "its requests are within their budgets again"
    )


async def test_who_has_no_visitors_any_more_is_not_degraded(visitors: Visitors) -> None:
    await visitors.come_for(10, 1000, exception=200)
    status = await visitors.come_for(15, 0)
    assert status["health"]["state"] == "Healthy"


async def test_a_new_version_is_not_blamed_for_the_former_one(visitors: Visitors) -> None:
    await visitors.come_for(10, 1000, exception=200)
    visitors.world.edit(SHOP, source={"inline": {"script": "export default {}"}})
    done = await visitors.world.reconcile(SHOP)
    assert done.status["health"]["state"] == "Healthy"


async def test_the_budget_is_the_users(visitors: Visitors) -> None:
    visitors.world.edit(SHOP, health={"maxErrorRate": "30%"})
    status = await visitors.come_for(10, 1000, exception=200)
    assert status["health"]["state"] == "Healthy"
    visitors.world.edit(SHOP, health={"maxErrorRate": "30%", "maxResponseTime": "50ms"})
    status = await visitors.come_for(2, 1000)
    assert status["health"]["state"] == "Degraded"


async def test_noise_around_the_budget_writes_twelve_times_an_hour_at_most(
    visitors: Visitors,
) -> None:
    rng = random.Random(1)
    world = visitors.world
    world.forget_calls()
    for minute in range(60):
        visitors.come(rng.randint(500, 5000), exception=rng.randint(0, 250))
        flaps = minute % 3 == 0
        world.prober.override = lambda host, path, flaps=flaps: (  # type: ignore[misc]
            ProbeAnswer(0, None, LATE) if flaps else None
        )
        await world.settle(MINUTE)
        await world.reconcile(SHOP)
    writes = [line for line in world.writes if line.startswith("apply_status") and "shop" in line]
    assert 6 <= len(writes) <= 12


async def a_fleet(world: World) -> None:
    for key in MANY:
        world.apply(customer(key.name, subdomain=key.name))
    await world.settle(120)
    assert all(map(world.is_ready, MANY))
    world.forget_calls()


@pytest.mark.parametrize("why", ["no connection", LATE])
async def test_a_data_plane_that_is_down_is_the_platforms_trouble(world: World, why: str) -> None:
    await a_fleet(world)
    world.prober.override = lambda host, path: ProbeAnswer(0, None, why)
    await world.settle(900)
    assert all(world.status(key)["health"]["state"] == "Healthy" for key in MANY)
    written = [line for line in world.writes if line.startswith("apply_status")]
    assert all("WorkersPlatform" in line for line in written), written
    assert len(written) == 1
    found = next(c for c in world.status(PLATFORM)["conditions"] if c["type"] == "DispatcherReady")
    assert (found["status"], found["reason"]) == ("False", "DataPlaneUnreachable")
    assert why in found["message"]
    assert [e.split(":")[0] for e in world.events.about(PLATFORM)][-1] == (
        "Warning DataPlaneUnreachable"
    )
    world.prober.override = lambda host, path: None
    await world.settle(120)
    assert world.is_ready(PLATFORM)
    assert all(map(world.is_ready, MANY))


async def test_a_new_version_is_not_blamed_for_the_data_plane(world: World) -> None:
    await a_fleet(world)
    world.prober.override = lambda host, path: ProbeAnswer(0, None, LATE)
    await world.settle(120)
    world.edit(MANY[0], source={"inline": {"script": "export default {}"}})
    await world.settle(300)
    status = world.status(MANY[0])
    assert status["health"]["state"] == "Unknown"
    assert "rejected" not in status["versions"]
    assert conditions(status)["Ready"] == "False AwaitingPropagation"
    world.prober.override = lambda host, path: None
    await world.settle(120)
    assert world.is_ready(MANY[0])


async def test_one_worker_that_is_down_is_its_own_trouble(world: World) -> None:
    await a_fleet(world)
    world.prober.override = lambda host, path: (
        ProbeAnswer(0, None, LATE) if host.startswith("w3.") else None
    )
    await world.settle(600)
    states = {key.name: world.status(key)["health"]["state"] for key in MANY}
    assert states == {key.name: "Unhealthy" if key.name == "w3" else "Healthy" for key in MANY}
    assert world.is_ready(PLATFORM)


async def test_after_a_restart_without_a_data_plane_all_workers_keep_their_health(
    world: World,
) -> None:
    await a_fleet(world)
    world.prober.override = lambda host, path: ProbeAnswer(0, None, "no connection")
    await world.restart()
    await world.settle(900)
    assert all(map(world.is_ready, MANY))
    assert not world.is_ready(PLATFORM)


async def test_all_scripts_that_throw_at_once_are_at_fault_themselves(world: World) -> None:
    """The dispatcher says so: it was there."""
    await a_fleet(world)
    versions = {f"{key.name}.code24.dev": world.version(key) for key in MANY}
    world.prober.override = lambda host, path: ProbeAnswer(
        500, versions.get(host), "worker_exception"
    )
    await world.settle(600)
    assert not any(map(world.is_ready, MANY))
    assert world.is_ready(PLATFORM)
