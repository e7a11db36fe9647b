"""What the operator reports: the status of workers and platforms."""

from typing import Annotated, Literal

from pydantic import Field

from workers_operator.resources.model import ListMap, StatusModel

ConditionStatus = Literal["True", "False", "Unknown"]
HealthState = Literal["Healthy", "Unhealthy", "Unknown"]

# Below every generation, so that an object that nobody has looked at never reads as done.
NEVER_OBSERVED = -1


class Condition(StatusModel):
    """One aspect of the object's state, in the shape of Kubernetes' metav1.Condition."""

    type: Annotated[str, Field(max_length=316)] = Field(
        description="The aspect, in CamelCase: Ready is the roll-up of the others. Reconciling "
        "and Stalled are there only while true."
    )
    status: ConditionStatus = Field(description="True, False or Unknown.")
    reason: Annotated[
        str, Field(pattern=r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$", max_length=1024)
    ] = Field(description="Why, as one word for programs, e.g. TemplateNotFound.")
    message: Annotated[str, Field(max_length=32768)] = Field(
        description="Why, as a sentence for people; may be empty."
    )
    last_transition_time: Annotated[str, Field(json_schema_extra={"format": "date-time"})] = Field(
        description="When status changed last, e.g. 2026-01-31T08:00:00Z."
    )
    observed_generation: int | None = Field(
        default=None, description="The metadata.generation that this condition speaks of."
    )


class ObservedStatus(StatusModel):
    """What every kind reports."""

    observed_generation: int = Field(
        default=NEVER_OBSERVED,
        description="The metadata.generation that this status speaks of; -1 until the operator has "
        "seen the object.",
    )
    conditions: Annotated[tuple[Condition, ...], ListMap("type")] = Field(
        default=(), description="The object's state, one item per aspect; Ready sums it up."
    )
    last_handled_reconcile_at: str | None = Field(
        default=None,
        description="The last handled value of the annotation workers.code24.dev/requestedAt or "
        "reconcile.fluxcd.io/requestedAt, which ask for a check right now.",
    )


class SourceStatus(StatusModel):
    """The script that was resolved last."""

    from_: str = Field(
        alias="from",
        description="Where it came from: template/<name>, r2/<bucket>/<key>, ConfigMap/<name>:<key> or "
        "inline.",
    )
    digest: str = Field(description="Its content: sha256:<64 hex digits>.")
    revision: str | None = Field(
        default=None,
        description="Eight hex digits over the content and what it needs of the runtime.",
    )
    version: str | None = Field(default=None, description="Version of the template, e.g. 1.2.0.")
    update_available: str | None = Field(
        default=None,
        description="Digest of newer content that updatePolicy Pinned holds back; spec.source.digest "
        "takes it.",
    )


class CompatibilityStatus(StatusModel):
    """What the script runs with."""

    date: str = Field(description="Compatibility date in effect.")
    flags: tuple[str, ...] = Field(default=(), description="Compatibility flags in effect.")


class LimitsStatus(StatusModel):
    """The limits in effect: of plan and worker the stricter."""

    cpu_ms: int | None = Field(default=None, description="CPU milliseconds of one request.")
    sub_requests: int | None = Field(
        default=None, description="Requests that one request may make in turn."
    )


class CreatedResource(StatusModel):
    """Something that was made for the worker and belongs to it."""

    binding: str = Field(description="Name of the binding.")
    type: str = Field(description="kvNamespace or r2Bucket.")
    name: str = Field(description="Its title or name in the account.")


class Versions(StatusModel):
    """Versions of the worker at the edge, each named by eight hex digits of its content's hash."""

    stable: str | None = Field(default=None, description="The version that serves, e.g. 4f2a91c0.")
    previous: str | None = Field(
        default=None, description="The version that served before and is kept for a way back."
    )


class HealthStatus(StatusModel):
    """What the health probes found."""

    state: HealthState = Field(
        default="Unknown", description="Healthy, Unhealthy, or Unknown before the first probes."
    )
    consecutive_failures: int = Field(
        default=0, description="Failed probes since the last good one."
    )


class WorkerStatus(ObservedStatus):
    """What is true of a worker at the edge."""

    script_name: str | None = Field(
        default=None, description="The worker's script name on the platform."
    )
    urls: tuple[str, ...] = Field(
        default=(), description="Where the worker answers, e.g. https://customer123.code24.dev/."
    )
    url: str | None = Field(default=None, description="The first of urls.")
    platform: str | None = Field(
        default=None, description="The WorkersPlatform on which the worker is."
    )
    source: SourceStatus | None = Field(
        default=None, description="The script that was resolved last."
    )
    versions: Versions | None = Field(
        default=None, description="The versions of the worker that are at the edge."
    )
    compatibility: CompatibilityStatus | None = Field(
        default=None, description="What the script runs with."
    )
    limits: LimitsStatus | None = Field(default=None, description="The limits in effect.")
    resources: Annotated[tuple[CreatedResource, ...], ListMap("binding")] = Field(
        default=(), description="What was made for the worker by create: true."
    )
    instances: int | None = Field(
        default=None, description="Instances that take requests; 0 while parked."
    )
    selector: str | None = Field(
        default=None,
        description="Label selector of the worker's instances, as the scale subresource wants it.",
    )
    health: HealthStatus | None = Field(default=None, description="What the health probes found.")


class WorkerCounts(StatusModel):
    """How many workers a platform has."""

    total: int = Field(description="Workers that name this platform.")
    ready: int = Field(description="Those of them whose Ready condition is True.")


class BudgetStatus(StatusModel):
    """The account's limit on API calls, as Cloudflare states it."""

    limit: int = Field(description="API calls allowed per window.")
    window_seconds: int = Field(description="Length of the window in seconds.")


class TemplatesStatus(StatusModel):
    """The templates in the platform's data bucket."""

    edited: tuple[str, ...] = Field(
        default=(),
        description="Built-in templates that somebody has edited in the bucket, e.g. customer/ecommerce: "
        "they are left alone.",
    )


class PlatformStatus(ObservedStatus):
    """What is true of a platform."""

    domain: str | None = Field(
        default=None, description="The domain whose subdomains are the workers' hostnames."
    )
    account_name: str | None = Field(
        default=None, description="The Cloudflare account's name, where the token may read it."
    )
    dispatch_namespace: str | None = Field(
        default=None, description="The dispatch namespace that holds the workers' scripts."
    )
    dispatcher: str | None = Field(
        default=None, description="Script name of the platform dispatcher."
    )
    metadata_namespace_id: str | None = Field(
        default=None, description="Id of the KV namespace with routes and metadata."
    )
    templates: TemplatesStatus | None = Field(
        default=None, description="The templates in the platform's data bucket."
    )
    workers: WorkerCounts | None = Field(
        default=None, description="How many workers the platform has."
    )
    budget: BudgetStatus | None = Field(
        default=None, description="The account's limit on API calls, as Cloudflare states it."
    )
