"""Two queries a platform and interval, whatever the number of workers; what they tell is kept by worker and minute."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from support.calls import Wire, api, refusal
from workers_operator.account.metrics.collecting import collect, collect_peaks
from workers_operator.account.metrics.recent import RecentMetrics
from workers_operator.cloudflare.analytics import DataPoints
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.domain import names
from workers_operator.domain.metrics.growth import Growth

T0 = 1_790_000_100 // 60 * 60


def row(worker: str, minute: int, requests: int = 10, **fields: Any) -> dict[str, Any]:
    known = {
        "worker": worker,
        "version": "11111111",
        "instance": 0,
        "minute": minute,
        "requests": requests,
    }
    return (
        known
        | {"exception": 1, "total": 10.0 * requests, "p50": 9, "p90": 10, "p99": 11, "longest": 12}
        | fields
    )


def group(script: str, minute: int, cpu_us: int = 500) -> dict[str, Any]:
    at = datetime.fromtimestamp(minute, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "dimensions": {"scriptName": script, "datetimeMinute": at},
        "sum": {"requests": 10, "cpuTimeUs": cpu_us},
        "quantiles": {"cpuTimeP50": 40, "cpuTimeP99": 90, "memoryUsageBytesP99": 7},
    }


class Analytics:
    """An account whose analytics are ``rows`` and ``groups``, each filtered as asked."""

    def __init__(self, names_: list[str]) -> None:
        self.rows: list[dict[str, Any]] = []
        self.groups: list[dict[str, Any]] = []
        self.failure: Callable[[], httpx.Response] | None = None
        self.script_names = {names.base_name(name): name for name in names_}
        self.recent = RecentMetrics()
        self.wire = Wire(self._answer)
        self._api = api(self.wire)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if self.failure is not None:
            return self.failure()
        if request.url.path.endswith("/sql"):
            return httpx.Response(200, json={"data": self.rows})
        assert json.loads(request.content)["variables"]["namespace"] == "ns"
        accounts = [{"workersInvocationsAdaptive": self.groups}]
        return httpx.Response(200, json={"data": {"viewer": {"accounts": accounts}}})

    async def collect(self, now: float, delay: float = 0.0) -> Growth | None:
        return await collect(
            self._api,
            self.recent,
            points=DataPoints("events", "dev"),
            dispatch_namespace="ns",
            script_names=self.script_names,
            now=now,
            delay=delay,
        )

    async def peaks(self, now: float) -> bool:
        return await collect_peaks(self._api, self.recent, DataPoints("events", "dev"), now)


@pytest.fixture
def account() -> Analytics:
    return Analytics(["shop", "blog"])


async def test_the_first_time_the_whole_window_is_asked_for(account: Analytics) -> None:
    account.rows = [row("shop", T0 - 300), row("shop", T0 - 60, 30), row("blog", T0 - 60, 5)]
    account.groups = [group(names.versioned_name("shop", "11111111", 0), T0 - 60)]

    assert await account.collect(T0 + 30)
    assert len(account.wire.requests) == 2
    window, newest = account.recent.window("shop"), account.recent.newest("shop")
    assert window is not None
    assert newest is not None
    assert (window.since, window.until) == (T0 - 300, T0)
    assert window.all_traffic.requests == 40
    assert window.all_traffic.errors == {"exception": 2}
    assert window.consumption["11111111", 0].cpu_us == 500
    assert newest.all_traffic.requests == 30
    assert account.recent.workers() == {"shop", "blog"}


async def test_probes_are_no_traffic(account: Analytics) -> None:
    account.groups = [group(names.versioned_name("shop", "11111111", 0), T0 - 60)]
    await account.collect(T0)
    window = account.recent.window("shop")
    assert window is not None
    assert window.all_consumption.invocations > 0
    assert account.recent.workers() == set()


async def test_a_peak_is_looked_at_where_an_autoscaler_wants_it(account: Analytics) -> None:
    await account.collect(T0)
    assert not await account.peaks(T0 + 40)
    assert len(account.wire.requests) == 2
    account.recent.peaks.want("shop", T0 + 40)
    account.rows = [
        {"worker": "shop", "start": T0, "requests": 70},
        {"worker": "shop", "start": T0 + 10, "requests": 300},
        {"worker": "shop", "start": T0 + 20, "requests": 20},
    ]
    assert await account.peaks(T0 + 41)
    text = account.wire.requests[-1].content.decode()
    assert "blob2 IN ('shop')" in text
    assert f"toDateTime({T0}) AND timestamp < toDateTime({T0 + 42})" in text
    assert account.recent.peaks.of("shop") == 30.0
    assert account.recent.peaks.of("blog") is None

    account.recent.fail("no answer")
    assert account.recent.peaks.of("shop") is None, "what is old says nothing"
    assert not await account.peaks(T0 + 2000), "nobody has wanted it for long"


async def test_afterwards_only_what_is_new(account: Analytics) -> None:
    await account.collect(T0 + 1)
    assert await account.collect(T0 + 59) is None
    account.rows = [row("shop", T0)]
    assert await account.collect(T0 + 60)

    text = account.wire.requests[-2].content.decode()
    assert f"toDateTime({T0 - 60}) AND timestamp < toDateTime({T0 + 60})" in text


async def test_rows_that_come_a_minute_late_count_once(account: Analytics) -> None:
    account.groups = [group(names.versioned_name("shop", "11111111", 0), T0, 500)]
    await account.collect(T0)
    account.rows = [row("shop", T0, 10)]
    early = await account.collect(T0 + 60)
    account.rows = [row("shop", T0, 25), row("blog", T0, 5, instance=1), row("shop", T0 + 60, 7)]
    account.groups = [group(names.versioned_name("shop", "11111111", 0), T0, 800)]
    late = await account.collect(T0 + 120)
    assert early is not None
    assert late is not None
    assert {name: one.requests for name, one in early.traffic.items()} == {"shop": 10}
    assert {name: one.requests for name, one in late.traffic.items()} == {"shop": 22, "blog": 5}
    assert late.traffic["shop"].total_ms == 220
    assert (early.cpu_us, late.cpu_us) == (500, 300)
    window = account.recent.window("shop")
    assert window is not None
    assert window.all_traffic.requests == 32


async def test_a_second_reading_takes_nothing_back(account: Analytics) -> None:
    await account.collect(T0)
    account.rows = [row("shop", T0, 10), row("blog", T0, 5)]
    await account.collect(T0 + 60)
    account.rows = [row("shop", T0, 9)]
    late = await account.collect(T0 + 120)
    assert late == Growth()
    window = account.recent.window("blog")
    assert window is not None
    assert window.all_traffic.requests == 5


async def test_what_an_outage_hid_is_counted_afterwards(account: Analytics) -> None:
    await account.collect(T0)
    account.rows = [row("shop", T0 + 60 * minute) for minute in range(20)]
    late = await account.collect(T0 + 1200)
    assert late is not None
    assert late.traffic["shop"].requests == 200
    window = account.recent.window("shop")
    assert window is not None
    assert (window.seconds, window.all_traffic.requests) == (300, 50)


async def test_an_outage_of_days_asks_for_an_hour(account: Analytics) -> None:
    await account.collect(T0)
    await account.collect(T0 + 86_400)
    text = account.wire.requests[-2].content.decode()
    assert f"toDateTime({T0 + 86_400 - 3600})" in text


async def test_a_minute_that_is_not_complete_is_waited_for(account: Analytics) -> None:
    assert await account.collect(T0 + 119, delay=120)
    assert account.recent.until == T0 - 60


async def test_old_minutes_leave_the_window(account: Analytics) -> None:
    account.rows = [row("shop", T0 - 60)]
    await account.collect(T0)
    account.rows = []
    for minute in range(1, 6):
        await account.collect(T0 + 60 * minute)

    window = account.recent.window("shop")
    assert window is not None
    assert window.all_traffic.requests == 0
    assert account.recent.workers() == set()


async def test_after_a_long_pause_the_window_is_as_long_as_ever(account: Analytics) -> None:
    account.rows = [row("shop", T0 - 60)]
    await account.collect(T0)
    account.rows = [row("shop", T0 + 3600 - 60, 7)]
    await account.collect(T0 + 3600)

    window = account.recent.window("shop")
    assert window is not None
    assert (window.seconds, window.all_traffic.requests) == (300, 7)


async def test_a_worker_without_traffic_has_an_empty_window(account: Analytics) -> None:
    assert account.recent.window("shop") is None
    await account.collect(T0)
    window = account.recent.window("shop")
    assert window is not None
    assert window.all_traffic.average_ms is None


async def test_scripts_of_nobody_and_minutes_outside_are_left_out(account: Analytics) -> None:
    account.rows = [row("shop", T0 - 3600), row("shop", 0)]
    account.groups = [group("a-script-of-somebody", T0 - 60), group("other--11111111--0", T0 - 60)]
    await account.collect(T0)
    assert account.recent.workers() == set()


@pytest.mark.parametrize("skew", [600, -600], ids=["ahead", "behind"])
async def test_a_clock_that_is_wrong_asks_for_other_minutes_and_recovers(
    account: Analytics, skew: int
) -> None:
    await account.collect(T0 + 600 + skew)
    await account.collect(T0 + 600)  # the clock is set right
    newest = T0 + 600 + max(skew, 0)
    account.rows = [row("shop", newest)]
    assert await account.collect(newest + 60)
    window = account.recent.window("shop")
    assert window is not None
    assert (window.until, window.all_traffic.requests) == (newest + 60, 10)


async def test_what_fails_is_asked_for_again(account: Analytics) -> None:
    account.failure = lambda: refusal(500, 10002)
    with pytest.raises(CloudflareError):
        await account.collect(T0)
    assert account.recent.until is None
    account.failure, account.rows = None, [row("shop", T0 - 60)]
    await account.collect(T0 + 60)
    assert account.recent.workers() == {"shop"}


async def test_the_requests_of_another_platform_with_the_same_dataset_do_not_count(
    account: Analytics,
) -> None:
    account.rows = [row("shop", T0 - 60), row("elsewhere", T0 - 60)]
    assert await account.collect(T0 + 30)
    assert account.recent.workers() == {"shop"}
