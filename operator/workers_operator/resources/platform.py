"""WorkersPlatform: one Cloudflare account and environment."""

import re
from typing import Annotated, ClassVar, Final, Literal

from pydantic import BeforeValidator, Field

from workers_operator.resources.configuration import LimitsSpec
from workers_operator.resources.durations import parse_duration
from workers_operator.resources.formats import (
    IS_BASE_URL,
    IS_IDENTIFIER,
    IS_ORIGIN,
    IS_SCRIPT_NAME,
    CloudflareId,
    DataKey,
    Duration,
    Flag,
    Hostname,
    HostPatterns,
    Integer,
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
    at_most,
    immutable,
    without_nulls,
)
from workers_operator.resources.notifications.spec import Notifications
from workers_operator.resources.rollout.spec import RolloutSpec
from workers_operator.resources.source import BucketName
from workers_operator.resources.status import PlatformStatus
from workers_operator.resources.tenancy import TenancySpec

Environment = Literal["dev", "staging", "production"]
CLOUDFLARE_API: Final = "https://api.cloudflare.com/client/v4"
"""Where calls go without ``spec.baseUrl``."""


class SecretRef(SpecModel):
    """A key of a Secret in the operator's namespace."""

    namespace: Label | None = Field(
        default=None,
        description="Namespace of the Secret, e.g. code24-workers. The operator reads API tokens from one "
        "namespace only, which its option --secrets-namespace names. Default: that namespace.",
    )
    name: ObjectName = Field(description="Name of the Secret, e.g. cloudflare.")
    key: DataKey = Field(
        default="token",
        description="Key in the Secret's data that holds the value, e.g. api-token. Default: token.",
    )


class CredentialsSpec(SpecModel):
    """Credentials with which the operator authenticates to Cloudflare."""

    api_token_secret_ref: SecretRef = Field(
        description="Key of the Secret that holds the Cloudflare API token."
    )


class ZoneSpec(SpecModel):
    """A Cloudflare zone."""

    name: Hostname = Field(description="Name of the zone, e.g. code24.dev; unique in the list.")
    id: CloudflareId = Field(description="ID of the zone, e.g. 023e105f4ecef8ad9ca31a8372d0c353.")


class DispatchSpec(SpecModel):
    """The dispatch namespace and the dispatcher."""

    namespace: Annotated[str, Field(max_length=63), IS_SCRIPT_NAME] | None = Field(
        default=None,
        description="Name of the dispatch namespace that holds the workers' scripts, e.g. shops. Default: "
        "code24-<environment>.",
    )
    dispatcher: Annotated[str, Field(max_length=63), IS_SCRIPT_NAME] | None = Field(
        default=None,
        description="Script name of the platform dispatcher, which forwards each request to its worker, "
        "e.g. shops-dispatcher. Default: code24-dispatcher-<environment>.",
    )
    trusted: Flag | None = Field(
        default=None,
        description="Whether the dispatch namespace is trusted: its scripts then read request.cf and share "
        "one cache. Default: false, each script has a cache of its own. A change uploads all scripts again.",
    )
    parent_domain_cookies: Flag | None = Field(
        default=None,
        description="Whether workers may set cookies for the domains above their hosts, and thus for other "
        "workers. Default: false, the dispatcher removes such a Domain from the cookie.",
    )


class PlatformEgressSpec(SpecModel):
    """Hosts to which workers may send requests."""

    allow: HostPatterns | None = Field(
        default=None,
        description="Hosts to which workers without a list of their own may send requests, e.g. "
        "[api.example.com]. * means all public hosts; an empty list means none. Default: the requests of "
        "such workers are not checked. At most 32 hosts with 384 characters in total.",
    )
    allow_private: HostPatterns = Field(
        default=(),
        description="Private hosts to which workers may send requests all the same, and that parameters of "
        "templates may name, e.g. [127.0.0.1]. Private are loopback, private and link-local addresses, names "
        "without a dot, and names that end in localhost, local, internal or home.arpa. Default: none.",
    )


class StorageSpec(SpecModel):
    """Names of the account's storage resources that the operator uses."""

    metadata_namespace: Annotated[str, Field(min_length=1, max_length=512)] = Field(
        default="WORKER_METADATA",
        description="Title of the KV namespace that holds routes and metadata, e.g. WORKER_METADATA_DEV. "
        "Default: WORKER_METADATA.",
    )
    data_bucket: BucketName = Field(
        default="workers-data",
        description="Name of the R2 bucket that holds templates and data, e.g. shop-data. Default: "
        "workers-data.",
    )
    analytics_dataset: Annotated[str, Field(max_length=64), IS_IDENTIFIER] = Field(
        default="workers_analytics",
        description="Name of the Analytics Engine dataset that receives one data point per request, e.g. "
        "shop_requests. Default: workers_analytics.",
    )


