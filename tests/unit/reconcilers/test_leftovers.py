"""What no object answers for: scripts that serve nobody go, workers that serve are told of, or go if that is wanted."""

import re
from typing import Any

import pytest

from support.cloudflare import Script
from support.handles import condition
from support.world import PLATFORM, World
from support.world_bodies import BASE, NONE_KEPT, SHOP, customer, service
from workers_operator.account.platforms import Platform
from workers_operator.domain.names import MANAGED_BY_TAG
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.reconcilers.platform.leftovers import LeftoverRemover

STRAY = "customer-worker-gone--11111111--0"
ROUTER = "dispatcher-services"
CALLEE = ObjectKey("CustomerWorker", "shop", "prices")


def exports(world: World) -> set[str]:
    """The entrypoints of the service router."""
    return set(re.findall(r"export const (to_\w+)", world.cloudflare.account_scripts[ROUTER].text))


async def deployed(world: World, **spec: Any) -> None:
    world.apply(customer(**spec))
    await world.settle(100)
    assert world.is_ready(SHOP)


async def orphaned(world: World, **spec: Any) -> None:
    """A worker that serves, and whose object somebody has taken away with its finalizer."""
    await deployed(world, **spec)
    world.api.remove(SHOP)
    world.forget_calls()


class TestStrayScripts:
    """Scripts that nothing leads to."""

    async def test_one_is_named_and_goes_after_the_kv_window(self, world: World) -> None:
        world.cloudflare.scripts["ns"][STRAY] = Script.of("x", tags=[MANAGED_BY_TAG])
        await world.settle(310)
        assert STRAY in world.scripts()
        assert world.status(PLATFORM)["leftovers"] == {"total": 1, "scripts": [STRAY]}
        await world.settle(90)
        assert STRAY not in world.scripts()
        assert f"DELETE script ns/{STRAY}" in world.writes
        assert "leftovers" not in world.status(PLATFORM)

    async def test_many_are_counted_and_the_first_named(self, world: World) -> None:
        names = [f"customer-worker-gone--11111111--{number}" for number in range(10, 70)]
        for name in names:
            world.cloudflare.scripts["ns"][name] = Script.of("x", tags=[MANAGED_BY_TAG])
        await world.settle(310)
        assert world.status(PLATFORM)["leftovers"] == {"total": 60, "scripts": names[:20]}
        await world.settle(90)
        assert "leftovers" not in world.status(PLATFORM)

    async def test_two_listings_within_the_kv_window_are_not_enough(self, world: World) -> None:
        world.cloudflare.scripts["ns"][STRAY] = Script.of("x", tags=[MANAGED_BY_TAG])
        for when in ("one", "two", "three"):
            world.request_check(PLATFORM, when)
            await world.settle(10)
        assert STRAY in world.scripts()

    async def test_what_does_not_bear_our_tag_stays(self, world: World) -> None:
        world.cloudflare.scripts["ns"][STRAY] = Script.of("x")
        await world.settle(310)
        assert "leftovers" not in world.status(PLATFORM)
        world.forget_calls()
        await world.settle(900)
        assert STRAY in world.scripts()
        assert world.reads.count("GET scripts ns") == 3  # a listing each interval, and no other

    async def test_what_an_object_claims_by_then_stays(self, world: World) -> None:
        name = f"{BASE}--11111111--0"
        world.cloudflare.scripts["ns"][name] = Script.of("x", tags=[MANAGED_BY_TAG])
        await world.settle(310)
        world.apply(customer(suspend=True))
        await world.settle(1000)
        assert name in world.scripts()

    async def test_a_failure_concerns_nobody_and_is_tried_again(self, world: World) -> None:
        world.cloudflare.scripts["ns"][STRAY] = Script.of("x", tags=[MANAGED_BY_TAG])
        await world.settle(310)
        world.cloudflare.fail(f"DELETE script ns/{STRAY}", status=500)
        await world.settle(100)
        assert world.is_ready(PLATFORM)
        assert STRAY in world.scripts()
        assert world.status(PLATFORM)["leftovers"]["total"] == 1
        await world.settle(300)
        assert STRAY not in world.scripts()

    @pytest.mark.parametrize("match", ["GET scripts ns", "GET routes code24.dev"])
    async def test_a_listing_that_fails_is_repeated_at_the_pace_of_any_outage(
        self, world: World, match: str
    ) -> None:
        world.cloudflare.scripts["ns"][STRAY] = Script.of("x", tags=[MANAGED_BY_TAG])
        await world.settle(310)
        fault = world.cloudflare.fail(match, times=10**6, status=500)
        await world.settle(300)
        assert 10**6 - fault.times < 310  # one call finds out whether it is over
        world.cloudflare.faults.clear()
        await world.settle(400)
        assert STRAY not in world.scripts()

    async def test_without_any_nothing_more_is_asked_for(self, world: World) -> None:
        await deployed(world)
        world.forget_calls()
        await world.settle(600)
        assert world.reads.count("GET scripts ns") == 2  # a listing each interval


