"""Large answers are compressed for callers that take it: a page of a list, the OpenAPI document."""

import asyncio
import zlib
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST: Final = 16 * 1024
"""Bytes. Below, it costs more than it saves."""
_LEVEL: Final = 1  # a tenth of the bytes, at a third of the time of the default level
_GZIP: Final = 31  # zlib's window, with the format of gzip
_MEDIA: Final = ("application/json", "application/yaml", "text/html")


class Compression:
    """A layer of the application. Streams and files that are compressed already pass as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        takes_gzip = "gzip" in Headers(scope=scope).get("accept-encoding", "")
        start: Message | None = None

        async def compressing(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_compressible(message):
                start = message
                return
            if start is not None:
                begin, start = start, None
                if takes_gzip and not message.get("more_body"):
                    message = {
                        **message,
                        "body": await asyncio.to_thread(_packed, message.get("body", b"")),
                    }
                    _describe(begin, len(message["body"]))
                await send(begin)
            await send(message)

        await self._app(scope, receive, compressing)


def _is_compressible(start: Message) -> bool:
    """Whether an answer is large text. From here on, caches have to tell its forms apart."""
    headers = MutableHeaders(raw=start["headers"])
    length, media = headers.get("content-length", ""), headers.get("content-type", "")
    is_large = length.isdecimal() and int(length) >= LEAST
    if not is_large or not media.startswith(_MEDIA) or "content-encoding" in headers:
        return False
    headers.add_vary_header("Accept-Encoding")
    return True


def _describe(start: Message, length: int) -> None:
    headers = MutableHeaders(raw=start["headers"])
    headers["Content-Encoding"], headers["Content-Length"] = "gzip", str(length)
    if headers.get("etag", "").startswith('"'):
        headers["ETag"] = f"W/{headers['etag']}"  # the same state in other bytes


def _packed(body: bytes) -> bytes:
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush()
