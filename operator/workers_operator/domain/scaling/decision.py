"""The autoscaler's decision: samples, bounds and the past → how many instances, and why. Pure.

The order of the steps is that of the Horizontal Pod Autoscaler: measure every metric, take the greatest proposal,
stabilize, obey the policies, keep the bounds. ``docs/scaling.md`` says where this one deviates, and why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from workers_operator.domain.conditions import (
    ABLE_TO_SCALE,
    SCALING_ACTIVE,
    Fact,
)
from workers_operator.domain.scaling.behavior import Autoscaling, MetricType
from workers_operator.domain.scaling.forecast import Series
from workers_operator.domain.scaling.history import ScalingHistory
from workers_operator.domain.scaling.measuring import (
    Measurement,
    Sample,
    Scale,
    greatest,
    measure_all,
)
from workers_operator.domain.scaling.normalizing import WITHIN_BOUNDS, is_held, limit, stabilize
from workers_operator.domain.scaling.predicting import predicted_instances
from workers_operator.domain.scaling.reasons import ScalingReason

_DISABLED: Final = "scaling is disabled: spec.instances is 0, which parks the worker"


@dataclass(frozen=True, slots=True)
class Decision:
    """What an autoscaler has decided. ``reason``: why the number changes, "" if it does not.

    ``predicted``: the number that the forecast asks for; None without one. ``facts``: conditions of the worker.
    """

    current: int
    desired: int
    reason: str
    measurements: tuple[Measurement, ...]
    predicted: int | None
    facts: tuple[Fact, ...]
    history: ScalingHistory


@dataclass(frozen=True, slots=True)
class _Proposal:
    """The number that metrics, fallback and forecast ask for. ``why``: the reason if it is the greater one.

    ``burst``: the number that a burst asks for; 0 without one.
    """

    instances: int
    why: str
    active: Fact
    burst: int = 0


def decide(
    autoscaling: Autoscaling,
    scale: Scale,
    samples: Mapping[MetricType, Sample],
    history: ScalingHistory,
    now: float,
    series: Mapping[MetricType, Series] | None = None,
) -> Decision:
    """Return how many instances there shall be from now on. ``now``: seconds since the epoch.

    ``history``: that of the last decision, or of the status after a restart; then ``seeded``. ``series``: the load of
    the last seasons, by additive metric, for the forecast. No instances at all disable the autoscaler.
    """
    current = scale.current
    if current == 0:
        fact = Fact(SCALING_ACTIVE, "False", ScalingReason.SCALING_DISABLED, _DISABLED)
        return Decision(0, 0, "", (), None, (fact,), history)
    measurements = measure_all(autoscaling, scale, samples)
    predicted = predicted_instances(autoscaling, series or {})
    bounded = autoscaling.clamp(current)
    if bounded != current:
        return _bounded(autoscaling, scale, measurements, predicted, history, now)
    if not history.recommendations:
        history = history.seeded(current, now)
    history = history.lasting(now, autoscaling.interval)
    proposal, history = _propose(autoscaling, scale, measurements, history, now)
    if predicted is not None and autoscaling.predictive.mode == "Act":
        proposal = _raised(proposal, predicted, "the forecast is above target")
    number, burst = proposal.instances, proposal.burst
    if burst or (is_held(history, now) and any(m.returns for m in measurements)):
        history = history.burst_at(now)
    stable, able = stabilize(autoscaling, current, number, history, now, burst=burst)
    desired, limited = limit(autoscaling, current, stable, history, now, burst=burst)
    history = history.recommended(number, now, keep=autoscaling.behavior.window)
    history = history.scaled(desired - current, now, keep=autoscaling.behavior.period)
    reason = ""
    if desired != current:
        reason = proposal.why if desired > current else "all metrics are below target"
        able = _rescaled(desired)
    facts = (proposal.active, able, limited)
    return Decision(current, desired, reason, measurements, predicted, facts, history)


# --- propose --------------------------------------------------------------------------------------------------------


def _bounded(
    autoscaling: Autoscaling,
    scale: Scale,
    measurements: tuple[Measurement, ...],
    predicted: int | None,
    history: ScalingHistory,
    now: float,
) -> Decision:
    """Return the decision for a number that lies outside the bounds: they hold at once, whatever metrics say."""
    desired = autoscaling.clamp(scale.current)
    above = scale.current > desired
    field = "maxInstances" if above else "minInstances"
    reason = f"the number of instances was {'above' if above else 'below'} {field}"
    changed = history.recommended(desired, now, keep=autoscaling.behavior.window)
    changed = changed.scaled(desired - scale.current, now, keep=autoscaling.behavior.period)
    facts = (_active(autoscaling), _rescaled(desired), WITHIN_BOUNDS)
    return Decision(scale.current, desired, reason, measurements, predicted, facts, changed)


def _propose(
    autoscaling: Autoscaling,
    scale: Scale,
    measurements: Sequence[Measurement],
    history: ScalingHistory,
    now: float,
) -> tuple[_Proposal, ScalingHistory]:
    """Return what the metrics ask for: the greatest proposal, and no fewer instances while one is missing."""
    best = greatest(measurements)
    problems = [m.problem for m in measurements if m.problem]
    number = best.instances if best is not None and best.instances is not None else 0
    if not problems or (best is not None and number >= scale.current):
        why = f"{best.target.metric} is above target" if best is not None else ""
        burst = max((m.instances or 0 for m in measurements if m.is_burst), default=0)
        return _Proposal(number, why, _active(autoscaling), burst), history.complete()
    history = history.missing(now)
    message = f"{'; '.join(problems)}: the number of instances is not lowered"
    fallback = autoscaling.fallback
    floor = scale.current
    if fallback is not None and _is_overdue(autoscaling, history, now, fallback.failures):
        floor = max(floor, fallback.instances)
        message = f"{'; '.join(problems)}: spec.autoscaling.fallback applies"
    active = Fact(SCALING_ACTIVE, "False", ScalingReason.METRICS_UNAVAILABLE, message)
    return _Proposal(floor, "metrics are missing, and the fallback applies", active), history


def _is_overdue(
    autoscaling: Autoscaling, history: ScalingHistory, now: float, failures: int
) -> bool:
    """Whether metrics have been missing for a number of intervals; the first of them counts."""
    if history.missing_since is None:
        return False
    # Half an interval of grace: samples come with jitter.
    return now - history.missing_since >= (failures - 1.5) * autoscaling.interval


def _raised(proposal: _Proposal, instances: int, why: str) -> _Proposal:
    if instances <= proposal.instances:
        return proposal
    return replace(proposal, instances=instances, why=why)


def _active(autoscaling: Autoscaling) -> Fact:
    followed = ", ".join(target.metric for target in autoscaling.targets)
    message = f"the number of instances follows {followed}"
    return Fact(SCALING_ACTIVE, "True", ScalingReason.VALID_METRIC_FOUND, message)


def _rescaled(desired: int) -> Fact:
    message = f"the number of instances was set to {desired}"
    return Fact(ABLE_TO_SCALE, "True", ScalingReason.SUCCEEDED_RESCALE, message)
