"""Logs of a worker: who may read them and how often, and what is answered where they cannot be read."""

import pytest

from support.rest_api import TENANT, RestApi, ready
from workers_operator.account.telemetry.target import TargetError
from workers_operator.cloudflare.errors import (
    HeldBack,
    ServerError,
    TooManyRequests,
    Unauthorized,
)
from workers_operator.domain.reasons import Reason
from workers_operator.gateway.options import LOGS_RATE
from workers_operator.gateway.routes.logs import unreadable
from workers_operator.kube.errors import from_status

AWAY = Reason.CLOUDFLARE_UNREACHABLE


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (TooManyRequests(Reason.RATE_LIMITED, "blocked", after=41.2), 503, "42"),
        (HeldBack(AWAY, "held back", after=7), 503, "7"),
        (ServerError(AWAY, "HTTP 502"), 503, "5"),
        (from_status(503, "GET /x", ""), 503, "5"),
        (from_status(403, "GET /x", ""), 403, None),
        (from_status(404, "GET /x", ""), 409, None),
        (Unauthorized(Reason.CREDENTIALS_REJECTED, "the token is rejected", after=60), 422, None),
        (TargetError("it was never deployed"), 409, None),
    ],
)
def test_logs_that_cannot_be_read_now_are_no_fault_of_the_request(
    error: Exception, status: int, retry_after: str | None
) -> None:
    found = unreadable(error)
    assert found.status_code == status
    assert (found.headers or {}).get("Retry-After") == retry_after


async def test_logs_need_their_own_permission(rest: RestApi) -> None:
    rest.put("shop")
    rest.server.reviews.granted["system:serviceaccount:tenant:app"] = {
        ("tenant", "get/customerworkers")
    }
    async with rest.client(TENANT) as client:
        answer = await client.get("/api/monitor/shop/logs")
    assert answer.status_code == 403


async def test_logs_of_a_namespace_are_read_so_often_only(rest: RestApi) -> None:
    for namespace in ("tenant", "other"):
        rest.put("shop", namespace, status=ready(scriptName="shop"))
    async with rest.client() as client:
        answers = [
            await client.get("/api/monitor/shop/logs", params={"namespace": "tenant"})
            for _ in range(int(LOGS_RATE.quota) + 1)
        ]
        other = await client.get("/api/monitor/shop/logs", params={"namespace": "other"})
    assert [answer.status_code for answer in answers].count(429) == 1
    assert answers[-1].headers["Retry-After"]
    assert other.status_code != 429


async def test_a_worker_that_was_never_deployed_takes_no_turn_of_its_namespace(
    rest: RestApi,
) -> None:
    rest.put("new", status={})
    rest.put("shop", status=ready(scriptName="shop"))
    async with rest.client() as client:
        answers = [
            await client.get("/api/monitor/new/logs") for _ in range(int(LOGS_RATE.quota) + 1)
        ]
        other = await client.get("/api/monitor/shop/logs")
    assert {answer.status_code for answer in answers} == {409}
    assert "has never been deployed" in answers[0].json()["errors"][0]["message"]
    assert other.status_code != 429


@pytest.mark.parametrize("since", ["2999-01-01T00:00:00Z", "-5m", "yesterday", "2026-01-01", ""])
async def test_a_time_that_logs_cannot_begin_at(rest: RestApi, since: str) -> None:
    rest.put("shop")
    async with rest.client() as client:
        answer = await client.get("/api/monitor/shop/logs", params={"since": since})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "since")
