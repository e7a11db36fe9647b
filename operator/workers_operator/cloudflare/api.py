"""One token's access to the REST API: budget, envelope, errors. The typed calls stand on it."""

import asyncio
import json
import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import quote

import httpx

from workers_operator.cloudflare.budget import Budget, Urgency
from workers_operator.cloudflare.errors import (
    TOKEN_RECHECK_SECONDS,
    CloudflareError,
    NotFound,
    OutcomeUnknown,
    ServerError,
    TooManyRequests,
    Unauthorized,
    Unreachable,
    from_answer,
)

logger = logging.getLogger(__name__)

BASE_URL: Final = "https://api.cloudflare.com/client/v4"
_CONNECT_TIMEOUT: Final = 10.0
_ANSWER_TIMEOUT: Final = 30.0

Part = tuple[str, tuple[str | None, bytes, str]]  # (part name, (file name, content, content type))


Result = TypeVar("Result")


class CallObserver(Protocol):
    """Where calls are counted."""

    def called(self, endpoint: str, code: str, seconds: float) -> None: ...
    def waited(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful envelope: its result, and the cursor of the next page ("" on the last)."""

    result: Any
    cursor: str


@cache
def _trust() -> ssl.SSLContext:
    """The certificate authorities, loaded once: a context of one's own costs every transport some MiB."""
    return httpx.create_ssl_context()


def transport() -> httpx.AsyncHTTPTransport:
    """The transport for the real API; tests may pass another."""
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=16)
    return httpx.AsyncHTTPTransport(verify=_trust(), limits=limits)


