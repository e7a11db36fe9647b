"""The jail: a workerd process that runs one request at a time, so that the guilty one is known.

A request comes here when the pool died under it, or when its version is known to hang or crash. The process writes
which version it enters and leaves to its stdout (a journal); when it dies, the version on top of that stack did it.
"""

import asyncio
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from local_edge.runtime.process import Workerd

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds that a request may take here."""
_HOP_BY_HOP = frozenset(
    ("connection", "content-length", "host", "keep-alive", "te", "transfer-encoding", "upgrade")
)
_PRIVATE = frozenset(("x-edge-cf", "x-edge-jail", "x-edge-proto"))


@dataclass(frozen=True)
class JailedRequest:
    """`order` is what x-edge-jail holds: {script | version, entrypoint?, url, cf?}."""

    method: str
    headers: list[tuple[str, str]]
    body: bytes
    order: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Journal:
    """Which versions the process is in, from the lines that it writes."""

    marker: str = field(default_factory=lambda: secrets.token_hex(16))
    """Starts each line; scripts do not know it, so they cannot write such a line."""
    stack: list[str] = field(default_factory=list)

    def hear(self, line: str) -> None:
        if not line.startswith(self.marker):
            return
        sign, version = line[len(self.marker)], line[len(self.marker) + 1 :]
        if sign == "+":
            self.stack.append(version)
        elif version in self.stack:
            self.stack.remove(version)


class Jail:
    """`socket` is the http socket of `process`; `condemn` is told the version that took it down."""

    def __init__(
        self,
        process: Workerd,
        journal: Journal,
        socket: str,
        condemn: Callable[[str], Awaitable[None]],
    ) -> None:
        self._process = process
        self._journal = journal
        self._condemn = condemn
        self._one_at_a_time = asyncio.Lock()
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=socket),
            timeout=PATIENCE,
            trust_env=False,
            follow_redirects=False,
        )

    async def run(self, request: JailedRequest) -> Answer:
        """The script's answer, or the page 1102 if it hangs, crashes or takes too long."""
        async with self._one_at_a_time:
            while True:
                await self._process.ready.wait()
                self._journal.stack.clear()
                try:
                    return await self._send(request)
                except httpx.ConnectError:
                    # It died of the request before this one; the supervisor is about to notice.
                    await asyncio.sleep(0.01)
                except httpx.HTTPError:
                    await self._judge()
                    return _exceeded()

    async def _send(self, request: JailedRequest) -> Answer:
        url = httpx.URL(request.order["url"])
        dropped = _HOP_BY_HOP | _PRIVATE
        headers = [(name, value) for name, value in request.headers if name.lower() not in dropped]
        edge = {key: request.order.get(key) for key in ("script", "version", "entrypoint")}
        cf = request.order.get("cf")
        headers += [
            ("host", url.netloc.decode()),
            ("x-edge-proto", "https"),
            ("x-edge-cf", json.dumps({**(cf or {}), "__edge": {**edge, "bare": cf is None}})),
        ]
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
        return Answer(response.status_code, kept, body)

    async def _judge(self) -> None:
        """The process died, or the request took too long (then it is killed)."""
        await asyncio.sleep(0.05)  # the last lines of the journal are still in the pipe
        await self._process.kill()
        if self._journal.stack:
            await self._condemn(self._journal.stack[-1])

    async def close(self) -> None:
        await self._client.aclose()


_TITLE = "Worker exceeded resource limits"
_PAGE = f"<!DOCTYPE html>\n<title>{_TITLE}</title>\n<h1>Error 1102</h1>\n<h2>{_TITLE}</h2>\n"


def _exceeded() -> Answer:
    headers = [("content-type", "text/html; charset=UTF-8"), ("x-edge-error", "1102")]
    return Answer(503, headers, _PAGE.encode())
