"""Autoscaling of workers: what is asked for, and what was decided."""

from typing import Annotated, Final, Literal

from pydantic import Field

from workers_operator.resources.durations import parse_duration
from workers_operator.resources.formats import Duration, Integer, PositiveQuantity, Quantity
from workers_operator.resources.model import (
    ListMap,
    Rule,
    SpecModel,
    StatusModel,
    at_least,
    at_most,
)

MetricName = Literal["RequestsPerSecond", "CpuTime", "ResponseTimeP99", "ErrorRate"]

MAX_INSTANCES: Final = 50
_SHARED: Final = ("RequestsPerSecond", "CpuTime")


class ScalingMetricSpec(SpecModel):
    """A metric that the number of instances follows."""

    type: MetricName = Field(
        description="RequestsPerSecond: requests per second and instance. CpuTime: CPU seconds per second and "
        "instance. ResponseTimeP99: 99th percentile of the response time in seconds, of the whole worker. "
        "ErrorRate: failed requests among all, 0 to 1, of the whole worker. The last two can only raise the "
        "number."
    )
    average_value: PositiveQuantity = Field(
        description="Target average value per instance, as a quantity, e.g. 100, or 250m for 0.25. Greater than 0."
    )


class ScalingPolicySpec(SpecModel):
    """A limit on how fast the number of instances changes."""

    type: Literal["Instances", "Percent"] = Field(
        description="Instances: value is a number of instances. Percent: value is a percentage of the instances "
        "at the start of the period."
    )
    value: Annotated[Integer, Field(ge=1, le=10_000)] = Field(
        description="Greatest change within the period, e.g. 4. 1 to 10000."
    )
    period_seconds: Annotated[Integer, Field(ge=1, le=1800)] = Field(
        description="Length of the period in seconds, e.g. 60. 1 to 1800."
    )


class ScalingRulesSpec(SpecModel):
    """How fast the number of instances may change in one direction."""

    stabilization_window_seconds: Annotated[Integer, Field(ge=0, le=3600)] | None = Field(
        default=None,
        description="Stabilization window in seconds: scale-up uses the lowest recommendation in it, scale-down the "
        "highest, e.g. 120. 0 to 3600. Default: 0 for scaleUp, 300 for scaleDown.",
    )
    policies: Annotated[tuple[ScalingPolicySpec, ...], Field(max_length=8)] = Field(
        default=(),
        description="Limits on the change, e.g. [{type: Percent, value: 50, periodSeconds: 60}]; at most 8. "
        "Default: 100 percent or 4 instances in 15 s for scaleUp, 100 percent in 15 s for scaleDown.",
    )
    select_policy: Literal["Max", "Min", "Disabled"] = Field(
        default="Max",
        description="Policy that applies: Max (default), the one that allows the greatest change; Min, the "
        "smallest; Disabled, no change in this direction.",
    )
    tolerance: Quantity | None = Field(
        default=None,
        description="Deviation from the target that changes nothing, as a share of it, e.g. 50m for 5 percent. "
        "Default: 0.1.",
    )


class ScalingBehaviorSpec(SpecModel):
    """How fast the number of instances may change."""

    scale_up: ScalingRulesSpec | None = Field(
        default=None,
        description="Scale-up behavior, e.g. {stabilizationWindowSeconds: 60}; if set, it also applies to bursts.",
    )
    scale_down: ScalingRulesSpec | None = Field(
        default=None,
        description="Scale-down behavior, e.g. {selectPolicy: Disabled}.",
    )


class FallbackSpec(SpecModel):
    """What holds while metrics are missing."""

    failure_threshold: Annotated[Integer, Field(ge=1, le=60)] = Field(
        default=3,
        description="Number of consecutive intervals without a usable metric after which the fallback applies, "
        "e.g. 5. 1 to 60, default 3. An interval is "
        "spec.metrics.interval of the WorkersPlatform, one minute by default.",
    )
    instances: Annotated[Integer, Field(ge=1, le=MAX_INSTANCES)] = Field(
        description="Number of instances that the worker has at least then, e.g. 6. It never lowers the number."
    )


class PredictiveSpec(SpecModel):
    """A forecast of the load from the pattern of the last seasons. It only ever raises the number."""

    mode: Literal["Off", "Recommend", "Act"] = Field(
        default="Off",
        description='"Off" (default; YAML needs the quotes): no forecast. Recommend: the forecast is shown in '
        "status.scaling.predicted. Act: the number is raised to it.",
    )
    season: Annotated[Duration, at_least("1h"), at_most("168h")] = Field(
        default="24h",
        description="Time after which the load repeats itself, e.g. 168h. 1h to 168h, default 24h. A forecast "
        "needs two seasons of metrics.",
    )
    horizon: Annotated[Duration, at_least("5m"), at_most("1h")] = Field(
        default="10m",
        description="How far the forecast looks ahead, e.g. 20m. 5m to 1h, default 10m.",
    )

    @property
    def season_seconds(self) -> float:
        return parse_duration(self.season)

    @property
    def horizon_seconds(self) -> float:
        return parse_duration(self.horizon)