@dataclass(frozen=True, slots=True)
class Download:
    """A successful answer that is no envelope. ``headers`` have lower-case names."""

    data: bytes
    headers: Mapping[str, str]

    @property
    def content_type(self) -> str:
        """Without parameters, lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Api:
    """Calls to one account with one token.

    A call is named by its ``endpoint`` (a path with placeholders) in metrics and messages, so that no name of a
    customer gets there. After the API has refused the token, no call is sent for a minute, or until ``Api`` is
    replaced because the Secret has changed.
    """

    def __init__(
        self,
        *,
        token: str,
        account_id: str,
        budget: Budget,
        observer: CallObserver,
        transport: httpx.AsyncBaseTransport,
        base_url: str | None = None,
    ) -> None:
        if not token.isascii() or not token.isprintable():
            raise Unauthorized(
                "CredentialsRejected",
                "the API token holds characters that no token has",
                after=TOKEN_RECHECK_SECONDS,
            )
        self.account_id = account_id
        self.budget = budget
        self._token = token
        self._observer = observer
        self._refused: tuple[float, Unauthorized] | None = None
        self._client = httpx.AsyncClient(
            base_url=base_url or BASE_URL,
            headers={"Authorization": f"Bearer {token}", "User-Agent": "code24-workers-operator"},
            timeout=httpx.Timeout(_ANSWER_TIMEOUT, connect=_CONNECT_TIMEOUT, pool=None),
            transport=transport,
        )

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def call(
        self,
        method: str,
        endpoint: str,
        *,
        urgency: Urgency,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str | int] | None = None,
        body: Any = None,
        parts: Sequence[Part] | None = None,
        content: bytes | None = None,
        content_type: str = "application/octet-stream",
    ) -> Answer:
        """One request; the unwrapped answer. Raises a CloudflareError.

        ``endpoint`` may hold ``{account}`` and the names in ``path``, whose values are escaped. What is sent is one of
        ``body`` (as JSON), ``parts`` (as a form) and ``content`` (as it is).
        """
        self._check_refused()
        request = self._client.build_request(
            method,
            self._url(endpoint, path or {}),
            params=dict(query or {}),
            json=body,
            files=list(parts) if parts else None,
            content=content,
            headers={"Content-Type": content_type} if content is not None else None,
        )
        return await self._send(request, urgency, f"{method} {endpoint}", self._read)

    async def download(
        self, endpoint: str, *, urgency: Urgency, path: Mapping[str, str]
    ) -> Download:
        """GETs what is not wrapped in an envelope: values, objects, scripts. Raises a CloudflareError."""
        self._check_refused()
        request = self._client.build_request("GET", self._url(endpoint, path))
        return await self._send(request, urgency, f"GET {endpoint}", self._read_raw)

    def _url(self, endpoint: str, path: Mapping[str, str]) -> str:
        # The keys of R2 objects are paths.
        escaped = {k: quote(v, safe="/" if k == "object_key" else "") for k, v in path.items()}
        return endpoint.format(account=self.account_id, **escaped)

    def _check_refused(self) -> None:
        if self._refused is not None:
            since, error = self._refused
            if asyncio.get_running_loop().time() - since < TOKEN_RECHECK_SECONDS:
                # A new one each time: a raised error holds on to what its callers were about to send.
                raise Unauthorized(error.reason, error.message, after=error.after)
            self._refused = None

    async def _send(
        self,
        request: httpx.Request,
        urgency: Urgency,
        call: str,
        read: Callable[[httpx.Response, str], Result],
    ) -> Result:
        ticket = await self.budget.acquire(urgency)
        self._observer.waited(ticket.waited)
        started = asyncio.get_running_loop().time()
        headers: Mapping[str, str] | None = {}
        code = "error"
        # What httpx raises may quote the request's headers, so none of it is kept as a cause.
        try:
            response = await self._client.send(request)
            headers, code = response.headers, str(response.status_code)
            return read(response, call)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            headers = None
            raise Unreachable(
                "CloudflareUnreachable", f"no connection to Cloudflare's API for {call}"
            ) from None
        except httpx.TimeoutException:
            raise OutcomeUnknown(
                "CloudflareTimeout", f"Cloudflare's API did not answer {call} in time"
            ) from None
        except httpx.RequestError:
            raise OutcomeUnknown(
                "CloudflareUnreachable", f"the answer to {call} was lost"
            ) from None
        finally:
            self.budget.release(ticket, headers)
            self._observer.called(call, code, asyncio.get_running_loop().time() - started)

    def _read_raw(self, response: httpx.Response, call: str) -> Download:
        if response.is_success:
            return Download(response.content, dict(response.headers))
        self._read(response, call)  # an error is told in an envelope
        raise ServerError("CloudflareError", f"Cloudflare's answer to {call} makes no sense")

    def _read(self, response: httpx.Response, call: str) -> Answer:
        envelope = _envelope(response, call)
        if response.is_success and envelope.get("success") is True:
            info = envelope.get("result_info") or {}
            return Answer(envelope.get("result"), str(info.get("cursor") or ""))
        retry_after = _seconds(response.headers.get("retry-after"), self.budget.window_seconds)
        error = from_answer(
            response.status_code, self._errors(envelope), call=call, retry_after=retry_after
        )
        if isinstance(error, TooManyRequests):
            logger.warning("Cloudflare answered 429 to %s: no calls for %.0f s", call, retry_after)
            self.budget.block(retry_after)
        elif isinstance(error, Unauthorized):
            self._refused = (asyncio.get_running_loop().time(), error)
        raise error

    def _errors(self, envelope: Mapping[str, Any]) -> list[dict[str, object]]:
        """The envelope's errors; an answer that echoes the token must not carry it into status and logs."""
        errors = envelope.get("errors")
        if not isinstance(errors, list):
            return []
        return [
            e | {"message": str(e.get("message", "")).replace(self._token, "[token]")}
            for e in errors
            if isinstance(e, dict)
        ]


async def delete_unused(
    api: Api, endpoint: str, path: Mapping[str, str], in_use: int, urgency: Urgency
) -> bool:
    """Deletes what lies at ``endpoint``, or lay there; False where Cloudflare answers with the code ``in_use``."""
    try:
        await api.call("DELETE", endpoint, urgency=urgency, path=path)
    except NotFound:
        return True
    except CloudflareError as error:
        if error.code == in_use:
            return False
        raise
    return True


def _envelope(response: httpx.Response, call: str) -> dict[str, Any]:
    if response.status_code in (204, 205):
        return {"success": True, "result": None}
    try:
        envelope = json.loads(response.content)
    except ValueError:
        envelope = None
    if isinstance(envelope, dict):
        return envelope
    if response.status_code == 429:
        return {"success": False}
    message = f"{response.status_code} to {call} with something that is not the API's answer"
    raise ServerError("CloudflareError", f"Cloudflare answered {message}")


def _seconds(header: str | None, default: float) -> float:
    try:
        return max(1.0, float(header)) if header is not None else default
    except ValueError:
        return default
