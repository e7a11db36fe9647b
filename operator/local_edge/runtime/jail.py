"""The jail: a workerd process that runs one request at a time, to identify versions that hang or crash.

A request is run here if the pool died while handling it, or if its version is known to hang or crash. The process
writes to stdout which versions it enters and leaves (the journal). When it dies, the version on top of that stack is
the cause.
"""

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Required, TypedDict

import httpx

from local_edge.jsontypes import JsonObject
from local_edge.runtime.workerd import Workerd

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Time limit of a jailed request in seconds."""
_HOP_BY_HOP = frozenset(
    ("connection", "content-length", "host", "keep-alive", "te", "transfer-encoding", "upgrade")
)
_JAIL_ONLY = frozenset(("x-edge-jail", "x-edge-order"))
_PRIVATE = _JAIL_ONLY | {"x-edge-cf", "x-edge-proto"}


class JailOrder(TypedDict, total=False):
    """The content of the header x-edge-jail: a request of a visitor, or one of a script to a version."""

    version: str
    entrypoint: str
    url: Required[str]
    cf: JsonObject | None


@dataclass(frozen=True)
class JailedRequest:
    method: str
    headers: list[tuple[str, str]]
    body: bytes
    order: JailOrder


@dataclass(frozen=True)
class JailedResponse:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Journal:
    """Tracks which versions the process is running, from the lines that it writes."""

    marker: str = field(default_factory=lambda: secrets.token_hex(16))
    """Prefix of the journal's lines; scripts cannot forge them, because they do not know it."""
    stack: list[str] = field(default_factory=list)

    def read(self, line: str) -> None:
        if not line.startswith(self.marker):
            return
        sign, version = line[len(self.marker)], line[len(self.marker) + 1 :]
        if sign == "+":
            self.stack.append(version)
        elif version in self.stack:
            self.stack.remove(version)


class Jail:
    """`socket` is the http socket of `process`.

    `killed` is called with the versions that were running when a request hung or crashed the process, the cause last,
    and the Unix time at which the request began.
    """

    def __init__(
        self,
        process: Workerd,
        journal: Journal,
        socket: str,
        killed: Callable[[Sequence[str], float], Awaitable[None]],
    ) -> None:
        self._process = process
        self._journal = journal
        self._killed = killed
        self._one_at_a_time = asyncio.Lock()
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=socket),
            timeout=PATIENCE,
            trust_env=False,
            follow_redirects=False,
        )

    async def run(self, request: JailedRequest) -> JailedResponse:
        """Return the script's response, or an error page 1102 if it hangs, crashes or times out."""
        async with self._one_at_a_time:
            while True:
                await self._process.ready.wait()
                self._journal.stack.clear()
                began = time.time()
                try:
                    return await self._send(request)
                except httpx.ConnectError:
                    # The previous request killed the process; the supervisor will notice soon.
                    await asyncio.sleep(0.01)
                except httpx.HTTPError:
                    await self._find_cause(began)
                    return _exceeded()

    async def _send(self, request: JailedRequest) -> JailedResponse:
        url = httpx.URL(request.order["url"])
        of_script = "version" in request.order
        dropped = _HOP_BY_HOP | (_PRIVATE if of_script else _JAIL_ONLY)
        headers = [(name, value) for name, value in request.headers if name.lower() not in dropped]
        headers.append(("host", url.netloc.decode()))
        if of_script:
            headers.append(("x-edge-order", json.dumps(request.order)))
        target = url.copy_with(scheme="http")
        async with self._client.stream(
            request.method, target, headers=headers, content=request.body
        ) as response:
            body = b"".join([chunk async for chunk in response.aiter_raw()])
        kept = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.headers.raw
            if name.decode("latin-1").lower() not in _HOP_BY_HOP
        ]
        return JailedResponse(response.status_code, kept, body)

    async def _find_cause(self, began: float) -> None:
        """Tell which versions were running; kill the process if the request has timed out."""
        await asyncio.sleep(0.05)  # the last lines of the journal are still in the pipe
        await self._process.kill()
        if self._journal.stack:
            await self._killed(list(self._journal.stack), began)

    async def close(self) -> None:
        await self._client.aclose()


_TITLE = "Worker exceeded resource limits"
_PAGE = f"<!DOCTYPE html>\n<title>{_TITLE}</title>\n<h1>Error 1102</h1>\n<h2>{_TITLE}</h2>\n"


def _exceeded() -> JailedResponse:
    headers = [("content-type", "text/html; charset=UTF-8"), ("x-edge-error", "1102")]
    return JailedResponse(503, headers, _PAGE.encode())
