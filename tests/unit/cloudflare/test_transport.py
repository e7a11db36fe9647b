"""The way of requests to the API: each is sent once and as it is, and what went wrong tells whether it was sent."""

import asyncio
import gzip
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import httpx
import pytest

from unit.cloudflare.listening import GOOD, RESULT, Answer, Listener, listening, says, transport
from workers_operator.cloudflare.wire.transport import Transport

LARGE = 8 * 1024 * 1024
QUICK = httpx.Timeout(0.2, pool=None)


@asynccontextmanager
async def facing(
    answer: Answer, **options: Any
) -> AsyncIterator[tuple[httpx.AsyncClient, Listener]]:
    """A client of a server that answers as told."""
    given = {"timeout": httpx.Timeout(20.0, pool=None), **options}
    async with listening(answer) as server:
        client = httpx.AsyncClient(base_url=server.url, transport=transport(), **given)
        async with client:
            yield client, server


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Never answers."""
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/a/b%2Fc/d",
        "/a/%2e%2e/b",
        "/a//b/",
        "/%C3%BC%e4",
        "/a;b=c,d/:@!$&'()*+~",
        "/a?b=c%20d&e=%2B+f&g=",
        "/a?b=/../c&d=%3F?",
        "/%41%7E/%7e",
        "/a%00b%0A",
    ],
)
async def test_a_url_is_sent_as_it_is(path: str) -> None:
    async with facing(says(GOOD)) as (client, server):
        request = client.build_request("GET", path)
        assert (await client.send(request)).json() == {"success": True, "result": 7}
        assert server.lines == [f"GET {request.url.raw_path.decode()} HTTP/1.1"]
        host = f"127.0.0.1:{server.port}".encode()
        assert b"\r\nhost: " + host + b"\r\n" in server.requests[0][0].lower()


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, LARGE])
async def test_bodies_arrive_whole(size: int) -> None:
    async with facing(says(GOOD)) as (client, server):
        content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        await client.put("/thing", content=content)
        [(head, body)] = server.requests
        assert body == content
        assert head.lower().count(b"content-length") == 1
        assert b"transfer-encoding" not in head.lower()


async def test_parts_arrive_whole_and_large_ones_in_pieces() -> None:
    async with facing(says(GOOD)) as (client, server):
        large = b"y" * LARGE
        await client.put("/script", files={"metadata": (None, b"{}"), "a.js": ("a.js", large)})
        [(head, body)] = server.requests
        assert b"content-type: multipart/form-data; boundary=" in head.lower()
        assert large in body
        assert b"{}" in body


async def test_connections_are_used_again() -> None:
    async with facing(says(GOOD)) as (client, server):
        for method in ("GET", "PUT", "DELETE", "POST"):
            await client.request(method, "/thing")
        assert [line.split()[0] for line in server.lines] == ["GET", "PUT", "DELETE", "POST"]
        assert len(server.arrived) == 1


async def test_a_connection_is_kept_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    async with facing(says(GOOD)) as (client, server):

        async def connections_after(seconds: float) -> int:
            monkeypatch.setattr("aiohttp.connector.monotonic", lambda: time.monotonic() + seconds)
            await client.get("/thing")
            return len(server.arrived)

        assert [await connections_after(passed) for passed in (0.0, 55.0, 110.0)] == [1, 1, 1]
        assert await connections_after(175.0) == 2


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
async def test_a_request_whose_connection_ends_is_not_sent_again(method: str) -> None:
    async with facing(says(GOOD, b"")) as (client, server):
        await client.get("/first")
        with pytest.raises(httpx.ReadError):
            await client.request(method, "/second")
        assert len(server.requests) == 2


async def test_no_connection_is_told_from_a_broken_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with httpx.AsyncClient(transport=transport(), timeout=QUICK) as client:
            with pytest.raises(httpx.ConnectError):
                await client.put(url, content=b"x")


class Resolver(aiohttp.abc.AbstractResolver):
    """Finds no address: raises what it is given, or hangs."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    async def resolve(self, *where: Any, **how: Any) -> list[aiohttp.abc.ResolveResult]:
        if self._error is not None:
            raise self._error
        await asyncio.Event().wait()
        return []

    async def close(self) -> None:
        return None


