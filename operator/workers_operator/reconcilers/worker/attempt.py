"""What a pass over a worker starts from."""

from dataclasses import dataclass

from workers_operator.desired import status as statuses
from workers_operator.desired.rollout import RolloutSettings
from workers_operator.desired.worker import WorkerObject
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.index.memory import Memory
from workers_operator.resources import WorkerStatus
from workers_operator.sources.loading import Loaded


@dataclass(frozen=True)
class FollowedVersion:
    """The version of a template that a worker gets. ``retry``: the order to try it again, "" without one.

    ``at_once``: the whole fleet gets it without waves, and where it is at the edge without steps of the worker's own.
    ``loaded``: its code, once it was read.
    """

    key: ObjectKey
    version: str
    retry: str = ""
    at_once: bool = False
    loaded: Loaded | None = None


@dataclass(frozen=True)
class Attempt:
    """One pass. ``priority``: of its calls; ``slot``: of its slot. ``started``: monotonic second; ``forced``: a check
    was requested.

    ``rollout``: how a new version takes over. ``template``: what the worker follows, None if nothing.
    """

    key: ObjectKey
    obj: WorkerObject
    memory: Memory
    priority: Priority
    slot: Priority
    started: float
    forced: bool
    rollout: RolloutSettings
    template: FollowedVersion | None = None

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
