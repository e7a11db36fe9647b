"""The account in memory and the local edge answer the same calls in the same way."""

import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from local_edge.analytics.dataset import Dataset
from local_edge.api.admin import AdminEndpoints
from local_edge.api.app import make_app
from local_edge.api.gate import Gate
from local_edge.api.observability.graphql import GraphQLEndpoints
from local_edge.api.ratelimit import NO_LIMIT, RateLimiter
from local_edge.api.scripts.deployer import Deployer
from local_edge.api.scripts.trying import VersionCheck
from local_edge.api.zones import ACCOUNT_NAME, EdgeZone
from local_edge.events.events import EdgeEvents
from local_edge.runtime.versions import VersionSource
from local_edge.storage.stores import Stores
from support.calls import ACCOUNT, TOKEN, Wire
from support.clock import ManualClock
from support.cloudflare import Cloudflare, Zone
from support.cloudflare.uploads import SYNTAX_ERROR
from support.no_runtime import NoRuntime
from workers_operator.cloudflare import kv, r2, scripts, writes, zones
from workers_operator.cloudflare.api import Api, Download
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.cloudflare.pacing.breaker import Breaker
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.domain.content import Code, Content, Module, Sealed
from workers_operator.domain.serving import KeyValue
from workers_operator.engine.priority import Priority
from workers_operator.sources import resolve
from workers_operator.sources.resolve import Blob

NOW: Final = Priority.EDIT
ZONE: Final = "fedcba9876543210fedcba9876543210"
SPACES: Final = "/accounts/{account}/workers/dispatch/namespaces"
KV_SPACES: Final = "/accounts/{account}/storage/kv/namespaces"


@pytest.fixture
def local_edge(tmp_path: Path) -> Iterator[httpx.AsyncBaseTransport]:
    stores = Stores.open(tmp_path / "edge.sqlite3")
    stores.tokens.put(TOKEN, "active")
    versions = VersionSource(stores.scripts, stores.namespaces, "9999-12-31")
    runtime = NoRuntime(tmp_path)
    limiter = RateLimiter(NO_LIMIT, time.monotonic)
    events = EdgeEvents(stores, runtime, ACCOUNT, [])
    data = Dataset(stores.telemetry.invocations, 0, time.time)
    app = make_app(
        gate=Gate(tokens=stores.tokens, limiter=limiter, latency=0, account_id=ACCOUNT),
        admin=AdminEndpoints(
            counts=Counter(),
            points=stores.telemetry.points,
            tokens=stores.tokens,
            runtime=runtime,
            meter=events.meter,
            owner=TOKEN,
        ),
        stores=stores,
        deployer=Deployer(stores, runtime, VersionCheck(stores, runtime, versions)),
        runtime=runtime,
        events=events,
        graphql=GraphQLEndpoints(data, stores.database, limiter, ACCOUNT),
        zones=[EdgeZone(ZONE, "example.com")],
        account_id=ACCOUNT,
    )
    yield httpx.ASGITransport(app)
    stores.database.close()


def in_memory() -> httpx.AsyncBaseTransport:
    cloudflare = Cloudflare(account_name=ACCOUNT_NAME, zones={ZONE: Zone("example.com")})
    return cloudflare.transport


class Client:
    """Make typed calls; ``told`` is what came of them, without the ids that differ from account to account."""

    def __init__(
        self, transport: httpx.AsyncBaseTransport, token: str = TOKEN, owner: str = ACCOUNT
    ) -> None:
        observer = Wire(lambda _: httpx.Response(500))
        budget = Budget(ManualClock())
        self.api = Api(
            token=token,
            account_id=owner,
            budget=budget,
            breaker=Breaker(ManualClock(), random.Random(1)),
            observer=observer,
            transport=transport,
        )
        self.told: list[str] = []
        self._ids: dict[str, str] = {}

    def id(self, name: str) -> str:
        """The id of what was made by this name."""
        return self._ids[name]

    async def make(self, name: str, call: Awaitable[object]) -> None:
        made = await call
        self._ids[name] = str(getattr(made, "id", made))
        await self.tell(_value(made))

    async def tell(self, call: Awaitable[object]) -> None:
        try:
            result = _shown(await call)
        except CloudflareError as error:
            result = f"{type(error).__name__} {error.code}"
        for name, identifier in self._ids.items():
            result = result.replace(identifier, f"<{name}>")
        self.told.append(result)

    async def list(self, listing: AsyncIterator[object]) -> None:
        async def collect() -> object:
            return sorted([repr(item) async for item in listing])

        await self.tell(collect())

    async def page(self, endpoint: str, path: dict[str, str], **query: str | int) -> None:
        """The pages of a listing, by the size that ``query`` gives."""

        async def collect() -> object:
            names, cursor = [], ""
            while True:
                more = {"cursor": cursor} if cursor else {}
                asked: dict[str, str | int] = {**query, **more}
                answer = await self.api.call("GET", endpoint, priority=NOW, path=path, query=asked)
                names.append(_names(answer.result))
                cursor = answer.cursor
                if not cursor:
                    return names

        await self.tell(collect())


