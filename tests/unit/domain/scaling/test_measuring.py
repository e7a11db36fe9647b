"""What each metric says: numbers from the tests of Kubernetes' replica calculator, and what is our own."""

import math

import pytest

from unit.domain.scaling.tasks import CPU, ERRORS, P99, PLAIN, RPS, direction
from workers_operator.domain.scaling.behavior import Behavior, Direction, MetricTarget, MetricType
from workers_operator.domain.scaling.measuring import Measurement, Sample, Scale, greatest, measure


def proposal(
    metric: MetricType,
    current: int,
    value: float,
    target: float,
    behavior: Behavior = PLAIN,
) -> int | None:
    return measure(
        MetricTarget(metric, target), Scale(current, current), Sample(value), behavior
    ).instances


# current, total of all instances, target per instance, desired
KUBERNETES = {
    "practice: twice the load": (4, 800.0, 100.0, 8),
    "practice: 7.5 percent above is tolerated": (4, 430.0, 100.0, 4),
    "practice: 10.25 percent above is not": (4, 441.0, 100.0, 5),
    "practice: 10 percent below is tolerated": (4, 360.0, 100.0, 4),
    "practice: 25.25 percent below is not": (4, 299.0, 100.0, 3),
    "external per pod, up": (3, 8.6, 2.15, 4),
    "external per pod, down": (5, 8.6, 2.867, 3),
    "external per pod, tolerated": (3, 8.6, 2.9, 3),
    "external": (1, 8.6, 4.4, 2),
    "object per pod, up": (3, 20.0, 5.0, 4),
    "object per pod, down": (5, 6.0, 2.0, 3),
    "object per pod, tolerated": (4, 20.166, 5.0, 4),
    "pods, up": (3, 20.0 + 10.0 + 30.0, 15.0, 4),
    "pods, up, uneven": (3, 50.0 + 10.0 + 30.0, 15.0, 6),
    "pods, up, rounded up": (3, 50.0 + 15.0 + 30.0, 15.0, 7),
    "pods, down": (5, 5 * 12.0, 20.0, 3),
    "pods, tolerated": (3, 20.0 + 21.0 + 21.0, 20.0, 3),
    "resource, up": (3, 0.3 + 0.5 + 0.7, 0.3, 5),
    "resource, down": (5, 0.1 + 0.3 + 0.5 + 0.25 + 0.25, 0.5, 3),
    "resource, tolerated": (3, 1.01 + 1.03 + 1.02, 1.0, 3),
    "resource, far up": (4, 4 * 5.875, 1.0, 24),
    "resource, just not tolerated": (10, 1.5, 0.168, 9),
    "resource, just tolerated": (10, 1.5, 0.165, 10),
    "no load": (5, 0.0, 100.0, 0),
    "more than any number of pods": (1, 2.0**63, 0.001, math.ceil(2.0**63 * 1000)),
}


@pytest.mark.parametrize("metric", [RPS, CPU])
@pytest.mark.parametrize("case", KUBERNETES.values(), ids=KUBERNETES)
def test_a_load_is_shared_as_kubernetes_shares_it(
    metric: MetricType, case: tuple[int, float, float, int]
) -> None:
    current, total, target, desired = case
    assert proposal(metric, current, total, target) == desired


@pytest.mark.parametrize(
    ("up", "down", "load", "desired"),
    [
        (0.05, 0.1, 420, 4),
        (0.05, 0.1, 421, 5),
        (0.1, 0.05, 380, 4),
        (0.1, 0.05, 300, 3),
        (0.0, 0.0, 400.1, 5),
        (0.5, 0.1, 600, 4),
        (0.5, 0.1, 300, 3),
    ],
)
def test_each_direction_has_a_tolerance(up: float, down: float, load: float, desired: int) -> None:
    behavior = Behavior(
        Direction(0.0, (), tolerance=up), Direction(0.0, (), tolerance=down), bursts=False
    )
    assert proposal(RPS, 4, load, 100.0, behavior) == desired


def test_quotients_of_decimals_round_up_as_people_calculate_them() -> None:
    assert (0.1 + 0.2) / 0.1 > 3  # in binary
    assert proposal(CPU, 1, 0.1 + 0.2, 0.1) == 3


# --- response times and errors: every request feels them, no instance shares them ------------------------------------


@pytest.mark.parametrize(
    ("value", "instances"),
    [(1.0, 8), (0.6, 5), (0.55, 4), (0.5, 4), (0.45, 4), (0.44, None), (0.0, None)],
)
def test_what_is_felt_asks_for_more_or_for_nothing(value: float, instances: int | None) -> None:
    assert proposal(P99, 4, value, 0.5) == instances
    assert proposal(ERRORS, 4, value / 10, 0.05) == instances


