"""Secrets and customers' plans: both are part of a version, and change it at once."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.cloudflare import Stored
from support.world import PLATFORM, World
from support.world_bodies import BASE, SHOP, customer, secret
from support.world_operator import KV_WINDOW
from workers_operator.engine.runner import Result

SECRET = "a-secret-value"


async def deploy(world: World, **spec: Any) -> str:
    """Deploy a worker; its version."""
    done = await world.reconcile(world.apply(customer(**spec)))
    assert world.is_ready(SHOP), done.message()
    return world.version(SHOP)


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
        await stocked.restart()
        await stocked.settle()
        body = customer(secrets=[secret("TOKEN", "shop")])
        done = await stocked.reconcile(stocked.apply(body))
        assert done.conditions["Deployed"] == "False StorageInvalid"
        # All others are served, and probed.
        key = stocked.apply(customer("plain", instances=2))
        done = await stocked.reconcile(key)
        assert stocked.is_ready(key)

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

    @pytest.mark.parametrize(
        ("plan", "rate"), [(None, 1.0), ("free", 0.1), ("basic", 0.5), ("premium", 1.0)]
    )
    async def test_how_much_is_logged_is_the_plans(
        self, world: World, plan: str | None, rate: float
    ) -> None:
        await deploy(world, configuration={"plan": plan} if plan else None)
        [script] = world.scripts().values()
        assert script.metadata["observability"] == {"enabled": True, "head_sampling_rate": rate}

    async def test_a_change_of_how_much_is_logged_uploads_nothing_by_itself(
        self, world: World
    ) -> None:
        """It is no part of the version: it comes with the next script that is uploaded anyway."""
        world.edit(PLATFORM, plans={"team": {"logSamplingPercent": 100}})
        await world.settle()
        one = await deploy(world, configuration={"plan": "team"})
        uploaded = dict(world.scripts())
        world.edit(PLATFORM, plans={"team": {"logSamplingPercent": 0}})
        await world.settle()
        assert dict(world.scripts()) == uploaded
        world.edit(SHOP, instances=2)
        await world.settle()
        assert world.version(SHOP) == one
        rates = {
            name.rpartition("--")[2]: script.metadata["observability"]
            for name, script in world.scripts().items()
        }
        assert rates == {
            "0": {"enabled": True, "head_sampling_rate": 1.0},
            "1": {"enabled": False, "head_sampling_rate": 0.0},
        }

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
        world.request_check(PLATFORM)
        await world.settle()
        body = customer(script=None, template="own", configuration={"plan": "tiny"})
        done = await world.reconcile(world.apply(body))
        assert done.conditions["SourceResolved"] == "False TemplateNotInPlan"
