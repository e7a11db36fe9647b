"""A deleted object's worker: nothing of it is left, whatever was lost on the way; nothing of others is touched."""

import httpx
import pytest

from support.handles import condition
from support.world import PLATFORM, World
from support.world_bodies import (
    BASE,
    RESTS,
    SHOP,
    UNROUTED,
    customer,
    released,
    removed,
    service,
    stated,
)
from unit.reconcilers.deleting import deployed, nothing_is_left
from workers_operator.engine.runner import Result
from workers_operator.reconcilers.finalizer import AWAITING_END

GARBAGE = {
    "no success": httpx.Response(200, json={"result": {}}),
    "a list": httpx.Response(200, json=[]),
    "a page": httpx.Response(200, html="<h1>Portal</h1>"),
}
EXAMPLE = [{"pattern": "shop.example.com/*"}]


async def test_routes_go_first_then_scripts_then_the_object(world: World) -> None:
    version = await deployed(world, instances=2)
    world.delete(SHOP)
    done = await world.reconcile(SHOP)
    assert done.writes == [
        RESTS,
        UNROUTED,
        removed(version, 0),
        removed(version, 1),
        released(SHOP),
    ]
    assert done.reads == []
    assert done.result == AWAITING_END
    assert nothing_is_left(world)


async def test_zone_routes_go_before_what_they_lead_to(world: World) -> None:
    version = await deployed(world, routes=EXAMPLE)
    world.delete(SHOP)
    done = await world.reconcile(SHOP)
    assert done.writes == [
        "DELETE route example.com shop.example.com/*",
        f"{RESTS} rest:shop.example.com",
        f"DELETE kv routes host:shop.code24.dev host:shop.example.com worker:{BASE}",
        removed(version),
        released(SHOP),
    ]
    assert nothing_is_left(world)


async def test_after_a_restart_it_goes_as_well(world: World) -> None:
    await deployed(world, routes=EXAMPLE)
    world.delete(SHOP)
    await world.restart()
    await world.settle()
    assert nothing_is_left(world)
    assert world.cloudflare.zones["2" * 32].routes == {}


async def test_what_was_never_deployed_needs_no_call(world: World) -> None:
    key = world.apply(customer(source={"r2": {"key": "none.js"}}, script=None))
    await world.reconcile(key)
    world.delete(key)
    done = await world.reconcile(key)
    assert (done.writes, done.reads) == ([released(key)], [])


async def test_what_never_had_the_finalizer_needs_no_pass(world: World) -> None:
    key = world.apply(customer())
    world.delete(key)
    assert await world.settle() == []
    assert world.writes == []


async def test_what_another_object_holds_stays(world: World) -> None:
    version = await deployed(world)
    other = world.apply(customer("other", scriptName=BASE))
    await world.reconcile(other)
    world.delete(other)
    done = await world.reconcile(other)
    assert (done.calls, done.result) == ([], AWAITING_END)
    assert world.answer("shop") == (200, version, "")


async def test_what_another_object_claims_and_has_not_got_yet_stays(world: World) -> None:
    """A rival's first script may be there before its mark is."""
    world.cloudflare.fail("PUT kv")
    elder = world.apply(customer())
    await world.reconcile(elder)
    await world.advance(2)
    younger = world.apply(customer("other", scriptName=BASE))
    await world.reconcile(younger)
    world.delete(younger)
    await world.reconcile(younger)
    assert younger not in world.api
    assert len(world.scripts()) == 1


