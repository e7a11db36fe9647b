"""Live tails of the telemetry API: clients that get log events over a websocket as they come.

A live tail ends unless the client says regularly that it is still there.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from aiohttp import web

from local_edge.jsontypes import JsonObject

PATIENCE = 60.0
"""Seconds for which a live tail lasts without a heartbeat."""
_QUEUE = 1000  # events that wait for a slow client; further ones are dropped


@dataclass
class LiveTail:
    script: str
    test: Callable[[JsonObject], bool]
    expires: float
    queue: "asyncio.Queue[str]" = field(default_factory=lambda: asyncio.Queue(_QUEUE))


class LiveTailHub:
    """All live tails; `clock` is monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tails: dict[str, LiveTail] = {}

    def open(self, script: str, test: Callable[[JsonObject], bool]) -> str:
        """Start a live tail of the events of a script that pass a test, and return its id."""
        now = self._clock()
        self._tails = {key: tail for key, tail in self._tails.items() if tail.expires > now}
        identity = secrets.token_hex(16)
        self._tails[identity] = LiveTail(script, test, now + PATIENCE)
        return identity

    def prolong(self, script: str) -> bool:
        """Let the live tails of a script last; return whether there are any."""
        found = [tail for tail in self._tails.values() if tail.script == script]
        for tail in found:
            tail.expires = self._clock() + PATIENCE
        return bool(found)

    def publish(self, script: str, events: Iterable[JsonObject]) -> None:
        tails = [tail for tail in self._tails.values() if tail.script == script]
        for event in events if tails else ():
            for tail in tails:
                if not tail.queue.full() and tail.test(event):
                    tail.queue.put_nowait(json.dumps(event))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Handle a websocket; each message to the client is a log event."""
        identity = request.match_info["id"]
        tail = self._tails.get(identity)
        if tail is None or tail.expires <= self._clock():
            return web.Response(status=404)
        socket = web.WebSocketResponse(heartbeat=10)
        await socket.prepare(request)
        sender = asyncio.create_task(self._send(tail, socket))
        try:
            async for _ in socket:
                continue  # clients have nothing to say
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
            self._tails.pop(identity, None)
        return socket

    async def _send(self, tail: LiveTail, socket: web.WebSocketResponse) -> None:
        while (left := tail.expires - self._clock()) > 0:
            try:
                text = await asyncio.wait_for(tail.queue.get(), left)
            except TimeoutError:
                continue
            await socket.send_str(text)
        await socket.close()
