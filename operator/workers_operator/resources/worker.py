"""EliteWorker and CustomerWorker."""

import json
from collections.abc import Iterable
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue
from pydantic_core import PydanticCustomError

from workers_operator.resources.configuration import (
    VARIABLE_RULES,
    Bindings,
    CompatibilitySpec,
    LimitsSpec,
    Routes,
    Secrets,
    Vars,
)
from workers_operator.resources.durations import parse_duration
from workers_operator.resources.formats import (
    IS_LABEL,
    IS_SCRIPT_NAME,
    Duration,
    Flag,
    HostPatterns,
    Integer,
    Label,
    ObjectName,
)
from workers_operator.resources.health import HealthSpec
from workers_operator.resources.kind import (
    AGE_COLUMN,
    READY_COLUMN,
    REASON_COLUMN,
    Column,
    Definition,
    Resource,
)
from workers_operator.resources.model import (
    ListSet,
    Rule,
    SpecModel,
    at_least,
    immutable,
)
from workers_operator.resources.rollout.spec import RolloutSpec
from workers_operator.resources.scaling import MAX_INSTANCES, AutoscalingSpec
from workers_operator.resources.source import SourceSpec
from workers_operator.resources.status import WorkerStatus

EliteType = Literal["brand", "design", "develop"]
Deletion = Literal["Delete", "Orphan"]
SessionAffinity = Literal["None", "ClientIP", "Cookie"]

MAX_PARAMETERS: Final = 256
MAX_PARAMETER_DEPTH: Final = 32
MAX_PARAMETER_BYTES: Final = 64 * 1024


class EgressSpec(SpecModel):
    """Hosts to which the worker may send requests."""

    allow: HostPatterns = Field(
        description="Hosts to which the worker may send requests with fetch(), on any port, e.g. "
        '[api.example.com, "*.example.org"]. * means all; an empty list means none. Private hosts also '
        "require allowPrivate of the WorkersPlatform. At most 32 hosts with 384 characters in total."
    )


class PoliciesSpec(SpecModel):
    """Policies for the lifecycle of the worker."""

    deletion: Deletion = Field(
        default="Delete",
        description="What happens to the worker at the edge when this object is deleted: Delete (default) "
        "removes its routes and scripts; Orphan leaves them, and they keep serving.",
    )


def _shallow(parameters: object) -> object:
    """Return parameters that everything can walk through. No schema of a CRD can bound how deep a free field is."""
    level = [parameters]
    for _ in range(MAX_PARAMETER_DEPTH + 1):
        level = [item for value in level for item in _items(value)]
        if not level:
            return parameters
    raise PydanticCustomError(
        "depth", "is nested more than {levels} levels deep", {"levels": MAX_PARAMETER_DEPTH}
    )


