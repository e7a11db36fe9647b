"""What kopf is given: lists and watches in which every object can be decoded."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from support.hostile import nested
from workers_operator.kube.responses import SoundResponse

GOOD = '{"metadata": {"name": "good", "uid": "g"}, "spec": {"a": "}]"}}'
DEEP = f'{{"metadata": {{"name": "deep", "uid": "d"}}, "spec": {nested(3000)}}}'
NAMELESS = '{"metadata": 5}'
LARGE = f'{{"metadata": {{"name": "large", "uid": "l"}}, "spec": {{"x": "{"y" * 1_500_000}"}}}}'


class Server:
    """An API server that answers with given texts."""

    def __init__(self) -> None:
        self.page = ""
        self.stream: list[bytes] = []
        self.status = 200

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("watch") != "true" or self.status != 200:
            return web.Response(text=self.page, content_type="application/json", status=self.status)
        response = web.StreamResponse()
        await response.prepare(request)
        for piece in self.stream:
            await response.write(piece)
        return response


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def url(server: Server) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/things", server.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/things"
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(response_class=SoundResponse) as made:
        yield made


def names(events: list[str]) -> list[str]:
    """The names of the objects of watch events, as any JSON decoder reads them."""
    return [str(json.loads(event)["object"]["metadata"]["name"]) for event in events]


async def watched(session: aiohttp.ClientSession, url: str) -> list[str]:
    """What a client reads of a watch, line by line."""
    read = b""
    async with session.get(url, params={"watch": "true"}) as response:
        async for piece in response.content.iter_chunked(1000):
            read += piece
    return read.decode().splitlines()


async def test_a_list_in_which_every_object_can_be_used(
    server: Server, url: str, session: aiohttp.ClientSession
) -> None:
    server.page = (
        f'{{"metadata": {{"resourceVersion": "7"}}, "items": [{GOOD}, {DEEP}, {NAMELESS}]}}'
    )
    async with session.get(url) as response:
        page = await response.json()
    assert page["metadata"] == {"resourceVersion": "7"}
    assert [item["metadata"]["name"] for item in page["items"]] == ["good", "deep"]
    assert page["items"][0]["spec"] == {"a": "}]"}


async def test_what_is_no_list_stays_as_it_is(
    server: Server, url: str, session: aiohttp.ClientSession
) -> None:
    server.page = '{"kind": "APIResourceList", "resources": [{"name": "things"}]}'
    async with session.get(url) as response:
        assert await response.json() == json.loads(server.page)


async def test_a_watch_of_which_every_line_can_be_used(
    server: Server, url: str, session: aiohttp.ClientSession
) -> None:
    objects = [GOOD, DEEP, NAMELESS, LARGE, GOOD]
    lines = "".join(f'{{"type": "ADDED", "object": {o}}}\n' for o in objects).encode()
    broken = b"not json\n\n"
    server.stream = [broken, lines[:2000], lines[2000:-5], lines[-5:]]
    assert names(await watched(session, url)) == ["good", "deep", "large", "good"]


async def test_a_watch_that_ends_within_a_line_is_a_broken_connection(
    server: Server, url: str, session: aiohttp.ClientSession
) -> None:
    server.stream = [f'{{"type": "ADDED", "object": {GOOD}}}\n{{"type": "MODI'.encode()]
    with pytest.raises(aiohttp.ClientPayloadError):
        await watched(session, url)


async def test_the_errors_of_a_watch_can_be_read(
    server: Server, url: str, session: aiohttp.ClientSession
) -> None:
    server.status, server.page = 410, '{"kind": "Status", "code": 410}'
    async with session.get(url, params={"watch": "true"}) as response:
        assert (response.status, await response.json()) == (410, {"kind": "Status", "code": 410})
        with pytest.raises(aiohttp.ClientResponseError):
            response.raise_for_status()


async def test_a_watch_leaves_out_what_echoes_a_write(server: Server, url: str) -> None:
    uid = "0b6cbd9b-8d65-4c4b-9b0e-5bd4d5b2a0e1"
    told: list[tuple[str, int]] = []

    def is_echo(uid: str, version: int) -> bool:
        told.append((uid, version))
        return version == 8

    for kind, name, version in (("ADDED", "a", 8), ("MODIFIED", "b", 8), ("MODIFIED", "c", 9)):
        metadata = f'{{"name":"{name}","resourceVersion":"{version}","uid":"{uid}"}}'
        line = f'{{"type":"{kind}","object":{{"metadata":{metadata},"spec":{{}}}}}}\n'
        server.stream.append(line.encode())
    async with aiohttp.ClientSession(response_class=SoundResponse.without(is_echo)) as session:
        assert names(await watched(session, url)) == ["a", "c"]
    assert told == [(uid, 8), (uid, 9)]
