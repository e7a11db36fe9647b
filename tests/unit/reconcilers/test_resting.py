"""Passes only probe while nothing has changed; whatever changes is looked at by the next one."""

from collections.abc import Callable

import pytest

from support.scripts import says
from support.tenancy import everything
from support.world import PLATFORM, World
from support.world_bodies import BASE, DOMAIN, SHOP, ZONE, customer
from unit.reconcilers.fleets import CLUSTER, FOLLOWS, TEMPLATE, publish, template
from workers_operator.domain.health.probes import ProbeAnswer

PROBED = 70.0  # seconds in which every worker is probed


@pytest.fixture
async def shop(world: World) -> World:
    """A world with a worker at rest."""
    world.apply(customer())
    await world.settle(400)
    await world.reconcile(SHOP)
    await world.settle(PROBED)
    assert is_at_rest(world)
    world.forget_calls()
    return world


def is_at_rest(world: World) -> bool:
    return world.operator.index.memories.of(SHOP).rest is not None


async def test_a_worker_at_rest_is_probed_and_nothing_else(shop: World) -> None:
    asked = len(shop.prober.asked)
    with shop.calls() as calls:
        await shop.settle(200)
    assert len(shop.prober.asked) > asked + 2
    assert calls.writes == []
    assert is_at_rest(shop)


async def test_a_worker_that_fails_is_looked_at(shop: World) -> None:
    shop.prober.override = lambda host, path: ProbeAnswer(500, shop.version(SHOP), "threw")
    await shop.settle(PROBED)
    assert not is_at_rest(shop)
    await shop.settle(4 * PROBED)
    assert not shop.is_ready(SHOP)
    shop.prober.override = lambda host, path: None
    await shop.settle(2 * PROBED)
    assert shop.is_ready(SHOP)


def lose_script(world: World) -> None:
    world.cloudflare.scripts["ns"].clear()


def lose_routes(world: World) -> None:
    world.cloudflare.kv_titled("routes").pairs.pop("host:shop.code24.dev")


def lose_mark(world: World) -> None:
    world.cloudflare.kv_titled("routes").pairs.pop(f"worker:{BASE}")


@pytest.mark.parametrize("lose", [lose_script, lose_routes, lose_mark])
async def test_what_vanishes_is_restored_once_it_is_listed(
    shop: World, lose: Callable[[World], None]
) -> None:
    lose(shop)
    shop.request_check(PLATFORM)
    await shop.settle(2 * PROBED)
    assert [line for line in shop.writes if line.startswith("PUT")]
    assert shop.answer("shop").status == 200


async def test_an_edit_is_rolled_out(shop: World) -> None:
    before = shop.version(SHOP)
    shop.edit(SHOP, source={"inline": {"script": says("two")}})
    await shop.settle(1)
    assert shop.version(SHOP) != before


async def test_a_zone_route_of_somebody_else_is_noticed(shop: World) -> None:
    shop.edit(SHOP, routes=[{"pattern": "www.code24.dev/x/*"}])
    await shop.settle(400)
    assert is_at_rest(shop)
    shop.cloudflare.zones[ZONE].routes["www.code24.dev/x/*"] = "somebody-else"
    shop.request_check(PLATFORM)
    await shop.settle(2 * PROBED)
    conditions = {c["type"]: c["reason"] for c in shop.status(SHOP)["conditions"]}
    assert conditions["Routed"] == "RouteNotOwned"


async def test_a_changed_platform_is_noticed(shop: World) -> None:
    shop.edit(PLATFORM, tenancy={"grants": []})
    await shop.settle(PROBED)
    assert not shop.is_ready(SHOP)


async def test_a_claim_of_somebody_else_is_none_of_its_business(shop: World) -> None:
    looked_at = shop.operator.index.memories.of(SHOP).rest
    assert looked_at is not None
    shop.apply(customer("two", customerId="c2", routes=[{"pattern": "*.code24.dev/*"}]))
    await shop.settle(2 * PROBED)
    rest = shop.operator.index.memories.of(SHOP).rest
    assert rest is not None
    assert rest.until == looked_at.until


async def test_what_is_left_on_a_suspended_platform_is_said_all_the_time(shop: World) -> None:
    shop.add_platform("other")
    await shop.settle(60)
    shop.edit(PLATFORM, suspend=True)
    shop.edit(SHOP, platform="other")
    await shop.settle(4 * PROBED)
    message = next(c for c in shop.status(SHOP)["conditions"] if c["type"] == "Ready")["message"]
    assert "'default'" in message
    with shop.calls() as calls:
        await shop.settle(6 * PROBED)
    assert not any(str(SHOP.name) in line for line in calls.writes if "status" in line)
    assert not is_at_rest(shop)


@pytest.fixture
async def follower(world: World) -> World:
    """A world with a follower of a template at rest."""
    world.apply(template())
    world.apply(customer("shop", None, source=FOLLOWS))
    await world.settle(400)
    await world.reconcile(SHOP)
    await world.settle(PROBED)
    assert is_at_rest(world)
    world.forget_calls()
    return world


async def test_a_follower_rests_until_its_template_has_another_version(follower: World) -> None:
    with follower.calls() as calls:
        await follower.settle(200)
    assert calls.writes == []
    assert is_at_rest(follower)
    before = follower.version(SHOP)
    publish(follower, "two")
    await follower.settle(15)
    assert follower.version(SHOP) != before


async def test_a_follower_whose_template_is_deleted_rests_no_longer(follower: World) -> None:
    follower.delete(TEMPLATE)
    await follower.settle(PROBED)
    ready = next(c for c in follower.status(SHOP)["conditions"] if c["type"] == "Ready")
    assert ready["reason"] == "WorkerTemplateNotFound"
    assert follower.answer("shop").status == 200


async def test_a_follower_that_loses_its_grant_rests_no_longer(world: World) -> None:
    world.apply(template(key=CLUSTER))
    kind = {"kind": "ClusterWorkerTemplate", "name": "shop"}
    world.apply(customer("shop", None, source={"templateRef": kind}))
    await world.settle(400)
    await world.reconcile(SHOP)
    await world.settle(PROBED)
    assert is_at_rest(world)
    [grant] = everything(DOMAIN)["grants"]
    world.edit(PLATFORM, tenancy={"grants": [{**grant, "templates": ["customer/*"]}]})
    await world.settle(10)
    ready = next(c for c in world.status(SHOP)["conditions"] if c["type"] == "Ready")
    assert ready["reason"] == "NotGranted"
