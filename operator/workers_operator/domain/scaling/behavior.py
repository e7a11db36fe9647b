"""What an autoscaler is asked to do: bounds, metrics, and how fast the number may change. Pure.

The defaults are those of autoscaling/v2 (kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

PolicyType = Literal["Instances", "Percent"]
SelectPolicy = Literal["Max", "Min", "Disabled"]
PredictiveMode = Literal["Off", "Recommend", "Act"]

DEFAULT_TOLERANCE: Final = 0.1
DEFAULT_DOWN_WINDOW: Final = 300.0
DEFAULT_PERIOD: Final = 15.0


class MetricType(StrEnum):
    """A metric of a worker, in base units: requests per second, CPU seconds per second, seconds, share of requests."""

    REQUESTS_PER_SECOND = "RequestsPerSecond"
    CPU_TIME = "CpuTime"
    RESPONSE_TIME_P99 = "ResponseTimeP99"
    ERROR_RATE = "ErrorRate"

    @property
    def is_additive(self) -> bool:
        """Whether the worker's value is the sum of its instances' values, and thus what they have to share."""
        return self in (MetricType.REQUESTS_PER_SECOND, MetricType.CPU_TIME)


@dataclass(frozen=True, slots=True)
class MetricTarget:
    """The value of a metric that an instance shall have on average; greater than 0."""

    metric: MetricType
    average_value: float


@dataclass(frozen=True, slots=True)
class RatePolicy:
    """At most ``value`` instances, or percent of the instances, in ``period`` seconds."""

    type: PolicyType
    value: int
    period: float


@dataclass(frozen=True, slots=True)
class Direction:
    """How fast the number may go up, or down. ``window``: stabilization window in seconds."""

    window: float
    policies: tuple[RatePolicy, ...]
    select: SelectPolicy = "Max"
    tolerance: float = DEFAULT_TOLERANCE


DEFAULT_UP: Final = Direction(
    0.0,
    (RatePolicy("Percent", 100, DEFAULT_PERIOD), RatePolicy("Instances", 4, DEFAULT_PERIOD)),
)
DEFAULT_DOWN: Final = Direction(DEFAULT_DOWN_WINDOW, (RatePolicy("Percent", 100, DEFAULT_PERIOD),))


@dataclass(frozen=True, slots=True)
class Behavior:
    """Both directions. ``bursts``: whether a burst skips the window and the policies of the way up."""

    up: Direction = DEFAULT_UP
    down: Direction = DEFAULT_DOWN
    bursts: bool = True

    @property
    def has_bursts(self) -> bool:
        """Whether bursts are met: unless the way up has rules, or is closed."""
        return self.bursts and self.up.select != "Disabled"

    @property
    def window(self) -> float:
        """The longer stabilization window."""
        return max(self.up.window, self.down.window)

    @property
    def period(self) -> float:
        """The longest period of a policy."""
        return max((p.period for p in (*self.up.policies, *self.down.policies)), default=0.0)


@dataclass(frozen=True, slots=True)
class Fallback:
    """What holds once no number could be calculated for ``failures`` intervals: ``instances``, never fewer."""

    failures: int
    instances: int


@dataclass(frozen=True, slots=True)
class Predictive:
    """A forecast of the load, ``horizon`` seconds ahead, from a pattern that repeats every ``season`` seconds."""

    mode: PredictiveMode = "Off"
    season: float = 86_400.0
    horizon: float = 600.0


@dataclass(frozen=True, slots=True)
class Autoscaling:
    """An autoscaler's task. At least one of ``targets`` is additive. ``interval``: seconds between two samples."""

    minimum: int
    maximum: int
    targets: tuple[MetricTarget, ...]
    interval: float
    behavior: Behavior = Behavior()
    fallback: Fallback | None = None
    predictive: Predictive = field(default_factory=Predictive)

    def clamp(self, instances: int) -> int:
        """Return the number within the bounds."""
        return max(self.minimum, min(self.maximum, instances))
