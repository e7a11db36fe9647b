"""A request goes to exactly what its caller means, whatever others have named; otherwise nothing is sent."""

import inspect
import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.calls import ACCOUNT, Wire, api, ok
from workers_operator import cloudflare
from workers_operator.cloudflare import analytics, kv, r2, scripts, writes, zones
from workers_operator.cloudflare.errors import Rejected, Unsendable
from workers_operator.cloudflare.telemetry import outcomes, queries
from workers_operator.domain.content import Code, Content, Module
from workers_operator.domain.serving import KeyValue
from workers_operator.domain.telemetry.entries import LogScope
from workers_operator.engine.priority import Priority

NOW: Final = Priority.EDIT
POINTS: Final = analytics.DataPoints("workers_analytics", "staging")
CONTENT: Final = Content(
    Code("inline", "i.js", (Module("i.js", "application/javascript+module", b""),)), ()
)
Path = tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """A function of the client. ``to``: method and segments of its requests, given the strings that it takes."""

    make: Callable[..., Any]
    to: Callable[..., list[tuple[str, Path]]]

    @property
    def strings(self) -> int:
        """How many identifiers it takes."""
        return len(inspect.signature(self.to).parameters)


def one(method: str, *segments: str) -> list[tuple[str, Path]]:
    return [(method, segments)]


def account(method: str, *segments: str) -> list[tuple[str, Path]]:
    return one(method, "accounts", ACCOUNT, *segments)


KV: Final = ("storage", "kv", "namespaces")
R2: Final = ("r2", "buckets")
DISPATCH: Final = ("workers", "dispatch", "namespaces")
TELEMETRY: Final = ("workers", "observability", "telemetry")


def route(zone: str, identifier: str) -> zones.ZoneRoute:
    return zones.ZoneRoute(identifier, zone, "*.x/*", "d")


def content_and_settings(space: str, name: str) -> list[tuple[str, Path]]:
    script = (*DISPATCH, space, "scripts", name)
    return [*account("GET", *script, "content"), *account("GET", *script, "settings")]


