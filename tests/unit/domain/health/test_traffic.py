"""When requests make a worker degraded, and who is said to be at fault."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.health.traffic import LEAST_REQUESTS, Budgets, excess
from workers_operator.domain.metrics.distribution import Distribution, Group
from workers_operator.domain.metrics.window import MetricsWindow, Traffic

BUDGETS = Budgets(error_rate=0.05, response_ms=800.0)


def traffic(requests: int, p99: float = 100.0, **errors: int) -> Traffic:
    times = Distribution((Group(requests, ((10.0, 0.5), (p99, 0.99), (2 * p99, 1.0))),))
    return Traffic(requests, errors, 10.0 * requests, times)


def window(*instances: Traffic) -> MetricsWindow:
    return MetricsWindow(0, 300, {("v", number): one for number, one in enumerate(instances)})


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ({"exception": 60}, "the script throws exceptions (workers-operator logs shows them)"),
        ({"limit": 60}, "exceeds its limits"),
        ({"unavailable": 60}, "finds no script"),
        ({"status": 60}, "a status of 500 or more"),
        ({"origin": 60}, "the origin behind it"),
        ({"origin": 60, "exception": 40}, "the origin behind it"),
    ],
)
def test_it_is_said_who_is_at_fault(errors: Mapping[str, int], said: str) -> None:
    found = excess(window(traffic(1000, **errors)), BUDGETS, was_degraded=False)
    assert found is not None
    assert said in found
    assert "% of 1000 requests in 5 minutes failed, more than spec.health.maxErrorRate" in found


def test_the_instance_that_has_the_errors_is_named() -> None:
    found = excess(
        window(traffic(500), traffic(480, exception=90), traffic(500, exception=3)),
        BUDGETS,
        was_degraded=False,
    )
    assert found is not None
    assert found.endswith("on instance 1")
    even = excess(
        window(traffic(500, exception=50), traffic(500, exception=50)), BUDGETS, was_degraded=False
    )
    assert even is not None
    assert "instance" not in even


def test_slow_requests_degrade_too() -> None:
    slow = window(traffic(1000, p99=2300.0))
    found = excess(slow, BUDGETS, was_degraded=False)
    assert found == (
        "the slowest 1% of 1000 requests in 5 minutes took 2300ms or more, more than spec.health.maxResponseTime"
    )
    assert excess(slow, Budgets(0.05), was_degraded=False) == ""


def test_few_requests_say_nothing_and_none_are_no_errors() -> None:
    few = window(traffic(LEAST_REQUESTS - 1, exception=LEAST_REQUESTS - 1))
    for was_degraded in (False, True):
        assert excess(few, BUDGETS, was_degraded=was_degraded) is None
        assert excess(window(), BUDGETS, was_degraded=was_degraded) == ""


@pytest.mark.parametrize(
    ("errors", "enters", "stays"), [(30, False, False), (45, False, True), (51, True, True)]
)
def test_a_rate_around_the_budget_does_not_flap(errors: int, enters: bool, stays: bool) -> None:
    seen = window(traffic(1000, exception=errors))
    assert bool(excess(seen, BUDGETS, was_degraded=False)) == enters
    assert bool(excess(seen, BUDGETS, was_degraded=True)) == stays


@given(
    st.integers(LEAST_REQUESTS, 10**6),
    st.floats(0, 1),
    st.one_of(st.none(), st.floats(0.001, 1)),
    st.one_of(st.none(), st.floats(1, 10**6)),
    st.floats(1, 10**6),
)
def test_who_is_degraded_would_also_stay_so(
    requests: int, share: float, rate: float | None, slow: float | None, p99: float
) -> None:
    seen = window(traffic(requests, p99=p99, exception=int(requests * share)))
    budgets = Budgets(rate, slow)
    if excess(seen, budgets, was_degraded=False):
        assert excess(seen, budgets, was_degraded=True)
