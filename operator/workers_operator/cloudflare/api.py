"""Calls to Cloudflare's REST API with one token: budget, envelope, errors. The typed calls are built on it."""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final, Protocol, TypeVar

import httpx

from workers_operator.cloudflare.errors import (
    TOKEN_RECHECK_SECONDS,
    CloudflareError,
    HeldBack,
    NotLeading,
    OutcomeUnknown,
    Rejected,
    ServerError,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    Unreachable,
    Unsendable,
    from_answer,
)
from workers_operator.cloudflare.pacing.breaker import Breaker
from workers_operator.cloudflare.pacing.budget import Budget, Ticket
from workers_operator.cloudflare.paths import path_of
from workers_operator.cloudflare.wire import responses
from workers_operator.cloudflare.wire.responses import Received
from workers_operator.cloudflare.wire.sending import guarded, streamed
from workers_operator.cloudflare.wire.transport import Transport
from workers_operator.domain.reasons import Reason
from workers_operator.engine.gate import ChangeGate, GateClosed, open_gate
from workers_operator.engine.priority import Priority
from workers_operator.resources.platform import CLOUDFLARE_API

logger = logging.getLogger(__name__)

_CONNECT_TIMEOUT: Final = 10.0
_ANSWER_TIMEOUT: Final = 30.0
# Bytes of a response: more than a page of a listing has, or the largest script.
MAX_RESPONSE: Final = 66 * 1024 * 1024
_READS: Final = "reads"  # extension of a request that changes nothing although it is not a GET

Part = tuple[str, tuple[str | None, bytes, str]]  # (part name, (file name, content, content type))
Result = TypeVar("Result")


class CallObserver(Protocol):
    """Receives measurements of calls; the metrics implement it."""

    def called(self, endpoint: str, code: str, seconds: float) -> None: ...
    def waited(self, seconds: float) -> None: ...


class Unobserved:
    """For calls that nobody measures."""

    def called(self, endpoint: str, code: str, seconds: float) -> None:
        """Measure nothing."""

    def waited(self, seconds: float) -> None:
        """Measure nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The content of a successful envelope. ``cursor``: the next page's, "" on the last page."""

    result: Any
    cursor: str


@cache
def _trust() -> ssl.SSLContext:
    """Return the TLS context, loaded once: each context takes several MiB of memory."""
    return httpx.create_ssl_context()


def transport() -> Transport:
    """Return a transport for the real API."""
    return Transport(_trust())


