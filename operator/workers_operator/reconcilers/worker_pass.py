"""The state of one pass over a worker: what the steps find out, until it becomes a status."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from workers_operator.cloudflare.budget import Urgency
from workers_operator.domain.conditions import Fact
from workers_operator.domain.desired import Content, ObjectKey
from workers_operator.reconcilers.desire import WorkerObject
from workers_operator.reconcilers.memory import Memory

SOURCE: Final = "SourceResolved"
DEPLOYED: Final = "Deployed"
ROUTED: Final = "Routed"
HEALTHY: Final = "Healthy"
TYPES: Final = (SOURCE, DEPLOYED, ROUTED, HEALTHY)


def kept_fields(status: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a status that stay until a pass says otherwise."""
    told_anew = ("conditions", "observedGeneration", "lastHandledReconcileAt")
    return {k: v for k, v in status.items() if k not in told_anew}


@dataclass
class Pass:
    """The state of one pass; the steps fill it in. ``step`` is the condition that the next error concerns."""

    key: ObjectKey
    body: Mapping[str, Any]
    obj: WorkerObject
    memory: Memory
    urgency: Urgency
    started: float
    forced: bool  # somebody asked for a check
    step: str = SOURCE
    facts: dict[str, Fact] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)  # status fields that this pass sets
    content: Content | None = None  # None: it has not been read in this pass
    settled: bool = True
    requeue: float = math.inf  # seconds

    @property
    def status(self) -> Mapping[str, Any]:
        """The status as last known."""
        return self.body.get("status") or {}

    @property
    def observed_generation(self) -> bool:
        """Whether the status is about this generation."""
        return bool(self.status.get("observedGeneration") == self.obj.metadata.generation)

    def again_in(self, seconds: float) -> None:
        """Wants another pass in ``seconds`` at the latest."""
        self.requeue = min(self.requeue, max(0.0, seconds))
