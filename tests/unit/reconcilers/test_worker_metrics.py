"""What a worker's requests came to is in its status: rounded, and seldom written."""

import random
from collections.abc import Mapping

import pytest

from support.world import World
from support.world_bodies import SHOP, customer
from workers_operator.domain.metrics.distribution import Distribution, Group
from workers_operator.domain.metrics.window import MINUTE, MetricsWindow, Traffic

SCRIPT = "customer-worker-c1--shop"


@pytest.fixture
async def served(world: World) -> World:
    world.apply(customer())
    await world.settle(5)
    assert world.is_ready(SHOP)
    return world


def measure(world: World, requests: int, until: int) -> None:
    """Have a minute's requests arrive."""
    times = Distribution((Group(requests, ((40.0, 0.5), (50.0, 0.9), (60.0, 0.99), (70.0, 1.0))),))
    traffic = Traffic(requests, {"exception": requests // 100}, 45.0 * requests, times)
    name = world.status(SHOP)["scriptName"]
    window = MetricsWindow(until - MINUTE, until, {("v", 0): traffic})
    minute = {name: window} if requests else {}
    world.platform().metrics.add([(until - MINUTE, minute)], until)


def metrics(world: World) -> Mapping[str, object] | None:
    found: Mapping[str, object] | None = world.status(SHOP).get("metrics")
    return found


async def test_a_pass_tells_them(served: World) -> None:
    measure(served, 1234, 1_790_000_100)
    await served.reconcile(SHOP)
    found = metrics(served)
    assert found is not None
    assert (found["requests"], found["errors"], found["avgResponseTime"]) == (1200, 12, "45ms")
    assert served.is_ready(SHOP)


async def test_without_requests_there_are_none(served: World) -> None:
    measure(served, 0, 1_790_000_100)
    done = await served.reconcile(SHOP)
    assert metrics(served) is None
    assert done.writes == []


async def test_a_failing_worker_has_them_too(served: World) -> None:
    measure(served, 1234, 1_790_000_100)
    served.edit(SHOP, source={"configMap": {"name": "missing", "key": "a.js"}})
    await served.reconcile(SHOP)
    found = metrics(served)
    assert found is not None
    assert not served.is_ready(SHOP)


async def test_noisy_traffic_writes_twelve_times_an_hour_at_most(served: World) -> None:
    rng, writes, until = random.Random(1), 0, 1_790_000_100
    for _ in range(60):
        until += MINUTE
        measure(served, rng.randint(500, 5000), until)
        before = metrics(served)
        await served.reconcile(SHOP)
        writes += metrics(served) != before
    assert 6 <= writes <= 12


async def test_a_restart_writes_nothing(served: World) -> None:
    measure(served, 1234, 1_790_000_100)
    await served.reconcile(SHOP)
    before = metrics(served)
    await served.settle(15)
    await served.restart()
    await served.settle(60)
    assert served.writes == []
    assert metrics(served) == before
