"""Two teams on one platform: what is not granted is refused in plain words, and the other team's worker serves on."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from support.cloudflare import KVNamespace
from support.tenancy import everything
from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer, elite, service
from workers_operator.domain.worker import ObjectKey

OTHERS = ObjectKey("CustomerWorker", "other", "evil")
GRANTS = [
    {
        "namespaces": ["shop"],
        "customers": ["c1"],
        "hosts": ["*.code24.dev"],
        "plans": ["premium"],
        "templates": ["customer/*"],
        "storage": {"kvNamespaces": ["SHARED"]},
    },
    {"namespaces": ["other"], "customers": ["c2"], "hosts": ["*.code24.dev"], "plans": ["*"]},
]


@pytest.fixture
async def granted(world: World) -> World:
    world.edit(PLATFORM, tenancy={"grants": GRANTS})
    await world.settle()
    world.apply(customer())
    await world.settle(5)
    assert world.is_ready(SHOP)
    return world


def other(**spec: Any) -> Mapping[str, Any]:
    return customer("evil", namespace="other", **({"customerId": "c2"} | spec))


REFUSED: Mapping[str, tuple[Mapping[str, Any], str, str]] = {
    "another's customer": ({"customerId": "c1"}, "Deployed", "customer 'c1'"),
    "a host outside": ({"routes": [{"pattern": "x.example.com/*"}]}, "Routed", "x.example.com"),
    "the apex": ({"routes": [{"pattern": "code24.dev/login*"}]}, "Routed", "code24.dev/login"),
    "a script name": ({"scriptName": "customer-worker-c1--shop"}, "Deployed", "spec.scriptName"),
    "a KV namespace": (
        {"bindings": [{"name": "X", "type": "kvNamespace", "title": "SHARED"}]},
        "Deployed",
        "'SHARED'",
    ),
    "a bucket": (
        {"bindings": [{"name": "X", "type": "r2Bucket", "bucket": "files"}]},
        "Deployed",
        "'files'",
    ),
    "an id": (
        {"bindings": [{"name": "X", "type": "d1", "id": "5a1c"}]},
        "Deployed",
        "'5a1c'",
    ),
    "a dataset": (
        {"bindings": [{"name": "X", "type": "analyticsEngine", "dataset": "events"}]},
        "Deployed",
        "'events'",
    ),
    "a source bucket": ({"source": {"r2": {"key": "a.js"}}}, "SourceResolved", "'data'"),
    "a template": ({"source": {"template": "static"}}, "SourceResolved", "'customer/static'"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_not_granted_is_refused_and_names_its_field(
    granted: World, what: str
) -> None:
    spec, condition, words = REFUSED[what]
    await granted.reconcile(granted.apply(other(**spec)))
    status = granted.status(OTHERS)
    found = next(c for c in status["conditions"] if c["type"] == condition)
    assert (found["status"], found["reason"]) == ("False", "NotGranted")
    assert words in found["message"]
    assert "shop/" not in found["message"]
    assert granted.answer("shop").version == granted.version(SHOP)


async def test_the_beginning_of_a_title_is_none_of_an_id(granted: World) -> None:
    """A grant of titles lets nobody bind another's namespace whose id happens to begin alike."""
    identifier = "f" * 32
    granted.cloudflare.kv[identifier] = KVNamespace("SECRETS")
    more = {
        "namespaces": ["other"],
        "customers": ["c2"],
        "storage": {"kvNamespaces": [f"{identifier[0]}*"]},
    }
    granted.edit(PLATFORM, tenancy={"grants": [*GRANTS, more]})
    await granted.settle(5)
    bindings = [{"name": "X", "type": "kvNamespace", "id": identifier}]
    done = await granted.reconcile(granted.apply(other(bindings=bindings)))
    assert done.conditions["Deployed"] == "False NotGranted"
    assert "SECRETS" not in done.message("Deployed")


async def test_a_namespace_without_a_grant_may_not_use_the_platform(granted: World) -> None:
    done = await granted.reconcile(granted.apply(customer("guest", namespace="guests")))
    assert done.conditions["Deployed"] == "False NotGranted"
    assert done.calls == []


