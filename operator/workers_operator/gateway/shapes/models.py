"""Answers about workers. The OpenAPI document describes every field."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from workers_operator.resources import (
    Condition,
    FollowedTemplate,
    HealthStatus,
    LimitsStatus,
    RolloutOrderStatus,
    RolloutStatus,
    ScalingStatus,
    SourceStatus,
    Versions,
)

Time = str
WorkerType = Literal["elite-worker", "customer-worker"]


class AnswerModel(BaseModel):
    """A part of an answer. A field without a value is left out."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    def dump(self) -> bytes:
        """Return the answer as JSON."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


class DeploymentInfoModel(AnswerModel):
    """What serves."""

    version: str | None = Field(
        default=None, description="Version that serves, e.g. 4f2a91c0; absent before the first."
    )
    last_deployment: Time | None = Field(
        default=None,
        description="When its rollout began, e.g. 2026-01-31T08:00:00Z.",
        json_schema_extra={"format": "date-time"},
    )


class Code24MetadataModel(AnswerModel):
    """Whose worker it is, and of which kind."""

    type: WorkerType = Field(description="elite-worker or customer-worker.")
    elite_worker_type: str | None = Field(
        default=None, description="Product of an elite worker: brand, design or develop."
    )
    customer_id: str = Field(description="ID of the customer, e.g. customer-123.")
    environment: str | None = Field(
        default=None,
        description="Environment of the platform: dev, staging or production; absent if there is no such platform.",
    )
    template: str | None = Field(
        default=None, description="Template, e.g. ecommerce; absent with another source."
    )
    deployment_info: DeploymentInfoModel = Field(description="What serves.")


class ListedWorkerModel(AnswerModel):
    """A worker as lists have it."""

    id: str = Field(description="uid of the object, e.g. 1b4e28ba-2fa1-11d2-883f-0016d3cca427.")
    script_name: str = Field(
        alias="script_name", description="Script name, by which every endpoint names the worker."
    )
    created_on: Time = Field(
        alias="created_on",
        description="When the object was created, e.g. 2026-01-31T08:00:00Z.",
        json_schema_extra={"format": "date-time"},
    )
    modified_on: Time = Field(
        alias="modified_on",
        description="When a version or the state changed last, e.g. 2026-01-31T08:00:00Z.",
        json_schema_extra={"format": "date-time"},
    )
    code24_metadata: Code24MetadataModel = Field(
        alias="code24Metadata", description="Whose worker it is, and of which kind."
    )
    kind: str = Field(description="Kind of the object: EliteWorker or CustomerWorker.")
    namespace: str = Field(description="Namespace of the object.")
    name: str = Field(description="Name of the object, which kubectl knows it by.")
    platform: str = Field(description="Name of its WorkersPlatform.")
    ready: bool = Field(description="Whether it is deployed as the object asks for, and healthy.")
    reason: str = Field(description="Reason of the condition Ready, e.g. Succeeded.")
    message: str | None = Field(default=None, description="Message of the condition Ready.")
    health: str = Field(description="Healthy, Degraded, Unhealthy or Unknown.")
    instances: int | None = Field(
        default=None, description="Number of instances that receive requests."
    )
    url: str | None = Field(default=None, description="First of its URLs.")
    requests_per_second: str | None = Field(
        default=None, description="Average number of requests a second, e.g. 41."
    )
    error_rate: str | None = Field(
        default=None, description="Share of requests that failed, e.g. 0.19%."
    )
    rollout_phase: str | None = Field(
        default=None, description="Phase of the last rollout, e.g. Progressing."
    )
    suspended: bool = Field(description="Whether spec.suspend is set.")
    deleting: bool = Field(description="Whether it is being deleted.")


class RolloutStepModel(AnswerModel):
    """A step of a rollout: a smoke test, or a share of the requests for some time."""

    smoke: bool = Field(description="Whether it is a smoke test.")
    weight: int | None = Field(
        default=None, description="Share of the requests that the new version gets, in percent."
    )
    pause_seconds: float | None = Field(
        default=None,
        description="Time until the next step; absent of a share that waits for a promotion.",
    )
    analysis: tuple[str, ...] | None = Field(
        default=None, description="Metrics that are analysed meanwhile, e.g. [ErrorRate]."
    )


class WorkerModel(ListedWorkerModel):
    """A worker with everything that its status tells."""

    resource_version: str = Field(description="Version of the object; the ETag names it, too.")
    generation: int = Field(description="Number of the spec, which grows with each change.")
    observed_generation: int = Field(
        description="Number of the spec that the state is about; -1 before the first."
    )
    urls: tuple[str, ...] = Field(description="URLs of the worker.")
    labels: dict[str, str] = Field(description="Labels of the object.")
    conditions: tuple[Condition, ...] = Field(description="Conditions of the object.")
    versions: Versions | None = Field(default=None, description="Versions at the edge.")
    rollout: RolloutStatus | None = Field(default=None, description="The last rollout.")
    rollout_steps: tuple[RolloutStepModel, ...] = Field(
        description="Steps by which a new version takes over: those of the object, or else of its platform, or of the "
        "default."
    )
    rollout_order: RolloutOrderStatus | None = Field(
        default=None, description="What has become of the last order about a rollout."
    )
    scaling: ScalingStatus | None = Field(
        default=None, description="The last decision of the autoscaler."
    )
    health_status: HealthStatus | None = Field(
        default=None, description="Health with uptime and outages."
    )
    source: SourceStatus | None = Field(
        default=None, description="The script that was last resolved."
    )
    follows: FollowedTemplate | None = Field(
        default=None, description="The template that the worker follows."
    )
    limits: LimitsStatus | None = Field(default=None, description="Limits in effect.")


class VersionModel(AnswerModel):
    """A version that serves, served, or was to serve."""

    number: int = Field(
        description="Number among the versions that are known: 1 is the oldest of them."
    )
    hash: str = Field(description="Hash of code, bindings and settings, e.g. 4f2a91c0.")
    created: Time = Field(
        description="When its rollout began.", json_schema_extra={"format": "date-time"}
    )
    by: str | None = Field(
        default=None, description="Field manager of the spec that asked for it, e.g. kubectl."
    )
    source: str | None = Field(default=None, description="Origin of its code, e.g. inline.")
    digest: str | None = Field(default=None, description="Digest of its code.")
    share: int = Field(description="Share of the requests that it gets, in percent.")
    state: str = Field(
        description="RollingOut, Serving, Previous, Superseded, Aborted or RolledBack."
    )
    message: str | None = Field(default=None, description="Why it was aborted or rolled back.")
