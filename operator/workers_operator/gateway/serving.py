"""The HTTP server: uvicorn, with limits on connections and request heads, and certificates that are read again."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from workers_operator.gateway.http.answering import JSON
from workers_operator.gateway.http.problems import overloaded
from workers_operator.gateway.options import Bounds, GatewayOptions, TlsFiles

_KEEP_ALIVE: Final = 20
_MOST_HEAD: Final = 4096  # besides URL and headers, which the guard measures
_CERTIFICATES_SECONDS: Final = 10.0


def protocol_of(bounds: Bounds) -> type[asyncio.Protocol]:
    """Return uvicorn's protocol with a time limit for the head of the next request.

    A connection too many is told so, and closed.
    """

    class PunctualProtocol(HttpToolsProtocol):
        """uvicorn has no such limits: it would wait for the end of a request's head for ever, and keep all of it."""

        _deadline: asyncio.TimerHandle | None = None
        _head = 0  # bytes of a head that has not ended yet

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._expect()

        def data_received(self, data: bytes) -> None:
            if self._deadline is None and (self.cycle is None or self.cycle.response_complete):
                self._expect()
            super().data_received(data)
            self._head = self._head + len(data) if self._deadline is not None else 0
            if self._head > _MOST_HEAD + bounds.url + bounds.headers:
                self._give_up()

        def on_headers_complete(self) -> None:
            self._arrived()
            self.app = self.config.loaded_app
            if len(self.connections) > bounds.connections:
                self.app = _crowded
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._arrived()
            super().connection_lost(exc)

        def _expect(self) -> None:
            self._deadline = self.loop.call_later(bounds.head_seconds, self._give_up)

        def _arrived(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

        def _give_up(self) -> None:
            self._deadline = None
            if self.transport is not None and not self.transport.is_closing():
                self.transport.close()

    return PunctualProtocol


def server_of(app: ASGIApp, options: GatewayOptions) -> uvicorn.Server:
    """Return a server, not yet running."""
    host, _, port = options.address.rpartition(":")
    tls = options.tls
    config = uvicorn.Config(
        app,
        host=host or "0.0.0.0",  # noqa: S104 - as the operator's own endpoints
        port=int(port),
        http=protocol_of(options.bounds),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=10,
        forwarded_allow_ips=options.proxies,
        ssl_certfile=str(tls.certificate) if tls is not None else None,
        ssl_keyfile=str(tls.key) if tls is not None else None,
    )
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
    return uvicorn.Server(config)


async def _crowded(_: Scope, __: Receive, send: Send) -> None:
    """Refuse a request on a connection too many."""
    refusal = overloaded("there are too many connections")
    headers = {"content-type": JSON, "connection": "close", **(refusal.headers or {})}
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    start = {"type": "http.response.start", "status": refusal.status_code, "headers": encoded}
    await send(start)
    await send({"type": "http.response.body", "body": refusal.body()})


async def renew_certificates(
    server: uvicorn.Server, files: TlsFiles, sleep: Callable[[float], Awaitable[None]]
) -> None:
    """Reload certificate and key whenever they change; new connections use them."""
    known = _changed_at(files)
    while True:
        await sleep(_CERTIFICATES_SECONDS)
        current = _changed_at(files)
        if current is None or current == known or server.config.ssl is None:
            continue
        with suppress(OSError):  # one of the two is not written yet
            server.config.ssl.load_cert_chain(files.certificate, files.key)
            known = current


def _changed_at(files: TlsFiles) -> tuple[int, int] | None:
    try:
        return (files.certificate.stat().st_mtime_ns, files.key.stat().st_mtime_ns)
    except OSError:
        return None