NAMED: Final[Mapping[str, Call]] = {
    "kv.list_namespaces": Call(
        lambda a: listed(kv.list_namespaces(a, NOW)), lambda: account("GET", *KV)
    ),
    "kv.get_value": Call(
        lambda a, n, k: kv.get_value(a, n, k, NOW),
        lambda n, k: account("GET", *KV, n, "values", k),
    ),
    "kv.list_keys": Call(
        lambda a, n: listed(kv.list_keys(a, n, NOW)), lambda n: account("GET", *KV, n, "keys")
    ),
    "r2.list_buckets": Call(lambda a: listed(r2.list_buckets(a, NOW)), lambda: account("GET", *R2)),
    "r2.list_objects": Call(
        lambda a, b, p: listed(r2.list_objects(a, b, p, NOW)),
        lambda b, p: account("GET", *R2, b, "objects"),
    ),
    "r2.get_object": Call(
        lambda a, b, k: r2.get_object(a, b, k, NOW),
        lambda b, k: account("GET", *R2, b, "objects", *k.split("/")),
    ),
    "scripts.list_account_scripts": Call(
        lambda a: scripts.list_account_scripts(a, NOW), lambda: account("GET", "workers", "scripts")
    ),
    "scripts.list_namespaces": Call(
        lambda a: scripts.list_namespaces(a, NOW), lambda: account("GET", *DISPATCH)
    ),
    "scripts.list_scripts": Call(
        lambda a, n: listed(scripts.list_scripts(a, n, NOW)),
        lambda n: account("GET", *DISPATCH, n, "scripts"),
    ),
    "scripts.list_observed": Call(
        lambda a, n: listed(scripts.list_observed(a, n, NOW, tag="worker-a")),
        lambda n: account("GET", *DISPATCH, n, "scripts"),
    ),
    "scripts.download_script": Call(
        lambda a, n, s: scripts.download_script(a, n, s, NOW), content_and_settings
    ),
    "scripts.download_account_script": Call(
        lambda a, s: scripts.download_account_script(a, s, NOW),
        lambda s: account("GET", "workers", "scripts", s, "content", "v2"),
    ),
    "scripts.find_script": Call(
        lambda a, n, s: scripts.find_script(a, n, s, NOW),
        lambda n, s: account("GET", *DISPATCH, n, "scripts", s),
    ),
    "analytics.consumption": Call(
        lambda a, n: listed(analytics.consumption(a, n, 0, 1, NOW)),
        lambda n: one("POST", "graphql"),
    ),
    "analytics.invocations": Call(
        lambda a, n: listed(analytics.invocations(a, n, 0, 1, NOW)),
        lambda n: one("POST", "graphql"),
    ),
    "outcomes.outcomes": Call(
        lambda a: listed(outcomes.outcomes(a, POINTS, ["w"], (0, 1), NOW)),
        lambda: account("POST", "analytics_engine", "sql"),
    ),
    "queries.page": Call(
        lambda a, n, b, c: queries.page(a, LogScope(n, b), 0, 1, c, 10, NOW),
        lambda n, b, c: account("POST", *TELEMETRY, "query"),
    ),
    "queries.open_tail": Call(
        lambda a, n, b, s: queries.open_tail(a, LogScope(n, b), s, NOW),
        lambda n, b, s: account("POST", *TELEMETRY, "live-tail"),
    ),
    "queries.prolong_tail": Call(
        lambda a, s: queries.prolong_tail(a, s, NOW),
        lambda s: account("POST", *TELEMETRY, "live-tail", "heartbeat"),
    ),
    "zones.get_zone": Call(
        lambda a, z: zones.get_zone(a, z, NOW), lambda z: one("GET", "zones", z)
    ),
    "zones.list_routes": Call(
        lambda a, z: zones.list_routes(a, z, NOW),
        lambda z: one("GET", "zones", z, "workers", "routes"),
    ),
    "writes.upload_account_script": Call(
        lambda a, s: writes.upload_account_script(a, s, CONTENT, [s], NOW),
        lambda s: account("PUT", "workers", "scripts", s),
    ),
    "writes.create_dispatch_namespace": Call(
        lambda a, n: writes.create_dispatch_namespace(a, n, NOW),
        lambda n: account("POST", *DISPATCH),
    ),
    "writes.set_trust": Call(
        lambda a, n: writes.set_trust(a, n, trusted=True, priority=NOW),
        lambda n: account("PUT", *DISPATCH, n),
    ),
    "writes.upload_script": Call(
        lambda a, n, s: writes.upload_script(a, n, s, CONTENT, [s], NOW),
        lambda n, s: account("PUT", *DISPATCH, n, "scripts", s),
    ),
    "writes.delete_script": Call(
        lambda a, n, s: writes.delete_script(a, n, s, NOW),
        lambda n, s: account("DELETE", *DISPATCH, n, "scripts", s),
    ),
    "writes.delete_account_script": Call(
        lambda a, s: writes.delete_account_script(a, s, NOW),
        lambda s: account("DELETE", "workers", "scripts", s),
    ),
    "writes.create_route": Call(
        lambda a, z, p, s: writes.create_route(a, z, p, s, NOW),
        lambda z, p, s: one("POST", "zones", z, "workers", "routes"),
    ),
    "writes.switch_route": Call(
        lambda a, z, r, s: writes.switch_route(a, route(z, r), s, NOW),
        lambda z, r, s: one("PUT", "zones", z, "workers", "routes", r),
    ),
    "writes.delete_route": Call(
        lambda a, z, r: writes.delete_route(a, z, r, NOW),
        lambda z, r: one("DELETE", "zones", z, "workers", "routes", r),
    ),
    "writes.create_kv_namespace": Call(
        lambda a, t: writes.create_kv_namespace(a, t, NOW), lambda t: account("POST", *KV)
    ),
    "writes.delete_kv_namespace": Call(
        lambda a, n: writes.delete_kv_namespace(a, n, NOW), lambda n: account("DELETE", *KV, n)
    ),
    "writes.write_pairs": Call(
        lambda a, n, k: writes.write_pairs(a, n, [KeyValue(k, k, {})], NOW),
        lambda n, k: account("PUT", *KV, n, "bulk"),
    ),
    "writes.delete_keys": Call(
        lambda a, n, k: writes.delete_keys(a, n, [k], NOW),
        lambda n, k: account("POST", *KV, n, "bulk", "delete"),
    ),
    "writes.create_bucket": Call(
        lambda a, b: writes.create_bucket(a, b, NOW), lambda b: account("POST", *R2)
    ),
    "writes.delete_bucket": Call(
        lambda a, b: writes.delete_bucket(a, b, NOW), lambda b: account("DELETE", *R2, b)
    ),
    "writes.put_object": Call(
        lambda a, b, k: writes.put_object(a, b, k, b"", "text/plain", NOW),
        lambda b, k: account("PUT", *R2, b, "objects", *k.split("/")),
    ),
}


