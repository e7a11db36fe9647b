"""The common steps of all REST requests: latency, rate limit, authentication, counting, and error envelopes."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, failure, no_route
from local_edge.api.ratelimit import RateLimiter
from local_edge.api.requests import bearer_of
from local_edge.storage.tokens import Token, Tokens, digest_of

log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]
_VERIFY_TEMPLATES = ("/user/tokens/verify", "/accounts/{account_id}/tokens/verify")


class Gate:
    def __init__(
        self, *, tokens: Tokens, limiter: RateLimiter, latency: float, account_id: str
    ) -> None:
        self._tokens = tokens
        self._limiter = limiter
        self._latency = latency
        self._account_id = account_id
        self.counts: Counter[tuple[str, str, int]] = Counter()
        """(method, path template, status) -> number of requests."""

    def wrap(self, template: str, handler: Handler) -> Handler:
        async def handle(request: Request) -> Response:
            if self._latency:
                await asyncio.sleep(self._latency)
            token = bearer_of(request)
            verdict = self._limiter.count(digest_of(token or ""))
            if verdict.allowed:
                response = await self._respond(template, handler, request, token)
            else:
                text = "Please wait and consider throttling your request speed"
                response = failure(429, 971, text)
            response.headers.update(self._limiter.headers(verdict))
            self.counts[request.method, template, response.status_code] += 1
            return response

        return handle

    async def _respond(
        self, template: str, handler: Handler, request: Request, token: str | None
    ) -> Response:
        try:
            if "authorization" not in request.headers:
                text = "Missing X-Auth-Key, X-Auth-Email or Authorization headers"
                raise ApiError(400, 9106, text)
            found = self._authenticate(template, token)
            self._check_account(request)
            request.state.token = found
            return await handler(request)
        except ApiError as error:
            return failure(error.status, error.code, error.message)
        except HTTPException as error:
            return failure(error.status_code, 10000 + error.status_code, str(error.detail))
        except Exception:
            log.exception("%s %s failed", request.method, template)
            return failure(500, 10002, "An unknown error has occurred.")

    def _authenticate(self, template: str, token: str | None) -> Token:
        verifying = template in _VERIFY_TEMPLATES
        if token is None:
            raise ApiError(401, 10000, "Authentication error: no bearer token.")
        found = self._tokens.get(token)
        if found is None and verifying:
            raise ApiError(401, 1000, "Invalid API Token")
        if found is None or (found.status != "active" and not verifying):
            raise ApiError(403, 10000, "Authentication error")
        return found

    def _check_account(self, request: Request) -> None:
        account_id = request.path_params.get("account_id")
        if account_id is None or account_id == self._account_id:
            return
        if len(account_id) != 32 or not set(account_id) <= set("0123456789abcdef"):
            raise no_route(request.url.path)
        raise ApiError(403, 10000, "Authentication error")
