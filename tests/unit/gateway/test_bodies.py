"""Bodies in memory: none of who does not say who they are, and of all others no more than there is room for."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from support.clock import idle
from support.rest_api import ADMIN, TENANT, RestApi
from workers_operator.gateway.options import Bounds

JSON = {"Content-Type": "application/json"}
LARGE = 1024 * 1024


@pytest.mark.parametrize("path", ["/", "/api/status", "/api/docs", "/healthz", "/assets/x"])
async def test_nobody_has_a_body_kept_without_a_token(rest: RestApi, path: str) -> None:
    taken = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(20):
            taken += 1
            yield b"x" * 100_000

    async with rest.client(None) as client:
        answer = await client.post(path, content=parts(), headers=JSON)
    assert answer.status_code in (404, 405)
    assert taken <= 1


class Sender:
    """A request whose body does not end."""

    def __init__(self, rest: RestApi, token: str, size: int) -> None:
        self._end = asyncio.Event()
        self._size = size
        self._task = asyncio.create_task(self._send(rest, token))

    async def _send(self, rest: RestApi, token: str) -> int:
        async with rest.client(token) as client:
            answer = await client.post("/api/workers/", content=self._parts(), headers=JSON)
        return answer.status_code

    async def _parts(self) -> AsyncIterator[bytes]:
        yield b" " * self._size
        await self._end.wait()

    async def status(self) -> int:
        """The status of the answer, now that the body ends."""
        self._end.set()
        return await asyncio.wait_for(self._task, 10)


async def test_the_bodies_of_a_tenant_leave_room_for_others() -> None:
    rest = RestApi(bounds=Bounds(bodies=8 * LARGE, tenant_bodies=2 * LARGE))
    first = [Sender(rest, TENANT, LARGE) for _ in range(2)]
    await idle()
    assert await Sender(rest, TENANT, 10).status() == 429
    assert await Sender(rest, ADMIN, LARGE).status() == 400  # it was read, and is no JSON
    assert [await sender.status() for sender in first] == [400, 400]
    assert await Sender(rest, TENANT, LARGE).status() == 400


async def test_the_bodies_of_all_have_a_bound() -> None:
    rest = RestApi(bounds=Bounds(bodies=LARGE, tenant_bodies=LARGE))
    first = Sender(rest, TENANT, LARGE)
    await idle()
    async with rest.client() as client:
        refused = await client.post("/api/workers/", content=b"{}", headers=JSON)
        assert (await client.get("/api/workers/")).status_code == 200
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert refused.json()["errors"][0]["code"] == "Overloaded"
    assert await first.status() == 400
