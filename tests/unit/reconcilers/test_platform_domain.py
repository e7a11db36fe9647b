"""A platform that gets another domain gives up the former one's zone route."""

import pytest

from support.cloudflare import Script
from support.world import PLATFORM, World
from support.world_bodies import OTHER_ZONE, SHOP, ZONE, customer

OLD, NEW = "*.code24.dev/*", "*.v.example.com/*"


@pytest.fixture
async def changed(world: World) -> World:
    """A world whose platform has been told another domain, and has not had a pass since."""
    await world.reconcile(world.apply(customer()))
    world.edit(PLATFORM, domain="v.example.com")
    return world


def zone_routes(world: World) -> dict[str, str | None]:
    zones = world.cloudflare.zones
    return {**zones[ZONE].routes, **zones[OTHER_ZONE].routes}


async def test_the_former_domains_route_goes(changed: World) -> None:
    done = await changed.reconcile(PLATFORM)
    assert zone_routes(changed) == {NEW: "dispatcher"}
    assert done.status["domain"] == "v.example.com"
    assert changed.answer("shop.code24.dev").status == 0
    await changed.settle(60)
    assert changed.is_ready(SHOP)
    assert changed.answer("shop.v.example.com").version == changed.version(SHOP)


@pytest.mark.parametrize("restarted", [True, False])
@pytest.mark.parametrize("match", ["DELETE route", "GET routes code24.dev", "GET scripts"])
async def test_what_fails_is_done_later(changed: World, match: str, restarted: bool) -> None:
    changed.cloudflare.fail(match)
    done = await changed.reconcile(PLATFORM)
    if "False" in done.conditions["Ready"]:
        assert done.status["domain"] == "code24.dev"
    if restarted:
        await changed.restart()
    await changed.settle(60)
    assert zone_routes(changed) == {NEW: "dispatcher"}
    assert changed.status(PLATFORM)["domain"] == "v.example.com"


@pytest.mark.parametrize("script", ["legacy", None])
async def test_a_route_that_leads_elsewhere_by_now_stays(
    changed: World, script: str | None
) -> None:
    changed.cloudflare.account_scripts["legacy"] = Script.of("x")
    changed.cloudflare.zones[ZONE].routes[OLD] = script
    done = await changed.reconcile(PLATFORM)
    assert zone_routes(changed) == {OLD: script, NEW: "dispatcher"}
    assert done.status["domain"] == "v.example.com"


async def test_a_domain_whose_zone_is_given_up_too_holds_nothing_up(changed: World) -> None:
    changed.edit(PLATFORM, zones=[{"name": "example.com", "id": OTHER_ZONE}])
    done = await changed.reconcile(PLATFORM)
    assert done.conditions["Ready"] == "True Succeeded"
    assert done.status["domain"] == "v.example.com"


async def test_a_worker_may_have_the_former_domains_hosts(changed: World) -> None:
    changed.edit(SHOP, routes=[{"pattern": OLD}])
    await changed.settle(60)
    assert changed.is_ready(SHOP)
    assert zone_routes(changed) == {OLD: "dispatcher", NEW: "dispatcher"}
    assert changed.answer("any.code24.dev").version == changed.version(SHOP)
    await changed.settle(700)
    assert zone_routes(changed) == {OLD: "dispatcher", NEW: "dispatcher"}
