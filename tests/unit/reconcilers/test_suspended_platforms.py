"""Workers of a suspended platform: what waits is observed and said, tools need not wait, and resuming rolls it out."""

import pytest

from support.conditions import kstatus
from support.scripts import says
from support.world import PLATFORM, Pass, World
from support.world_bodies import SHOP, customer, stated
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.worker import ObjectKey

TWO = {"inline": {"script": says("two")}}
EU = ObjectKey("WorkersPlatform", "", "eu")
IS_SUSPENDED = "WorkersPlatform 'default' is suspended: nothing is changed there until its spec.suspend is removed; "


@pytest.fixture
async def suspended(world: World) -> World:
    """A world with a worker that serves, on a platform that is suspended since."""
    await world.reconcile(world.apply(customer()))
    await world.settle(15)
    world.edit(PLATFORM, suspend=True)
    await world.settle()
    world.forget_calls()
    return world


async def waits(world: World, key: ObjectKey = SHOP) -> Pass:
    """The pass over a worker that has to wait; another one writes nothing."""
    done = await world.reconcile(key)
    assert done.calls == []
    assert done.conditions["Ready"] == "True PlatformSuspended"
    assert {"Reconciling", "Stalled"}.isdisjoint(done.conditions)
    assert kstatus(world.api[key]) == "Current"
    assert world.status(key)["observedGeneration"] == world.api[key]["metadata"]["generation"]
    assert (await world.reconcile(key)).writes == []
    return done


async def resume(world: World) -> None:
    """Resume the platform, and run what is due at once."""
    world.edit(PLATFORM, suspend=None)
    await world.settle()


async def test_one_that_changes_says_that_the_change_is_not_rolled_out(suspended: World) -> None:
    one, before = suspended.version(SHOP), suspended.status(SHOP)
    suspended.edit(SHOP, source=TWO)
    done = await waits(suspended)
    assert done.message() == (
        f"{IS_SUSPENDED}generation 2 is not rolled out; version {one} is deployed"
    )
    assert done.events == [f"Normal PlatformSuspended: {done.message()}"]
    for field in ("versions", "url", "urls", "health", "instances", "source", "platform"):
        assert suspended.status(SHOP)[field] == before[field]
    assert done.conditions["Deployed"] == "True Uploaded"
    assert suspended.answer("shop") == (200, one, "")


async def test_once_the_platform_is_resumed_the_change_is_rolled_out(suspended: World) -> None:
    one = suspended.version(SHOP)
    suspended.edit(SHOP, source=TWO)
    await waits(suspended)
    await resume(suspended)
    assert suspended.version(SHOP) != one
    assert suspended.answer("shop") == (200, suspended.version(SHOP), "")
    ready = suspended.status(SHOP)["conditions"][0]
    assert (ready["status"], ready["reason"]) == ("True", "Succeeded")
    assert suspended.operator.platforms.is_usable("default")


async def test_those_that_wait_go_before_those_that_need_nothing(suspended: World) -> None:
    suspended.edit(SHOP, source=TWO)
    other = suspended.apply(customer("other"))
    await waits(suspended)
    await waits(suspended, other)
    suspended.edit(PLATFORM, suspend=None)
    await suspended.reconcile(PLATFORM)
    taken = [item for item in iter(suspended.operator.queue.take, None) if item[0] != PLATFORM]
    assert {(key.name, priority.urgency.name) for key, priority, _ in taken} == {
        ("shop", "CREATE"),
        ("other", "CREATE"),
    }


async def test_a_new_one_says_that_nothing_is_deployed(suspended: World) -> None:
    key = suspended.apply(customer("other"))
    done = await waits(suspended, key)
    assert done.message() == f"{IS_SUSPENDED}generation 1 is not rolled out; no version is deployed"
    assert done.conditions["Deployed"] == "Unknown Pending"
    await resume(suspended)
    assert suspended.is_ready(key)
    assert suspended.events.about(key)[-1].startswith("Normal Deployed: ")


async def test_one_that_had_stalled_says_why_and_fails_no_longer(world: World) -> None:
    world.apply(customer(script="SyntaxError!"))
    assert "Stalled" in (await world.reconcile(SHOP)).conditions
    world.edit(PLATFORM, suspend=True)
    await world.reconcile(PLATFORM)
    world.edit(SHOP, source=TWO)
    assert "; no version is deployed; ScriptRejected: " in (await waits(world)).message()
    await resume(world)
    assert world.answer("shop") == (200, world.version(SHOP), "")


async def test_one_whose_version_is_on_its_way_is_not_waited_for(world: World) -> None:
    world.prober.override = lambda host, path: ProbeAnswer(404, None, "")
    world.apply(customer())
    assert "Reconciling" in (await world.reconcile(SHOP)).conditions
    world.edit(PLATFORM, suspend=True)
    await world.reconcile(PLATFORM)
    await waits(world)
    world.prober.override = lambda host, path: None
    await resume(world)
    assert world.status(SHOP)["conditions"][0]["reason"] == "Succeeded"


async def test_one_that_needs_nothing_is_not_written(suspended: World) -> None:
    before = suspended.status(SHOP)
    with suspended.calls() as calls:
        await suspended.settle(400)
    assert (calls.writes, calls.reads) == ([], [])
    assert suspended.status(SHOP) == before
    await resume(suspended)
    assert suspended.status(SHOP) == before