QUERIES: Final = {
    f"analytics.{name}": Call(make, lambda: account("POST", "analytics_engine", "sql"))
    for name, make in {
        "traffic": lambda a: listed(analytics.traffic(a, POINTS, 0, 1, NOW)),
        "loads": lambda a: listed(analytics.loads(a, POINTS, ["w"], (0, 1), 1, NOW)),
        "usage": lambda a: listed(analytics.usage(a, POINTS, 0, 1, NOW)),
        "rows_of": lambda a: listed(analytics.rows_of(a, POINTS, "SELECT 1", (0, 1), NOW)),
    }.items()
}
CALLS: Final[Mapping[str, Call]] = {**NAMED, **QUERIES}


async def listed(items: Any) -> list[Any]:
    return [item async for item in items]


def answer(request: httpx.Request) -> httpx.Response:
    """An answer from which every function reads what it looks for."""
    if request.url.path.endswith("/sql"):
        return httpx.Response(200, json={"data": []})
    if request.url.path.endswith("/graphql"):
        return httpx.Response(200, json={"data": {"viewer": {"accounts": []}}})
    if request.method != "GET":
        return ok({"id": "new", "wsUrl": "wss://tail.example"})
    one_thing: dict[str, Any] = {"id": "z", "name": "x", "account": None, "buckets": []}
    is_list = request.url.path.endswith(_LISTS) and len(request.url.path.split("/")) > 5
    return ok([] if is_list else one_thing)


_LISTS: Final = ("/scripts", "/namespaces", "/keys", "/objects", "/routes")

# What means something to somebody on the way of a request.
PIECES: Final = (
    "..", ".", "/", "\\", "?", "#", "%", "%2e", "%2E%2e", "%2f", "%5c", "%00", "//", "../", "/..",
    "\r\n", "\n", "\0", "\t", " ", "@", ":", "{account}", "user", "a", "objects", ";", "&x=1",
    "\ud800", "\udc00", "\u202e", "\u2028", "\u2025", "\uff0e", "\uff0f", "é", "e\u0301", "😀",
)  # fmt: skip
hostile = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.text(max_size=20),
    st.sampled_from(["", "a" * 600, "a/" * 600, "../" * 400, "%2e" * 30_000, "é" * 70_000]),
)
benign = st.from_regex(r"[a-z0-9][A-Za-z0-9._-]{0,40}[a-z0-9]", fullmatch=True)


async def made(call: Call, strings: tuple[str, ...], *, account_id: str = ACCOUNT) -> Wire:
    """The wire after a call; one that raises anything but a typed error of the client fails the test."""
    wire = Wire(answer)
    refusal = await refusal_of(call.make(api(wire, account_id=account_id), *strings))
    if refusal is not None:
        assert isinstance(refusal, Rejected)
        assert refusal.message.endswith("nothing was sent")
        assert refusal.message.isprintable()
        assert len(refusal.message) < 1500
    assert bool(wire.requests) == (refusal is None)
    return wire


async def refusal_of(call: Awaitable[object]) -> Unsendable | None:
    """The error of a call that does not send anything."""
    try:
        await call
    except Unsendable as error:
        return error
    return None


def went_to(request: httpx.Request) -> tuple[str, Path]:
    """Method and decoded segments below the API's base path."""
    assert request.url.scheme == "https"
    assert request.url.host == request.headers["host"] == "api.cloudflare.com"
    path = request.url.raw_path.partition(b"?")[0].decode("ascii")
    assert path.startswith("/client/v4/")
    segments = path.removeprefix("/client/v4/").split("/")
    return request.method, tuple(unquote_to_bytes(s).decode() for s in segments)


