"""A proxy between operator and Cloudflare API that records every call, and breaks those that a test names.

It runs in a thread of its own. Faults happen at the wire: the operator sees what it would see of a broken network, a
failing API, or an answer that never arrives.
"""

import asyncio
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import aiohttp
from aiohttp import web

from support.loops import LoopThread
from support.ports import reusable_socket

MUTATING: Final = "PUT|POST|PATCH|DELETE"
_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "host"})
_MAX_BODY: Final = 128 * 2**20
_PAUSE: Final = 0.02


@dataclass(frozen=True)
class Call:
    """One request. ``status`` is what the operator was told, 0 for nothing; ``carried_out``: the edge did it."""

    method: str
    path: str  # without the base path
    status: int
    carried_out: bool
    at: float  # monotonic; when it came in

    @property
    def asks_for_metrics(self) -> bool:
        """Whether it is a query for metrics: these come once a minute, whatever else goes on."""
        return _asks_for_metrics(self.path)

    @property
    def mutating(self) -> bool:
        return self.method not in ("GET", "HEAD") and not self.asks_for_metrics

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status or 'cut'}"


def _asks_for_metrics(path: str) -> bool:
    return path.endswith(("/analytics_engine/sql", "/graphql"))


@dataclass
class Fault:
    """What happens to a call.

    answer     ``status``, ``headers`` and ``body`` in the edge's place
    cut        the connection ends before the edge has seen the call
    lose       the edge carries it out, then the connection ends without an answer
    delay      it passes
    ``seconds`` is waited first; ``then`` is called right before a connection is cut.
    """

    kind: Literal["answer", "cut", "lose", "delay"]
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    seconds: float = 0.0
    then: Callable[[], None] | None = None


def failing(status: int, code: int = 10013, message: str = "internal error") -> Fault:
    """An error in the API's own envelope."""
    body = (
        f'{{"success":false,"errors":[{{"code":{code},"message":"{message}"}}],'
        '"messages":[],"result":null}'
    )
    return Fault("answer", status, {"Content-Type": "application/json"}, body)


def html(status: int) -> Fault:
    """The page of something that stands before the API."""
    page = "<html><body><h1>Bad gateway</h1></body></html>"
    return Fault("answer", status, {"Content-Type": "text/html"}, page)


def too_many(retry_after: int) -> Fault:
    """429, with the time after which calls are accepted again."""
    fault = failing(429, 10429, "rate limited")
    return Fault("answer", 429, {**fault.headers, "Retry-After": str(retry_after)}, fault.body)


