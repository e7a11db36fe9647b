"""What the kinds share: their group, their metadata, and how the API server presents them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from pydantic import ConfigDict, Field

from workers_operator.resources.model import Model, SpecModel
from workers_operator.resources.status import ObservedStatus

GROUP: Final = "workers.code24.dev"
VERSION: Final = "v1alpha1"
API_VERSION: Final = f"{GROUP}/{VERSION}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of ``kubectl get``; a wide one is shown with ``-o wide`` only."""

    name: str
    path: str
    type: Literal["string", "integer", "date"] = "string"
    wide: bool = False


READY_COLUMN: Final = Column("Ready", '.status.conditions[?(@.type=="Ready")].status')
REASON_COLUMN: Final = Column("Reason", '.status.conditions[?(@.type=="Ready")].reason')
AGE_COLUMN: Final = Column("Age", ".metadata.creationTimestamp", "date")


@dataclass(frozen=True, slots=True)
class Definition:
    """How the API server presents a kind."""

    kind: str
    plural: str
    short_name: str
    scope: Literal["Namespaced", "Cluster"]
    columns: tuple[Column, ...]
    scalable: bool = False

    @property
    def singular(self) -> str:
        return self.kind.lower()


class ObjectMeta(Model):
    """The metadata that the operator reads. Objects from files lack most of it."""

    model_config = ConfigDict(extra="ignore")

    name: str
    namespace: str = ""
    uid: str = ""
    generation: int = 0
    resource_version: str = ""
    creation_timestamp: str = ""
    deletion_timestamp: str | None = None
    finalizers: tuple[str, ...] = ()
    annotations: Mapping[str, str] = Field(default_factory=dict)


class Resource(Model):
    """An object of one of our kinds. ``namespace`` is empty for cluster-scoped kinds."""

    model_config = ConfigDict(extra="ignore")
    definition: ClassVar[Definition]

    metadata: ObjectMeta
    spec: SpecModel
    status: ObservedStatus = ObservedStatus()
