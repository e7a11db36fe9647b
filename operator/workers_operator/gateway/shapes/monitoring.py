"""Answers about metrics, health, scaling, Events and logs. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import Field, JsonValue

from workers_operator.domain.timestamps import stamp_unix
from workers_operator.gateway.cache.history import MetricsPoint
from workers_operator.gateway.shapes.answers import SuccessModel
from workers_operator.gateway.shapes.models import AnswerModel, Time
from workers_operator.gateway.shapes.status import FleetCountsModel
from workers_operator.resources import ScalingMetricStatus, WorkerStatus

FleetState = Literal["healthy", "degraded", "unhealthy"]


class WorkerMetricsModel(AnswerModel):
    """What the requests of a worker came to lately. null: it is not known, e.g. before the first request."""

    requests: int | None = Field(description="Number of requests in the window.")
    errors: int | None = Field(description="Number of these that failed.")
    avg_response_time: str | None = Field(description="Average response time, e.g. 45ms.")
    cpu_usage: str | None = Field(
        description="99th percentile of the CPU time as a share of its limit, e.g. 15%; null without a limit."
    )
    memory_usage: str | None = Field(description="Memory of an isolate, e.g. 64MB.")
    uptime: str | None = Field(
        description="Share of the last 24 hours in which it was not unhealthy, e.g. 99.9%."
    )
    error_rate: str | None = Field(description="Share of the requests that failed, e.g. 0.19%.")
    requests_per_second: str | None = Field(description="Average number of requests a second.")
    p99_response_time: str | None = Field(
        alias="p99ResponseTime", description="99th percentile of the response time, e.g. 120ms."
    )
    cpu_time: str | None = Field(description="99th percentile of the CPU time, e.g. 9ms.")
    uptime_month: str | None = Field(description="The same for the last 30 days.")
    window: str | None = Field(description="Length of the window, e.g. 5m.")
    until: Time | None = Field(description="End of the window: the age of the metrics.")


class MetricsAnswerModel(SuccessModel):
    """The metrics of a worker."""

    metrics: WorkerMetricsModel = Field(description="The metrics.")
    stale: bool | None = Field(
        default=None,
        description="true while the cluster cannot be watched: there may be newer states.",
    )

    def dump(self) -> bytes:
        """Return the answer as JSON, with null for unknown values."""
        unsaid = {"stale"} if self.stale is None else None
        return self.model_dump_json(by_alias=True, exclude=unsaid).encode()


class MetricsPointModel(AnswerModel):
    """What the requests of a worker came to in one window."""

    until: Time = Field(description="End of the window.", json_schema_extra={"format": "date-time"})
    requests_per_second: float = Field(description="Average number of requests a second, e.g. 41.")
    error_rate: float | None = Field(
        default=None, description="Share of the requests that failed, in percent, e.g. 0.19."
    )


class MetricsHistoryModel(SuccessModel):
    """The metrics of a worker since some hours ago, or since the gateway was started."""

    points: tuple[MetricsPointModel, ...] = Field(
        description="The newest windows that differ from the one before, the oldest first; at most 60."
    )
    total: int = Field(description="Number of points.")


def history_of(points: Iterable[MetricsPoint]) -> MetricsHistoryModel:
    """Return the history of a worker's metrics."""
    shown = tuple(
        MetricsPointModel(
            until=stamp_unix(point.until),
            requests_per_second=_short(point.requests_per_second),
            error_rate=_short(point.error_rate) if point.error_rate is not None else None,
        )
        for point in points
    )
    return MetricsHistoryModel(points=shown, total=len(shown))


def _short(value: float) -> float:
    """Return a number without the digits that single precision has invented."""
    return float(f"{value:.6g}")


def metrics_of(status: WorkerStatus) -> WorkerMetricsModel:
    """Return the metrics of a worker."""
    found, uptime = status.metrics, status.health.uptime if status.health is not None else None
    cpu = found.cpu if found is not None else None
    return WorkerMetricsModel(
        requests=found.requests if found is not None else None,
        errors=found.errors if found is not None else None,
        avg_response_time=found.avg_response_time if found is not None else None,
        cpu_usage=cpu.usage if cpu is not None else None,
        memory_usage=found.memory if found is not None else None,
        uptime=uptime.day if uptime is not None else None,
        error_rate=found.error_rate if found is not None else None,
        requests_per_second=found.requests_per_second if found is not None else None,
        p99_response_time=found.p99_response_time if found is not None else None,
        cpu_time=cpu.p99 if cpu is not None else None,
        uptime_month=uptime.month if uptime is not None else None,
        window=found.window if found is not None else None,
        until=found.until if found is not None else None,
    )


