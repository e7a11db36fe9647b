"""The telemetry API: what scripts have logged can be found."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import Popen
from typing import Any

import aiohttp
import pytest

from edge.rig import Edge, Schemas, code, result, until
from local_edge.analytics.search import filter_of, keys_of, needle_of
from local_edge.jsontypes import JsonObject

SOURCE = """export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    console.log('seen', pathname, { a: 1 });
    if (pathname === '/object') console.warn({ order: 7, message: 'sold' });
    if (pathname === '/throw') throw new TypeError('boom');
    if (pathname === '/flood') for (let i = 0; i < 2000; i++) console.log('x'.repeat(1000));
    return new Response('ok');
  },
  scheduled() { console.log('tick'); },
};"""
OBSERVED = {"observability": {"enabled": True}}


def path(edge: Edge, action: str) -> str:
    return f"{edge.account}/workers/observability/telemetry/{action}"


def frame(**more: Any) -> dict[str, Any]:
    now = round(time.time() * 1000)
    return {"from": now - 600_000, "to": now + 60_000, **more}


def service(name: str) -> dict[str, Any]:
    return {"key": "$metadata.service", "operation": "eq", "type": "string", "value": name}


async def found(edge: Edge, *filters: dict[str, Any], **body: Any) -> dict[str, Any]:
    asked = {
        "queryId": "test",
        "timeframe": frame(),
        "view": "events",
        "limit": 1000,
        "parameters": {"filters": list(filters)},
        **body,
    }
    answer: dict[str, Any] = result(await edge.api.post(path(edge, "query"), json=asked))
    return answer


async def logged(edge: Edge, name: str, count: int) -> list[dict[str, Any]]:
    """The events of a script, oldest first, once there are as many as expected."""
    events: list[dict[str, Any]] = []

    async def all_there() -> bool:
        events[:] = (await found(edge, service(name)))["events"]["events"]
        return len(events) >= count

    await until(all_there, f"{count} events were expected")
    assert len(events) == count
    return events[::-1]


async def test_lines_exceptions_and_invocations_are_events(edge: Edge, name: str) -> None:
    await edge.script(name, SOURCE, **OBSERVED)
    version = result(await edge.api.get(f"{edge.account}/workers/scripts/{name}/versions"))
    assert (await edge.get(name, "/p?q=1")).status_code == 200
    line, invocation = await logged(edge, name, 2)
    if line["$metadata"]["type"] == "cf-worker-event":
        line, invocation = invocation, line
    assert line["source"] == {"level": "log", "message": 'seen /p {"a": 1}'}
    assert line["$metadata"]["trigger"] == "GET /p"
    assert line["$workers"]["event"]["request"]["url"] == f"https://{name}.code24.dev/p?q=1"
    assert invocation["$metadata"]["type"] == "cf-worker-event"
    assert invocation["$metadata"]["statusCode"] == 200
    assert invocation["$workers"]["outcome"] == "ok"
    assert invocation["$workers"]["scriptVersion"]["id"] == version["items"][0]["id"]
    assert invocation["$metadata"]["requestId"] == line["$metadata"]["requestId"]
    await edge.get(name, "/throw")
    events = await logged(edge, name, 5)
    thrown = next(event for event in events if "exception" in event["source"])
    assert thrown["source"]["message"] == "TypeError: boom"
    assert "index.js" in thrown["source"]["exception"]["stack"]
    assert (thrown["$metadata"]["level"], thrown["$workers"]["outcome"]) == ("error", "exception")


async def test_a_logged_object_is_found_by_its_fields(edge: Edge, name: str) -> None:
    await edge.script(name, SOURCE, **OBSERVED)
    for wanted in ("/object", "/"):
        await edge.get(name, wanted)
    await logged(edge, name, 5)
    order = {"key": "order", "operation": "gte", "type": "number", "value": 7}
    events = (await found(edge, service(name), order))["events"]
    assert events["count"] == 1
    assert events["events"][0]["source"] == {"level": "warn", "order": 7, "message": "sold"}
    keys = result(
        await edge.api.post(path(edge, "keys"), json={**frame(), "filters": [service(name)]})
    )
    assert {"key": "order", "type": "number"}.items() <= next(
        key for key in keys if key["key"] == "order"
    ).items()
    body = {
        "datasets": ["cloudflare-workers"],
        "key": "$metadata.level",
        "type": "string",
        "timeframe": frame(),
        "filters": [service(name)],
    }
    values = result(await edge.api.post(path(edge, "values"), json=body))
    assert {value["value"] for value in values} == {"log", "warn", "info"}


async def test_pages_of_events_are_cut_by_limit_and_offset(edge: Edge, name: str) -> None:
    await edge.script(name, SOURCE, **OBSERVED)
    for _ in range(3):
        await edge.get(name)
    ids = [event["$metadata"]["id"] for event in (await logged(edge, name, 6))[::-1]]
    first = (await found(edge, service(name), limit=4))["events"]
    assert (first["count"], len(first["events"])) == (6, 4)
    rest = (await found(edge, service(name), limit=4, offset=ids[3]))["events"]["events"]
    assert [event["$metadata"]["id"] for event in rest] == ids[4:]
    grouped = (await found(edge, service(name), view="invocations"))["invocations"]
    assert [len(events) for events in grouped.values()] == [2, 2, 2]
    late = await found(edge, service(name), timeframe=frame(to=round(time.time() * 1000) - 300_000))
    assert late["events"]["events"] == []


async def test_only_what_is_observed_is_logged(edge: Edge, name: str) -> None:
    await edge.script(f"{name}-silent", SOURCE)
    lines = {"enabled": True, "logs": {"enabled": True, "invocation_logs": False}}
    await edge.script(f"{name}-lines", SOURCE, observability=lines)
    await edge.script(
        f"{name}-none", SOURCE, observability={"enabled": True, "head_sampling_rate": 0}
    )
    await edge.script(
        f"{name}-half", SOURCE, observability={"enabled": True, "head_sampling_rate": 0.5}
    )
    for suffix in ("silent", "lines", "none"):
        await edge.get(f"{name}-{suffix}")
    for _ in range(100):
        await edge.get(f"{name}-half")
    await logged(edge, f"{name}-lines", 1)
    await asyncio.sleep(1)  # whatever else there was would have come, too
    assert (await found(edge, service(f"{name}-silent")))["events"]["count"] == 0
    assert (await found(edge, service(f"{name}-none")))["events"]["count"] == 0
    half = (await found(edge, service(f"{name}-half")))["events"]["count"]
    assert half % 2 == 0
    assert 50 <= half <= 150
    settings = f"{edge.account}/workers/scripts/{name}-silent/script-settings"
    assert (await edge.api.patch(settings, json=OBSERVED)).status_code == 200
    await edge.get(f"{name}-silent")
    await logged(edge, f"{name}-silent", 2)


async def test_scripts_of_a_dispatch_namespace_and_scheduled_events(edge: Edge, name: str) -> None:
    scripts = await edge.namespace(name)
    await edge.upload(f"{scripts}/{name}-one", SOURCE, **OBSERVED)
    source = "export default { fetch: (request, env) => env.SPACE.get('%s-one').fetch(request) }"
    binding = {"type": "dispatch_namespace", "name": "SPACE", "namespace": name}
    await edge.script(name, source % name, bindings=[binding])
    assert (await edge.get(name, "/x")).text == "ok"
    events = await logged(edge, f"{name}-one", 2)
    assert {event["$workers"]["dispatchNamespace"] for event in events} == {name}
    await edge.script(f"{name}-cron", SOURCE, **OBSERVED)
    body = {"script": f"{name}-cron", "cron": "1 2 3 4 5"}
    await edge.data.post(f"{edge.admin_url}/scheduled", json=body)
    events = await logged(edge, f"{name}-cron", 2)
    assert {event["$workers"]["eventType"] for event in events} == {"cron"}
    assert {event["$metadata"]["trigger"] for event in events} == {"1 2 3 4 5"}


async def test_a_flood_of_logs_is_cut_and_harms_nobody(edge: Edge, name: str) -> None:
    await edge.script(name, SOURCE, **OBSERVED)
    await asyncio.gather(*(edge.get(name, "/flood") for _ in range(10)))

    async def truncated() -> bool:
        cut = {"key": "$workers.truncated", "operation": "eq", "type": "boolean", "value": True}
        return bool((await found(edge, service(name), cut, limit=1))["events"]["count"])

    await until(truncated, "no event is marked as truncated")
    assert (await edge.get(name)).status_code == 200


async def test_logs_survive_the_end_of_the_edge(
    schemas: Schemas, start: Callable[..., AbstractContextManager[Popen[bytes]]], tmp_path: Path
) -> None:
    with start():
        edge = Edge(tmp_path, schemas)
        await edge.script("kept", SOURCE, **OBSERVED)
        await edge.get("kept")
        await logged(edge, "kept", 2)
        await edge.close()
    with start():
        edge = Edge(tmp_path, schemas)
        await logged(edge, "kept", 2)
        await edge.get("kept")
        await logged(edge, "kept", 4)
        await edge.close()


async def test_a_live_tail_gets_the_events_that_it_asks_for(edge: Edge, name: str) -> None:
    await edge.script(name, SOURCE, **OBSERVED)
    assert (
        code(await edge.api.post(path(edge, "live-tail/heartbeat"), json={"scriptId": name}))[0]
        == 404
    )
    errors = {"key": "$metadata.level", "operation": "eq", "type": "string", "value": "error"}
    body = {"scriptId": name, "filters": [errors]}
    url = result(await edge.api.post(path(edge, "live-tail"), json=body))["wsUrl"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await edge.get(name)
        await edge.get(name, "/throw")
        first = await socket.receive_json(timeout=20)
        assert first["$metadata"]["message"] == "TypeError: boom"
        beat = await edge.api.post(path(edge, "live-tail/heartbeat"), json={"scriptId": name})
        assert beat.status_code == 200
    for wrong in ({}, {"scriptId": 1}, {"scriptId": "x", "filters": {}}):
        assert code(await edge.api.post(path(edge, "live-tail"), json=wrong)) == (400, 10026)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"timeframe": {"from": 2, "to": 1}},
        {"view": "traces"},
        {"limit": 0},
        {"parameters": {"filters": {}}},
        {"parameters": {"filters": [{"key": "x"}]}},
        {"parameters": {"filters": [{"key": "x", "operation": "like", "type": "string", "value": 1}]}},
        {"parameters": {"filters": [{"key": "x", "operation": "regex", "type": "string", "value": "("}]}},
        {"parameters": {"filters": [{"key": "x", "operation": "gt", "type": "number", "value": "a"}]}},
        {"parameters": {"filters": [], "filterCombination": "xor"}},
        {"parameters": {"needle": "x"}},
    ],
)  # fmt: skip
async def test_a_wrong_query_is_refused(edge: Edge, body: dict[str, Any]) -> None:
    asked = {"queryId": "test", "timeframe": frame(), **body} if body else {}
    assert code(await edge.api.post(path(edge, "query"), json=asked)) == (400, 10026)


EVENT: dict[str, Any] = {
    "$metadata": {"service": "shop", "level": "error"},
    "source": {"message": "Sold out", "order": 7, "paid": True},
    "timestamp": 5,
}


@pytest.mark.parametrize(
    ("key", "operation", "value", "expected"),
    [
        ("$metadata.service", "eq", "shop", True),
        ("$metadata.service", "=", "stop", False),
        ("$metadata.service", "neq", "stop", True),
        ("$metadata.service", "in", "stop, shop", True),
        ("$metadata.service", "NOT_IN", "stop, shop", False),
        ("$metadata.service", "starts_with", "sh", True),
        ("$metadata.service", "ends_with", "sh", False),
        ("source.message", "includes", "out", True),
        ("message", "DOES_NOT_INCLUDE", "out", False),
        ("message", "regex", "^Sold (out|in)$", True),
        ("order", "gt", 6, True),
        ("order", "<=", 6, False),
        ("paid", "eq", True, True),
        ("nothing", "exists", None, False),
        ("nothing", "is_null", None, True),
        ("nothing", "eq", "x", False),
        ("nothing", "neq", "x", True),
    ],
)
def test_filters_of_logs(key: str, operation: str, value: Any, expected: bool) -> None:
    leaf: JsonObject = {"key": key, "operation": operation, "type": "string", "value": value}
    assert filter_of([leaf], "and")(EVENT) is expected
    group: JsonObject = {"kind": "group", "filterCombination": "or", "filters": [leaf]}
    assert filter_of([group], None)(EVENT) is expected


def test_needles_and_keys() -> None:
    assert needle_of({"value": "sold OUT"})(EVENT)
    assert not needle_of({"value": "sold OUT", "matchCase": True})(EVENT)
    assert needle_of({"value": "s.ld", "isRegex": True})(EVENT)
    assert not needle_of({"value": "s.ld"})(EVENT)
    assert ("order", "number", 5) in keys_of([EVENT])
