"""A zone that is gone, or that the API token has no access to: a matter of what is in it, and of nobody else."""

import pytest

from support.handles import condition
from support.world import PLATFORM, World
from support.world_bodies import BASE, OTHER_ZONE, SHOP, customer
from workers_operator.domain.worker import ObjectKey

HOST = "shop.example.com"
ROUTES = [{"pattern": f"{HOST}/*"}]
LISTING = "GET routes example.com"
ALWAYS = 10**6
INTERVAL = 340.0  # and what is spread
DENIED, OTHERWISE_DENIED, GONE = (403, 10000), (403, 9109), (404, 7003)

refused = pytest.mark.parametrize("refusal", [DENIED, OTHERWISE_DENIED, GONE], ids=str)


def refuse(world: World, refusal: tuple[int, int], match: str = LISTING) -> None:
    status, code = refusal
    world.cloudflare.fail(match, times=ALWAYS, status=status, code=code, message="not for you")


def said(world: World, key: ObjectKey, kind: str = "Ready") -> tuple[str, str]:
    """Reason and message of a condition."""
    found = condition(world.api[key], kind)
    return str(found["reason"]), str(found["message"])


def zone_routes(world: World) -> dict[str, str | None]:
    return world.cloudflare.zones[OTHER_ZONE].routes


@refused
async def test_the_platform_goes_on_and_names_it(world: World, refusal: tuple[int, int]) -> None:
    other = world.apply(customer("other"))
    world.apply(customer(routes=ROUTES))
    await world.settle(15)
    refuse(world, refusal)
    await world.restart()
    await world.settle(INTERVAL)
    reason, message = said(world, PLATFORM, "Provisioned")
    assert (reason, said(world, PLATFORM)[0]) == ("Provisioned", "Succeeded")
    assert "zone example.com is not available: GET /zones/{zone}/workers/routes" in message
    assert "spec.zones" in message
    world.edit(other, vars={"SEEN": "1"})
    await world.settle(5)
    assert world.is_ready(other)


@refused
async def test_a_new_route_in_it_is_refused_and_the_rest_is_served(
    world: World, refusal: tuple[int, int]
) -> None:
    refuse(world, refusal)
    done = await world.reconcile(world.apply(customer(routes=ROUTES)))
    assert done.conditions["Routed"] == "False ZoneUnavailable"
    assert "zone example.com is not available" in done.message("Routed")
    assert world.answer("shop").version == world.version(SHOP)
    assert not zone_routes(world)
    world.cloudflare.faults.clear()
    await world.settle(INTERVAL)
    assert world.is_ready(SHOP)
    assert world.answer(HOST).version == world.version(SHOP)
    assert "not available" not in said(world, PLATFORM, "Provisioned")[1]


@pytest.mark.parametrize("restarted", [True, False])
@pytest.mark.parametrize("refusal", [DENIED, OTHERWISE_DENIED], ids=str)
async def test_what_is_served_there_stays(
    world: World, refusal: tuple[int, int], restarted: bool
) -> None:
    await world.reconcile(world.apply(customer(routes=ROUTES)))
    before = world.version(SHOP)
    refuse(world, refusal, "routes example.com")
    refuse(world, refusal, "route example.com")
    if restarted:
        await world.restart()
    await world.settle(INTERVAL)
    world.edit(SHOP, vars={"SEEN": "1"})
    await world.settle(INTERVAL)
    assert world.is_ready(SHOP)
    assert world.is_ready(PLATFORM)
    assert world.answer(HOST).version == world.version(SHOP) != before
    world.cloudflare.faults.clear()
    await world.settle(INTERVAL)
    assert world.is_ready(SHOP)


