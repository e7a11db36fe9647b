"""The account snapshot: what a listing tells, and what our own calls add while it is under way."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from support.calls import Wire, api, ok, refusal
from support.clock import ManualClock, idle
from support.platforms import CONFIG, Bench, Interested
from workers_operator.account.connection import Connection, Provisioned
from workers_operator.account.contents import BucketObjects
from workers_operator.account.observer import Observer
from workers_operator.account.snapshot import AccountSnapshot
from workers_operator.account.writes import (
    RoutingWritten,
    ScriptRemoved,
    ScriptUploaded,
    Write,
    ZoneRouteCreated,
    ZoneRouteDeleted,
)
from workers_operator.cloudflare.dataplane import DataPlane
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.cloudflare.zones import ZoneRoute
from workers_operator.desired.platform import PlatformConfig
from workers_operator.domain.plan.worker import ObservedWorker
from workers_operator.domain.serving import Mark, Serving, Target, host_entry
from workers_operator.domain.tenancy.grants import Tenancy
from workers_operator.engine.priority import Priority

V1, V2 = "11111111", "22222222"
SHOP = Target("shop", "c1", Serving(V1, 2))
BLOG = Target("blog", "c1", Serving(V1, 1))
MARK = Mark("u1", "CustomerWorker shop/c1", Serving(V1, 2))
NOWHERE = Provisioned("code24.dev", {}, "", "kv")  # no zone is listed


class Edge:
    """What the account holds; ``before_keys`` runs between the listing of scripts and that of keys."""

    def __init__(self) -> None:
        self.scripts = [f"shop--{V1}--0", f"shop--{V1}--1", "somebody-elses", f"blog--{V1}--0"]
        self.keys: dict[str, Any] = {
            "host:a.code24.dev": self.metadata({"": SHOP, "/blog": BLOG}),
            "host:b.code24.dev": self.metadata({"": SHOP}),
            "worker:shop": dict(MARK.metadata()),
            "other:key": None,
        }
        self.before_keys: Callable[[], None] = lambda: None
        self.gate: asyncio.Event | None = None
        self.wire = Wire(self._answer)

    @staticmethod
    def metadata(paths: Mapping[str, Target]) -> Any:
        return json.loads(json.dumps(host_entry("x", paths).metadata))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/scripts"):
            return ok([{"id": name} for name in self.scripts])
        if request.url.path.endswith("/objects"):
            return ok([])
        listed = [{"name": k, "metadata": m} for k, m in self.keys.items()]
        self.before_keys()
        if self.gate is not None:
            await self.gate.wait()
        return ok(listed)


class Nobody:
    """Whom it does not concern which objects have changed."""

    def objects_changed(self, platform: PlatformConfig, changed: set[tuple[str, str]]) -> None:
        return None


async def observe(snapshot: AccountSnapshot, wire: Wire) -> None:
    """List the account over a connection of one's own."""
    connection = Connection(CONFIG, "", api(wire), DataPlane(address=None))
    clock = ManualClock()
    observer = Observer(connection, snapshot, clock, Interested(), Nobody(), Tenancy)
    await observer.observe(NOWHERE, Priority.RESYNC, not_before=clock.monotonic())


def worker(snapshot: AccountSnapshot, name: str, *hosts: str) -> ObservedWorker:
    return snapshot.worker(name, hosts, "dispatcher", {})


@pytest.fixture
def edge() -> Edge:
    return Edge()


@pytest.fixture
async def snapshot(edge: Edge) -> AccountSnapshot:
    snapshot = AccountSnapshot()
    await observe(snapshot, edge.wire)
    return snapshot


async def test_what_concerns_a_worker(snapshot: AccountSnapshot) -> None:
    shop = worker(snapshot, "shop", "new.code24.dev")
    assert shop.scripts == {(V1, 0), (V1, 1)}
    assert shop.mark == MARK
    assert shop.hosts == {
        "a.code24.dev": {"": SHOP, "/blog": BLOG},
        "b.code24.dev": {"": SHOP},
    }
    blog = worker(snapshot, "blog")
    assert (blog.mark, set(blog.hosts)) == (None, {"a.code24.dev"})
    assert snapshot.paths("b.code24.dev") == {"": SHOP}
    assert snapshot.paths("none.code24.dev") == {}


async def test_a_worker_of_which_nothing_is_there(snapshot: AccountSnapshot) -> None:
    assert worker(snapshot, "shop-2", "x.code24.dev") == worker(AccountSnapshot(), "shop-2")


async def test_the_calls_of_a_listing_do_not_grow_with_the_workers(edge: Edge) -> None:
    edge.scripts += [f"w{n}--{V1}--0" for n in range(900)]
    await observe(AccountSnapshot(), edge.wire)
    assert [line.rpartition("/")[2] for line in edge.wire.lines] == ["scripts", "keys", "objects"]


