"""WorkersPlatform: one Cloudflare account and environment."""

import re
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from workers_operator.resources.configuration import LimitsSpec
from workers_operator.resources.durations import parse_duration
from workers_operator.resources.formats import (
    BASE_URL,
    ORIGIN,
    SCRIPT_NAME,
    CloudflareId,
    DataKey,
    Duration,
    Hostname,
    Label,
    ObjectName,
)
from workers_operator.resources.kind import (
    AGE_COLUMN,
    READY_COLUMN,
    REASON_COLUMN,
    Column,
    Definition,
    Resource,
)
from workers_operator.resources.model import (
    ListMap,
    ListSet,
    Rule,
    SpecModel,
    at_least,
    immutable,
)
from workers_operator.resources.status import PlatformStatus

Environment = Literal["dev", "staging", "production"]


class SecretRef(SpecModel):
    """One key of a Secret."""

    namespace: Label = Field(description="Namespace of the Secret, e.g. code24-workers.")
    name: ObjectName = Field(description="Name of the Secret, e.g. cloudflare.")
    key: DataKey = Field(
        default="token",
        description="Key in the Secret's data that holds the value. Default: token.",
    )


class CredentialsSpec(SpecModel):
    """How the operator authenticates to Cloudflare."""

    api_token_secret_ref: SecretRef = Field(
        description="The Secret that holds the Cloudflare API token."
    )


class ZoneSpec(SpecModel):
    """A Cloudflare zone."""

    name: Hostname = Field(description="Name of the zone, e.g. code24.dev; unique in the list.")
    id: CloudflareId = Field(description="Id of the zone, e.g. 023e105f4ecef8ad9ca31a8372d0c353.")


class DispatchSpec(SpecModel):
    """Names of what the operator sets up to dispatch requests to workers."""

    namespace: Annotated[str, Field(pattern=SCRIPT_NAME, max_length=63)] | None = Field(
        default=None,
        description="The dispatch namespace that holds the workers' scripts, e.g. shops. Default: "
        "code24-<environment>.",
    )
    dispatcher: Annotated[str, Field(pattern=SCRIPT_NAME, max_length=63)] | None = Field(
        default=None,
        description="Script name of the platform dispatcher, which leads each request to its "
        "worker, e.g. shops-dispatcher. Default: code24-dispatcher-<environment>.",
    )


class StorageSpec(SpecModel):
    """Names of the account's storage that the operator uses."""

    metadata_namespace: Annotated[str, Field(min_length=1, max_length=512)] = Field(
        default="WORKER_METADATA",
        description="Title of the KV namespace with routes and metadata. Default: WORKER_METADATA.",
    )
    data_bucket: Annotated[
        str, Field(pattern=r"^[a-z0-9][a-z0-9-]*[a-z0-9]$", min_length=3, max_length=63)
    ] = Field(
        default="workers-data",
        description="R2 bucket with templates and data. Default: workers-data.",
    )
    analytics_dataset: Annotated[str, Field(pattern="^[A-Za-z0-9_-]+$", max_length=64)] = Field(
        default="workers_analytics",
        description="Analytics Engine dataset that gets one data point per request. Default: "
        "workers_analytics.",
    )


class BudgetSpec(SpecModel):
    """How much of the account's API the operator may use."""

    requests_per5_minutes: Annotated[int, Field(ge=10)] = Field(
        default=1200,
        description="API calls that the account allows in 5 minutes, until Cloudflare's answers "
        "tell the limit themselves. At least 10, default 1200: Cloudflare's limit per user, all "
        "tokens together.",
    )
    reserve_percent: Annotated[int, Field(ge=0, le=50)] = Field(
        default=5,
        description="Percentage of it that is left to others, people and pipelines among them. "
        "0 to 50, default 5.",
    )


class DataPlaneSpec(SpecModel):
    """Where the workers' hostnames are served."""

    address: Annotated[str, Field(pattern=ORIGIN, max_length=300)] = Field(
        description="Where health probes go instead of by DNS, as scheme, host and port, e.g. "
        "http://127.0.0.1:8788; the worker's hostname travels in the Host header."
    )


class PlanSpec(SpecModel):
    """What a customer's plan allows."""

    limits: LimitsSpec = Field(
        default=LimitsSpec(), description="The most that one request may use, e.g. {cpu: 200ms}."
    )
    max_instances: Annotated[int, Field(ge=1, le=50)] | None = Field(
        default=None, description="The most instances of a worker, e.g. 20. Absent: 50."
    )
    features: (
        Annotated[
            tuple[Annotated[str, Field(min_length=1, max_length=63)], ...],
            Field(max_length=64),
            ListSet(),
        ]
        | None
    ) = Field(
        default=None,
        description="Features of templates that may be on, e.g. [analytics]. Absent: all of them.",
    )
    level: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        default=None,
        description="Rank among the plans, which a template's minimum plan is compared with, e.g. 25. "
        "Default: that of the built-in plan of the same name (free 0, basic 10, premium 20, enterprise "
        "30), else 0.",
    )


