"""Bodies of requests: bounded in size and time, and in what all of them come to."""

import asyncio
from collections import Counter
from collections.abc import Callable

from starlette.types import Message, Receive

from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.gateway.http.problems import ApiProblem, overloaded, problem
from workers_operator.gateway.options import Bounds


class BodyBudget:
    """The bytes of bodies that requests under way hold."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._held = Counter[str]()  # by tenant
        self._total = 0

    def take(self, tenant: str, size: int) -> None:
        """Take room for a part of a body. Raises ApiProblem if there is none."""
        if self._held[tenant] + size > self._bounds.tenant_bodies:
            message = "the bodies of your requests under way are too large together; send them one after another"
            raise problem(GatewayCode.TOO_MANY_REQUESTS, message, headers={"Retry-After": "1"})
        if self._total + size > self._bounds.bodies:
            raise overloaded("the bodies of all requests under way are too large together")
        self._held[tenant] += size
        self._total += size

    def give_back(self, tenant: str, size: int) -> None:
        """Give back what a request has taken."""
        self._total -= size
        self._held[tenant] -= size
        if not self._held[tenant]:
            del self._held[tenant]


async def buffered(
    receive: Receive, length: str, bounds: Bounds, take: Callable[[int], None]
) -> Receive:
    """Return what gives an application the body. Raises ApiProblem.

    ``length``: as the request says. ``take``: is told of the size of each part before it is kept.
    """
    if not length.isdecimal() or int(length[:20]) > bounds.body:
        raise _too_large(bounds)
    try:
        async with asyncio.timeout(bounds.body_seconds):
            body = await _read(receive, bounds, take)
    except TimeoutError:
        message = f"the body has not arrived within {bounds.body_seconds:.0f} s"
        raise problem(GatewayCode.BODY_TIMEOUT, message) from None
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


async def _read(receive: Receive, bounds: Bounds, take: Callable[[int], None]) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise problem(GatewayCode.MALFORMED_REQUEST, "the body ends before its end")
        part = message.get("body", b"")
        size += len(part)
        if size > bounds.body:
            raise _too_large(bounds)
        take(len(part))
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def _too_large(bounds: Bounds) -> ApiProblem:
    return problem(GatewayCode.BODY_TOO_LARGE, f"the body has more than {bounds.body} bytes")
