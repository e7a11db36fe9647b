"""The account as clients meet it: every call is told of, some fail as a test wants it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

import httpx

from support.calls import TOKEN, refusal
from support.cloudflare import edge, kv, r2, scripts, zones
from support.cloudflare.edge import EdgeAnswer
from support.cloudflare.endpoints import Call, Endpoint, Refused
from support.cloudflare.state import Account
from support.interruptions import Interruption

_PREFIX: Final = "/client/v4"
_ENDPOINTS: Final = (*zones.ENDPOINTS, *scripts.ENDPOINTS, *kv.ENDPOINTS, *r2.ENDPOINTS)
_RATE_LIMITED: Final = 971


@dataclass
class Fault:
    """What happens to the next ``times`` calls whose lines contain ``match``."""

    match: str
    times: int
    answer: httpx.Response | None = None
    lose_answer: bool = False
    refuse_connection: bool = False
    after: httpx.Response | None = None  # the answer to a call that was carried out
    dies: bool = False  # the operator, once the call was carried out


@dataclass
class Cloudflare(Account):
    """An account in memory. Its state is what ``Account`` has; tests change it as they like.

    ``writes`` and ``reads`` tell of the calls that have arrived, e.g. ``PUT script ns/shop--0a1b2c3d--0``; one that
    was refused ends in ``-> <status> <code>``. ``tokens`` are those that it accepts. ``requests_left`` is what answers
    say of the token's window, in which nothing is counted.
    """

    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    requests_left: int = 1199
    writes: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    interruption: Interruption | None = None
    changed: Callable[[], None] = lambda: None  # called after each mutating call

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)

    def fail(
        self,
        match: str = "",
        *,
        times: int = 1,
        status: int = 0,
        code: int | None = None,
        message: str = "no",
        lose_answer: bool = False,
        refuse_connection: bool = False,
        carried_out: bool = False,
    ) -> Fault:
        """Make the next ``times`` calls fail whose lines contain ``match``, e.g. ``PUT`` or ``script ns/``.

        They are answered with ``status`` and ``code`` (500 without a code, else 400) and not carried out; with
        ``lose_answer`` they are carried out and their answers lost; with ``refuse_connection`` they never arrive;
        with ``carried_out`` they are carried out, and answered as if they were not.
        """
        answer = None
        if not (lose_answer or refuse_connection):
            status = status or (500 if code is None else 400)
            limited = {"Retry-After": "300"} if status == 429 else {}
            code = _RATE_LIMITED if status == 429 and code is None else code
            answer = refusal(status, code, message, **limited)
        fault = Fault(match, times, answer, lose_answer, refuse_connection)
        if carried_out:
            fault.answer, fault.after = None, answer
        self.faults.append(fault)
        return fault

    def answer(self, host: str, path: str = "/", selected: str | None = None) -> EdgeAnswer:
        """What a visitor of ``https://<host><path>`` gets, or the operator if it selects a version."""
        return edge.answer(self, host, path, selected)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)  # others go on meanwhile
        endpoint, call = _find(request)
        line = self._line(endpoint, call)
        fault = await self._interrupted(request.method, line) or self._fault(line)
        if fault is not None and fault.refuse_connection:
            raise httpx.ConnectError("connection refused", request=request)
        if fault is not None and fault.answer is not None:
            response = _copy(fault.answer)
        else:
            response = self._carry_out(endpoint, call)
        self._record(request.method, line + _outcome(response))
        if request.method != "GET":
            self.changed()
        if fault is not None and fault.lose_answer:
            raise httpx.ReadError("connection reset", request=request)
        if fault is not None and fault.after is not None:
            response = _copy(fault.after)
        if fault is not None and fault.dies and self.interruption is not None:
            await self.interruption.leave("killed after")
        left = f'"default";r={self.requests_left};t=300'
        response.headers.update({"Ratelimit": left, "Ratelimit-Policy": '"default";q=1200;w=300'})
        return response

    async def _interrupted(self, method: str, line: str) -> Fault | None:
        if self.interruption is None:
            return None
        if method == "GET":
            await self.interruption.alive()
            return None
        match await self.interruption.enter(line):
            case "killed after":
                return Fault(line, 0, dies=True)
            case "refused":
                return Fault(line, 0, answer=refusal(500, None))
            case "error":
                return Fault(line, 0, after=refusal(500, None))
            case "lost":
                return Fault(line, 0, lose_answer=True)
        return None

    def _line(self, endpoint: Endpoint | None, call: Call) -> str:
        try:
            if endpoint is not None:
                return endpoint.line(self, call)
        except Refused:
            pass  # its body makes no sense; the answer says so
        return f"{call.request.method} {call.request.url.path.removeprefix(_PREFIX)}"

    def _fault(self, line: str) -> Fault | None:
        for fault in self.faults:
            if fault.times > 0 and fault.match in line:
                fault.times -= 1
                return fault
        return None

    def _carry_out(self, endpoint: Endpoint | None, call: Call) -> httpx.Response:
        try:
            self._check_token(call.request)
            if endpoint is None:
                raise zones.no_route(call.request.url.path)
            if call.path.get("account", self.account_id) != self.account_id:
                raise Refused(403, 10000, "Authentication error")
            return endpoint.answer(self, call)
        except Refused as refused:
            return refusal(refused.status, refused.code, refused.message)

    def _check_token(self, request: httpx.Request) -> None:
        header = request.headers.get("authorization")
        if header is None:
            raise Refused(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
        if header.removeprefix("Bearer ") not in self.tokens:
            raise Refused(403, 10000, "Authentication error")

    def _record(self, method: str, line: str) -> None:
        (self.reads if method == "GET" else self.writes).append(line)


def _find(request: httpx.Request) -> tuple[Endpoint | None, Call]:
    """The endpoint that a request means; the names in its path are escaped, and may hold slashes then."""
    path = request.url.raw_path.decode().partition("?")[0].removeprefix(_PREFIX)
    for endpoint in _ENDPOINTS:
        match = endpoint.path.fullmatch(path)
        if match is not None and endpoint.method == request.method:
            names = {name: unquote(value) for name, value in match.groupdict().items()}
            return endpoint, Call(request, names)
    return None, Call(request, {})


def _copy(answer: httpx.Response) -> httpx.Response:
    return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def _outcome(response: httpx.Response) -> str:
    if response.is_success:
        return ""
    errors = response.json()["errors"]
    return f" -> {response.status_code}" + (f" {errors[0]['code']}" if errors else "")
