"""Platforms as objects: their tokens, what may change, and the one that environment variables describe."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.calls import ACCOUNT
from support.cloudflare import Script, Stored
from support.handles import condition
from support.scripts import says
from support.world import PLATFORM, World
from support.world_bodies import (
    SHOP,
    ZONE,
    customer,
    platform,
    released,
    stated,
)
from workers_operator.desired.platform import (
    DispatchNames,
    DomainConfig,
    PlatformConfig,
    StorageNames,
)
from workers_operator.domain.tenancy.grants import Tenancy
from workers_operator.engine.runner import Result
from workers_operator.resources import FINALIZER

IMPLIED = PlatformConfig(
    name="default",
    account_id=ACCOUNT,
    environment="staging",
    domain=DomainConfig(ZONE),
    dispatch=DispatchNames("ns", "dispatcher"),
    storage=StorageNames("routes", "data"),
    tenancy=Tenancy(single_tenant=True),
)


class TestTokens:
    """The token comes from a Secret, and may change."""

    async def test_one_that_is_missing_is_waited_for(self) -> None:
        world = World(with_platform=False)
        key = world.apply(platform())
        done = await world.reconcile(key)
        assert done.conditions["Authenticated"] == "False SecretNotFound"
        assert done.result == Result(requeue_after=10)
        assert done.calls == []
        world.api.put_secret("code24-workers", "default", {"other": "x"})
        done = await world.reconcile(key)
        assert done.conditions["Authenticated"] == "False SecretNotFound"
        assert "'token'" in done.message("Authenticated")
        world.add_platform()
        await world.settle(10)
        assert world.is_ready(key)
        await world.close()

    async def test_one_that_is_rotated_keeps_what_was_observed(self, world: World) -> None:
        await world.reconcile(world.apply(customer()))
        await world.settle(15)
        world.add_platform(token="another-token")
        done = await world.reconcile(PLATFORM)
        assert done.writes == []
        assert world.is_ready(PLATFORM)
        world.cloudflare.tokens.discard("canary-token-5f1d7c")
        world.edit(SHOP, instances=2)
        await world.reconcile(SHOP)
        assert world.is_ready(SHOP)
        await world.settle(61)  # the former connections are closed by now

    async def test_one_that_cannot_be_one_is_said(self, world: World) -> None:
        world.api.put_secret("code24-workers", "default", {"token": "zwölf"})
        done = await world.reconcile(PLATFORM)
        assert done.conditions["Authenticated"].startswith("False ")
        assert not world.operator.platforms.is_usable("default")

    async def test_another_place_is_observed_anew(self, world: World) -> None:
        await world.reconcile(world.apply(customer()))
        world.edit(PLATFORM, dispatch={"namespace": "new", "dispatcher": "new"},
                   storage={"metadataNamespace": "new", "dataBucket": "new"},
                   domain="new.code24.dev")  # fmt: skip
        await world.settle(70)  # at the next probe at the latest
        assert world.is_ready(SHOP)
        assert world.answer("shop.new.code24.dev").status == 200

    async def test_an_interval_and_plans_change_without_a_call(self, world: World) -> None:
        world.edit(PLATFORM, interval="1m", plans={"tiny": {"maxInstances": 1}})
        done = await world.reconcile(PLATFORM)
        assert done.calls == []
        assert done.result == Result(requeue_after=60)
        body = customer(configuration={"plan": "tiny"}, instances=2)
        refused = await world.reconcile(world.apply(body))
        assert refused.conditions["SourceResolved"] == "False InstancesNotInPlan"


class TestWithoutObject:
    """The platform that the environment variables describe has no object, and no status."""

    async def test_it_reads_its_zone(self) -> None:
        world = World(implied=IMPLIED, with_platform=False)
        world.operator.controller.see_implied()
        await world.settle()
        assert "GET zone code24.dev" in world.reads
        assert world.operator.platforms.is_usable("default")
        assert not [line for line in world.writes if line.startswith("apply_status")]
        key = world.apply(customer())
        await world.settle()
        assert world.is_ready(key)
        await world.close()

    async def test_its_dispatcher_is_deployed_again_if_somebody_else_changes_it(self) -> None:
        world = World(implied=IMPLIED, with_platform=False)
        world.operator.controller.see_implied()
        await world.settle(700)
        [(name, ours)] = world.cloudflare.account_scripts.items()
        evil = Script.of("evil", tags=ours.tags)
        evil.modified = world.cloudflare.now()
        world.cloudflare.account_scripts[name] = evil
        await world.settle(700)
        assert world.cloudflare.account_scripts[name].text == ours.text
        assert world.operator.repairs == ["default content"]
        await world.close()

    async def test_an_object_of_its_name_takes_its_place(self) -> None:
        world = World(implied=IMPLIED, with_platform=False)
        world.operator.controller.see_implied()
        await world.settle()
        world.add_platform()
        await world.settle()
        assert world.is_ready(PLATFORM)
        await world.close()

    async def test_without_a_token_it_waits(self) -> None:
        world = World(implied=IMPLIED, with_platform=False, token=None)
        world.operator.controller.see_implied()
        await world.settle()
        done = await world.reconcile(world.apply(customer()))
        assert done.conditions["Deployed"] == "False TokenMissing"
        await world.close()

    async def test_a_zone_that_cannot_be_read_is_waited_for(self) -> None:
        world = World(implied=IMPLIED, with_platform=False)
        world.cloudflare.fail("GET zone")
        result = await world.reconcile(PLATFORM)
        assert result.result == Result(retry=True)
        await world.settle(5)
        assert world.operator.platforms.is_usable("default")
        await world.close()


class TestObjects:
    """Platforms that ask for nothing, or for what nobody can make."""

    async def test_a_suspended_one_holds_up_its_workers(self, world: World) -> None:
        await world.reconcile(world.apply(customer()))
        before = world.status(SHOP)
        world.edit(PLATFORM, suspend=True)
        await world.settle()
        assert not world.operator.platforms.is_usable("default")
        other = world.apply(customer("other"))
        done = await world.reconcile(other)
        assert done.calls == []
        assert done.conditions["Ready"] == "True PlatformSuspended"
        assert (await world.reconcile(SHOP)).writes == []
        assert world.status(SHOP) == before
        world.edit(PLATFORM, suspend=None)
        await world.settle()
        assert world.is_ready(other)

    async def test_a_suspended_one_says_so(self, world: World) -> None:
        world.edit(PLATFORM, suspend=True)
        done = await world.reconcile(PLATFORM)
        assert done.writes == [stated(PLATFORM)]
        assert done.conditions["Ready"].endswith(" Suspended")

    async def test_one_that_the_current_crd_would_reject_holds_up_its_workers(
        self, world: World
    ) -> None:
        world.edit(PLATFORM, environment="elsewhere")
        await world.settle()
        assert not world.operator.platforms.is_usable("default")
        done = await world.reconcile(world.apply(customer()))
        assert done.conditions["Deployed"] == "False InvalidSpec"
        assert "cannot be used now (InvalidSpec)" in done.message("Deployed")
        assert "spec.environment" not in done.message("Deployed"), "that is its administrator's"

    async def test_one_that_the_current_crd_would_reject_says_so(self, world: World) -> None:
        world.edit(PLATFORM, environment="elsewhere")
        done = await world.reconcile(PLATFORM)
        assert done.conditions["Authenticated"] == "False InvalidSpec"

    async def test_one_that_loses_its_finalizer_leaves_everything(self, world: World) -> None:
        await world.reconcile(world.apply(customer()))
        world.api.remove(PLATFORM)
        await world.settle(5)
        assert world.answer("shop").status == 200
        # The worker serves, and says that nobody looks after it any more.
        assert not world.is_ready(SHOP)
        world.add_platform()
        await world.settle()
        assert world.is_ready(SHOP)


class TestProtection:
    """A platform that is deleted stays until its last worker is gone."""

    async def test_one_without_workers_goes_at_once_and_leaves_the_account(
        self, world: World
    ) -> None:
        assert world.api[PLATFORM]["metadata"]["finalizers"] == [FINALIZER]
        world.delete(PLATFORM)
        with world.calls() as calls:
            await world.settle()
        assert PLATFORM not in world.api
        assert calls.writes == [released(PLATFORM)]

    @pytest.mark.parametrize("platform_first", [True, False])
    async def test_deleted_with_its_workers_nothing_of_them_is_left(
        self, world: World, platform_first: bool
    ) -> None:
        others = [world.apply(customer(f"shop-{i}")) for i in range(3)]
        await world.settle()
        keys = [PLATFORM, *others] if platform_first else [*others, PLATFORM]
        for key in keys:
            world.delete(key)
        await world.settle(35)
        assert [key for key in keys if key in world.api] == []
        assert (world.scripts(), world.routes()) == ({}, set())

    @pytest.mark.parametrize("spec", [{"suspend": True}, {"domain": "elsewhere.org"}])
    async def test_one_that_has_no_pass_goes_all_the_same(
        self, world: World, spec: Mapping[str, Any]
    ) -> None:
        world.edit(PLATFORM, **spec)
        await world.settle()
        world.delete(PLATFORM)
        await world.settle()
        assert PLATFORM not in world.api

    async def test_until_then_it_works_and_says_what_it_waits_for(self, world: World) -> None:
        world.apply(customer())
        await world.settle()
        world.delete(PLATFORM)
        await world.settle()
        ready = next(c for c in world.status(PLATFORM)["conditions"] if c["type"] == "Ready")
        assert (ready["status"], ready["reason"]) == ("False", "InUse")
        assert "1 worker" in ready["message"]
        assert world.is_ready(SHOP)
        world.edit(SHOP, instances=2)
        await world.settle()
        assert (world.is_ready(SHOP), len(world.scripts())) == (True, 2)
        late = world.apply(customer("late"))
        await world.settle()
        deployed = {c["type"]: c for c in world.status(late)["conditions"]}["Deployed"]
        assert deployed["reason"] == "PlatformTerminating"
        world.delete(late)
        world.delete(SHOP)
        await world.settle()
        assert (SHOP in world.api, late in world.api, PLATFORM in world.api) == (False,) * 3

    async def test_while_it_is_suspended_it_says_so_as_well(self, world: World) -> None:
        world.apply(customer())
        await world.settle()
        world.edit(PLATFORM, suspend=True)
        await world.settle()
        world.delete(PLATFORM)
        world.delete(SHOP)
        await world.settle(35)
        ready = condition(world.api[PLATFORM], "Ready")
        assert (ready["status"], ready["reason"]) == ("False", "InUse")
        assert "spec.suspend is set" in ready["message"]
        world.edit(PLATFORM, suspend=False)
        await world.settle(35)
        assert (SHOP in world.api, PLATFORM in world.api, world.scripts()) == (False, False, {})

    async def test_one_that_another_finalizer_holds_is_not_ready(self, world: World) -> None:
        body = world.api[PLATFORM]
        body["metadata"]["finalizers"].append("example.org/hold")
        world.api.update(PLATFORM, body)
        world.delete(PLATFORM)
        await world.settle(35)
        assert world.api[PLATFORM]["metadata"]["finalizers"] == ["example.org/hold"]
        ready = condition(world.api[PLATFORM], "Ready")
        assert (ready["status"], ready["reason"]) == ("False", "Removed")
        with world.calls() as calls:
            await world.settle(700)
        assert (calls.writes, calls.reads) == ([], [])

    @pytest.mark.parametrize("restarted", [True, False])
    async def test_workers_of_one_that_another_finalizer_holds(
        self, world: World, restarted: bool
    ) -> None:
        body = world.api[PLATFORM]
        body["metadata"]["finalizers"].append("example.org/hold")
        world.api.update(PLATFORM, body)
        world.delete(PLATFORM)
        await world.settle(35)
        if restarted:
            await world.restart()
            await world.settle(35)
        world.apply(customer())
        await world.settle(35)
        ready = condition(world.api[SHOP], "Ready")
        assert (ready["status"], ready["reason"]) == ("False", "PlatformTerminating")
        world.delete(SHOP)
        await world.settle(35)
        assert SHOP not in world.api

    async def test_after_a_restart_as_well(self, world: World) -> None:
        world.apply(customer())
        await world.settle()
        world.delete(PLATFORM)
        world.delete(SHOP)
        await world.restart()
        await world.settle(35)
        assert (SHOP in world.api, PLATFORM in world.api, world.scripts()) == (False, False, {})

    async def test_it_waits_for_a_worker_that_moves_away(self, world: World) -> None:
        world.add_platform("eu")
        world.apply(customer())
        await world.settle()
        world.delete(PLATFORM)
        await world.settle()
        world.edit(SHOP, platform="eu")
        await world.settle(35)
        assert (world.is_ready(SHOP), PLATFORM in world.api, world.scripts()) == (True, False, {})


class TestTemplates:
    """The built-in templates in the platform's bucket."""

    KEY = "templates/customer/ecommerce.js"

    async def look(self, world: World) -> None:
        """Let an interval pass."""
        await world.advance(300)
        await world.reconcile(PLATFORM)

    async def test_one_that_was_edited_is_named_and_left(self, world: World) -> None:
        bucket = world.cloudflare.buckets["data"]
        before, mine = bucket[self.KEY], Stored(says("mine").encode())
        bucket[self.KEY] = mine
        await self.look(world)
        assert bucket[self.KEY] == mine
        assert world.is_ready(PLATFORM)
        assert world.status(PLATFORM)["templates"] == {"edited": ["customer/ecommerce"]}
        await self.look(world)
        assert world.status(PLATFORM)["templates"] == {"edited": ["customer/ecommerce"]}
        bucket[self.KEY] = before
        await self.look(world)
        assert "templates" not in world.status(PLATFORM)

    async def test_what_was_edited_stays_named_between_two_looks(self, world: World) -> None:
        world.cloudflare.buckets["data"][self.KEY] = Stored(b"// mine")
        await self.look(world)
        await world.reconcile(world.apply(customer()))
        await world.settle(15)  # the platform counts its workers
        status = world.status(PLATFORM)
        assert status["workers"] == {"total": 1, "ready": 1, "suspended": 0}
        assert status["templates"] == {"edited": ["customer/ecommerce"]}

    async def test_workers_hear_of_one_that_is_written(self, world: World) -> None:
        parameters = {"origin": "https://x.example"}
        body = customer(script=None, template="ecommerce", parameters=parameters)
        await world.reconcile(world.apply(body))
        assert world.is_ready(SHOP)
        world.cloudflare.buckets["data"].pop(self.KEY)
        await self.look(world)
        assert SHOP in await world.due()
        done = await world.reconcile(SHOP)
        assert done.calls == []
        assert world.is_ready(SHOP)

    async def test_a_ledger_that_cannot_be_read_is_said(self, world: World) -> None:
        world.cloudflare.buckets["data"].pop(self.KEY)
        world.cloudflare.fail("GET object data/templates/ledger.json")
        await world.advance(300)
        done = await world.reconcile(PLATFORM)
        assert done.conditions["Provisioned"] == "False CloudflareError"
        await world.settle(5)
        assert world.is_ready(PLATFORM)
