"""A worker comes to the edge, changes there and stays as it is, with the fewest calls and in the one right order."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.cloudflare import Stored
from support.scripts import says
from support.world import World
from support.world_bodies import (
    BASE,
    NONE_KEPT,
    ROUTED,
    SHOP,
    customer,
    elite,
    guarded,
    removed,
    secret,
    stated,
    uploaded,
)
from support.world_operator import KV_WINDOW
from workers_operator.domain.worker import ObjectKey

INLINE_TWO = {"inline": {"script": says("two")}}


async def deployed(world: World, **spec: Any) -> str:
    """A worker that serves; its version."""
    await world.reconcile(world.apply(customer(**spec)))
    assert world.is_ready(SHOP)
    return world.version(SHOP)


async def test_the_first_deployment_is_written_in_order(world: World) -> None:
    routes = [{"pattern": "shop.example.com/*"}]
    key = world.apply(customer(instances=2, routes=routes))
    done = await world.reconcile(key)
    version = world.version(key)
    assert done.writes == [
        guarded(key),
        uploaded(version, 0),
        uploaded(version, 1),
        f"PUT kv routes host:shop.code24.dev host:shop.example.com worker:{BASE}",
        "POST route example.com shop.example.com/*",
        stated(key),
    ]
    assert done.reads == ["GET routes example.com"]
    assert set(done.conditions.values()) == {
        "True Succeeded", "True Resolved", "True Uploaded", "True VersionAnswers", "True ProbeSucceeded"
    }  # fmt: skip
    assert done.events == [f"Normal Deployed: version {version} answers at {done.status['url']}"]
    assert {k: done.status[k] for k in ("scriptName", "platform", "instances", "urls")} == {
        "scriptName": BASE,
        "platform": "default",
        "instances": 2,
        "urls": ["https://shop.code24.dev/", "https://shop.example.com/"],
    }
    for host in ("shop", "shop.example.com"):
        assert world.answer(host) == (200, version, "")


async def test_the_uploaded_script_bears_what_identifies_it(world: World) -> None:
    version = await deployed(world, vars={"GREETING": "hi"}, limits={"cpu": "50ms"})
    script = world.scripts()[f"{BASE}--{version}--0"]
    assert set(script.tags) == {
        "managed-by-code24-workers-operator",
        "customer-c1",
        f"worker-{BASE}",
        f"version-{version}",
    }
    assert script.bindings["GREETING"]["text"] == "hi"
    assert script.bindings["CONFIG"]["json"]["customerId"] == "c1"
    assert script.metadata["limits"] == {"cpu_ms": 50}
    assert script.metadata["observability"] == {"enabled": True, "head_sampling_rate": 1.0}
    assert world.status(SHOP)["limits"] == {"cpuMs": 50}


CONFIG_MAP = {"configMap": {"name": "code", "key": "worker.js"}}
BODIES: Mapping[str, Mapping[str, Any]] = {
    "inline": customer(),
    "of a template": elite(),
    "of a ConfigMap": customer(script=None, source=CONFIG_MAP),
    "of an R2 object": customer(script=None, source={"r2": {"key": "shop.js"}}),
    "parked": customer(instances=0),
    "many instances": customer(instances=20),
    "with routes": customer(routes=[{"pattern": "*.example.com/*"}, {"pattern": "example.com/a"}]),
    "with a secret": customer(secrets=[secret("TOKEN", "shop")]),
    "with a created namespace": customer(
        bindings=[{"name": "CACHE", "type": "kvNamespace", "create": True}]
    ),
}


@pytest.fixture
def stocked(world: World) -> World:
    """A world that has what the bodies name."""
    world.api.put_config_map("shop", "code", {"worker.js": says("map")})
    world.api.put_secret("shop", "shop", {"token": "a-secret-value"})
    world.cloudflare.buckets["data"]["shop.js"] = Stored(says("r2").encode())
    return world


@pytest.mark.parametrize("body", BODIES)
async def test_where_nothing_has_changed_nothing_is_called(stocked: World, body: str) -> None:
    key = stocked.apply(BODIES[body])
    first = await stocked.reconcile(key)
    assert stocked.is_ready(key), first.status
    again = await stocked.reconcile(key)
    assert (again.writes, again.reads, again.events) == ([], [], [])


@pytest.mark.parametrize("body", BODIES)
async def test_after_a_restart_nothing_is_written(stocked: World, body: str) -> None:
    key = stocked.apply(BODIES[body])
    await stocked.settle(15)
    before = stocked.status(key)
    await stocked.restart()
    await stocked.settle()
    assert stocked.writes == []
    assert stocked.status(key) == before
    # What was resolved and observed holds from now on again.
    again = await stocked.reconcile(key)
    assert again.writes == []


async def test_after_a_restart_healthy_workers_are_probed_over_their_interval(world: World) -> None:
    await deployed(world)
    await world.settle(15)  # the platform counts its workers
    world.prober.asked.clear()
    await world.restart()
    await world.settle()
    assert world.prober.asked == []
    await world.settle(70)
    assert world.prober.asked != []
    assert world.writes == []


@pytest.mark.parametrize(
    ("before", "after", "uploads", "removals"),
    [(1, 3, [1, 2], []), (3, 1, [], [1, 2]), (2, 2, [], []), (1, 0, [], [0]), (0, 2, [0, 1], [])],
)
async def test_scaling_uploads_what_is_missing_and_removes_what_is_left_over(
    world: World, before: int, after: int, uploads: list[int], removals: list[int]
) -> None:
    version = await deployed(world, instances=before)
    world.edit(SHOP, instances=after)
    done = await world.reconcile(SHOP)
    routed = [ROUTED, stated(SHOP)] if before != after else []
    assert done.writes == [*(uploaded(version, n) for n in uploads), *routed]
    assert world.status(SHOP)["instances"] == after
    scaled = f"Normal Scaled: from {before} to {after} instances"
    assert (scaled in done.events) == (before != after)
    await world.advance(KV_WINDOW)
    later = await world.reconcile(SHOP)
    assert later.calls == [removed(version, n) for n in removals]


async def test_a_parked_worker_says_so_and_comes_back(world: World) -> None:
    version = await deployed(world, instances=0)
    assert world.scripts() == {}
    assert world.answer("shop") == (503, version, "parked")
    assert world.status(SHOP)["instances"] == 0
    done = await world.reconcile(SHOP)
    assert done.conditions["Ready"] == "True Parked"
    world.edit(SHOP, instances=1)
    await world.reconcile(SHOP)
    assert world.answer("shop") == (200, version, "")


async def test_a_new_version_replaces_the_old_one_which_stays_for_the_window(world: World) -> None:
    one = await deployed(world, rollout=NONE_KEPT)
    world.edit(SHOP, source=INLINE_TWO)
    done = await world.reconcile(SHOP)
    two = world.version(SHOP)
    assert done.writes == [uploaded(two), ROUTED, stated(SHOP)]
    assert world.status(SHOP)["versions"] == {"stable": two}
    assert done.result.requeue_after is not None
    assert done.result.requeue_after <= KV_WINDOW
    await world.advance(KV_WINDOW - 5)
    early = await world.reconcile(SHOP)
    assert early.calls == []
    assert early.result.requeue_after is not None
    assert early.result.requeue_after <= 5
    await world.advance(5)
    late = await world.reconcile(SHOP)
    assert late.writes == [removed(one)]
    assert set(world.scripts()) == {f"{BASE}--{two}--0"}


async def test_a_version_that_comes_back_within_the_window_is_not_uploaded_again(
    world: World,
) -> None:
    one = await deployed(world, rollout=NONE_KEPT)
    world.edit(SHOP, source=INLINE_TWO)
    await world.reconcile(SHOP)
    two = world.version(SHOP)
    world.edit(SHOP, source={"inline": {"script": says("one")}})
    done = await world.reconcile(SHOP)
    assert done.writes == [ROUTED, stated(SHOP)]
    await world.advance(KV_WINDOW)
    assert (await world.reconcile(SHOP)).calls == [removed(two)]
    assert world.answer("shop") == (200, one, "")


async def test_after_a_restart_the_window_runs_anew(world: World) -> None:
    one = await deployed(world, rollout=NONE_KEPT)
    world.edit(SHOP, source=INLINE_TWO)
    await world.settle(15)
    await world.advance(KV_WINDOW)
    await world.restart()
    await world.settle()
    assert world.writes == []
    await world.settle(KV_WINDOW + 5)
    assert world.writes == [removed(one)]


async def test_a_clean_up_that_fails_says_nothing_about_the_worker(world: World) -> None:
    one = await deployed(world, rollout=NONE_KEPT)
    world.edit(SHOP, source=INLINE_TWO)
    await world.reconcile(SHOP)
    await world.advance(KV_WINDOW)
    world.cloudflare.fail("DELETE script")
    done = await world.reconcile(SHOP)
    assert done.calls == [removed(one) + " -> 500"]
    assert world.is_ready(SHOP)
    assert done.result.requeue_after is not None
    assert done.result.requeue_after <= 30
    assert (await world.reconcile(SHOP)).calls == [removed(one)]


async def test_an_elite_worker_has_its_path(world: World) -> None:
    key = world.apply(elite())
    done = await world.reconcile(key)
    assert done.status["source"]["version"] == "2.0.0"
    assert done.status["urls"] == ["https://c1.code24.dev/elite/brand/"]
    assert done.status["address"] == "c1.code24.dev/elite/brand"
    version = world.version(key)
    assert done.calls == [
        uploaded(version, base="brand-worker-c1"),
        "PUT kv routes host:c1.code24.dev worker:brand-worker-c1",
    ]
    assert world.prober.asked == ["c1.code24.dev/elite/brand/.well-known/code24/health"]


class TestRequestedChecks:
    """A check that is requested looks at the account and at the source anew, and is acknowledged once."""

    async def test_one_where_all_is_well(self, world: World) -> None:
        await deployed(world)
        world.request_check(SHOP)
        world.prober.asked.clear()
        done = await world.reconcile(SHOP)
        assert done.writes == [stated(SHOP)]
        assert done.reads == [
            "GET scripts ns",
            "GET keys routes",
            "GET routes code24.dev",
            "GET objects data/templates/",
        ]
        assert done.status["lastHandledReconcileAt"] == "now"
        assert world.prober.asked == ["shop.code24.dev/"]
        again = await world.reconcile(SHOP)
        assert (again.writes, again.reads) == ([], [])
        assert world.prober.asked == ["shop.code24.dev/"]

    async def test_one_where_somebody_has_removed_something(self, world: World) -> None:
        version = await deployed(world)
        world.cloudflare.scripts["ns"].clear()
        assert (await world.reconcile(SHOP)).writes == []
        world.request_check(SHOP)
        done = await world.reconcile(SHOP)
        assert done.calls == [uploaded(version)]
        world.cloudflare.kv_titled("routes").pairs.pop("host:shop.code24.dev")
        world.request_check(SHOP, "later")
        done = await world.reconcile(SHOP)
        assert done.calls == ["PUT kv routes host:shop.code24.dev"]

    async def test_one_of_a_platform(self, world: World) -> None:
        platform = ObjectKey("WorkersPlatform", "", "default")
        world.cloudflare.zones["1" * 32].routes.clear()
        assert (await world.reconcile(platform)).writes == []
        world.request_check(platform)
        done = await world.reconcile(platform)
        assert done.writes == ["POST route code24.dev *.code24.dev/*", stated(platform)]
        assert done.status["lastHandledReconcileAt"] == "now"
