"""A worker at rest is probed without a look at its object, until a probe or the surroundings tell something new."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from support.cloudflare import Stored
from support.scripts import says
from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer
from unit.reconcilers.fleets import FOLLOWS, publish, template
from unit.reconcilers.test_worker_metrics import measure, metrics
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.index.memory import Routine
from workers_operator.index.objects import Record

MINUTE = 1_790_000_100


def routine(world: World) -> Routine | None:
    rest = world.operator.index.memories.of(SHOP).rest
    return rest.routine if rest is not None else None


async def at_rest(world: World, **spec: Any) -> World:
    """Bring a worker to rest, with probes every 30 seconds that need not read its object; nothing else is due."""
    world.edit(PLATFORM, interval="24h")
    world.apply(customer(**{"health": {"interval": "30s"}, "interval": "24h", **spec}))
    await world.settle(200)
    await world.reconcile(SHOP)
    await world.settle(80)
    assert routine(world) is not None
    world.prober.asked.clear()
    world.forget_calls()
    return world


@pytest.fixture
async def shop(world: World) -> World:
    return await at_rest(world)


@pytest.fixture
def unreadable(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Make the known state of the worker's object unreadable from now on: a pass that reads it fails."""
    read = Record.body

    def body(record: Record) -> dict[str, Any]:
        assert record is not world.operator.index.objects.get(SHOP)
        return read(record)

    return lambda: monkeypatch.setattr(Record, "body", body)


def ready(world: World) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(
        c for c in world.status(SHOP)["conditions"] if c["type"] == "Ready"
    )
    return found


async def test_its_object_is_not_read(shop: World, unreadable: Callable[[], None]) -> None:
    unreadable()
    await shop.settle(100)
    assert 3 <= len(shop.prober.asked) <= 4
    assert shop.writes == []


async def test_it_is_looked_at_once_an_interval_all_the_same(world: World) -> None:
    shop = await at_rest(world, interval="10m")
    rest = shop.operator.index.memories.of(SHOP).rest
    await shop.settle(700)
    now = shop.operator.index.memories.of(SHOP).rest
    assert rest is not None
    assert now is not None
    assert now.until > rest.until


async def test_it_is_looked_at_when_its_interval_is_over_even_before_the_next_probe(
    world: World,
) -> None:
    world.edit(PLATFORM, interval="24h")
    key = world.apply(customer(interval="10m", health={"interval": "4m"}))
    memory = world.operator.index.memories.of(key)

    def is_before() -> bool:
        rest = memory.rest
        return rest is not None and rest.routine is not None and rest.until < memory.next_probe

    await world.settle(3 * 3600, enough=is_before)
    assert is_before()
    assert memory.rest is not None
    until, probes = memory.rest.until, len(world.prober.asked)
    await world.settle(until - world.clock.monotonic() + 1)
    assert memory.rest.until > until
    assert len(world.prober.asked) == probes


async def test_all_instances_are_probed(world: World, unreadable: Callable[[], None]) -> None:
    shop = await at_rest(world, instances=3)
    unreadable()
    await shop.settle(70)
    assert len(shop.prober.asked) == 6


async def test_answers_that_are_not_good_are_judged_and_not_asked_for_again(shop: World) -> None:
    version = shop.version(SHOP)
    shop.prober.override = lambda host, path: ProbeAnswer(500, version, "worker_exception")
    await shop.settle(33)
    assert len(shop.prober.asked) == 1
    assert routine(shop) is None
    assert shop.is_ready(SHOP)
    await shop.settle(90)
    assert ready(shop)["reason"] == "ProbeFailed"


async def test_another_version_that_answers_is_no_good_answer(shop: World) -> None:
    shop.prober.override = lambda host, path: ProbeAnswer(200, "00000000", "")
    await shop.settle(33)
    assert routine(shop) is None


async def test_a_status_that_is_not_expected_is_no_good_answer(world: World) -> None:
    health = {"path": "/up", "expectedStatus": ["200-204"], "interval": "30s"}
    shop = await at_rest(world, health=health)
    version = shop.version(SHOP)
    shop.prober.override = lambda host, path: ProbeAnswer(206, version, "")
    await shop.settle(120)
    assert ready(shop)["reason"] == "ProbeFailed"


async def test_a_requested_check_that_is_done_changes_nothing_of_that(
    shop: World, unreadable: Callable[[], None]
) -> None:
    shop.request_check(SHOP)
    await shop.settle(100)
    assert routine(shop) is not None
    shop.prober.asked.clear()
    unreadable()
    await shop.settle(70)
    assert len(shop.prober.asked) == 2


