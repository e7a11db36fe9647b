"""The websocket of a live tail: one message for each event."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

import aiohttp

from workers_operator.cloudflare.errors import ServerError, Unreachable
from workers_operator.cloudflare.telemetry.events import entry_of
from workers_operator.domain.reasons import Reason
from workers_operator.domain.telemetry.entries import LogEntry, LogScope

_CONNECT_SECONDS: Final = 10.0
_PING_SECONDS: Final = 15.0  # a connection that answers no ping for half of this is broken

Messages = AbstractAsyncContextManager[AsyncIterator[str]]
Connect = Callable[[str], Messages]
"""Opens a websocket and yields its messages until it is closed. Raises CloudflareError if it cannot be opened."""


@asynccontextmanager
async def connect(url: str, *, plain: bool = False) -> AsyncGenerator[AsyncIterator[str], None]:
    """Open the websocket of a live tail. ``plain``: it may be without TLS, as the API that has named it is.

    Whoever knows the URL can read the events, so no message contains it.
    """
    if not url.startswith(("wss://", "ws://") if plain else "wss://"):
        message = "the live tail's address is not that of a websocket with TLS; nothing was sent"
        raise ServerError(Reason.CLOUDFLARE_ERROR, message)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        try:
            socket = await session.ws_connect(url, heartbeat=_PING_SECONDS)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            message = "the live tail's websocket cannot be opened"
            raise Unreachable(Reason.CLOUDFLARE_UNREACHABLE, message) from None
        async with socket:
            yield _messages(socket)


async def _messages(socket: aiohttp.ClientWebSocketResponse) -> AsyncGenerator[str, None]:
    async for message in socket:
        if message.type is aiohttp.WSMsgType.TEXT:
            yield message.data
        elif message.type is aiohttp.WSMsgType.BINARY:
            yield message.data.decode(errors="replace")


def entries_of(message: str, scope: LogScope) -> list[LogEntry]:
    """Return the entries in a message: an event, or a list of events. What is neither is left out."""
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return []
    events = found if isinstance(found, list) else [found]
    return [entry for event in events if (entry := entry_of(event, scope)) is not None]
