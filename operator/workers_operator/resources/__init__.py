"""Floor 0: models of the custom resources; ``crds/`` is generated from them. No I/O."""

from collections.abc import Mapping
from typing import Final

from workers_operator.resources.configuration import (
    BindingSpec,
    CompatibilitySpec,
    LimitsSpec,
    RouteSpec,
    SecretBinding,
    WorkerReference,
)
from workers_operator.resources.durations import parse_duration
from workers_operator.resources.kind import (
    API_VERSION,
    GROUP,
    VERSION,
    Definition,
    ObjectMeta,
    Resource,
)
from workers_operator.resources.platform import (
    BudgetSpec,
    CredentialsSpec,
    DataPlaneSpec,
    DispatchSpec,
    PlanSpec,
    SecretRef,
    StorageSpec,
    WorkersPlatform,
    WorkersPlatformSpec,
    ZoneSpec,
)
from workers_operator.resources.source import (
    ConfigMapItem,
    ConfigMapSource,
    InlineModule,
    InlineSpec,
    R2Source,
    SourceSpec,
)
from workers_operator.resources.status import (
    BudgetStatus,
    Condition,
    HealthStatus,
    ObservedStatus,
    PlatformStatus,
    SourceStatus,
    Versions,
    WorkerCounts,
    WorkerStatus,
)
from workers_operator.resources.worker import (
    ConfigurationSpec,
    CustomerWorker,
    CustomerWorkerSpec,
    EliteWorker,
    EliteWorkerSpec,
    HealthSpec,
    PoliciesSpec,
    WorkerResource,
    WorkerSpec,
)

KINDS: Final[Mapping[str, type[Resource]]] = {
    "EliteWorker": EliteWorker,
    "CustomerWorker": CustomerWorker,
    "WorkersPlatform": WorkersPlatform,
}

__all__ = [
    "API_VERSION",
    "GROUP",
    "KINDS",
    "VERSION",
    "BindingSpec",
    "BudgetSpec",
    "BudgetStatus",
    "CompatibilitySpec",
    "Condition",
    "ConfigMapItem",
    "ConfigMapSource",
    "ConfigurationSpec",
    "CredentialsSpec",
    "CustomerWorker",
    "CustomerWorkerSpec",
    "DataPlaneSpec",
    "Definition",
    "DispatchSpec",
    "EliteWorker",
    "EliteWorkerSpec",
    "HealthSpec",
    "HealthStatus",
    "InlineModule",
    "InlineSpec",
    "LimitsSpec",
    "ObjectMeta",
    "ObservedStatus",
    "PlanSpec",
    "PlatformStatus",
    "PoliciesSpec",
    "R2Source",
    "Resource",
    "RouteSpec",
    "SecretBinding",
    "SecretRef",
    "SourceSpec",
    "SourceStatus",
    "StorageSpec",
    "Versions",
    "WorkerCounts",
    "WorkerReference",
    "WorkerResource",
    "WorkerSpec",
    "WorkerStatus",
    "WorkersPlatform",
    "WorkersPlatformSpec",
    "ZoneSpec",
    "parse_duration",
]
