"""Who decides: the operator's autoscaler, and a plain HorizontalPodAutoscaler on the same samples."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from workers_operator.domain.scaling.behavior import (
    Autoscaling,
    Behavior,
    MetricTarget,
    MetricType,
    Predictive,
)
from workers_operator.domain.scaling.decision import decide
from workers_operator.domain.scaling.forecast import Series
from workers_operator.domain.scaling.history import ScalingHistory
from workers_operator.domain.scaling.measuring import Sample, Scale

TARGET: Final = 50.0
"""Requests per second that an instance shall have: 80 % of what it can take."""
CAPACITY: Final = TARGET / 0.8
MOST: Final = 50
POLL: Final = 60.0
HPA_SYNC: Final = 15.0
"""The default of kube-controller-manager's --horizontal-pod-autoscaler-sync-period."""

_RPS: Final = MetricType.REQUESTS_PER_SECOND
_TASK: Final = Autoscaling(1, MOST, (MetricTarget(_RPS, TARGET),), POLL)


class Contender(Protocol):
    """Decides on a number of instances."""

    @property
    def period(self) -> float:
        """Seconds between two decisions."""

    def decide(
        self, now: float, current: int, serving: int, sample: Sample | None, past: Series | None
    ) -> int:
        """Return the number of instances. ``sample``: the newest one; None if metrics cannot be had."""


@dataclass
class Operator:
    """The operator's autoscaler, which decides whenever there is a new sample. ``season``: of its forecast, if any."""

    season: float | None = None
    period: float = POLL
    history: ScalingHistory = field(default_factory=ScalingHistory)

    def decide(
        self, now: float, current: int, serving: int, sample: Sample | None, past: Series | None
    ) -> int:
        predictive = Predictive() if self.season is None else Predictive("Act", self.season)
        task = replace(_TASK, predictive=predictive)
        series: Mapping[MetricType, Series] = {_RPS: past} if past is not None else {}
        samples = {_RPS: sample} if sample is not None else {}
        decision = decide(task, Scale(current, serving), samples, self.history, now, series)
        self.history = decision.history
        return decision.desired


@dataclass
class PlainHPA:
    """A HorizontalPodAutoscaler with its defaults, which decides every 15 s on the newest complete sample.

    It is the same algorithm without what is the operator's own: no bursts, and
    nothing is recorded while metrics are missing.
    """

    period: float = HPA_SYNC
    history: ScalingHistory = field(default_factory=ScalingHistory)

    def decide(
        self, now: float, current: int, serving: int, sample: Sample | None, past: Series | None
    ) -> int:
        if sample is None or sample.usable is None:
            return current
        # Its recommendations are points in time: none lasts until the next sample.
        task = replace(_TASK, behavior=Behavior(bursts=False), interval=0.0)
        samples = {_RPS: Sample(sample.value, sample.age)}
        decision = decide(task, Scale(current, serving), samples, self.history, now)
        self.history = decision.history
        return decision.desired
