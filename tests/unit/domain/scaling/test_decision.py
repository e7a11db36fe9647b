"""The autoscaler's decision: the order of the steps, conditions, what is missing, the past."""

import dataclasses

import pytest

from unit.domain.scaling.tasks import CPU, ERRORS, NOW, P99, RPS, direction, recommended, rps, task
from workers_operator.domain.conditions import (
    ABLE_TO_SCALE,
    SCALING_ACTIVE,
    SCALING_LIMITED,
    SCALING_TYPES,
    ready,
)
from workers_operator.domain.scaling.behavior import (
    DEFAULT_DOWN,
    Autoscaling,
    Behavior,
    Fallback,
    MetricTarget,
    MetricType,
    Predictive,
)
from workers_operator.domain.scaling.decision import Decision, decide
from workers_operator.domain.scaling.forecast import Series
from workers_operator.domain.scaling.history import ScaleEvent, ScalingHistory
from workers_operator.domain.scaling.measuring import Sample, Scale
from workers_operator.domain.scaling.reasons import ScalingReason

Samples = dict[MetricType, Sample]
OLD = recommended((1, 60))
"""A past that holds nothing back."""


def of(
    autoscaling: Autoscaling,
    current: int,
    samples: Samples,
    history: ScalingHistory = OLD,
    now: float = NOW,
) -> Decision:
    return decide(autoscaling, Scale(current, current), samples, history, now)


def reasons(decision: Decision) -> dict[str, tuple[str, str]]:
    return {fact.type: (fact.status, fact.reason) for fact in decision.facts}


ALL_WELL = {
    SCALING_ACTIVE: ("True", ScalingReason.VALID_METRIC_FOUND),
    ABLE_TO_SCALE: ("True", ScalingReason.READY_FOR_NEW_SCALE),
    SCALING_LIMITED: ("False", ScalingReason.DESIRED_WITHIN_RANGE),
}
RESCALED = {**ALL_WELL, ABLE_TO_SCALE: ("True", ScalingReason.SUCCEEDED_RESCALE)}
BOTH = task(MetricTarget(CPU, 0.3), MetricTarget(RPS, 100.0), minimum=2, maximum=6)


def test_the_number_follows_the_load() -> None:
    up = of(task(), 3, rps(400.0))
    assert (up.current, up.desired, up.reason) == (3, 4, "RequestsPerSecond is above target")
    assert reasons(up) == RESCALED
    down = of(task(), 3, rps(150.0))
    assert (down.desired, down.reason) == (2, "all metrics are below target")
    assert reasons(down) == RESCALED
    same = of(task(), 3, rps(310.0))
    assert (same.desired, same.reason) == (3, "")
    assert reasons(same) == ALL_WELL


# --- Kubernetes' own cases of the whole ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("current", "bounds", "desired"),
    [(1, (2, 6), 2), (6, (2, 5), 5)],
    ids=["below the minimum", "above the maximum"],
)
def test_bounds_hold_at_once(current: int, bounds: tuple[int, int], desired: int) -> None:
    decision = of(task(minimum=bounds[0], maximum=bounds[1]), current, {}, recommended((9, 1)))
    assert decision.desired == desired
    assert reasons(decision)[ABLE_TO_SCALE] == ("True", ScalingReason.SUCCEEDED_RESCALE)


def test_a_metric_that_is_missing_does_not_keep_the_others_from_raising() -> None:
    decision = of(BOTH, 3, {CPU: Sample(1.2)})
    assert decision.desired == 4
    assert reasons(decision) == RESCALED


def test_a_metric_that_is_missing_keeps_the_others_from_lowering() -> None:
    decision = of(BOTH, 5, {CPU: Sample(0.7)})
    assert decision.desired == 5
    assert reasons(decision)[SCALING_ACTIVE] == ("False", ScalingReason.METRICS_UNAVAILABLE)
    message = "RequestsPerSecond has no value: the number of instances is not lowered"
    assert decision.facts[0].message == message


def test_a_metric_that_is_missing_does_not_matter_if_the_number_stays() -> None:
    assert reasons(of(BOTH, 3, {CPU: Sample(0.9)})) == ALL_WELL


def test_nothing_is_known_without_metrics() -> None:
    decision = of(BOTH, 3, {})
    assert decision.desired == 3
    assert reasons(decision)[SCALING_ACTIVE] == ("False", ScalingReason.METRICS_UNAVAILABLE)
    assert "CpuTime has no value; RequestsPerSecond has no value" in decision.facts[0].message


def test_the_metric_that_asks_for_most_decides() -> None:
    decision = of(BOTH, 3, {CPU: Sample(0.9), RPS: Sample(500.0)})
    assert (decision.desired, decision.reason) == (5, "RequestsPerSecond is above target")
    decision = of(BOTH, 3, {CPU: Sample(9.0), RPS: Sample(500.0)})
    assert decision.desired == 6
    assert reasons(decision)[SCALING_LIMITED] == ("True", ScalingReason.TOO_MANY_REPLICAS)


