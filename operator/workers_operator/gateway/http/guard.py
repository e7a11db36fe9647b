"""Check every request (bounds, rates, token), and complete every answer (headers, audit log)."""

import logging
import re
import time
import uuid
from collections import Counter
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workers_operator.domain.timestamps import stamp
from workers_operator.engine.clock import Clock
from workers_operator.gateway.access.audit import Audit, AuditRecord
from workers_operator.gateway.access.callers import Caller
from workers_operator.gateway.access.limits import RequestLimiter
from workers_operator.gateway.access.reviews import Reviewer
from workers_operator.gateway.http.bodies import BodyBudget, buffered
from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.gateway.http.measuring import GatewayMetrics
from workers_operator.gateway.http.problems import ApiProblem, of_kubernetes, problem
from workers_operator.gateway.http.streaming import Permitted
from workers_operator.gateway.options import Bounds
from workers_operator.kube.errors import KubeError

logger = logging.getLogger(__name__)

ANONYMOUS: Final = ("/healthz", "/api/openapi.json", "/api/docs")
OPTIONAL: Final = ("/api/status",)
"""Paths that return fewer details to anonymous callers."""
_BEARER: Final = re.compile(r"bearer +([-._~+/A-Za-z0-9]+=*) *", re.IGNORECASE | re.ASCII)
_REQUEST_ID: Final = re.compile(rb"[-_A-Za-z0-9]{8,64}")
_WITH_BODY: Final = ("POST", "PUT", "PATCH", "DELETE")
_READS: Final = ("GET", "HEAD", "OPTIONS")
_JSON: Final = ("application/json", "application/merge-patch+json")
_MAX_TOKEN: Final = 16_384
_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


@dataclass(frozen=True)
class Doorkeeper:
    """Who lets requests in. ``new_id``: returns another id for each request.

    ``guesses``: of tokens that are not valid, by address.
    """

    reviewer: Reviewer
    callers: RequestLimiter
    addresses: RequestLimiter
    guesses: RequestLimiter
    bounds: Bounds
    clock: Clock
    audit: Audit
    metrics: GatewayMetrics
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex


class Visit:
    """One request, its caller, and the headers of its answer."""

    def __init__(self, scope: Scope, request_id: str) -> None:
        self.scope = scope
        self.headers = dict(reversed(scope["headers"]))
        self.request_id = request_id
        self.address = str((scope.get("client") or ("", 0))[0])
        self.user = ""
        self.tenant = ""  # its requests in flight are counted
        self.body_bytes = 0  # that it holds
        self.status = 0
        self.answer_headers: dict[str, str] = {"X-Request-Id": request_id}

    def header(self, name: bytes) -> str | None:
        """Return a header, as text."""
        value = self.headers.get(name)
        return value.decode("latin-1") if value is not None else None


