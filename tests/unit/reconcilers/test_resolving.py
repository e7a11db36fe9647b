"""What an object comes to: code, secrets and limits become a version, which changes exactly when they do."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.cloudflare import Stored
from support.scripts import says
from support.world import PLATFORM, World
from support.world_bodies import (
    BASE,
    ROUTED,
    SHOP,
    customer,
    stated,
    uploaded,
)
from support.world_operator import KV_WINDOW
from workers_operator.desired import worker as desired
from workers_operator.desired.rollout import settings_of
from workers_operator.domain import names
from workers_operator.domain.plan.worker import plan_worker
from workers_operator.engine.priority import Priority
from workers_operator.reconcilers.platform import setup
from workers_operator.reconcilers.repairing import RepairLimit
from workers_operator.reconcilers.worker.attempt import Attempt

SECRET = "a-secret-value"
R2 = {"r2": {"key": "shop.js"}}
CONFIG_MAP = {"configMap": {"name": "code", "key": "worker.js"}}
Spec = Mapping[str, Any]


def digest(text: str) -> str:
    return names.digest(says(text).encode())


def put(world: World, text: str, key: str = "shop.js") -> None:
    """Write a script to the data bucket."""
    world.cloudflare.buckets["data"][key] = Stored(says(text).encode())


async def relist(world: World) -> None:
    """Have the platform look at the account."""
    world.request_check(PLATFORM, str(world.clock.now()))
    await world.settle()


async def deploy(world: World, **spec: Any) -> str:
    """Deploy a worker; its version."""
    script = None if "source" in spec or "template" in spec else "one"
    done = await world.reconcile(world.apply(customer(script=script, **spec)))
    assert world.is_ready(SHOP), done.message()
    return world.version(SHOP)


class TestPlanningTwice:
    """Resolving and planning change nothing, so that they can be repeated."""

    async def plan(self, world: World) -> object:
        platform = world.platform()
        record = world.operator.index.objects.get(SHOP)
        assert record is not None
        obj = desired.read(SHOP, record.body())
        assert not isinstance(obj, desired.Malformed)
        memory = world.operator.index.memories.of(SHOP)
        now = world.clock.monotonic()
        settings = settings_of(obj.spec.rollout, None)
        attempt = Attempt(SHOP, obj, memory, Priority.EDIT, Priority.EDIT, now, True, settings)
        resolver = world.operator.resolver
        terms = resolver.terms_of(attempt, platform)
        source = await resolver.load(attempt, platform, terms)
        draft = await resolver.draft(attempt, platform, terms, source)
        worker = desired.worker(SHOP, obj, "code24.dev", draft.limits)
        hosts = [route.host for route in worker.routes]
        zones = platform.provisioned.zones
        observed = platform.snapshot.worker(worker.script_name, hosts, "dispatcher", zones)
        version = draft.resolved.version if draft.resolved else ""
        todo = plan_worker(worker, version, observed)
        if draft.resolved is None:
            return draft.needs, None, None, todo
        async with draft.content() as content:
            return draft.needs, content, draft.resolved, todo

    @pytest.mark.parametrize(
        "spec",
        [
            {},
            {"instances": 3, "routes": [{"pattern": "shop.example.com/*"}]},
            {"bindings": [{"name": "A", "type": "kvNamespace", "create": True}]},
            {"configuration": {"plan": "premium"}, "limits": {"cpu": "1s"}},
        ],
    )
    async def test_two_plans_of_a_worker_are_equal(self, world: World, spec: Spec) -> None:
        world.apply(customer(**spec))
        with world.calls() as calls:
            first, second = await self.plan(world), await self.plan(world)
        assert first == second
        assert calls.writes == []
        # A plan that was made in vain changes nothing about the deployment.
        await world.reconcile(SHOP)
        assert world.is_ready(SHOP)
        with world.calls() as calls:
            assert await self.plan(world) == await self.plan(world)
        assert calls.writes == []

    async def test_two_plans_of_a_removal_are_equal(self, world: World) -> None:
        await deploy(world, routes=[{"pattern": "shop.example.com/*"}])
        obj = desired.read(SHOP, world.api[SHOP])
        assert not isinstance(obj, desired.Malformed)
        with world.calls() as calls:
            plans = [await world.operator.remover.plan(world.platform(), SHOP, obj) for _ in "12"]
        assert plans[0] == plans[1]
        assert len(plans[0].actions) == 3
        assert (calls.writes, calls.reads) == ([], [])

    async def test_two_plans_of_a_platform_are_equal(self, world: World) -> None:
        world.cloudflare.zones["1" * 32].routes.clear()
        world.cloudflare.account_scripts.clear()
        world.cloudflare.buckets["data"].pop("templates/elite/brand.js")
        platform = world.platform()
        now = world.clock.monotonic() + 0.1
        await world.advance(1)
        await platform.observer.observe(platform.provisioned, Priority.EDIT, not_before=now)
        with world.calls() as calls:
            index = world.operator.index
            limit = RepairLimit(world.clock)
            first = await setup.plan_upkeep(platform, index, "1" * 64, limit=limit)
            second = await setup.plan_upkeep(platform, index, "2" * 64, limit=limit)
        assert first == second
        assert len(first.todo.actions) == 3
        assert calls.writes == []


class TestSources:
    """Sources are followed, each by its own way."""

    async def test_an_r2_object_is_followed(self, world: World) -> None:
        put(world, "one")
        one = await deploy(world, source=R2)
        put(world, "two")
        await relist(world)
        assert world.is_ready(SHOP)
        two = world.version(SHOP)
        assert two != one
        assert world.status(SHOP)["source"]["digest"] == digest("two")
        assert world.answer("shop") == (200, two, "")

    async def test_an_object_in_another_bucket_is_followed(self, world: World) -> None:
        world.cloudflare.buckets["team"] = {"shop.js": Stored(says("one").encode())}
        one = await deploy(world, source={"r2": {"bucket": "team", "key": "shop.js"}})
        world.cloudflare.buckets["team"]["shop.js"] = Stored(says("two").encode())
        await relist(world)
        assert world.version(SHOP) != one

    async def test_a_template_in_the_bucket_is_followed(self, world: World) -> None:
        parameters = {"origin": "https://x.example"}
        one = await deploy(world, template="ecommerce", parameters=parameters)
        bucket = world.cloudflare.buckets["data"]
        bucket["templates/customer/ecommerce.js"] = Stored(says("mine").encode())
        await relist(world)
        assert world.version(SHOP) != one
        assert world.is_ready(SHOP)
        edited = world.status(PLATFORM)["templates"]["edited"]
        assert edited == ["customer/ecommerce"]

    async def test_a_config_map_is_followed(self, world: World) -> None:
        key = world.apply(customer(script=None, source=CONFIG_MAP))
        done = await world.reconcile(key)
        assert done.conditions["SourceResolved"] == "False ConfigMapNotFound"
        world.api.put_config_map("shop", "code", {"worker.js": says("one")})
        assert key in await world.due()
        await world.settle()
        one = world.version(SHOP)
        world.api.put_config_map("shop", "code", {"worker.js": says("two")})
        await world.settle()
        assert world.version(SHOP) != one

    async def test_what_is_no_longer_there_keeps_serving(self, world: World) -> None:
        put(world, "one")
        one = await deploy(world, source=R2)
        del world.cloudflare.buckets["data"]["shop.js"]
        await relist(world)
        assert not world.is_ready(SHOP)
        assert world.answer("shop") == (200, one, "")
        assert world.status(SHOP)["versions"] == {"stable": one}

    @pytest.mark.parametrize(
        ("spec", "reason"),
        [
            ({"source": {"template": "none"}}, "TemplateNotFound"),
            ({"template": "ecommerce"}, "ParameterMissing"),
            ({"template": "ecommerce", "parameters": {"origin": 1}}, "ParameterInvalid"),
            (
                {
                    "template": "ecommerce",
                    "parameters": {"origin": "https://x.example"},
                    "configuration": {"features": ["none"]},
                },
                "FeatureNotFound",
            ),
            ({"configuration": {"plan": "none"}}, "PlanNotFound"),
            ({"configuration": {"plan": "free"}, "instances": 2}, "InstancesNotInPlan"),
            (
                {"configuration": {"plan": "free", "features": ["security"]}},
                "FeatureNotInPlan",
            ),
            ({"source": {"r2": {"key": "none.js"}}}, "R2ObjectNotFound"),
            ({"source": {"r2": {"bucket": "none", "key": "a.js"}}}, "R2BucketNotFound"),
        ],
    )
    async def test_what_cannot_be_resolved_is_said(
        self, world: World, spec: Spec, reason: str
    ) -> None:
        script = None if {"source", "template"} & spec.keys() else "one"
        done = await world.reconcile(world.apply(customer(script=script, **spec)))
        assert done.calls == []
        assert done.conditions["SourceResolved"] == f"False {reason}"


class TestDigests:
    """A digest refuses any other content; a pin holds newer content back."""

    async def test_another_digest_is_refused_and_what_serves_stays(self, world: World) -> None:
        put(world, "one")
        one = await deploy(world, source={**R2, "digest": digest("one")})
        put(world, "two")
        await relist(world)
        assert world.status(SHOP)["conditions"][0]["reason"] == "DigestMismatch"
        assert world.answer("shop") == (200, one, "")
        world.edit(SHOP, source={**R2, "digest": digest("two")})
        await world.reconcile(SHOP)
        assert world.is_ready(SHOP)
        assert world.version(SHOP) != one

    async def test_newer_content_is_held_back_until_its_digest_is_set(self, world: World) -> None:
        put(world, "one")
        pinned = {**R2, "updatePolicy": "Pinned"}
        one = await deploy(world, source=pinned)
        put(world, "two")
        with world.calls() as calls:
            await relist(world)
        assert not [line for line in calls.writes if BASE in line]
        assert world.version(SHOP) == one
        assert world.is_ready(SHOP)
        source = world.status(SHOP)["source"]
        assert (source["digest"], source["updateAvailable"]) == (digest("one"), digest("two"))
        world.edit(SHOP, source={**pinned, "digest": digest("two")})
        await world.reconcile(SHOP)
        assert world.version(SHOP) != one
        assert "updateAvailable" not in world.status(SHOP)["source"]

    async def held_back(self, world: World) -> str:
        """A worker whose pinned content only the edge has; its version."""
        put(world, "one")
        one = await deploy(world, source={**R2, "updatePolicy": "Pinned"})
        put(world, "two")
        await relist(world)
        return one

    async def test_pinned_content_is_read_from_the_edge(self, world: World) -> None:
        one = await self.held_back(world)
        world.edit(SHOP, instances=2)
        done = await world.reconcile(SHOP)
        script = f"{BASE}--{one}--0"
        assert done.reads == [f"GET content ns/{script}", f"GET settings ns/{script}"]
        assert done.writes == [uploaded(one, 1), ROUTED, stated(SHOP)]
        assert world.scripts()[f"{BASE}--{one}--1"].text == says("one")

    async def test_pinned_content_is_read_after_a_restart(self, world: World) -> None:
        one = await self.held_back(world)
        await world.restart()
        await world.settle()
        world.edit(SHOP, vars={"A": "b"})
        done = await world.reconcile(SHOP)
        two = world.version(SHOP)
        assert done.calls == [uploaded(two), ROUTED]
        assert world.scripts()[f"{BASE}--{two}--0"].text == says("one")
        assert world.status(SHOP)["versions"] == {"stable": two, "previous": one}

    async def test_pinned_content_moves_along(self, world: World) -> None:
        """The platform that the worker leaves has it."""
        world.api.put_config_map("shop", "code", {"worker.js": says("one")})
        await deploy(world, source={**CONFIG_MAP, "updatePolicy": "Pinned"})
        world.api.put_config_map("shop", "code", {"worker.js": says("two")})
        world.add_platform("staging", domain="staging.code24.dev")
        await world.settle()
        world.edit(SHOP, platform="staging")
        await world.settle(2 * KV_WINDOW)
        assert world.is_ready(SHOP), world.status(SHOP)["conditions"]
        assert [name for name in world.scripts() if BASE in name] == []
        moved = world.cloudflare.scripts["staging-ns"]
        assert moved[f"{BASE}--{world.version(SHOP)}--0"].text == says("one")
        source = world.status(SHOP)["source"]
        assert (source["digest"], source["updateAvailable"]) == (digest("one"), digest("two"))

    @pytest.mark.parametrize("edited", [False, True])
    async def test_pinned_content_outlives_parking(self, world: World, edited: bool) -> None:
        """Nobody else has it: one instance stays, also if the settings change meanwhile."""
        one = await self.held_back(world)
        world.edit(SHOP, instances=0)
        await world.settle(2 * KV_WINDOW)
        if edited:
            world.edit(SHOP, vars={"A": "b"})
            await world.settle(2 * KV_WINDOW)
        await world.restart()
        await world.settle(2 * KV_WINDOW)
        assert [name for name in world.scripts() if BASE in name] == [f"{BASE}--{one}--0"]
        world.edit(SHOP, instances=2)
        await world.settle(2 * KV_WINDOW)
        assert world.is_ready(SHOP)
        assert (world.version(SHOP) != one) == edited
        assert world.scripts()[f"{BASE}--{world.version(SHOP)}--1"].text == says("one")

    async def test_pinned_content_that_somebody_deletes_at_the_edge_is_missed(
        self, world: World
    ) -> None:
        one = await self.held_back(world)
        del world.cloudflare.scripts["ns"][f"{BASE}--{one}--0"]
        world.edit(SHOP, vars={"A": "b"})
        done = await world.reconcile(SHOP)
        assert done.conditions["Deployed"] == "False PinnedContentLost"
        assert done.result.terminal

    async def test_pinned_content_that_is_nowhere_is_missed(self, world: World) -> None:
        one = await self.held_back(world)
        world.scripts()[f"{BASE}--{one}--0"].modules["worker.js"] = type(
            world.scripts()[f"{BASE}--{one}--0"].modules["worker.js"]
        )(b"export default {}")
        world.edit(SHOP, instances=2)
        done = await world.reconcile(SHOP)
        assert done.conditions["Deployed"] == "False PinnedContentLost"
        assert done.result.terminal
        put(world, "one")
        await relist(world)
        await world.settle(5)
        assert world.is_ready(SHOP)

    async def test_another_source_is_not_held_back(self, world: World) -> None:
        one = await self.held_back(world)
        put(world, "three", "other.js")
        world.edit(SHOP, source={"r2": {"key": "other.js"}, "updatePolicy": "Pinned"})
        await world.reconcile(SHOP)
        assert world.version(SHOP) != one
        assert world.status(SHOP)["source"]["digest"] == digest("three")