@pytest.mark.parametrize("restarted", [True, False])
async def test_a_zone_that_is_said_to_be_gone_may_be_there_all_the_same(
    world: World, restarted: bool
) -> None:
    await world.reconcile(world.apply(customer(routes=ROUTES)))
    before = world.version(SHOP)
    refuse(world, GONE)
    refuse(world, GONE, "route example.com")
    if restarted:
        await world.restart()
    await world.settle(INTERVAL)
    world.edit(SHOP, vars={"SEEN": "1"})
    await world.settle(INTERVAL)
    assert said(world, SHOP)[0] == "ZoneUnavailable"
    assert world.is_ready(PLATFORM)
    version = world.answer("shop").version
    assert world.answer(HOST).version == version != before
    world.cloudflare.faults.clear()
    await world.settle(2 * INTERVAL)
    assert world.is_ready(SHOP)
    assert world.answer(HOST).version == world.version(SHOP) == version


async def test_a_route_in_a_zone_that_is_gone_can_be_given_up(world: World) -> None:
    await world.reconcile(world.apply(customer(routes=ROUTES)))
    world.cloudflare.zones.pop(OTHER_ZONE)
    await world.settle(2 * INTERVAL)
    assert said(world, SHOP, "Routed")[0] == "ZoneUnavailable"
    world.edit(SHOP, routes=None)
    await world.settle(60)
    assert world.is_ready(SHOP)
    assert f"host:{HOST}" not in world.routes()


@pytest.mark.parametrize("restarted", [True, False])
async def test_a_deletion_does_not_wait_for_a_zone_that_is_gone(
    world: World, restarted: bool
) -> None:
    await world.reconcile(world.apply(customer(routes=ROUTES)))
    world.cloudflare.zones.pop(OTHER_ZONE)
    if restarted:
        await world.restart()
    world.delete(SHOP)
    await world.settle(60)
    assert SHOP not in world.api
    assert not world.scripts()


@pytest.mark.parametrize("restarted", [True, False])
async def test_a_deletion_waits_until_it_can_tell_what_is_left(
    world: World, restarted: bool
) -> None:
    await world.reconcile(world.apply(customer(routes=ROUTES)))
    refuse(world, DENIED)
    refuse(world, DENIED, "route example.com")
    if restarted:
        await world.restart()
    await world.settle(INTERVAL)
    world.delete(SHOP)
    await world.settle(60)
    assert "zone example.com is not available" in said(world, SHOP)[1]
    world.cloudflare.faults.clear()
    await world.settle(INTERVAL)
    assert SHOP not in world.api
    assert not zone_routes(world)


@pytest.mark.parametrize("refusal", [DENIED, OTHERWISE_DENIED], ids=str)
async def test_a_route_that_may_not_be_written_concerns_its_worker(
    world: World, refusal: tuple[int, int]
) -> None:
    refuse(world, refusal, f"POST route example.com {HOST}/*")
    world.apply(customer(routes=ROUTES))
    other = world.apply(customer("other"))
    await world.settle(5)
    assert str(refusal[1]) in said(world, SHOP)[1]
    world.edit(other, vars={"SEEN": "1"})
    await world.settle(5)
    assert world.is_ready(other)
    assert world.answer("shop").status == 200
    await world.settle(INTERVAL)
    assert world.is_ready(PLATFORM)


async def test_a_token_that_is_good_for_nothing_is_the_platforms_matter(world: World) -> None:
    await world.reconcile(world.apply(customer(routes=ROUTES)))
    world.cloudflare.tokens.clear()
    world.delete(SHOP)
    await world.settle(5)
    assert said(world, SHOP)[0] == "CredentialsRejected"
    assert said(world, PLATFORM)[0] == "CredentialsRejected"


@pytest.mark.parametrize("restarted", [True, False])
async def test_a_route_is_not_given_up_as_long_as_nobody_can_tell_what_is_left(
    world: World, restarted: bool
) -> None:
    await world.reconcile(world.apply(customer(routes=ROUTES)))
    refuse(world, DENIED)
    refuse(world, DENIED, "route example.com")
    if restarted:
        await world.restart()
    await world.settle(INTERVAL)
    world.edit(SHOP, routes=None)
    await world.settle(60)
    assert said(world, SHOP, "Routed")[0] == "ZoneUnavailable"
    assert world.answer(HOST).status == 200
    world.cloudflare.faults.clear()
    await world.settle(INTERVAL)
    assert world.is_ready(SHOP)
    assert not zone_routes(world)
    assert world.answer("shop").version == world.version(SHOP)


