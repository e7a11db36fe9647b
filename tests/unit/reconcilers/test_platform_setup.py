"""A platform is set up: what exists is adopted, what is missing is made, what is not ours is not changed."""

from collections.abc import Callable, Mapping

import pytest

from support.cloudflare import KVNamespace, Pair, Script
from support.world import PLATFORM, World
from support.world_bodies import (
    DOMAIN,
    OTHER_ZONE,
    SHOP,
    ZONE,
    customer,
)
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.runner import Result

EU = ObjectKey("WorkersPlatform", "", "eu")


def kinds(lines: list[str]) -> list[str]:
    """The calls without the names, each once."""
    return list(dict.fromkeys(" ".join(line.split()[:2]) for line in lines))


async def test_all_is_made_in_order(fresh: World) -> None:
    done = await fresh.reconcile(PLATFORM)
    assert kinds(list(done.writes)) == [
        "set_finalizers WorkersPlatform",
        "POST namespace",
        "POST kv-namespace",
        "POST bucket",
        "PUT kv",
        "PUT object",
        "PUT account-script",
        "POST route",
        "apply_status WorkersPlatform",
    ]
    assert done.reads == [
        "get_secret code24-workers/default",
        "GET namespaces",
        "GET kv-namespaces",
        "GET scripts ns",
        "GET keys routes",
        "GET routes code24.dev",
        "GET objects data/templates/ -> 404 10006",
        "GET account-scripts",
    ]
    assert done.conditions == {
        "Ready": "True Succeeded",
        "Authenticated": "True TokenAccepted",
        "Provisioned": "True Provisioned",
        "DispatcherReady": "True Deployed",
    }
    assert done.result == Result(requeue_after=300)
    assert done.events == ["Normal Ready: workers can be deployed"]
    assert done.status["metadataNamespaceId"] == fresh.cloudflare.kv_id("routes")
    assert done.status["domain"] == DOMAIN
    assert "accountName" not in done.status  # the domain is configured: nobody has asked


async def test_the_dispatcher_bears_what_it_reads(world: World) -> None:
    script = world.cloudflare.account_scripts["dispatcher"]
    assert script.bindings["DISPATCHER"]["namespace"] == "ns"
    namespace = world.cloudflare.kv_id("routes")
    assert script.bindings["WORKER_METADATA"]["namespace_id"] == namespace
    assert "managed-by-code24-workers-operator" in script.tags
    pair = world.cloudflare.kv_titled("routes").pairs["platform"]
    assert pair.metadata == {"dispatchNamespace": "ns", "environment": "staging"}


async def test_what_exists_is_adopted(world: World) -> None:
    await world.restart()
    done = await world.reconcile(PLATFORM)
    assert done.writes == []
    assert world.operator.platforms.is_usable("default")


async def test_between_two_intervals_nothing_is_read_but_the_token(world: World) -> None:
    done = await world.reconcile(PLATFORM)
    assert (done.writes, done.reads) == ([], ["get_secret code24-workers/default"])
    await world.advance(280)
    done = await world.reconcile(PLATFORM)
    assert len(done.reads) > 1
    assert done.writes == []


def clear_routes(world: World) -> None:
    world.cloudflare.zones[ZONE].routes.clear()


def clear_dispatcher(world: World) -> None:
    world.cloudflare.account_scripts.clear()


def clear_templates(world: World) -> None:
    world.cloudflare.buckets["data"].pop("templates/elite/brand.js")


def clear_bucket(world: World) -> None:
    del world.cloudflare.buckets["data"]


def clear_claim(world: World) -> None:
    world.cloudflare.kv_titled("routes").pairs.pop("platform")


def change_dispatcher(world: World) -> None:
    script = world.cloudflare.account_scripts["dispatcher"]
    tags = [tag for tag in script.tags if not tag.startswith("version-")]
    world.cloudflare.account_scripts["dispatcher"] = Script.of("old", tags=tags)


