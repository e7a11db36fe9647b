"""A way to the API server that breaks where the operator watches: at the wire, line by line.

It runs in a thread of its own. Everything that is no list and no watch of our kinds passes as it is.
"""

import asyncio
import json
import ssl
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import aiohttp
import yaml
from aiohttp import web

from support.kube import PLURALS, Object
from support.loops import LoopThread
from support.ports import reusable_socket

What = Literal["cut before", "cut inside", "cut after", "expired", "gone", "twice", "stale", "lost"]
Moment = Literal["deletion", "end"]

_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "host"})
_GONE: Final = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Expired",
                "code": 410, "message": "too old resource version"}  # fmt: skip


@dataclass(frozen=True)
class WatchFault:
    """What happens to an event of each kind's watch: to the first that tells of a deletion, or of an object's end.

    cut before, cut inside, cut after
             the connection ends before the event, within its line, or after it
    expired  the connection ends before the event, and the next watch is refused with 410
    gone     an error of code 410 comes in place of the event, and the connection ends
    twice    the event comes twice
    stale    the object's former state comes once more after the event
    lost     the event does not come, and nobody says so
    """

    what: What
    moment: Moment

    def __str__(self) -> str:
        return f"{self.what} {self.moment}"

    def meets(self, event: Object) -> bool:
        """Whether an event tells of the moment."""
        if self.moment == "end":
            return bool(event["type"] == "DELETED")
        return event["type"] == "MODIFIED" and "deletionTimestamp" in event["object"]["metadata"]


class KubeFront:
    """``kubeconfig`` leads through it, with the credentials of ``behind``.

    ``hits``: plural → events that a fault has met. ``refusals``: statuses that the next lists of each kind get.
    """

    def __init__(self, behind: Path, folder: Path) -> None:
        document: Any = yaml.safe_load(behind.read_text())
        [cluster] = document["clusters"]
        self._upstream = str(cluster["cluster"]["server"])
        self._tls = _trusting(cluster["cluster"])
        self.hits: Counter[str] = Counter()
        self._fault: WatchFault | None = None
        self._names: frozenset[str] = frozenset()
        self.refusals: defaultdict[str, deque[int]] = defaultdict(deque)
        self._expired: set[str] = set()
        self._former: dict[str, bytes] = {}  # uid -> the event before the last one
        self._away = False
        self._open: set[asyncio.Transport] = set()
        self._thread = LoopThread("kube-front")
        self._socket = reusable_socket(0)
        cluster["cluster"] = {"server": f"http://127.0.0.1:{self._socket.getsockname()[1]}"}
        self.kubeconfig = folder / "front.kubeconfig"
        self.kubeconfig.touch(mode=0o600)
        self.kubeconfig.write_text(yaml.safe_dump(document))
        self._thread.run(self._listen())

    # --- for tests ------------------------------------------------------------------------------------------------

    def fault(
        self, fault: WatchFault, names: frozenset[str], *, refusals: tuple[int, ...] = ()
    ) -> None:
        """Break the watch of each kind once, at an event of an object with one of these names.

        ``refusals``: with what the next lists of each kind are answered then.
        """
        self.hits.clear()
        self._fault, self._names = fault, names
        for plural in PLURALS.values():
            self.refusals[plural] = deque(refusals)

    def lose(self) -> None:
        """End all lists and watches, and those that are begun, until ``find``."""
        self._away = True
        self._thread.run(self._abort())

    def find(self, *, expired: bool = False) -> None:
        """Let lists and watches pass again. ``expired``: it was so long that watches cannot go on where they were."""
        self._expired = set(PLURALS.values()) if expired else set()
        self._away = False

    def close(self) -> None:
        """End it, with its thread."""
        self._thread.run(self._abort())
        self._thread.run(self._runner.cleanup())
        self._thread.run(self._client.close())
        self._thread.close()

    # --- in the thread --------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        timeout = aiohttp.ClientTimeout(None)
        self._client = aiohttp.ClientSession(auto_decompress=False, timeout=timeout)
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{tail:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()

    async def _abort(self) -> None:
        for transport in list(self._open):
            transport.abort()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        plural = request.path.rpartition("/")[2]
        is_ours = request.method == "GET" and plural in PLURALS.values()
        is_watch = is_ours and request.query.get("watch") == "true"
        if is_ours and self._away:
            return _cut(request)
        if is_watch and plural in self._expired:
            self._expired.discard(plural)
            return web.json_response(_GONE, status=410)
        if is_ours and not is_watch and self.hits[plural] and self.refusals[plural]:
            status = self.refusals[plural].popleft()
            return web.json_response(_GONE | {"code": status}, status=status)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _HOP_BY_HOP}
        async with self._client.request(
            request.method,
            self._upstream + request.path_qs,
            headers=headers,
            data=await request.read() or None,
            ssl=self._tls,
        ) as answer:
            return await self._pass_on(request, answer, plural if is_watch else None)

    async def _pass_on(
        self, request: web.Request, answer: aiohttp.ClientResponse, watched: str | None
    ) -> web.StreamResponse:
        kept = {k: v for k, v in answer.headers.items() if k.lower() not in _HOP_BY_HOP}
        response = web.StreamResponse(status=answer.status, headers=kept)
        await response.prepare(request)
        transport = request.transport
        assert isinstance(transport, asyncio.Transport)
        self._open.add(transport)
        try:
            if watched is None or answer.status != 200:
                async for piece in answer.content.iter_any():
                    await response.write(piece)
                return response
            rest = b""
            async for piece in answer.content.iter_any():
                *whole, rest = (rest + piece).split(b"\n")
                for line in whole:
                    for part in self._parts(watched, line + b"\n"):
                        if part is None:
                            return _cut(request)
                        await response.write(part)
        except (ConnectionError, aiohttp.ClientError):
            return response  # the operator has gone, or the test has cut it off
        finally:
            self._open.discard(transport)
        return response

    def _parts(self, plural: str, line: bytes) -> Iterator[bytes | None]:
        """What of an event is sent; None: the connection ends."""
        event = json.loads(line)
        metadata = event["object"].get("metadata") or {}
        former, self._former[metadata.get("uid", "")] = (
            self._former.get(metadata.get("uid", "")),
            line,
        )
        fault = self._fault
        if fault is None or self.hits[plural] or not self._meets(fault, event):
            yield line
            return
        self.hits[plural] += 1
        match fault.what:
            case "cut before" | "expired":
                self._expired |= {plural} if fault.what == "expired" else set()
                yield None
            case "cut inside":
                yield line[: len(line) // 2]
                yield None
            case "cut after":
                yield line
                yield None
            case "gone":
                yield json.dumps({"type": "ERROR", "object": _GONE}).encode() + b"\n"
                yield None
            case "twice":
                yield line + line
            case "stale":
                assert former is not None
                yield line + former
            case "lost":
                yield b""

    def _meets(self, fault: WatchFault, event: Object) -> bool:
        return event["object"]["metadata"].get("name") in self._names and fault.meets(event)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _trusting(cluster: Any) -> ssl.SSLContext:
    if "certificate-authority-data" in cluster:
        import base64

        text = base64.b64decode(cluster["certificate-authority-data"]).decode()
        return ssl.create_default_context(cadata=text)
    return ssl.create_default_context(cafile=cluster["certificate-authority"])
