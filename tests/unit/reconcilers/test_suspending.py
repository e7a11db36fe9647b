"""Suspending is a state like any other: it is observed once, and tools that wait for the object need not wait."""

import pytest

from support.conditions import kstatus
from support.scripts import says
from support.world import PLATFORM, Pass, World
from support.world_bodies import SHOP, customer, stated
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.runner import Result

BROKEN = {"inline": {"script": says("SyntaxError!")}}
TWO = {"inline": {"script": says("two")}}


async def deployed(world: World) -> str:
    """A worker that serves; its version."""
    await world.reconcile(world.apply(customer()))
    return world.version(SHOP)


async def suspend(world: World, key: ObjectKey = SHOP) -> Pass:
    """The pass over an object that is suspended now; a second one writes nothing."""
    world.edit(key, suspend=True)
    done = await world.reconcile(key)
    assert done.writes == [stated(key)]
    assert done.reads == []
    assert done.conditions["Ready"] == "True Suspended"
    assert {"Reconciling", "Stalled"}.isdisjoint(done.conditions)
    assert kstatus(world.api[key]) == "Current"
    assert world.status(key)["observedGeneration"] == world.api[key]["metadata"]["generation"]
    assert (await world.reconcile(key)).writes == []
    return done


class TestWorkers:
    async def test_one_that_serves_goes_on_and_is_reported(self, world: World) -> None:
        one = await deployed(world)
        before = world.status(SHOP)
        world.edit(SHOP, source=TWO)
        done = await suspend(world)
        assert done.result == Result()
        assert done.message() == (
            "spec.suspend is set: nothing is changed until it is removed; "
            f"version {one} is deployed"
        )
        assert done.events == [f"Normal Suspended: {done.message()}"]
        assert done.conditions == {
            "Ready": "True Suspended",
            "SourceResolved": "True Resolved",
            "Deployed": "True Uploaded",
            "Routed": "True VersionAnswers",
            "Healthy": "True ProbeSucceeded",
        }
        for field in ("versions", "url", "urls", "health", "instances", "source"):
            assert world.status(SHOP)[field] == before[field]
        assert world.answer("shop") == (200, one, "")

    async def test_one_that_is_resumed_takes_up_what_has_changed(self, world: World) -> None:
        one = await deployed(world)
        await suspend(world)
        world.edit(SHOP, source=TWO)
        assert (await world.reconcile(SHOP)).writes == [stated(SHOP)]  # the new generation
        assert kstatus(world.api[SHOP]) == "Current"
        world.edit(SHOP, suspend=None)
        done = await world.reconcile(SHOP)
        assert done.conditions["Ready"] == "True Succeeded"
        assert world.version(SHOP) != one

    async def test_one_that_is_resumed_unchanged_announces_no_version(self, world: World) -> None:
        await deployed(world)
        await suspend(world)
        world.edit(SHOP, suspend=None)
        done = await world.reconcile(SHOP)
        assert done.calls == []
        assert [event.split(":")[0] for event in done.events] == ["Normal Ready"]

    async def test_one_that_is_born_suspended_is_not_deployed(self, world: World) -> None:
        key = world.apply(customer(suspend=True))
        done = await world.reconcile(key)
        assert done.calls == []
        assert done.conditions == {
            "Ready": "True Suspended",
            **dict.fromkeys(("SourceResolved", "Deployed", "Routed", "Healthy"), "Unknown Pending"),
        }
        assert done.message().endswith("; no version is deployed")
        assert kstatus(world.api[key]) == "Current"
        assert (await world.reconcile(key)).writes == []
        world.edit(key, suspend=None)
        [event] = (await world.reconcile(key)).events
        assert event.startswith("Normal Deployed: ")

    async def test_one_that_had_stalled_says_why_and_fails_no_longer(self, world: World) -> None:
        one = await deployed(world)
        world.edit(SHOP, source=BROKEN)
        assert "Stalled" in (await world.reconcile(SHOP)).conditions
        done = await suspend(world)
        assert f"; version {one} is deployed; ScriptRejected: " in done.message()
        assert done.conditions["Deployed"] == "False ScriptRejected"

    @pytest.mark.parametrize("restarted", [True, False])
    async def test_one_whose_version_is_on_its_way(self, world: World, restarted: bool) -> None:
        world.prober.override = lambda host, path: ProbeAnswer(404, None, "")
        world.apply(customer())
        assert "Reconciling" in (await world.reconcile(SHOP)).conditions
        done = await suspend(world)
        assert not [event for event in done.events if "Deployed" in event]
        if restarted:
            await world.restart()
            world.forget_calls()
            assert (await world.reconcile(SHOP)).writes == []

    async def test_a_requested_check_is_acknowledged(self, world: World) -> None:
        await deployed(world)
        await suspend(world)
        world.request_check(SHOP, "later")
        assert (await world.reconcile(SHOP)).writes == [stated(SHOP)]
        assert world.status(SHOP)["lastHandledReconcileAt"] == "later"


class TestPlatforms:
    async def test_one_says_so_and_its_workers_go_on(self, world: World) -> None:
        one = await deployed(world)
        before = world.status(SHOP)
        done = await suspend(world, PLATFORM)
        assert done.conditions == {
            "Ready": "True Suspended",
            "Authenticated": "True TokenAccepted",
            "Provisioned": "True Provisioned",
            "DispatcherReady": "True Deployed",
        }
        await world.settle(400)
        assert world.status(SHOP) == before
        assert world.answer("shop") == (200, one, "")

    async def test_one_that_is_born_suspended(self, fresh: World) -> None:
        fresh.edit(PLATFORM, suspend=True)
        done = await fresh.reconcile(PLATFORM)
        assert done.calls == []
        assert done.conditions["Ready"] == "True Suspended"
        assert kstatus(fresh.api[PLATFORM]) == "Current"

    async def test_one_that_was_never_connected_is_known_by_name(self, world: World) -> None:
        world.edit(PLATFORM, suspend=True)
        await world.restart()
        assert world.operator.platforms.names() == set()
        await world.settle()
        assert world.operator.platforms.names() == {"default"}

    async def test_its_workers_are_counted_by_what_they_say(self, world: World) -> None:
        await deployed(world)
        world.apply(customer("other", suspend=True))
        await world.settle(11)
        counts = world.status(PLATFORM)["workers"]
        assert counts == {"total": 2, "ready": 1, "suspended": 1}
        await suspend(world, PLATFORM)
        world.edit(SHOP, source=TWO)
        world.apply(customer("third"))
        await world.settle(11)
        counts = world.status(PLATFORM)["workers"]
        assert counts == {"total": 3, "ready": 0, "suspended": 3}
        world.edit(PLATFORM, suspend=None)
        await world.settle(11)
        counts = world.status(PLATFORM)["workers"]
        assert counts == {"total": 3, "ready": 2, "suspended": 1}