class BudgetSpec(SpecModel):
    """Share of Cloudflare's API rate limit that the operator may use."""

    requests_per5_minutes: Annotated[Integer, Field(ge=10)] = Field(
        default=1200,
        description="Number of API calls allowed in 5 minutes, e.g. 1200; applies until Cloudflare's "
        "responses report the limit. At least 10, default 1200, which is Cloudflare's limit per user for "
        "all tokens together.",
    )
    reserve_percent: Annotated[Integer, Field(ge=0, le=50)] = Field(
        default=5,
        description="Percentage of the limit that the operator leaves to other clients, e.g. 10. The reserve "
        "shrinks to zero towards the end of a window. 0 to 50, default 5.",
    )


class MetricsSpec(SpecModel):
    """Metrics of the platform's workers, from Cloudflare's analytics."""

    interval: Annotated[Duration, at_least("10s"), at_most("5m")] = Field(
        default="1m",
        description="Time between two queries of the analytics of all workers, e.g. 1m. 10s to 5m, default 1m.",
    )
    delay: Annotated[Duration, at_most("30m")] = Field(
        default="2m",
        description="Time after which a minute's analytics are taken for complete, e.g. 2m: they arrive late. "
        "At most 30m, default 2m.",
    )
    per_worker: Flag = Field(
        default=False,
        description="Whether /metrics has series of every single worker, labelled by namespace and name: ten "
        "or so for each. Default: false, one set for all workers of the platform.",
    )


class DataPlaneSpec(SpecModel):
    """Address at which the workers' hostnames are served."""

    address: Annotated[str, Field(max_length=300), IS_ORIGIN] = Field(
        description="Scheme, host and port to which health probes connect instead of resolving the "
        "worker's hostname, e.g. http://127.0.0.1:8788. The Host header carries the worker's hostname."
    )


class PlanSpec(SpecModel):
    """Limits of a customer's plan."""

    limits: LimitsSpec = Field(
        default=LimitsSpec(), description="Upper limits for one request, e.g. {cpu: 200ms}."
    )
    max_instances: Annotated[Integer, Field(ge=1, le=50)] | None = Field(
        default=None,
        description="Maximum number of instances of a worker, e.g. 20. 1 to 50, default 50.",
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
        description="Template features that workers may enable, e.g. [analytics]; at most 64. Default: all.",
    )
    level: Annotated[Integer, Field(ge=0, le=1000)] | None = Field(
        default=None,
        description="Rank of the plan, e.g. 25. A template with a minimum plan requires a plan of at least "
        "that plan's level. 0 to 1000. Default: the level of the built-in plan of the same name (free 0, "
        "basic 10, premium 20, enterprise 30), otherwise 0.",
    )
    log_sampling_percent: Annotated[Integer, Field(ge=0, le=100)] = Field(
        default=100,
        description="Percentage of invocations whose logs Cloudflare keeps, e.g. 10; it decides at the beginning of "
        "each invocation. 0 keeps none. A change applies to scripts that are uploaded from then on, and uploads none "
        "by itself. 0 to 100, default 100.",
    )


class PlatformPoliciesSpec(SpecModel):
    """Policies of the platform."""

    orphans: Literal["Report", "Remove"] = Field(
        default="Report",
        description="What happens to workers that serve without an object: Report (default) lists them in "
        "status.orphans; Remove takes their routes and scripts away as well, after two listings of the account.",
    )


PLAN_NAME: Final = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"


