"""What holds for every load, every past and every behavior."""

import dataclasses
import math

from hypothesis import assume, given
from hypothesis import strategies as st

from unit.domain.scaling.tasks import CPU, ERRORS, NOW, P99, RPS, rps, task
from workers_operator.domain.scaling.behavior import (
    Autoscaling,
    Behavior,
    Direction,
    Fallback,
    MetricTarget,
    MetricType,
    RatePolicy,
)
from workers_operator.domain.scaling.decision import decide
from workers_operator.domain.scaling.history import Recommendation, ScaleEvent, ScalingHistory
from workers_operator.domain.scaling.measuring import Sample, Scale
from workers_operator.domain.scaling.rates import down_limit, up_limit

policies = st.builds(
    RatePolicy,
    st.sampled_from(("Instances", "Percent")),
    st.integers(1, 200),
    st.sampled_from((15.0, 60.0, 600.0)),
)
directions = st.builds(
    Direction,
    st.sampled_from((0.0, 60.0, 300.0)),
    st.lists(policies, min_size=1, max_size=3).map(tuple),
    st.sampled_from(("Max", "Min", "Disabled")),
    st.sampled_from((0.0, 0.05, 0.1, 0.5)),
)
behaviors = st.builds(Behavior, directions, directions, st.booleans())
loads = st.floats(0, 20_000, allow_nan=False)
anything = st.one_of(st.none(), st.floats())
tasks = st.builds(
    lambda low, more, behavior, fallback: task(
        MetricTarget(RPS, 100.0),
        MetricTarget(P99, 0.5),
        minimum=low,
        maximum=low + more,
        behavior=behavior,
        fallback=fallback,
    ),
    st.integers(1, 20),
    st.integers(0, 30),
    behaviors,
    st.none() | st.builds(Fallback, st.integers(1, 3), st.integers(1, 50)),
)
moments = st.floats(NOW - 900, NOW + 900)
pasts = st.builds(
    ScalingHistory,
    st.lists(st.builds(Recommendation, st.integers(0, 60), moments), max_size=6).map(tuple),
    st.lists(st.builds(ScaleEvent, st.integers(-20, 20), moments), max_size=6).map(tuple),
    st.none() | moments,
    st.none() | moments,
)
numbers = st.integers(1, 50)
samples = st.fixed_dictionaries(
    {
        metric: st.builds(Sample, anything, st.floats(-600, 900), anything, anything)
        for metric in (RPS, P99)
    }
)


@given(tasks, numbers, samples, pasts)
def test_the_number_is_always_within_the_bounds(
    autoscaling: Autoscaling, current: int, found: dict[MetricType, Sample], past: ScalingHistory
) -> None:
    decision = decide(autoscaling, Scale(current, current), found, past, NOW)
    assert autoscaling.minimum <= decision.desired <= autoscaling.maximum
    assert len({fact.type for fact in decision.facts}) == len(decision.facts)


@given(tasks, numbers, loads, loads, pasts, st.none() | loads)
def test_more_load_never_means_fewer_instances(
    autoscaling: Autoscaling,
    current: int,
    load: float,
    more: float,
    past: ScalingHistory,
    before: float | None,
) -> None:
    less, greater = sorted((load, more))
    scale, fine = Scale(current, current), {P99: Sample(0.1)}
    one = decide(autoscaling, scale, rps(less, before=before) | fine, past, NOW)
    other = decide(autoscaling, scale, rps(greater, before=before) | fine, past, NOW)
    assert one.desired <= other.desired


@given(tasks, numbers, loads, pasts, st.floats(0, 10), st.floats(0, 10))
def test_slower_responses_never_mean_fewer_instances(
    autoscaling: Autoscaling,
    current: int,
    load: float,
    past: ScalingHistory,
    slow: float,
    other: float,
) -> None:
    faster, slower = sorted((slow, other))
    scale = Scale(current, current)
    one = decide(autoscaling, scale, rps(load) | {P99: Sample(faster)}, past, NOW)
    two = decide(autoscaling, scale, rps(load) | {P99: Sample(slower)}, past, NOW)
    assert one.desired <= two.desired