@pytest.mark.parametrize(
    ("error", "told"),
    [(OSError("no such host"), httpx.ConnectError), (TimeoutError(), httpx.ConnectTimeout)],
)
async def test_a_host_that_is_not_found_was_sent_nothing(
    error: Exception, told: type[httpx.TransportError]
) -> None:
    way = Transport(ssl.create_default_context(), Resolver(error))
    async with httpx.AsyncClient(transport=way, timeout=QUICK) as client:
        with pytest.raises(told):
            await client.put("http://api.test/x", content=b"x")


async def test_a_server_that_speaks_no_tls_was_sent_nothing() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GOOD)
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with httpx.AsyncClient(transport=transport(), timeout=httpx.Timeout(20.0)) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(url)
    server.close()


async def test_a_server_that_accepts_and_says_nothing_of_tls_was_sent_nothing() -> None:
    async with facing(silent, timeout=QUICK) as (client, server):
        with pytest.raises(httpx.ConnectTimeout):
            await client.get(f"https://127.0.0.1:{server.port}/")


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_a_server_that_is_silent_may_have_done_it(method: str) -> None:
    async with facing(silent, timeout=QUICK) as (client, server):
        with pytest.raises(httpx.ReadTimeout):
            await client.request(method, "/thing")
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000,
    ],
)
async def test_a_response_that_is_none_or_not_whole(said: bytes) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    async with facing(answer) as (client, server):
        with pytest.raises(httpx.ReadError):
            await client.put("/thing", content=b"x")
        assert len(server.requests) == 1


async def test_a_response_that_stops_half_way() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart"
    async with facing(says(head), timeout=QUICK) as (client, _):
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/thing")


async def test_a_body_that_nobody_takes() -> None:
    taken = asyncio.Event()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await taken.wait()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with httpx.AsyncClient(transport=transport(), timeout=QUICK) as client:
        with pytest.raises(httpx.WriteTimeout):
            await client.put(url, content=b"x" * 4 * LARGE)
    taken.set()
    server.close()


async def test_a_slow_but_steady_server_gets_all_of_a_large_body() -> None:
    """What counts is the time of a piece, not that of the request."""

    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        read = 0
        while read < 4 * LARGE:
            await asyncio.sleep(0.05)
            read += len(await reader.readexactly(LARGE // 8))
        writer.write(GOOD)
        writer.close()

    # It reads ahead little: what it has still to read when all is sent counts as its time to respond.
    server = await asyncio.start_server(slowly, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    wait = httpx.Timeout(1.0, pool=None)  # the whole takes 1.6 s at least
    async with httpx.AsyncClient(transport=transport(), timeout=wait) as client:
        assert (await client.put(url, content=b"x" * 4 * LARGE)).status_code == 200
    server.close()


async def test_a_compressed_response_is_read() -> None:
    body = gzip.compress(RESULT)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with facing(says(head + body)) as (client, _):
        assert (await client.get("/thing")).json()["result"] == 7


async def test_headers_that_repeat_are_all_told() -> None:
    head = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n"
    async with facing(says(head)) as (client, _):
        found = await client.get("/thing")
        assert found.headers.get_list("X-A") == ["1", "2"]


async def test_a_redirect_is_told_and_not_followed() -> None:
    head = b"HTTP/1.1 307 x\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    async with facing(says(head)) as (client, server):
        assert (await client.put("/thing", content=b"x")).status_code == 307
        assert len(server.requests) == 1


async def test_a_connection_whose_response_was_not_read_is_not_used_again() -> None:
    rest = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\npart"
    async with facing(says(rest, GOOD)) as (client, server):
        response = await client.send(client.build_request("GET", "/large"), stream=True)
        await response.aclose()
        assert (await client.get("/thing")).json()["result"] == 7
        assert len(server.arrived) == 2
