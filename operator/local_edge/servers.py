"""uvicorn servers in the current event loop, without signal handlers and access log."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from local_edge.errors import EdgeError

_GRACE = 2  # seconds for requests in flight at shutdown
# Seconds for which Cloudflare keeps an idle connection:
# https://developers.cloudflare.com/fundamentals/reference/connection-limits/
_KEEP_ALIVE = 400

_TICK = 1.0  # seconds; the Date header needs no more


class _QuietServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ended = asyncio.Event()

    async def main_loop(self) -> None:
        """Wake once a second, not ten times as uvicorn does, and at once at the end."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), _TICK)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the command handles signals


class Served:
    """A running server; `close` stops it."""

    def __init__(self, server: _QuietServer, task: asyncio.Task[None]) -> None:
        self._server = server
        self._task = task

    @classmethod
    async def start(cls, app: ASGIApp, listener: socket.socket) -> "Served":
        config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
            timeout_keep_alive=_KEEP_ALIVE,
            backlog=2048,
        )
        server = _QuietServer(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.005)
        return cls(server, task)

    async def close(self) -> None:
        self._server.should_exit = True
        self._server.ended.set()
        await self._task


def tcp_listener(host: str, port: int, what: str) -> socket.socket:
    # asyncio sets TCP_NODELAY only if the protocol is given explicitly; without it, responses are delayed by 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise EdgeError(f"{what}: cannot listen on {host}:{port}: {error.strerror}") from error
    return listener


def unix_listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(2048)
    return listener
