"""Common parts of the kinds: API group, metadata and their presentation by the API server."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from pydantic import (
    ConfigDict,
    Field,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from workers_operator.resources.model import Model, SpecModel, readable
from workers_operator.resources.status import ObservedStatus

GROUP: Final = "workers.code24.dev"
VERSION: Final = "v1alpha1"
API_VERSION: Final = f"{GROUP}/{VERSION}"
FINALIZER: Final = f"{GROUP}/finalizer"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of ``kubectl get``; a wide column is shown only with ``-o wide``."""

    name: str
    path: str
    type: Literal["string", "integer", "date"] = "string"
    wide: bool = False


READY_COLUMN: Final = Column("Ready", '.status.conditions[?(@.type=="Ready")].status')
REASON_COLUMN: Final = Column("Reason", '.status.conditions[?(@.type=="Ready")].reason')
AGE_COLUMN: Final = Column("Age", ".metadata.creationTimestamp", "date")


@dataclass(frozen=True, slots=True)
class Definition:
    """The presentation of a kind by the API server."""

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
    """The metadata that the operator reads. Objects from files have few of these fields.

    ``spec_manager``: the field manager that changed the spec last, which the managed fields tell (``kube.decoding``).
    """

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
    spec_manager: str = ""


class Resource(Model):
    """An object of one of the operator's kinds. ``metadata.namespace`` is empty for cluster-scoped kinds."""

    model_config = ConfigDict(extra="ignore")
    definition: ClassVar[Definition]

    metadata: ObjectMeta
    spec: SpecModel
    status: ObservedStatus = ObservedStatus()

    @field_validator("status", mode="wrap")
    @classmethod
    def _tolerate(cls, value: object, handler: ValidatorFunctionWrapHandler) -> ObservedStatus:
        """An object is never refused for what its status holds."""
        return value if isinstance(value, ObservedStatus) else readable(handler, value)

    @property
    def is_observed(self) -> bool:
        """Whether the status is about this generation of the object."""
        return self.status.observed_generation == self.metadata.generation