async def test_what_is_granted_is_served(granted: World) -> None:
    done = await granted.reconcile(granted.apply(other()))
    assert done.conditions["Ready"].startswith(("True", "Unknown")), done.message()
    await granted.settle(5)
    assert granted.is_ready(OTHERS)


async def test_a_claim_without_a_grant_keeps_nobody_out(world: World) -> None:
    world.edit(PLATFORM, tenancy={"grants": GRANTS})
    await world.settle()
    squatter = customer("squat", namespace="other", customerId="c1", subdomain="shop")
    await world.reconcile(world.apply(squatter))
    world.apply(customer())
    await world.settle(5)
    assert world.is_ready(SHOP)


async def test_a_grant_that_is_added_is_taken_up_at_once(granted: World) -> None:
    guest = granted.apply(customer("guest", namespace="guests", customerId="c3"))
    await granted.settle(5)
    assert not granted.is_ready(guest)
    grant = {"namespaces": ["guests"], "customers": ["c3"], "hosts": ["guest.code24.dev"]}
    granted.edit(PLATFORM, tenancy={"grants": [*GRANTS, grant]})
    await granted.settle(5)
    assert granted.is_ready(guest)


async def test_a_grant_that_is_taken_back_changes_nothing_that_serves(granted: World) -> None:
    version = granted.version(SHOP)
    granted.edit(PLATFORM, tenancy={"grants": GRANTS[1:]})
    granted.forget_calls()
    await granted.settle(400)
    assert granted.answer("shop").version == version
    assert not granted.is_ready(SHOP)
    assert not [line for line in granted.writes if line.startswith(("DELETE", "PUT script"))]


@pytest.mark.parametrize(
    ("spec", "refused"),
    [
        ({"configuration": {"plan": "enterprise"}}, "NotGranted"),
        ({"instances": 21}, "InstancesNotInPlan"),
    ],
)
async def test_the_plan_is_the_grants(
    granted: World, spec: Mapping[str, Any], refused: str
) -> None:
    granted.edit(SHOP, **spec)
    done = await granted.reconcile(SHOP)
    assert done.conditions["SourceResolved"] == f"False {refused}"


async def test_the_plans_limits_hold_without_the_objects_word(granted: World) -> None:
    granted.edit(SHOP, limits={"cpu": "5m", "subRequests": 10000000})
    await granted.settle(5)
    assert granted.status(SHOP)["limits"] == {"cpuMs": 200, "subRequests": 100}


async def test_elite_workers_need_their_template_granted(granted: World) -> None:
    done = await granted.reconcile(granted.apply(elite()))
    assert done.conditions["SourceResolved"] == "False NotGranted"
    assert "'elite/brand'" in done.message()


class TestMessages:
    """What is wrong with a platform is between the operator and its administrator."""

    @pytest.fixture
    async def broken(self, granted: World) -> World:
        """A platform, with grants for others only, whose token is missing."""
        granted.add_platform("closed", tenancy={"grants": GRANTS[:1]})
        granted.api.put_secret("code24-workers", "closed", {"wrong": "key"})
        await granted.settle()
        assert not granted.operator.platforms.is_usable("closed")
        return granted

    @pytest.mark.parametrize("namespace", ["shop", "other", "guests"])
    async def test_a_worker_is_told_the_reason_only(self, broken: World, namespace: str) -> None:
        key = broken.apply(customer("x", namespace=namespace, platform="closed"))
        done = await broken.reconcile(key)
        assert done.conditions["Deployed"] == "False SecretNotFound"
        assert done.message("Deployed") == (
            "WorkersPlatform 'closed' cannot be used now (SecretNotFound); its administrator sees why in its status, "
            "or in the operator's log"
        )
        assert done.message() == done.message("Deployed")
        assert not [event for event in done.events if "code24-workers" in event]

    async def test_one_that_is_deleted_meanwhile_is_told_no_more(self, broken: World) -> None:
        broken.edit(SHOP, platform="closed")
        await broken.reconcile(SHOP)
        broken.delete(SHOP)
        done = await broken.reconcile(SHOP)
        assert "cannot be deleted yet: WorkersPlatform 'closed'" in done.message("Routed")
        assert "code24-workers" not in done.message("Routed")

    async def test_the_platform_says_it(self, broken: World) -> None:
        status = broken.status(ObjectKey("WorkersPlatform", "", "closed"))
        assert "Secret code24-workers/closed" in status["conditions"][0]["message"]


