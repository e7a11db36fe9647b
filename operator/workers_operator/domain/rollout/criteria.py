"""Criteria for the requests to a new version. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

MIN_REQUESTS: Final = 50

AnalysisMetric = Literal[
    "ErrorRate", "ResponseTimeP50", "ResponseTimeP99", "CpuTimeP50", "CpuTimeP99"
]
LEVELS: Final = {
    "ResponseTimeP50": 0.5,
    "ResponseTimeP99": 0.99,
    "CpuTimeP50": 0.5,
    "CpuTimeP99": 0.99,
}
"""Quantiles of the metrics."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A metric that must not be too high.

    ``most``: its limit, a share of the requests or milliseconds; None: the serving version's value in the same time.
    """

    metric: AnalysisMetric
    most: float | None = None

    @property
    def is_counted(self) -> bool:
        """Whether single requests are counted, so that a test can tell a difference from chance."""
        return not self.metric.startswith("Cpu")


@dataclass(frozen=True, slots=True)
class Criteria:
    """Criteria of a step. ``min_requests``: fewer are not judged."""

    criteria: tuple[Criterion, ...]
    min_requests: int = MIN_REQUESTS

    @property
    def counted(self) -> int:
        """The number of criteria that are tested."""
        return sum(criterion.is_counted for criterion in self.criteria)
