"""What each metric says about the number of instances. Pure."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from workers_operator.domain.scaling.behavior import Autoscaling, Behavior, MetricTarget, MetricType

STALE_SECONDS: Final = 300.0
"""A sample older than this counts as missing. Cloudflare's analytics are one to three minutes late."""
BURST_RATIO: Final = 2.0
"""Load that is this multiple of what the instances are meant to take is a burst."""
_MICRO: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """The worker's value of a metric over the newest complete interval, all instances together.

    ``value``: None if it cannot be had; ``age``: seconds since the end of that interval. Of additive metrics
    ``before`` is the value of the interval before it, and ``peak`` the greatest value over some ten seconds since its
    end, as far as it is known: a lower bound, since analytics fill up late. Both are None if unknown. ``is_early``: the
    interval began before the instances that are there now got all requests.
    """

    value: float | None
    age: float = 0.0
    before: float | None = None
    peak: float | None = None
    is_early: bool = False

    @property
    def usable(self) -> float | None:
        """The value, unless it is missing, stale, or no number that a load can have."""
        if self.value is None or not _is_load(self.value) or not self.age <= STALE_SECONDS:
            return None
        return self.value

    @property
    def problem(self) -> str:
        """Why there is no usable value."""
        if self.value is None:
            return "has no value"
        if not _is_load(self.value):
            return f"has the value {self.value}, which is no load"
        return f"is older than {STALE_SECONDS:.0f} s"


MISSING: Final = Sample(None)


@dataclass(frozen=True, slots=True)
class Scale:
    """The number of instances: wanted (``current``), and receiving requests (``serving``)."""

    current: int
    serving: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one metric says. ``average``: the value per instance, or the worker's value if it is not additive.

    ``instances``: the proposal; None if the metric is missing, or asks for nothing. ``returns``: load has jumped up,
    and needs more than half of the instances. ``problem``: why the metric is missing.
    """

    target: MetricTarget
    average: float | None = None
    instances: int | None = None
    is_burst: bool = False
    returns: bool = False
    problem: str = ""


def measure_all(
    autoscaling: Autoscaling, scale: Scale, samples: Mapping[MetricType, Sample]
) -> tuple[Measurement, ...]:
    """Return what each target's metric says, in their order."""
    return tuple(
        measure(target, scale, samples.get(target.metric, MISSING), autoscaling.behavior)
        for target in autoscaling.targets
    )


def measure(target: MetricTarget, scale: Scale, sample: Sample, behavior: Behavior) -> Measurement:
    """Return what a metric says."""
    value = sample.usable
    if value is None:
        return Measurement(target, problem=f"{target.metric} {sample.problem}")
    if target.metric.is_additive:
        return _shared(target, scale, sample, value, behavior)
    return _felt(target, scale, value, behavior, is_early=sample.is_early)


def _shared(
    target: MetricTarget, scale: Scale, sample: Sample, value: float, behavior: Behavior
) -> Measurement:
    """Judge what the instances share: as many as it takes, if that differs enough from what there is."""
    load, former = _newest(sample, value)
    needed = required(load, target)
    meant = _micro(target.average_value) * scale.current
    average = value / max(1, scale.current)
    if behavior.has_bursts and _ratio(_micro(load), meant) >= BURST_RATIO:
        return Measurement(target, average, needed, is_burst=True)
    jumps = former is not None and load >= BURST_RATIO * former > 0.0
    returns = behavior.has_bursts and jumps and 2 * needed > scale.current
    within = _is_within(_ratio(_micro(value), meant), behavior)
    proposal = scale.current if within else required(value, target)
    return Measurement(target, average, proposal, returns=returns)


def _newest(sample: Sample, value: float) -> tuple[float, float | None]:
    """Return the newest load that is known, and the one before it."""
    peak = sample.peak
    if peak is not None and math.isfinite(peak) and peak > value:
        return peak, value
    return value, sample.before


def _felt(
    target: MetricTarget, scale: Scale, value: float, behavior: Behavior, *, is_early: bool
) -> Measurement:
    """Judge what every request feels: above its target it asks for more, well below it asks for nothing.

    A low response time or error rate does not tell how few instances would do; the shared load does. What fewer
    instances made their requests feel does not tell that those there now are too few.
    """
    ratio = _ratio(_micro(value), _micro(target.average_value))
    is_above = ratio > 1.0 + behavior.up.tolerance
    if _is_within(ratio, behavior) or (is_above and is_early):
        return Measurement(target, value, scale.current)
    if ratio < 1.0:
        return Measurement(target, value)
    proposal = _ceil(scale.serving * _micro(value), _micro(target.average_value))
    return Measurement(target, value, max(scale.current, proposal))


def greatest(measurements: Iterable[Measurement]) -> Measurement | None:
    """Return the measurement with the greatest proposal, the first one of equals."""
    proposing = [m for m in measurements if m.instances is not None]
    return max(proposing, key=lambda m: m.instances or 0, default=None)


def required(load: float, target: MetricTarget) -> int:
    """Return the number of instances that share a load of an additive metric as the target wants it."""
    return _ceil(_micro(load), _micro(target.average_value))


def _is_within(ratio: float, behavior: Behavior) -> bool:
    return 1.0 - behavior.down.tolerance <= ratio <= 1.0 + behavior.up.tolerance


def _is_load(value: float) -> bool:
    return math.isfinite(value) and value >= 0.0


def _ratio(part: int, whole: int) -> float:
    if whole == 0:
        return math.inf if part else 1.0
    return part / whole


def _micro(value: float) -> int:
    """Return a value in millionths: quotients of whole numbers round up as people calculate them."""
    return round(value * _MICRO)


def _ceil(part: int, whole: int) -> int:
    return -(-part // whole)
