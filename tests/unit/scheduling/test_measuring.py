"""Metrics are collected once an interval and platform; workers are requeued when theirs are due to be told."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest

from support.calls import refusal
from support.platforms import CONFIG, PROVISIONED
from support.platforms import Bench as Account
from unit.scheduling.test_scheduler import Bench as Cluster
from unit.scheduling.test_scheduler import key_of
from workers_operator.account.writes import RoutingWritten
from workers_operator.desired.platform import ObservationConfig
from workers_operator.domain.metrics.window import ERROR_KINDS
from workers_operator.domain.serving import Mark, Serving
from workers_operator.engine.priority import Urgency
from workers_operator.scheduling.measuring import MetricsCollector

SCRIPTS = ("a", "b")
TOKEN = "canary-token-5f1d7c"
OTHER_TOKEN = "canary-token-77ae01"


def _question(request: httpx.Request) -> str:
    if not request.url.path.endswith("/sql"):
        return "cpu"
    return "requests" if b"quantile" in request.content else "peaks"


class Analytics:
    """Two workers with as many requests a minute as ``requests`` says, by script name."""

    def __init__(self, *, per_worker: bool = False) -> None:
        self.requests: dict[str, int] = dict.fromkeys(SCRIPTS, 10)
        self.failing: frozenset[str] = frozenset()
        self.spent_token = ""  # has no calls left in its window
        self.cluster, self.account = Cluster(), Account(self._answer)
        observation = ObservationConfig(metrics_delay=0.0, per_worker=per_worker)
        self.account.platforms.connect(replace(CONFIG, observation=observation), TOKEN)
        for name in SCRIPTS:
            self.cluster.know(name, scriptName=name)
            mark = Mark(f"u-{name}", f"CustomerWorker shop/{name}", Serving("11111111", 1))
            platform = self.account.platforms.usable("default")
            platform.snapshot.record(RoutingWritten({}, {name: mark}))
        self.served_: list[tuple[str, int, Mapping[str, int]]] = []
        self.spent_: list[tuple[float, float]] = []
        self.of_workers: list[tuple[tuple[str, str, str], int]] = []
        self.clock = self.account.clock
        self.collector = MetricsCollector(
            self.account.platforms, self.cluster.scheduler, self.clock, self
        )

    def served(self, platform: str, requests: int, errors: Mapping[str, int]) -> None:
        self.served_.append((platform, requests, errors))

    def spent(self, platform: str, response_seconds: float, cpu_seconds: float) -> None:
        self.spent_.append((response_seconds, cpu_seconds))

    def worker_served(
        self, worker: tuple[str, str, str], requests: int, errors: Mapping[str, int]
    ) -> None:
        self.of_workers.append((worker, requests))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if _question(request) in self.failing:
            return refusal(403, 10000)
        minute = int(self.clock.now().timestamp()) // 60 * 60 - 60
        if _question(request) == "peaks":
            return httpx.Response(200, json={"data": []})
        if _question(request) == "cpu":
            time = datetime.fromtimestamp(minute, UTC).isoformat()
            dimensions = {"scriptName": "a--11111111--0", "datetimeMinute": time}
            group = {"dimensions": dimensions, "sum": {"requests": 10, "cpuTimeUs": 250_000}}
            accounts: list[dict[str, Any]] = [
                {"workersInvocationsAdaptive": [group] if self.requests else []}
            ]
            return httpx.Response(200, json={"data": {"viewer": {"accounts": accounts}}})
        rows = [
            {
                "worker": name,
                "version": "11111111",
                "minute": minute,
                "requests": count,
                "exception": 1,
                "total": 500.0,
            }
            for name, count in self.requests.items()
        ]
        headers = {}
        if request.headers["Authorization"] == f"Bearer {self.spent_token}":
            headers = {
                "Ratelimit-Policy": '"default";q=1200;w=300',
                "Ratelimit": '"default";r=0;t=300',
            }
        return httpx.Response(200, json={"data": rows}, headers=headers)

    async def minutes(self, count: int) -> list[Mapping[Any, Urgency]]:
        """Let minutes pass; return who was requeued in each."""
        found = []
        for _ in range(count):
            await self.clock.advance(60)
            await self.collector.collect(self.account.platforms.usable("default"))
            found.append(self.cluster.taken())
        return found


async def test_every_worker_is_requeued_once_in_five_minutes() -> None:
    bench = Analytics()
    found = await bench.minutes(15)
    for name in SCRIPTS:
        times = [minute for minute, taken in enumerate(found) if key_of(name) in taken]
        assert len(times) == 3
        assert times[0] < 5
        assert {b - a for a, b in pairwise(times)} == {5}
    assert {urgency for taken in found for urgency in taken.values()} == {Urgency.RESYNC}


async def test_a_worker_whose_traffic_has_ended_is_requeued_once_more() -> None:
    bench = Analytics()
    await bench.minutes(10)
    bench.requests = {}
    found = await bench.minutes(30)
    told = [minute for minute, taken in enumerate(found) if key_of("a") in taken]
    # Until the window has left the last requests behind, and once after that.
    assert 1 <= len(told) <= 3
    assert max(told) < 15


async def test_only_new_minutes_are_counted() -> None:
    bench = Analytics()
    await bench.minutes(3)
    first, *others = bench.served_
    assert first == ("default", 0, dict.fromkeys(ERROR_KINDS, 0))
    assert others == [("default", 20, dict.fromkeys(ERROR_KINDS, 0) | {"exception": 2})] * 2
    assert bench.of_workers == []


async def test_the_time_that_requests_took_is_counted() -> None:
    bench = Analytics()
    await bench.minutes(3)
    assert bench.spent_ == [(0.0, 0.0), (1.0, 0.25), (1.0, 0.25)]


async def test_single_workers_are_counted_where_the_platform_asks_for_it() -> None:
    bench = Analytics(per_worker=True)
    await bench.minutes(2)
    assert bench.of_workers == [(("default", "shop", "a"), 10), (("default", "shop", "b"), 10)]


async def test_a_failure_is_told_once_and_what_was_missed_comes_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = Analytics()
    await bench.minutes(1)
    bench.failing = frozenset({"requests"})
    await bench.minutes(3)
    told = [r.message for r in caplog.records if "metrics are missing" in r.message]
    assert len(told) == 1
    platform = bench.account.platforms.usable("default")
    assert platform.metrics.failure
    assert bench.account.platforms.is_usable("default")
    bench.failing = frozenset()
    await bench.minutes(1)
    assert platform.metrics.failure == ""
    assert len(bench.served_) == 2


@pytest.mark.parametrize("is_first", [True, False])
async def test_minutes_are_counted_even_if_a_burst_cannot_be_looked_for(
    is_first: bool, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Analytics()
    platform = bench.account.platforms.usable("default")
    if not is_first:
        await bench.minutes(1)
    platform.metrics.peaks.want("a", bench.clock.now().timestamp())
    bench.failing = frozenset({"peaks"})
    await bench.minutes(3)
    counts = [requests for _, requests, _ in bench.served_]
    assert counts == ([0, 20, 20] if is_first else [0, 20, 20, 20])
    assert platform.metrics.failure
    assert len([r for r in caplog.records if "metrics are missing" in r.message]) == 1
    bench.failing = frozenset()
    await bench.minutes(1)
    assert not platform.metrics.failure


async def test_requests_count_once_cpu_times_can_be_had_again() -> None:
    bench = Analytics()
    await bench.minutes(1)
    bench.failing = frozenset({"cpu"})
    await bench.minutes(2)
    assert len(bench.served_) == 1, "half a truth is none"
    assert bench.account.platforms.usable("default").metrics.failure
    bench.failing = frozenset()
    await bench.minutes(1)
    assert [requests for _, requests, _ in bench.served_] == [0, 20]


async def test_a_platform_that_waits_for_its_budget_keeps_no_other_waiting() -> None:
    bench = Analytics()
    other = bench.account.platforms.connect(replace(CONFIG, name="other"), OTHER_TOKEN)
    bench.account.platforms.provision(other, PROVISIONED)
    bench.account.platforms.recovered("other")
    bench.spent_token = TOKEN
    collecting = asyncio.create_task(bench.collector.run(bench.clock.sleep))
    await bench.clock.advance(200)
    collecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await collecting
    tokens = [
        r.headers["Authorization"].removeprefix("Bearer ")
        for r in bench.account.wire.requests
        if _question(r) == "requests"
    ]
    assert tokens.count(OTHER_TOKEN) == 4


async def test_the_loop_asks_once_an_interval() -> None:
    bench = Analytics()

    async def slept(seconds: float) -> None:
        await bench.clock.advance(seconds)
        if bench.clock.monotonic() >= end:
            raise asyncio.CancelledError

    end = bench.clock.monotonic() + 200
    with pytest.raises(asyncio.CancelledError):
        await bench.collector.run(slept)
    assert [line for line in bench.account.wire.lines if line.endswith("/sql")] == [
        "POST /analytics_engine/sql"
    ] * 4