@pytest.mark.parametrize("name", CALLS)
@given(data=st.data())
async def test_hostile_names_lead_a_request_nowhere_else(name: str, data: st.DataObject) -> None:
    call = CALLS[name]
    strings = tuple(data.draw(hostile) for _ in range(call.strings))
    wire = await made(call, strings)
    if wire.requests:
        assert [went_to(request) for request in wire.requests] == call.to(*strings)
        for request in wire.requests:
            raw = request.url.raw_path.partition(b"?")[0].lower()
            assert not {b".", b"..", b""} & set(raw.replace(b"%2e", b".").split(b"/")[1:])


@pytest.mark.parametrize("name", CALLS)
@given(data=st.data())
@settings(max_examples=5)
async def test_ordinary_names_are_sent(name: str, data: st.DataObject) -> None:
    call = CALLS[name]
    strings = tuple(data.draw(benign) for _ in range(call.strings))
    wire = await made(call, strings)
    assert [went_to(request) for request in wire.requests] == call.to(*strings)


@given(hostile)
@example("..")
@example("x/../..")
async def test_a_hostile_account_leads_nowhere_else(account_id: str) -> None:
    wire = await made(CALLS["r2.list_buckets"], (), account_id=account_id)
    if wire.requests:
        assert went_to(wire.requests[0]) == ("GET", ("accounts", account_id, *R2))


def functions_of(module: ModuleType) -> set[str]:
    """The functions of a module that send requests, with the module's own name before."""
    return {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and "api" in inspect.signature(function).parameters
    }


def test_every_function_of_the_client_is_tried() -> None:
    modules = pkgutil.walk_packages(cloudflare.__path__, f"{cloudflare.__name__}.")
    found = set[str]().union(*(functions_of(import_module(module.name)) for module in modules))
    assert found == set(CALLS)


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("templates/customer/own.js", "templates/customer/own.js"),
        ("with space and ünïcode.js", "with%20space%20and%20%C3%BCn%C3%AFcode.js"),
        ("a?b#c%2e", "a%3Fb%23c%252e"),
        ("...", "..."),
        ("a/.b/..c", "a/.b/..c"),
        ("line\nbreak", "line%0Abreak"),
    ],
)
async def test_slashes_of_an_objects_key_stay_and_everything_else_is_encoded(
    key: str, raw: str
) -> None:
    """As the API wants it: it takes slashes of a key literally, and no others."""
    wire = await made(CALLS["r2.get_object"], ("b", key))
    path = f"/client/v4/accounts/{ACCOUNT}/r2/buckets/b/objects/{raw}"
    assert [r.url.raw_path.decode() for r in wire.requests] == [path]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("y/../../../../storage/kv/namespaces/n/values/platform", "'y/../../"),
        ("../../../../../user", "the segment . or .."),
        ("a\\..\\b", "the segment . or .."),
        ("./a", "the segment . or .."),
        ("a//b", "two in a row"),
        ("/a", "begins or ends with a slash"),
        ("a/", "begins or ends with a slash"),
        ("", "is empty"),
        ("k" * 1025, "has 1025 bytes; Cloudflare takes 1024"),
        ("\ud800", "is not valid Unicode"),
    ],
)
async def test_a_key_that_is_not_sent_is_named(key: str, words: str) -> None:
    wire = Wire(answer)
    with pytest.raises(Unsendable) as caught:
        await r2.get_object(api(wire), "b", key, NOW)
    assert caught.value.reason == "InvalidName"
    assert caught.value.message.startswith("the R2 object key ")
    assert words in caught.value.message
    assert wire.requests == []


async def test_a_path_below_another_base_url() -> None:
    wire = Wire(answer)
    client = api(wire, base_url="http://127.0.0.1:8787/client/v4/")
    await zones.list_routes(client, "z", NOW)
    assert str(wire.requests[0].url) == "http://127.0.0.1:8787/client/v4/zones/z/workers/routes"


@pytest.mark.parametrize(
    "path",
    ["/accounts/a/../../user", "//evil.example/x", "/user?x", "/user#x", "https://evil.example/"],
)
async def test_what_would_go_elsewhere_than_meant_is_not_sent(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """However it has come about: the request itself is looked at last."""
    monkeypatch.setattr("workers_operator.cloudflare.api.path_of", lambda *_: path)
    wire = Wire(answer)
    with pytest.raises(Unsendable, match="would go elsewhere; nothing was sent"):
        await zones.get_zone(api(wire), "z", NOW)
    assert wire.requests == []
