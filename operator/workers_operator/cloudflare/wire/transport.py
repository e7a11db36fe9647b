"""The way of httpx's requests over aiohttp's connections.

A call takes a fifth of the CPU time that it takes over httpx's own connections, and aiohttp is in the process anyway:
for probes, for kopf and for the API server.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Final

import aiohttp
import httpx
from aiohttp.tracing import TraceRequestHeadersSentParams
from yarl import URL

from workers_operator.cloudflare.wire.sending import CHECK, Check

_CONNECTIONS: Final = 64
# For which a connection is kept without a call. An edit now and then needs no new handshake, which takes two round
# trips; Cloudflare itself keeps a connection for 400 s:
# https://developers.cloudflare.com/fundamentals/reference/connection-limits/
_IDLE_SECONDS: Final = 60.0
_RESOLVE_SECONDS: Final = 10.0
_MAX_AT_ONCE: Final = 64 * 1024  # bytes of a body that are given to the connection


class Transport(httpx.AsyncBaseTransport):
    """Sends each request once. Connections are made when the first one is sent.

    ``resolver``: finds the addresses of hosts, by default as the system does. Timeouts are those of the requests.
    Raises httpx.ConnectError and httpx.ConnectTimeout if nothing was sent, other TransportErrors if something may have
    been.
    """

    def __init__(
        self, trust: ssl.SSLContext, resolver: aiohttp.abc.AbstractResolver | None = None
    ) -> None:
        self._trust = trust
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; return the response before its body is read."""
        timeout, check = request.extensions["timeout"], request.extensions.get(CHECK)
        try:
            async with asyncio.timeout(None) as patience:
                body = _Body(request, check, patience, timeout["write"])
                response = await self._sent(request, body, timeout, check)
        except TimeoutError:
            raise httpx.WriteTimeout("the request was not taken in time") from None
        return httpx.Response(
            response.status, headers=response.raw_headers, stream=_Stream(response), request=request
        )

    async def _sent(
        self,
        request: httpx.Request,
        body: "_Body",
        timeout: Mapping[str, float | None],
        check: Check | None,
    ) -> aiohttp.ClientResponse:
        try:
            return await self._open().request(
                request.method,
                _url(request.url),
                headers=request.headers.multi_items(),
                data=body if body.length else None,
                timeout=aiohttp.ClientTimeout(
                    connect=timeout["pool"],
                    sock_connect=timeout["connect"],
                    sock_read=timeout["read"],
                ),
                allow_redirects=False,
                trace_request_ctx=check,
            )
        except ValueError:
            raise httpx.ConnectError("no request can be written like this") from None
        except httpx.TransportError:
            if body.refusal is not None:
                raise body.refusal from None
            raise

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            tracing = aiohttp.TraceConfig()
            tracing.on_request_headers_sent.append(_check)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=self._trust,
                    resolver=self._resolver or _Resolver(),
                    limit=_CONNECTIONS,
                    keepalive_timeout=_IDLE_SECONDS,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # httpx does
                middlewares=(_once,),
                trace_configs=[tracing],
            )
        return self._session


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send a request. aiohttp would send some again whose connection ends, if the error were its own."""
    with _errors_of_httpx():
        return await handler(request)


async def _check(
    session: aiohttp.ClientSession, context: SimpleNamespace, about: TraceRequestHeadersSentParams
) -> None:
    """Raise GateClosed if a change may not be sent any more. The headers are about to be sent."""
    if context.trace_request_ctx is not None:
        context.trace_request_ctx()


@contextmanager
def _errors_of_httpx() -> Iterator[None]:
    """Raise errors of aiohttp as httpx's."""
    try:
        yield
    except aiohttp.ConnectionTimeoutError:
        raise httpx.ConnectTimeout("no connection in time") from None
    except aiohttp.ClientConnectorError:
        raise httpx.ConnectError("no connection") from None
    except TimeoutError:
        raise httpx.ReadTimeout("no response in time") from None
    except (aiohttp.ClientError, OSError):
        raise httpx.ReadError("the connection broke") from None


class _Resolver(aiohttp.ThreadedResolver):
    """Finds addresses as the system does, within the time that a connection may take. aiohttp's own has no limit."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        """Return the addresses of a host. Raises OSError, or TimeoutError."""
        async with asyncio.timeout(_RESOLVE_SECONDS):
            return await super().resolve(host, port, family)


class _Body:
    """The content of a request, as aiohttp asks for it.

    ``check`` is asked before each piece. ``patience``: runs out ``seconds`` after a piece that is not taken.
    """

    def __init__(
        self,
        request: httpx.Request,
        check: Check | None,
        patience: asyncio.Timeout,
        seconds: float | None,
    ) -> None:
        self.length = int(request.headers.get("content-length", "0"))
        self.refusal: Exception | None = None
        self._request = request
        self._check = check
        self._patience = patience
        self._seconds = seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        clock = asyncio.get_running_loop().time
        async for piece in self._pieces():
            self._look()
            if self._seconds is not None:
                self._patience.reschedule(clock() + self._seconds)
            yield piece
        self._patience.reschedule(None)

    async def _pieces(self) -> AsyncIterator[bytes]:
        stream = self._request.stream
        if not isinstance(stream, httpx.AsyncByteStream):
            raise TypeError("the content of a request has to be an asynchronous stream")
        if self.length <= _MAX_AT_ONCE:
            yield b"".join([piece async for piece in stream])
            return
        async for part in stream:
            for start in range(0, len(part), _MAX_AT_ONCE):
                yield part[start : start + _MAX_AT_ONCE]

    def _look(self) -> None:
        try:
            if self._check is not None:
                self._check()
        except Exception as error:
            self.refusal = error  # aiohttp raises another one
            raise


class _Stream(httpx.AsyncByteStream):
    """The body of a response."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _errors_of_httpx():
            async for piece in self._response.content.iter_any():
                yield piece

    async def aclose(self) -> None:
        """Give the connection back, or close it if the body was not read to its end."""
        self._response.release()


def _url(url: httpx.URL) -> URL:
    """Return a URL exactly as it is."""
    path, _, query = url.raw_path.decode("ascii").partition("?")
    authority = url.netloc.decode("ascii")
    return URL.build(
        scheme=url.scheme, authority=authority, path=path, query_string=query, encoded=True
    )