class AutoscalingSpec(SpecModel):
    """Number of instances that follows the load, as with a HorizontalPodAutoscaler of autoscaling/v2."""

    rules = (
        Rule(
            "self.minInstances <= self.maxInstances",
            "must be at most maxInstances",
            lambda spec: spec.min_instances <= spec.max_instances,
            ".minInstances",
        ),
        Rule(
            f"self.metrics.exists(m, m.type in {list(_SHARED)})",
            "must contain RequestsPerSecond or CpuTime: the others do not tell how few instances are enough",
            lambda spec: any(metric.type in _SHARED for metric in spec.metrics),
            ".metrics",
        ),
        Rule(
            "!has(self.fallback) || self.fallback.instances <= self.maxInstances",
            "instances must be at most maxInstances",
            lambda spec: spec.fallback is None or spec.fallback.instances <= spec.max_instances,
            ".fallback",
        ),
    )

    min_instances: Annotated[Integer, Field(ge=1, le=MAX_INSTANCES)] = Field(
        default=1,
        description="Least number of instances, e.g. 2. 1 to 50, default 1. An idle instance costs what a script "
        "costs; spec.instances: 0 parks the worker instead.",
    )
    max_instances: Annotated[Integer, Field(ge=1, le=MAX_INSTANCES)] = Field(
        description="Greatest number of instances, e.g. 20. 1 to 50, and at most what the customer's plan allows."
    )
    metrics: Annotated[
        tuple[ScalingMetricSpec, ...], Field(min_length=1, max_length=4), ListMap("type")
    ] = Field(
        description="Metrics that the number follows, e.g. [{type: RequestsPerSecond, averageValue: 100}]; the "
        "one that asks for most instances decides. RequestsPerSecond or CpuTime is required."
    )
    behavior: ScalingBehaviorSpec = Field(
        default=ScalingBehaviorSpec(),
        description="How fast the number may change, e.g. {scaleDown: {stabilizationWindowSeconds: 600}}.",
    )
    fallback: FallbackSpec | None = Field(
        default=None,
        description="What holds while metrics are missing, e.g. {instances: 6}. Default: the number stays.",
    )
    predictive: PredictiveSpec = Field(
        default=PredictiveSpec(),
        description="Forecast of the load, e.g. {mode: Recommend}.",
    )


class ScalingMetricStatus(StatusModel):
    """What a metric said in the last decision."""

    type: str = Field(description="The metric, e.g. RequestsPerSecond.")
    current: str | None = Field(
        default=None,
        description="Value per instance, or of the whole worker for ResponseTimeP99 and ErrorRate, with two "
        "significant digits; absent while it is missing.",
    )
    target: str = Field(description="Value that is aimed at.")
    instances: int | None = Field(
        default=None,
        description="Number of instances that the metric asks for; absent if it asks for none.",
    )


class ScalingHistoryStatus(StatusModel):
    """A moment that the stabilization windows and policies still count."""

    time: str = Field(description="The moment, e.g. 2026-01-31T08:00:00Z.")
    recommended: int | None = Field(
        default=None, description="Number of instances that was recommended then."
    )
    change: int | None = Field(
        default=None,
        description="Number of instances by which the worker was scaled then; negative for fewer.",
    )


class ScalingStatus(StatusModel):
    """The last decision of the autoscaler."""

    current: int = Field(description="Number of instances before the decision.")
    desired: int = Field(description="Number of instances that was decided on.")
    predicted: int | None = Field(
        default=None, description="Number of instances that the forecast asks for."
    )
    reason: str | None = Field(
        default=None,
        description="Why the number was changed last, e.g. RequestsPerSecond is above target.",
    )
    metrics: Annotated[tuple[ScalingMetricStatus, ...], ListMap("type")] = Field(
        default=(), description="What each metric said."
    )
    last_scale_time: str | None = Field(
        default=None, description="When the number was changed last, e.g. 2026-01-31T08:00:00Z."
    )
    last_burst_time: str | None = Field(
        default=None,
        description="When the load was last twice what the instances were meant to take; for 15 minutes the "
        "number does not go down.",
    )
    history: tuple[ScalingHistoryStatus, ...] = Field(
        default=(),
        description="Recommendations and changes that the windows and policies still count, oldest first; they "
        "outlive a restart of the operator.",
    )
