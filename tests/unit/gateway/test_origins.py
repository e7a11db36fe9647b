"""Pages of other origins: those that are named read every answer, and also why they are refused."""

from typing import Any

import pytest

from support.rest_api import ADMIN, RestApi
from workers_operator.gateway.access.limits import Rate
from workers_operator.kube.errors import from_status

ORIGIN = "https://fleet.example"


async def asked(rest: RestApi, token: str | None = ADMIN, **more: Any) -> Any:
    async with rest.client(token) as client:
        headers = {"Origin": ORIGIN, "Content-Type": "application/json"}
        return await client.request(
            more.pop("method", "GET"), "/api/workers/", headers=headers, **more
        )


@pytest.mark.parametrize("status", [200, 401, 413, 429, 503])
async def test_a_refusal_is_for_the_page_to_read(status: int) -> None:
    rest = RestApi(origins=(ORIGIN,), callers=Rate(1, 60))
    match status:
        case 401:
            answer = await asked(rest, "guess")
        case 413:
            answer = await asked(rest, method="POST", content=b"x" * 3_000_000)
        case 429:
            await asked(rest)
            answer = await asked(rest)
        case 503:
            rest.server.fault = from_status(503, "POST /x", "")
            answer = await asked(rest)
        case _:
            answer = await asked(rest)
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


async def test_other_origins_are_for_who_is_named() -> None:
    rest = RestApi(origins=(ORIGIN,))
    async with rest.client() as client:
        other = await client.get("/api/workers/", headers={"Origin": "https://evil.example"})
        preflight = await client.options(
            "/api/workers/", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
        )
    assert "Access-Control-Allow-Origin" not in other.headers
    assert preflight.status_code == 200
