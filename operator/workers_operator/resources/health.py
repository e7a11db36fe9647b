"""Health of a worker: how it is probed, and what its requests may come to."""

import re
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from workers_operator.resources.durations import parse_duration
from workers_operator.resources.formats import Duration, Integer
from workers_operator.resources.model import (
    ListSet,
    Rule,
    SpecModel,
    StatusModel,
    at_least,
    at_most,
    shaped,
)

HealthState = Literal["Healthy", "Degraded", "Unhealthy", "Unknown"]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
_EXPECTED: Final = ("200-399",)

HealthPath = Annotated[
    str,
    Field(max_length=1024),
    shaped(
        "^/[!-~]*$",
        "must begin with a slash and contain neither white space nor non-ASCII characters",
    ),
    Rule(
        r"!self.matches(r'[#\\]')",
        "must contain neither # nor a backslash, which a request does not keep",
        lambda path: re.search(r"[#\\]", path) is None,
    ),
    Rule(
        "!self.matches('(?i)^[^?]*/([.]|%2e){1,2}(/|[?]|$)')",
        "must not contain the segments . and .., which lead out of the worker's route",
        lambda path: re.match(r"[^?]*/(\.|%2e){1,2}(/|\?|\Z)", path, re.IGNORECASE) is None,
    ),
]


def status_range(text: str) -> tuple[int, int]:
    """Return the first and the last status of a range such as 200-299, or of a single status twice."""
    first, _, last = text.partition("-")
    return int(first), int(last or first)


ExpectedStatus = Annotated[
    tuple[
        Annotated[
            str,
            Field(max_length=16),
            shaped("^[1-5][0-9]{2}(-[1-5][0-9]{2})?$", "must be a status or a range, e.g. 200-299"),
            Rule(
                "!self.matches('^[0-9]+-[0-9]+$') || self.split('-')[0] <= self.split('-')[1]",
                "must not begin after its end",
                lambda text: not re.fullmatch("[0-9]{3}-[0-9]{3}", text) or text[:3] <= text[4:],
            ),
        ],
        ...,
    ],
    Field(min_length=1, max_length=16),
    ListSet(),
]

PERCENTAGE: Final = "^(100|[0-9]{1,2}([.][0-9]{1,2})?)%$"
Percentage = Annotated[
    str,
    Field(max_length=6),
    shaped(PERCENTAGE, "must be a percentage from 0% to 100%, e.g. 2.5%"),
]


class HealthSpec(SpecModel):
    """Health probe of the worker."""

    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "!has(self.expectedStatus) || has(self.path)",
            "requires path: without it, any status is accepted",
            lambda health: health.expected_status is None or health.path is not None,
            ".expectedStatus",
        ),
    )

    path: HealthPath | None = Field(
        default=None,
        description="Path below the worker's route that is probed through the data plane, e.g. /health. "
        "The probe succeeds on a status of expectedStatus. Default: the template's health path, or / without "
        "a template; any answer of the worker then suffices, whatever its status. An uncaught exception, an "
        "exceeded limit and a missing script are no answers of the worker.",
    )
    expected_status: ExpectedStatus | None = Field(
        default=None,
        description="Statuses on which the probe of path succeeds, each a status or a range, e.g. [200-299, "
        '"304"]; at most 16. Requires path. Default: 200-399.',
    )
    interval: Annotated[Duration, at_least("1s")] = Field(
        default="1m", description="Time between two probes, e.g. 30s. At least 1s, default 1m."
    )
    timeout: Annotated[Duration, at_least("1ms"), at_most("30s")] = Field(
        default="5s",
        description="Time that a probe waits for the response, e.g. 500ms. 1ms to 30s, default 5s.",
    )
    failure_threshold: Annotated[Integer, Field(ge=1, le=10)] = Field(
        default=3,
        description="Number of consecutive failed probes after which the worker is unhealthy, e.g. 5. 1 to "
        "10, default 3.",
    )

    max_error_rate: Percentage = Field(
        default="5%",
        description="Share of failed requests above which the worker is degraded, e.g. 1%: exceptions, exceeded "
        "limits, and responses with a status of 500 or more, in 5 minutes with at least 20 requests. 0% to 100%, "
        "default 5%.",
    )
    max_response_time: Annotated[Duration, at_least("1ms")] | None = Field(
        default=None,
        description="99th percentile of the response times above which the worker is degraded, e.g. 800ms. At least "
        "1ms. Default: none.",
    )

    @property
    def interval_seconds(self) -> float:
        return parse_duration(self.interval)

    @property
    def timeout_seconds(self) -> float:
        return parse_duration(self.timeout)

    @property
    def max_error_share(self) -> float:
        return float(self.max_error_rate.removesuffix("%")) / 100

    @property
    def max_response_ms(self) -> float | None:
        return (
            None
            if self.max_response_time is None
            else parse_duration(self.max_response_time) * 1000
        )

    @property
    def expected(self) -> tuple[tuple[int, int], ...] | None:
        """The first and last status of every range that is expected; None: any."""
        if self.path is None:
            return None
        return tuple(status_range(text) for text in self.expected_status or _EXPECTED)


class OutageStatus(StatusModel):
    """A time in which the worker was unhealthy."""

    from_: Time = Field(alias="from", description="When it began, e.g. 2026-01-31T08:00:00Z.")
    to: Time | None = Field(default=None, description="When it ended; absent while it lasts.")
    downtime: str | None = Field(
        default=None,
        description="How much of that time the worker was unhealthy, e.g. 90s, if this stands for several outages.",
    )


class UptimeStatus(StatusModel):
    """Share of the time in which the worker was not unhealthy, as far as the operator has watched it."""

    day: str = Field(description="Share of the last 24 hours, e.g. 99.9%.")
    month: str = Field(description="Share of the last 30 days, e.g. 99.95%.")
    until: Time = Field(
        description="When the shares were computed, e.g. 2026-01-31T08:00:00Z: whenever the status is written for "
        "another reason. In the meantime, outages has all that is needed to compute them."
    )


class HealthStatus(StatusModel):
    """What probes and requests say about the worker."""

    state: HealthState = Field(
        default="Unknown",
        description="Healthy; Degraded: it answers its probes, and its requests exceed maxErrorRate or "
        "maxResponseTime, or some of its instances get none because they fail theirs; "
        "Unhealthy: its probes fail; Unknown before the first probes, and while it is parked.",
    )
    consecutive_failures: int = Field(
        default=0,
        description="Number of failed probes since the last successful one, when the status was last written.",
    )
    since: Time | None = Field(
        default=None, description="Time of the last change of state, e.g. 2026-01-31T08:00:00Z."
    )
    out: tuple[int, ...] = Field(
        default=(),
        description="Instances that get no requests because they fail their probes while others answer, e.g. [1].",
    )
    healthy_version: str | None = Field(
        default=None, description="The version that was healthy last, e.g. 4f2a91c0."
    )
    watched_since: Time | None = Field(
        default=None,
        description="When its health was known for the first time, e.g. 2026-01-31T08:00:00Z: uptime counts from here.",
    )
    outages: tuple[OutageStatus, ...] = Field(
        default=(),
        description="Outages of the last 30 days, oldest first; at most 10; adjacent ones are merged beyond that.",
    )
    uptime: UptimeStatus | None = Field(
        default=None, description="Share of the time in which the worker was not unhealthy."
    )
