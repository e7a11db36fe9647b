"""What the reconciler remembers of a worker between passes. All of it may be lost: a restart only looks again."""

from dataclasses import dataclass, field

from workers_operator.domain.desired import ObjectKey
from workers_operator.domain.plan import ScriptId
from workers_operator.domain.plans import Limits, Plan


@dataclass(frozen=True, slots=True)
class Source:
    """The outcome of a source, without its code. ``update``: digest of newer content that a pin holds back."""

    origin: str
    digest: str
    revision: str
    health_path: str
    compatibility_date: str | None
    compatibility_flags: tuple[str, ...]
    template_version: str | None = None
    update: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an object comes to on its platform, without any content: enough for a pass that uploads nothing.

    It holds as long as what it was made from does: the object's generation, the plan, the etags of R2 objects, and
    until a monotonic second.
    """

    generation: int
    platform: str
    plan: Plan | None
    etags: tuple[str, ...]
    until: float
    source: Source
    version: str
    limits: Limits


@dataclass(slots=True)
class Memory:
    """One worker's. ``stale``: something that it was made from has changed."""

    resolved: Resolved | None = None
    stale: bool = False
    rejected: str | None = None  # the version that Cloudflare refused last
    next_probe: float = 0.0  # monotonic
    unseen: bool = False  # routed anew, and not asked for since
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
