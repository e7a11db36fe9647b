"""Tails: clients that watch the events of a script over a websocket."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from edge.metrics import about
from edge.rig import Edge, code, result
from local_edge.events.filters import passes

BUSY_MS = 250  # what a busy machine may add

SOURCE = """export default {
  fetch(request) {
    console.log('seen', new URL(request.url).pathname, { a: 1 });
    console.error('bad');
    if (request.url.endsWith('/throw')) throw new TypeError('boom');
    return new Response('ok');
  },
  scheduled() { console.log('tick'); },
};"""


@asynccontextmanager
async def watching(
    edge: Edge, name: str, **body: Any
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    path = f"{edge.account}/workers/scripts/{name}/tails"
    headers = {"content-type": "text/plain"}
    tail = result(await edge.api.post(path, content=json.dumps(body), headers=headers))
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(tail["url"], protocols=["trace-v1"]) as socket,
    ):
        assert socket.protocol == "trace-v1"
        await socket.send_str('{"debug": false}')
        yield socket
    assert (await edge.api.delete(f"{path}/{tail['id']}")).status_code == 200


async def event(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    found: dict[str, Any] = await socket.receive_json(timeout=20)
    return found


async def test_requests_logs_and_exceptions_are_seen(edge: Edge, name: str) -> None:
    await edge.script(name, SOURCE)
    async with watching(edge, name) as socket:
        assert (await edge.get(name, "/p")).text == "ok"
        seen = await event(socket)
        assert (seen["scriptName"], seen["outcome"]) == (name, "ok")
        assert [(log["level"], log["message"]) for log in seen["logs"]] == [
            ("log", ["seen", "/p", {"a": 1}]),
            ("error", ["bad"]),
        ]
        assert seen["event"]["request"]["url"] == f"https://{name}.code24.dev/p"
        assert seen["event"]["request"]["method"] == "GET"
        assert seen["event"]["response"]["status"] == 200
        versions = result(await edge.api.get(f"{edge.account}/workers/scripts/{name}/versions"))
        assert seen["scriptVersion"]["id"] == versions["items"][0]["id"]
        await edge.get(name, "/throw")
        failed = await event(socket)
        assert failed["outcome"] == "exception"
        assert [(e["name"], e["message"]) for e in failed["exceptions"]] == [("TypeError", "boom")]
        body = {"script": name, "cron": "1 2 3 4 5"}
        await edge.data.post(f"{edge.admin_url}/scheduled", json=body)
        ticked = await event(socket)
        assert (ticked["event"]["cron"], ticked["logs"][0]["message"]) == ("1 2 3 4 5", ["tick"])


async def test_the_times_of_an_event_are_those_of_the_script(edge: Edge, name: str) -> None:
    source = """export default { async fetch(request) {
      if (request.url.endsWith('/spin')) { const end = performance.now() + 150; while (performance.now() < end); }
      await scheduler.wait(150);
      return new Response('ok');
    } }"""
    await edge.script(name, source)
    async with watching(edge, name) as socket:
        for path, cpu, wall in (("/", 0, 150), ("/spin", 150, 300), ("/", 0, 150)):
            await edge.get(name, path)
            seen = await event(socket)
            assert about(seen["cpuTime"], cpu, BUSY_MS)
            assert about(seen["wallTime"], wall, BUSY_MS)


async def test_a_tail_sees_its_own_script_only_and_filters_it(edge: Edge, name: str) -> None:
    await edge.script(name, SOURCE)
    await edge.script(f"{name}-other", SOURCE)
    filters = [{"method": ["POST"]}, {"query": "wanted"}]
    async with watching(edge, name, filters=filters) as socket:
        await edge.get(f"{name}-other", "/wanted")
        await edge.get(name, "/wanted")
        host = {"host": f"{name}.code24.dev"}
        await edge.data.post("/other", headers=host)
        await edge.data.post("/wanted", headers=host)
        seen = await event(socket)
        assert (seen["scriptName"], seen["event"]["request"]["method"]) == (name, "POST")
        assert seen["event"]["request"]["url"].endswith("/wanted")


async def test_a_new_version_is_seen_too(edge: Edge, name: str) -> None:
    await edge.script(name, SOURCE)
    async with watching(edge, name) as socket:
        await edge.script(name, SOURCE.replace("seen", "changed"))
        await edge.get(name)
        assert (await event(socket))["logs"][0]["message"][0] == "changed"


async def test_tails_are_listed_ended_and_limited(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", SOURCE)
    path = f"{edge.account}/workers/scripts/{name}/tails"
    assert code(await edge.api.get(path)) == (404, 10059)
    first = result(await edge.api.post(path))
    assert result(await edge.api.get(path)) == first
    for _ in range(9):
        await edge.api.post(path, json={"filters": []})
    assert code(await edge.api.post(path)) == (400, 10058)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(first["url"], protocols=["trace-v1"]) as socket:
            await edge.api.delete(f"{path}/{first['id']}")
            assert (await socket.receive(timeout=20)).type == aiohttp.WSMsgType.CLOSE
        async with session.get(first["url"].replace("ws:", "http:")) as gone:
            assert gone.status == 404
    assert code(await edge.api.delete(f"{path}/{first['id']}")) == (404, 10059)
    for wrong in (b"{", b"[]", b'{"filters": {}}', b'{"filters": [{"color": 1}]}'):
        assert code(await edge.api.post(path, content=wrong)) == (400, 10026)


EVENT: dict[str, Any] = {
    "outcome": "exception",
    "scriptVersion": {"id": "v"},
    "logs": [{"level": "log", "message": ["a word", 7]}],
    "event": {
        "request": {
            "method": "GET",
            "headers": {"accept": "Text/HTML", "cf-connecting-ip": "1.2.3.4"},
        }
    },
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"outcome": ["ok", "exception"]}, True),
        ({"outcome": ["ok"]}, False),
        ({"method": ["get"]}, True),
        ({"method": ["POST"]}, False),
        ({"header": {"key": "Accept"}}, True),
        ({"header": {"key": "accept", "query": "html"}}, True),
        ({"header": {"key": "accept", "query": "json"}}, False),
        ({"header": {"key": "cookie"}}, False),
        ({"client_ip": ["1.2.3.4"]}, True),
        ({"client_ip": ["self"]}, True),
        ({"client_ip": ["4.3.2.1"]}, False),
        ({"query": "word"}, True),
        ({"query": "words"}, False),
        ({"scriptVersion": "v"}, True),
        ({"scriptVersion": "w"}, False),
        ({"sampling_rate": 0}, False),
        ({"sampling_rate": 1}, True),
    ],
)
def test_filters(rule: dict[str, Any], expected: bool) -> None:
    assert passes(EVENT, [rule]) is expected
    assert passes(EVENT, [{"outcome": ["exception"]}, rule]) is expected
