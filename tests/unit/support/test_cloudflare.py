"""The account in memory: what it tells of calls, how it fails, and what its edge answers."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from support.calls import Wire, api
from support.cloudflare import Cloudflare, KVNamespace, Pair, Script, Stored, Zone
from support.cloudflare.edge import EXCEPTION
from support.cloudflare.uploads import SYNTAX_ERROR
from support.serving import target
from workers_operator.cloudflare import kv, r2, scripts, writes, zones
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.errors import (
    CloudflareError,
    Denied,
    OutcomeUnknown,
    Rejected,
    ScriptRejected,
    ServerError,
    TooManyRequests,
    Unauthorized,
    Unreachable,
)
from workers_operator.domain.content import Code, Content, Module, Sealed
from workers_operator.domain.serving import KeyValue, host_entry
from workers_operator.engine.priority import Priority

NOW = Priority.EDIT
Call = Callable[[Api], Awaitable[object]]


def content(text: str = "export default {}", **secrets: str) -> Content:
    code = Code("inline", "a.js", (Module("a.js", "application/javascript+module", text.encode()),))
    return Content(code, (), {name: Sealed(value) for name, value in secrets.items()})


def full() -> Cloudflare:
    """An account that has one of everything."""
    return Cloudflare(
        zones={"z": Zone("example.com", {"*.example.com/*": "router"})},
        account_scripts={"router": Script.of("")},
        scripts={"ns": {"a": Script.of("a"), "b": Script.of("b")}},
        kv={"k": KVNamespace("TABLE", {"x": Pair("1", {"n": 1})})},
        buckets={"data": {"a/b": Stored(b"1")}, "empty": {}},
    )


def client(cloudflare: Cloudflare) -> Api:
    return api(Wire(cloudflare))


def upload(text: str) -> Call:
    return lambda a: writes.upload_script(a, "ns", "new", content(text), ["t"], NOW)


async def all_of(listing: Any) -> list[Any]:
    return [item async for item in listing]


UPLOAD = upload("export default {}")
PAIRS = [KeyValue("p", "1", {}), KeyValue("q", "2", {})]
WRITES: list[tuple[Call, str]] = [
    (UPLOAD, "PUT script ns/new"),
    (upload(SYNTAX_ERROR), "PUT script ns/new -> 400 10021"),
    (lambda a: writes.delete_script(a, "ns", "a", NOW), "DELETE script ns/a"),
    (lambda a: writes.delete_script(a, "ns", "c", NOW), "DELETE script ns/c -> 404 10092"),
    (lambda a: writes.create_dispatch_namespace(a, "new", NOW), "POST namespace new"),
    (lambda a: writes.upload_account_script(a, "s", content(), [], NOW), "PUT account-script s"),
    (lambda a: writes.delete_account_script(a, "none", NOW),
     "DELETE account-script none -> 404 10007"),
    (lambda a: writes.create_route(a, "z", "a.example.com/*", "router", NOW),
     "POST route example.com a.example.com/*"),
    (lambda a: writes.create_route(a, "z", "*.example.com/*", "router", NOW),
     "POST route example.com *.example.com/* -> 409 10020"),
    (lambda a: writes.delete_route(a, "z", "none", NOW),
     "DELETE route example.com none -> 404 10009"),
    (lambda a: writes.create_kv_namespace(a, "NEW", NOW), "POST kv-namespace NEW"),
    (lambda a: writes.delete_kv_namespace(a, "k", NOW), "DELETE kv-namespace TABLE"),
    (lambda a: writes.write_pairs(a, "k", PAIRS, NOW), "PUT kv TABLE p q"),
    (lambda a: writes.delete_keys(a, "k", ["x", "y"], NOW), "DELETE kv TABLE x y"),
    (lambda a: writes.create_bucket(a, "new", NOW), "POST bucket new"),
    (lambda a: writes.delete_bucket(a, "empty", NOW), "DELETE bucket empty"),
    (lambda a: writes.delete_bucket(a, "data", NOW), "DELETE bucket data -> 409 10008"),
    (lambda a: writes.put_object(a, "data", "c/d", b"", "a/b", NOW), "PUT object data/c/d"),
]  # fmt: skip
READS: list[tuple[Call, str]] = [
    (lambda a: zones.get_zone(a, "z", NOW), "GET zone example.com"),
    (lambda a: zones.list_routes(a, "z", NOW), "GET routes example.com"),
    (lambda a: scripts.list_account_scripts(a, NOW), "GET account-scripts"),
    (lambda a: scripts.list_namespaces(a, NOW), "GET namespaces"),
    (lambda a: all_of(scripts.list_scripts(a, "ns", NOW)), "GET scripts ns"),
    (lambda a: scripts.find_script(a, "ns", "a", NOW), "GET script ns/a"),
    (lambda a: all_of(kv.list_namespaces(a, NOW)), "GET kv-namespaces"),
    (lambda a: all_of(kv.list_keys(a, "k", NOW)), "GET keys TABLE"),
    (lambda a: kv.get_value(a, "k", "a/b", NOW), "GET kv TABLE a/b -> 404 10009"),
    (lambda a: all_of(r2.list_buckets(a, NOW)), "GET buckets"),
    (lambda a: all_of(r2.list_objects(a, "data", "a", NOW)), "GET objects data/a"),
    (lambda a: r2.get_object(a, "data", "a/b", NOW), "GET object data/a/b"),
]


async def outcome(call: Awaitable[object]) -> CloudflareError | None:
    try:
        await call
    except CloudflareError as error:
        return error
    return None


@pytest.mark.parametrize(("call", "line"), WRITES, ids=lambda x: x if isinstance(x, str) else "")
async def test_writes_are_told(call: Call, line: str) -> None:
    cloudflare = full()
    await outcome(call(client(cloudflare)))
    assert (cloudflare.writes, cloudflare.reads) == ([line], [])


@pytest.mark.parametrize(("call", "line"), READS, ids=lambda x: x if isinstance(x, str) else "")
async def test_reads_are_told(call: Call, line: str) -> None:
    cloudflare = full()
    await outcome(call(client(cloudflare)))
    assert (cloudflare.writes, cloudflare.reads) == ([], [line])


async def test_what_was_written_is_plain_to_read() -> None:
    cloudflare = full()
    api = client(cloudflare)
    await upload("export default 1")(api)
    await writes.write_pairs(api, "k", [KeyValue("p", "é", {"n": 2})], NOW)
    await writes.put_object(api, "data", "c", b"2", "text/plain", NOW)
    await writes.create_route(api, "z", "a.example.com/*", "router", NOW)
    script = cloudflare.scripts["ns"]["new"]
    assert (script.text, script.tags, script.main) == ("export default 1", ["t"], "a.js")
    assert cloudflare.kv_titled("TABLE").pairs["p"] == Pair("é", {"n": 2})
    assert cloudflare.buckets["data"]["c"] == Stored(b"2", "text/plain")
    assert cloudflare.zones["z"].routes["a.example.com/*"] == "router"
    with pytest.raises(KeyError):
        cloudflare.kv_titled("none")


async def test_a_script_that_does_not_start_is_refused_in_its_own_words_and_not_stored() -> None:
    cloudflare = full()
    bad = content(f"const key = 'hush-hush' {SYNTAX_ERROR}", KEY="hush-hush")
    with pytest.raises(ScriptRejected, match=r"const key = '\[secret\]'"):
        await writes.upload_script(client(cloudflare), "ns", "new", bad, [], NOW)
    assert "new" not in cloudflare.scripts["ns"]


async def test_pages_are_as_small_as_the_account_makes_them() -> None:
    cloudflare = full()
    cloudflare.page_size = 1
    api = client(cloudflare)
    assert [s.name for s in await all_of(scripts.list_scripts(api, "ns", NOW))] == ["a", "b"]
    assert await all_of(r2.list_buckets(api, NOW)) == ["data", "empty"]
    assert cloudflare.reads == ["GET scripts ns"] * 2 + ["GET buckets"] * 2


FAULTS: list[tuple[dict[str, Any], type[CloudflareError], bool, list[str]]] = [
    ({}, ServerError, False, ["PUT script ns/new -> 500"]),
    ({"status": 503}, ServerError, False, ["PUT script ns/new -> 503"]),
    ({"status": 429}, TooManyRequests, False, ["PUT script ns/new -> 429 971"]),
    ({"code": 10037}, Rejected, False, ["PUT script ns/new -> 400 10037"]),
    ({"code": 10035, "status": 409}, ServerError, False, ["PUT script ns/new -> 409 10035"]),
    ({"lose_answer": True}, OutcomeUnknown, True, ["PUT script ns/new"]),
    ({"refuse_connection": True}, Unreachable, False, []),
]


@pytest.mark.parametrize(("fault", "error", "stored", "writes"), FAULTS)
@pytest.mark.parametrize("match", ["", "PUT", "script ns/new"])
async def test_faults(
    match: str,
    fault: dict[str, Any],
    error: type[CloudflareError],
    stored: bool,
    writes: list[str],
) -> None:
    cloudflare = full()
    cloudflare.fail(match, **fault)
    with pytest.raises(error):
        await UPLOAD(client(cloudflare))
    assert ("new" in cloudflare.scripts["ns"], cloudflare.writes) == (stored, writes)
    await UPLOAD(client(cloudflare))  # it was to fail once


async def test_a_fault_hits_the_calls_it_means_as_often_as_it_says() -> None:
    cloudflare = full()
    fault = cloudflare.fail("script ns/", times=2)
    api = client(cloudflare)
    assert await scripts.list_namespaces(api, NOW) == [("ns", False)]
    for _ in range(2):
        assert isinstance(await outcome(UPLOAD(api)), ServerError)
    assert fault.times == 0
    await UPLOAD(api)


async def test_a_token_can_be_taken_away() -> None:
    cloudflare = full()
    cloudflare.tokens.clear()
    with pytest.raises(Unauthorized):
        await scripts.find_script(client(cloudflare), "ns", "new", NOW)
    with pytest.raises(Denied):
        await UPLOAD(client(cloudflare))
    assert cloudflare.writes == ["PUT script ns/new -> 403 10000"]


async def test_answers_tell_what_is_left_of_the_window() -> None:
    cloudflare = full()
    cloudflare.requests_left = 7
    api = client(cloudflare)
    await scripts.list_account_scripts(api, NOW)
    assert api.budget.left == 7


# -- the data plane

HASH = "0a1b2c3d"


def published() -> Cloudflare:
    """A dispatcher for example.com, and shop.example.com with some paths."""
    bindings = [
        {"type": "dispatch_namespace", "name": "DISPATCHER", "namespace": "ns"},
        {"type": "kv_namespace", "name": "WORKER_METADATA", "namespace_id": "k"},
    ]
    paths = {
        "": target("shop", "c", HASH, 1),
        "/two": target("two", "c", HASH, 2),
        "/parked": target("shop", "c", HASH, 0),
        "/gone": target("gone", "c", HASH, 3),
        "/bad": target("bad", "c", HASH, 1),
        "/pre*": target("pre", "c", HASH, 1),
        "=/exact": target("exact", "c", HASH, 1),
    }
    entries = [
        host_entry("shop.example.com", paths),
        host_entry("*.eu.example.com", {"/a": target("shop", "c", "11111111", 1)}),
    ]
    names = ("shop", "pre", "exact")
    scripts = {f"{name}--{HASH}--0": Script.of("") for name in names}
    scripts |= {f"two--{HASH}--1": Script.of(""), f"bad--{HASH}--0": Script.of(EXCEPTION)}
    pairs = {entry.key: Pair(entry.value, entry.metadata) for entry in entries}
    pairs |= {"host:torn.example.com": Pair("{"), "host:odd.example.com": Pair('{"routes": 1}')}
    route = {"path": "", "worker": "x", "script": "x", "stable": {"hash": "", "instances": 1}}
    pairs["host:less.example.com"] = Pair(json.dumps({"routes": [None, {"path": 1}, route]}))
    return Cloudflare(
        zones={"z": Zone("example.com", {"*.example.com/*": "router"}), "y": Zone("other.com")},
        account_scripts={"router": Script.of("", bindings=bindings), "plain": Script.of("")},
        scripts={"ns": scripts},
        kv={"k": KVNamespace("WORKER_METADATA", pairs)},
    )


@pytest.mark.parametrize(
    ("host", "path", "answer"),
    [
        ("shop.example.com", "/", (200, HASH, "")),
        ("SHOP.example.com.", "/any/thing?x=1", (200, HASH, "")),
        ("shop.example.com", "/two", (200, HASH, "")),  # its first instance is missing
        ("shop.example.com", "/twofold", (200, HASH, "")),  # not below /two
        ("shop.example.com", "/prefix", (200, HASH, "")),
        ("shop.example.com", "/exact", (200, HASH, "")),
        ("shop.example.com", "/parked/x", (503, HASH, "parked")),
        ("shop.example.com", "/gone?x", (503, HASH, "worker_unavailable")),
        ("shop.example.com", "/bad", (500, HASH, "worker_exception")),
        ("none.example.com", "/", (404, None, "unknown_host")),
        ("a.eu.example.com", "/b", (404, None, "no_route")),
        ("b.a.eu.example.com", "/a", (503, "11111111", "worker_unavailable")),
        ("eu.example.com", "/a", (404, None, "unknown_host")),
        ("torn.example.com", "/", (500, None, "bad_routing_entry")),
        ("odd.example.com", "/", (500, None, "bad_routing_entry")),
        ("less.example.com", "/", (500, None, "bad_routing_entry")),
        ("example.com", "/", (0, None, "no connection")),
        ("other.com", "/", (0, None, "no connection")),
        ("shop.nowhere.com", "/", (0, None, "no connection")),
    ],
)
def test_what_a_visitor_gets(host: str, path: str, answer: tuple[int, str | None, str]) -> None:
    assert published().answer(host, path) == answer


@pytest.mark.parametrize(
    ("routes", "status"),
    [
        ({"*.example.com/*": "router"}, 200),
        ({"*example.com/*": "router"}, 200),
        ({"https://SHOP.example.com/*": "router"}, 200),
        ({"shop.example.com/a*": "router"}, 200),
        ({"shop.example.com/a": "router"}, 200),
        ({"shop.example.com/b*": "router"}, 0),
        ({"shop.example.com": "router"}, 0),
        ({"*.example.com/*": "router", "shop.example.com/*": None}, 0),
        ({"*.example.com/*": None, "shop.example.com/*": "router"}, 200),
        ({"shop.example.com/*": None, "shop.example.com/a*": "router"}, 200),
        ({"shop.example.com/a*": None, "shop.example.com/a": "router"}, 200),
        ({"*/*": None, "*.example.com/a*": "router"}, 200),
        ({"*.example.com/*": "plain"}, 0),
        ({"*.example.com/*": "none"}, 0),
    ],
)
def test_the_most_specific_route_has_to_lead_to_a_dispatcher(
    routes: dict[str, str | None], status: int
) -> None:
    cloudflare = published()
    cloudflare.zones["z"].routes = routes
    assert cloudflare.answer("shop.example.com", "/a").status == status


def test_the_closest_zone_has_the_routes() -> None:
    cloudflare = published()
    cloudflare.zones["x"] = Zone("shop.example.com")
    assert cloudflare.answer("shop.example.com").status == 0


@pytest.mark.parametrize(
    ("lost", "error"), [("kv", "routing_unavailable"), ("scripts", "worker_unavailable")]
)
def test_a_dispatcher_without_what_it_is_bound_to(lost: str, error: str) -> None:
    cloudflare = published()
    getattr(cloudflare, lost).clear()
    assert cloudflare.answer("shop.example.com").error == error