@pytest.mark.parametrize(
    ("break_it", "mended"),
    [
        (clear_routes, ["POST route"]),
        (clear_dispatcher, ["PUT account-script"]),
        (change_dispatcher, ["PUT account-script"]),
        (clear_templates, ["PUT object"]),
        (clear_bucket, ["POST bucket", "PUT object"]),
        (clear_claim, ["PUT kv"]),
    ],
)
async def test_what_is_missing_at_an_interval_is_mended(
    world: World, break_it: Callable[[World], None], mended: list[str]
) -> None:
    break_it(world)
    await world.advance(300)
    done = await world.reconcile(PLATFORM)
    assert kinds(list(done.calls)) == mended
    assert world.is_ready(PLATFORM)


class TestNotOurs:
    """What belongs to somebody else is named and left as it is."""

    async def test_a_kv_namespace_of_another_environment(self, fresh: World) -> None:
        theirs = Pair("{}", {"dispatchNamespace": "theirs"})
        fresh.cloudflare.kv["f" * 32] = KVNamespace("routes", {"platform": theirs})
        done = await fresh.reconcile(PLATFORM)
        assert done.conditions["Provisioned"] == "False StorageNotOwned"
        assert done.conditions["Stalled"] == "True StorageNotOwned"
        assert "'theirs'" in done.message("Provisioned")
        assert done.result == Result(requeue_after=300, terminal=True)
        assert fresh.cloudflare.kv["f" * 32].pairs == {"platform": theirs}
        assert fresh.cloudflare.account_scripts == {}
        waits = await fresh.reconcile(fresh.apply(customer()))
        assert waits.conditions["Deployed"] == "False StorageNotOwned"

    @pytest.mark.parametrize(
        ("tags", "words"),
        [
            ([], "did not deploy"),
            (["managed-by-code24-workers-operator", "metadata-00000000"], "another KV namespace"),
        ],
    )
    async def test_a_dispatcher(self, fresh: World, tags: list[str], words: str) -> None:
        fresh.cloudflare.account_scripts["dispatcher"] = Script.of("theirs", tags=tags)
        done = await fresh.reconcile(PLATFORM)
        assert done.conditions["DispatcherReady"] == "False DispatcherNotOwned"
        assert words in done.message("DispatcherReady")
        assert fresh.cloudflare.account_scripts["dispatcher"].text == "theirs"
        assert fresh.cloudflare.zones[ZONE].routes == {}

    async def test_a_zone_route(self, fresh: World) -> None:
        fresh.cloudflare.account_scripts["theirs"] = Script.of("x")
        fresh.cloudflare.zones[ZONE].routes["*.code24.dev/*"] = "theirs"
        done = await fresh.reconcile(PLATFORM)
        assert done.conditions["DispatcherReady"] == "False RouteNotOwned"
        assert fresh.cloudflare.zones[ZONE].routes == {"*.code24.dev/*": "theirs"}

    async def test_a_dispatcher_without_tags_about_its_routes_is_ours(self, fresh: World) -> None:
        tags = ["managed-by-code24-workers-operator"]
        fresh.cloudflare.account_scripts["dispatcher"] = Script.of("old", tags=tags)
        await fresh.reconcile(PLATFORM)
        assert fresh.is_ready(PLATFORM)
        assert fresh.cloudflare.account_scripts["dispatcher"].text != "old"


