"""Stream server-sent events and lines of JSON; end when the caller's permission ends."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Final

from starlette.responses import StreamingResponse

from workers_operator.engine.clock import Clock
from workers_operator.kube.errors import KubeError

EVENT_STREAM: Final = "text/event-stream"
LINES: Final = "application/x-ndjson"
BEAT_SECONDS: Final = 2.0
"""How often a stream asks whether its caller may still read, and says that it is alive."""
Permitted = Callable[[], Awaitable[bool]]
"""Whether the caller may still read. Raises KubeError."""


def sse(event: str, data: str | bytes) -> bytes:
    """Return a server-sent event. ``data``: JSON, which has no line breaks."""
    text = data.decode() if isinstance(data, bytes) else data
    return f"event: {event}\ndata: {text}\n\n".encode()


def sse_json(event: str, data: Mapping[str, object]) -> bytes:
    """Return a server-sent event about a value."""
    return sse(event, json.dumps(data))


def streaming(parts: AsyncGenerator[bytes, None], media: str) -> StreamingResponse:
    """Return a stream that proxies do not buffer."""
    return StreamingResponse(_paced(parts), media_type=media, headers={"X-Accel-Buffering": "no"})


async def _paced(parts: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    """Yield the parts of a stream, and let others have their turn after each one.

    A server that could not do anything else meanwhile would not learn that the client has gone, and go on writing to a
    socket that is closed.
    """
    async with aclosing(parts):
        async for part in parts:
            yield part
            await asyncio.sleep(0)


class Watchman:
    """End a stream when the caller loses permission, or after its maximum duration."""

    def __init__(self, permitted: Permitted, clock: Clock, seconds: float) -> None:
        self._permitted = permitted
        self._clock = clock
        self._end = clock.monotonic() + seconds
        self._checked = clock.monotonic()

    async def why_ended(self) -> str | None:
        """Return why the stream has to end; None if it goes on."""
        now = self._clock.monotonic()
        if now >= self._end:
            return "the stream has reached its maximum duration; open it again"
        if now - self._checked < BEAT_SECONDS:
            return None
        self._checked = now
        try:
            return None if await self._permitted() else "the token or the permission was withdrawn"
        except KubeError:
            return (
                None  # while the API server is unavailable, nobody can have withdrawn a permission
            )


class PartQueue:
    """Buffer of unread parts, at most ``most`` bytes; a slow reader loses the rest."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._parts: asyncio.Queue[bytes | None] = asyncio.Queue()

    def put(self, part: bytes) -> None:
        """Add a part, if there is room for it."""
        if part and len(part) <= self._left:
            self._left -= len(part)
            self._parts.put_nowait(part)

    def end(self) -> None:
        """Mark the end: no further parts come."""
        self._parts.put_nowait(None)

    async def next(self) -> bytes | None:
        """Return the next part, b"" if there is none in time; None at the end."""
        try:
            part = await asyncio.wait_for(self._parts.get(), BEAT_SECONDS)
        except TimeoutError:
            return b""
        self._left += len(part or b"")
        return part