async def test_a_restart_changes_nothing(suspended: World) -> None:
    suspended.edit(SHOP, source=TWO)
    await waits(suspended)
    await suspended.settle(11)  # its platform counts it
    await suspended.restart()
    await suspended.settle(30)
    assert suspended.writes == []
    await resume(suspended)
    assert suspended.answer("shop") == (200, suspended.version(SHOP), "")


async def test_a_platform_that_is_resumed_and_does_not_work_has_them_say_so(
    suspended: World,
) -> None:
    suspended.edit(SHOP, source=TWO)
    await waits(suspended)
    suspended.cloudflare.tokens.clear()
    await resume(suspended)
    ready = suspended.status(SHOP)["conditions"][0]
    assert (ready["status"], ready["reason"]) == ("False", "CredentialsRejected")
    assert kstatus(suspended.api[SHOP]) == "InProgress"


async def test_an_edit_that_was_made_meanwhile_is_probed_at_once(suspended: World) -> None:
    suspended.edit(SHOP, health={"path": "/other"})
    await waits(suspended)
    suspended.prober.asked.clear()
    await resume(suspended)
    assert suspended.prober.asked == ["shop.code24.dev/other"]


async def test_its_own_suspension_comes_first(suspended: World) -> None:
    suspended.edit(SHOP, suspend=True)
    done = await suspended.reconcile(SHOP)
    assert done.conditions["Ready"] == "True Suspended"
    suspended.edit(SHOP, suspend=None)
    await waits(suspended)


async def test_a_check_that_was_requested_is_done_after_all(suspended: World) -> None:
    suspended.request_check(SHOP, "later")
    assert (await suspended.reconcile(SHOP)).writes == []
    await resume(suspended)
    assert suspended.status(SHOP)["lastHandledReconcileAt"] == "later"


async def test_one_that_is_deleted_stays_and_goes_once_it_is_resumed(suspended: World) -> None:
    suspended.delete(SHOP)
    done = await suspended.reconcile(SHOP)
    assert done.writes == [stated(SHOP)]
    assert done.conditions["Routed"] == "False PlatformSuspended"
    assert done.message("Routed").startswith("cannot be deleted yet: " + IS_SUSPENDED)
    assert kstatus(suspended.api[SHOP]) == "Terminating"
    await resume(suspended)
    assert (SHOP in suspended.api, suspended.scripts()) == (False, {})


class TestMoving:
    """A worker moves away from a suspended platform, or to one."""

    @pytest.fixture
    async def two(self, world: World) -> World:
        """A world with another platform, ``eu``, and a worker on ``default``."""
        world.add_platform("eu")
        await world.reconcile(world.apply(customer()))
        await world.settle(15)
        return world

    async def test_away_it_serves_and_is_removed_once_the_former_one_is_resumed(
        self, two: World
    ) -> None:
        two.edit(PLATFORM, suspend=True)
        await two.settle()
        two.edit(SHOP, platform="eu")
        done = await two.reconcile(SHOP)
        version = two.version(SHOP)
        assert done.conditions == {
            "Ready": "True Succeeded",
            "SourceResolved": "True Resolved",
            "Deployed": "True Uploaded",
            "Routed": "True VersionAnswers",
            "Healthy": "True ProbeSucceeded",
        }
        assert done.message() == (
            f"version {version} answers and is healthy; "
            "it is removed from WorkersPlatform 'default' once spec.suspend is removed there"
        )
        assert done.status["platform"] == "default"
        assert kstatus(two.api[SHOP]) == "Current"
        assert (await two.reconcile(SHOP)).writes == []
        assert two.answer("shop.eu.code24.dev").status == two.answer("shop").status == 200
        two.edit(PLATFORM, suspend=None)
        await two.settle()
        assert two.status(SHOP)["conditions"][0]["message"] == (
            f"version {version} answers and is healthy"
        )
        assert two.status(SHOP)["platform"] == "eu"
        assert (two.scripts(), two.routes()) == ({}, set())

    async def test_away_the_former_one_is_resumed_and_does_not_work(self, two: World) -> None:
        two.edit(PLATFORM, suspend=True)
        await two.settle()
        two.edit(SHOP, platform="eu")
        await two.settle()
        two.api.put_secret("code24-workers", "default", {"token": "wrong-token-1"})
        two.edit(PLATFORM, suspend=None)
        await two.settle()
        assert two.status(SHOP)["conditions"][0]["reason"] == "CredentialsRejected"
        two.add_platform()
        await two.settle(70)
        assert two.status(SHOP)["platform"] == "eu"
        assert (two.is_ready(SHOP), two.routes()) == (True, set())

    async def test_away_it_is_looked_after_where_it_is(self, two: World) -> None:
        two.edit(PLATFORM, suspend=True)
        await two.settle()
        two.edit(SHOP, platform="eu")
        await two.settle()
        version = two.version(SHOP)
        two.prober.override = lambda host, path: ProbeAnswer(500, version, "worker_exception")
        await two.settle(400)
        ready = two.status(SHOP)["conditions"][0]
        assert (ready["status"], ready["reason"]) == ("False", "ProbeFailed")

    async def test_to_a_suspended_one_it_stays_where_it_is(self, two: World) -> None:
        two.edit(EU, suspend=True)
        await two.settle()
        two.edit(SHOP, platform="eu")
        done = await two.reconcile(SHOP)
        assert done.calls == []
        assert done.conditions["Ready"] == "True PlatformSuspended"
        assert "'eu' is suspended" in done.message()
        assert two.answer("shop").status == 200
        two.edit(EU, suspend=None)
        await two.settle()
        assert two.status(SHOP)["platform"] == "eu"
        assert two.routes() == set()
