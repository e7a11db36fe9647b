"""An autoscaler's task and memory as domain values, and its decision as a status. Pure."""

import math
from collections.abc import Mapping
from typing import Final

from workers_operator.domain.conditions import SCALING_LIMITED, Fact
from workers_operator.domain.metrics.window import digits
from workers_operator.domain.scaling.behavior import (
    DEFAULT_DOWN,
    DEFAULT_UP,
    Autoscaling,
    Behavior,
    Direction,
    Fallback,
    MetricTarget,
    MetricType,
    Predictive,
    RatePolicy,
)
from workers_operator.domain.scaling.decision import Decision
from workers_operator.domain.scaling.history import Recommendation, ScaleEvent, ScalingHistory
from workers_operator.domain.scaling.measuring import Measurement, Scale
from workers_operator.domain.timestamps import parse_timestamp, stamp_unix
from workers_operator.resources import (
    AutoscalingSpec,
    ScalingHistoryStatus,
    ScalingMetricStatus,
    ScalingRulesSpec,
    ScalingStatus,
    WorkerSpec,
    WorkerStatus,
    parse_quantity,
)

QUIET_SECONDS: Final = 300.0
"""How long a decision that changes nothing of importance may stay unwritten."""


def autoscaling_of(spec: AutoscalingSpec, interval: float, most: int | None = None) -> Autoscaling:
    """Return the autoscaler's task. ``interval``: seconds between two samples; ``most``: what the plan allows."""
    maximum = spec.max_instances if most is None else min(spec.max_instances, most)
    behavior, fallback, predictive = spec.behavior, spec.fallback, spec.predictive
    return Autoscaling(
        minimum=min(spec.min_instances, maximum),
        maximum=maximum,
        targets=tuple(
            MetricTarget(MetricType(metric.type), parse_quantity(metric.average_value))
            for metric in spec.metrics
        ),
        interval=interval,
        behavior=Behavior(
            up=_direction(behavior.scale_up, DEFAULT_UP),
            down=_direction(behavior.scale_down, DEFAULT_DOWN),
            bursts=behavior.scale_up is None,
        ),
        fallback=None
        if fallback is None
        else Fallback(fallback.failure_threshold, fallback.instances),
        predictive=Predictive(
            predictive.mode, predictive.season_seconds, predictive.horizon_seconds
        ),
    )


def scale_of(spec: WorkerSpec, status: WorkerStatus, serving: int | None) -> Scale:
    """Return the number of instances before a decision. ``serving``: what the routing leads to; None without an entry.

    The last decision counts; without one, what serves; for a new worker ``spec.instances``. 0 there parks the worker.
    """
    there = serving if serving is not None else status.instances
    if spec.instances == 0:
        return Scale(0, there or 0)
    wanted = status.scaling.desired if status.scaling is not None else there
    wanted = wanted or spec.instances  # a worker that was parked begins anew
    return Scale(wanted, there if there is not None else wanted)


def history_of(status: ScalingStatus | None, now: float) -> ScalingHistory:
    """Return the history that a status tells, for the first decision after a restart."""
    if status is None:
        return ScalingHistory()
    entries = [(parse_timestamp(e.time), e) for e in status.history]
    return ScalingHistory(
        recommendations=tuple(
            Recommendation(entry.recommended, time)
            for time, entry in entries
            if time is not None and entry.recommended is not None
        ),
        events=tuple(
            ScaleEvent(entry.change, time)
            for time, entry in entries
            if time is not None and entry.change is not None
        ),
        burst=parse_timestamp(status.last_burst_time),
    ).seeded(status.desired, now)


def changed_at(status: ScalingStatus | None) -> float:
    """Return the Unix time at which the number was changed last, minus infinity if it never was."""
    known = parse_timestamp(status.last_scale_time) if status is not None else None
    return -math.inf if known is None else known


def status_of(decision: Decision, before: ScalingStatus | None, now: float) -> ScalingStatus:
    """Return a decision as a status. ``before``: the former one, which keeps what was true before."""
    changed = decision.desired != decision.current
    history = decision.history
    return ScalingStatus(
        current=decision.current,
        desired=decision.desired,
        predicted=decision.predicted,
        reason=decision.reason if changed else before.reason if before is not None else None,
        metrics=tuple(_metric(measurement) for measurement in decision.measurements),
        last_scale_time=stamp_unix(now) if changed else before.last_scale_time if before else None,
        last_burst_time=None if history.burst is None else stamp_unix(history.burst),
        history=_history(history),
    )


def is_worth_writing(
    decision: Decision,
    conditions: Mapping[str, Fact],
    before: ScalingStatus | None,
    quiet: float | None,
) -> bool:
    """Whether a decision has to be written.

    At once: the number changes, or it begins or ends to follow its metrics. Everything else that is new, such as the
    metrics' values, waits until ``QUIET_SECONDS`` have passed; ScalingLimited as well, which load near a bound would
    turn over every minute.

    ``conditions``: those of the status, by type; ``before``: its scaling; ``quiet``: seconds since a decision was
    written, None if never.
    """
    if decision.desired != decision.current:
        return True
    if quiet is None or quiet >= QUIET_SECONDS:
        said = all(conditions.get(fact.type) == fact for fact in decision.facts)
        return (
            not said or before is None or _told(status_of(decision, before, 0.0)) != _told(before)
        )
    return any(
        fact.type not in conditions or conditions[fact.type].status != fact.status
        for fact in decision.facts
        if fact.type != SCALING_LIMITED or fact.type not in conditions
    )


def direction_of(status: ScalingStatus | None, before: ScalingStatus | None) -> str:
    """Return in which direction a pass has scaled a worker, as the label of a metric; "" if it has not."""
    if status is None or status is before or status.desired == status.current:
        return ""
    if before is not None and status.last_scale_time == before.last_scale_time:
        return ""
    return "up" if status.desired > status.current else "down"


def _told(status: ScalingStatus) -> object:
    """Return what a status tells, without the times of recommendations: a restart makes up for these."""
    history = [(entry.recommended, entry.change) for entry in status.history]
    return status.current, status.desired, status.predicted, status.metrics, history


def _direction(spec: ScalingRulesSpec | None, default: Direction) -> Direction:
    if spec is None:
        return default
    window = spec.stabilization_window_seconds
    policies = tuple(RatePolicy(p.type, p.value, p.period_seconds) for p in spec.policies)
    return Direction(
        window=default.window if window is None else window,
        policies=policies or default.policies,
        select=spec.select_policy,
        tolerance=default.tolerance if spec.tolerance is None else parse_quantity(spec.tolerance),
    )


def _metric(measurement: Measurement) -> ScalingMetricStatus:
    average = measurement.average
    return ScalingMetricStatus(
        type=measurement.target.metric,
        current=None if average is None else digits(average),
        target=digits(measurement.target.average_value),
        instances=measurement.instances,
    )


def _history(history: ScalingHistory) -> tuple[ScalingHistoryStatus, ...]:
    entries = [
        *(
            (r.time, ScalingHistoryStatus(time=stamp_unix(r.time), recommended=r.instances))
            for r in history.recommendations
        ),
        *(
            (e.time, ScalingHistoryStatus(time=stamp_unix(e.time), change=e.change))
            for e in history.events
        ),
    ]
    return tuple(entry for _, entry in sorted(entries, key=lambda pair: pair[0]))
