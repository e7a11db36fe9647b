"""An Api whose other end is a function: what is sent, and what is made of the answer."""

import asyncio
import json
import random
from collections.abc import Callable, Coroutine
from typing import Any, Final

import httpx

from support.clock import ManualClock
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.pacing.breaker import Breaker
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.engine.gate import ChangeGate

TOKEN: Final = "canary-token-5f1d7c"
ACCOUNT: Final = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

Handler = Callable[[httpx.Request], httpx.Response | Coroutine[Any, Any, httpx.Response]]


def ok(result: Any = None, *, cursor: str = "", **headers: str) -> httpx.Response:
    """A successful answer of the API."""
    info = {"result_info": {"cursor": cursor}} if cursor else {}
    return httpx.Response(
        200,
        json={"success": True, "errors": [], "messages": [], "result": result} | info,
        headers=headers,
    )


def refusal(status: int, code: int | None, message: str = "no", **headers: str) -> httpx.Response:
    """An answer of the API that says no. ``code`` None: without any error in it."""
    errors = [] if code is None else [{"code": code, "message": message}]
    body = {"success": False, "errors": errors, "messages": [], "result": None}
    return httpx.Response(status, json=body, headers=headers)


class Wire:
    """What went over the wire, and what the client's observer was told."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self.requests: list[httpx.Request] = []
        self.told: list[tuple[str, str]] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._handler(request)
        return await answer if asyncio.iscoroutine(answer) else answer

    def called(self, endpoint: str, code: str, seconds: float) -> None:
        self.told.append((endpoint, code))

    def waited(self, seconds: float) -> None:
        return None

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)

    @property
    def lines(self) -> list[str]:
        """``<method> <path>`` of each request, below the account."""
        return [f"{r.method} {r.url.path.partition(ACCOUNT)[2]}" for r in self.requests]

    def body(self, index: int = -1) -> Any:
        """The JSON of a request."""
        return json.loads(self.requests[index].content)


def api(
    wire: Wire,
    clock: ManualClock | None = None,
    *,
    token: str = TOKEN,
    budget: Budget | None = None,
    base_url: str | None = None,
    gate: ChangeGate | None = None,
    account_id: str = ACCOUNT,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Api:
    """An Api at the near end of ``wire``, or of another transport."""
    return Api(
        token=token,
        account_id=account_id,
        budget=budget or Budget(clock or ManualClock()),
        breaker=Breaker(clock or ManualClock(), random.Random(1)),
        observer=wire,
        transport=transport or wire.transport,
        base_url=base_url,
        gate=gate,
    )
