"""WorkerTemplate and ClusterWorkerTemplate."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from workers_operator.resources.configuration import (
    Bindings,
    CompatibilitySpec,
    LimitsSpec,
    Vars,
)
from workers_operator.resources.fleet.rollout import FleetRolloutSpec
from workers_operator.resources.fleet.status import TemplateStatus
from workers_operator.resources.formats import ObjectName
from workers_operator.resources.kind import (
    AGE_COLUMN,
    READY_COLUMN,
    REASON_COLUMN,
    Column,
    Definition,
    Resource,
)
from workers_operator.resources.model import Rule, SpecModel
from workers_operator.resources.source import CodeSource
from workers_operator.resources.worker import Parameters


class TemplateSourceSpec(CodeSource):
    """Source of the template's script: exactly one of template, r2, configMap and inline."""

    rules = (
        Rule(
            "[has(self.template), has(self.r2), has(self.configMap), has(self.inline)]"
            ".filter(set, set).size() == 1",
            "exactly one of template, r2, configMap and inline must be set",
            lambda source: (
                [source.template, source.r2, source.config_map, source.inline].count(None) == 3
            ),
        ),
    )


class TemplateDefaultsSpec(SpecModel):
    """Defaults for followers."""

    parameters: Parameters = Field(
        default={},
        description="Parameters, e.g. {currency: EUR}. A follower's parameter of the same name replaces it as a whole.",
    )
    vars: Vars = Field(
        default={},
        description="Environment variables, e.g. {GREETING: hello}. A follower's var, secret or binding of the same "
        "name takes its place.",
    )
    bindings: Annotated[
        Bindings,
        Rule(
            "self.all(b, b.type != 'service')",
            "a template cannot bind workers: followers name those of their own namespace",
            lambda bindings: all(b.type != "service" for b in bindings),
        ),
    ] = Field(
        default=(),
        description="Resources of the platform that scripts access, e.g. [{name: CACHE, type: kvNamespace, title: "
        "SHOP_CACHE}], except other workers. A follower's var, secret or binding of the same name takes its place, and "
        "each follower needs the grant for them. At most 64.",
    )
    compatibility: CompatibilitySpec = Field(
        default=CompatibilitySpec(),
        description="Compatibility settings, e.g. {date: 2026-10-01}. A follower's date replaces the date, its flags "
        "are added.",
    )
    limits: LimitsSpec = Field(
        default=LimitsSpec(),
        description="Limits for one request, e.g. {cpu: 100ms}. A follower's limit replaces the one of the same name.",
    )


class WorkerTemplateSpec(SpecModel):
    """A source with defaults for many workers."""

    worker_kind: Literal["CustomerWorker", "EliteWorker"] = Field(
        default="CustomerWorker",
        description="Kind of the workers that may follow: CustomerWorker (default) or EliteWorker.",
    )
    platform: ObjectName = Field(
        default="default",
        description="Name of the WorkersPlatform from whose account source.template and source.r2 are read, and whose "
        "API budget tells how long a rollout takes, e.g. staging. Followers may be on others. Default: default.",
    )
    source: TemplateSourceSpec = Field(
        description="Source of the script: exactly one of template, r2, configMap and inline, e.g. {configMap: {name: "
        "shop, key: worker.js}}."
    )
    defaults: TemplateDefaultsSpec = Field(
        default=TemplateDefaultsSpec(),
        description="What followers have unless they say otherwise, e.g. {vars: {GREETING: hello}}.",
    )
    rollout: FleetRolloutSpec = Field(
        default=FleetRolloutSpec(),
        description='How a new version reaches the followers, e.g. {waves: [1, "10%", "100%"], pause: {duration: 5m}}. '
        "Each follower's own rollout applies within its wave. Default: one wave, 25% at once, stopped by one failure.",
    )


class ClusterWorkerTemplateSpec(WorkerTemplateSpec):
    """A source with defaults, for workers of all namespaces with a grant."""

    rules = (
        Rule(
            "!has(self.source.configMap)",
            "a ClusterWorkerTemplate cannot use a ConfigMap: it is not namespaced",
            lambda spec: spec.source.config_map is None,
            ".source.configMap",
            "FieldValueForbidden",
        ),
    )


_COLUMNS = (
    READY_COLUMN,
    REASON_COLUMN,
    Column("Version", ".status.version"),
    Column("Wave", ".status.rollout.wave"),
    Column("Followers", ".status.followers.total", "integer"),
    Column("Updated", ".status.followers.updated", "integer"),
    AGE_COLUMN,
    Column("Failed", ".status.followers.failed", "integer", wide=True),
    Column("Phase", ".status.rollout.phase", wide=True),
    Column("ETA", ".status.eta", wide=True),
)


class TemplateResource(Resource):
    """A template of either kind."""

    spec: WorkerTemplateSpec
    status: TemplateStatus = TemplateStatus()


class WorkerTemplate(TemplateResource):
    """A named source with defaults that workers of its namespace follow; its new versions reach them in waves."""

    definition: ClassVar = Definition(
        "WorkerTemplate", "workertemplates", "wt", "Namespaced", _COLUMNS
    )


class ClusterWorkerTemplate(TemplateResource):
    """A named source with defaults that workers of all namespaces follow; its new versions reach them in waves."""

    definition: ClassVar = Definition(
        "ClusterWorkerTemplate", "clusterworkertemplates", "cwt", "Cluster", _COLUMNS
    )

    spec: ClusterWorkerTemplateSpec