class FailingWorkerModel(AnswerModel):
    """A worker that is not as it should be."""

    script_name: str = Field(alias="script_name", description="Script name.")
    namespace: str = Field(description="Namespace of the object.")
    customer_id: str = Field(description="ID of the customer.")
    health: str = Field(description="Healthy, Degraded, Unhealthy or Unknown.")
    reason: str = Field(description="Reason of its condition Ready.")


class FleetHealthModel(SuccessModel):
    """The health of the workers that the caller may list."""

    status: FleetState = Field(
        description="unhealthy if a worker is; degraded if one is, or is not Ready; else healthy."
    )
    timestamp: Time = Field(description="Time of the answer.")
    workers: FleetCountsModel = Field(description="Numbers of workers.")
    health: dict[str, int] = Field(description="Number of workers by health.")
    failing: tuple[FailingWorkerModel, ...] = Field(
        description="The first 50 that are Unhealthy, Degraded or not Ready."
    )
    stale: bool | None = Field(default=None, description="true while the watch is broken.")


class ScalingDecisionModel(AnswerModel):
    """What the autoscaler of a worker has decided, and why."""

    script_name: str = Field(alias="script_name", description="Script name.")
    namespace: str = Field(description="Namespace of the object.")
    handled: bool = Field(
        description="Whether the operator has checked the worker since the request."
    )
    turned_on: bool = Field(description="Whether this request has turned autoscaling on.")
    current: int | None = Field(
        default=None, description="Number of instances before the last decision."
    )
    desired: int | None = Field(
        default=None, description="Number of instances that was decided on last."
    )
    predicted: int | None = Field(default=None, description="Number that the forecast asks for.")
    reason: str | None = Field(
        default=None, description="Why the number is what it is, or why there is no decision yet."
    )
    metrics: tuple[ScalingMetricStatus, ...] = Field(
        default=(), description="What each metric said."
    )
    error: str | None = Field(default=None, description="Why the worker was left out.")


class AutoscaleAnswerModel(SuccessModel):
    """What autoscalers have decided."""

    decisions: tuple[ScalingDecisionModel, ...] = Field(description="By worker.")
    total: int = Field(description="Number of workers.")
    pending: int = Field(description="Number of workers that the operator has not checked yet.")
    message: str | None = Field(default=None, description="What else is to be known.")


class EventModel(AnswerModel):
    """An Event about a worker or a platform."""

    type: str = Field(description="Normal or Warning.")
    reason: str = Field(description="Reason, e.g. Deployed.")
    message: str = Field(description="What has happened.")
    count: int = Field(description="How often.")
    first_time: Time | None = Field(default=None, description="When it happened first.")
    last_time: Time | None = Field(default=None, description="When it happened last.")


class EventsModel(SuccessModel):
    """The Events about a worker or a platform."""

    events: tuple[EventModel, ...] = Field(description="The Events, newest first.")
    total: int = Field(description="Number of Events.")


def event_of(body: Mapping[str, Any]) -> EventModel:
    """Return an Event."""
    moment = body.get("eventTime") or (body.get("metadata") or {}).get("creationTimestamp")
    series = body.get("series") or {}
    return EventModel(
        type=str(body.get("type") or "Normal"),
        reason=str(body.get("reason") or ""),
        message=str(body.get("message") or body.get("note") or ""),
        count=int(series.get("count") or body.get("count") or 1),
        first_time=body.get("firstTimestamp") or moment,
        last_time=series.get("lastObservedTime") or body.get("lastTimestamp") or moment,
    )


class LogsAnswerModel(SuccessModel):
    """What a worker has logged."""

    logs: tuple[dict[str, JsonValue], ...] = Field(
        description="Entries in the order of time, with the fields of docs/logs.md: time, version, instance, type, "
        "level, message, stack, requestId and, of invocations, trigger, outcome, status, cpuMs, wallMs."
    )
    total: int = Field(description="Number of entries in this answer.")
    more: bool = Field(
        description="Whether there are earlier ones since the time that was asked for."
    )
    notices: tuple[str, ...] = Field(description="What is to be known, e.g. that logs are sampled.")
