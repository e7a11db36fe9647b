"""What a pass over a worker starts from."""

from dataclasses import dataclass

from workers_operator.desired import status as statuses
from workers_operator.desired.worker import WorkerObject
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.index.memory import Memory
from workers_operator.resources import WorkerStatus


@dataclass(frozen=True)
class Attempt:
    """One pass. ``started``: monotonic second; ``forced``: a check was requested."""

    key: ObjectKey
    obj: WorkerObject
    memory: Memory
    priority: Priority
    started: float
    forced: bool

    @property
    def former(self) -> str | None:
        """The platform that the worker is moving from; None unless it moves."""
        known = self.status.platform
        return known if known != self.obj.spec.platform else None

    @property
    def hurried(self) -> Priority:
        """The pass's priority, or that of what is tried again if that is the higher one: no write waits for others."""
        return self.priority.at(min(self.priority.urgency, Urgency.RETRY))

    @property
    def was_tried(self) -> bool:
        """Whether the status says what came of this generation, instead of that it waits for its platform."""
        return self.obj.is_observed and not self.was_suspended

    @property
    def was_suspended(self) -> bool:
        """Whether the status says that the worker was left alone."""
        return statuses.is_suspended(self.status)

    @property
    def status(self) -> WorkerStatus:
        """The status as last known."""
        return self.obj.status
