"""Autoscalers' tasks and samples that the tests share."""

from typing import Final

from workers_operator.domain.scaling.behavior import (
    Autoscaling,
    Behavior,
    Direction,
    Fallback,
    MetricTarget,
    MetricType,
    Predictive,
    RatePolicy,
    SelectPolicy,
)
from workers_operator.domain.scaling.history import Recommendation, ScaleEvent, ScalingHistory
from workers_operator.domain.scaling.measuring import Sample

NOW: Final = 1_780_000_000.0
RPS: Final = MetricType.REQUESTS_PER_SECOND
CPU: Final = MetricType.CPU_TIME
P99: Final = MetricType.RESPONSE_TIME_P99
ERRORS: Final = MetricType.ERROR_RATE
PLAIN: Final = Behavior(bursts=False)
"""What a HorizontalPodAutoscaler has without a behavior."""


def task(
    *targets: MetricTarget,
    minimum: int = 1,
    maximum: int = 1000,
    behavior: Behavior = PLAIN,
    fallback: Fallback | None = None,
    predictive: Predictive | None = None,
) -> Autoscaling:
    """An autoscaler's task; without targets, 100 requests per second and instance."""
    return Autoscaling(
        minimum=minimum,
        maximum=maximum,
        targets=targets or (MetricTarget(RPS, 100.0),),
        interval=60.0,
        behavior=behavior,
        fallback=fallback,
        predictive=predictive or Predictive(),
    )


def direction(
    instances: int = 0,
    instances_period: float = 0,
    percent: int = 0,
    percent_period: float = 0,
    window: float = 0,
    select: SelectPolicy = "Max",
) -> Direction:
    """The rules of a direction with up to two policies."""
    found = []
    if instances:
        found.append(RatePolicy("Instances", instances, instances_period))
    if percent:
        found.append(RatePolicy("Percent", percent, percent_period))
    return Direction(window, tuple(found), select)


def spread(changes: list[int], period: float, sign: int = 1) -> tuple[ScaleEvent, ...]:
    """Changes in the middles of equal parts of the last ``period`` seconds, oldest first."""
    part = period / len(changes)
    return tuple(
        ScaleEvent(sign * change, NOW - (period - part * (place + 0.5)))
        for place, change in enumerate(changes)
    )


def recommended(*entries: tuple[int, float]) -> ScalingHistory:
    """A history of numbers and how many minutes ago each was recommended."""
    return ScalingHistory(tuple(Recommendation(number, NOW - 60 * ago) for number, ago in entries))


def rps(
    value: float | None,
    age: float = 60.0,
    before: float | None = None,
    peak: float | None = None,
) -> dict[MetricType, Sample]:
    """A sample of the requests per second."""
    return {RPS: Sample(value, age, before, peak)}
