"""What a status says of a worker's requests, and when it says something new."""

from dataclasses import replace

import pytest

from workers_operator.desired.metrics import metrics_of, renewed
from workers_operator.domain.metrics.distribution import Distribution, Group
from workers_operator.domain.metrics.window import Consumption, MetricsWindow, Traffic
from workers_operator.domain.tenancy.customer_plans import NO_LIMITS, Limits

T0 = 1_790_000_100
TIMES = Distribution((Group(12_345, ((40.0, 0.5), (90.0, 0.9), (123.0, 0.99), (500.0, 1.0))),))
TRAFFIC = Traffic(12_345, {"exception": 20, "status": 3}, 12_345 * 45.4, TIMES)
CPU = Distribution((Group(12_345, ((3100.0, 0.5), (15_000.0, 0.99))),))
USED = Consumption(12_345, 40_000_000, cpu=CPU, memory=64 * 1024 * 1024)
BUSY = MetricsWindow(T0 - 300, T0, {("v1", 0): TRAFFIC}, {("v1", 0): USED})
IDLE = MetricsWindow(T0, T0 + 300)


def later(window: MetricsWindow, seconds: int) -> MetricsWindow:
    return replace(window, since=window.since + seconds, until=window.until + seconds)


def test_it_speaks_in_two_digits_with_units() -> None:
    found = metrics_of(BUSY, Limits(100, None)).dump()
    assert found == {
        "window": "5m",
        "until": "2026-09-21T14:15:00Z",
        "requests": 12_000,
        "errors": 23,
        "errorRate": "0.19%",
        "requestsPerSecond": "41",
        "avgResponseTime": "45ms",
        "p99ResponseTime": "120ms",
        "cpu": {"p50": "3.1ms", "p99": "15ms", "usage": "15%"},
        "memory": "64MB",
    }


def test_without_requests_there_is_nothing_to_say_of_times() -> None:
    found = metrics_of(IDLE, NO_LIMITS).dump()
    assert found["requests"] == found["errors"] == 0
    assert not {"errorRate", "avgResponseTime", "cpu", "memory"} & found.keys()


def test_without_a_limit_cpu_time_has_no_share() -> None:
    cpu = metrics_of(BUSY, NO_LIMITS).cpu
    assert cpu is not None
    assert cpu.usage is None


def test_a_worker_that_never_had_a_request_has_no_metrics() -> None:
    assert renewed(None, IDLE, NO_LIMITS) is None
    assert renewed(None, None, NO_LIMITS) is None


def test_they_are_renewed_when_due() -> None:
    known = renewed(None, BUSY, NO_LIMITS)
    assert known is not None
    changed = replace(later(BUSY, 240), traffic={("v1", 0): replace(TRAFFIC, requests=99)})
    assert renewed(known, changed, NO_LIMITS) == known
    found = renewed(known, later(changed, 60), NO_LIMITS)
    assert found is not None
    assert (found.requests, found.until) == (99, "2026-09-21T14:20:00Z")


def test_what_rounds_to_the_same_is_not_written_again() -> None:
    known = renewed(None, BUSY, NO_LIMITS)
    noisy = replace(
        later(BUSY, 600),
        traffic={("v1", 0): replace(TRAFFIC, requests=12_300, total_ms=12_300 * 45.1)},
    )
    assert renewed(known, noisy, NO_LIMITS) is known


def test_traffic_that_ends_is_told_once() -> None:
    known = renewed(None, BUSY, NO_LIMITS)
    ended = renewed(known, IDLE, NO_LIMITS)
    assert ended is not None
    assert ended.requests == 0
    assert renewed(ended, later(IDLE, 3000), NO_LIMITS) is ended


@pytest.mark.parametrize("until", ["", "yesterday"])
def test_a_status_that_somebody_has_spoilt_is_replaced(until: str) -> None:
    known = renewed(None, BUSY, NO_LIMITS)
    assert known is not None
    found = renewed(known.model_copy(update={"until": until, "requests": 1}), BUSY, NO_LIMITS)
    assert found == known
