"""What analytics are asked, and what is made of the answers, odd ones included."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from support.calls import ACCOUNT, TOKEN, Wire, api, refusal
from support.clock import ManualClock
from workers_operator.cloudflare import analytics
from workers_operator.cloudflare.analytics import InvocationsRow, Sums, TrafficRow
from workers_operator.cloudflare.errors import CloudflareError, Denied, Rejected, ServerError
from workers_operator.engine.gate import ChangeGate
from workers_operator.engine.priority import Priority

ROW = {
    "worker": "shop", "version": "11111111", "instance": 1, "minute": 60, "requests": 10, "exception": 1,
    "exceeded": 0, "unavailable": 0, "failed": 2, "total": 450.5, "p50": 40, "p90": 50.5, "p99": 70, "longest": 80,
}  # fmt: skip
TRAFFIC = TrafficRow(
    "shop", "11111111", 1, 60, 10, {"exception": 1, "status": 2}, 450.5,
    ((40, 0.5), (50.5, 0.9), (70, 0.99), (80, 1.0)),
)  # fmt: skip


def group(script: str = "shop--11111111--0", **sums: object) -> dict[str, Any]:
    return {
        "dimensions": {"scriptName": script, "datetimeMinute": "1970-01-01T00:01:00Z"},
        "sum": {"requests": 10, "cpuTimeUs": 9000, "responseBodySize": 512} | sums,
        "quantiles": {"cpuTimeP50": 800.5, "cpuTimeP99": 2000, "memoryUsageBytesP99": 1024},
    }  # fmt: skip


def graphql(groups: list[dict[str, Any]]) -> httpx.Response:
    accounts = [{"workersInvocationsAdaptive": groups}]
    return httpx.Response(200, json={"data": {"viewer": {"accounts": accounts}}, "errors": None})


async def traffic(wire: Wire, gate: ChangeGate | None = None) -> list[TrafficRow]:
    client = api(wire, gate=gate)
    points = analytics.DataPoints("events", "staging")
    return [row async for row in analytics.traffic(client, points, 60, 120, Priority.RESYNC)]


async def invocations(wire: Wire) -> list[InvocationsRow]:
    client = api(wire)
    return [row async for row in analytics.invocations(client, "ns", 60, 120, Priority.RESYNC)]


async def test_traffic_is_one_query_for_all_workers() -> None:
    wire = Wire(lambda _: httpx.Response(200, json={"meta": [], "data": [ROW], "rows": 1}))
    assert await traffic(wire) == [TRAFFIC]
    assert wire.lines == ["POST /analytics_engine/sql"]
    text = wire.requests[0].content.decode()
    assert "FROM events" in text
    assert "blob7 = 'staging'" in text  # another environment's worker may have the same name
    assert "timestamp >= toDateTime(60) AND timestamp < toDateTime(120)" in text
    assert wire.requests[0].headers["content-type"] == "text/plain"


async def test_a_query_changes_nothing_and_needs_no_lease() -> None:
    closed = ChangeGate(ManualClock())
    wire = Wire(lambda _: httpx.Response(200, json={"data": []}))
    assert await traffic(wire, closed) == []


async def test_a_full_page_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analytics, "PAGE", 2)
    pages = [[ROW, ROW], [ROW]]
    wire = Wire(lambda _: httpx.Response(200, json={"data": pages.pop(0)}))
    assert len(await traffic(wire)) == 3
    assert [("OFFSET 0" in t, "OFFSET 2" in t) for r in wire.requests if (t := r.content.decode())] == [
        (True, False), (False, True),
    ]  # fmt: skip


async def test_invocations_are_one_query_for_all_scripts() -> None:
    wire = Wire(lambda _: graphql([group()]))
    found = await invocations(wire)
    sums = Sums(10, 9000, 512)
    assert found == [
        InvocationsRow("shop--11111111--0", 60, sums, ((800.5, 0.5), (2000, 0.99)), 1024)
    ]
    variables = wire.body()["variables"]
    assert variables == {
        "account": ACCOUNT, "namespace": "ns", "after": "",
        "since": "1970-01-01T00:01:00Z", "until": "1970-01-01T00:02:00Z",
    }  # fmt: skip


async def test_a_full_page_of_groups_is_asked_for_from_its_last_whole_script(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(analytics, "PAGE", 3)
    pages = [[group("a"), group("b"), group("c")], [group("c"), group("c")]]
    wire = Wire(lambda _: graphql(pages.pop(0)))
    assert [row.script for row in await invocations(wire)] == ["a", "b", "c", "c"]
    assert wire.body()["variables"]["after"] == "b"


ODD: Mapping[str, tuple[object, int]] = {
    "text": ("12", 12),
    "not a number": ("many", 0),
    "null": (None, 0),
    "NaN": ("NaN", 0),
    "infinity": ("inf", 0),
    "huge": ("9" * 400, 0),
    "a list": ([1], 0),
}


@pytest.mark.parametrize(("given", "requests"), ODD.values(), ids=ODD)
async def test_odd_numbers_count_as_nothing(given: object, requests: int) -> None:
    rows = [{**ROW, "requests": given, "p99": given}]
    found = await traffic(Wire(lambda _: httpx.Response(200, json={"data": rows})))
    assert found[0].requests == requests
    (odd,) = await invocations(Wire(lambda _: graphql([group(cpuTimeUs=given)])))
    assert odd.sums.cpu_us == requests


BROKEN: Mapping[str, tuple[httpx.Response, type[CloudflareError]]] = {
    "no JSON": (httpx.Response(200, text="<html>"), ServerError),
    "no data": (httpx.Response(200, json={"data": None}), ServerError),
    "errors with HTTP 200": (
        httpx.Response(200, json={"data": None, "errors": [{"message": "unknown field cpuTimeUs"}]}),
        Rejected,
    ),
    "a refusal": (refusal(400, 7003), Rejected),
    "a missing right": (refusal(403, 10000, f"no {TOKEN}"), Denied),
    "a failure": (refusal(500, 10002), ServerError),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "error"), BROKEN.values(), ids=BROKEN)
async def test_what_is_no_result_is_an_error_and_never_quotes_the_token(
    answer: httpx.Response, error: type[CloudflareError]
) -> None:
    with pytest.raises(error) as caught:
        await invocations(Wire(lambda _: answer))
    assert TOKEN not in caught.value.message
    assert "POST /graphql" in caught.value.message


async def test_an_account_without_data_has_no_invocations() -> None:
    answer = httpx.Response(200, json={"data": {"viewer": {"accounts": []}}})
    assert await invocations(Wire(lambda _: answer)) == []


async def test_odd_rows_and_times_do_not_end_a_collection() -> None:
    rows: list[object] = ["text", None, {}]
    (row,) = await traffic(Wire(lambda _: httpx.Response(200, json={"data": rows})))
    assert row.worker == ""
    spoilt = group()
    spoilt["dimensions"]["datetimeMinute"] = "soon"
    (found,) = await invocations(Wire(lambda _: graphql([spoilt])))
    assert found.minute == 0