class TestOrphans:
    """Workers that serve without an object."""

    async def test_one_is_told_of_and_serves_on(self, world: World) -> None:
        await orphaned(world, routes=[{"pattern": "shop.example.com/*"}])
        await world.settle(1000)
        assert world.status(PLATFORM)["orphans"] == {
            "total": 1,
            "workers": [
                {
                    "name": BASE,
                    "owner": "CustomerWorker shop/shop",
                    "hosts": ["shop.code24.dev", "shop.example.com"],
                }
            ],
        }
        assert world.answer("shop").status == 200
        assert world.writes == ["apply_status WorkersPlatform default"]

    async def test_one_that_was_released_is_told_of(self, world: World) -> None:
        await deployed(world, policies={"deletion": "Orphan"})
        world.delete(SHOP)
        await world.settle(1000)
        assert world.status(PLATFORM)["orphans"]["total"] == 1
        assert world.answer("shop").status == 200

    async def test_an_object_of_its_name_takes_it_over(self, world: World) -> None:
        await orphaned(world)
        await world.settle(300)
        assert world.status(PLATFORM)["orphans"]["total"] == 1
        await deployed(world)
        await world.settle(300)
        assert "orphans" not in world.status(PLATFORM)
        assert world.answer("shop").status == 200

    async def test_by_policy_it_is_removed_with_all_that_it_has(self, world: World) -> None:
        await orphaned(world, instances=2, routes=[{"pattern": "shop.example.com/*"}])
        world.edit(PLATFORM, policies={"orphans": "Remove"})
        await world.settle(1000)
        assert world.scripts() == {}
        assert world.routes() == set()
        assert [r for z in world.cloudflare.zones.values() for r in z.routes] == ["*.code24.dev/*"]
        assert "orphans" not in world.status(PLATFORM)

    async def test_by_policy_what_belongs_to_an_object_stays(self, world: World) -> None:
        world.edit(PLATFORM, policies={"orphans": "Remove"})
        await deployed(world)
        await world.restart()
        await world.settle(1000)
        assert world.answer("shop").status == 200

    async def test_an_object_that_cannot_be_read_keeps_its_worker(self, world: World) -> None:
        await deployed(world)
        world.edit(PLATFORM, policies={"orphans": "Remove"})
        world.edit(SHOP, subdomain={"no": "text"})
        await world.settle(1000)
        assert world.answer("shop").status == 200
        assert "orphans" not in world.status(PLATFORM)


