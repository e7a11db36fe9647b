"""A worker that asks for routes which are taken keeps those that it has, as long as it gets none of them."""

from collections.abc import Mapping

import pytest

from support.scripts import says
from support.world import World
from support.world_bodies import OTHER_ZONE, SHOP, customer
from workers_operator.domain.worker import ObjectKey

TAKEN = ObjectKey("CustomerWorker", "shop", "taken")
OTHER = ObjectKey("CustomerWorker", "shop", "other")


def routes(*patterns: str) -> list[Mapping[str, str]]:
    return [{"pattern": pattern} for pattern in patterns]


def routed(world: World, key: ObjectKey = SHOP) -> Mapping[str, str]:
    found = (c for c in world.status(key)["conditions"] if c["type"] == "Routed")
    return next(found)


@pytest.fixture
async def asking(world: World) -> World:
    """A worker at the host ``shop`` whose spec has come to ask for ``taken``, which another worker has."""
    await world.reconcile(world.apply(customer("taken", customerId="c2")))
    await world.reconcile(world.apply(customer()))
    await world.settle(5)
    world.edit(SHOP, subdomain="taken")
    await world.settle(3)
    return world


async def test_it_keeps_its_host_and_says_so(asking: World) -> None:
    assert asking.answer("shop").version == asking.version(SHOP)
    assert asking.answer("taken").version == asking.version(TAKEN)
    found = routed(asking)
    assert found["reason"] == "HostnameConflict"
    assert "taken.code24.dev/* belongs to CustomerWorker 'taken'" in found["message"]
    assert found["message"].endswith("; until then the worker keeps shop.code24.dev/*")
    assert asking.status(SHOP)["urls"] == ["https://shop.code24.dev/"]


async def test_what_it_keeps_goes_on_being_updated_and_probed(asking: World) -> None:
    before = asking.version(SHOP)
    asking.edit(SHOP, source={"inline": {"script": says("two")}})
    done = await asking.reconcile(SHOP)
    assert asking.version(SHOP) != before
    assert asking.answer("shop").version == asking.version(SHOP)
    assert done.conditions["Healthy"] == "True ProbeSucceeded"
    assert done.conditions["Ready"] == "False HostnameConflict"


async def test_a_restart_changes_nothing(asking: World) -> None:
    await asking.settle(15)
    await asking.restart()
    await asking.settle(60)
    assert asking.writes == []
    assert asking.answer("shop").version == asking.version(SHOP)


async def test_it_moves_once_what_it_asks_for_is_free(asking: World) -> None:
    asking.edit(TAKEN, subdomain="elsewhere")
    await asking.settle(3)
    assert asking.is_ready(SHOP)
    assert asking.answer("taken").version == asking.version(SHOP)
    assert asking.answer("shop").status == 404


async def test_it_is_ready_again_once_it_asks_for_what_it_has(asking: World) -> None:
    asking.edit(SHOP, subdomain="shop")
    await asking.settle(3)
    assert asking.is_ready(SHOP)


@pytest.mark.parametrize("owner", ["c1", "c3"])
async def test_whoever_asks_for_what_it_keeps_gets_it(asking: World, owner: str) -> None:
    asking.apply(customer("other", subdomain="shop", customerId=owner))
    await asking.settle(3)
    assert asking.is_ready(OTHER)
    await asking.settle(60)
    assert asking.answer("shop").version == asking.version(OTHER)
    assert asking.is_ready(OTHER)
    assert routed(asking)["reason"] == "HostnameConflict"
    assert "until then" not in routed(asking)["message"]
    asking.edit(TAKEN, subdomain="elsewhere")
    await asking.settle(3)
    assert asking.is_ready(SHOP)
    assert asking.answer("taken").version == asking.version(SHOP)


async def test_another_customer_that_asks_for_a_path_of_it_gets_the_host(asking: World) -> None:
    asking.apply(customer("other", customerId="c3", routes=routes("shop.code24.dev/a/*")))
    await asking.settle(60)
    assert asking.is_ready(OTHER)
    assert asking.answer("shop", "/a/x").version == asking.version(OTHER)
    assert asking.answer("shop", "/b").status == 404
    assert asking.status(SHOP).get("urls", []) == []


async def test_deleted_it_leaves_nothing(asking: World) -> None:
    asking.delete(SHOP)
    await asking.settle(3)
    assert SHOP not in asking.api
    assert asking.routes() == {"host:taken.code24.dev", "worker:customer-worker-c2--taken"}


async def test_what_it_asks_for_no_more_goes_where_it_gets_something_else(world: World) -> None:
    await world.reconcile(world.apply(customer("taken")))
    await world.reconcile(world.apply(customer(routes=routes("good.example.com/*"))))
    world.edit(SHOP, subdomain="taken")
    await world.settle(3)
    assert routed(world)["reason"] == "HostnameConflict"
    assert world.answer("good.example.com").version == world.version(SHOP)
    assert world.answer("shop").status == 404


async def test_a_zone_route_is_kept_as_well(world: World) -> None:
    patterns = ("taken.example.com/*", "good.example.com/*")
    await world.reconcile(world.apply(customer("taken", routes=routes(patterns[0]))))
    spec = customer(subdomain="taken", routes=routes(patterns[1]))
    await world.reconcile(world.apply(spec))
    world.edit(SHOP, routes=routes(patterns[0]))
    await world.settle(3)
    assert routed(world)["reason"] == "HostnameConflict"
    assert world.answer("good.example.com").version == world.version(SHOP)
    assert world.cloudflare.zones[OTHER_ZONE].routes == dict.fromkeys(patterns, "dispatcher")
    world.edit(TAKEN, routes=None)
    await world.settle(3)
    assert world.answer("taken.example.com").version == world.version(SHOP)
    assert world.cloudflare.zones[OTHER_ZONE].routes == {patterns[0]: "dispatcher"}


async def test_a_zone_route_that_leads_elsewhere_by_now_is_not_kept(world: World) -> None:
    await world.reconcile(world.apply(customer("taken")))
    spec = customer(subdomain="taken", routes=routes("good.example.com/*"))
    await world.reconcile(world.apply(spec))
    world.cloudflare.zones[OTHER_ZONE].routes["good.example.com/*"] = None
    await world.settle(350)
    world.edit(SHOP, routes=None)
    done = await world.reconcile(SHOP)
    assert done.conditions["Routed"] == "False HostnameConflict"
    assert "until then" not in done.message("Routed")
    assert world.cloudflare.zones[OTHER_ZONE].routes == {"good.example.com/*": None}
