"""Group invocations by dimensions, and compute the measures of a group.

The names and units are those of Cloudflare's dataset `workersInvocationsAdaptive`.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from local_edge.storage.telemetry.invocations import GroupKey, InvocationGroup, InvocationSample

Value = str | int | float | None
MEMORY_GB = 0.128
"""The memory that Cloudflare charges per second of an invocation."""
STATUSES_OF_ERRORS = ("scriptThrewException", "exceededResources", "internalError")


@dataclass(frozen=True)
class Dimension:
    kind: str
    """The GraphQL type."""
    of: Callable[[GroupKey], Value]
    width: int = 0
    """Seconds that have the same value; 0 if this is no time."""


def _time(width: int) -> Dimension:
    return Dimension("Time", lambda key: time_text(key.second - key.second % width), width)


def time_text(second: int) -> str:
    """Return a Unix time as GraphQL's Time."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


DIMENSIONS: Mapping[str, Dimension] = {
    "cacheStatus": Dimension("string", lambda key: ""),
    "coloCode": Dimension("string", lambda key: "TXL"),
    "date": Dimension("Date", lambda key: time_text(key.second)[:10], 24 * 3600),
    "datetime": _time(1),
    "datetimeMinute": _time(60),
    "datetimeFiveMinutes": _time(5 * 60),
    "datetimeFifteenMinutes": _time(15 * 60),
    "datetimeHour": _time(3600),
    "datetimeSixHours": _time(6 * 3600),
    "dispatchNamespaceName": Dimension("string", lambda key: key.namespace),
    "environmentName": Dimension("string", lambda key: "production"),
    "isDispatcher": Dimension("uint8", lambda key: int(key.dispatcher)),
    "isPreview": Dimension("uint8", lambda key: 0),
    "previewSlug": Dimension("string", lambda key: ""),
    "scriptName": Dimension("string", lambda key: key.script),
    "scriptTag": Dimension("string", lambda key: key.tag),
    "scriptVersion": Dimension("string", lambda key: key.version),
    "status": Dimension("string", lambda key: key.status),
    "usageModel": Dimension("string", lambda key: "standard"),
}


class Aggregate:
    """The invocations with the same values of the wanted dimensions."""

    def __init__(self, groups: Sequence[InvocationGroup]) -> None:
        self.key = groups[0].key
        self._groups = groups
        self._columns: dict[str, array[int]] = {}

    @property
    def requests(self) -> int:
        return len(self._sorted("wall"))

    def requests_with(self, statuses: Iterable[str]) -> int:
        """Return the number of invocations that ended in one of the statuses."""
        wanted = set(statuses)
        return sum(len(g.column(0)) for g in self._groups if g.key.status in wanted)

    def total(self, field: str) -> int:
        return sum(self._sorted(field))

    def most(self, field: str) -> int:
        return self._sorted(field)[-1]

    def quantile(self, field: str, level: float) -> float:
        """Return a quantile, interpolated between the two nearest invocations."""
        values = self._sorted(field)
        position = level * (len(values) - 1)
        below = int(position)
        above = min(below + 1, len(values) - 1)
        return values[below] + (values[above] - values[below]) * (position - below)

    def _sorted(self, field: str) -> "array[int]":
        if field not in self._columns:
            index = InvocationSample._fields.index(field)
            joined = [value for group in self._groups for value in group.column(index)]
            self._columns[field] = array("I", sorted(joined))
        return self._columns[field]


@dataclass(frozen=True)
class Measure:
    kind: str
    """The GraphQL type."""
    description: str
    of: Callable[[Aggregate], Value]


def grouped(groups: Iterable[InvocationGroup], dimensions: Sequence[str]) -> list[Aggregate]:
    """Group by dimensions, in the order of their values."""
    found: dict[tuple[str, ...], list[InvocationGroup]] = {}
    for group in groups:
        values = tuple(str(DIMENSIONS[name].of(group.key)) for name in dimensions)
        found.setdefault(values, []).append(group)
    return [Aggregate(found[values]) for values in sorted(found)]


def _sum(field: str, description: str) -> Measure:
    return Measure("uint64", description, lambda rows: rows.total(field))


def _duration(microseconds: float) -> float:
    return microseconds / 1e6 * MEMORY_GB


_SUMS: dict[str, Measure] = {
    "clientDisconnects": Measure(
        "uint64",
        "Sum of client disconnects",
        lambda rows: rows.requests_with(("clientDisconnected",)),
    ),
    "cpuTimeUs": _sum("cpu", "Sum of CPU time - microseconds"),
    "duration": Measure(
        "float64", "Sum of duration - GB*s", lambda rows: _duration(rows.total("wall"))
    ),
    "errors": Measure(
        "uint64", "Sum of errors", lambda rows: rows.requests_with(STATUSES_OF_ERRORS)
    ),
    "requestDuration": _sum("request", "Sum of request duration - microseconds"),
    "requests": Measure("uint64", "Sum of requests", lambda rows: rows.requests),
    "responseBodySize": _sum("body", "Sum of response body sizes - bytes"),
    "subrequests": _sum("subrequests", "Sum of subrequests"),
    "wallTime": _sum("wall", "Sum of wall time - microseconds"),
}
_LEVELS = {"P25": 25, "P50": 50, "P75": 75, "P90": 90, "P95": 95, "P99": 99, "P999": 99.9}
_MEASURED = {
    "cpuTime": ("cpu", "CPU time", "microseconds"),
    "requestDuration": ("request", "Request duration", "microseconds"),
    "responseBodySize": ("body", "Response body size", "bytes"),
    "wallTime": ("wall", "Wall time", "microseconds"),
}


def _quantile(field: str, level: float, scale: Callable[[float], float] = float) -> Measure:
    what, unit = next((text, unit) for name, text, unit in _MEASURED.values() if name == field)
    text = f"{what} {level:g}th percentile - {unit}"
    return Measure("float32", text, lambda rows: scale(rows.quantile(field, level / 100)))


def _unknown(description: str) -> Measure:
    return Measure("float32", description, lambda rows: None)


_QUANTILES: dict[str, Measure] = {
    f"{name}{suffix}": _quantile(field, level)
    for name, (field, _, _) in _MEASURED.items()
    for suffix, level in _LEVELS.items()
}
_QUANTILES |= {f"duration{s}": _quantile("wall", level, _duration) for s, level in _LEVELS.items()}
_QUANTILES |= {
    f"memoryUsageBytes{suffix}": _unknown("Memory usage - bytes; not measured here")
    for suffix in ("P50", "P90", "P95", "P99", "P999")
}
_MAXIMA: dict[str, Measure] = {
    "cpuTime": Measure(
        "float32",
        "Maximum CPU time for one request - microseconds",
        lambda rows: rows.most("cpu"),
    ),
    "memoryUsageBytes": _unknown("Maximum memory usage - bytes; not measured here"),
    "wallTime": Measure(
        "float32",
        "Maximum wall time for one request - microseconds",
        lambda rows: rows.most("wall"),
    ),
    "wasmMemoryBytes": _unknown("Maximum memory of WebAssembly - bytes; not measured here"),
}
MEASURES: Mapping[str, Mapping[str, Measure]] = {
    "sum": _SUMS,
    "quantiles": _QUANTILES,
    "avg": {"sampleInterval": Measure("float64", "Average sample interval", lambda rows: 1.0)},
    "max": _MAXIMA,
}
"""The measures of each field of a row: `sum`, `quantiles`, `avg`, `max`."""
