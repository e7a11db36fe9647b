"""A worker moves to a platform that refuses some of its routes: it moves with the others, and nothing goes dark."""

import pytest

from support.cloudflare import Script
from support.world import World
from support.world_bodies import OTHER_ZONE, SHOP, ZONE, customer
from workers_operator.domain.worker import ObjectKey

EU = ObjectKey("WorkersPlatform", "", "eu")
HOST = "shop.example.com"
PATTERN = f"{HOST}/*"


def zone_routes(world: World) -> dict[str, str | None]:
    return world.cloudflare.zones[OTHER_ZONE].routes


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("a..b.example.com/*", "InvalidRoute"),
        ("shop.elsewhere.org/*", "RouteOutsideZones"),
        ("*.eu.code24.dev/*", "RouteReserved"),
        ("theirs.example.com/*", "RouteNotOwned"),
        ("taken.example.com/*", "HostnameConflict"),
    ],
)
async def test_what_is_served_nowhere_holds_nothing_up(
    two: World, pattern: str, reason: str
) -> None:
    two.cloudflare.account_scripts["theirs"] = Script.of("x")
    zone_routes(two)["theirs.example.com/*"] = "theirs"
    taken = customer("taken", platform="eu", routes=[{"pattern": "taken.example.com/*"}])
    await two.reconcile(two.apply(taken))
    two.edit(SHOP, platform="eu", routes=[{"pattern": pattern}, {"pattern": PATTERN}])
    await two.settle(5)
    assert two.status(SHOP)["platform"] == "eu"
    routed = next(c for c in two.status(SHOP)["conditions"] if c["type"] == "Routed")
    assert routed["reason"] == reason
    assert "goes on serving" not in routed["message"]
    assert (two.scripts(), two.routes()) == ({}, set())
    for host in ("shop.eu.code24.dev", HOST):
        assert two.answer(host).version == two.version(SHOP)


async def test_a_hosts_conflict_there_leaves_the_default_host_here(two: World) -> None:
    """Its other routes are served there; the default host of here is none that it asks for there."""
    await two.reconcile(two.apply(customer("taken", platform="eu", subdomain="shop")))
    two.edit(SHOP, platform="eu", routes=[{"pattern": PATTERN}])
    await two.settle(5)
    assert two.status(SHOP)["platform"] == "eu"
    assert two.answer(HOST).version == two.version(SHOP)
    assert two.routes() == set()


@pytest.fixture
async def both(two: World) -> World:
    """A worker that has moved to ``eu``, and has a route in a zone that only ``default`` has."""
    two.edit(EU, zones=[{"name": "code24.dev", "id": ZONE}])
    two.edit(SHOP, routes=[{"pattern": PATTERN}])
    await two.settle(15)
    assert two.answer(HOST).status == 200
    two.edit(SHOP, platform="eu")
    await two.settle(5)
    return two


async def test_a_route_that_only_the_former_platform_serves_stays_there(both: World) -> None:
    conditions = {c["type"]: c for c in both.status(SHOP)["conditions"]}
    assert conditions["Routed"]["reason"] == "RouteOutsideZones"
    said = f"WorkersPlatform 'default' goes on serving {PATTERN}"
    assert said in conditions["Routed"]["message"]
    assert both.status(SHOP)["platform"] == "default"
    for host in ("shop.eu.code24.dev", HOST):
        assert both.answer(host).status == 200
    both.forget_calls()
    await both.settle(400)
    assert [line for line in both.writes if "WorkersPlatform" not in line] == []


@pytest.mark.parametrize("restarted", [True, False])
async def test_it_goes_once_the_worker_asks_for_it_no_more(both: World, restarted: bool) -> None:
    if restarted:
        await both.restart()
        await both.settle(40)
    both.edit(SHOP, routes=None)
    await both.settle(5)
    assert both.is_ready(SHOP)
    assert both.status(SHOP)["platform"] == "eu"
    assert (both.scripts(), both.routes(), zone_routes(both)) == ({}, set(), {})


async def test_it_moves_along_once_the_new_platform_has_the_zone(both: World) -> None:
    zones = [{"name": "code24.dev", "id": ZONE}, {"name": "example.com", "id": OTHER_ZONE}]
    both.edit(EU, zones=zones)
    await both.settle(60)
    assert both.is_ready(SHOP)
    assert zone_routes(both) == {PATTERN: "eu-dispatcher"}
    assert both.answer(HOST).version == both.version(SHOP)
    assert both.routes() == set()


@pytest.mark.parametrize("script", ["theirs", None])
async def test_it_is_not_waited_for_where_somebody_else_gets_its_requests(
    both: World, script: str | None
) -> None:
    both.cloudflare.account_scripts["theirs"] = Script.of("x")
    zone_routes(both)[PATTERN] = script
    await both.settle(400)
    assert both.status(SHOP)["platform"] == "eu"
    assert both.routes() == set()
    assert zone_routes(both) == {PATTERN: script}


async def test_deleted_meanwhile_the_worker_goes_from_both(both: World) -> None:
    both.delete(SHOP)
    await both.settle(5)
    assert SHOP not in both.api
    assert zone_routes(both) == {}
    for space, title in (("ns", "routes"), ("eu-ns", "eu-routes")):
        assert (both.scripts(space), both.routes(title)) == ({}, set())