PLAN_NAME: Final = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"


class WorkersPlatformSpec(SpecModel):
    """One Cloudflare account and environment, as it should be used."""

    rules = (
        Rule(
            "self.zones.exists(z, self.domain == z.name || self.domain.endsWith('.' + z.name))",
            "must be one of the zones' names or below one",
            lambda spec: spec.zone is not None,
            ".domain",
        ),
    )

    account_id: Annotated[CloudflareId, immutable("accountId")] = Field(
        description="Id of the Cloudflare account, e.g. e88bd087a41fe8d87d26724c8a0c7d0f; immutable."
    )
    environment: Environment = Field(
        default="staging",
        description="dev, staging (default) or production; part of the default names in dispatch.",
    )
    credentials: CredentialsSpec = Field(
        description="How the operator authenticates to Cloudflare."
    )
    domain: Hostname = Field(
        description="The domain whose subdomains are the workers' hostnames, e.g. code24.dev. It "
        "lies in one of the zones."
    )
    zones: Annotated[tuple[ZoneSpec, ...], Field(min_length=1, max_length=64), ListMap("name")] = (
        Field(
            description="The account's zones that the platform may route, e.g. [{name: code24.dev, id: …}]; 1 to 64."
        )
    )
    dispatch: DispatchSpec = Field(
        default=DispatchSpec(),
        description="Names of what the operator sets up to dispatch requests to workers.",
    )
    storage: StorageSpec = Field(
        default=StorageSpec(), description="Names of the account's storage that the operator uses."
    )
    plans: Annotated[
        dict[str, PlanSpec],
        Field(max_length=32),
        Rule(
            f"self.all(name, name.size() < 64 && name.matches('{PLAN_NAME}'))",
            "names of plans are of lower-case letters, digits and dashes",
            lambda names: all(re.fullmatch(PLAN_NAME, n) and len(n) < 64 for n in names),
        ),
    ] = Field(
        default={},
        description="Plans by name, e.g. {premium: {maxInstances: 20}}: each replaces the built-in one "
        "of its name or adds one. Built in: free, basic, premium, enterprise.",
    )
    budget: BudgetSpec = Field(
        default=BudgetSpec(), description="How much of the account's API the operator may use."
    )
    data_plane: DataPlaneSpec | None = Field(
        default=None,
        description="Where the workers' hostnames are served. Absent: wherever DNS says.",
    )
    interval: Annotated[Duration, at_least("10s")] = Field(
        default="5m",
        description="Time between two looks at the whole account, e.g. 1m. At least 10s, default "
        "5m.",
    )
    base_url: Annotated[str, Field(pattern=BASE_URL, max_length=300)] | None = Field(
        default=None,
        description="Base address of the Cloudflare API, e.g. http://127.0.0.1:8787/client/v4. "
        "Absent: Cloudflare's own.",
    )
    suspend: bool | None = Field(
        default=None,
        description="True: the operator changes nothing in the account until this is removed, and "
        "says so in status. Leave it out otherwise.",
    )

    @property
    def interval_seconds(self) -> float:
        return parse_duration(self.interval)

    @property
    def suspended(self) -> bool:
        return bool(self.suspend)

    @property
    def dispatch_namespace(self) -> str:
        return self.dispatch.namespace or f"code24-{self.environment}"

    @property
    def dispatcher(self) -> str:
        return self.dispatch.dispatcher or f"code24-dispatcher-{self.environment}"

    @property
    def zone(self) -> ZoneSpec | None:
        """The zone that the domain lies in; of several the closest."""
        holders = [z for z in self.zones if f".{self.domain}".endswith(f".{z.name}")]
        return max(holders, key=lambda z: len(z.name), default=None)


class WorkersPlatform(Resource):
    """One Cloudflare account and environment, with what the workers on it share."""

    definition: ClassVar = Definition(
        "WorkersPlatform",
        "workersplatforms",
        "wp",
        "Cluster",
        (
            READY_COLUMN,
            REASON_COLUMN,
            Column("Environment", ".spec.environment"),
            Column("Domain", ".spec.domain"),
            Column("Workers", ".status.workers.total", "integer"),
            AGE_COLUMN,
            Column("Account", ".spec.accountId", wide=True),
        ),
    )

    spec: WorkersPlatformSpec
    status: PlatformStatus = PlatformStatus()
