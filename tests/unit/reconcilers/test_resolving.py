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
    secret,
    stated,
    uploaded,
)
from support.world_operator import KV_WINDOW
from workers_operator.desired import worker as desired
from workers_operator.domain import names
from workers_operator.domain.plan.worker import plan_worker
from workers_operator.engine.priority import Priority
from workers_operator.engine.runner import Result
from workers_operator.reconcilers.platform import setup
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
        a = Attempt(SHOP, obj, memory, Priority.EDIT, now, forced=True)
        resolver = world.operator.resolver
        plan = resolver.plan_of(a, platform)
        source = await resolver.load(a, platform, plan)
        draft = await resolver.draft(a, platform, plan, source)
        worker = desired.worker(SHOP, obj, "code24.dev", draft.limits)
        hosts = [route.host for route in worker.routes]
        zones = platform.provisioned.zones
        observed = platform.snapshot.worker(worker.script_name, hosts, "dispatcher", zones)
        version = draft.resolved.version if draft.resolved else ""
        content = await draft.content() if draft.resolved else None
        return draft.needs, content, draft.resolved, plan_worker(worker, version, observed)

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
            first = await setup.plan_upkeep(platform, ["a"], "1" * 64)
            second = await setup.plan_upkeep(platform, ["a"], "2" * 64)
        assert first == second
        assert len(first[0].actions) == 4
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

    async def test_a_secret_that_has_changed_unannounced_is_deployed_with_the_next_upload(
        self, world: World
    ) -> None:
        """What was resolved holds until the interval; the content that an upload loads is another one by then."""
        world.api.put_secret("shop", "shop", {"token": SECRET})
        one = await deploy(world, secrets=[secret("TOKEN", "shop")], instances=2)
        world.api.put_secret("shop", "shop", {"token": "another-value"})
        world.cloudflare.scripts["ns"].pop(f"{BASE}--{one}--1")
        world.request_check(PLATFORM)
        await world.reconcile(PLATFORM)
        done = await world.reconcile(SHOP)
        assert done.conditions["Deployed"] == "False SourceChanged"
        assert done.result == Result(retry=True)
        await world.settle(5)
        assert world.is_ready(SHOP)
        assert world.version(SHOP) != one

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


