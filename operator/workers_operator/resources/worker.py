"""EliteWorker and CustomerWorker."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, JsonValue

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
from workers_operator.resources.formats import LABEL, SCRIPT_NAME, Duration, Label, ObjectName
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
    at_most,
    immutable,
)
from workers_operator.resources.source import SourceSpec
from workers_operator.resources.status import WorkerStatus

EliteType = Literal["brand", "design", "develop"]
Deletion = Literal["Delete", "Orphan"]

MAX_INSTANCES: Final = 50


class HealthSpec(SpecModel):
    """How the worker's health is probed."""

    path: Annotated[str, Field(pattern=r"^/[!-~]*$", max_length=1024)] | None = Field(
        default=None,
        description="Path below the worker's route that is probed through the data plane, e.g. "
        "/health: an answer from 200 to 399 is good. Absent: the template's own path, or / where any "
        "answer below 500 is good.",
    )
    interval: Annotated[Duration, at_least("1s")] = Field(
        default="1m", description="Time between two probes, e.g. 30s. At least 1s, default 1m."
    )
    timeout: Annotated[Duration, at_least("1ms"), at_most("30s")] = Field(
        default="5s",
        description="How long a probe waits for the answer, e.g. 2s or 500ms. At most 30s, "
        "default 5s.",
    )
    failure_threshold: Annotated[int, Field(ge=1, le=10)] = Field(
        default=3,
        description="Failed probes in a row that make the worker unhealthy. 1 to 10, default 3.",
    )

    @property
    def interval_seconds(self) -> float:
        return parse_duration(self.interval)

    @property
    def timeout_seconds(self) -> float:
        return parse_duration(self.timeout)


class PoliciesSpec(SpecModel):
    """What happens in cases where users want different things."""

    deletion: Deletion = Field(
        default="Delete",
        description="What becomes of the worker at the edge when this object is deleted: Delete "
        "(default) removes routes and scripts, Orphan leaves them serving.",
    )


class WorkerSpec(SpecModel):
    """What every worker has."""

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
        "A change moves it: deployed on the new one first, then taken away from the old one.",
    )
    customer_id: Annotated[str, Field(pattern=LABEL, max_length=40), immutable("customerId")] = (
        Field(
            description="The customer whose worker this is, e.g. customer-123; immutable. A "
            "hostname belongs to one customer."
        )
    )
    subdomain: Label = Field(
        description="One DNS label: the worker's hostname is <subdomain>.<domain of the platform>, "
        "e.g. customer123 for customer123.code24.dev."
    )
    script_name: (
        Annotated[str, Field(pattern=SCRIPT_NAME, max_length=63), immutable("scriptName")] | None
    ) = Field(
        default=None,
        description="Name of the script at Cloudflare, e.g. shop; immutable, and it can be neither added nor "
        "removed later. Default: <type>-worker-<customerId> for an EliteWorker, "
        "customer-worker-<customerId>[-<name of the object>] for a CustomerWorker.",
    )
    source: SourceSpec | None = Field(
        default=None,
        description="Where the script comes from: exactly one of template, r2, configMap and inline. "
        "Absent: the kind's own template (of an EliteWorker that of its type, of a CustomerWorker "
        "that of spec.template).",
    )
    parameters: dict[str, JsonValue] = Field(
        default={},
        description="Values for the script, e.g. {origin: https://shop.example.com}, which it reads as "
        "env.CONFIG.parameters. A template says which it takes; own code may take any.",
    )
    vars: Vars = Field(
        default={},
        description="Environment variables of the script, e.g. {GREETING: hello}, which it reads "
        "as env.GREETING: 5 KB each. Not for secrets. CONFIG is reserved; vars, secrets and bindings "
        "together are 127 at most.",
    )
    bindings: Bindings = Field(
        default=(),
        description="What else the script may use, e.g. [{name: CACHE, type: kvNamespace, title: "
        "SHOP_CACHE}]; 64 at most.",
    )
    secrets: Secrets = Field(
        default=(),
        description="Secret variables, e.g. [{name: API_TOKEN, secretKeyRef: {name: shop, key: token}}]; "
        "64 at most.",
    )
    compatibility: CompatibilitySpec = Field(
        default=CompatibilitySpec(),
        description="The runtime's behaviour that the script was written for, e.g. {date: 2026-10-01}.",
    )
    limits: LimitsSpec = Field(
        default=LimitsSpec(),
        description="What one request may use, e.g. {cpu: 100ms, subRequests: 50}.",
    )
    routes: Routes = Field(
        default=(),
        description="Hosts and paths besides the default route, e.g. [{pattern: shop.example.com/*}]; 20 "
        "at most.",
    )
    instances: Annotated[int, Field(ge=0, le=MAX_INSTANCES)] = Field(
        default=1,
        description="How many instances share the worker's requests; 0 parks the worker, its "
        "hostname then answers 503. 0 to 50, default 1. kubectl scale sets it.",
    )
    health: HealthSpec = Field(
        default=HealthSpec(), description="How the worker's health is probed."
    )
    interval: Annotated[Duration, at_least("10s")] = Field(
        default="5m",
        description="Time between two checks that the edge still is as described, e.g. 1h30m. At "
        "least 10s, default 5m. Changes of this object are handled at once.",
    )
    suspend: bool | None = Field(
        default=None,
        description="True: the operator leaves the worker as it is until this is removed. Leave it "
        "out otherwise.",
    )
    policies: PoliciesSpec = Field(
        default=PoliciesSpec(),
        description="What happens in cases where users want different things.",
    )

    @property
    def interval_seconds(self) -> float:
        return parse_duration(self.interval)

    @property
    def suspended(self) -> bool:
        return bool(self.suspend)