async def test_an_orphan_stays_as_it_is(world: World) -> None:
    version = await deployed(world, policies={"deletion": "Orphan"})
    world.delete(SHOP)
    done = await world.reconcile(SHOP)
    assert (done.writes, done.reads, done.result) == ([released(SHOP)], [], AWAITING_END)
    assert world.answer("shop") == (200, version, "")


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (500, None, "CloudflareError"),
        (403, 7777, "RequestRejected"),
        (401, 1000, "CredentialsRejected"),
        (429, None, "RateLimited"),
    ],
)
@pytest.mark.parametrize("match", ["DELETE kv", "DELETE script"])
async def test_it_says_why_it_cannot_and_comes_back(
    world: World, status: int, code: int | None, reason: str, match: str
) -> None:
    await deployed(world)
    world.cloudflare.fail(match, status=status, code=code)
    world.delete(SHOP)
    done = await world.reconcile(SHOP)
    assert done.result.retry or done.result.requeue_after is not None
    assert done.conditions["Routed"] == f"False {reason}"
    assert done.conditions["Reconciling"] == "True Deleting"
    assert "spec.policies.deletion" in done.message("Routed")
    assert stated(SHOP) in done.writes
    if status == 401:
        world.add_platform(token="another-token")
    await world.settle(302)
    assert nothing_is_left(world)


async def test_the_platform_says_at_once_that_its_token_is_refused(world: World) -> None:
    await deployed(world)
    world.cloudflare.tokens.clear()
    world.delete(SHOP)
    await world.settle(5)
    assert condition(world.api[PLATFORM], "Ready")["reason"] == "CredentialsRejected"


@pytest.mark.parametrize("change", ["deletion", "edit"])
@pytest.mark.parametrize("match", ["DELETE kv", "PUT kv"])
async def test_a_routing_table_that_is_listed_and_not_there_costs_few_calls(
    world: World, change: str, match: str
) -> None:
    """Listings may go on showing what is gone."""
    await deployed(world)
    world.cloudflare.fail(match, times=1_000, status=404, code=10013)
    if change == "deletion":
        world.delete(SHOP)
    else:
        world.edit(SHOP, subdomain="moved")
    with world.calls() as calls:
        await world.settle(60)
    assert len(calls.writes) + len(calls.reads) <= 80
    world.cloudflare.faults.clear()
    await world.settle(35)
    assert (SHOP not in world.api) if change == "deletion" else world.is_ready(SHOP)


@pytest.mark.parametrize("with_platform", [False, True], ids=["alone", "with its platform"])
async def test_a_routing_table_that_is_gone_holds_nothing_up(
    world: World, *, with_platform: bool
) -> None:
    await deployed(world)
    del world.cloudflare.kv[world.cloudflare.kv_id("routes")]
    if with_platform:
        world.delete(PLATFORM)
    world.delete(SHOP)
    await world.settle(5)
    assert SHOP not in world.api
    assert not world.scripts()
    assert (PLATFORM in world.api) is not with_platform


async def test_of_a_platform_that_cannot_be_used_it_waits(world: World) -> None:
    await deployed(world)
    world.cloudflare.tokens.clear()
    world.request_check(PLATFORM)
    await world.settle()
    world.delete(SHOP)
    done = await world.reconcile(SHOP)
    assert done.conditions["Routed"] == "False CredentialsRejected"
    assert done.result == Result(requeue_after=30)
    world.edit(SHOP, policies={"deletion": "Orphan"})
    assert (await world.reconcile(SHOP)).writes == [released(SHOP)]


async def test_of_a_platform_that_is_gone_it_waits_if_it_was_deployed(world: World) -> None:
    await deployed(world)
    never = world.apply(customer("never", source={"r2": {"key": "none.js"}}, script=None))
    await world.reconcile(never)
    world.api.remove(PLATFORM)  # somebody took the finalizer away
    for key in (SHOP, never):
        world.delete(key)
    assert (await world.reconcile(never)).writes == [released(never)]
    done = await world.reconcile(SHOP)
    assert done.conditions["Routed"] == "False PlatformNotFound"
    world.add_platform()
    await world.settle()
    assert nothing_is_left(world)


