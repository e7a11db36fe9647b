"""The entry of the data plane: where messages end, what is dropped and added, and what it refuses."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from edge.rig import Edge
from local_edge.relay.framing import BadMessage, Chunked, Sized
from local_edge.relay.heads import read_request, read_response

ECHO = """export default { async fetch(request) {
  const body = await request.text();
  return new Response(`${request.method} ${new URL(request.url).pathname} ${body.length}`);
} };"""


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_a_chunked_body_ends_with_its_trailer(step: int) -> None:
    whole = b"5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\ntrailer: x\r\n\r\n"
    data, body, taken = whole + b"GET / HTTP/1.1", Chunked(), 0
    for start in range(0, len(data), step):
        if body.done:
            break
        taken += body.take(data[start : start + step])
    assert (body.done, taken) == (True, len(whole))


@pytest.mark.parametrize("size", [b"", b"-1", b"0x5", b"5 5", b"z"])
def test_a_chunk_without_a_size_is_malformed(size: bytes) -> None:
    with pytest.raises(BadMessage):
        Chunked().take(size + b"\r\nhello\r\n")


def test_a_sized_body_takes_no_more_than_its_length() -> None:
    body = Sized(3)
    assert (body.take(b"ab"), body.done, body.take(b"cdef"), body.done) == (2, False, 1, True)


@pytest.mark.parametrize(
    "lines",
    [
        b"content-length: 3\r\ntransfer-encoding: chunked",
        b"content-length: 3\r\ncontent-length: 4",
        b"content-length: +3",
        b"transfer-encoding: gzip",
        b"transfer-encoding: chunked\r\ntransfer-encoding: chunked",
        b"x : y",
        b"x: y\r\n folded",
        b"x: y\nz: w",
        b"host: other",
        b"no colon",
    ],
)
def test_a_request_that_could_be_read_in_two_ways_is_refused(lines: bytes) -> None:
    with pytest.raises(BadMessage):
        read_request(b"POST / HTTP/1.1\r\nhost: a.test\r\n" + lines, "127.0.0.1", "1")


def test_the_headers_of_cloudflare_cannot_be_sent_by_clients() -> None:
    head = (
        b"GET /p HTTP/1.1\r\nHost: a.test:8080\r\nX-Edge-Order: {}\r\nCF-Connecting-IP: 8.8.8.8\r\n"
        b"X-Forwarded-For: 1.2.3.4\r\nAccept: */*"
    )
    sent = read_request(head, "127.0.0.1", "ray").raw.lower()
    assert sent.startswith(b"get /p http/1.1\r\nhost: a.test\r\n")
    assert b"x-edge-order" not in sent
    assert b"8.8.8.8" not in sent
    assert b"x-forwarded-for: 1.2.3.4, 127.0.0.1\r\n" in sent
    assert b"\r\naccept: */*\r\n" in sent


@pytest.mark.parametrize(
    ("status", "method", "lines", "done"),
    [
        (200, b"HEAD", b"content-length: 5", True),
        (204, b"GET", b"", True),
        (304, b"GET", b"content-length: 5", True),
        (200, b"GET", b"content-length: 5", False),
        (200, b"GET", b"transfer-encoding: chunked", False),
        (200, b"GET", b"x: y", False),
    ],
)
def test_where_a_response_ends(status: int, method: bytes, lines: bytes, done: bool) -> None:
    head = b"HTTP/1.1 %d X\r\nserver: mine\r\n%b" % (status, lines)
    response = read_response(head.removesuffix(b"\r\n"), method, "ray")
    assert (response.status, response.body.done) == (status, done)
    assert b"server: cloudflare" in response.raw
    assert b"server: mine" not in response.raw


@pytest.fixture
async def connection(
    edge: Edge, name: str
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    await edge.script(name, ECHO)
    url = edge.data.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    yield reader, writer
    writer.close()
    await writer.wait_closed()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return int(head.split(b" ")[1]), await reader.readexactly(length)


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def test_requests_in_a_row_and_in_pieces(connection: Connection, name: str) -> None:
    reader, writer = connection
    host = f"host: {name}.code24.dev\r\n"
    first = f"POST /a HTTP/1.1\r\n{host}content-length: 5\r\n\r\nhello"
    second = f"POST /b HTTP/1.1\r\n{host}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    third = f"GET /c HTTP/1.1\r\n{host}content-length: 2\r\n\r\nxx"
    whole = (first + second + third).encode()
    for start in range(0, len(whole), 7):
        writer.write(whole[start : start + 7])
        await writer.drain()
    for expected in (b"POST /a 5", b"POST /b 3", b"GET /c 0"):
        assert await answer(reader) == (200, expected)


async def test_a_malformed_request_ends_its_connection(connection: Connection, name: str) -> None:
    reader, writer = connection
    writer.write(b"GET / HTTP/1.1\r\nno colon\r\n\r\n")
    assert (await answer(reader))[0] == 400
    assert await reader.read() == b""


async def test_a_large_body_goes_both_ways(edge: Edge, name: str) -> None:
    source = (
        "export default { fetch: async (request) => new Response(await request.arrayBuffer()) };"
    )
    await edge.script(name, source)
    content = bytes(range(256)) * 40_000
    headers = {"host": f"{name}.code24.dev"}
    found = await edge.data.post("/", content=content, headers=headers)
    assert found.content == content
