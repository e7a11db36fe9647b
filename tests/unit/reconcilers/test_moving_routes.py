"""Zone routes of a worker that moves to another platform of the account: they move along, whichever way it goes."""

from typing import Final

import pytest

from support.scripts import says
from support.world import PLATFORM, World
from support.world_bodies import DOMAIN, OTHER_ZONE, SHOP, ZONE, customer

PATTERN = "shop.example.com/*"


@pytest.fixture
async def routed(two: World) -> World:
    """A worker on ``default`` with a zone route that both platforms could have."""
    two.edit(SHOP, routes=[{"pattern": PATTERN}])
    await two.reconcile(SHOP)
    await two.settle(100)
    two.forget_calls()
    return two


def zone_route(world: World) -> str | None:
    return world.cloudflare.zones[OTHER_ZONE].routes.get(PATTERN)


async def test_a_zone_route_moves_along_by_one_call(routed: World) -> None:
    routed.edit(SHOP, platform="eu")
    done = await routed.reconcile(SHOP)
    assert [line for line in done.calls if " route " in line] == [
        f"PUT route example.com {PATTERN}"
    ]
    assert zone_route(routed) == "eu-dispatcher"
    assert done.conditions["Ready"] == "True Succeeded"
    assert done.status["platform"] == "eu"
    assert routed.routes() == set()
    assert routed.answer("shop.example.com").status == 200
    again = await routed.reconcile(SHOP)
    assert again.calls == []


async def test_it_is_switched_once_the_new_platform_can_serve_it(routed: World) -> None:
    routed.cloudflare.fail("PUT kv eu-routes")
    routed.edit(SHOP, platform="eu")
    await routed.reconcile(SHOP)
    assert zone_route(routed) == "dispatcher"
    await routed.settle(5)
    assert zone_route(routed) == "eu-dispatcher"
    assert routed.is_ready(SHOP)


async def test_a_switch_whose_answer_is_lost_is_looked_up(routed: World) -> None:
    routed.cloudflare.fail("PUT route", lose_answer=True)
    routed.edit(SHOP, platform="eu")
    await routed.reconcile(SHOP)
    await routed.settle(5)
    assert zone_route(routed) == "eu-dispatcher"
    assert routed.is_ready(SHOP)
    assert routed.routes() == set()


async def test_after_a_restart_in_between_the_zone_route_moves_along(routed: World) -> None:
    routed.edit(SHOP, platform="eu")
    await routed.restart()
    await routed.settle(40)
    assert zone_route(routed) == "eu-dispatcher"
    assert routed.is_ready(SHOP)
    assert (routed.scripts(), routed.routes()) == ({}, set())


async def test_deleted_while_it_moves_its_zone_route_goes(routed: World) -> None:
    routed.cloudflare.fail("DELETE script ns/")
    routed.edit(SHOP, platform="eu")
    await routed.reconcile(SHOP)
    routed.delete(SHOP)
    await routed.settle(5)
    assert SHOP not in routed.api
    assert zone_route(routed) is None


async def test_moving_back_switches_the_zone_route_back(routed: World) -> None:
    for platform in ("eu", "default"):
        routed.edit(SHOP, platform=platform)
        await routed.settle(5)
        assert routed.is_ready(SHOP)
    assert zone_route(routed) == "dispatcher"
    assert routed.answer("shop.example.com").status == 200


async def test_a_zone_route_of_another_worker_on_the_former_platform_stays(routed: World) -> None:
    other = routed.apply(customer("other"))
    await routed.reconcile(other)
    routed.edit(other, platform="eu", routes=[{"pattern": PATTERN}])
    done = await routed.reconcile(other)
    assert done.conditions["Routed"] == "False HostnameConflict"
    assert zone_route(routed) == "dispatcher"


@pytest.mark.parametrize("restarted", [True, False])
async def test_a_move_that_is_taken_back_half_way_takes_the_zone_route_back(
    routed: World, restarted: bool
) -> None:
    """The zone route leads to ``eu`` when status still names ``default``."""
    routed.cloudflare.fail("DELETE kv routes", times=2)
    routed.edit(SHOP, platform="eu")
    await routed.reconcile(SHOP)
    assert (zone_route(routed), routed.status(SHOP)["platform"]) == ("eu-dispatcher", "default")
    routed.edit(SHOP, platform="default")
    if restarted:
        await routed.restart()
    await routed.settle(400 if restarted else 5)
    assert routed.is_ready(SHOP)
    assert zone_route(routed) == "dispatcher"
    assert routed.answer("shop.example.com").version == routed.version(SHOP)
    assert (routed.scripts("eu-ns"), routed.routes("eu-routes")) == ({}, set())


async def test_a_route_that_was_listed_before_it_was_made_moves_along(two: World) -> None:
    """``eu`` has listed the zone for a worker of its own."""
    two.apply(customer("other", platform="eu", routes=[{"pattern": "other.example.com/*"}]))
    await two.settle(5)
    two.edit(SHOP, routes=[{"pattern": PATTERN}])
    await two.settle(5)
    assert zone_route(two) == "dispatcher"
    two.edit(SHOP, platform="eu")
    await two.settle(5)
    assert two.is_ready(SHOP)
    assert zone_route(two) == "eu-dispatcher"
    assert two.routes() == set()


async def test_a_route_that_was_made_anew_since_it_was_listed_moves_along(routed: World) -> None:
    routed.cloudflare.fail("PUT route", status=404, code=10009)
    routed.edit(SHOP, platform="eu")
    await routed.settle(5)
    assert routed.is_ready(SHOP)
    assert zone_route(routed) == "eu-dispatcher"


BELOW: Final = "api.code24.dev"


@pytest.fixture
async def below(two: World) -> World:
    """A worker on ``eu`` with a zone route that it will not need on ``default``, whose domain has the host by then."""
    two.edit(PLATFORM, domain=f"main.{DOMAIN}")
    two.edit(SHOP, platform="eu", routes=[{"pattern": f"{BELOW}/*"}])
    await two.settle(400)
    assert two.is_ready(SHOP)
    assert two.cloudflare.zones[ZONE].routes[f"{BELOW}/*"] == "eu-dispatcher"
    return two


@pytest.mark.parametrize("match", ["", "DELETE route", "DELETE kv", "DELETE script"])
async def test_a_zone_route_below_the_new_domain_goes(below: World, match: str) -> None:
    if match:
        below.cloudflare.fail(match)
    below.edit(PLATFORM, domain=DOMAIN)
    below.edit(SHOP, platform="default", source={"inline": {"script": says("two")}})
    await below.settle(60)
    assert below.is_ready(SHOP)
    assert below.status(SHOP)["platform"] == "default"
    assert set(below.cloudflare.zones[ZONE].routes) == {"*.code24.dev/*", "*.eu.code24.dev/*"}
    assert below.answer(BELOW).version == below.version(SHOP)


async def test_it_goes_as_soon_as_the_new_platform_serves_its_host(below: World) -> None:
    """The default host is taken there: the version can answer nowhere else."""
    below.edit(PLATFORM, domain=DOMAIN)
    below.apply(customer("taken", subdomain="shop"))
    below.edit(SHOP, platform="default", source={"inline": {"script": says("two")}})
    await below.settle(60)
    assert below.status(SHOP)["platform"] == "default"
    assert below.answer(BELOW).version == below.version(SHOP)
    assert (below.scripts("eu-ns"), below.routes("eu-routes")) == ({}, set())
