"""The history of metrics: what statuses told, as the watch brought them, in little memory."""

import tracemalloc
from typing import Any

from support.rest_api import TENANT, RestApi, ready
from workers_operator.domain.timestamps import stamp_unix
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.cache import history as history_module
from workers_operator.gateway.cache.history import MOST_POINTS, MetricsHistory

BEGIN = 1_800_000_000
FIVE_MINUTES = 300
WORKERS = 500
MOST_BYTES = 1024  # of a worker: 5 MiB for 5,000 of them


def metrics(index: int, rate: str = "41", errors: str | None = "0.19%") -> dict[str, Any]:
    """The metrics of a status, five minutes after those before."""
    until = stamp_unix(BEGIN + index * FIVE_MINUTES)
    found = {"window": "5m", "until": until, "requests": 1, "errors": 0, "requestsPerSecond": rate}
    return found if errors is None else found | {"errorRate": errors}


async def history(rest: RestApi, name: str = "shop") -> list[dict[str, Any]]:
    async with rest.client() as client:
        answer = await client.get(f"/api/monitor/{name}/metrics/history")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["points"]
    return found


async def test_the_metrics_of_a_worker_are_there_as_they_were(rest: RestApi) -> None:
    for index, (rate, errors) in enumerate((("0.2", None), ("41", "0.19%"), ("1200", "2.5%"))):
        status = ready(metrics=metrics(index, rate, errors))
        rest.put("shop", status=status)
        rest.put("shop", status=status)  # it has changed otherwise
    assert await history(rest) == [
        {"until": stamp_unix(BEGIN), "requestsPerSecond": 0.2},
        {"until": stamp_unix(BEGIN + 300), "requestsPerSecond": 41, "errorRate": 0.19},
        {"until": stamp_unix(BEGIN + 600), "requestsPerSecond": 1200, "errorRate": 2.5},
    ]


async def test_the_oldest_points_give_way(rest: RestApi) -> None:
    for index in range(MOST_POINTS + 5):
        rest.put("shop", status=ready(metrics=metrics(index, str(index))))
    found = [point["requestsPerSecond"] for point in await history(rest)]
    assert found == list(range(5, MOST_POINTS + 5))


async def test_another_worker_of_the_same_name_begins_anew(rest: RestApi) -> None:
    key = rest.put("shop", status=ready(metrics=metrics(0)))
    rest.remove(key)
    rest.put("shop", status=ready(metrics=metrics(1)), metadata={"uid": "uid-second"})
    assert len(await history(rest)) == 1
    rest.put("shop", status=ready(metrics=metrics(2)), metadata={"uid": "uid-third"})
    assert [point["until"] for point in await history(rest)] == [stamp_unix(BEGIN + 600)]


async def test_metrics_that_make_no_sense_are_left_out(rest: RestApi) -> None:
    strange: list[Any] = [
        None,
        [],
        {},
        {"until": "soon", "requestsPerSecond": "1"},
        {"until": stamp_unix(BEGIN), "requestsPerSecond": "many"},
        {"until": stamp_unix(BEGIN), "requestsPerSecond": 41},
        {"until": stamp_unix(BEGIN), "requestsPerSecond": "8.3e-12"},
        {"until": "9999-01-31T08:00:00Z", "requestsPerSecond": "1"},
    ]
    for value in strange:
        rest.put("shop", status=ready(metrics=value))
    assert await history(rest) == []


async def test_nobody_reads_the_history_of_what_they_may_not_see(rest: RestApi) -> None:
    rest.put("shop", "other", status=ready(metrics=metrics(0)))
    async with rest.client(TENANT) as client:
        answer = await client.get("/api/monitor/shop/metrics/history")
    assert answer.status_code == 404


def test_a_worker_costs_a_kilobyte_at_most() -> None:
    keys = [ObjectKey("CustomerWorker", "shops", f"shop-{number}") for number in range(WORKERS)]
    kept = MetricsHistory()
    tracemalloc.start()
    try:
        for index in range(MOST_POINTS + 1):
            body = {"status": {"metrics": metrics(index)}}
            for key in keys:
                kept.observe(key, body)
        taken = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    # Whatever else the process does meanwhile is not the history's.
    own = taken.filter_traces([tracemalloc.Filter(True, str(history_module.__file__))])
    used = sum(trace.size for trace in own.traces)
    assert all(len(kept.points(key)) == MOST_POINTS for key in keys[::100])
    assert used / WORKERS < MOST_BYTES
