"""The status of workers and platforms."""

from typing import Annotated, Literal

from pydantic import Field

from workers_operator.resources.fleet.following import FollowedTemplate
from workers_operator.resources.health import HealthStatus
from workers_operator.resources.metrics.status import MetricsStatus, PlatformMetricsStatus
from workers_operator.resources.model import ListMap, StatusModel
from workers_operator.resources.notifications.status import NotificationStatuses
from workers_operator.resources.rollout.status import (
    RolloutOrderStatus,
    RolloutStatus,
    Versions,
    VersionStatus,
)
from workers_operator.resources.scaling import ScalingStatus

ConditionStatus = Literal["True", "False", "Unknown"]

# Lower than every generation, so that kstatus never takes an object that was not observed for current.
NEVER_OBSERVED = -1


class Condition(StatusModel):
    """One aspect of the object's state, in the format of Kubernetes' metav1.Condition."""

    type: Annotated[str, Field(max_length=316)] = Field(
        description="Type of the condition, e.g. Ready, which is the roll-up of the others. Reconciling and "
        "Stalled are present only while they are True."
    )
    status: ConditionStatus = Field(description="True, False or Unknown.")
    reason: Annotated[
        str, Field(pattern=r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$", max_length=1024)
    ] = Field(description="Machine-readable reason in CamelCase, e.g. TemplateNotFound.")
    message: Annotated[str, Field(max_length=32768)] = Field(
        description="Human-readable explanation of the reason; may be empty."
    )
    last_transition_time: Annotated[str, Field(json_schema_extra={"format": "date-time"})] = Field(
        description="Time of the last change of status, e.g. 2026-01-31T08:00:00Z."
    )
    observed_generation: int | None = Field(
        default=None, description="metadata.generation that this condition is based on."
    )


class ObservedStatus(StatusModel):
    """Status fields of all kinds."""

    observed_generation: int = Field(
        default=NEVER_OBSERVED,
        description="metadata.generation that this status is based on; -1 until the operator has observed "
        "the object.",
    )
    conditions: Annotated[tuple[Condition, ...], ListMap("type")] = Field(
        default=(), description="Conditions of the object; Ready is the roll-up of the others."
    )
    last_handled_reconcile_at: str | None = Field(
        default=None,
        description="Last handled value of the annotation workers.code24.dev/requestedAt or "
        "reconcile.fluxcd.io/requestedAt, which requests an immediate reconciliation.",
    )


class CodeStatus(StatusModel):
    """Code that was last resolved."""

    from_: str = Field(
        alias="from",
        description="Origin of the script: template/<name>, r2/<bucket>/<key>, ConfigMap/<name>:<key> or inline; "
        "of a follower WorkerTemplate/<name> or ClusterWorkerTemplate/<name>.",
    )
    digest: str = Field(description="Digest of the content: sha256:<64 hex digits>.")
    revision: str | None = Field(
        default=None,
        description="Hash of the content and its runtime settings, as eight hex digits, e.g. 4f2a91c0.",
    )
    version: str | None = Field(default=None, description="Version of the template, e.g. 1.2.0.")


class SourceStatus(CodeStatus):
    """The script that was last resolved."""

    update_available: str | None = Field(
        default=None,
        description="Digest of newer content that updatePolicy: Pinned holds back; to deploy it, set "
        "spec.source.digest to this value.",
    )


class CompatibilityStatus(StatusModel):
    """Compatibility settings in effect."""

    date: str = Field(description="Compatibility date in effect.")
    flags: tuple[str, ...] = Field(default=(), description="Compatibility flags in effect.")


class LimitsStatus(StatusModel):
    """Limits in effect: the stricter of the plan's and the worker's."""

    cpu_ms: int | None = Field(
        default=None, description="CPU time of one request, in milliseconds."
    )
    sub_requests: int | None = Field(default=None, description="Subrequests of one request.")


class CreatedResource(StatusModel):
    """A resource that the operator created for the worker and that belongs to it."""

    binding: str = Field(description="Name of the binding.")
    type: str = Field(description="Type of the resource: kvNamespace or r2Bucket.")
    name: str = Field(description="Title of the KV namespace or name of the bucket.")
    deletion: Literal["Retain", "Delete"] = Field(
        default="Retain",
        description="What happens to the resource when the worker is deleted, or needs it no longer.",
    )
    version: str | None = Field(
        default=None,
        description="The newest version that is bound to it. As long as that version could serve, it is needed.",
    )


class ScriptStatus(StatusModel):
    """A script as the operator left it: one that is found to be different was changed by somebody else.

    Without etag and modifiedOn its upload is under way.
    """

    name: str = Field(description="Name of the script, e.g. customer-worker-1--4f2a91c0--0.")
    version: str | None = Field(
        default=None,
        description="Hash of what the operator deployed under a name that does not tell it, e.g. 4f2a91c0.",
    )
    etag: str | None = Field(
        default=None,
        description="Cloudflare's hash of the script's code, where it does not tell the time of the change.",
    )
    modified_on: str | None = Field(
        default=None,
        description="When the script was changed last, as Cloudflare has it, e.g. 2026-01-31T08:00:00.123456Z.",
    )


class WorkerStatus(ObservedStatus):
    """Observed state of a worker."""

    script_name: str | None = Field(
        default=None, description="Name of the worker's script on the platform."
    )
    urls: tuple[str, ...] = Field(
        default=(), description="URLs of the worker, e.g. https://customer123.code24.dev/."
    )
    url: str | None = Field(default=None, description="The first of urls.")
    address: str | None = Field(
        default=None,
        description="The same as short as kubectl shows it, e.g. customer123.code24.dev/elite/brand.",
    )
    platform: str | None = Field(
        default=None, description="Name of the WorkersPlatform that the worker is deployed on."
    )
    tenancy: str | None = Field(
        default=None,
        description="SingleTenant if the platform is the one that environment variables describe, which "
        "grants everything to every namespace; said with the next change of status.",
    )
    source: SourceStatus | None = Field(
        default=None, description="The script that was last resolved."
    )
    template: FollowedTemplate | None = Field(
        default=None, description="The template that the worker follows."
    )
    versions: Versions | None = Field(
        default=None, description="Versions of the worker at the edge."
    )
    rollout: RolloutStatus | None = Field(default=None, description="The last rollout.")
    rollout_order: RolloutOrderStatus | None = Field(
        default=None,
        description="What has become of the annotation workers.code24.dev/rollout, which gives an order such as abort.",
    )
    history: Annotated[tuple[VersionStatus, ...], ListMap("version")] = Field(
        default=(), description="The newest versions, at most spec.rollout.historyLimit."
    )
    scripts: Annotated[tuple[ScriptStatus, ...], ListMap("name")] = Field(
        default=(),
        description="The scripts that serve as the operator left them; one that somebody else changes is "
        "uploaded again.",
    )
    compatibility: CompatibilityStatus | None = Field(
        default=None, description="Compatibility settings in effect."
    )
    limits: LimitsStatus | None = Field(default=None, description="Limits in effect.")
    resources: Annotated[tuple[CreatedResource, ...], ListMap("name")] = Field(
        default=(),
        description="Resources that create: true created for the worker. One that no binding asks for any "
        "more stays here until it is deleted, if its deletion is Delete.",
    )
    instances: int | None = Field(
        default=None,
        description="Number of instances that receive requests; 0 while the worker is parked.",
    )
    selector: str | None = Field(
        default=None,
        description="Label selector of the worker's instances, for the scale subresource.",
    )
    scaling: ScalingStatus | None = Field(
        default=None, description="The last decision of the autoscaler, with autoscaling."
    )
    health: HealthStatus | None = Field(default=None, description="Result of the health probes.")
    metrics: MetricsStatus | None = Field(
        default=None,
        description="What the worker's requests came to lately; absent until there was one.",
    )

    @property
    def stable(self) -> str | None:
        """The version that serves."""
        return self.versions.stable if self.versions is not None else None


class WorkerCounts(StatusModel):
    """Number of workers on a platform."""

    total: int = Field(description="Number of workers that name this platform.")
    ready: int = Field(
        description="Number of these workers whose Ready condition is True and that are not suspended."
    )
    suspended: int = Field(
        default=0,
        description="Number of these workers that are suspended, or whose change waits because the platform "
        "is: the reason of their Ready condition is Suspended or PlatformSuspended.",
    )


class BudgetStatus(StatusModel):
    """Limit on API calls, as reported by Cloudflare, and what is left of it."""

    limit: int = Field(description="Number of API calls allowed per window.")
    window_seconds: int = Field(description="Length of the window in seconds.")
    left: int | None = Field(
        default=None,
        description="Number of API calls that are left in the window, in tenths of the limit. It is written when it "
        "has changed by a fifth of the limit.",
    )
    waiting: int | None = Field(
        default=None,
        description="Number of API calls that wait for their turn, rounded up to a power of two.",
    )
    seconds_per_call: str | None = Field(
        default=None,
        description="Average time between two API calls that spends exactly the limit, e.g. 0.25: the calls that "
        "wait take this long each.",
    )


class TemplatesStatus(StatusModel):
    """Templates in the platform's data bucket."""

    edited: tuple[str, ...] = Field(
        default=(),
        description="Built-in templates that were edited in the bucket, e.g. customer/ecommerce; the "
        "operator does not overwrite them.",
    )


class OrphanStatus(StatusModel):
    """A worker that serves without an object."""

    name: str = Field(description="Name of the worker's script on the platform.")
    owner: str | None = Field(
        default=None,
        description="The object that deployed it, e.g. CustomerWorker shop/customer-123. An object of this "
        "kind, namespace and name takes the worker over.",
    )
    hosts: tuple[str, ...] = Field(
        default=(),
        description="Hostnames that lead to it, at most 5, e.g. [customer123.code24.dev].",
    )


class OrphansStatus(StatusModel):
    """Workers that serve without an object: released by policies.deletion: Orphan, or their finalizer was removed."""

    total: int = Field(description="Number of orphans.")
    workers: Annotated[tuple[OrphanStatus, ...], ListMap("name")] = Field(
        default=(), description="The first 50 orphans by name."
    )


class LeftoversStatus(StatusModel):
    """Scripts that nobody uses: no object claims them and nothing leads to them. The operator removes them."""

    total: int = Field(description="Number of scripts.")
    scripts: tuple[str, ...] = Field(
        default=(),
        description="Names of the first 20 scripts; a service router that nobody calls may be among them.",
    )


class OrderStatus(StatusModel):
    """What has become of an order about one orphan."""

    name: str = Field(description="Name of the orphan's script on the platform.")
    done: bool = Field(description="Whether the order has been carried out.")
    message: str = Field(description="What has been done, or why nothing has.")


class OrdersStatus(StatusModel):
    """What has become of the annotations workers.code24.dev/remove-orphans and workers.code24.dev/adopt-orphans.

    They are carried out once; for another time they have to be removed and set again.
    """

    id: str = Field(description="Tells the annotations from others: a digest of both.")
    problem: str | None = Field(
        default=None, description="Why the annotations cannot be understood; nothing is done then."
    )
    results: Annotated[tuple[OrderStatus, ...], ListMap("name")] = Field(
        default=(), description="What has become of each order."
    )


class ZoneStatus(StatusModel):
    """A zone that may hold routes of the platform."""

    name: str = Field(description="Name of the zone, e.g. code24.dev.")
    id: str = Field(description="ID of the zone.")


class PlatformStatus(ObservedStatus):
    """Observed state of a platform."""

    domain: str | None = Field(
        default=None, description="Domain whose subdomains are the workers' hostnames."
    )
    zones: Annotated[tuple[ZoneStatus, ...], ListMap("id")] = Field(
        default=(),
        description="Zones that may hold routes of the platform: those of spec.zones, and former ones until no "
        "route in them leads to the dispatcher.",
    )
    account_name: str | None = Field(
        default=None, description="Name of the Cloudflare account, if the token may read it."
    )
    dispatch_namespace: str | None = Field(
        default=None, description="Name of the dispatch namespace that holds the workers' scripts."
    )
    dispatcher: str | None = Field(
        default=None, description="Script name of the platform dispatcher."
    )
    metadata_namespace_id: str | None = Field(
        default=None, description="ID of the KV namespace that holds routes and metadata."
    )
    scripts: Annotated[tuple[ScriptStatus, ...], ListMap("name")] = Field(
        default=(),
        description="The platform's own Workers as the operator left them; one that somebody else changes is "
        "deployed again.",
    )
    templates: TemplatesStatus | None = Field(
        default=None, description="Templates in the platform's data bucket."
    )
    workers: WorkerCounts | None = Field(
        default=None, description="Number of workers on the platform."
    )
    orphans: OrphansStatus | None = Field(
        default=None, description="Workers on the platform that serve without an object."
    )
    leftovers: LeftoversStatus | None = Field(
        default=None,
        description="Scripts on the platform that nobody uses; the operator removes them.",
    )
    metrics: PlatformMetricsStatus | None = Field(
        default=None,
        description="Present while the metrics of the platform's workers are out of date.",
    )
    orphan_orders: OrdersStatus | None = Field(
        default=None,
        description="What has become of the annotations workers.code24.dev/remove-orphans and adopt-orphans, as "
        "long as they are there.",
    )
    budget: BudgetStatus | None = Field(
        default=None, description="Limit on API calls, as reported by Cloudflare."
    )
    notifications: NotificationStatuses = Field(
        default=(), description="The webhooks of spec.notifications."
    )