async def test_our_own_calls_are_seen_at_once(snapshot: AccountSnapshot) -> None:
    snapshot.record(ScriptUploaded(f"shop--{V2}--0"))
    snapshot.record(ScriptRemoved(f"shop--{V1}--1"))
    snapshot.record(
        RoutingWritten({"b.code24.dev": {}, "c.code24.dev": {"": SHOP}}, {"shop": None})
    )
    shop = worker(snapshot, "shop", "a.code24.dev", "b.code24.dev", "c.code24.dev")
    assert shop.scripts == {(V1, 0), (V2, 0)}
    assert shop.mark is None
    assert set(shop.hosts) == {"a.code24.dev", "c.code24.dev"}


async def test_what_is_written_during_a_listing_outlives_it(
    edge: Edge, snapshot: AccountSnapshot
) -> None:
    def meanwhile() -> None:
        snapshot.record(ScriptUploaded(f"shop--{V2}--0"))
        snapshot.record(ScriptRemoved(f"shop--{V1}--1"))
        moved = Target("shop", "c1", Serving(V2, 1))
        mark = Mark("u1", "o", Serving(V2, 1))
        hosts = {"b.code24.dev": {}, "c.code24.dev": {"": moved}}
        snapshot.record(RoutingWritten(hosts, {"shop": mark}))

    edge.before_keys = meanwhile
    await observe(snapshot, edge.wire)
    shop = worker(snapshot, "shop")
    assert shop.scripts == {(V1, 0), (V2, 0)}
    assert shop.mark == Mark("u1", "o", Serving(V2, 1))
    assert set(shop.hosts) == {"a.code24.dev", "c.code24.dev"}


async def test_the_next_listing_does_not_repeat_what_was_laid_over_the_last(
    edge: Edge, snapshot: AccountSnapshot
) -> None:
    edge.before_keys = lambda: snapshot.record(ScriptUploaded(f"shop--{V2}--0"))
    await observe(snapshot, edge.wire)
    edge.before_keys = lambda: None
    await observe(snapshot, edge.wire)
    assert (V2, 0) not in worker(snapshot, "shop").scripts


async def test_a_listing_that_fails_leaves_the_last_one(
    edge: Edge, snapshot: AccountSnapshot
) -> None:
    snapshot.record(ScriptUploaded(f"shop--{V2}--0"))
    with pytest.raises(CloudflareError):
        await observe(snapshot, Wire(lambda _: refusal(500, 1)))
    assert (V2, 0) in worker(snapshot, "shop").scripts
    assert worker(snapshot, "shop").mark == MARK


async def test_routes_are_found_though_somebody_has_overwritten_the_mark(
    edge: Edge, snapshot: AccountSnapshot
) -> None:
    edge.keys["worker:shop"] = None
    await observe(snapshot, edge.wire)
    assert set(worker(snapshot, "shop").hosts) == {"a.code24.dev", "b.code24.dev"}


async def test_two_listings_at_once_keep_what_is_written_meanwhile(
    edge: Edge, snapshot: AccountSnapshot
) -> None:
    """A new token brings a new connection to the same account while the old one may still be listing."""
    edge.gate = asyncio.Event()
    listings = [asyncio.ensure_future(observe(snapshot, edge.wire)) for _ in range(2)]
    await idle()
    edge.scripts.append(f"shop--{V2}--0")  # one listing has read the scripts by now
    snapshot.record(ScriptUploaded(f"shop--{V2}--0"))
    edge.gate.set()
    assert await asyncio.gather(*listings, return_exceptions=True) == [None, None]
    assert (V2, 0) in worker(snapshot, "shop").scripts


class TestDoubt:
    """The answer to a write was lost."""

    async def test_a_listing_settles_it(self, edge: Edge, snapshot: AccountSnapshot) -> None:
        snapshot.record_unconfirmed(RoutingWritten({}, {}))
        await observe(snapshot, edge.wire)
        assert not snapshot.routing.is_unconfirmed

    async def test_a_listing_that_fails_does_not(self, snapshot: AccountSnapshot) -> None:
        snapshot.record_unconfirmed(RoutingWritten({}, {}))
        with pytest.raises(CloudflareError):
            await observe(snapshot, Wire(lambda _: refusal(500, 1)))
        assert snapshot.routing.is_unconfirmed

    async def test_a_doubt_that_arises_meanwhile_stays(
        self, edge: Edge, snapshot: AccountSnapshot
    ) -> None:
        def meanwhile() -> None:
            snapshot.record_unconfirmed(RoutingWritten({}, {}))

        edge.before_keys = meanwhile
        await observe(snapshot, edge.wire)
        assert snapshot.routing.is_unconfirmed

    async def test_about_a_script_it_lasts_until_the_script_is_there(
        self, snapshot: AccountSnapshot
    ) -> None:
        snapshot.record_unconfirmed(ScriptUploaded(f"shop--{V2}--0"))
        assert snapshot.is_answer_lost(f"shop--{V2}--0")
        assert not snapshot.is_answer_lost(f"shop--{V2}--1")
        snapshot.record(ScriptUploaded(f"shop--{V2}--0"))
        assert not snapshot.is_answer_lost(f"shop--{V2}--0")