class TestRouter:
    """The service router."""

    @pytest.fixture
    async def calling(self, world: World) -> World:
        world.apply(customer("prices"))
        world.apply(customer(bindings=[service("PRICES", "prices")]))
        await world.settle(5)
        assert ROUTER in world.cloudflare.account_scripts
        return world

    async def test_it_goes_with_its_last_caller(self, calling: World) -> None:
        calling.delete(SHOP)
        calling.delete(CALLEE)
        await calling.settle(1000)
        assert ROUTER not in calling.cloudflare.account_scripts

    async def test_it_goes_with_its_platform(self, calling: World) -> None:
        for key in (PLATFORM, SHOP, CALLEE):
            calling.delete(key)
        await calling.settle(35)
        assert PLATFORM not in calling.api
        assert ROUTER not in calling.cloudflare.account_scripts

    async def test_a_platform_goes_whatever_becomes_of_it(self, calling: World) -> None:
        calling.cloudflare.fail("DELETE account-script dispatcher-services", times=9, status=500)
        for key in (PLATFORM, SHOP, CALLEE):
            calling.delete(key)
        with calling.calls() as calls:
            await calling.settle(120)
        assert PLATFORM not in calling.api
        assert any("DELETE account-script dispatcher-services" in line for line in calls.writes)
        assert ROUTER in calling.cloudflare.account_scripts

    async def test_it_stays_when_its_platform_is_suspended_and_deleted(
        self, calling: World
    ) -> None:
        for key in (SHOP, CALLEE):
            calling.delete(key)
        await calling.settle(5)
        calling.edit(PLATFORM, suspend=True)
        calling.delete(PLATFORM)
        await calling.settle(35)
        assert PLATFORM not in calling.api
        assert ROUTER in calling.cloudflare.account_scripts

    async def test_a_platform_does_not_wait_for_calls_to_be_had(self, calling: World) -> None:
        for key in (SHOP, CALLEE):
            calling.delete(key)
        await calling.settle(5)
        platform = calling.operator.platforms.provisioned("default")
        assert platform is not None
        ticket = await platform.api.budget.acquire(Priority(Urgency.EDIT, ""))
        platform.api.budget.release(ticket, {"ratelimit": '"default";r=1;t=290'})
        calling.delete(PLATFORM)
        await calling.settle(5)
        assert PLATFORM not in calling.api

    async def test_a_worker_that_comes_meanwhile_is_waited_for(
        self, calling: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for key in (SHOP, CALLEE):
            calling.delete(key)
        await calling.settle(5)
        leave = LeftoverRemover.leave

        async def while_one_comes(remover: LeftoverRemover, platform: Platform) -> None:
            calling.apply(customer("late"))
            await leave(remover, platform)

        monkeypatch.setattr(LeftoverRemover, "leave", while_one_comes)
        calling.delete(PLATFORM)
        await calling.settle(5)
        assert PLATFORM in calling.api
        late = condition(calling.api[ObjectKey("CustomerWorker", "shop", "late")], "Deployed")
        assert late["reason"] == "PlatformTerminating"

    async def test_it_stays_for_the_orphans_of_a_platform_that_goes(self, calling: World) -> None:
        calling.edit(SHOP, policies={"deletion": "Orphan"})
        await calling.settle(5)
        for key in (PLATFORM, SHOP, CALLEE):
            calling.delete(key)
        await calling.settle(35)
        assert PLATFORM not in calling.api
        assert ROUTER in calling.cloudflare.account_scripts

    async def test_it_goes_when_the_binding_is_dropped(self, calling: World) -> None:
        calling.edit(SHOP, bindings=[], rollout=NONE_KEPT)
        await calling.settle(1000)
        assert ROUTER not in calling.cloudflare.account_scripts
        assert calling.is_ready(SHOP)

    async def test_it_stays_for_a_former_version_that_may_serve_again(self, calling: World) -> None:
        calling.edit(SHOP, bindings=[])
        await calling.settle(1000)
        assert ROUTER in calling.cloudflare.account_scripts
        calling.edit(SHOP, vars={"A": "1"})
        await calling.settle(1000)
        assert ROUTER not in calling.cloudflare.account_scripts

    async def test_it_comes_back_with_the_next_caller(self, calling: World) -> None:
        calling.edit(SHOP, bindings=[])
        await calling.settle(1000)
        calling.edit(SHOP, bindings=[service("PRICES", "prices")])
        await calling.settle(5)
        assert calling.is_ready(SHOP)
        assert ROUTER in calling.cloudflare.account_scripts

    async def test_it_stays_as_long_as_anybody_calls(self, calling: World) -> None:
        await calling.settle(1000)
        assert ROUTER in calling.cloudflare.account_scripts

    async def test_it_stays_for_an_orphan_that_may_call(self, calling: World) -> None:
        calling.api.remove(SHOP)
        await calling.settle(1000)
        assert ROUTER in calling.cloudflare.account_scripts

    async def test_an_orphan_can_call_what_it_called(self, calling: World) -> None:
        leads_to = exports(calling)
        calling.api.remove(SHOP)
        calling.apply(customer("third"))
        calling.apply(customer("other", bindings=[service("THIRD", "third")]))
        await calling.settle(1000)
        assert len(exports(calling)) == 2
        assert leads_to < exports(calling)
        await calling.restart()
        await calling.settle(1000)
        assert len(exports(calling)) == 2, "only the deployed router tells what the orphan calls"
        calling.edit(PLATFORM, policies={"orphans": "Remove"})
        await calling.settle(1000)
        assert len(exports(calling)) == 1
        assert not leads_to & exports(calling)

    @pytest.mark.parametrize("restarted", [False, True])
    async def test_an_orphans_calls_are_confined_with_the_platform(
        self, calling: World, restarted: bool
    ) -> None:
        leads_to = exports(calling)
        calling.api.remove(SHOP)
        await calling.settle(1000)
        if restarted:
            await calling.restart()
        calling.edit(PLATFORM, egress={"allow": ["a.example"]})
        await calling.settle(1000)
        router = calling.cloudflare.account_scripts[ROUTER]
        assert router.bindings.keys() == {"CONFINED", "WORKER_METADATA"}
        assert exports(calling) == leads_to

    async def test_a_router_that_cannot_be_read_is_left_as_it_is(self, calling: World) -> None:
        before = calling.cloudflare.account_scripts[ROUTER]
        calling.api.remove(SHOP)
        await calling.restart()
        calling.cloudflare.fail(f"GET account-content {ROUTER}", status=500)
        calling.edit(PLATFORM, egress={"allow": ["a.example"]})
        await calling.settle()
        assert calling.cloudflare.account_scripts[ROUTER] == before
        await calling.settle(1000)
        assert calling.is_ready(PLATFORM)
        assert "CONFINED" in calling.cloudflare.account_scripts[ROUTER].bindings

    async def test_one_that_somebody_else_is_bound_to_stays(self, calling: World) -> None:
        calling.cloudflare.account_scripts["theirs"] = Script.of(
            "x", bindings=[{"type": "service", "name": "IT", "service": ROUTER}]
        )
        calling.edit(SHOP, bindings=[])
        await calling.settle(1000)
        assert ROUTER in calling.cloudflare.account_scripts
        assert calling.is_ready(PLATFORM)

    async def test_one_that_is_not_ours_stays(self, world: World) -> None:
        world.cloudflare.account_scripts[ROUTER] = Script.of("x")
        await world.settle(1000)
        assert ROUTER in world.cloudflare.account_scripts
