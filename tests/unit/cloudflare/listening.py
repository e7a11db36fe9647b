"""A server of one test: it keeps what it is sent, byte by byte, and answers as told."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from workers_operator.cloudflare.wire.transport import Transport

RESULT: Final = b'{"success":true,"result":7}'
GOOD: Final = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(RESULT) + RESULT
_LENGTH: Final = re.compile(rb"content-length: (\d+)", re.IGNORECASE)

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Listener:
    """``requests``: heads and bodies of those that have arrived whole; ``arrived``: all bytes, by connection.

    ``began`` is set when the first request begins; bodies are read while ``reads`` is set.
    """

    port: int = 0
    requests: list[tuple[bytes, bytes]] = field(default_factory=list)
    arrived: list[bytearray] = field(default_factory=list)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    reads: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def lines(self) -> list[str]:
        """The first line of each request."""
        return [head.partition(b"\r\n")[0].decode() for head, _ in self.requests]


def says(*answers: bytes) -> Answer:
    """Answers requests of all connections in turn; the last answer goes on, b"" ends the connection."""
    left = list(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = left.pop(0) if len(left) > 1 else left[0]
        writer.write(said)
        if not said:
            writer.close()

    return answer


@asynccontextmanager
async def listening(answer: Answer) -> AsyncIterator[Listener]:
    """A server that calls ``answer`` when a request has arrived whole."""
    found = Listener()
    found.reads.set()
    tasks: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.current_task())
        arrived = bytearray()
        found.arrived.append(arrived)
        try:
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                arrived += head
                found.began.set()
                await found.reads.wait()
                length = _LENGTH.search(head)
                body = await _body(reader, arrived, int(length[1]) if length else 0)
                found.requests.append((head, body))
                await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        started = [task for task in tasks if task is not None]
        for task in started:
            task.cancel()
        await asyncio.gather(*started, return_exceptions=True)


async def _body(reader: asyncio.StreamReader, arrived: bytearray, size: int) -> bytes:
    body = bytearray()
    while len(body) < size:
        piece = await reader.read(min(65_536, size - len(body)))
        if not piece:
            raise asyncio.IncompleteReadError(bytes(body), size)
        body += piece
        arrived += piece
    return bytes(body)


def transport() -> Transport:
    """One that trusts as the system does."""
    return Transport(ssl.create_default_context())