@dataclass
class Rule:
    """Applies ``fault`` to ``times`` calls (None: all) that match, after the first ``skip`` of them.

    Without a path, it spends none of them on queries for metrics, which come once a minute, whatever else goes on.
    """

    fault: Fault
    methods: str
    path: str
    times: int | None
    skip: int
    hits: int = 0  # calls that had the fault

    def takes(self, method: str, path: str) -> bool:
        if not re.fullmatch(self.methods, method) or not re.search(self.path, path):
            return False
        if self.times is not None and not self.path and _asks_for_metrics(path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        self.hits += 1
        return True


class Proxy:
    """Listens on ``url`` in place of ``upstream`` (both with the API's base path). ``port`` 0: a free one."""

    def __init__(self, upstream: str, port: int = 0) -> None:
        host, separator, base = upstream.rstrip("/").partition("/client/v4")
        self._upstream, self._base = host, separator + base
        self._calls: list[Call] = []
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._under_way = 0  # calls that have come in and are not through
        self._listener: web.SockSite | None = None
        self._runner: web.AppRunner | None = None
        self._thread = LoopThread("proxy")
        # Holds the port while nobody listens on it: a connection is refused then, and no one else gets the port.
        self._holder = reusable_socket(port)
        self._port = int(self._holder.getsockname()[1])
        self._thread.run(self._open())
        self.url = f"http://127.0.0.1:{self._port}{self._base}"

    # --- for tests ------------------------------------------------------------------------------------------------

    def fault(
        self, fault: Fault, *, methods: str = ".*", path: str = "", times: int | None = None, skip: int = 0
    ) -> Rule:  # fmt: skip
        """Adds a rule; the first that matches a call decides. ``path`` is searched for, as a regular expression."""
        rule = Rule(fault, methods, path, times, skip)
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """All calls pass again."""
        with self._lock:
            self._rules.clear()
        if self._listener is None:
            self._thread.run(self._listen())

    def refuse(self) -> None:
        """Connections are refused, and those that are open end, until ``clear``."""
        self._thread.run(self._stop_listening())

    def drain(self) -> None:
        """Returns when everything is through that clients have sent: call it once they are gone.

        What they had under way when they died reaches the edge all the same, and may meet the next rule.
        """
        self._thread.run(self._drained())

    def calls(self, methods: str = ".*", path: str = "", since: float = 0.0) -> list[Call]:
        """The recorded calls that match."""
        with self._lock:
            calls = list(self._calls)
        return [
            c
            for c in calls
            if c.at >= since and re.fullmatch(methods, c.method) and re.search(path, c.path)
        ]

    def close(self) -> None:
        """Ends it, with its thread."""
        self._thread.run(self._stop_listening())
        self._thread.run(self._client.close())
        self._thread.close()
        self._holder.close()

    # --- in the thread ----------------------------------------------------------------------------------------------

    async def _open(self) -> None:
        self._client = aiohttp.ClientSession(auto_decompress=False)
        await self._listen()

    async def _listen(self) -> None:
        app = web.Application(client_max_size=_MAX_BODY)
        app.router.add_route("*", "/{tail:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        self._listener = web.SockSite(self._runner, reusable_socket(self._port))
        await self._listener.start()

    async def _stop_listening(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = self._listener = None

    async def _drained(self) -> None:
        assert self._runner is not None
        assert self._runner.server is not None
        while True:
            await asyncio.sleep(_PAUSE)  # time to accept a connection that was made last
            if not self._under_way and not self._runner.server.connections:
                return

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self._under_way += 1
        try:
            return await self._answer(request)
        finally:
            self._under_way -= 1

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        at, path = time.monotonic(), request.path.removeprefix(self._base)
        with self._lock:
            rule = next((r for r in self._rules if r.takes(request.method, path)), None)
        fault = rule.fault if rule is not None else None
        try:
            body = await request.read()
        except ConnectionError:
            return web.Response()  # the client was killed while it sent the call: nobody hears this
        if fault is not None and fault.seconds:
            await asyncio.sleep(fault.seconds)
        answer: web.Response | None = None
        carried_out = fault is None or fault.kind in ("lose", "delay")
        if carried_out:
            answer = await self._forward(request, body)
        elif fault is not None and fault.kind == "answer":
            answer = web.Response(status=fault.status, headers=fault.headers, text=fault.body)
        if fault is not None and fault.kind in ("cut", "lose"):
            return self._cut(request, path, at, carried_out, fault)
        assert answer is not None
        self._record(Call(request.method, path, answer.status, carried_out, at))
        return answer

    def _cut(
        self, request: web.Request, path: str, at: float, carried_out: bool, fault: Fault
    ) -> web.Response:
        self._record(Call(request.method, path, 0, carried_out, at))
        if fault.then is not None:
            fault.then()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _record(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    async def _forward(self, request: web.Request, body: bytes) -> web.Response:
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _HOP_BY_HOP}
        url = self._upstream + request.path_qs
        async with self._client.request(
            request.method, url, headers=headers, data=body, allow_redirects=False
        ) as response:
            content = await response.read()
            kept = {k: v for k, v in response.headers.items() if k.lower() not in _HOP_BY_HOP}
            kept.pop("Content-Length", None)
            return web.Response(status=response.status, headers=kept, body=content)
