"""While the cluster cannot be watched, answers go on and say that they may be old."""

from typing import Any

import pytest

from support.rest_api import RestApi

PATHS = (
    "/api/workers/",
    "/api/workers/shop",
    "/api/workers/shop/versions",
    "/api/monitor/shop/metrics",
    "/api/monitor/health",
    "/api/platforms",
)


@pytest.mark.parametrize("path", PATHS)
async def test_answers_say_that_there_may_be_newer_states(rest: RestApi, path: str) -> None:
    rest.put("shop")
    async with rest.client() as client:

        async def answer() -> Any:
            found = await client.get(path)
            assert found.status_code == 200
            return found.json()

        assert "stale" not in await answer()
        rest.connect(False)
        assert (await answer())["stale"] is True
        rest.connect(True)
        assert "stale" not in await answer()


async def test_the_state_of_the_api_is_degraded_meanwhile(rest: RestApi) -> None:
    rest.connect(False)
    async with rest.client(None) as client:
        assert (await client.get("/api/status")).json()["status"] == "degraded"
