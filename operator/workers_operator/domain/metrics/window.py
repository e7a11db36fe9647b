"""Metrics of a worker in a time window: requests, errors, response times and consumption. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from workers_operator.domain.metrics.distribution import NO_VALUES, Distribution

MINUTE: Final = 60
WINDOW: Final = 5 * MINUTE
"""Seconds that status.metrics covers."""

ERROR_KINDS: Final = ("exception", "limit", "unavailable", "origin", "status")
"""Causes of failed requests: see docs/metrics.md."""

Place = tuple[str, int]  # (version, instance)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests as seen by the dispatcher. ``errors``: by kind; ``total_ms``: of all response times."""

    requests: int = 0
    errors: Mapping[str, int] = field(default_factory=dict)
    total_ms: float = 0.0
    times: Distribution = NO_VALUES

    def __add__(self, other: "Traffic") -> "Traffic":
        """Return the traffic of both."""
        return Traffic(
            self.requests + other.requests,
            dict(Counter(self.errors) + Counter(other.errors)),
            self.total_ms + other.total_ms,
            self.times + other.times,
        )

    def beyond(self, other: "Traffic") -> "Traffic":
        """Return what this traffic has and the other has not; of response times, only their sum."""
        return Traffic(
            max(0, self.requests - other.requests),
            dict(Counter(self.errors) - Counter(other.errors)),
            max(0.0, self.total_ms - other.total_ms),
        )

    @property
    def failed(self) -> int:
        """The number of requests that failed, for whatever reason."""
        return sum(self.errors.values())

    @property
    def average_ms(self) -> float | None:
        """The mean response time; None without requests."""
        return self.total_ms / self.requests if self.requests else None


@dataclass(frozen=True, slots=True)
class Consumption:
    """Consumption of invocations, by Cloudflare's count. ``cpu``: microseconds; ``memory``: bytes, 99th percentile."""

    invocations: int = 0
    cpu_us: int = 0
    cpu: Distribution = NO_VALUES
    memory: int = 0

    def __add__(self, other: "Consumption") -> "Consumption":
        """Return the consumption of both; memory is the larger one's."""
        return Consumption(
            self.invocations + other.invocations,
            self.cpu_us + other.cpu_us,
            self.cpu + other.cpu,
            max(self.memory, other.memory),
        )


@dataclass(frozen=True, slots=True)
class MetricsWindow:
    """Metrics between two Unix times, by version and instance."""

    since: int
    until: int
    traffic: Mapping[Place, Traffic] = field(default_factory=dict)
    consumption: Mapping[Place, Consumption] = field(default_factory=dict)

    @property
    def seconds(self) -> int:
        """The length of the window."""
        return self.until - self.since

    def of_version(self, version: str) -> "MetricsWindow":
        """Return the part of one version."""
        return MetricsWindow(
            self.since,
            self.until,
            {place: one for place, one in self.traffic.items() if place[0] == version},
            {place: one for place, one in self.consumption.items() if place[0] == version},
        )

    @property
    def all_traffic(self) -> Traffic:
        """The traffic of all versions and instances."""
        return sum(self.traffic.values(), Traffic())

    @property
    def all_consumption(self) -> Consumption:
        """The consumption of all versions and instances."""
        return sum(self.consumption.values(), Consumption())


def joined(windows: Iterable[MetricsWindow]) -> MetricsWindow | None:
    """Return one window that spans consecutive ones; None for none."""
    found = list(windows)
    if not found:
        return None
    traffic: dict[Place, Traffic] = {}
    consumption: dict[Place, Consumption] = {}
    for window in found:
        for place, one in window.traffic.items():
            traffic[place] = traffic.get(place, Traffic()) + one
        for place, used in window.consumption.items():
            consumption[place] = consumption.get(place, Consumption()) + used
    return MetricsWindow(found[0].since, found[-1].until, traffic, consumption)


def significant(value: float, digits: int = 2) -> float:
    """Return a value rounded to its first digits, so that noise causes no writes."""
    if value == 0 or not math.isfinite(value):
        return 0.0
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def digits(value: float) -> str:
    """Return a value with two significant digits, in digits: 120, 0.25."""
    return f"{significant(value):.9f}".rstrip("0").rstrip(".")


def newest_complete_minute(now: float, delay: float) -> int:
    """Return the end (Unix time) of the newest complete minute; data is ``delay`` seconds late."""
    return int((now - delay) // MINUTE) * MINUTE
