"""Floor 0: models of the custom resources; ``crds/`` is generated from them. No I/O."""

from collections.abc import Mapping
from typing import Final

from workers_operator.resources.configuration import (
    Binding,
    Compatibility,
    Limits,
    Route,
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
    Budget,
    Credentials,
    DataPlane,
    Dispatch,
    Plan,
    SecretRef,
    Storage,
    WorkersPlatform,
    WorkersPlatformSpec,
    Zone,
)
from workers_operator.resources.source import (
    ConfigMapItem,
    ConfigMapSource,
    Inline,
    InlineModule,
    R2Source,
    Source,
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
    Configuration,
    CustomerWorker,
    CustomerWorkerSpec,
    EliteWorker,
    EliteWorkerSpec,
    Health,
    Policies,
    Worker,
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
    "Binding",
    "Budget",
    "BudgetStatus",
    "Compatibility",
    "Condition",
    "ConfigMapItem",
    "ConfigMapSource",
    "Configuration",
    "Credentials",
    "CustomerWorker",
    "CustomerWorkerSpec",
    "DataPlane",
    "Definition",
    "Dispatch",
    "EliteWorker",
    "EliteWorkerSpec",
    "Health",
    "HealthStatus",
    "Inline",
    "InlineModule",
    "Limits",
    "ObjectMeta",
    "ObservedStatus",
    "Plan",
    "PlatformStatus",
    "Policies",
    "R2Source",
    "Resource",
    "Route",
    "SecretBinding",
    "SecretRef",
    "Source",
    "SourceStatus",
    "Storage",
    "Versions",
    "Worker",
    "WorkerCounts",
    "WorkerReference",
    "WorkerSpec",
    "WorkerStatus",
    "WorkersPlatform",
    "WorkersPlatformSpec",
    "Zone",
    "parse_duration",
]
