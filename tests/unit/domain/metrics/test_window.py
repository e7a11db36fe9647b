"""Minutes of instances add up to a worker's window."""

import math

import pytest

from workers_operator.domain.metrics.window import (
    Consumption,
    MetricsWindow,
    Traffic,
    joined,
    newest_complete_minute,
    significant,
)

ONE = MetricsWindow(
    0, 60, {("v1", 0): Traffic(10, {"exception": 1}, 100.0)}, {("v1", 0): Consumption(10, 50)}
)
TWO = MetricsWindow(
    60,
    120,
    {("v1", 0): Traffic(5, {"exception": 1}, 50.0), ("v2", 1): Traffic(1, {"limit": 1}, 10.0)},
    {("v2", 1): Consumption(1, 7, memory=9)},
)


def test_consecutive_windows_are_one() -> None:
    found = joined([ONE, TWO])
    assert found is not None
    assert (found.since, found.until, found.seconds) == (0, 120, 120)
    assert found.traffic["v1", 0] == Traffic(15, {"exception": 2}, 150.0)
    assert found.all_traffic == Traffic(16, {"exception": 2, "limit": 1}, 160.0)
    assert found.all_traffic.failed == 3
    assert found.all_traffic.average_ms == 10.0
    assert found.all_consumption == Consumption(11, 57, memory=9)
    assert joined([]) is None


def test_a_version_has_its_part() -> None:
    found = joined([ONE, TWO])
    assert found is not None
    assert found.of_version("v2").all_traffic.requests == 1
    assert found.of_version("v3").all_traffic.average_ms is None


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(12_345, 12_000), (0.018_4, 0.018), (99.6, 100), (7, 7), (0, 0), (math.nan, 0), (math.inf, 0)],
)
def test_two_digits_are_kept(value: float, rounded: float) -> None:
    assert significant(value) == rounded


@pytest.mark.parametrize(
    ("now", "delay", "until"), [(600, 0, 600), (659, 0, 600), (660, 1, 600), (720, 120, 600)]
)
def test_only_a_minute_whose_data_has_arrived_is_complete(
    now: float, delay: float, until: int
) -> None:
    assert newest_complete_minute(now, delay) == until
