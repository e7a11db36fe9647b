"""A platform that gets another domain gives up the former one's zone route."""

import pytest

from support.cloudflare import Script
from support.world import PLATFORM, World
from support.world_bodies import OTHER_ZONE, SHOP, ZONE, customer

OLD, NEW = "*.code24.dev/*", "*.v.example.com/*"
CODE24 = {"name": "code24.dev", "id": ZONE}
EXAMPLE = {"name": "example.com", "id": OTHER_ZONE}


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
@pytest.mark.parametrize("zone", ["stays", "goes"])
@pytest.mark.parametrize("match", ["DELETE route", "GET routes code24.dev", "GET scripts"])
async def test_what_fails_is_done_later(
    changed: World, match: str, zone: str, restarted: bool
) -> None:
    if zone == "goes":
        changed.edit(PLATFORM, zones=[EXAMPLE])
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


async def test_it_goes_as_well_if_its_zone_is_given_up_in_the_same_edit(changed: World) -> None:
    changed.edit(PLATFORM, zones=[EXAMPLE])
    done = await changed.reconcile(PLATFORM)
    assert done.conditions["Ready"] == "True Succeeded"
    assert zone_routes(changed) == {NEW: "dispatcher"}
    assert done.status["domain"] == "v.example.com"
    assert done.status["zones"] == [EXAMPLE]
    await changed.settle(60)
    assert changed.is_ready(SHOP)


async def test_a_restart_before_the_pass_loses_nothing(changed: World) -> None:
    changed.edit(PLATFORM, zones=[EXAMPLE])
    await changed.restart()
    await changed.settle(60)
    assert zone_routes(changed) == {NEW: "dispatcher"}
    assert changed.is_ready(SHOP)


@pytest.mark.parametrize(("status", "code"), [(403, 10000), (403, 9999), (404, 7003)])
async def test_a_zone_that_the_token_may_not_read_any_more_holds_nothing_up(
    changed: World, status: int, code: int
) -> None:
    changed.cloudflare.fail("GET routes code24.dev", times=9, status=status, code=code)
    changed.edit(PLATFORM, zones=[EXAMPLE])
    done = await changed.reconcile(PLATFORM)
    assert done.conditions["Ready"] == "True Succeeded"
    assert (done.status["domain"], done.status["zones"]) == ("v.example.com", [EXAMPLE])


async def test_a_worker_may_have_the_former_domains_hosts(changed: World) -> None:
    changed.edit(SHOP, routes=[{"pattern": OLD}])
    await changed.settle(60)
    assert changed.is_ready(SHOP)
    assert zone_routes(changed) == {OLD: "dispatcher", NEW: "dispatcher"}
    assert changed.answer("any.code24.dev").version == changed.version(SHOP)
    await changed.settle(700)
    assert zone_routes(changed) == {OLD: "dispatcher", NEW: "dispatcher"}


async def test_a_domain_that_is_taken_back_keeps_its_route(changed: World) -> None:
    """A worker has had its hosts meanwhile, by a zone route of the same pattern."""
    changed.edit(SHOP, routes=[{"pattern": OLD}])
    await changed.settle(60)
    changed.edit(PLATFORM, domain="code24.dev")
    await changed.settle(60)
    assert zone_routes(changed) == {OLD: "dispatcher"}
    assert changed.answer("shop").version == changed.version(SHOP)


class TestZones:
    """A zone that ``spec.zones`` has no more is left once nothing in it leads to the dispatcher."""

    HOST = "shop.example.com"

    @pytest.fixture
    async def left(self, world: World) -> World:
        """A worker has a route in a zone that has just been given up."""
        await world.reconcile(world.apply(customer(routes=[{"pattern": f"{self.HOST}/*"}])))
        await world.settle(15)
        assert world.status(PLATFORM)["zones"] == [CODE24, EXAMPLE]
        world.edit(PLATFORM, zones=[CODE24])
        return world

    @pytest.mark.parametrize("restarted", [True, False])
    async def test_a_workers_zone_route_goes(self, left: World, restarted: bool) -> None:
        if restarted:
            await left.restart()
        await left.settle(60)
        assert zone_routes(left) == {OLD: "dispatcher"}
        assert left.answer("shop").version == left.version(SHOP)
        await left.settle(400)
        assert left.status(PLATFORM)["zones"] == [CODE24]

    async def test_it_is_kept_in_mind_as_long_as_the_worker_cannot_give_it_up(
        self, left: World
    ) -> None:
        left.edit(SHOP, suspend=True)
        await left.settle(700)
        assert left.status(PLATFORM)["zones"] == [CODE24, EXAMPLE]
        await left.restart()
        left.edit(SHOP, suspend=None)
        await left.settle(700)
        assert zone_routes(left) == {OLD: "dispatcher"}
        assert left.status(PLATFORM)["zones"] == [CODE24]

    async def test_a_worker_that_is_deleted_leaves_none_there(self, left: World) -> None:
        left.delete(SHOP)
        await left.settle(60)
        assert SHOP not in left.api
        assert zone_routes(left) == {OLD: "dispatcher"}

    async def test_what_others_have_there_is_left_alone(self, left: World) -> None:
        left.cloudflare.account_scripts["theirs"] = Script.of("x")
        theirs: dict[str, str | None] = {"example.com/*": "theirs", "example.com/a/*": None}
        left.cloudflare.zones[OTHER_ZONE].routes |= theirs
        await left.settle(400)
        assert zone_routes(left) == {OLD: "dispatcher", **theirs}
        assert left.status(PLATFORM)["zones"] == [CODE24]
