"""Bindings: what a script reaches through its env, made by the operator where it is asked to, and nobody else's."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.cloudflare import KVNamespace, Script, Stored
from support.world import PLATFORM, World
from support.world_bodies import (
    BASE,
    CREATOR,
    ROUTED,
    SHOP,
    customer,
    elite,
    service,
    stated,
    uploaded,
)
from workers_operator.domain.names import created_bucket_name, created_kv_title
from workers_operator.domain.services import entrypoint
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.runner import Result

Binding = Mapping[str, Any]
CREATED_KV = {"name": "CACHE", "type": "kvNamespace", "create": True}
CREATED_BUCKET = {"name": "FILES", "type": "r2Bucket", "create": True}
TITLE = created_kv_title(CREATOR, "CACHE")
BUCKET = created_bucket_name(CREATOR, "FILES")
CALLEE = ObjectKey("CustomerWorker", "shop", "prices")


def env(world: World, key: ObjectKey = SHOP) -> Mapping[str, Binding]:
    """The bindings of the version that serves."""
    version = world.version(key)
    [script] = [s for name, s in world.scripts().items() if f"--{version}--0" in name]
    return script.bindings


async def deploy(world: World, *bindings: Binding, **spec: Any) -> Mapping[str, Binding]:
    """Deploy a worker; its env."""
    done = await world.reconcile(world.apply(customer(bindings=list(bindings), **spec)))
    assert world.is_ready(SHOP), done.message()
    return env(world)


TYPES: Mapping[str, tuple[Binding, Binding]] = {
    "kvNamespace by id": (
        {"type": "kvNamespace", "id": "f" * 32},
        {"type": "kv_namespace", "namespace_id": "f" * 32},
    ),
    "kvNamespace by title": (
        {"type": "kvNamespace", "title": "THEIRS"},
        {"type": "kv_namespace", "namespace_id": "f" * 32},
    ),
    "r2Bucket": (
        {"type": "r2Bucket", "bucket": "team"},
        {"type": "r2_bucket", "bucket_name": "team"},
    ),
    "analyticsEngine": (
        {"type": "analyticsEngine", "dataset": "clicks"},
        {"type": "analytics_engine", "dataset": "clicks"},
    ),
    "versionMetadata": ({"type": "versionMetadata"}, {"type": "version_metadata"}),
    "ai": ({"type": "ai"}, {"type": "ai"}),
    "browser": ({"type": "browser"}, {"type": "browser"}),
    "images": ({"type": "images"}, {"type": "images"}),
    "d1": ({"type": "d1", "id": "a"}, {"type": "d1", "database_id": "a"}),
    "hyperdrive": ({"type": "hyperdrive", "id": "a"}, {"type": "hyperdrive", "id": "a"}),
    "mtlsCertificate": (
        {"type": "mtlsCertificate", "id": "a"},
        {"type": "mtls_certificate", "certificate_id": "a"},
    ),
    "pipeline": ({"type": "pipeline", "id": "a"}, {"type": "pipelines", "pipeline": "a"}),
    "queue": ({"type": "queue", "id": "a"}, {"type": "queue", "queue_name": "a"}),
    "vectorize": ({"type": "vectorize", "id": "a"}, {"type": "vectorize", "index_name": "a"}),
    "vpcService": ({"type": "vpcService", "id": "a"}, {"type": "vpc_service", "service_id": "a"}),
}


@pytest.mark.parametrize("case", TYPES)
async def test_every_type_becomes_its_own(world: World, case: str) -> None:
    stated_, expected = TYPES[case]
    world.cloudflare.kv["f" * 32] = KVNamespace("THEIRS")
    world.cloudflare.buckets["team"] = {}
    await world.advance(10)
    found = await deploy(world, {"name": "IT", **stated_})
    assert found["IT"] == {"name": "IT", **expected}


REFUSED: Mapping[str, tuple[Binding, str, str]] = {
    "the platform's own KV namespace": (
        {"type": "kvNamespace", "title": "routes"},
        "BindingNotAllowed",
        "belongs to a platform",
    ),
    "the platform's own bucket": (
        {"type": "r2Bucket", "bucket": "data"},
        "BindingNotAllowed",
        "'data'",
    ),
    "the platform's own dataset": (
        {"type": "analyticsEngine", "dataset": "workers_analytics"},
        "BindingNotAllowed",
        "'workers_analytics'",
    ),
    "a KV namespace that does not exist": (
        {"type": "kvNamespace", "title": "NONE"},
        "KVNamespaceNotFound",
        "'NONE'",
    ),
    "a worker that does not exist": (service("IT", "none"), "ServiceNotFound", "shop/none"),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_refused_is_named(world: World, case: str) -> None:
    binding, reason, word = REFUSED[case]
    await world.advance(10)
    done = await world.reconcile(world.apply(customer(bindings=[{"name": "IT", **binding}])))
    assert done.calls == []
    assert done.conditions["Deployed"] == f"False {reason}"
    assert "'IT'" in done.message("Deployed")
    assert word in done.message("Deployed")
    assert done.result.terminal == (reason == "BindingNotAllowed")


async def test_the_platforms_own_namespace_is_refused_by_its_id_as_well(world: World) -> None:
    binding = {"name": "IT", "type": "kvNamespace", "id": world.cloudflare.kv_id("routes")}
    done = await world.reconcile(world.apply(customer(bindings=[binding])))
    assert done.conditions["Deployed"] == "False BindingNotAllowed"


class TestCreated:
    """``create: true``: made in one round, bound in the next, within one pass."""

    async def test_what_is_asked_for_is_made_before_the_script(self, world: World) -> None:
        await world.advance(10)
        key = world.apply(customer(bindings=[CREATED_KV, CREATED_BUCKET]))
        done = await world.reconcile(key)
        assert done.writes[1:] == [
            stated(SHOP),  # what is about to be created
            f"POST kv-namespace {TITLE}",
            f"POST bucket {BUCKET}",
            uploaded(world.version(key)),
            ROUTED,
            stated(key),
        ]
        assert done.reads == ["GET kv-namespaces", "GET buckets"]
        found = env(world)
        assert found["CACHE"]["namespace_id"] == world.cloudflare.kv_id(TITLE)
        assert found["FILES"]["bucket_name"] == BUCKET
        kept = {"deletion": "Retain", "version": world.version(SHOP)}
        assert done.status["resources"] == [
            {"binding": "CACHE", "type": "kvNamespace", "name": TITLE, **kept},
            {"binding": "FILES", "type": "r2Bucket", "name": BUCKET, **kept},
        ]

    async def test_afterwards_nothing_is_called(self, world: World) -> None:
        await deploy(world, CREATED_KV, CREATED_BUCKET)
        again = await world.reconcile(SHOP)
        assert (again.writes, again.reads) == ([], [])
        world.edit(SHOP, vars={"A": "b"})
        other = await world.reconcile(SHOP)
        assert other.writes == [uploaded(world.version(SHOP)), ROUTED, stated(SHOP)]
        assert other.reads == []

    async def test_what_is_there_already_is_taken(self, world: World) -> None:
        world.cloudflare.kv["f" * 32] = KVNamespace(TITLE)
        world.cloudflare.buckets[BUCKET] = {}
        await world.advance(10)
        with world.calls() as calls:
            found = await deploy(world, CREATED_KV, CREATED_BUCKET)
        assert not [line for line in calls.writes if line.startswith("POST")]
        assert found["CACHE"]["namespace_id"] == "f" * 32

    @pytest.mark.parametrize("bindings", [[CREATED_KV], [CREATED_BUCKET]])
    async def test_a_creation_whose_answer_was_lost_is_looked_at(
        self, world: World, bindings: list[Binding]
    ) -> None:
        world.cloudflare.fail("POST", lose_answer=True)
        key = world.apply(customer(bindings=bindings))
        first = await world.reconcile(key)
        assert first.result == Result(retry=True)
        assert first.conditions["Deployed"] == "False CloudflareUnreachable"
        second = await world.reconcile(key)
        assert second.calls == [uploaded(world.version(key)), ROUTED]
        assert second.reads in (["GET kv-namespaces"], ["GET buckets"])

    async def test_a_creation_that_was_refused_is_said(self, world: World) -> None:
        world.cloudflare.fail("POST kv", status=403, code=10004)
        done = await world.reconcile(world.apply(customer(bindings=[CREATED_KV, CREATED_BUCKET])))
        assert done.conditions["Deployed"] == "False RequestRejected"
        assert done.result.terminal
        assert BUCKET not in world.cloudflare.buckets

    @pytest.mark.parametrize(
        ("spec", "reason"),
        [
            ({"scriptName": BASE}, "ScriptNameConflict"),
            ({"subdomain": "shop", "customerId": "c2"}, "HostnameConflict"),
            ({"configuration": {"plan": "free"}, "instances": 9}, "InstancesNotInPlan"),
            (
                {"subdomain": "shop", "routes": [{"pattern": "a.elsewhere.org/*"}]},
                "HostnameConflict",
            ),
            ({"source": {"r2": {"key": "none.js"}}}, "R2ObjectNotFound"),
        ],
    )
    async def test_nothing_is_made_for_a_worker_that_is_not_deployed(
        self, world: World, spec: Mapping[str, Any], reason: str
    ) -> None:
        await world.reconcile(world.apply(customer()))
        await world.advance(1)
        bindings = [CREATED_KV, CREATED_BUCKET]
        done = await world.reconcile(world.apply(customer("other", bindings=bindings, **spec)))
        assert done.conditions["Ready"] == f"False {reason}"
        assert done.calls == []

    async def test_what_is_gone_again_is_made_again(self, world: World) -> None:
        await deploy(world, CREATED_KV)
        del world.cloudflare.kv[world.cloudflare.kv_id(TITLE)]
        world.edit(SHOP, vars={"A": "b"})
        refused = await world.reconcile(SHOP)
        assert refused.conditions["Deployed"] == "False RequestRejected"
        done = await world.reconcile(SHOP)
        assert done.calls[0] == f"POST kv-namespace {TITLE}"
        assert world.is_ready(SHOP)


class TestTemplates:
    """What a template requires."""

    async def test_datasets_are_given(self, world: World) -> None:
        body = customer(
            script=None,
            template="ecommerce",
            parameters={"origin": "https://x.example"},
            configuration={"features": ["analytics"]},
        )
        done = await world.reconcile(world.apply(body))
        assert world.is_ready(SHOP), done.message()
        [dataset] = [b for b in env(world).values() if b["type"] == "analytics_engine"]
        assert dataset["dataset"] == "workers_analytics_events_c1"

    async def test_one_that_is_missing_is_named(self, world: World) -> None:
        manifest = (
            "{name: own, kind: customer, version: 1.0.0, description: d,"
            " compatibility: {date: 2026-10-01}, "
            " parameters: {type: object, properties: {}, additionalProperties: false},"
            " bindings: [{name: SESSIONS, type: kvNamespace}]}"
        )
        world.cloudflare.buckets["data"] |= {
            "templates/customer/own.js": Stored(b"export default {}"),
            "templates/customer/own.yaml": Stored(manifest.encode()),
        }
        world.request_check(PLATFORM)
        await world.settle()
        key = world.apply(customer(script=None, template="own"))
        done = await world.reconcile(key)
        assert done.conditions["Deployed"] == "False BindingMissing"
        assert "SESSIONS of type kvNamespace" in done.message("Deployed")
        wrong = {"name": "SESSIONS", "type": "analyticsEngine", "dataset": "d"}
        world.edit(key, bindings=[wrong])
        assert (await world.reconcile(key)).conditions["Deployed"] == "False BindingMissing"
        world.edit(key, bindings=[{"name": "SESSIONS", "type": "kvNamespace", "create": True}])
        await world.reconcile(key)
        assert world.is_ready(key)


def uid_of(world: World, key: ObjectKey) -> str:
    return str(world.api[key]["metadata"]["uid"])


class TestServices:
    """Workers call each other through the service router, which has an entrypoint for each that is called."""

    async def test_a_callee_goes_first_and_the_caller_follows(self, world: World) -> None:
        caller = world.apply(customer(bindings=[service("PRICES", "prices")]))
        waits = await world.reconcile(caller)
        assert waits.conditions["Deployed"] == "False ServiceNotFound"
        callee = world.apply(customer("prices", "two"))
        waits = await world.reconcile(caller)
        assert waits.conditions["Deployed"] == "False ServiceNotReady"
        assert waits.calls == []
        await world.reconcile(callee)
        assert caller in await world.due()
        done = await world.reconcile(caller)
        assert done.calls == [
            "PUT account-script dispatcher-services",
            uploaded(world.version(caller)),
            ROUTED,
        ]
        assert env(world)["PRICES"] == {
            "type": "service",
            "name": "PRICES",
            "service": "dispatcher-services",
            "entrypoint": entrypoint(uid_of(world, callee)),
        }
        router = world.cloudflare.account_scripts["dispatcher-services"]
        assert entrypoint(uid_of(world, callee)) in router.text
        again = await world.reconcile(caller)
        assert (again.writes, again.reads) == ([], [])

    async def test_a_new_version_of_the_callee_does_not_change_its_callers(
        self, world: World
    ) -> None:
        callee = world.apply(customer("prices"))
        caller = world.apply(customer(bindings=[service("PRICES", "prices")]))
        await world.settle(5)
        before = world.version(caller)
        world.forget_calls()
        world.edit(callee, vars={"A": "b"})
        await world.settle(5)
        assert not [line for line in world.writes if BASE in line or "account" in line]
        assert world.version(caller) == before

    async def test_several_callers_share_one_upload_of_the_router(self, world: World) -> None:
        for number in range(5):
            world.apply(customer(f"callee{number}"))
        await world.settle()
        world.forget_calls()
        callers = [
            world.apply(customer(f"caller{n}", bindings=[service("IT", f"callee{n}")]))
            for n in range(5)
        ]
        await world.settle(5)
        assert all(world.is_ready(key) for key in callers)
        assert world.writes.count("PUT account-script dispatcher-services") == 1
        router = world.cloudflare.account_scripts["dispatcher-services"]
        callees = [ObjectKey("CustomerWorker", "shop", f"callee{n}") for n in range(5)]
        assert all(f"{entrypoint(uid_of(world, key))} " in router.text for key in callees)

    async def test_who_takes_a_callees_name_does_not_get_its_callers(self, world: World) -> None:
        callee = world.apply(customer("prices"))
        caller = world.apply(customer(bindings=[service("PRICES", "prices")]))
        await world.settle(5)
        before, text = (
            env(world)["PRICES"],
            world.cloudflare.account_scripts["dispatcher-services"].text,
        )
        world.delete(callee)
        await world.settle(5)
        world.apply(customer("prices", "another"))
        await world.settle(600)
        assert world.is_ready(caller)
        assert env(world)["PRICES"]["entrypoint"] != before["entrypoint"]
        router = world.cloudflare.account_scripts["dispatcher-services"]
        assert before["entrypoint"] in text
        assert before["entrypoint"] not in router.text

    async def test_the_router_is_kept_by_the_platform(self, world: World) -> None:
        world.apply(customer("prices"))
        world.apply(customer(bindings=[service("PRICES", "prices")]))
        await world.settle(5)
        del world.cloudflare.account_scripts["dispatcher-services"]
        world.request_check(PLATFORM)
        done = await world.reconcile(PLATFORM)
        assert done.calls == ["PUT account-script dispatcher-services"]

    async def test_a_router_of_somebody_else_is_not_changed(self, world: World) -> None:
        world.cloudflare.account_scripts["dispatcher-services"] = Script.of("theirs")
        world.request_check(PLATFORM)
        await world.settle()
        world.apply(customer("prices"))
        await world.settle()
        caller = world.apply(customer(bindings=[service("PRICES", "prices"), CREATED_KV]))
        done = await world.reconcile(caller)
        assert done.calls == []
        assert "resources" not in done.status
        assert done.conditions["Deployed"] == "False DispatcherNotOwned"
        assert "'dispatcher-services'" in done.message("Deployed")

    @pytest.mark.parametrize("length", [1, 2, 3])
    async def test_a_cycle_is_listed(self, world: World, length: int) -> None:
        names = ["a", "b", "c"][:length]
        for name, called in zip(names, [*names[1:], names[0]], strict=True):
            world.apply(customer(name, bindings=[service("NEXT", called)]))
        done = await world.reconcile(ObjectKey("CustomerWorker", "shop", "a"))
        assert done.conditions["Deployed"] == "False ServiceCycle"
        assert done.message("Deployed").endswith(" → ".join([*names, names[0]]))
        assert done.result.terminal

    async def test_a_callee_on_another_platform_cannot_be_called(self, world: World) -> None:
        world.add_platform("eu")
        world.apply(customer("prices", platform="eu"))
        await world.settle()
        done = await world.reconcile(world.apply(customer(bindings=[service("IT", "prices")])))
        assert done.conditions["Deployed"] == "False ServiceNotFound"
        assert "'eu'" in done.message("Deployed")

    async def test_elite_workers_call_and_are_called(self, world: World) -> None:
        brand = world.apply(elite())
        await world.settle()
        found = await deploy(world, service("BRAND", "brand", "EliteWorker"))
        assert found["BRAND"]["entrypoint"] == entrypoint(uid_of(world, brand))