def test_a_window_holds_the_number() -> None:
    decision = of(task(maximum=5), 4, rps(200.0), recommended((10, 10), (4, 1)))
    assert decision.desired == 4
    assert reasons(decision)[ABLE_TO_SCALE] == ("True", ScalingReason.SCALE_DOWN_STABILIZED)


def test_little_load_leaves_the_minimum() -> None:
    decision = of(task(minimum=2), 4, rps(0.0))
    assert decision.desired == 2
    assert reasons(decision)[SCALING_LIMITED] == ("True", ScalingReason.TOO_FEW_REPLICAS)


def test_no_instances_disable_the_autoscaler() -> None:
    decision = of(task(minimum=2), 0, rps(1000.0))
    assert decision.desired == 0
    assert reasons(decision) == {SCALING_ACTIVE: ("False", ScalingReason.SCALING_DISABLED)}


# --- response times and errors ----------------------------------------------------------------------------------------


FELT = task(MetricTarget(RPS, 100.0), MetricTarget(P99, 0.5), MetricTarget(ERRORS, 0.02))


def test_slow_responses_raise_the_number_and_fast_ones_let_it_go_down() -> None:
    fine = {ERRORS: Sample(0.0)}
    assert of(FELT, 4, rps(400.0) | fine | {P99: Sample(1.0)}).desired == 8
    assert of(FELT, 4, rps(200.0) | fine | {P99: Sample(0.1)}).desired == 2
    assert of(FELT, 4, rps(200.0) | fine | {P99: Sample(0.5)}).desired == 4


def test_fast_responses_are_no_reason_to_lower_the_number_of_a_load_that_is_unknown() -> None:
    decision = of(FELT, 4, {P99: Sample(0.1), ERRORS: Sample(0.0)})
    assert decision.desired == 4
    assert reasons(decision)[SCALING_ACTIVE] == ("False", ScalingReason.METRICS_UNAVAILABLE)


# --- what is missing for longer --------------------------------------------------------------------------------------


def test_the_fallback_applies_after_some_intervals_and_never_lowers() -> None:
    autoscaling = task(fallback=Fallback(failures=3, instances=6), behavior=Behavior())
    history, numbers = recommended((2, 0)), []
    current = 2
    for minute in range(4):
        decision = of(autoscaling, current, {}, history, NOW + 60 * minute)
        history, current = decision.history, decision.desired
        numbers.append(current)
    assert numbers == [2, 2, 6, 6]
    assert "spec.autoscaling.fallback applies" in decision.facts[0].message
    assert of(autoscaling, 9, {}, history, NOW + 240).desired == 9
    back = of(autoscaling, 6, rps(600.0), history, NOW + 300)
    assert back.history.missing_since is None
    again = of(autoscaling, 2, {}, back.history, NOW + 360)
    assert again.desired == 2


def test_the_fallback_obeys_the_bounds_and_the_policies() -> None:
    fallback = Fallback(failures=1, instances=50)
    slow = Behavior(direction(1, 60), DEFAULT_DOWN)
    assert of(task(fallback=fallback, maximum=20), 15, {}).desired == 20
    assert of(task(fallback=fallback, behavior=slow), 15, {}).desired == 16


def test_the_window_begins_when_metrics_come_back() -> None:
    history = recommended((8, 20))
    for minute in range(10):
        decision = of(task(), 8, {}, history, NOW + 60 * minute)
        history = decision.history
    assert of(task(), 8, rps(100.0), history, NOW + 600).desired == 8
    assert of(task(), 8, rps(100.0), history, NOW + 899).desired == 8
    assert of(task(), 8, rps(100.0), history, NOW + 900).desired == 1


# --- bursts ----------------------------------------------------------------------------------------------------------


def test_a_burst_is_met_at_once() -> None:
    autoscaling = task(behavior=Behavior(), maximum=50)
    decision = of(autoscaling, 2, rps(200.0, peak=2000.0))
    assert decision.desired == 20
    assert decision.history.burst == NOW
    plain = of(task(maximum=50), 2, rps(2000.0))
    assert (plain.desired, plain.history.burst) == (6, None)


def test_a_burst_is_met_even_if_another_metric_asks_for_more() -> None:
    autoscaling = task(
        MetricTarget(RPS, 100.0), MetricTarget(P99, 0.1), behavior=Behavior(), maximum=50
    )
    decision = of(autoscaling, 2, rps(1000.0) | {P99: Sample(2.0)})
    assert decision.desired == 10
    assert reasons(decision)[SCALING_LIMITED] == ("True", ScalingReason.SCALE_UP_LIMIT)