def _names(result: Any) -> list[str]:
    """The names of what a page lists, whatever it calls them."""
    items = result["buckets"] if isinstance(result, dict) else result
    flat = [item.get("script", item) for item in items]
    return [item.get("id") or item.get("name") or item["key"] for item in flat]


def _shown(value: object) -> str:
    """A result, without what differs from answer to answer."""
    if isinstance(value, Download):
        return repr((value.data, value.content_type, value.headers.get("etag")))
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return repr([sorted(item.items()) for item in value])
    # Each has hashes and times of its own; what counts is that they are told.
    return re.sub(r"(etag|modified)='[^']+'", r"\1=…", repr(value))


async def _value(value: object) -> object:
    return value


async def _titled(api: Api, title: str) -> str | None:
    """The id of the KV namespace with this title."""
    return {known: id_ async for known, id_ in kv.list_namespaces(api, NOW)}.get(title)


async def _deployed_code(api: Api, namespace: str, name: str) -> Code:
    found = await scripts.download_script(api, namespace, name, NOW)
    return resolve.from_deployed(
        Blob(found.data, found.content_type),
        found.entrypoint,
        "here",
        date=found.compatibility_date,
        flags=found.compatibility_flags,
    )


def content(
    text: str = "export default {}",
    *bindings: dict[str, str],
    more: tuple[Module, ...] = (),
    secret: str = "",
) -> Content:
    main = Module("index.js", "application/javascript+module", text.encode())
    code = Code("inline", "index.js", (main, *more), "2026-01-01", ("nodejs_compat",))
    return Content(code, bindings, {"KEY": Sealed(secret)} if secret else {})


async def zones_and_account_scripts(client: Client) -> None:
    await client.tell(zones.get_zone(client.api, ZONE, NOW))
    await client.tell(zones.get_zone(client.api, "0" * 32, NOW))
    await client.tell(scripts.list_account_scripts(client.api, NOW))
    await client.tell(writes.create_route(client.api, ZONE, "*.example.com/*", "router", NOW))
    for tags in (["b", "a", "b"], [], [str(n) for n in range(9)]):
        await client.tell(writes.upload_account_script(client.api, "router", content(), tags, NOW))
        await client.tell(scripts.list_account_scripts(client.api, NOW))
    await client.tell(writes.upload_account_script(client.api, "No Name", content(), [], NOW))
    await client.tell(
        writes.upload_account_script(client.api, "bad", content(SYNTAX_ERROR), [], NOW)
    )
    await client.make(
        "all", writes.create_route(client.api, ZONE, "*.example.com/*", "router", NOW)
    )
    for pattern in ("*.EXAMPLE.com/*", "a.*.example.com/*", "shop.other.com/*", "example.com?a"):
        await client.tell(writes.create_route(client.api, ZONE, pattern, "router", NOW))
    await client.make(
        "shop", writes.create_route(client.api, ZONE, "shop.example.com/a", "router", NOW)
    )
    await client.tell(zones.list_routes(client.api, ZONE, NOW))
    await client.tell(writes.delete_route(client.api, ZONE, client.id("all"), NOW))
    await client.tell(writes.delete_route(client.api, ZONE, client.id("all"), NOW))
    await client.tell(writes.delete_route(client.api, "0" * 32, client.id("shop"), NOW))
    await client.tell(zones.list_routes(client.api, ZONE, NOW))
    caller = content("export default {}", {"type": "service", "name": "IT", "service": "router"})
    await client.tell(writes.upload_account_script(client.api, "caller", caller, [], NOW))
    for name in ("router", "caller", "caller", "router"):
        await client.tell(writes.delete_account_script(client.api, name, NOW))
    await client.tell(scripts.list_account_scripts(client.api, NOW))


