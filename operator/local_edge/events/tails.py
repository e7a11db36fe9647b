"""Tails: clients that watch the events of a script over a websocket (subprotocol `trace-v1`)."""

import asyncio
import json
import logging
import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiohttp import WSMsgType, web

from local_edge.events.filters import passes
from local_edge.events.live import LiveTailHub
from local_edge.events.stream import ScriptEvent
from local_edge.jsontypes import JsonObject
from local_edge.storage.scripts import ACCOUNT

log = logging.getLogger(__name__)

PROTOCOL = "trace-v1"
LIFETIME = timedelta(hours=6)
MAX_TAILS = 10
"""Tails of one script at the same time."""
_QUEUE = 1000  # events that wait for a slow client; further ones are dropped


@dataclass(frozen=True)
class TailSession:
    script: str
    filters: list[JsonObject]
    expires: datetime
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    queue: "asyncio.Queue[str | None]" = field(default_factory=lambda: asyncio.Queue(_QUEUE))
    """Events as JSON; None ends the connection."""


class TailHub:
    """All tails. `changed` is called with the names of the watched scripts, whenever they change.

    The websockets of live tails of the telemetry API share its server.
    """

    def __init__(self, changed: Callable[[set[str]], Awaitable[None]]) -> None:
        self.live = LiveTailHub()
        self._changed = changed
        self._sessions: dict[str, TailSession] = {}
        self._runner: web.AppRunner | None = None
        self._address = ""

    async def start(self, host: str) -> None:
        """Serve the websockets on a free port."""
        app = web.Application()
        app.router.add_get("/live/{id}", self.live.serve)
        app.router.add_get("/{id}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, 0, shutdown_timeout=1)
        await site.start()
        self._address = f"{host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        for session in self._sessions.values():
            _end(session)
        if self._runner is not None:
            await self._runner.cleanup()

    def of(self, script: str) -> list[TailSession]:
        """Return the tails of a script, without expired ones."""
        now = datetime.now(UTC)
        return [s for s in self._sessions.values() if s.script == script and s.expires > now]

    def url_of(self, session: TailSession) -> str:
        return f"ws://{self._address}/{session.id}"

    def live_url(self, identity: str) -> str:
        return f"ws://{self._address}/live/{identity}"

    async def create(self, script: str, filters: list[JsonObject]) -> TailSession:
        session = TailSession(script, filters, datetime.now(UTC) + LIFETIME)
        self._sessions[session.id] = session
        await self._notify()
        return session

    async def delete(self, sessions: Iterable[TailSession]) -> None:
        """End tails, and the connections of their clients."""
        for session in sessions:
            if self._sessions.pop(session.id, None):
                _end(session)
        await self._notify()

    def publish(self, event: ScriptEvent) -> None:
        """Pass an event to the tails of its script."""
        sessions = self.of(event.script) if event.namespace == ACCOUNT else []
        if not sessions:
            return
        shown: JsonObject = {
            **event.event,
            "scriptName": event.script,
            "scriptVersion": {"id": event.version},
        }
        text = json.dumps(shown)
        for session in sessions:
            if not session.queue.full() and passes(shown, session.filters):
                session.queue.put_nowait(text)

    async def _notify(self) -> None:
        now = datetime.now(UTC)
        await self._changed({s.script for s in self._sessions.values() if s.expires > now})

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        session = self._sessions.get(request.match_info["id"])
        wanted = request.headers.get("sec-websocket-protocol", "")
        if session is None or PROTOCOL not in [name.strip() for name in wanted.split(",")]:
            return web.Response(status=404 if session is None else 400)
        socket = web.WebSocketResponse(protocols=[PROTOCOL])
        await socket.prepare(request)
        sender = asyncio.create_task(_send(session, socket))
        try:
            async for message in socket:  # clients send settings such as {"debug": false}
                if message.type == WSMsgType.ERROR:
                    break
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
        return socket


async def _send(session: TailSession, socket: web.WebSocketResponse) -> None:
    seconds = (session.expires - datetime.now(UTC)).total_seconds()
    try:
        async with asyncio.timeout(seconds):
            while (text := await session.queue.get()) is not None:
                await socket.send_str(text)
    except TimeoutError:
        log.info("a tail of %s has expired", session.script)
    await socket.close()


def _end(session: TailSession) -> None:
    if session.queue.full():
        session.queue.get_nowait()
    session.queue.put_nowait(None)