def _items(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _encodable(parameters: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Return parameters that a request can carry: a lone surrogate is no character, and JSON has no infinity."""
    try:
        size = len(json.dumps(parameters, ensure_ascii=False, allow_nan=False).encode())
    except UnicodeEncodeError:
        raise PydanticCustomError("unicode", "contains half of a surrogate pair") from None
    except ValueError:
        problem = "contains a number that JSON does not have, such as infinity"
        raise PydanticCustomError("number", problem) from None
    if size > MAX_PARAMETER_BYTES:
        raise PydanticCustomError(
            "size",
            "has {size} bytes as JSON; at most {most} are possible",
            {"size": size, "most": MAX_PARAMETER_BYTES},
        )
    return parameters


Parameters = Annotated[
    dict[str, JsonValue],
    Field(max_length=MAX_PARAMETERS),
    BeforeValidator(_shallow),
    AfterValidator(_encodable),
]


class WorkerSpec(SpecModel):
    """Fields of both kinds of workers."""

    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "has(self.scriptName) == has(oldSelf.scriptName)",
            "scriptName is immutable: it can be neither added nor removed later",
            field_path=".scriptName",
        ),
        *VARIABLE_RULES,
    )

    platform: ObjectName = Field(
        default="default",
        description="Name of the WorkersPlatform that the worker runs on, e.g. staging. Default: default. "
        "A change moves the worker: the operator deploys it on the new platform, then removes it from the "
        "old one.",
    )
    customer_id: Annotated[str, Field(max_length=40), IS_LABEL, immutable("customerId")] = Field(
        description="ID of the customer that owns the worker, e.g. customer-123. Immutable. A hostname "
        "belongs to one customer only."
    )
    subdomain: Label = Field(
        description="DNS label of the worker's hostname, <subdomain>.<domain of the platform>, e.g. "
        "customer123 for customer123.code24.dev."
    )
    script_name: (
        Annotated[str, Field(max_length=63), IS_SCRIPT_NAME, immutable("scriptName")] | None
    ) = Field(
        default=None,
        description="Name of the script at Cloudflare, e.g. shop. Immutable; it can be neither added nor "
        "removed later. Default: <type>-worker-<customerId> for an EliteWorker, "
        "customer-worker-<customerId>[--<name of the object>] for a CustomerWorker.",
    )
    source: SourceSpec | None = Field(
        default=None,
        description="Source of the script: exactly one of template, r2, configMap, inline and templateRef, e.g. "
        "{template: ecommerce}. Default: the template of the same name as spec.type for an EliteWorker, "
        "spec.template for a CustomerWorker.",
    )
    parameters: Parameters = Field(
        default={},
        description="Parameters that the script reads as env.CONFIG.parameters, e.g. {origin: "
        "https://shop.example.com}. The parameters of a template must match the template's schema; a script "
        "from another source accepts any. At most 256, nested at most 32 levels deep; CONFIG has at most "
        "5 KB as JSON.",
    )
    vars: Vars = Field(
        default={},
        description="Environment variables of the script, e.g. {GREETING: hello}, which it reads as "
        "env.GREETING; at most 5 KB each, and at most 127 together with secrets and bindings. The name CONFIG "
        "is reserved. Put confidential values into secrets.",
    )
    bindings: Bindings = Field(
        default=(),
        description="Resources that the script accesses through its env, e.g. [{name: CACHE, type: "
        "kvNamespace, title: SHOP_CACHE}]; at most 64.",
    )
    secrets: Secrets = Field(
        default=(),
        description="Secrets that the script reads from its env, e.g. [{name: API_TOKEN, secretKeyRef: "
        "{name: shop, key: token}}]; at most 64.",
    )
    compatibility: CompatibilitySpec = Field(
        default=CompatibilitySpec(),
        description="Compatibility settings of the Workers runtime, e.g. {date: 2026-10-01}.",
    )
    limits: LimitsSpec = Field(
        default=LimitsSpec(),
        description="Limits for one request, e.g. {cpu: 100ms, subRequests: 50}.",
    )
    egress: EgressSpec | None = Field(
        default=None,
        description="Hosts to which the worker may send requests, e.g. {allow: [api.example.com]}; all other "
        "requests get a response with status 403. TCP connections are not available then. Default: the "
        "WorkersPlatform's egress.",
    )
    routes: Routes = Field(
        default=(),
        description="Routes in addition to the default route, e.g. [{pattern: shop.example.com/*}]; at most "
        "20.",
    )
    instances: Annotated[Integer, Field(ge=0, le=MAX_INSTANCES)] = Field(
        default=1,
        description="Number of instances that share the worker's requests, e.g. 3; 0 parks the worker: its "
        "hostname then answers with status 503. 0 to 50, default 1. kubectl scale sets this field. With "
        "autoscaling it is only the number to begin with, and 0 still parks the worker.",
    )
    session_affinity: SessionAffinity = Field(
        default="None",
        description="What keeps a client's requests on one instance: None (default, each request gets a random one), "
        "ClientIP (the client's address), or Cookie (the cookie Code24-Affinity, which clients get for a day). More "
        "or fewer instances move few clients; an instance that fails loses its clients to the others.",
    )
    autoscaling: AutoscalingSpec | None = Field(
        default=None,
        description="Number of instances that follows the load, e.g. {maxInstances: 20, metrics: [{type: "
        "RequestsPerSecond, averageValue: 100}]}. status.scaling shows the number; this object is not changed. "
        "Default: instances sets the number.",
    )
    rollout: RolloutSpec | None = Field(
        default=None,
        description="How a new version takes over, e.g. {strategy: Canary, steps: [{weight: 10, pause: {duration: "
        "5m}}]}. A version is new if the code, bindings, vars, secrets, compatibility or limits change; a change of "
        "anything else goes out at once. What is set here replaces all of the platform's spec.rollout; "
        "status.rollout.settingsFrom tells which one applies. Default: the WorkersPlatform's spec.rollout, and without "
        "it all at once, after a smoke test.",
    )
    health: HealthSpec = Field(
        default=HealthSpec(),
        description="Health probe of the worker, e.g. {path: /health, interval: 30s}. A worker is Ready once its "
        "version answers through the data plane: with any status, or with one of expectedStatus if path is set. What "
        "visitors get can make it Degraded, which leaves it Ready.",
    )
    interval: Annotated[Duration, at_least("10s")] = Field(
        default="5m",
        description="Time between two checks that the worker at the edge matches this object, e.g. 1h30m. "
        "At least 10s, default 5m. Changes to this object are reconciled immediately.",
    )
    suspend: Flag | None = Field(
        default=None,
        description="If true, the operator leaves the worker as it is, and Ready has the reason Suspended. "
        "Default: false.",
    )
    policies: PoliciesSpec = Field(
        default=PoliciesSpec(),
        description="Policies for the lifecycle of the worker, e.g. {deletion: Orphan}.",
    )

    @property
    def interval_seconds(self) -> float:
        return parse_duration(self.interval)

    @property
    def suspended(self) -> bool:
        return bool(self.suspend)


class EliteWorkerSpec(WorkerSpec):
    """Desired state of a Code24 product worker for one customer."""

    type: Annotated[EliteType, immutable("type")] = Field(
        description="Product: brand, design or develop. Immutable. The default route is "
        "<subdomain>.<domain>/elite/<type>/*. Without source, the template of the same name is deployed."
    )


class ConfigurationSpec(SpecModel):
    """Features and plan of a worker."""

    features: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=63)], ...],
        Field(max_length=32),
        ListSet(),
    ] = Field(
        default=(),
        description="Features of the template to enable, e.g. [analytics, optimization]; at most 32, "
        "without duplicates.",
    )
    plan: Annotated[str, Field(min_length=1, max_length=63)] | None = Field(
        default=None,
        description="Name of the customer's plan, one of the platform's plans, e.g. premium. The operator "
        "refuses a worker that its plan does not allow. Default: no plan, and no limits of a plan apply.",
    )


class CustomerWorkerSpec(WorkerSpec):
    """Desired state of a customer's own worker: exactly one of template and source must be set."""

    rules = (
        Rule(
            "has(self.template) != has(self.source)",
            "exactly one of template and source must be set",
            lambda spec: (spec.template is None) != (spec.source is None),
        ),
    )

    template: Label | None = Field(
        default=None,
        description="Name of a template, e.g. ecommerce; shorthand for source.template.",
    )
    configuration: ConfigurationSpec | None = Field(
        default=None,
        description="Features and plan, e.g. {plan: premium, features: [security]}. The script reads them as "
        "env.CONFIG.features and env.CONFIG.plan.",
    )


class WorkerResource(Resource):
    """A worker of either kind."""

    spec: WorkerSpec
    status: WorkerStatus = WorkerStatus()


_COLUMNS = (
    READY_COLUMN,
    REASON_COLUMN,
    Column("Instances", ".status.instances", "integer"),
    Column("Health", ".status.health.state"),
    Column("URL", ".status.address"),
    AGE_COLUMN,
    Column("RPS", ".status.metrics.requestsPerSecond", wide=True),
    Column("Errors", ".status.metrics.errorRate", wide=True),
    Column("P99", ".status.metrics.p99ResponseTime", wide=True),
)
# The address of an elite worker is long and tells the customer: with these, a line would not fit into 120 columns.
_WHOSE = (
    Column("Customer", ".spec.customerId", wide=True),
    Column("Platform", ".spec.platform", wide=True),
)


class EliteWorker(WorkerResource):
    """A Code24 product worker (brand, design or develop) for one customer."""

    definition: ClassVar = Definition(
        "EliteWorker", "eliteworkers", "ew", "Namespaced", _COLUMNS, scalable=True
    )

    spec: EliteWorkerSpec


class CustomerWorker(WorkerResource):
    """A customer's own worker, deployed from a template or another source."""

    definition: ClassVar = Definition(
        "CustomerWorker",
        "customerworkers",
        "cw",
        "Namespaced",
        (*_COLUMNS, *_WHOSE),
        scalable=True,
    )
    rules = (
        Rule(
            "has(self.spec.scriptName) || !self.metadata.name.contains('.')",
            "the object's name is part of the script name, which must not contain dots; choose another "
            "name or set scriptName",
            lambda worker: worker.spec.script_name is not None or "." not in worker.metadata.name,
            ".spec.scriptName",
        ),
    )

    spec: CustomerWorkerSpec