async def dispatch_scripts(client: Client) -> None:
    note = Module("lib/note.bin", "application/octet-stream", b"\x00\r\n--\xff\r\n\r\n\r")
    await client.tell(scripts.list_namespaces(client.api, NOW))
    await client.tell(writes.upload_script(client.api, "ns", "shop", content(), [], NOW))
    await client.list(scripts.list_scripts(client.api, "ns", NOW))
    for name in ("ns", "ns", "no name"):
        await client.tell(writes.create_dispatch_namespace(client.api, name, NOW))
    await client.tell(scripts.list_namespaces(client.api, NOW))
    for name, trusted in (("ns", True), ("nowhere", True), ("ns", False)):
        await client.tell(writes.set_trust(client.api, name, trusted=trusted, priority=NOW))
        await client.tell(scripts.list_namespaces(client.api, NOW))
    for name in ("shop--0a1b2c3d--0", "a", "z", "m", "b"):
        await client.tell(writes.upload_script(client.api, "ns", name, content(name), ["t"], NOW))
    await client.tell(
        writes.upload_script(client.api, "ns", "m", content("x", more=(note,)), [], NOW)
    )
    await client.list(scripts.list_scripts(client.api, "ns", NOW))
    for tag in ("t", "none"):
        await client.list(scripts.list_scripts(client.api, "ns", NOW, tag=tag))
    for limit in (1, 2, 5, 2000, 0):
        await client.page(SPACES + "/{namespace}/scripts", {"namespace": "ns"}, limit=limit)
    for name in ("a", "m", "none"):
        await client.tell(scripts.find_script(client.api, "ns", name, NOW))
        await client.tell(_deployed_code(client.api, "ns", name))
    for name in ("a", "a"):
        await client.tell(writes.delete_script(client.api, "ns", name, NOW))
    await client.tell(scripts.find_script(client.api, "ns", "a", NOW))
    await client.tell(scripts.find_script(client.api, "other", "a", NOW))


async def bindings(client: Client) -> None:
    async def upload(*wanted: dict[str, str], secret: str = "") -> None:
        code = content("export default {}", *wanted, secret=secret)
        await client.tell(writes.upload_script(client.api, "ns", "shop", code, [], NOW))

    path = {"namespace": "ns"}

    async def shown() -> object:
        endpoint = SPACES + "/{namespace}/scripts/shop/settings"
        return (await client.api.call("GET", endpoint, priority=NOW, path=path)).result["bindings"]

    await client.tell(writes.create_dispatch_namespace(client.api, "ns", NOW))
    await client.make("cache", writes.create_kv_namespace(client.api, "cache", NOW))
    await client.tell(writes.create_bucket(client.api, "assets", NOW))
    await client.tell(writes.upload_account_script(client.api, "router", content(), [], NOW))
    good = [
        {"type": "kv_namespace", "name": "CACHE", "namespace_id": client.id("cache")},
        {"type": "r2_bucket", "name": "ASSETS", "bucket_name": "assets"},
        {"type": "service", "name": "PEER", "service": "router"},
        {"type": "dispatch_namespace", "name": "ALL", "namespace": "ns"},
        {"type": "plain_text", "name": "TEXT", "text": "1"},
    ]
    await upload(*good, secret="hidden")
    await client.tell(shown())
    for name, field in (("kv_namespace", "namespace_id"), ("r2_bucket", "bucket_name"),
                        ("service", "service"), ("dispatch_namespace", "namespace")):  # fmt: skip
        await upload({"type": name, "name": "X", field: "none"})
    await upload(good[4], good[4])
    await upload(good[4] | {"name": ""})
    await upload(good[0])  # its secret stays
    await client.tell(shown())
    await client.tell(writes.delete_kv_namespace(client.api, client.id("cache"), NOW))
    await client.tell(writes.delete_script(client.api, "ns", "shop", NOW))
    await client.tell(writes.delete_kv_namespace(client.api, client.id("cache"), NOW))