@given(behaviors, numbers, st.lists(st.floats(0.951, 1.049), min_size=1, max_size=30))
def test_within_the_tolerance_nothing_ever_changes(
    behavior: Behavior, current: int, noise: list[float]
) -> None:
    assume(min(behavior.up.tolerance, behavior.down.tolerance) >= 0.05)
    history = ScalingHistory()
    for minute, factor in enumerate(noise):
        load = 100.0 * current * factor
        found = rps(load, before=load, peak=load * 1.5)
        decision = decide(
            task(behavior=behavior), Scale(current, current), found, history, NOW + 60 * minute
        )
        assert decision.desired == current
        history = decision.history


@given(tasks, numbers, samples, pasts)
def test_without_a_load_that_is_known_the_number_never_goes_down(
    autoscaling: Autoscaling, current: int, found: dict[MetricType, Sample], past: ScalingHistory
) -> None:
    missing = {**found, RPS: dataclasses.replace(found[RPS], value=math.nan)}
    decision = decide(autoscaling, Scale(current, current), missing, past, NOW)
    assert decision.desired >= min(current, autoscaling.maximum)


@given(tasks, numbers, samples, pasts)
def test_no_change_exceeds_the_policies_except_for_a_burst_or_the_bounds(
    autoscaling: Autoscaling, current: int, found: dict[MetricType, Sample], past: ScalingHistory
) -> None:
    assume(autoscaling.minimum <= current <= autoscaling.maximum)
    plain = dataclasses.replace(
        autoscaling, behavior=dataclasses.replace(autoscaling.behavior, bursts=False)
    )
    decision = decide(plain, Scale(current, current), found, past, NOW)
    behavior = plain.behavior
    known = past if past.recommendations else past.seeded(current, NOW)
    assert decision.desired <= up_limit(current, behavior.up, known, NOW)
    assert decision.desired >= down_limit(current, behavior.down, known, NOW)


@given(tasks, numbers, loads, st.lists(st.integers(1, 60), max_size=10))
def test_a_restart_never_lowers_the_number_within_the_window(
    autoscaling: Autoscaling, current: int, load: float, pauses: list[int]
) -> None:
    """However often the operator restarts, and whatever the load is then."""
    window = autoscaling.behavior.down.window
    scale = Scale(autoscaling.clamp(current), current)
    history, now = ScalingHistory().seeded(scale.current, NOW), NOW
    for pause in pauses:
        now += pause
        if now - NOW >= window:
            break
        decision = decide(autoscaling, scale, rps(load) | {P99: Sample(0.0)}, history, now)
        assert decision.desired >= scale.current
        history = decision.history
        scale = Scale(decision.desired, decision.desired)


@given(numbers, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_errors_below_their_target_change_nothing(current: int, share: float, load: float) -> None:
    both = task(MetricTarget(RPS, 100.0), MetricTarget(ERRORS, 1.0))
    only = task(MetricTarget(RPS, 100.0))
    scale, found = Scale(current, current), rps(load * 200 * current)
    assume(share < 0.9)
    one = decide(both, scale, found | {ERRORS: Sample(share)}, ScalingHistory(), NOW)
    assert one.desired == decide(only, scale, found, ScalingHistory(), NOW).desired


@given(numbers, loads)
def test_requests_and_cpu_time_are_shared_in_the_same_way(current: int, load: float) -> None:
    scale = Scale(current, current)
    one = decide(task(MetricTarget(RPS, 100.0)), scale, {RPS: Sample(load)}, ScalingHistory(), NOW)
    two = decide(task(MetricTarget(CPU, 100.0)), scale, {CPU: Sample(load)}, ScalingHistory(), NOW)
    assert one.desired == two.desired
