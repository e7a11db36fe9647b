"""The account snapshot: what a listing tells, and what our own calls add while it is under way."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from support.calls import Wire, api, ok, refusal
from support.clock import idle
from support.platforms import Bench
from workers_operator.cloudflare.account import ZoneRoute
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.domain.observed import Mark
from workers_operator.domain.routing import Target, host_entry
from workers_operator.reconcilers.account import Account

V1, V2 = "11111111", "22222222"
SHOP = Target("shop", "c1", V1, 2)
BLOG = Target("blog", "c1", V1, 1)
MARK = Mark("u1", "CustomerWorker shop/c1", V1, 2)


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
        listed = [{"name": k, "metadata": m} for k, m in self.keys.items()]
        self.before_keys()
        if self.gate is not None:
            await self.gate.wait()
        return ok(listed)


async def observe(account: Account, client: Api) -> None:
    await account.observe(client, namespace="ns", metadata_namespace="kv", urgency=Urgency.RESYNC)


@pytest.fixture
def edge() -> Edge:
    return Edge()


@pytest.fixture
async def account(edge: Edge) -> Account:
    account = Account()
    await observe(account, api(edge.wire))
    return account


async def test_what_concerns_a_worker(account: Account) -> None:
    shop = account.worker("shop", ["new.code24.dev"], "dispatcher")
    assert shop.scripts == {(V1, 0), (V1, 1)}
    assert shop.mark == MARK
    assert shop.hosts == {
        "a.code24.dev": {"": SHOP, "/blog": BLOG},
        "b.code24.dev": {"": SHOP},
    }
    blog = account.worker("blog", [], "dispatcher")
    assert (blog.mark, set(blog.hosts)) == (None, {"a.code24.dev"})
    assert account.paths("b.code24.dev") == {"": SHOP}
    assert account.paths("none.code24.dev") == {}


async def test_a_worker_of_which_nothing_is_there(account: Account) -> None:
    assert account.worker("shop-2", ["x.code24.dev"], "dispatcher") == Account().worker(
        "shop-2", [], "dispatcher"
    )


async def test_the_calls_of_a_listing_do_not_grow_with_the_workers(edge: Edge) -> None:
    edge.scripts += [f"w{n}--{V1}--0" for n in range(900)]
    await observe(Account(), api(edge.wire))
    assert len(edge.wire.requests) == 2


async def test_our_own_calls_are_seen_at_once(account: Account) -> None:
    account.script_uploaded(f"shop--{V2}--0")
    account.script_removed(f"shop--{V1}--1")
    account.routing_written({"b.code24.dev": {}, "c.code24.dev": {"": SHOP}}, {"shop": None})
    shop = account.worker("shop", ["a.code24.dev", "b.code24.dev", "c.code24.dev"], "dispatcher")
    assert shop.scripts == {(V1, 0), (V2, 0)}
    assert shop.mark is None
    assert set(shop.hosts) == {"a.code24.dev", "c.code24.dev"}


async def test_what_is_written_during_a_listing_outlives_it(edge: Edge, account: Account) -> None:
    def meanwhile() -> None:
        account.script_uploaded(f"shop--{V2}--0")
        account.script_removed(f"shop--{V1}--1")
        moved = Target("shop", "c1", V2, 1)
        account.routing_written(
            {"b.code24.dev": {}, "c.code24.dev": {"": moved}}, {"shop": Mark("u1", "o", V2, 1)}
        )

    edge.before_keys = meanwhile
    await observe(account, api(edge.wire))
    shop = account.worker("shop", [], "dispatcher")
    assert shop.scripts == {(V1, 0), (V2, 0)}
    assert shop.mark == Mark("u1", "o", V2, 1)
    assert set(shop.hosts) == {"a.code24.dev", "c.code24.dev"}


async def test_the_next_listing_does_not_repeat_what_was_laid_over_the_last(
    edge: Edge, account: Account
) -> None:
    edge.before_keys = lambda: account.script_uploaded(f"shop--{V2}--0")
    await observe(account, api(edge.wire))
    edge.before_keys = lambda: None
    await observe(account, api(edge.wire))
    assert (V2, 0) not in account.worker("shop", [], "dispatcher").scripts


async def test_a_listing_that_fails_leaves_the_last_one(edge: Edge, account: Account) -> None:
    account.script_uploaded(f"shop--{V2}--0")
    with pytest.raises(CloudflareError):
        await observe(account, api(Wire(lambda _: refusal(500, 1))))
    assert (V2, 0) in account.worker("shop", [], "dispatcher").scripts
    assert account.worker("shop", [], "dispatcher").mark == MARK


async def test_routes_are_found_though_somebody_has_overwritten_the_mark(
    edge: Edge, account: Account
) -> None:
    edge.keys["worker:shop"] = None
    await observe(account, api(edge.wire))
    assert set(account.worker("shop", [], "dispatcher").hosts) == {"a.code24.dev", "b.code24.dev"}


async def test_two_listings_at_once_keep_what_is_written_meanwhile(
    edge: Edge, account: Account
) -> None:
    """A new token brings a new connection to the same account while the old one may still be listing."""
    edge.gate = asyncio.Event()
    listings = [asyncio.ensure_future(observe(account, api(edge.wire))) for _ in range(2)]
    await idle()
    account.script_uploaded(f"shop--{V2}--0")
    edge.gate.set()
    assert await asyncio.gather(*listings, return_exceptions=True) == [None, None]
    assert (V2, 0) in account.worker("shop", [], "dispatcher").scripts


class TestDoubt:
    """The answer to a write was lost."""

    async def test_a_listing_settles_it(self, edge: Edge, account: Account) -> None:
        account.doubtful = True
        await observe(account, api(edge.wire))
        assert not account.doubtful

    async def test_a_listing_that_fails_does_not(self, account: Account) -> None:
        account.doubtful = True
        with pytest.raises(CloudflareError):
            await observe(account, api(Wire(lambda _: refusal(500, 1))))
        assert account.doubtful

    async def test_a_doubt_that_arises_meanwhile_stays(self, edge: Edge, account: Account) -> None:
        def meanwhile() -> None:
            account.doubtful = True

        edge.before_keys = meanwhile
        await observe(account, api(edge.wire))
        assert account.doubtful

    async def test_about_a_script_it_lasts_until_the_script_is_there(
        self, account: Account
    ) -> None:
        account.doubt_script(f"shop--{V2}--0")
        assert account.is_doubtful(f"shop--{V2}--0")
        assert not account.is_doubtful(f"shop--{V2}--1")
        account.script_uploaded(f"shop--{V2}--0")
        assert not account.is_doubtful(f"shop--{V2}--0")


class TestZoneRoutes:
    """Which script a pattern leads to, zone by zone."""

    @staticmethod
    def wire(
        routes: Mapping[str, list[dict[str, str]]], before: Callable[[], None] = lambda: None
    ) -> Wire:
        async def answer(request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(0)
            before()
            return ok(routes[request.url.path.split("/")[-3]])

        return Wire(answer)

    async def test_a_worker_sees_those_of_all_zones_listed_so_far(self) -> None:
        account = Account()
        routes = {
            "z1": [{"id": "r1", "pattern": "a.dev/*", "script": "dispatcher"}],
            "z2": [{"id": "r2", "pattern": "b.dev/*", "script": ""}],
        }
        client = api(self.wire(routes))
        await account.observe_zones(client, ["z1"], Urgency.EDIT)
        await account.observe_zones(client, ["z2"], Urgency.EDIT)
        seen = account.worker("shop", [], "dispatcher")
        assert dict(seen.zone_routes) == {"a.dev/*": "dispatcher", "b.dev/*": None}
        assert seen.dispatcher == "dispatcher"
        assert account.zones == {"z1", "z2"}

    async def test_a_listing_replaces_what_its_zone_had(self) -> None:
        account = Account()
        routes = {"z1": [{"id": "r1", "pattern": "a.dev/*", "script": "x"}], "z2": []}
        client = api(self.wire(routes))
        await account.observe_zones(client, ["z1", "z2"], Urgency.EDIT)
        routes["z1"] = [{"id": "r2", "pattern": "a.dev/b", "script": "y"}]
        await account.observe_zones(client, ["z2"], Urgency.EDIT)
        assert set(account.zone_routes) == {"a.dev/*"}
        await account.observe_zones(client, ["z1"], Urgency.EDIT)
        assert set(account.zone_routes) == {"a.dev/b"}

    async def test_what_is_written_during_a_listing_outlives_it(self) -> None:
        """Else a route that was made meanwhile would be made again, which the API refuses."""
        account = Account()
        old = {"id": "r1", "pattern": "old.dev/*", "script": "dispatcher"}
        await account.observe_zones(api(self.wire({"z1": [old]})), ["z1"], Urgency.EDIT)
        new = ZoneRoute("r2", "z1", "new.dev/*", "dispatcher")

        def meanwhile() -> None:
            account.zone_routes[new.pattern] = new
            del account.zone_routes["old.dev/*"]

        await account.observe_zones(api(self.wire({"z1": [old]}, meanwhile)), ["z1"], Urgency.EDIT)
        assert account.zone_routes == {new.pattern: new}
        # The next one tells how it is.
        await account.observe_zones(api(self.wire({"z1": [old]})), ["z1"], Urgency.EDIT)
        assert set(account.zone_routes) == {"old.dev/*"}

    async def test_one_listing_of_a_zone_serves_all_who_ask(self) -> None:
        bench = Bench(self.wire({"z2": []}))
        hosts = ["shop.example.com", "*.example.com", "example.com"]
        await asyncio.gather(*(bench.platform.observe_zone(h, Urgency.EDIT) for h in hosts))
        await bench.platform.observe_zone("blog.example.com", Urgency.EDIT)
        assert len(bench.wire.requests) == 1