async def kv_pairs(client: Client) -> None:
    await client.make("table", writes.create_kv_namespace(client.api, "table", NOW))
    await client.tell(writes.create_kv_namespace(client.api, "table", NOW))
    await client.tell(writes.create_kv_namespace(client.api, "", NOW))
    await client.tell(_titled(client.api, "table"))
    await client.tell(_titled(client.api, "none"))
    await client.page(KV_SPACES, {}, per_page=0)
    table = client.id("table")
    many = [KeyValue(f"host:{n}", str(n), {"n": n}) for n in range(2500)]
    odd = [KeyValue("host:ä/ö %2F?", "ü", {}), KeyValue("host:é", "é", {"é": None})]
    for pairs in (many, odd):
        await client.tell(writes.write_pairs(client.api, table, pairs, NOW))
    for bad in ("", ".", "x" * 513):
        await client.tell(writes.write_pairs(client.api, table, [KeyValue(bad, "", {})], NOW))
    await client.tell(
        writes.write_pairs(client.api, table, [KeyValue("fat", "", {"x": "y" * 1024})], NOW)
    )
    for key in ("host:7", "host:ä/ö %2F?", "none"):
        await client.tell(kv.get_value(client.api, table, key, NOW))
    await client.list(kv.list_keys(client.api, table, NOW))
    path = {"id": table}
    for limit in (9, 1000):
        await client.page(KV_SPACES + "/{id}/keys", path, limit=limit, prefix="host:1")
    await client.tell(
        writes.delete_keys(client.api, table, [p.key for p in many[3:]] + ["none"], NOW)
    )
    await client.tell(writes.delete_keys(client.api, table, [], NOW))
    await client.list(kv.list_keys(client.api, table, NOW))
    await client.tell(writes.write_pairs(client.api, "0" * 32, odd, NOW))
    await client.tell(kv.get_value(client.api, "0" * 32, "x", NOW))
    await client.tell(writes.delete_kv_namespace(client.api, table, NOW))
    await client.tell(writes.delete_kv_namespace(client.api, table, NOW))
    await client.list(kv.list_namespaces(client.api, NOW))


async def r2_objects(client: Client) -> None:
    buckets = "/accounts/{account}/r2/buckets"
    for name in ("data", "data", "No", "more", "zoo"):
        await client.tell(writes.create_bucket(client.api, name, NOW))
    await client.list(r2.list_buckets(client.api, NOW))
    await client.page(buckets, {}, per_page=2)
    for key, kind in (("a/b c.js", "text/javascript"), ("a/ä%", ""), ("b", "text/plain")):
        await client.tell(
            writes.put_object(client.api, "data", key, key.encode(), kind or "a/b", NOW)
        )
        await client.tell(r2.get_object(client.api, "data", key, NOW))
    for prefix in ("", "a/", "none"):
        await client.list(r2.list_objects(client.api, "data", prefix, NOW))
    await client.page(buckets + "/data/objects", {}, per_page=1)
    await client.tell(r2.get_object(client.api, "data", "none", NOW))
    await client.tell(r2.get_object(client.api, "none", "none", NOW))
    await client.tell(writes.put_object(client.api, "none", "x", b"", "a/b", NOW))
    await client.list(r2.list_objects(client.api, "none", "", NOW))
    for name in ("data", "zoo", "zoo"):
        await client.tell(writes.delete_bucket(client.api, name, NOW))
    await client.list(r2.list_buckets(client.api, NOW))


async def no_such_endpoint(client: Client) -> None:
    await client.tell(client.api.call("GET", "/accounts/{account}/nothing", priority=NOW))
    await client.tell(client.api.call("POST", KV_SPACES, priority=NOW, content=b"{"))


Story = Callable[[Client], Awaitable[None]]
STORIES: Final[tuple[Story, ...]] = (
    zones_and_account_scripts,
    dispatch_scripts,
    bindings,
    kv_pairs,
    r2_objects,
    no_such_endpoint,
)


@pytest.mark.parametrize("story", STORIES)
async def test_both_say_the_same(local_edge: httpx.AsyncBaseTransport, story: Story) -> None:
    there, here = Client(local_edge), Client(in_memory())
    await story(there)
    await story(here)
    assert here.told == there.told


@pytest.mark.parametrize(
    ("token", "owner"), [("another", ACCOUNT), (TOKEN, "1" * 32), (TOKEN, ACCOUNT)]
)
async def test_both_let_the_same_in(
    local_edge: httpx.AsyncBaseTransport, token: str, owner: str
) -> None:
    there, here = Client(local_edge, token, owner), Client(in_memory(), token, owner)
    for client in (there, here):
        await client.tell(scripts.list_namespaces(client.api, NOW))
    assert here.told == there.told