@pytest.mark.parametrize("restarted", [True, False])
@pytest.mark.parametrize("by", ["policy", "order"])
async def test_an_orphan_there_stays_until_its_zone_is_available(
    world: World, by: str, restarted: bool
) -> None:
    await world.reconcile(world.apply(customer(routes=ROUTES)))
    other = world.apply(customer("other"))
    await world.settle(15)
    refuse(world, DENIED)
    refuse(world, DENIED, "route example.com")
    if restarted:
        await world.restart()
    await world.settle(INTERVAL)
    world.api.remove(SHOP)
    world.api.remove(other)
    if by == "policy":
        world.edit(PLATFORM, policies={"orphans": "Remove"})
    else:
        world.api.annotate(PLATFORM, **{"workers.code24.dev/remove-orphans": BASE})
    await world.settle(3 * INTERVAL)
    assert said(world, PLATFORM)[0] == "Succeeded"
    assert world.answer(HOST).status == 200
    assert zone_routes(world)
    if by == "order":
        [result] = world.status(PLATFORM)["orphanOrders"]["results"]
        assert (result["done"], "zone example.com" in result["message"]) == (False, True)
        return
    assert world.answer("other").status == 404
    world.cloudflare.faults.clear()
    await world.settle(2 * INTERVAL)
    assert (world.scripts(), zone_routes(world)) == ({}, {})


@pytest.mark.parametrize("restarted", [True, False])
async def test_a_former_domain_there_is_not_forgotten(world: World, restarted: bool) -> None:
    """Its route would take requests for ever."""
    world.edit(PLATFORM, domain="v.example.com")
    await world.settle(60)
    assert zone_routes(world) == {"*.v.example.com/*": "dispatcher"}
    refuse(world, DENIED)
    refuse(world, DENIED, "route example.com")
    if restarted:
        await world.restart()
    world.edit(PLATFORM, domain="code24.dev")
    await world.settle(INTERVAL)
    assert not world.is_ready(PLATFORM)
    assert "example.com" in said(world, PLATFORM)[1]
    world.cloudflare.faults.clear()
    await world.settle(INTERVAL)
    assert world.is_ready(PLATFORM)
    assert not zone_routes(world)


async def test_one_that_is_denied_costs_a_call_an_interval(world: World) -> None:
    await world.reconcile(world.apply(customer(routes=ROUTES)))
    refuse(world, DENIED)
    await world.settle(INTERVAL)
    world.forget_calls()
    await world.settle(900)
    assert len([line for line in world.reads if line.startswith(LISTING)]) <= 4
    assert [line for line in world.writes if "apply_status" in line] == []


async def test_an_entry_without_a_zone_route_is_not_taken_to_be_served(world: World) -> None:
    """The routing is published before the zone route is created."""
    first = world.apply(customer("first", routes=[{"pattern": "first.example.com/*"}]))
    await world.settle(15)
    refuse(world, DENIED, "route example.com")
    world.apply(customer(routes=ROUTES))
    await world.settle(15)
    refuse(world, DENIED)
    await world.settle(3 * INTERVAL)
    assert not world.is_ready(SHOP)
    assert world.is_ready(first)
    world.cloudflare.faults.clear()
    await world.settle(2 * INTERVAL)
    assert world.is_ready(SHOP)
    assert world.answer(HOST).status == 200


async def test_a_deletion_that_waits_costs_no_calls_of_its_own(world: World) -> None:
    await world.reconcile(world.apply(customer(routes=ROUTES)))
    refuse(world, DENIED)
    await world.settle(INTERVAL)
    world.delete(SHOP)
    await world.settle(5)
    world.forget_calls()
    await world.settle(60)
    assert said(world, SHOP)[0] in ("Deleting", "ZoneUnavailable")
    assert len([line for line in world.reads if line.startswith(LISTING)]) <= 1
    world.cloudflare.faults.clear()
    await world.settle(INTERVAL)
    assert SHOP not in world.api
