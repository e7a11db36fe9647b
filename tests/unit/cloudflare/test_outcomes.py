"""What requests came to by version and response time: what is asked, and what is made of the answers."""

from math import log

import httpx
import pytest

from support.calls import Wire, api
from workers_operator.cloudflare.analytics import DataPoints
from workers_operator.cloudflare.telemetry import outcomes as telemetry
from workers_operator.cloudflare.telemetry.outcomes import OutcomesRow
from workers_operator.domain.metrics.tally import upper_ms
from workers_operator.engine.priority import Priority

ROW = {"worker": "shop", "version": "11111111", "bucket": 42, "samples": 120, "failed": 3}


async def outcomes(wire: Wire, *workers: str) -> list[OutcomesRow]:
    points = DataPoints("events", "staging")
    found = telemetry.outcomes(api(wire), points, workers, (60, 120), Priority.RESYNC)
    return [row async for row in found]


async def test_one_query_asks_for_all_workers() -> None:
    wire = Wire(lambda _: httpx.Response(200, json={"data": [ROW]}))
    assert await outcomes(wire, "shop", "blog") == [OutcomesRow("shop", "11111111", 42, 120, 3)]
    [request] = wire.requests
    text = request.content.decode()
    assert "blob2 IN ('shop', 'blog')" in text
    assert "blob7 = 'staging'" in text
    assert "timestamp >= toDateTime(60) AND timestamp < toDateTime(120)" in text


async def test_many_workers_are_asked_for_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "_WORKERS", 2)
    wire = Wire(lambda _: httpx.Response(200, json={"data": [ROW]}))
    assert len(await outcomes(wire, "a", "b", "c")) == 2
    assert [r.content.decode().count("'c'") for r in wire.requests] == [0, 1]


async def test_nobody_is_asked_for_without_a_call() -> None:
    wire = Wire(lambda _: httpx.Response(500))
    assert await outcomes(wire) == []


@pytest.mark.parametrize("milliseconds", [1.0, 2.7, 40.0, 999.0, 30_000.0])
def test_buckets_are_those_of_the_tally(milliseconds: float) -> None:
    bucket = int(log(milliseconds) * telemetry._PER_E)  # noqa: SLF001 - the query does the same
    assert upper_ms(bucket - 1) <= milliseconds * (1 + 1e-9)
    assert milliseconds < upper_ms(bucket)


async def test_odd_numbers_count_as_none() -> None:
    odd = {**ROW, "bucket": "NaN", "samples": None, "failed": {}}
    wire = Wire(lambda _: httpx.Response(200, json={"data": [odd, "nothing"]}))
    assert await outcomes(wire, "shop") == [OutcomesRow("shop", "11111111", 0, 0, 0)]