class EliteWorkerSpec(WorkerSpec):
    """A Code24 product worker for one customer, as it should be."""

    type: Annotated[EliteType, immutable("type")] = Field(
        description="The product: brand, design or develop; immutable. Its route is "
        "<subdomain>.<domain>/elite/<type>/*. Without a source, the template of the same name is "
        "deployed."
    )


class ConfigurationSpec(SpecModel):
    """What a customer's plan gives the worker."""

    features: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=63)], ...],
        Field(max_length=32),
        ListSet(),
    ] = Field(
        default=(),
        description="Features of the template that are on, e.g. [analytics, optimization]; 32 at "
        "most, each once.",
    )
    plan: Annotated[str, Field(min_length=1, max_length=63)] | None = Field(
        default=None,
        description="The customer's plan, one of the platform's, e.g. premium: what it does not allow is "
        "refused. Absent: no plan's limits hold.",
    )


class CustomerWorkerSpec(WorkerSpec):
    """A customer's own worker, as it should be: exactly one of template and source."""

    rules = (
        Rule(
            "has(self.template) != has(self.source)",
            "exactly one of template and source must be set",
            lambda spec: (spec.template is None) != (spec.source is None),
        ),
    )

    template: Label | None = Field(
        default=None,
        description="Name of a template that comes with the operator, e.g. ecommerce; short for "
        "source.template.",
    )
    configuration: ConfigurationSpec | None = Field(
        default=None,
        description="Features and plan, which the script reads as env.CONFIG.features and "
        "env.CONFIG.plan.",
    )


class WorkerResource(Resource):
    """A worker of either kind."""

    spec: WorkerSpec
    status: WorkerStatus = WorkerStatus()


_COLUMNS = (
    READY_COLUMN,
    REASON_COLUMN,
    Column("Version", ".status.versions.stable"),
    Column("Instances", ".status.instances", "integer"),
    Column("Health", ".status.health.state"),
    Column("URL", ".status.url"),
    AGE_COLUMN,
    Column("Platform", ".spec.platform", wide=True),
    Column("Customer", ".spec.customerId", wide=True),
)


class EliteWorker(WorkerResource):
    """A Code24 product worker (brand, design or develop) for one customer."""

    definition: ClassVar = Definition(
        "EliteWorker", "eliteworkers", "ew", "Namespaced", _COLUMNS, scalable=True
    )

    spec: EliteWorkerSpec


class CustomerWorker(WorkerResource):
    """A customer's own worker, from a template or any other source."""

    definition: ClassVar = Definition(
        "CustomerWorker", "customerworkers", "cw", "Namespaced", _COLUMNS, scalable=True
    )
    rules = (
        Rule(
            "has(self.spec.scriptName) || !self.metadata.name.contains('.')",
            "the object's name is part of the script's, which can't have dots; choose another "
            "name, or set scriptName",
            lambda worker: worker.spec.script_name is not None or "." not in worker.metadata.name,
            ".spec.scriptName",
        ),
    )

    spec: CustomerWorkerSpec