class RequestGuard:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, keeper: Doorkeeper, *, is_secure: bool) -> None:
        self._app = app
        self._under_way = Counter[str]()  # requests by tenant
        self._bodies = BodyBudget(keeper.bounds)
        self._keeper = keeper
        secure = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
        self._added = (*_HEADERS, secure) if is_secure else _HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        known = dict(scope["headers"]).get(b"x-request-id", b"")
        is_good = _REQUEST_ID.fullmatch(known)
        visit = Visit(scope, known.decode() if is_good else self._keeper.new_id())
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["request_id"] = visit.request_id
        answering = self._answering(visit, send)
        try:
            await self._admit(visit, state)
            receive = await self._body(visit, receive)
            await self._app(scope, receive, answering)
        except ApiProblem as refusal:
            await _refuse(refusal, answering)
        except Exception:
            logger.exception("request %s failed", visit.request_id)
            if not visit.status:
                message = f"internal error; see request {visit.request_id} in the gateway's log"
                await _refuse(problem(GatewayCode.INTERNAL, message), answering)
        finally:
            self._leave(visit)
            self._note(visit, state, time.perf_counter() - began)

    async def _admit(self, visit: Visit, state: MutableMapping[str, Any]) -> None:
        """Let a request in. Raises ApiProblem."""
        scope, keeper = visit.scope, self._keeper
        bounds, path = keeper.bounds, scope["path"]
        if len(scope["raw_path"]) + len(scope["query_string"]) > bounds.url:
            raise problem(GatewayCode.URL_TOO_LONG, f"the URL has more than {bounds.url} bytes")
        if sum(len(n) + len(v) for n, v in scope["headers"]) > bounds.headers:
            message = f"the headers have more than {bounds.headers} bytes"
            raise problem(GatewayCode.HEADERS_TOO_LARGE, message)
        if path == "/healthz":
            return
        self._count(visit, keeper.addresses, visit.address, "address")
        if path == "/api/workers":
            scope["path"] = "/api/workers/"
        authorization = visit.header(b"authorization")
        if path in ANONYMOUS or (path in OPTIONAL and authorization is None) or _is_page(path):
            return
        if scope["method"] == "OPTIONS":
            return
        caller = await self._known(visit, authorization)
        state["caller"], visit.user = caller, caller.username
        state["permitted"] = self._still(authorization)
        self._count(visit, keeper.callers, caller.tenant, "caller")
        self._enter(visit, caller.tenant)

    def _enter(self, visit: Visit, tenant: str) -> None:
        """Count a request in flight. Streams and waits are long-lived; no tenant may occupy all connections."""
        most = self._keeper.bounds.at_once
        if self._under_way[tenant] >= most:
            message = f"you already have {most} requests in flight; wait for one to finish"
            raise problem(GatewayCode.TOO_MANY_REQUESTS, message, headers={"Retry-After": "1"})
        visit.tenant = tenant
        self._under_way[tenant] += 1

    def _leave(self, visit: Visit) -> None:
        if visit.body_bytes:
            self._bodies.give_back(visit.tenant, visit.body_bytes)
        if visit.tenant:
            self._under_way[visit.tenant] -= 1
            if not self._under_way[visit.tenant]:
                del self._under_way[visit.tenant]

    async def _known(self, visit: Visit, authorization: str | None) -> Caller:
        """Return whose token a request has. Raises ApiProblem.

        An address that has sent too many that are nobody's may send those only that have been somebody's.
        """
        token, keeper = _token_in(authorization), self._keeper
        decision = keeper.guesses.next(visit.address, keeper.clock.monotonic())
        if not decision.passes and not keeper.reviewer.has_known(token):
            visit.answer_headers |= decision.headers("token")
            message = "too many tokens of this address are not valid; try again later"
            raise problem(GatewayCode.TOO_MANY_REQUESTS, message)
        caller = await self._caller(token, lasting=visit.scope["method"] in _READS)
        if caller is None:
            keeper.guesses.take(visit.address, keeper.clock.monotonic())
            message = "the token is not valid for this API, or has expired or been revoked"
            raise _unauthenticated(message, ', error="invalid_token"')
        return caller

    async def _caller(self, token: str, *, lasting: bool = True) -> Caller | None:
        try:
            return await self._keeper.reviewer.caller(token, lasting=lasting)
        except KubeError as error:
            raise of_kubernetes(error, "check the token") from None

    def _still(self, authorization: str | None) -> Permitted:
        """Return a check that the token is still valid, for long-lived requests."""

        async def permitted() -> bool:
            try:
                return await self._caller(_token_in(authorization)) is not None
            except ApiProblem:
                return True  # nobody can say

        return permitted

    def _count(self, visit: Visit, limiter: RequestLimiter, who: str, name: str) -> None:
        decision = limiter.take(who, self._keeper.clock.monotonic())
        visit.answer_headers |= decision.headers(name)
        if not decision.passes:
            message = f"too many requests of this {name}; try again in {decision.reset} s"
            raise problem(GatewayCode.TOO_MANY_REQUESTS, message)

    async def _body(self, visit: Visit, receive: Receive) -> Receive:
        """Wait for the body, and return a receive function that replays it. Raises ApiProblem.

        Nothing that is open to everybody reads a body, so nobody without a token has one kept.
        """
        if visit.scope["method"] not in _WITH_BODY or not visit.tenant:
            return receive
        bounds = self._keeper.bounds
        length = visit.header(b"content-length") or "0"
        has_body = length != "0" or b"transfer-encoding" in visit.headers
        media = (visit.header(b"content-type") or "").partition(";")[0].strip().lower()
        if has_body and media not in _JSON:
            message = f"the body must be {_JSON[0]}"
            raise problem(GatewayCode.UNSUPPORTED_MEDIA_TYPE, message, "Content-Type")

        def take(size: int) -> None:
            self._bodies.take(visit.tenant, size)
            visit.body_bytes += size

        return await buffered(receive, length, bounds, take)

    def _answering(self, visit: Visit, send: Send) -> Send:
        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start":
                visit.status = message["status"]
                given = [(n.lower(), v) for n, v in message.get("headers", ())]
                names = {name for name, _ in given}
                added = [(n, v) for n, v in self._added if n not in names]
                ours = [(n.lower().encode(), v.encode()) for n, v in visit.answer_headers.items()]
                message = {**message, "headers": [*given, *added, *ours]}
            await send(message)

        return answering

    def _note(self, visit: Visit, state: MutableMapping[str, Any], seconds: float) -> None:
        scope = visit.scope
        route = getattr(scope.get("route"), "path", "") or (
            "/healthz" if scope["path"] == "/healthz" else "other"
        )
        self._keeper.metrics.answered(scope["method"], route, visit.status, seconds)
        if scope["path"] == "/healthz":
            return
        self._keeper.audit(
            AuditRecord(
                time=stamp(self._keeper.clock.now()),
                request_id=visit.request_id,
                user=visit.user,
                address=visit.address,
                verb=scope["method"],
                path=scope["path"][:512],
                object=str(state.get("subject") or ""),
                status=visit.status,
                milliseconds=round(seconds * 1000),
            )
        )


def _is_page(path: str) -> bool:
    """Whether a path belongs to the web page, whose files reveal nothing of the cluster."""
    return not path.startswith("/api/")


def _token_in(authorization: str | None) -> str:
    """Return the token that a header holds. Raises ApiProblem."""
    found = _BEARER.fullmatch(authorization or "")
    if found is None or len(found[1]) > _MAX_TOKEN:
        raise _unauthenticated("a bearer token is required: Authorization: Bearer TOKEN", "")
    return found[1]


def _unauthenticated(message: str, detail: str) -> ApiProblem:
    challenge = {"WWW-Authenticate": f'Bearer realm="code24-workers"{detail}'}
    return problem(GatewayCode.UNAUTHENTICATED, message, "Authorization", challenge)


async def _refuse(refusal: ApiProblem, send: Send) -> None:
    body = refusal.body()
    headers = {"content-type": "application/json", "content-length": str(len(body))}
    headers |= {name.lower(): value for name, value in (refusal.headers or {}).items()}
    encoded = [(n.encode(), v.encode()) for n, v in headers.items()]
    with_start = {"type": "http.response.start", "status": refusal.status_code, "headers": encoded}
    await send(with_start)
    await send({"type": "http.response.body", "body": body})
