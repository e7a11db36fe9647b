"""Answers about platforms and the API itself."""

from typing import Final, Literal

from pydantic import Field

from workers_operator.desired.status import find
from workers_operator.domain.conditions import READY
from workers_operator.gateway.cache.platforms import KnownPlatform
from workers_operator.gateway.shapes.answers import SuccessModel
from workers_operator.gateway.shapes.models import AnswerModel, Time
from workers_operator.resources import BudgetStatus, Condition, PlatformStatus

NAME: Final = "Code24 Workers API"
ENDPOINTS: Final = {
    "workers": "/api/workers/",
    "deployment": "/api/deploy/",
    "scaling": "/api/scale/",
    "monitoring": "/api/monitor/",
}
CAPABILITIES: Final = (
    "Worker CRUD operations",
    "Elite Worker deployment",
    "Customer Worker isolation",
    "Auto-scaling",
    "Real-time monitoring",
    "R2 integration",
    "Analytics tracking",
)


ApiState = Literal["operational", "degraded", "starting"]


class FleetCountsModel(AnswerModel):
    """Numbers of workers."""

    total: int = Field(description="Number of workers that the caller may list.")
    ready: int = Field(description="Number of these that are Ready and not suspended.")
    suspended: int = Field(description="Number of these that are suspended.")
    not_ready: int = Field(description="Number of the others.")


class WebhookModel(AnswerModel):
    """A webhook that is told of problems."""

    name: str = Field(description="Name of the webhook.")
    open: int = Field(description="Number of open problems that it has been told of.")
    failure: str | None = Field(
        default=None, description="Why it is not told of problems, while it is not."
    )


class PlatformModel(AnswerModel):
    """A platform: one Cloudflare account and environment."""

    name: str = Field(description="Name of the WorkersPlatform, e.g. default.")
    environment: str = Field(description="dev, staging or production.")
    account_id: str = Field(description="ID of the Cloudflare account.")
    account_name: str | None = Field(default=None, description="Name of the account.")
    domain: str | None = Field(default=None, description="Domain of the workers' hostnames.")
    implied: bool = Field(
        description="Whether environment variables describe it, so that it has no object and no state."
    )
    ready: bool = Field(description="Whether it accepts workers, as far as can be told.")
    reason: str | None = Field(default=None, description="Reason of its condition Ready.")
    message: str | None = Field(default=None, description="Message of its condition Ready.")
    suspended: bool = Field(description="Whether nothing is changed there.")
    dispatcher: str | None = Field(default=None, description="Script name of the dispatcher.")
    dispatch_namespace: str | None = Field(
        default=None, description="Dispatch namespace that holds the scripts."
    )
    budget: BudgetStatus | None = Field(
        default=None, description="Limit on API calls, and what is left of it."
    )
    versions: dict[str, str] | None = Field(
        default=None,
        description="Versions of the platform's own Workers, such as the dispatcher, by script name.",
    )
    workers: FleetCountsModel = Field(description="Its workers that the caller may list.")
    orphans: int | None = Field(
        default=None, description="Number of workers that serve without an object."
    )
    notifications: tuple[WebhookModel, ...] = Field(
        default=(), description="The webhooks that are told of problems."
    )
    metrics_failure: str | None = Field(
        default=None, description="Why the metrics of its workers are out of date, while they are."
    )
    problems: tuple[Condition, ...] = Field(
        default=(), description="Its conditions that are not as they should be."
    )


class ApiStatusModel(SuccessModel):
    """The state of the API. Who does not say who they are, is told nothing of accounts and platforms."""

    platform: str = Field(description="Code24 Workers API.")
    timestamp: Time = Field(
        description="Time of the answer.", json_schema_extra={"format": "date-time"}
    )
    account_id: str | None = Field(
        default=None, description="ID of the account of the platform default, or of the first one."
    )
    status: ApiState = Field(
        description="operational; degraded while the cluster cannot be watched or a platform is not Ready; starting."
    )
    endpoints: dict[str, str] = Field(description="Paths of the groups of endpoints.")
    capabilities: tuple[str, ...] = Field(description="What the API can do.")
    version: str | None = Field(default=None, description="Version of the gateway.")
    workers: FleetCountsModel | None = Field(
        default=None, description="Workers that the caller may list."
    )
    platforms: tuple[PlatformModel, ...] | None = Field(
        default=None, description="Platforms, if the caller may list them."
    )


class PlatformsAnswerModel(SuccessModel):
    """The platforms."""

    platforms: tuple[PlatformModel, ...] = Field(description="All platforms, by name.")
    total: int = Field(description="Number of platforms.")
    stale: bool | None = Field(
        default=None,
        description="true while the cluster cannot be watched: there may be newer states.",
    )


def platform_of(platform: KnownPlatform, counts: FleetCountsModel) -> PlatformModel:
    """Return a platform."""
    status = platform.status
    ready = find(status.conditions, READY) if status is not None else None
    return PlatformModel(
        name=platform.name,
        environment=platform.environment,
        account_id=platform.account_id,
        account_name=status.account_name if status is not None else None,
        domain=platform.domain or None,
        implied=status is None,
        ready=platform.is_ready,
        reason=ready.reason if ready is not None else None,
        message=(ready.message or None) if ready is not None else None,
        suspended=platform.is_suspended,
        dispatcher=status.dispatcher if status is not None else None,
        dispatch_namespace=status.dispatch_namespace if status is not None else None,
        budget=status.budget if status is not None else None,
        versions=_versions(status) if status is not None else None,
        workers=counts,
        orphans=status.orphans.total if status is not None and status.orphans else None,
        notifications=tuple(
            WebhookModel(name=hook.name, open=len(hook.open), failure=hook.failure)
            for hook in (status.notifications if status is not None else ())
        ),
        metrics_failure=status.metrics.failure if status is not None and status.metrics else None,
        problems=tuple(
            c for c in (status.conditions if status is not None else ()) if c.status == "False"
        ),
    )


def _versions(status: PlatformStatus) -> dict[str, str]:
    return {s.name: s.version for s in status.scripts if s.version is not None}