class TestLostAnswers:
    """What may be there though no listing has shown it."""

    async def test_an_upload(self, world: World) -> None:
        world.cloudflare.fail("PUT script", lose_answer=True)
        world.apply(customer())
        await world.reconcile(SHOP)
        world.delete(SHOP)
        await world.reconcile(SHOP)
        assert nothing_is_left(world)

    @pytest.mark.parametrize("carried_out", [True, False])
    async def test_an_upload_that_was_answered_with_an_error(
        self, world: World, carried_out: bool
    ) -> None:
        world.cloudflare.fail("PUT script", status=502, carried_out=carried_out)
        world.apply(customer())
        await world.reconcile(SHOP)
        world.delete(SHOP)
        await world.reconcile(SHOP)
        assert nothing_is_left(world)

    @pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE)
    async def test_an_upload_whose_answer_is_garbage(
        self, world: World, answer: httpx.Response
    ) -> None:
        """It was carried out; of what was said instead nobody can tell."""
        world.cloudflare.fail("PUT script", carried_out=True).after = answer
        world.apply(customer())
        done = await world.reconcile(SHOP)
        assert done.conditions["Deployed"] == "False CloudflareError"
        assert done.result.retry
        world.delete(SHOP)
        await world.reconcile(SHOP)
        assert nothing_is_left(world)

    async def test_a_routing_write_of_one_of_two_that_go_at_once(self, world: World) -> None:
        """The listing that settles it is under way when the other one's pass plans."""
        other = world.apply(customer("other"))
        await world.settle()
        world.cloudflare.fail("PUT kv", lose_answer=True)
        world.apply(customer())
        await world.reconcile(SHOP)
        world.delete(SHOP)
        world.delete(other)
        await world.settle(5)
        assert nothing_is_left(world)

    @pytest.mark.parametrize("carried_out", [True, False])
    async def test_a_routing_write(self, world: World, carried_out: bool) -> None:
        world.cloudflare.fail("PUT kv", lose_answer=carried_out)
        world.apply(customer())
        await world.reconcile(SHOP)
        world.delete(SHOP)
        done = await world.reconcile(SHOP)
        assert done.reads[:2] == ["GET scripts ns", "GET keys routes"]
        assert (UNROUTED in done.writes) == carried_out
        assert nothing_is_left(world)

    @pytest.mark.parametrize("match", ["DELETE kv", "DELETE script", "DELETE route"])
    async def test_a_deletion(self, world: World, match: str) -> None:
        await deployed(world, routes=EXAMPLE)
        world.cloudflare.fail(match, lose_answer=True)
        world.delete(SHOP)
        await world.reconcile(SHOP)
        await world.settle(5)
        assert nothing_is_left(world)
        assert world.cloudflare.zones["2" * 32].routes == {}


class TestMalformed:
    """Objects that the current CRD would reject."""

    async def test_one_says_so_and_can_be_released(self, world: World) -> None:
        version = await deployed(world)
        world.edit(SHOP, instances=-1)
        world.delete(SHOP)
        done = await world.reconcile(SHOP)
        assert done.result == Result(retry=True)
        assert done.conditions["Routed"] == "False InvalidSpec"
        assert "spec.instances" in done.message("Routed")
        world.edit(SHOP, policies={"deletion": "Orphan"})
        assert (await world.reconcile(SHOP)).writes == [released(SHOP)]
        assert world.answer("shop") == (200, version, "")

    async def test_routes_that_are_malformed_by_now_hold_nothing_up(self, world: World) -> None:
        await deployed(world, routes=EXAMPLE)
        world.edit(SHOP, routes=[{"pattern": "a..b.example.com/*"}])
        world.delete(SHOP)
        await world.settle(5)
        assert nothing_is_left(world)
        assert world.cloudflare.zones["2" * 32].routes == {}


async def test_a_host_in_a_zone_that_the_platform_has_given_up_holds_nothing_up(
    world: World,
) -> None:
    await deployed(world, routes=EXAMPLE)
    zones = world.api[PLATFORM]["spec"]["zones"][:1]
    world.edit(PLATFORM, zones=zones)
    await world.settle()
    world.delete(SHOP)
    await world.settle(5)
    assert nothing_is_left(world)


async def test_a_callee_that_is_deleted_makes_its_caller_wait(world: World) -> None:
    callee = world.apply(customer("prices"))
    await world.reconcile(callee)
    await deployed(world, bindings=[service("PRICES", "prices")])
    world.delete(callee)
    await world.settle()
    assert callee not in world.api
    assert not world.is_ready(SHOP)
    assert world.answer("shop").status == 200
    world.apply(customer("prices"))
    await world.settle(5)
    assert world.is_ready(SHOP)
