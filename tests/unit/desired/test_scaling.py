"""Autoscaling: the spec as a task, the status as a memory, the decision as a status."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.domain.scaling.tasks import CPU, NOW, P99, RPS, recommended, rps, task
from workers_operator.desired.scaling import (
    autoscaling_of,
    history_of,
    is_worth_writing,
    scale_of,
    status_of,
)
from workers_operator.domain.conditions import Fact
from workers_operator.domain.metrics.window import digits
from workers_operator.domain.scaling.behavior import (
    DEFAULT_DOWN,
    DEFAULT_UP,
    Autoscaling,
    Behavior,
    Direction,
    Fallback,
    MetricTarget,
    Predictive,
    RatePolicy,
)
from workers_operator.domain.scaling.decision import Decision, decide
from workers_operator.domain.scaling.history import Recommendation, ScaleEvent, ScalingHistory
from workers_operator.domain.scaling.measuring import Sample, Scale
from workers_operator.resources import (
    AutoscalingSpec,
    ScalingHistoryStatus,
    ScalingMetricStatus,
    ScalingStatus,
    WorkerSpec,
    WorkerStatus,
)


def spec(**fields: object) -> AutoscalingSpec:
    metrics = [{"type": "RequestsPerSecond", "averageValue": 100}]
    return AutoscalingSpec.model_validate({"maxInstances": 20, "metrics": metrics, **fields})


def worker(instances: int = 1) -> WorkerSpec:
    basics = {"customerId": "c", "subdomain": "s", "instances": instances}
    return WorkerSpec.model_validate(basics)


def scaled(desired: int, **fields: object) -> WorkerStatus:
    status = {"current": 1, "desired": desired, **fields}
    return WorkerStatus.model_validate({"instances": 2, "scaling": status})


def test_a_task_with_the_defaults() -> None:
    assert autoscaling_of(spec(), 60.0) == Autoscaling(
        minimum=1, maximum=20, targets=(MetricTarget(RPS, 100.0),), interval=60.0
    )


def test_a_task_with_everything() -> None:
    policy = {"type": "Instances", "value": 2, "periodSeconds": 90}
    given_ = spec(
        minInstances=2,
        metrics=[
            {"type": "CpuTime", "averageValue": "250m"},
            {"type": "ResponseTimeP99", "averageValue": "0.5"},
        ],
        behavior={
            "scaleUp": {"stabilizationWindowSeconds": 30, "tolerance": "50m"},
            "scaleDown": {"policies": [policy], "selectPolicy": "Min"},
        },
        fallback={"instances": 6, "failureThreshold": 5},
        predictive={"mode": "Act", "season": "168h", "horizon": "20m"},
    )
    assert autoscaling_of(given_, 60.0) == Autoscaling(
        minimum=2,
        maximum=20,
        targets=(MetricTarget(CPU, 0.25), MetricTarget(P99, 0.5)),
        interval=60.0,
        behavior=Behavior(
            Direction(30.0, DEFAULT_UP.policies, "Max", 0.05),
            Direction(DEFAULT_DOWN.window, (RatePolicy("Instances", 2, 90.0),), "Min", 0.1),
            bursts=False,
        ),
        fallback=Fallback(5, 6),
        predictive=Predictive("Act", 604_800.0, 1200.0),
    )


def test_rules_of_the_way_down_leave_bursts_alone() -> None:
    assert autoscaling_of(spec(behavior={"scaleDown": {}}), 60.0).behavior.bursts


def test_a_plan_bounds_the_number() -> None:
    assert autoscaling_of(spec(), 60.0, 5).maximum == 5
    assert autoscaling_of(spec(), 60.0, 50).maximum == 20
    lower = autoscaling_of(spec(minInstances=8), 60.0, 5)
    assert (lower.minimum, lower.maximum) == (5, 5)


@pytest.mark.parametrize(
    ("instances", "status", "serving", "expected"),
    [
        (3, WorkerStatus(), None, Scale(3, 3)),
        (1, WorkerStatus(instances=5), None, Scale(5, 5)),
        (1, WorkerStatus(), 7, Scale(7, 7)),
        (1, scaled(6), 4, Scale(6, 4)),
        (1, scaled(6), None, Scale(6, 2)),
        (0, scaled(6), 4, Scale(0, 4)),
        (2, scaled(0), 0, Scale(2, 0)),
    ],
    ids=[
        "a new worker",
        "a worker that had a fixed number",
        "a worker whose status is lost",
        "what was decided is not deployed yet",
        "what was decided, and the status",
        "parked",
        "not parked any more",
    ],
)
def test_where_the_number_begins(
    instances: int, status: WorkerStatus, serving: int | None, expected: Scale
) -> None:
    assert scale_of(worker(instances), status, serving) == expected


# --- the memory -------------------------------------------------------------------------------------------------------


def decision(
    load: float = 400.0, current: int = 3, history: ScalingHistory | None = None
) -> Decision:
    past = recommended((9, 1)) if history is None else history
    return decide(task(), Scale(current, current), rps(load), past, NOW)


def test_a_status_tells_the_history() -> None:
    history = ScalingHistory(
        (Recommendation(9, NOW - 200), Recommendation(4, NOW - 100)),
        (ScaleEvent(2, NOW - 50), ScaleEvent(-1, NOW - 20)),
        burst=NOW - 10,
    )
    status = status_of(decision(300.0, history=history), None, NOW)
    known = history_of(status, NOW + 5)
    assert known.greatest(0, NOW - 300) == 9
    assert known.changed(NOW - 60) == decision(300.0, history=history).history.changed(NOW - 60)
    assert known.burst == NOW - 10


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 100)), max_size=40))
def test_a_history_survives_a_restart(steps: list[tuple[int, int]]) -> None:
    history, now = ScalingHistory(), NOW
    for number, pause in steps:
        now += pause
        history = history.recommended(number, now, keep=300.0)
    made = decide(task(), Scale(3, 3), rps(300.0), history, now + 1)
    again = history_of(status_of(made, None, now + 1), now + 2)
    for window in (15, 60, 299):
        before = made.history.greatest(made.desired, now + 2 - window)
        assert again.greatest(made.desired, now + 2 - window) == before


def test_a_restart_in_the_middle_of_a_window_lowers_nothing() -> None:
    made = decision(800.0, current=8)
    status = status_of(made, None, NOW)
    history = history_of(status, NOW + 200)
    for after in (200, 260, 320, 380, 440, 500):
        later = decide(task(), Scale(8, 8), rps(100.0), history, NOW + after)
        assert later.desired == 8
        history = later.history
    assert decide(task(), Scale(8, 8), rps(100.0), history, NOW + 560).desired == 1


def test_a_status_that_cannot_be_read_tells_nothing() -> None:
    broken = ScalingStatus(
        current=1,
        desired=4,
        last_burst_time="soon",
        history=(
            ScalingHistoryStatus(time="yesterday", recommended=9),
            ScalingHistoryStatus(time="2026-01-31T08:00:00", change=9),
            ScalingHistoryStatus(time="2026-01-31T08:00:00Z"),
        ),
    )
    assert history_of(broken, NOW) == ScalingHistory((Recommendation(4, NOW),))
    assert history_of(None, NOW) == ScalingHistory()


# --- the status -------------------------------------------------------------------------------------------------------


def test_a_decision_as_a_status() -> None:
    made = decide(
        task(MetricTarget(RPS, 100.0), MetricTarget(CPU, 0.25), MetricTarget(P99, 0.5)),
        Scale(3, 3),
        {**rps(412.3), P99: Sample(0.1234)},
        recommended((2, 2)),
        NOW,
    )
    assert status_of(made, None, NOW).dump() == {
        "current": 3,
        "desired": 5,
        "reason": "RequestsPerSecond is above target",
        "metrics": [
            {"type": "RequestsPerSecond", "current": "140", "target": "100", "instances": 5},
            {"type": "CpuTime", "target": "0.25"},
            {"type": "ResponseTimeP99", "current": "0.12", "target": "0.5"},
        ],
        "lastScaleTime": "2026-05-28T20:26:40Z",
        "history": [
            {"time": "2026-05-28T20:25:40Z", "recommended": 2},
            {"time": "2026-05-28T20:26:40Z", "recommended": 5},
            {"time": "2026-05-28T20:26:40Z", "change": 2},
        ],
    }


def test_what_was_true_before_stays_until_the_next_change() -> None:
    before = ScalingStatus(current=2, desired=3, reason="r", last_scale_time="2026-01-31T08:00:00Z")
    after = status_of(decision(300.0), before, NOW)
    assert (after.reason, after.last_scale_time) == ("r", "2026-01-31T08:00:00Z")
    assert after.metrics == (
        ScalingMetricStatus(type="RequestsPerSecond", current="100", target="100", instances=3),
    )


def conditions(made: Decision) -> dict[str, Fact]:
    return {fact.type: fact for fact in made.facts}


def test_a_change_is_written_at_once() -> None:
    assert is_worth_writing(decision(400.0), conditions(decision(400.0)), None, 0.0)
    assert is_worth_writing(decision(300.0), {}, None, None)


def test_the_status_of_a_condition_is_written_at_once() -> None:
    missing = decide(task(), Scale(3, 3), {}, recommended((3, 1)), NOW)
    assert is_worth_writing(missing, conditions(decision(300.0)), None, 0.0)


def test_everything_else_waits() -> None:
    steady, held = decision(300.0), decision(200.0)
    assert steady.facts != held.facts
    before = status_of(steady, None, NOW)
    assert not is_worth_writing(held, conditions(steady), before, 299.0)
    assert is_worth_writing(held, conditions(steady), before, 300.0)


def test_what_tells_nothing_new_is_not_written() -> None:
    first = decide(task(), Scale(3, 3), rps(300.0), recommended((3, 1)), NOW)
    again = decide(task(), Scale(3, 3), rps(300.0), first.history, NOW + 300)
    assert not is_worth_writing(again, conditions(first), status_of(first, None, NOW), 300.0)


def test_noise_causes_at_most_twelve_writes_an_hour() -> None:
    history, written, last = recommended((3, 1)), 0, NOW
    known, before = conditions(decision(300.0)), status_of(decision(300.0), None, NOW)
    for minute in range(1, 61):
        now = NOW + 60 * minute
        load = 300.0 + (minute * 7919 % 61 - 30) / 2
        made = decide(task(), Scale(3, 3), rps(load), history, now)
        history = made.history
        if is_worth_writing(made, known, before, now - last):
            written, last, known = written + 1, now, conditions(made)
            before = status_of(made, before, now)
    assert 0 < written <= 12


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (123.4, "120"),
        (99.6, "100"),
        (0.02345, "0.023"),
        (1.0, "1"),
        (1234567.0, "1200000"),
        (float("inf"), "0"),
    ],
)
def test_two_digits_are_significant(value: float, text: str) -> None:
    assert digits(value) == text
