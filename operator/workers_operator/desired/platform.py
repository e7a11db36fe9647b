"""A WorkersPlatform, or the environment variables in its place, as configuration. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workers_operator.desired.policy import base_url_of
from workers_operator.desired.worker import limits
from workers_operator.domain import services
from workers_operator.domain.egress import policy
from workers_operator.domain.tenancy import customer_plans
from workers_operator.domain.tenancy.customer_plans import CustomerPlan
from workers_operator.domain.tenancy.estates import Estate, Installation
from workers_operator.domain.tenancy.grants import STORAGE, Grant, Tenancy
from workers_operator.domain.tenancy.quotas import Quota
from workers_operator.domain.tenancy.selectors import NamespaceSelector, Requirement
from workers_operator.resources import (
    DispatchSpec,
    GrantSpec,
    NamespaceSelectorSpec,
    PlanSpec,
    RolloutSpec,
    StorageSpec,
    WorkersPlatform,
    WorkersPlatformSpec,
)
from workers_operator.resources.durations import parse_duration
from workers_operator.resources.model import readable


@dataclass(frozen=True)
class DomainConfig:
    """The domain of the workers' hostnames, and the zones that may be routed.

    ``zone_id``: of the zone that contains the domain. ``name`` and ``zones`` (name, id) are empty if only the zone's
    id is known; they are read from the zone then.
    """

    zone_id: str
    name: str = ""
    zones: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class DispatchPolicy:
    """What a platform's workers may do, and defaults for what they leave open.

    ``trusted``: see ``request.cf`` and share a cache. ``parent_domain_cookies``: set cookies for domains above their
    hosts. ``allow``: the hosts that workers without a list of their own may send requests to; None: there is no list.
    ``allow_private``: the private hosts that are allowed at all. ``rollout``: how new versions take over; None: the
    platform does not say.
    """

    trusted: bool = False
    parent_domain_cookies: bool = False
    allow: tuple[str, ...] | None = None
    allow_private: tuple[str, ...] = ()
    rollout: RolloutSpec | None = None


@dataclass(frozen=True)
class DispatchNames:
    """The dispatch namespace, the script name of the dispatcher, and what the workers behind it may do."""

    namespace: str
    dispatcher: str
    policy: DispatchPolicy = DispatchPolicy()

    @property
    def service_router(self) -> str:
        """Script name of the service router."""
        return services.router_name(self.dispatcher)

    @property
    def outbound(self) -> str:
        """Script name of the outbound Worker."""
        return policy.outbound_name(self.dispatcher)


@dataclass(frozen=True)
class StorageNames:
    """The account's storage that the platform uses."""

    metadata_title: str = "WORKER_METADATA"
    data_bucket: str = "workers-data"
    analytics_dataset: str = "workers_analytics"


@dataclass(frozen=True)
class AccessConfig:
    """How the account is reached, and how much of its API may be used. ``quota``: requests per 5 minutes.

    ``base_url``: as ``policy.base_url_of`` spells it, so that platforms of one account are known for that.
    """

    base_url: str | None = None
    data_plane: str | None = None
    quota: int = 1200
    reserve_percent: int = 5


@dataclass(frozen=True)
class ObservationConfig:
    """How the account is observed. Times in seconds.

    ``interval``: between two listings of the account. ``metrics_interval``: between two queries of its analytics, which
    are complete after ``metrics_delay``. ``per_worker``: whether /metrics has series of single workers.
    """

    interval: float = 300.0
    metrics_interval: float = 60.0
    metrics_delay: float = 120.0
    per_worker: bool = False


@dataclass(frozen=True)
class PlatformConfig:
    """One account and environment."""

    name: str
    account_id: str
    environment: str
    domain: DomainConfig
    dispatch: DispatchNames
    storage: StorageNames = field(default_factory=StorageNames)
    access: AccessConfig = field(default_factory=AccessConfig)
    tenancy: Tenancy = field(default_factory=Tenancy)
    observation: ObservationConfig = ObservationConfig()

    @property
    def place(self) -> "PlatformConfig":
        """The configuration without what may change while everything on the account stays where it is."""
        dispatch = replace(self.dispatch, policy=DispatchPolicy())
        return replace(self, dispatch=dispatch, tenancy=Tenancy(), observation=ObservationConfig())

    @property
    def account_key(self) -> tuple[str, str | None]:
        """The identity of the account: its id, and the API that knows it."""
        return (self.account_id, self.access.base_url)

    @property
    def installation(self) -> Installation:
        """Where the platform deploys to."""
        return Installation(
            self.name,
            self.account_key,
            self.dispatch.namespace,
            self.dispatch.dispatcher,
            self.storage.data_bucket,
            self.storage.analytics_dataset,
        )

    @property
    def estate(self) -> Estate:
        """What the platform has for itself, as far as that is configured."""
        return Estate(
            platform=self.name,
            account=self.account_key,
            domain=self.domain.name,
            dispatcher=self.dispatch.dispatcher,
            dispatch_namespace=self.dispatch.namespace,
            kv_title=self.storage.metadata_title,
            kv_id="",
            bucket=self.storage.data_bucket,
            dataset=self.storage.analytics_dataset,
        )

    def is_same_place(self, other: "PlatformConfig") -> bool:
        """Whether both name one place: what one deploys is deployed on the other."""
        mine, theirs = self.installation, other.installation
        return (mine.account, mine.dispatch_namespace) == (
            theirs.account,
            theirs.dispatch_namespace,
        )