class TestConflicts:
    """Two platforms at one place: the first one keeps it."""

    @pytest.mark.parametrize(
        ("dispatch", "after"),
        [
            ({"namespace": "ns", "dispatcher": "eu-dispatcher"}, "True Succeeded"),
            # The dispatcher that was left reads another KV namespace: that is for people to decide.
            ({"namespace": "eu-ns", "dispatcher": "dispatcher"}, "False DispatcherNotOwned"),
        ],
    )
    async def test_the_second_waits_and_takes_over(
        self, world: World, dispatch: Mapping[str, str], after: str
    ) -> None:
        world.add_platform("eu", dispatch=dispatch)
        done = await world.reconcile(EU)
        assert done.conditions["Provisioned"] == "False PlatformConflict"
        assert "'default'" in done.message("Provisioned")
        assert done.result == Result(requeue_after=30)
        assert done.calls == []
        assert world.is_ready(PLATFORM)
        world.delete(PLATFORM)
        await world.reconcile(PLATFORM)
        await world.advance(30)
        assert (await world.reconcile(EU)).conditions["Ready"] == after

    @pytest.mark.parametrize("field", ["dataBucket", "analyticsDataset"])
    async def test_storage_that_one_has_is_no_other_ones(self, world: World, field: str) -> None:
        """Neither is it later on, whichever the operator sees first when it starts."""
        taken = world.api[PLATFORM]["spec"]["storage"][field]
        name = ObjectKey("WorkersPlatform", "", "a-second")
        storage = dict.fromkeys(("metadataNamespace", "dataBucket", "analyticsDataset"), "second")
        world.add_platform(name.name, storage=storage | {field: taken})
        await world.settle(5)
        await world.restart()
        await world.reconcile(name)
        await world.settle(5)
        assert world.is_ready(PLATFORM)
        done = await world.reconcile(name)
        assert done.conditions["Provisioned"] == "False PlatformConflict"
        assert f"choose another spec.storage.{field}" in done.message("Provisioned")
        assert done.calls == []
        world.edit(name, storage=storage)
        await world.settle(5)
        assert world.is_ready(name)

    async def test_the_first_keeps_it_when_its_token_changes(self, world: World) -> None:
        dispatch = {"namespace": "ns", "dispatcher": "eu-dispatcher"}
        world.add_platform("eu", dispatch=dispatch)
        await world.settle()
        world.add_platform(token="another-token")
        await world.reconcile(PLATFORM)
        await world.settle(31)
        assert world.is_ready(PLATFORM)
        assert not world.is_ready(EU)


class TestFailures:
    """What goes wrong is said on the step that it concerns."""

    @pytest.mark.parametrize(
        ("match", "condition"),
        [
            ("GET namespaces", "Provisioned"),
            ("POST namespace", "Provisioned"),
            ("POST kv-namespace", "Provisioned"),
            ("GET scripts", "Provisioned"),
            ("GET objects", "Provisioned"),
            ("POST bucket", "Provisioned"),
            ("PUT kv", "Provisioned"),
            ("PUT object", "Provisioned"),
            ("GET account-scripts", "DispatcherReady"),
            ("PUT account-script", "DispatcherReady"),
            ("POST route", "DispatcherReady"),
        ],
    )
    @pytest.mark.parametrize("lost", [True, False])
    async def test_every_call_may_fail_once(
        self, fresh: World, match: str, condition: str, lost: bool
    ) -> None:
        fresh.cloudflare.fail(match, lose_answer=lost)
        done = await fresh.reconcile(PLATFORM)
        assert done.conditions[condition].startswith("False Cloudflare")
        assert done.conditions["Ready"] == done.conditions[condition]
        assert done.result == Result(retry=True)
        await fresh.settle(10)
        assert fresh.is_ready(PLATFORM), fresh.status(PLATFORM)

    async def test_a_refresh_that_fails_leaves_the_platform_usable(self, world: World) -> None:
        world.cloudflare.fail("GET scripts")
        await world.advance(300)
        done = await world.reconcile(PLATFORM)
        assert done.conditions["Provisioned"] == "False CloudflareError"
        assert done.result == Result(retry=True)
        assert world.operator.platforms.is_usable("default")
        await world.reconcile(world.apply(customer()))
        assert world.is_ready(SHOP)


async def test_a_second_zone_is_listed_only_where_a_worker_has_a_host(world: World) -> None:
    await world.advance(300)
    assert "GET routes example.com" not in (await world.reconcile(PLATFORM)).reads
    world.apply(customer(routes=[{"pattern": "a.example.com/*"}]))
    await world.advance(300)
    assert "GET routes example.com" in (await world.reconcile(PLATFORM)).reads
    assert world.cloudflare.zones[OTHER_ZONE].name == "example.com"