def test_what_is_felt_counts_only_the_instances_that_serve() -> None:
    slow = measure(MetricTarget(P99, 0.5), Scale(10, 5), Sample(1.0), PLAIN)
    assert slow.instances == 10
    slower = measure(MetricTarget(P99, 0.5), Scale(10, 5), Sample(1.2), PLAIN)
    assert slower.instances == 12


@pytest.mark.parametrize(("value", "instances"), [(2.0, 4), (0.5, 4), (0.1, None)])
def test_what_fewer_instances_made_felt_asks_for_no_more(
    value: float, instances: int | None
) -> None:
    early = measure(MetricTarget(P99, 0.5), Scale(4, 4), Sample(value, is_early=True), PLAIN)
    assert early.instances == instances
    assert early.average == value


# --- bursts ----------------------------------------------------------------------------------------------------------


def burst(sample: Sample, behavior: Behavior | None = None, current: int = 4) -> Measurement:
    return measure(
        MetricTarget(RPS, 100.0), Scale(current, current), sample, behavior or Behavior()
    )


LOAD = MetricTarget(RPS, 100.0)


def test_twice_the_load_is_a_burst() -> None:
    assert burst(Sample(1000.0)) == Measurement(LOAD, 250.0, 10, is_burst=True)
    assert burst(Sample(800.0)).is_burst
    assert burst(Sample(799.0)) == Measurement(LOAD, 199.75, 8)


def test_a_burst_shows_in_a_few_seconds() -> None:
    assert burst(Sample(400.0, peak=1000.0)) == Measurement(LOAD, 100.0, 10, is_burst=True)
    assert burst(Sample(1000.0, peak=400.0)).instances == 10


def test_a_few_seconds_of_less_than_a_burst_change_nothing() -> None:
    assert burst(Sample(400.0, peak=799.0)) == Measurement(LOAD, 100.0, 4)
    assert burst(Sample(400.0, peak=math.nan)) == Measurement(LOAD, 100.0, 4)
    assert burst(Sample(400.0, peak=math.inf)) == Measurement(LOAD, 100.0, 4)


@pytest.mark.parametrize(
    ("sample", "returns"),
    [
        (Sample(600.0, before=300.0), True),
        (Sample(600.0, before=301.0), False),
        (Sample(300.0, peak=600.0, before=300.0), True),
        (Sample(500.0, before=100.0), False),
        (Sample(600.0), False),
        (Sample(0.0, before=0.0), False),
        (Sample(600.0, before=0.0), False),
    ],
)
def test_load_that_has_jumped_up_to_more_than_half_returns(sample: Sample, returns: bool) -> None:
    assert burst(sample, current=10).returns == returns


@pytest.mark.parametrize(
    "behavior",
    [PLAIN, Behavior(up=direction(4, 15, select="Disabled"))],
    ids=["rules of one's own", "no way up"],
)
def test_there_are_no_bursts_if_the_way_up_is_ruled(behavior: Behavior) -> None:
    ruled = burst(Sample(1000.0, before=100.0, peak=2000.0), behavior)
    assert not ruled.is_burst
    assert not ruled.returns


def test_no_load_is_no_burst() -> None:
    assert not burst(Sample(0.0, before=0.0)).is_burst


# --- what is missing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sample", "problem"),
    [
        (Sample(None), "RequestsPerSecond has no value"),
        (Sample(math.nan), "RequestsPerSecond has the value nan, which is no load"),
        (Sample(math.inf), "RequestsPerSecond has the value inf, which is no load"),
        (Sample(-1.0), "RequestsPerSecond has the value -1.0, which is no load"),
        (Sample(100.0, age=301.0), "RequestsPerSecond is older than 300 s"),
        (Sample(100.0, age=math.nan), "RequestsPerSecond is older than 300 s"),
    ],
)
def test_what_is_no_value_is_missing(sample: Sample, problem: str) -> None:
    assert burst(sample) == Measurement(MetricTarget(RPS, 100.0), problem=problem)


def test_a_sample_of_the_future_is_new() -> None:
    assert burst(Sample(400.0, age=-600.0)).instances == 4


def test_the_greatest_proposal_decides() -> None:
    many = Measurement(MetricTarget(CPU, 1.0), 1.0, 7)
    few = Measurement(MetricTarget(RPS, 1.0), 1.0, 3)
    silent = Measurement(MetricTarget(P99, 1.0), 0.1)
    assert greatest([few, silent, many]) == many
    assert greatest([silent]) is None
