"""The watch of metadata: everything once, then every change, and none is lost when the connection is."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from workers_operator.kube.watch import MetadataWatch

PATH = "/api/v1/configmaps"
PATIENCE = 10.0
Change = tuple[str, str, Mapping[str, Any] | None]


def metadata(name: str, version: int, namespace: str = "shop") -> dict[str, Any]:
    found = {"name": name, "namespace": namespace, "resourceVersion": str(version)}
    return {"metadata": found | {"labels": {"is": name}}}


class Server:
    """An API server with ConfigMaps. ``page`` is how many it lists at once; ``answers`` may come before its own."""

    def __init__(self) -> None:
        self.objects: dict[str, int] = {}
        self.version = 10
        self.page = 500
        self.requests: list[web.Request] = []
        self.answers: list[Callable[[], web.StreamResponse]] = []
        self.streams: asyncio.Queue[Stream] = asyncio.Queue()

    def put(self, name: str) -> None:
        """Another version of an object, of which no watch is told."""
        self.version += 1
        self.objects[name] = self.version

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if self.answers:
            return self.answers.pop(0)()
        if request.query.get("watch") == "1":
            stream = Stream(request)
            await stream.open()
            self.streams.put_nowait(stream)
            await stream.ended.wait()
            return stream.response
        names = sorted(self.objects)
        start = int(request.query.get("continue") or 0)
        more = str(start + self.page) if start + self.page < len(names) else ""
        shown = names[start : start + self.page]
        return web.json_response(
            {
                "metadata": {"resourceVersion": str(self.version), "continue": more},
                "items": [metadata(name, self.objects[name]) for name in shown],
            }
        )

    async def stream(self) -> "Stream":
        """The next watch that is opened."""
        return await asyncio.wait_for(self.streams.get(), PATIENCE)

    @property
    def lists(self) -> list[web.Request]:
        return [r for r in self.requests if "watch" not in r.query]


class Stream:
    """One watch connection."""

    def __init__(self, request: web.Request) -> None:
        self.request, self.response, self.ended = request, web.StreamResponse(), asyncio.Event()

    async def open(self) -> None:
        await self.response.prepare(self.request)

    async def tell(self, kind: str, obj: dict[str, Any]) -> None:
        await self.response.write(json.dumps({"type": kind, "object": obj}).encode() + b"\n")

    def end(self) -> None:
        """As the API server does after its time."""
        self.ended.set()

    def lose(self) -> None:
        """The connection breaks."""
        assert self.request.transport is not None
        self.request.transport.abort()
        self.ended.set()


class FakeAccess:
    """The part of Access that a watch needs."""

    def __init__(self, server: str) -> None:
        self.server = server

    async def headers(self) -> dict[str, str]:
        return {"authorization": "Bearer t"}

    async def session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession()


class Watching:
    """A watch that runs, and what it tells."""

    def __init__(self, server: Server, url: str) -> None:
        self.server = server
        self.told: asyncio.Queue[Change] = asyncio.Queue()
        self.pauses: list[float] = []
        self.gone: set[str] = set()  # of the last changes
        self.denials = 0
        self.watch = MetadataWatch(
            FakeAccess(url), PATH, lambda *change: self.told.put_nowait(change), denied=self.denied
        )

    def denied(self) -> None:
        self.denials += 1

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    async def next(self, number: int) -> set[str]:
        """The names of the next changes."""
        changes = [await asyncio.wait_for(self.told.get(), PATIENCE) for _ in range(number)]
        assert all(namespace == "shop" for namespace, _, _ in changes)
        assert all(found is None or found["labels"] == {"is": n} for _, n, found in changes)
        self.gone = {name for _, name, found in changes if found is None}
        return {name for _, name, _ in changes}

    async def nothing_before(self, stream: Stream, version: int) -> None:
        """Nothing has been told that comes before a change that is made now."""
        await stream.tell("MODIFIED", metadata("marker", version))
        assert await self.next(1) == {"marker"}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def watching(server: Server) -> AsyncIterator[Watching]:
    app = web.Application()
    app.router.add_get(PATH, server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    watching = Watching(server, f"http://127.0.0.1:{port}")
    for name in ("a", "b"):
        server.put(name)
    task = asyncio.ensure_future(watching.watch.run(watching.sleep))
    yield watching
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await runner.cleanup()


async def test_everything_once_then_every_change(server: Server, watching: Watching) -> None:
    assert await watching.next(2) == {"a", "b"}
    stream = await server.stream()
    assert stream.request.query["resourceVersion"] == str(server.version)
    assert stream.request.query["allowWatchBookmarks"] == "true"
    assert (
        int(stream.request.query["timeoutSeconds"]) <= 100
    )  # a cut that nobody tells of shows soon after
    for kind, name in (("ADDED", "c"), ("MODIFIED", "a"), ("DELETED", "b")):
        await stream.tell(kind, metadata(name, 20))
        assert await watching.next(1) == {name}
        assert watching.gone == ({name} if kind == "DELETED" else set())
    await stream.tell("BOOKMARK", metadata("", 30))
    await watching.nothing_before(stream, 31)


async def test_only_metadata_is_asked_for(server: Server, watching: Watching) -> None:
    await server.stream()
    for request, kind in zip(
        server.requests, ["PartialObjectMetadataList", "PartialObjectMetadata;"], strict=True
    ):
        assert kind in request.headers["Accept"]
        assert "application/json;as=" in request.headers["Accept"]
        assert request.headers["authorization"] == "Bearer t"


async def test_a_list_comes_page_by_page(server: Server, watching: Watching) -> None:
    for number in range(5):
        server.put(f"c{number}")
    server.page = 3
    assert await watching.next(7) == {"a", "b", *(f"c{n}" for n in range(5))}
    await server.stream()
    assert [r.query.get("continue") for r in server.lists] == [None, "3", "6"]


@pytest.mark.parametrize("bookmark", [True, False])
async def test_a_watch_that_ends_goes_on_where_it_was(
    server: Server, watching: Watching, bookmark: bool
) -> None:
    await watching.next(2)
    first = await server.stream()
    await first.tell("MODIFIED", metadata("a", 40))
    if bookmark:
        await first.tell("BOOKMARK", metadata("", 50))
    await watching.next(1)
    first.end()
    second = await server.stream()
    assert second.request.query["resourceVersion"] == ("50" if bookmark else "40")
    assert len(server.lists) == 1
    await watching.nothing_before(second, 60)
    assert watching.pauses == []


async def test_a_server_that_ends_watches_at_once_is_not_asked_hot(
    server: Server, watching: Watching
) -> None:
    await watching.next(2)
    for _ in range(3):
        (await server.stream()).end()
    await server.stream()
    assert watching.pauses == [1.0] * 3
    assert len(server.lists) == 1


async def expired(stream: Stream) -> None:
    gone = {"kind": "Status", "code": 410, "reason": "Expired", "metadata": {}}
    await stream.tell("ERROR", gone)


async def broken(stream: Stream) -> None:
    stream.lose()


async def cut_short(stream: Stream) -> None:
    await stream.response.write(b'{"type": "MODI')
    stream.end()


@pytest.mark.parametrize("trouble", [expired, broken, cut_short])
async def test_what_was_missed_is_told_after_another_list(
    server: Server, watching: Watching, trouble: Callable[[Stream], Any]
) -> None:
    await watching.next(2)
    stream = await server.stream()
    await stream.tell("ADDED", metadata("known", 15))
    await watching.next(1)
    server.version = 20
    server.objects["known"] = 15
    server.put("a")  # changed
    del server.objects["b"]  # deleted
    server.put("new")
    await trouble(stream)
    assert await watching.next(3) == {"a", "b", "new"}
    assert watching.gone == {"b"}
    again = await server.stream()
    assert again.request.query["resourceVersion"] == str(server.version)
    assert len(server.lists) == 2
    await watching.nothing_before(again, 90)
    stream.end()


async def test_a_watch_that_is_refused_as_too_old_is_a_list_again(
    server: Server, watching: Watching
) -> None:
    await watching.next(2)
    stream = await server.stream()
    server.put("a")
    server.answers = [lambda: web.json_response({"code": 410}, status=410)]
    stream.end()
    assert await watching.next(1) == {"a"}
    await server.stream()


async def test_while_the_server_is_away_the_pauses_grow(server: Server, watching: Watching) -> None:
    await watching.next(2)
    stream = await server.stream()
    server.answers = [lambda: web.Response(status=503)] * 8
    server.answers += [lambda: web.Response(text="<h1>hello</h1>")]
    server.answers += [lambda: web.json_response({"metadata": {}})]
    server.put("a")
    stream.lose()
    assert await watching.next(1) == {"a"}
    assert watching.pauses == sorted(watching.pauses)
    assert len(watching.pauses) == 11
    assert 0 < watching.pauses[0] <= 1
    assert watching.pauses[-1] <= 30
    # What went well makes the next pause short again.
    stream = await server.stream()
    server.put("a")
    stream.lose()
    assert await watching.next(1) == {"a"}
    assert watching.pauses[-1] == watching.pauses[0]


async def test_a_long_line_is_read(server: Server, watching: Watching) -> None:
    """Metadata may hold 256 KiB of annotations."""
    await watching.next(2)
    stream = await server.stream()
    large = metadata("large", 20)
    large["metadata"]["annotations"] = {"a": "x" * 300_000}
    await stream.tell("ADDED", large)
    assert await watching.next(1) == {"large"}
    assert watching.pauses == []


async def test_what_a_listing_has_told_before_it_broke_off_can_be_gone(
    server: Server, watching: Watching
) -> None:
    await watching.next(2)
    stream = await server.stream()
    server.put("aa")
    server.page = 2
    first = [metadata(name, server.objects[name]) for name in ("a", "aa")]
    page = {"metadata": {"resourceVersion": str(server.version), "continue": "2"}, "items": first}
    server.answers = [
        lambda: web.json_response({"code": 410}, status=410),
        lambda: web.json_response(page),
        lambda: web.Response(status=500),
    ]
    stream.end()
    assert await watching.next(1) == {"aa"}
    del server.objects["aa"]
    assert await watching.next(1) == {"aa"}
    assert watching.gone == {"aa"}


async def test_a_listing_that_is_forbidden_is_told_and_everything_anew_after_it(
    server: Server, watching: Watching
) -> None:
    await watching.next(2)
    stream = await server.stream()
    server.answers = [lambda: web.Response(status=403)] * 3  # the watch, then two listings
    stream.end()
    assert await watching.next(2) == {"a", "b"}
    assert watching.denials == 2


async def test_a_watch_that_is_forbidden_while_listings_are_allowed_tells_nobody_twice(
    server: Server, watching: Watching
) -> None:
    await watching.next(2)
    stream = await server.stream()
    server.answers = [lambda: web.Response(status=403)]
    stream.end()
    again = await server.stream()
    assert watching.denials == 0
    await watching.nothing_before(again, 90)


@pytest.mark.parametrize("status", [400, 401, 404, 405, 406, 409, 410, 415, 422, 429])
async def test_no_refusal_ends_it(server: Server, watching: Watching, status: int) -> None:
    await watching.next(2)
    stream = await server.stream()
    server.put("a")
    server.answers = [lambda: web.Response(status=status)] * 3  # the watch, then two listings
    stream.end()
    assert await watching.next(1) == {"a"}
    again = await server.stream()
    assert server.answers == []
    await watching.nothing_before(again, 90)
