"""The few fields of a status that are read at every event of thousands of objects, without building its models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

_READY: Final = "Ready"
_STALLED: Final = "Stalled"
_SCALING_LIMITED: Final = "ScalingLimited"


@dataclass(frozen=True, slots=True)
class TemplateGlance:
    """Fields of ``status.template``."""

    kind: str = ""
    name: str = ""
    version: str = ""
    retried: str = ""


@dataclass(frozen=True, slots=True)
class MetricsGlance:
    """Fields of ``status.metrics``."""

    until: str = ""
    requests_per_second: str = ""
    error_rate: str = ""


_NO_TEMPLATE: Final = TemplateGlance()
_NO_METRICS: Final = MetricsGlance()


@dataclass(frozen=True, slots=True)
class StatusGlance:
    """Fields of a status, whatever is wrong with the others; "" for a text that is absent or is none.

    ``ready`` and ``reason``: status and reason of the condition Ready, whose status is Unknown if it is missing.
    ``phase``: of the rollout.
    """

    observed_generation: int | None = None
    ready: str = ""
    reason: str = ""
    is_stalled: bool = False
    health: str = ""
    platform: str = ""
    phase: str = ""
    template: TemplateGlance = _NO_TEMPLATE
    metrics: MetricsGlance = _NO_METRICS

    @classmethod
    def of(cls, status: object) -> Self:
        """Read a status as the API server gives it."""
        found = mapping(status)
        conditions = found.get("conditions")
        by_type = {
            text(condition.get("type")): condition
            for condition in map(mapping, conditions if isinstance(conditions, list) else ())
        }
        ready, generation = by_type.get(_READY, {}), found.get("observedGeneration")
        return cls(
            generation if isinstance(generation, int) else None,
            text(ready.get("status")) or ("Unknown" if _READY in by_type else ""),
            text(ready.get("reason")),
            _STALLED in by_type,
            text(mapping(found.get("health")).get("state")),
            text(found.get("platform")),
            text(mapping(found.get("rollout")).get("phase")),
            _template(mapping(found.get("template"))),
            _metrics(mapping(found.get("metrics"))),
        )


def _template(found: Mapping[str, object]) -> TemplateGlance:
    if not found:
        return _NO_TEMPLATE
    return TemplateGlance(
        text(found.get("kind")),
        text(found.get("name")),
        text(found.get("version")),
        text(found.get("retried")),
    )


def _metrics(found: Mapping[str, object]) -> MetricsGlance:
    if not found:
        return _NO_METRICS
    return MetricsGlance(
        text(found.get("until")),
        text(found.get("requestsPerSecond")),
        text(found.get("errorRate")),
    )


def scaling_limit(status: object) -> str:
    """Return the reason of a status' condition ScalingLimited; "" without one."""
    conditions = mapping(status).get("conditions")
    found = map(mapping, conditions if isinstance(conditions, list) else ())
    return next((text(c.get("reason")) for c in found if c.get("type") == _SCALING_LIMITED), "")


def mapping(value: object) -> Mapping[str, object]:
    """Return a mapping; {} for anything else."""
    return value if isinstance(value, Mapping) else {}


def text(value: object) -> str:
    """Return a text; "" for anything else."""
    return value if isinstance(value, str) else ""