@dataclass(frozen=True, slots=True)
class Download:
    """A successful response without an envelope. ``headers`` have lower-case names."""

    data: bytes
    headers: Mapping[str, str]

    @property
    def content_type(self) -> str:
        """The Content-Type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Api:
    """Sends calls to one account with one token.

    Metrics and messages name a call by its ``endpoint``, a path with placeholders, so that they contain no customer
    names. After the API has rejected the token, calls raise Unauthorized for a minute without being sent, or until the
    Secret changes and ``Api`` is replaced.
    """

    def __init__(
        self,
        *,
        token: str,
        account_id: str,
        budget: Budget,
        breaker: Breaker,
        observer: CallObserver,
        transport: httpx.AsyncBaseTransport,
        base_url: str | None = None,
        gate: ChangeGate | None = None,
    ) -> None:
        if not token.isascii() or not token.isprintable():
            raise Unauthorized(
                Reason.CREDENTIALS_REJECTED,
                "the API token contains non-ASCII or control characters; check it for a line break",
                after=TOKEN_RECHECK_SECONDS,
            )
        self.account_id = account_id
        self.budget = budget
        self._breaker = breaker
        self._token = token
        self._observer = observer
        self._gate = gate or open_gate()
        self._refused: tuple[float, Unauthorized] | None = None
        try:
            url = httpx.URL(base_url or CLOUDFLARE_API)
            _ = url.host  # a malformed international name is noticed here
            self._client = httpx.AsyncClient(
                base_url=url,
                headers={
                    "Authorization": f"Bearer {token}",
                    "User-Agent": "code24-workers-operator",
                },
                timeout=httpx.Timeout(_ANSWER_TIMEOUT, connect=_CONNECT_TIMEOUT, pool=None),
                transport=transport,
                follow_redirects=False,  # a redirect must not take the token elsewhere
            )
        except (httpx.InvalidURL, UnicodeError) as error:
            raise Rejected(
                Reason.INVALID_SPEC, f"the base URL {base_url!r} is not a URL: {error}"
            ) from None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def call(
        self,
        method: str,
        endpoint: str,
        *,
        priority: Priority,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str | int] | None = None,
        body: Any = None,
        parts: Sequence[Part] | None = None,
        content: bytes | None = None,
        content_type: str = "application/octet-stream",
        may_be_denied: bool = False,
    ) -> Answer:
        """Send one request and return the unwrapped response. Raises CloudflareError.

        ``endpoint`` may contain ``{account}`` and the names in ``path`` (``cloudflare.paths``). The payload is one of
        ``body`` (sent as JSON), ``parts`` (multipart/form-data) and ``content`` (raw bytes). ``may_be_denied``:
        a 403 is raised as Denied, and holds up no other call.
        """
        self._check_refused()
        request = self._request(
            method,
            endpoint,
            path or {},
            params=dict(query or {}),
            json=body,
            files=[(name, streamed(*part)) for name, part in parts] if parts else None,
            content=content,
            headers={"Content-Type": content_type} if content is not None else None,
        )
        call = f"{method} {endpoint}"
        read = partial(self._read, may_be_denied=may_be_denied)
        return await self._send(request, priority, call, read, MAX_RESPONSE)

    async def download(
        self,
        endpoint: str,
        *,
        priority: Priority,
        path: Mapping[str, str],
        limit: int = MAX_RESPONSE,
        may_be_denied: bool = False,
    ) -> Download:
        """GET a value, object or script of up to ``limit`` bytes, which has no envelope. Raises CloudflareError."""
        self._check_refused()
        request = self._request("GET", endpoint, path)
        read = partial(self._read_raw, may_be_denied=may_be_denied)
        return await self._send(request, priority, f"GET {endpoint}", read, limit)

    async def query(
        self,
        endpoint: str,
        *,
        priority: Priority,
        content: bytes,
        content_type: str = "text/plain",
        limit: int = MAX_RESPONSE,
    ) -> bytes:
        """POST a query, which changes nothing, and return its result, which has no envelope. Raises CloudflareError."""
        self._check_refused()
        request = self._request(
            "POST",
            endpoint,
            {},
            content=content,
            headers={"Content-Type": content_type},
            extensions={_READS: True},
        )
        call = f"POST {endpoint}"
        read = partial(self._read_raw, may_be_denied=True)
        return (await self._send(request, priority, call, read, limit)).data

    def _request(
        self, method: str, endpoint: str, path: Mapping[str, str], **content: Any
    ) -> httpx.Request:
        """Build a request. Raises Unsendable if it would not go to exactly where it is meant to."""
        below = path_of(endpoint, {"account": self.account_id, **path})
        base = self._client.base_url
        try:
            request = self._client.build_request(method, below, **content)
        except (httpx.InvalidURL, ValueError, RecursionError):
            # Of text that is not valid Unicode, and of numbers that JSON does not have.
            message = f"{method} {endpoint}: the request cannot be written down; nothing was sent"
            raise Unsendable(Reason.INVALID_NAME, message) from None
        url, wanted = request.url, base.raw_path.rstrip(b"/") + below.encode()
        if url.raw_path.partition(b"?")[0] != wanted or _origin(url) != _origin(base):
            message = f"{method} {endpoint}: the request would go elsewhere; nothing was sent"
            raise Unsendable(Reason.INVALID_NAME, message)
        return request

    def _check_refused(self) -> None:
        if self._refused is not None:
            since, error = self._refused
            if asyncio.get_running_loop().time() - since < TOKEN_RECHECK_SECONDS:
                # A new error each time: the traceback of a raised one references its callers' payloads.
                raise Unauthorized(error.reason, error.message, after=error.after)
            self._refused = None

    async def _send(
        self,
        request: httpx.Request,
        priority: Priority,
        call: str,
        read: Callable[[Received, str], Result],
        limit: int,
    ) -> Result:
        is_probe = self._breaker.check(priority.tenant)
        ticket = await self.budget.acquire(priority)
        if not is_probe and ticket.waited > 0:
            self._check_again(priority, ticket)
        self._observer.waited(ticket.waited)
        started = asyncio.get_running_loop().time()
        headers: Mapping[str, str] | None = {}
        code = "error"
        try:
            response = await self._transmit(request, call, limit)
            headers, code = response.headers, str(response.status)
            found = read(response, call)
        except CloudflareError as error:
            headers = None if isinstance(error, Unreachable) else headers
            self._learn(priority.tenant, request, code, error)
            raise
        finally:
            self.budget.release(ticket, headers)
            self._observer.called(call, code, asyncio.get_running_loop().time() - started)
        self._breaker.answered()
        return found

    async def _transmit(self, request: httpx.Request, call: str, limit: int) -> Received:
        # Exceptions of httpx may quote the request's headers, so they are not kept as causes.
        try:
            return await self._pass(request, call, limit)
        except GateClosed:
            raise NotLeading(
                Reason.CLOUDFLARE_UNREACHABLE, f"{call}: this process may not make changes"
            ) from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Unreachable(
                Reason.CLOUDFLARE_UNREACHABLE, f"{call}: cannot connect to Cloudflare's API"
            ) from None
        except httpx.TimeoutException:
            raise OutcomeUnknown(
                Reason.CLOUDFLARE_TIMEOUT,
                f"{call}: Cloudflare's API did not respond within {_ANSWER_TIMEOUT:.0f} s",
            ) from None
        except httpx.RequestError:
            raise OutcomeUnknown(
                Reason.CLOUDFLARE_UNREACHABLE,
                f"{call}: the connection to Cloudflare's API broke before the response was complete",
            ) from None

    def _check_again(self, priority: Priority, ticket: Ticket) -> None:
        """Raise HeldBack, and give the ticket back, if the API became unavailable while the call waited."""
        try:
            self._breaker.check(priority.tenant)
        except HeldBack:
            self.budget.release(ticket, None)
            raise

    def _learn(
        self, tenant: str, request: httpx.Request, code: str, error: CloudflareError
    ) -> None:
        """Tell the breaker what an error says of the API: a 4xx is an answer."""
        if isinstance(error, NotLeading):
            return  # says nothing of the API
        if isinstance(error, Unavailable) and not code.startswith("4"):
            self._breaker.failed(tenant, f"{request.method} {request.url.path}", error)
        else:
            self._breaker.answered()

    async def _pass(self, request: httpx.Request, call: str, limit: int) -> Received:
        """Send a request; one that changes something passes the gate. Raises GateClosed."""
        if request.method == "GET" or _READS in request.extensions:
            return await self._exchange(request, call, limit)
        with self._gate.change():
            request.extensions |= guarded(self._gate)
            try:
                return await self._exchange(request, call, limit)
            except TooLarge as error:  # it may have been carried out
                raise ServerError(Reason.CLOUDFLARE_ERROR, error.message) from None

    async def _exchange(self, request: httpx.Request, call: str, limit: int) -> Received:
        response = await self._client.send(request, stream=True)
        try:
            data = await responses.read(response, call, limit)
            return Received(response.status_code, response.headers, data)
        finally:
            await response.aclose()

    def _read_raw(self, response: Received, call: str, *, may_be_denied: bool = False) -> Download:
        if response.is_success:
            return Download(response.data, dict(response.headers))
        envelope = responses.envelope(response, call)
        raise self._error(response, envelope, call, may_be_denied=may_be_denied)

    def _read(self, response: Received, call: str, *, may_be_denied: bool) -> Answer:
        envelope = responses.envelope(response, call)
        if response.is_success and envelope.get("success") is True:
            info = envelope.get("result_info") or {}
            return Answer(envelope.get("result"), str(info.get("cursor") or ""))
        raise self._error(response, envelope, call, may_be_denied=may_be_denied)

    def _error(
        self,
        response: Received,
        envelope: Mapping[str, Any],
        call: str,
        *,
        may_be_denied: bool = False,
    ) -> CloudflareError:
        """Return the error in a response. A 429 pauses the token's calls, a rejected token all calls of this client."""
        retry_after = _seconds(response.headers.get("retry-after"), self.budget.window_seconds)
        error = from_answer(
            response.status,
            responses.errors(envelope),
            call=call,
            retry_after=retry_after,
            may_be_denied=may_be_denied,
        )
        error.hide((self._token,))  # a response may echo the request's headers
        if isinstance(error, TooManyRequests):
            logger.warning("%s: HTTP 429; the token's calls pause for %.0f s", call, retry_after)
            self.budget.block(retry_after)
        elif isinstance(error, Unauthorized):
            self._refused = (asyncio.get_running_loop().time(), error)
        return error


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return (url.scheme, url.raw_host, url.port)


def _seconds(header: str | None, default: float) -> float:
    try:
        return max(1.0, float(header)) if header is not None else default
    except ValueError:
        return default
