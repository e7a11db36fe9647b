"""Analysis of a rollout's step."""

import re
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from workers_operator.resources.durations import MAX_LENGTH, PATTERN, parse_duration
from workers_operator.resources.formats import Integer
from workers_operator.resources.health import PERCENTAGE
from workers_operator.resources.model import Rule, SpecModel

MAX_CRITERIA: Final = 8


class AnalysisMetricSpec(SpecModel):
    """A metric that must not be too high."""

    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(
            f"!has(self.max) || (self.type == 'ErrorRate' ? self.max.matches(r'{PERCENTAGE}') "
            f": self.max.matches(r'{PATTERN}') && self.max.matches('[1-9]'))",
            "must be a percentage such as 1% for ErrorRate, and a duration such as 300ms for all other metrics",
            lambda metric: metric.max is None or metric.limit is not None,
            ".max",
        ),
    )

    type: Literal["ErrorRate", "ResponseTimeP50", "ResponseTimeP99", "CpuTimeP50", "CpuTimeP99"] = (
        Field(
            description="ErrorRate: share of failed requests, as in spec.health.maxErrorRate. ResponseTimeP50 and "
            "ResponseTimeP99: median and 99th percentile of the response times. CpuTimeP50 and CpuTimeP99: the same "
            "of the CPU times."
        )
    )
    max: Annotated[str, Field(max_length=MAX_LENGTH)] | None = Field(
        default=None,
        description="Limit, e.g. 1% for ErrorRate, or 300ms. Default: no more than the version has that serves, in "
        "the same time.",
    )

    @property
    def limit(self) -> float | None:
        """The limit as a share of the requests or in milliseconds; None without a valid one."""
        if self.max is None:
            return None
        if self.type == "ErrorRate":
            is_valid = re.fullmatch(PERCENTAGE.strip("^$"), self.max, re.ASCII)
            return float(self.max.removesuffix("%")) / 100 if is_valid else None
        try:
            return parse_duration(self.max) * 1000 or None
        except ValueError:
            return None


class AnalysisSpec(SpecModel):
    """An analysis of the requests to the new version while it has a share of them."""

    metrics: Annotated[
        tuple[AnalysisMetricSpec, ...], Field(min_length=1, max_length=MAX_CRITERIA)
    ] = Field(
        default=(AnalysisMetricSpec(type="ErrorRate"),),
        description="Metrics that must not be too high, e.g. [{type: ErrorRate}, {type: ResponseTimeP99, max: 300ms}]; "
        "at most 8. If one is, by more than chance, the rollout is aborted. Default: [{type: ErrorRate}].",
    )
    min_requests: Annotated[Integer, Field(ge=10, le=1_000_000)] = Field(
        default=50,
        description="Number of requests to each version without which the analysis is inconclusive, e.g. 1000: the "
        "rollout then pauses. 10 to 1000000, default 50.",
    )