class TestZoneRoutes:
    """Which script a pattern leads to, zone by zone."""

    @staticmethod
    def bench(
        routes: Mapping[str, list[dict[str, str]]], before: Callable[[], None] = lambda: None
    ) -> Bench:
        async def answer(request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(0)
            if not request.url.path.endswith("/routes"):
                return ok([])
            before()
            return ok(routes[request.url.path.split("/")[-3]])

        # The platform's own domain lies in none of the zones.
        return Bench(answer, Provisioned("code24.dev", {"a.dev": "z1", "b.dev": "z2"}, "", "kv"))

    @staticmethod
    async def list_zones(bench: Bench, *hosts: str) -> None:
        """List the account, and of its zones those of ``hosts``."""
        bench.interest.wanted_hosts = set(hosts)
        await bench.look(Priority.EDIT)

    async def test_a_worker_sees_those_of_all_zones_listed_so_far(self) -> None:
        routes = {
            "z1": [{"id": "r1", "pattern": "a.dev/*", "script": "dispatcher"}],
            "z2": [{"id": "r2", "pattern": "b.dev/*", "script": ""}],
        }
        bench = self.bench(routes)
        snapshot = bench.platform.snapshot
        await self.list_zones(bench, "a.dev")
        assert snapshot.zone("z2").taken is None
        await self.list_zones(bench, "shop.b.dev")
        seen = worker(snapshot, "shop")
        assert dict(seen.zone_routes) == {"a.dev/*": "dispatcher", "b.dev/*": None}
        assert seen.dispatcher == "dispatcher"
        assert {zone for zone in routes if snapshot.zone(zone).taken is not None} == {"z1", "z2"}

    async def test_a_listing_replaces_what_its_zone_had(self) -> None:
        routes = {"z1": [{"id": "r1", "pattern": "a.dev/*", "script": "x"}], "z2": []}
        bench = self.bench(routes)
        snapshot = bench.platform.snapshot
        await self.list_zones(bench, "a.dev", "b.dev")
        routes["z1"] = [{"id": "r2", "pattern": "a.dev/b", "script": "y"}]
        await self.list_zones(bench, "b.dev")
        assert set(snapshot.zone_routes) == {"a.dev/*"}
        await self.list_zones(bench, "a.dev")
        assert set(snapshot.zone_routes) == {"a.dev/b"}

    async def test_what_is_written_during_a_listing_outlives_it(self) -> None:
        """Else a route that was made meanwhile would be made again, which the API refuses."""
        old = {"id": "r1", "pattern": "old.a.dev/*", "script": "dispatcher"}
        new = ZoneRoute("r2", "z1", "new.a.dev/*", "dispatcher")
        writes: list[Write] = []

        def meanwhile() -> None:
            for write in writes:
                bench.platform.snapshot.record(write)

        bench = self.bench({"z1": [old]}, meanwhile)
        snapshot = bench.platform.snapshot
        await self.list_zones(bench, "a.dev")
        writes += [ZoneRouteCreated(new), ZoneRouteDeleted("z1", "old.a.dev/*")]
        await self.list_zones(bench, "a.dev")
        assert snapshot.zone_routes == {new.pattern: "dispatcher"}
        assert snapshot.zone_route(new.pattern) == new
        # The next one tells how it is.
        writes.clear()
        await self.list_zones(bench, "a.dev")
        assert set(snapshot.zone_routes) == {"old.a.dev/*"}

    async def test_one_listing_of_a_zone_serves_all_who_ask(self) -> None:
        bench = self.bench({"z2": []})
        ensure = bench.platform.observer.ensure_zones
        hosts = ["shop.b.dev", "*.b.dev", "b.dev"]
        await asyncio.gather(*(ensure(bench.provisioned, [h], Priority.EDIT) for h in hosts))
        await ensure(bench.provisioned, ["blog.b.dev"], Priority.EDIT)
        assert len(bench.wire.requests) == 1


class TestRevision:
    """What a pass has seen of an account holds as long as the revision is the same."""

    async def test_it_changes_with_every_listing_of_a_bucket(self) -> None:
        snapshot = AccountSnapshot()
        seen = [snapshot.revision]
        for _ in range(2):
            listing = snapshot.objects("data")
            await listing.refresh(BucketObjects("data"), nothing, ManualClock())
            seen.append(snapshot.revision)
        snapshot.keep_buckets(())
        seen.append(snapshot.revision)
        snapshot.objects("other")
        seen.append(snapshot.revision)
        assert len(set(seen[:3])) == 3
        assert len(set(seen[2:])) == 3


async def nothing(objects: BucketObjects) -> None:
    """Find no objects."""
