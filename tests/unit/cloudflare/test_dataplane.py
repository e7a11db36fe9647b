"""A probe requests exactly the host and path that it is told, or nothing; the next one uses its connection."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from workers_operator.cloudflare.dataplane import DataPlane
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.rollout.strategy import SmokeRequest

PIECES = (
    "/", "..", ".", "%2e", "%2F", "%5c", "\\", "?", "#", "a", "x=1", "//", "@evil.example", ":81",
    "\r\nX: y", "\0", " ", "é", "\ud800", "\u202e", "%", "http://evil.example/",
)  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


@dataclass
class Edge:
    """A data plane that answers everything. ``asked``: (host, path) of its requests; ``cookies``: what they bring.

    ``chunks``: of how many bytes a body consists, each sent a moment after the one before.
    """

    address: str = ""
    chunks: tuple[int, ...] = (1,)
    asked: list[tuple[str, str]] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    connections: list[asyncio.BaseTransport | None] = field(default_factory=list)

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append((request.headers["Host"], request.raw_path))
        self.cookies += request.headers.getall("Cookie", [])
        if request.transport not in self.connections:
            self.connections.append(request.transport)
        headers = {"Code24-Version": "v", "Set-Cookie": f"visit={len(self.asked)}; Path=/"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        for size in self.chunks:
            await response.write(bytes(size))
            await asyncio.sleep(0.002)
        return response


@pytest.fixture
async def edge() -> AsyncIterator[Edge]:
    made = Edge()
    runner = web.ServerRunner(web.Server(made.answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.address = f"http://localhost:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def plane(edge: Edge) -> AsyncIterator[DataPlane]:
    made = DataPlane(address=edge.address)
    yield made
    await made.close()


@pytest.mark.parametrize(
    "path", ["/", "/health", "/a/b?x=1&y=/../z", "/a%20b/%C3%BC", "/.well-known/..x", "/{}|^"]
)
async def test_a_path_is_requested_as_it_is_written(
    edge: Edge, plane: DataPlane, path: str
) -> None:
    answer = await plane.probe("shop.code24.dev", path, 5)
    assert answer == ProbeAnswer(200, "v", "")
    assert edge.asked == [("shop.code24.dev", path)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hostile)
@example("/ HTTP/1.1")
@example("/elite/brand/../../other")
@example("/elite/brand/%2e%2E/x")
async def test_a_hostile_path_is_requested_as_it_is_or_not_at_all(
    edge: Edge, plane: DataPlane, path: str
) -> None:
    edge.asked.clear()
    answer = await plane.probe("shop.code24.dev", path, 5)
    if edge.asked:
        plain, mark, query = path.partition("?")
        assert edge.asked == [("shop.code24.dev", f"{plain}{mark if query else ''}{query}")]
        segments = plain.lower().replace("%2e", ".").split("/")
        assert not {".", ".."} & set(segments)
    else:
        assert answer.status == 0
        assert answer.error == "no request can carry the host and path as they are"


@pytest.mark.parametrize(
    "host", ["a@evil.example", "evil.example/x", "evil.example?", "a b", "", "x\r\nY: z", "h:99999"]
)
async def test_a_hostile_host_is_not_asked(host: str) -> None:
    plane = DataPlane(address=None)
    answer = await plane.probe(host, "/", 5)
    await plane.close()
    assert answer == ProbeAnswer(0, None, "no request can carry the host and path as they are")


@pytest.mark.parametrize(
    "chunks", [(), (1,), (1000, 1000, 1000), (30_000, 30_000)], ids=["none", "one", "three", "long"]
)
async def test_probes_share_a_connection(
    edge: Edge, plane: DataPlane, chunks: tuple[int, ...]
) -> None:
    edge.chunks = chunks
    for _ in range(5):
        assert await plane.probe("shop.code24.dev", "/", 5) == ProbeAnswer(200, "v", "")
    assert len(edge.connections) == 1


async def test_no_cookie_is_kept(edge: Edge, plane: DataPlane) -> None:
    for host in ("shop.code24.dev", "blog.code24.dev", "shop.code24.dev"):
        await plane.probe(host, "/", 5)
        await plane.smoke(host, "/", SmokeRequest("/"), "signed")
    assert edge.cookies == []
