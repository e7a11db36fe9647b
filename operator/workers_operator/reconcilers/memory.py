"""What the reconciler remembers of a worker between passes. All of it may be lost: a restart only looks again."""

from dataclasses import dataclass, field

from workers_operator.domain.desired import ObjectKey
from workers_operator.domain.plan import ScriptId


@dataclass(frozen=True, slots=True)
class Resolved:
    """The outcome of resolving a source, without the code: enough for a pass that uploads nothing."""

    generation: int
    version: str
    digest: str
    origin: str
    health_path: str
    until: float  # monotonic: resolve again then


@dataclass(slots=True)
class Memory:
    """One worker's."""

    resolved: Resolved | None = None
    next_probe: float = 0.0  # monotonic
    looks: int = 0  # in a row at a version that does not answer well yet
    superseded: dict[ScriptId, float] = field(default_factory=dict)


class Memories:
    """By object."""

    def __init__(self) -> None:
        self._memories: dict[ObjectKey, Memory] = {}

    def of(self, key: ObjectKey) -> Memory:
        """The object's memory, a fresh one at first."""
        return self._memories.setdefault(key, Memory())

    def forget(self, key: ObjectKey) -> None:
        """The object is gone."""
        self._memories.pop(key, None)