def test_after_a_burst_the_number_stays_for_a_quarter_of_an_hour() -> None:
    autoscaling = task(behavior=Behavior(), maximum=50)
    decision = of(autoscaling, 2, rps(1000.0))
    later = of(autoscaling, 10, rps(100.0), decision.history, NOW + 899)
    assert later.desired == 10
    assert of(autoscaling, 10, rps(100.0), later.history, NOW + 1200).desired == 1


def test_a_load_that_returns_renews_the_hold() -> None:
    autoscaling = task(behavior=Behavior(), maximum=50)
    history = of(autoscaling, 2, rps(1000.0)).history
    returned = of(autoscaling, 10, rps(100.0, peak=900.0), history, NOW + 600)
    assert returned.desired == 10
    assert returned.history.burst == NOW + 600
    assert of(autoscaling, 10, rps(100.0), returned.history, NOW + 1499).desired == 10
    after = of(autoscaling, 10, rps(100.0, peak=900.0), history, NOW + 900)
    assert after.history.burst == NOW


# --- the forecast ----------------------------------------------------------------------------------------------------


def forecast(mode: str, current: int, load: float) -> Decision:
    """With a load that doubles within ten minutes, as it did on both days before."""
    day = [100.0] * 12 + [400.0] * 12
    predictive = Predictive("Act" if mode == "Act" else "Recommend", 24 * 300.0, 600.0)
    series = {RPS: Series(tuple(day + day + day[:11]), 300.0)}
    autoscaling = task(maximum=3, predictive=predictive)
    return decide(autoscaling, Scale(current, current), rps(load), OLD, NOW, series)


def test_the_forecast_raises_the_number_if_it_may() -> None:
    acting = forecast("Act", 1, 100.0)
    assert (acting.predicted, acting.desired) == (4, 3)
    assert acting.reason == "the forecast is above target"
    recommending = forecast("Recommend", 1, 100.0)
    assert (recommending.predicted, recommending.desired) == (4, 1)


def test_the_forecast_never_lowers_the_number() -> None:
    day = [400.0] * 12 + [100.0] * 12
    series = {RPS: Series(tuple(day + day + day[:12]), 300.0)}
    autoscaling = task(predictive=Predictive("Act", 24 * 300.0, 600.0))
    decision = decide(autoscaling, Scale(8, 8), rps(790.0), OLD, NOW, series)
    assert decision.predicted is not None
    assert decision.predicted < 8
    assert decision.desired == 8


# --- the past ---------------------------------------------------------------------------------------------------------


def test_the_first_decision_holds_the_number_for_a_window() -> None:
    history = ScalingHistory()
    for minute in range(6):
        decision = of(task(), 8, rps(100.0), history, NOW + 60 * minute)
        assert decision.desired == 8
        history = decision.history
    assert of(task(), 8, rps(100.0), history, NOW + 360).desired == 1


def test_a_recommendation_holds_until_the_next_one() -> None:
    """So it does not matter how often the autoscaler decides within an interval."""
    once = of(task(), 8, rps(800.0)).history
    assert of(task(), 8, rps(100.0), once, NOW + 359).desired == 8
    often = once
    for seconds in (15, 30, 45):
        often = of(task(), 8, rps(800.0), often, NOW + seconds).history
    often = of(task(), 8, rps(100.0), often, NOW + 60).history
    once = of(task(), 8, rps(100.0), once, NOW + 60).history
    for seconds in (345, 355, 365):
        numbers = {of(task(), 8, rps(100.0), past, NOW + seconds).desired for past in (once, often)}
        assert len(numbers) == 1, seconds


def test_a_change_is_remembered_for_the_policies() -> None:
    autoscaling = task(behavior=Behavior(direction(4, 60), DEFAULT_DOWN, bursts=False))
    first = of(autoscaling, 2, rps(2000.0))
    assert first.desired == 6
    assert first.history.events == (ScaleEvent(4, NOW),)
    assert of(autoscaling, 6, rps(2000.0), first.history, NOW + 59).desired == 6
    assert of(autoscaling, 6, rps(2000.0), first.history, NOW + 60).desired == 10


def test_ready_does_not_mirror_the_conditions_of_scaling() -> None:
    decision = of(BOTH, 3, {})
    assert {fact.type for fact in decision.facts} == set(SCALING_TYPES)
    assert ready(decision.facts, "all is well").status == "True"


def test_a_message_does_not_change_with_the_load() -> None:
    """Or every sample would be a write."""
    one, other = of(task(), 3, rps(300.0)), of(task(), 3, rps(305.0))
    assert one.facts == other.facts
    assert dataclasses.replace(one, measurements=()) == dataclasses.replace(other, measurements=())
