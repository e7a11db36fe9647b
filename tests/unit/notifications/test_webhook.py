"""Requests to receivers, over sockets: those that answer as they should, those that do not, and where none may go."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from workers_operator.domain.notifications.attempts import WebhookAnswer
from workers_operator.notifications.webhook import PublicResolver, WebhookClient

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
HEADERS = {"webhook-id": "msg_1"}
METADATA = "http://169.254.169.254/latest/meta-data/"


@asynccontextmanager
async def receiver(talk: Talk) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A receiver: its URL, and the requests that it got."""
    requests: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length:")
            )
            requests.append(head + await reader.readexactly(length))
            await talk(reader, writer)
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/hook?a=%20b", requests
    finally:
        server.close()


def says(head: str) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()

    return talk


async def post(talk: Talk, timeout: float = 5.0) -> tuple[WebhookAnswer, list[bytes]]:
    client = WebhookClient(timeout=timeout)
    try:
        async with receiver(talk) as (url, requests):
            answer = await client.post(url, HEADERS, b'{"x":1}', may_be_private=True)
            return answer, requests
    finally:
        await client.close()


async def test_a_notification_arrives_as_it_is() -> None:
    answer, [request] = await post(says("204 No Content"))
    assert answer == WebhookAnswer(204)
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=%20b HTTP/1.1\r\n")
    assert b"Content-Type: application/cloudevents+json; charset=utf-8" in head
    assert b"webhook-id: msg_1" in head
    assert body == b'{"x":1}'


async def test_a_redirect_is_not_followed() -> None:
    answer, requests = await post(says(f"307 Temporary Redirect\r\nLocation: {METADATA}"))
    assert answer.status == 307
    assert len(requests) == 1


async def test_when_to_come_again_is_heard() -> None:
    answer, _ = await post(says("429 Too Many Requests\r\nRetry-After: 17"))
    assert answer == WebhookAnswer(429, retry_after="17")


async def test_a_receiver_that_hangs_is_not_waited_for() -> None:
    async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    answer, _ = await post(hangs, timeout=0.3)
    assert (answer.status, answer.problem) == (0, "no answer within 0 s")


async def test_a_byte_a_moment_is_not_waited_for_either() -> None:
    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.02)

    began = time.monotonic()
    answer, _ = await post(drips, timeout=0.3)
    assert answer.status == 0
    assert time.monotonic() - began < 5


async def test_an_answer_of_a_gigabyte_is_not_read() -> None:
    sent = 0

    async def floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
        for _ in range(1024):
            writer.write(b"x" * 2**20)
            await writer.drain()
            sent += 2**20

    answer, _ = await post(floods)
    assert answer.status == 200
    assert sent < 64 * 2**20


@pytest.mark.parametrize("text", [b"", b"\x00\xff\xfe rubbish\r\n\r\n", b"HTTP/1.1 2OO OK\r\n\r\n"])
async def test_what_is_not_http_is_a_failure(text: bytes) -> None:
    async def rubbish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()

    answer, _ = await post(rubbish)
    assert answer.status == 0
    assert answer.problem


async def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        client = WebhookClient()
        url = f"http://127.0.0.1:{port}/"
        answer = await client.post(url, {}, b"{}", may_be_private=True)
        await client.close()
    assert answer == WebhookAnswer(0, "no connection")


class Names(AbstractResolver):
    """A DNS server that says what it is told to."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=a, port=port, family=family, proto=0, flags=0)
            for a in self.addresses
        ]

    async def close(self) -> None:
        return None


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("169.254.169.254",),
        ("10.0.0.1",),
        ("::1",),
        ("fd00::1",),
        ("fe80::1",),
        ("::ffff:127.0.0.1",),
        ("64:ff9b::7f00:1",),
        ("93.184.216.34", "192.168.0.1"),
    ],
)
async def test_a_name_with_a_private_address_is_not_connected_to(
    addresses: tuple[str, ...],
) -> None:
    async with receiver(says("204 No Content")) as (url, requests):
        port = url.split(":")[2].split("/")[0]
        client = WebhookClient(Names(*addresses))
        answer = await client.post(
            f"https://hooks.example.com:{port}/", {}, b"{}", may_be_private=False
        )
        await client.close()
    assert answer.status == 0
    assert "private address" in answer.problem
    assert "--allowed-webhooks" in answer.problem
    assert requests == []


async def test_a_public_name_is_resolved() -> None:
    found = await PublicResolver(Names("93.184.216.34", "2606:2800:220:1::1")).resolve("x.dev", 443)
    assert [entry["host"] for entry in found] == ["93.184.216.34", "2606:2800:220:1::1"]
