"""A shop, or a publisher, as caches meet them: it trusts every header, marks no page as private, and lies about types.

``python -m bench.shops.origin PORT``. Each answer says for whom it was made, and repeats what its request brought:

    <!--owner=<session or none>;seen=<values of headers and query that look like an attack>;-->
"""

import asyncio
import re
import sys
from typing import Final

SESSION: Final = re.compile(r"\bshop_session=(\w+)")
ATTACK: Final = re.compile(r"evil-\w+")
PAGE_BYTES: Final = 8192
ASSET_BYTES: Final = 4096
_TYPES: Final = {"css": "text/css", "js": "text/javascript", "png": "image/png"}
_PRIVATE: Final = re.compile(r"^/(cart|checkout|account|me)\b")


class Shop(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._pending = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._pending += data
        while b"\r\n\r\n" in self._pending:
            head, _, rest = self._pending.partition(b"\r\n\r\n")
            text = head.decode("latin-1")
            length = re.search(r"(?i)\r\ncontent-length: (\d+)", text)
            size = int(length[1]) if length else 0
            if len(rest) < size:
                return
            self._pending = rest[size:]
            assert self._transport is not None
            self._transport.write(answer(text))


def answer(head: str) -> bytes:
    """The response to a request's head."""
    line, _, headers = head.partition("\r\n")
    method, target = line.split(" ")[:2]
    path = target.partition("?")[0]
    session = SESSION.search(headers)
    kind = path.rpartition(".")[2] if "." in path else ""
    is_asset = path.startswith("/assets/")
    owner = session[1] if session and not is_asset else "none"
    seen = ",".join(ATTACK.findall(head))
    mark = f"<!--owner={owner};seen={seen};-->".encode()
    body = mark.ljust(ASSET_BYTES if is_asset else PAGE_BYTES, b".")
    fields = [f"Content-Type: {_type(path, kind)}", f"Content-Length: {len(body)}"]
    if path.startswith("/short/"):
        fields.append("Cache-Control: max-age=1")
    if path == "/first-visit" or (path.startswith("/cart") and not session):
        fields.append("Set-Cookie: shop_session=fresh; Path=/")
    text = "\r\n".join(["HTTP/1.1 200 OK", *fields, "", ""]).encode()
    return text if method == "HEAD" else text + body


def _type(path: str, kind: str) -> str:
    if path == "/me/data.css":
        return "application/json"
    is_named = kind in _TYPES and (path.startswith("/assets/") or _PRIVATE.match(path))
    return _TYPES[kind] if is_named else "text/html; charset=utf-8"


async def _serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Shop, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