class WorkersPlatformSpec(SpecModel):
    """Desired configuration of one Cloudflare account and environment."""

    rules = (
        Rule(
            "self.zones.exists(z, self.domain == z.name || self.domain.endsWith('.' + z.name))",
            "must be the name of one of the zones or a subdomain of one",
            lambda spec: spec.zone is not None,
            ".domain",
        ),
    )

    account_id: Annotated[CloudflareId, immutable("accountId")] = Field(
        description="ID of the Cloudflare account, e.g. e88bd087a41fe8d87d26724c8a0c7d0f. Immutable."
    )
    environment: Environment = Field(
        default="staging",
        description="Environment: dev, staging (default) or production. It is part of the default names in "
        "dispatch.",
    )
    credentials: CredentialsSpec = Field(
        description="Credentials with which the operator authenticates to Cloudflare."
    )
    domain: Annotated[
        Hostname,
        Rule(
            "self.split('.').size() < 10",
            "must have at most 9 labels",
            lambda domain: domain.count(".") < 9,
        ),
    ] = Field(
        description="Domain whose subdomains are the workers' hostnames, e.g. code24.dev. It must be the "
        "name of one of the zones or a subdomain of one, and have at most 9 labels."
    )
    zones: Annotated[tuple[ZoneSpec, ...], Field(min_length=1, max_length=64), ListMap("name")] = (
        Field(
            description="Zones of the account in which the platform may create routes, e.g. [{name: "
            "code24.dev, id: …}]; 1 to 64."
        )
    )
    dispatch: DispatchSpec = Field(
        default=DispatchSpec(),
        description="The dispatch namespace and the dispatcher, e.g. {namespace: shops}.",
    )
    egress: PlatformEgressSpec = Field(
        default=PlatformEgressSpec(),
        description='Hosts to which workers may send requests, e.g. {allow: ["*"]}, which refuses private '
        "hosts.",
    )
    storage: StorageSpec = Field(
        default=StorageSpec(),
        description="Names of the account's storage resources that the operator uses, e.g. {dataBucket: "
        "shop-data}.",
    )
    plans: Annotated[
        dict[str, PlanSpec],
        Field(max_length=32),
        BeforeValidator(without_nulls),
        Rule(
            f"self.all(name, name.size() < 64 && name.matches('{PLAN_NAME}'))",
            "plan names must consist of lower-case letters, digits and dashes, and have at most 63 "
            "characters",
            lambda names: all(re.fullmatch(PLAN_NAME, n) and len(n) < 64 for n in names),
        ),
    ] = Field(
        default={},
        description="Customers' plans by name, e.g. {premium: {maxInstances: 20}}; at most 32. A plan "
        "replaces the built-in plan of the same name. Built-in plans: free, basic, premium, enterprise.",
    )
    tenancy: TenancySpec = Field(
        default=TenancySpec(),
        description="Which namespaces may claim which customers, hosts and resources. Without a grant no worker "
        "can be deployed on the platform.",
    )
    policies: PlatformPoliciesSpec = Field(
        default=PlatformPoliciesSpec(),
        description="Policies of the platform, e.g. {orphans: Remove}.",
    )
    rollout: RolloutSpec | None = Field(
        default=None,
        description="How a new version of a worker without spec.rollout takes over, e.g. {strategy: Canary, steps: "
        "[{weight: 10, pause: {duration: 5m}}]}. Default: all at once, after a smoke test.",
    )
    budget: BudgetSpec = Field(
        default=BudgetSpec(),
        description="Share of Cloudflare's API rate limit that the operator may use, e.g. {reservePercent: "
        "10}.",
    )
    metrics: MetricsSpec = Field(
        default=MetricsSpec(),
        description="Metrics of the platform's workers, e.g. {interval: 30s}.",
    )
    notifications: Notifications = Field(
        default=(),
        description="Webhooks that are told what is wrong with the platform and its workers, and when it is over, e.g. "
        "[{name: ops, url: https://hooks.example.com/workers, secretRef: {name: ops-webhook}}]; at most 4.",
    )
    data_plane: DataPlaneSpec | None = Field(
        default=None,
        description="Address at which the workers' hostnames are served, e.g. {address: "
        "http://127.0.0.1:8788}. The operator's option --allowed-data-planes lists what is possible; nothing "
        "is unless it does. Default: DNS determines the address.",
    )
    interval: Annotated[Duration, at_least("10s")] = Field(
        default="5m",
        description="Time between two resyncs of the whole account, e.g. 1m. At least 10s, default 5m.",
    )
    base_url: Annotated[str, Field(max_length=300), IS_BASE_URL] | None = Field(
        default=None,
        description="Base URL of the Cloudflare API, e.g. http://127.0.0.1:8787/client/v4. The operator's option "
        "--allowed-base-urls lists what is possible besides the default. Default: Cloudflare's public API.",
    )
    suspend: Flag | None = Field(
        default=None,
        description="If true, the operator changes nothing in the account and reports this in status. "
        "Default: false.",
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
        """The zone that contains the domain; if several do, the most specific one."""
        holders = [z for z in self.zones if f".{self.domain}".endswith(f".{z.name}")]
        return max(holders, key=lambda z: len(z.name), default=None)


class WorkersPlatform(Resource):
    """One Cloudflare account and environment, with the resources that the workers on it share."""

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