class TestSecrets:
    """Secrets: a keyed fingerprint of the value is part of the version."""

    @pytest.fixture
    def stocked(self, world: World) -> World:
        world.api.put_secret("shop", "shop", {"token": SECRET})
        return world

    async def test_a_value_reaches_the_script_and_nothing_else(self, stocked: World) -> None:
        version = await deploy(stocked, secrets=[secret("TOKEN", "shop")])
        script = stocked.scripts()[f"{BASE}--{version}--0"]
        assert script.bindings["TOKEN"] == {"type": "secret_text", "name": "TOKEN", "text": SECRET}
        assert SECRET not in str(stocked.api[SHOP])
        assert SECRET not in str(stocked.events.posted)
        assert SECRET not in str(stocked.cloudflare.kv)

    async def test_the_key_is_read_once(self, stocked: World) -> None:
        await deploy(stocked, secrets=[secret("TOKEN", "shop")])
        done = await stocked.reconcile(
            stocked.apply(customer("other", secrets=[secret("TOKEN", "shop")]))
        )
        assert done.reads == ["get_secret shop/shop"]

    async def test_a_changed_value_is_a_new_version_and_an_equal_one_is_none(
        self, stocked: World
    ) -> None:
        secrets = [secret("TOKEN", "shop")]
        one = await deploy(stocked, secrets=secrets, interval="10s")
        stocked.api.put_secret("shop", "shop", {"token": SECRET, "other": "x"})
        await stocked.settle(15)
        assert stocked.version(SHOP) == one
        stocked.api.put_secret("shop", "shop", {"token": "another-value"})
        await stocked.settle(15)
        assert stocked.version(SHOP) != one
        assert stocked.is_ready(SHOP)

    async def test_after_a_restart_the_version_is_the_same(self, stocked: World) -> None:
        await deploy(stocked, secrets=[secret("TOKEN", "shop")])
        await stocked.settle(15)
        await stocked.restart()
        await stocked.settle(KV_WINDOW)
        assert stocked.writes == []

    async def test_a_new_key_counts_before_a_restart_as_after_it(self, stocked: World) -> None:
        """The KV namespace was lost, and made anew with another key."""
        await deploy(stocked, secrets=[secret("TOKEN", "shop")])
        del stocked.cloudflare.kv[stocked.cloudflare.kv_id("routes")]
        stocked.request_check(PLATFORM)
        await stocked.settle(400)
        assert stocked.is_ready(SHOP)
        version = stocked.version(SHOP)
        await stocked.restart()
        await stocked.settle(10)
        assert stocked.version(SHOP) == version

    async def test_a_key_that_is_malformed_is_said(self, stocked: World) -> None:
        pairs = stocked.cloudflare.kv_titled("routes").pairs
        pairs["platform"] = type(pairs["platform"])("{}", pairs["platform"].metadata)
        body = customer(secrets=[secret("TOKEN", "shop")])
        done = await stocked.reconcile(stocked.apply(body))
        assert done.conditions["Deployed"] == "False StorageInvalid"

    @pytest.mark.parametrize(
        ("data", "reason"),
        [(None, "SecretNotFound"), ({"other": SECRET}, "SecretNotFound"),
         ({"token": "x" * 6000}, "VariableTooLarge")],
    )  # fmt: skip
    async def test_what_is_wrong_with_a_secret_is_said(
        self, world: World, data: Mapping[str, str] | None, reason: str
    ) -> None:
        if data is not None:
            world.api.put_secret("shop", "shop", data)
        done = await world.reconcile(world.apply(customer(secrets=[secret("TOKEN", "shop")])))
        assert done.calls == []
        assert done.conditions["Deployed"] == f"False {reason}"
        if reason == "SecretNotFound":
            assert done.result == Result(requeue_after=10)
            world.api.put_secret("shop", "shop", {"token": SECRET})
            await world.settle(12)
            assert world.is_ready(SHOP)

    async def test_a_script_that_throws_its_secret_does_not_tell_it(self, stocked: World) -> None:
        message = f"Uncaught Error: {SECRET}"
        stocked.cloudflare.fail("PUT script", status=400, code=10021, message=message)
        done = await stocked.reconcile(stocked.apply(customer(secrets=[secret("TOKEN", "shop")])))
        assert done.conditions["Deployed"] == "False ScriptRejected"
        assert done.message("Deployed") == "Uncaught Error: [secret]"


class TestPlans:
    """Customers' plans limit what their workers may use."""

    async def test_the_stricter_limit_counts(self, world: World) -> None:
        limits = {"cpu": "1s", "subRequests": 7}
        await deploy(world, configuration={"plan": "basic"}, limits=limits)
        assert world.status(SHOP)["limits"] == {"cpuMs": 50, "subRequests": 7}

    async def test_a_plan_that_changes_is_a_new_version_at_once(self, world: World) -> None:
        one = await deploy(world, configuration={"plan": "premium"})
        world.edit(PLATFORM, plans={"premium": {"limits": {"cpu": "9ms"}}})
        await world.settle()
        assert world.version(SHOP) != one
        assert world.status(SHOP)["limits"] == {"cpuMs": 9}

    async def test_a_template_may_require_a_plan(self, world: World) -> None:
        world.edit(PLATFORM, plans={"tiny": {"level": 1}})
        await world.settle()
        manifest = (
            "{name: own, kind: customer, version: 1.0.0, description: d, minimumPlan: premium,"
            " compatibility: {date: 2026-10-01},"
            " parameters: {type: object, properties: {}, additionalProperties: false}}"
        )
        world.cloudflare.buckets["data"] |= {
            "templates/customer/own.js": Stored(b"export default {}"),
            "templates/customer/own.yaml": Stored(manifest.encode()),
        }
        await relist(world)
        body = customer(script=None, template="own", configuration={"plan": "tiny"})
        done = await world.reconcile(world.apply(body))
        assert done.conditions["SourceResolved"] == "False TemplateNotInPlan"