CREATED = [
    {"name": "CACHE", "type": "kvNamespace", "create": True},
    {"name": "FILES", "type": "r2Bucket", "create": True},
]


class TestCreatedStorage:
    """What was created for a worker belongs to its object alone."""

    async def stored(self, world: World) -> tuple[str, str]:
        """The title and the bucket of a worker's storage."""
        world.apply(customer(bindings=CREATED))
        await world.settle(5)
        one, two = (r["name"] for r in world.status(SHOP)["resources"])
        return str(one), str(two)

    async def test_not_even_a_grant_of_everything_reaches_it(self, world: World) -> None:
        title, bucket = await self.stored(world)
        ways = [
            {"type": "kvNamespace", "title": title},
            {"type": "kvNamespace", "id": world.cloudflare.kv_id(title)},
            {"type": "r2Bucket", "bucket": bucket},
        ]
        for way in ways:
            done = await world.reconcile(world.apply(other(bindings=[{"name": "X", **way}])))
            assert done.conditions["Deployed"] == "False BindingNotAllowed", way
        source = {"r2": {"bucket": bucket, "key": "a.js"}}
        done = await world.reconcile(
            world.apply(customer("evil", None, namespace="other", customerId="c2", source=source))
        )
        assert done.conditions["SourceResolved"] == "False NotGranted"

    async def test_a_grant_of_its_name_does(self, world: World) -> None:
        title, bucket = await self.stored(world)
        tenancy = everything()
        tenancy["grants"][0]["storage"] = {"kvNamespaces": [title], "buckets": [bucket]}
        world.edit(PLATFORM, tenancy=tenancy)
        await world.settle(5)
        bindings = [
            {"name": "A", "type": "kvNamespace", "title": title},
            {"name": "B", "type": "r2Bucket", "bucket": bucket},
        ]
        world.apply(other(bindings=bindings))
        await world.settle(5)
        assert world.is_ready(OTHERS)

    async def test_a_successor_of_the_name_starts_with_nothing(self, world: World) -> None:
        former = await self.stored(world)
        world.delete(SHOP)
        await world.settle(5)
        assert await self.stored(world) != former


class TestWithoutAGrant:
    """What a namespace asks for in vain costs no calls and changes nothing on the account."""

    async def calls_with(self, world: World, *bodies: Mapping[str, Any]) -> Sequence[str]:
        """The calls of some hours in which objects are there that are refused."""
        keys = [world.apply(body) for body in bodies]
        await world.settle(5)
        assert not any(map(world.is_ready, keys))
        with world.calls() as calls:
            await world.settle(1000)
        return [*calls.writes, *calls.reads]

    @pytest.mark.parametrize("bucket", ["files", "data", None])
    async def test_a_bucket_is_not_listed(self, granted: World, bucket: str | None) -> None:
        granted.cloudflare.buckets["files"] = {}
        usual = await self.calls_with(granted)
        where = {} if bucket is None else {"bucket": bucket}
        bodies = [
            customer(
                key[0],
                None,
                namespace="other",
                customerId="c2",
                source={"r2": {"key": key, **where}},
            )
            for key in ("a.js", "b.js")
        ]
        asked = await self.calls_with(granted, *bodies)
        assert [line for line in asked if "objects" in line] == [
            line for line in usual if "objects" in line
        ]

    @pytest.mark.parametrize("namespace", ["other", "guests"])
    async def test_nothing_is_deployed_that_leads_to_it(
        self, granted: World, namespace: str
    ) -> None:
        """Neither the outbound Worker nor the service router, whose code names all workers that are called."""
        before = dict(granted.cloudflare.account_scripts)
        asking: dict[str, Any] = {"namespace": namespace, "customerId": "c9"}
        bodies = [
            customer("confined", **asking, egress={"allow": ["example.com"]}),
            customer("caller", **asking, bindings=[service("PEER", "callee")]),
            customer("callee", **asking),
        ]
        asked = await self.calls_with(granted, *bodies)
        assert granted.cloudflare.account_scripts == before
        assert not [line for line in asked if line.startswith("PUT")]
