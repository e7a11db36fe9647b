"""What the telemetry API is asked, and what is made of its answers, odd ones included."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from support.calls import Wire, api, ok, refusal
from support.clock import ManualClock
from support.telemetry import FIRST, SCOPE, event, invocation
from workers_operator.cloudflare import scripts
from workers_operator.cloudflare.errors import CloudflareError, Denied, ServerError, Unreachable
from workers_operator.cloudflare.telemetry import live, queries
from workers_operator.cloudflare.telemetry.events import entry_of
from workers_operator.domain.telemetry.entries import EntryKind, LoggedInvocation, LogScope
from workers_operator.engine.gate import ChangeGate
from workers_operator.engine.priority import Priority

NOW = Priority.EDIT


def found(*events: Any) -> httpx.Response:
    return ok(
        {"run": {}, "statistics": {}, "events": {"count": len(events), "events": list(events)}}
    )


async def page(wire: Wire, limit: int = 10, cursor: str = "", **more: Any) -> queries.LogPage:
    return await queries.page(api(wire, **more), SCOPE, 1000, 2000, cursor, limit, NOW)


async def test_a_query_names_the_workers_scripts_only() -> None:
    wire = Wire(lambda _: found())
    assert await page(wire) == queries.LogPage([], "")
    assert wire.lines == ["POST /workers/observability/telemetry/query"]
    body = wire.body()
    assert (body["timeframe"], body["limit"], body["view"]) == (
        {"from": 1000, "to": 2000},
        10,
        "events",
    )
    service, space = body["parameters"]["filters"]
    assert service["value"] == r"^shop--[0-9a-f]{8}--(0|[1-9][0-9]?)$"
    assert (service["key"], service["operation"]) == ("$metadata.service", "regex")
    assert (space["key"], space["value"]) == ("$workers.dispatchNamespace", "ns")


async def test_a_query_passes_where_nothing_may_be_changed() -> None:
    closed = ChangeGate(ManualClock())
    assert await page(Wire(lambda _: found()), gate=closed) == queries.LogPage([], "")


async def test_a_full_page_leads_to_the_next() -> None:
    wire = Wire(lambda _: found(event(id_="b"), event(id_="a")))
    first = await page(wire, limit=2)
    assert (len(first.entries), first.cursor) == (2, "a")
    await page(wire, limit=2, cursor="a")
    assert (wire.body()["offset"], wire.body()["offsetDirection"]) == ("a", "next")
    assert (await page(wire, limit=3)).cursor == ""


async def test_events_of_other_scripts_are_left_out_whatever_the_api_answers() -> None:
    foreign = [
        event(script="shop--blog--11111111--0"),
        event(script="blog--11111111--0"),
        event(space="other"),
        event() | {"$workers": {"scriptName": "shop--11111111--0"}},
        event() | {"$workers": None},
    ]
    assert (await page(Wire(lambda _: found(*foreign)))).entries == []


def test_events_become_entries() -> None:
    line = entry_of(event("hello"), SCOPE)
    assert line is not None
    assert (line.script, line.at, line.kind, line.level) == (FIRST, 1000, EntryKind.CONSOLE, "log")
    assert (line.text, line.request, line.id) == ("hello", "r1", "e1")
    ended = entry_of(invocation("exceededCpu", 503), SCOPE)
    assert ended is not None
    assert ended.invocation == LoggedInvocation("GET /cart", "exceededCpu", 503, 7, 41.5)
    thrown = {"name": "TypeError", "message": "boom", "stack": "TypeError: boom\n  at x"}
    source = {"level": "error", "message": "TypeError: boom", "exception": thrown}
    failed = entry_of(event(source=source, level="error"), SCOPE)
    assert failed is not None
    assert (failed.kind, failed.text, failed.stack) == (
        EntryKind.EXCEPTION,
        "TypeError: boom",
        "TypeError: boom\n  at x",
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ({"level": "log", "message": "x"}, "x"),
        ({"level": "log", "message": {"a": 1}}, '{"a": 1}'),
        ({"level": "log", "order": 7, "message": "sold"}, '{"order": 7, "message": "sold"}'),
        ({"level": "log"}, "told"),
        ({}, "told"),
        ("plain", "plain"),
        (["odd"], "told"),
        (7, "told"),
        ({"exception": "not an object"}, '{"exception": "not an object"}'),
        ({"exception": {"stack": 7}, "message": 7}, "told"),
    ],
)
def test_scripts_log_what_they_like(source: object, text: str) -> None:
    entry = entry_of(event("told", source=source), SCOPE)
    assert entry is not None
    assert entry.text == text


@pytest.mark.parametrize(
    "odd",
    [
        None, 7, "x", [], {}, {"$metadata": []}, event(at=None), event(at="now"), event(at=-1), event(at=10**30),
        event(at=1.5), event(script=""), event() | {"$metadata": 1, "$workers": 2},
    ],
)  # fmt: skip
def test_what_is_no_event_is_left_out(odd: object) -> None:
    assert entry_of(odd, SCOPE) is None


def test_odd_fields_are_taken_for_missing() -> None:
    odd = invocation()
    odd["$workers"] |= {"cpuTimeMs": "7", "wallTimeMs": -1, "outcome": None, "event": 7}
    odd["$metadata"] |= {"level": "\x1b[2J", "trigger": None, "requestId": 7, "statusCode": True}
    entry = entry_of(odd, SCOPE)
    assert entry is not None
    assert entry.invocation == LoggedInvocation("-", "unknown")
    assert (entry.level, entry.request) == ("log", "")


@pytest.mark.parametrize(
    "content", ["", "null", "[]", "nonsense", '{"success": false}', "[" * 100_000]
)
async def test_an_answer_that_is_none_is_an_error(content: str) -> None:
    with pytest.raises(ServerError):
        await page(Wire(lambda _: httpx.Response(200, text=content)))


async def test_a_token_that_may_not_read_logs_is_told_what_it_needs() -> None:
    with pytest.raises(Denied, match="needs the permission Workers Observability"):
        await page(Wire(lambda _: refusal(403, 10000, "Authentication error")))


@pytest.mark.parametrize(
    "answer", [refusal(500, 1), refusal(429, 971), refusal(400, 10026), refusal(401, 1)]
)
async def test_errors_of_the_api_are_raised(answer: httpx.Response) -> None:
    with pytest.raises(CloudflareError):
        await page(Wire(lambda _: answer))


async def test_a_live_tail_is_opened_and_prolonged() -> None:
    wire = Wire(lambda r: ok({"wsUrl": "wss://x/1"}) if r.url.path.endswith("tail") else ok())
    name = "shop--11111111--0"
    assert await queries.open_tail(api(wire), SCOPE, name, NOW) == "wss://x/1"
    assert wire.body()["scriptId"] == name
    assert wire.body()["filters"] == queries.filters_of(SCOPE)
    await queries.prolong_tail(api(wire), name, NOW)
    assert wire.lines[-1] == "POST /workers/observability/telemetry/live-tail/heartbeat"
    assert wire.body() == {"scriptId": name}
    with pytest.raises(ServerError, match="no wsUrl"):
        await queries.open_tail(api(Wire(lambda _: ok({}))), SCOPE, name, NOW)


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("", 0),
        ("null", 0),
        ("{", 0),
        ("[" * 100_000, 0),
        (json.dumps(event()), 1),
        (json.dumps([event(), event(space="other"), 7]), 1),
    ],
)
def test_messages_of_a_live_tail_are_events(message: str, count: int) -> None:
    assert len(live.entries_of(message, SCOPE)) == count


@pytest.mark.parametrize("cut", [False, True], ids=["closed", "cut"])
async def test_a_websocket_is_read_until_it_ends(cut: bool) -> None:
    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("one")
        await socket.send_bytes(b"two\xff")
        if cut and request.transport is not None:
            request.transport.close()
        await socket.close()
        return socket

    app = web.Application()
    app.router.add_get("/x", serve)
    async with TestServer(app) as server:
        url = f"ws://{server.host}:{server.port}"
        async with live.connect(f"{url}/x", plain=True) as messages:
            assert [message async for message in messages] == ["one", "two�"]
        with pytest.raises(Unreachable, match="cannot be opened") as refused:
            async with live.connect(f"{url}/missing-secret-id", plain=True):
                pass
    assert "missing-secret-id" not in str(refused.value)


@pytest.mark.parametrize("url", ["ws://x/1", "http://x/1", "file:///etc/passwd", "", "wss:x"])
async def test_only_websockets_with_tls_are_opened(url: str) -> None:
    with pytest.raises(ServerError, match="not that of a websocket with TLS"):
        async with live.connect(url):
            pass


@pytest.mark.parametrize(
    ("item", "share"),
    [
        ({}, None),
        ({"observability": None}, 0.0),
        ({"observability": {"enabled": False, "head_sampling_rate": 1}}, 0.0),
        ({"observability": {"enabled": True}}, 1.0),
        ({"observability": {"enabled": True, "head_sampling_rate": 0.1}}, 0.1),
        (
            {
                "observability": {
                    "enabled": False,
                    "logs": {"enabled": True, "head_sampling_rate": 0.2},
                }
            },
            0.2,
        ),
        ({"observability": {"enabled": True, "logs": {"enabled": None}}}, 1.0),
        ({"observability": {"enabled": True, "logs": {"enabled": False}}}, 0.0),
    ],
)
async def test_the_listing_of_scripts_tells_how_much_is_logged(
    item: Mapping[str, Any], share: float | None
) -> None:
    wire = Wire(lambda _: ok([{"script": {"id": "a", **item}}]))
    listed = scripts.list_observed(api(wire), "ns", NOW, tag="worker-shop")
    assert [each async for each in listed] == [("a", share)]
    assert wire.requests[0].url.params["tags"] == "worker-shop:yes"


def test_the_scope_is_quoted_in_the_filter() -> None:
    assert queries.filters_of(LogScope("ns", "a.b"))[0]["value"].startswith(r"^a\.b--")  # type: ignore[attr-defined]