def config_of(obj: WorkersPlatform) -> PlatformConfig:
    """Return a WorkersPlatform's spec as configuration."""
    spec = obj.spec
    assert spec.zone is not None  # noqa: S101 - the schema requires a zone that contains the domain
    return PlatformConfig(
        name=obj.metadata.name,
        account_id=spec.account_id,
        environment=spec.environment,
        domain=DomainConfig(
            spec.zone.id, spec.domain, tuple((zone.name, zone.id) for zone in spec.zones)
        ),
        dispatch=DispatchNames(spec.dispatch_namespace, spec.dispatcher, _policy(spec)),
        storage=StorageNames(
            spec.storage.metadata_namespace,
            spec.storage.data_bucket,
            spec.storage.analytics_dataset,
        ),
        access=AccessConfig(
            base_url_of(spec.base_url),
            spec.data_plane.address if spec.data_plane else None,
            spec.budget.requests_per5_minutes,
            spec.budget.reserve_percent,
        ),
        tenancy=Tenancy(
            grants=tuple(map(_grant, spec.tenancy.grants)),
            plans=tuple(_customer_plan(name, plan) for name, plan in sorted(spec.plans.items())),
            host_cooldown=parse_duration(spec.tenancy.host_cooldown),
        ),
        observation=ObservationConfig(
            interval=spec.interval_seconds,
            metrics_interval=parse_duration(spec.metrics.interval),
            metrics_delay=parse_duration(spec.metrics.delay),
            per_worker=spec.metrics.per_worker,
        ),
    )


def estate_of(name: str, body: Mapping[str, Any]) -> Estate:
    """Return what a WorkersPlatform has for itself, as far as its spec can be read.

    One that is malformed, suspended or without a token keeps what it has.
    """
    spec = body.get("spec")
    stated = spec if isinstance(spec, Mapping) else {}
    environment = str(stated.get("environment") or "staging")
    dispatch = readable(DispatchSpec.model_validate, stated.get("dispatch"))
    storage = readable(StorageSpec.model_validate, stated.get("storage"))
    address = stated.get("baseUrl")
    return Estate(
        platform=name,
        account=(str(stated.get("accountId")), base_url_of(str(address) if address else None)),
        domain=str(stated.get("domain") or ""),
        dispatcher=dispatch.dispatcher or f"code24-dispatcher-{environment}",
        dispatch_namespace=dispatch.namespace or f"code24-{environment}",
        kv_title=storage.metadata_namespace,
        kv_id="",
        bucket=storage.data_bucket,
        dataset=storage.analytics_dataset,
    )


def selects_namespaces(body: Mapping[str, Any]) -> bool:
    """Whether a WorkersPlatform, well-formed or not, has a grant that selects namespaces by their labels."""
    spec = body.get("spec")
    tenancy = spec.get("tenancy") if isinstance(spec, Mapping) else None
    grants = tenancy.get("grants") if isinstance(tenancy, Mapping) else None
    return isinstance(grants, list) and any(
        isinstance(grant, Mapping) and grant.get("namespaceSelector") is not None
        for grant in grants
    )


def _policy(spec: WorkersPlatformSpec) -> DispatchPolicy:
    return DispatchPolicy(
        bool(spec.dispatch.trusted),
        bool(spec.dispatch.parent_domain_cookies),
        spec.egress.allow,
        spec.egress.allow_private,
        spec.rollout,
    )


def _customer_plan(name: str, spec: PlanSpec) -> CustomerPlan:
    built_in = customer_plans.BUILT_IN.get(name)
    level = spec.level if spec.level is not None else (built_in.level if built_in else 0)
    features = None if spec.features is None else frozenset(spec.features)
    return CustomerPlan(
        name, level, limits(spec.limits), spec.max_instances, features, spec.log_sampling_percent
    )


def _grant(spec: GrantSpec) -> Grant:
    lists = {
        "hosts": spec.hosts,
        "plans": spec.plans,
        "templates": spec.templates,
        "scriptNames": spec.script_names,
    }
    stored = spec.storage.model_dump(by_alias=True)
    allowed = lists | {f"{STORAGE}{kind}": tuple(names) for kind, names in stored.items()}
    return Grant(
        spec.namespaces,
        spec.customers,
        {k: v for k, v in allowed.items() if v},
        _selector(spec.namespace_selector) if spec.namespace_selector is not None else None,
        Quota(spec.limits.workers, spec.limits.scripts),
    )


def _selector(spec: NamespaceSelectorSpec) -> NamespaceSelector:
    labels = (Requirement(k, "In", frozenset({v})) for k, v in sorted(spec.match_labels.items()))
    listed = (Requirement(e.key, e.operator, frozenset(e.values)) for e in spec.match_expressions)
    return NamespaceSelector((*labels, *listed))