async def test_an_edit_is_read(shop: World) -> None:
    before = shop.version(SHOP)
    shop.edit(SHOP, source={"inline": {"script": says("two")}})
    await shop.settle(1)
    assert shop.version(SHOP) != before
    await shop.settle(120)
    assert routine(shop) is not None


async def test_a_health_path_that_was_edited_is_probed(shop: World) -> None:
    shop.edit(SHOP, health={"path": "/up", "interval": "30s"})
    await shop.settle(60)
    assert shop.prober.asked[-1] == "shop.code24.dev/up"


async def test_requests_to_a_worker_that_had_none_are_told(shop: World) -> None:
    measure(shop, 0, MINUTE)
    await shop.settle(70)
    assert metrics(shop) is None
    measure(shop, 1234, MINUTE + 60)
    await shop.settle(35)
    found = metrics(shop)
    assert found is not None
    assert found["requests"] == 1200


async def test_new_numbers_are_told_once_they_are_due(world: World) -> None:
    shop = await at_rest(world)
    measure(shop, 1234, MINUTE)
    await shop.settle(100)
    assert routine(shop) is not None
    for minute in range(1, 8):
        measure(shop, 5555, MINUTE + 60 * minute)
        await shop.settle(60)
    found = metrics(shop)
    assert found is not None
    assert found["requests"] == 28_000


async def test_the_end_of_requests_is_told(shop: World) -> None:
    for minute in range(12):  # told at 0, at 5 with the requests of 1, and at 10
        measure(shop, {0: 1234, 1: 5000}.get(minute, 0), MINUTE + 60 * minute)
        if minute == 7:
            await shop.reconcile(SHOP)
        await shop.settle(60)
    found = metrics(shop)
    assert found is not None
    assert found["requests"] == 0
    known = routine(shop)
    assert known is not None
    assert known.is_idle


async def test_a_platform_that_cannot_be_used_ends_it(shop: World) -> None:
    shop.edit(PLATFORM, suspend=True)
    await shop.settle(1)
    shop.prober.asked.clear()
    await shop.settle(100)
    assert shop.prober.asked == []


async def test_a_grant_that_is_gone_is_noticed(shop: World) -> None:
    shop.edit(PLATFORM, tenancy={"grants": []})
    await shop.settle(35)
    assert ready(shop)["reason"] == "NotGranted"


async def test_a_label_that_is_gone_is_noticed(world: World) -> None:
    world.api.label_namespace("shop", plan="paid")
    selector = {"namespaceSelector": {"matchLabels": {"plan": "paid"}}}
    grant = {"customers": ["c1"], "hosts": ["*.code24.dev"], "plans": ["*"], **selector}
    world.edit(PLATFORM, tenancy={"grants": [grant]})
    await world.settle()
    shop = await at_rest(world)
    shop.operator.index.namespaces.put("shop", {})  # nobody is told of it
    await shop.settle(35)
    assert ready(shop)["reason"] == "NotGranted"


async def test_a_new_object_in_r2_is_noticed(world: World) -> None:
    bucket = world.cloudflare.buckets["data"]
    bucket["shop.js"] = Stored(says("one").encode())
    shop = await at_rest(world, source={"r2": {"key": "shop.js"}})
    before = shop.version(SHOP)
    bucket["shop.js"] = Stored(says("two").encode())
    shop.request_check(PLATFORM, "two")
    await shop.settle(35)
    assert shop.version(SHOP) != before


async def test_what_vanished_from_the_routing_table_is_restored(shop: World) -> None:
    shop.cloudflare.kv_titled("routes").pairs.pop("host:shop.code24.dev")
    shop.request_check(PLATFORM)
    await shop.settle(35)
    assert "host:shop.code24.dev" in shop.routes()


async def test_the_object_of_a_follower_is_not_read(
    world: World, unreadable: Callable[[], None]
) -> None:
    world.apply(template())
    shop = await at_rest(world, source=FOLLOWS)
    unreadable()
    await shop.settle(70)
    assert len(shop.prober.asked) == 2


async def test_a_follower_gets_the_next_version(world: World) -> None:
    world.apply(template())
    shop = await at_rest(world, source=FOLLOWS)
    before = shop.version(SHOP)
    publish(shop, "two")
    await shop.settle(40)
    assert shop.version(SHOP) != before


async def test_a_secret_that_has_changed_is_read(shop: World) -> None:
    shop.operator.index.memories.of(SHOP).mark_stale()
    await shop.settle(35)
    assert not shop.operator.index.memories.of(SHOP).stale


async def test_nothing_is_forgotten_by_a_restart(shop: World) -> None:
    await shop.restart()
    await shop.settle(120)
    assert shop.writes == []
    assert routine(shop) is not None
