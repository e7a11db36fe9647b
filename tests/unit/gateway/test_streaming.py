"""Streams: what a slow reader may leave lying about, what becomes of one whose reader has gone, and when one ends."""

import asyncio
import logging
import socket
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from support.clock import ManualClock
from support.rest_api import TENANT, MemoryServer
from workers_operator.gateway.access.callers import about
from workers_operator.gateway.access.reviews import Reviewer
from workers_operator.gateway.http.streaming import (
    BEAT_SECONDS,
    EVENT_STREAM,
    PartQueue,
    Watchman,
    streaming,
)

PATIENCE = 10.0
PARTS = 5000


async def test_a_slow_reader_misses_what_there_is_no_room_for() -> None:
    queue = PartQueue(10)
    for part in (b"12345", b"123456", b"", b"67890", b"x"):
        queue.put(part)
    assert [await queue.next(), await queue.next()] == [b"12345", b"67890"]
    queue.put(b"again")
    queue.end()
    assert [await queue.next(), await queue.next()] == [b"again", None]


@asynccontextmanager
async def serving(app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> AsyncIterator[int]:
    """The port of a server, as the gateway runs it."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", log_config=None, ws="none")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await asyncio.wait_for(task, PATIENCE)


async def test_nothing_is_written_to_a_reader_who_has_gone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gone, ended = asyncio.Event(), asyncio.Event()

    async def parts() -> AsyncGenerator[bytes, None]:
        try:
            yield b"event: hello\ndata: {}\n\n"
            await gone.wait()
            for _ in range(PARTS):  # as many changes as there are workers
                yield b"event: worker\ndata: {}\n\n"
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await streaming(parts(), EVENT_STREAM)(scope, receive, send)

    async with serving(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: gateway\r\n\r\n")
        assert b"hello" in await asyncio.wait_for(reader.readuntil(b"\n\n"), PATIENCE)
        # Abort the connection, as a browser does whose tab is closed while answers are on their way.
        option = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
        with caplog.at_level(logging.WARNING, "asyncio"):
            writer.transport.abort()
            gone.set()
            await asyncio.wait_for(ended.wait(), PATIENCE)
    assert "socket.send() raised exception." not in caplog.text


@pytest.mark.parametrize("phase", [0.0, 0.3, 0.9, 1.7, 2.0, 2.9, 3.1, 4.5, 5.0, 6.4])
async def test_what_is_withdrawn_ends_a_stream_within_ten_seconds(phase: float) -> None:
    """In whatever phase of what is remembered and of the checks it happens, for the token and for the permission."""
    server, clock = MemoryServer(), ManualClock()
    reviewer = Reviewer(server, "audience", clock)
    caller = await reviewer.caller(TENANT)
    assert caller is not None
    question = about("CustomerWorker", "get", "tenant", "shop", "logs")

    async def permitted() -> bool:
        return await reviewer.caller(TENANT) is not None and await reviewer.may(caller, question)

    for withdraw in (server.reviews.granted.clear, server.reviews.tokens.clear):
        watchman = Watchman(permitted, clock, 3600)
        begun = clock.monotonic()
        while clock.monotonic() - begun < 20:
            assert await watchman.why_ended() is None
            await clock.advance(BEAT_SECONDS)
        await clock.advance(phase)
        await watchman.why_ended()
        granted = dict(server.reviews.granted)
        withdraw()
        withdrawn = clock.monotonic()
        while await watchman.why_ended() is None:
            await clock.advance(BEAT_SECONDS)
        assert clock.monotonic() - withdrawn <= 10
        server.reviews.granted = granted
        await clock.advance(60)
