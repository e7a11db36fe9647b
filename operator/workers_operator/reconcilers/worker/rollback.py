"""Rolls a worker back: a version that turns unhealthy before it ever was healthy is replaced by the previous one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workers_operator.desired.health import was_healthy
from workers_operator.domain.conditions import HEALTHY
from workers_operator.domain.errors import Stalled
from workers_operator.domain.plan.actions import ScriptId
from workers_operator.domain.plan.worker import ObservedWorker
from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import Worker
from workers_operator.index.memory import Resolved
from workers_operator.reconcilers.steps import StepFailed
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.resources import HealthStatus, Versions, WorkerStatus


@dataclass(frozen=True)
class Chosen:
    """What a pass has serve. ``rejected``: the version that it stands in for; None: it is the one that is wanted."""

    worker: Worker
    resolved: Resolved
    rejected: str | None = None

    def failure(self) -> StepFailed | None:
        """Return what a worker that was rolled back says."""
        if self.rejected is None:
            return None
        message = (
            f"version {self.rejected} turned unhealthy before it was healthy, and version "
            f"{self.resolved.version} serves again; edit the object or its source, or request a check to try it again"
        )
        return StepFailed(HEALTHY, Stalled(Reason.ROLLED_BACK_UNHEALTHY, message))


def what_serves(
    attempt: Attempt, worker: Worker, resolved: Resolved, observed: ObservedWorker
) -> Chosen:
    """Return the wanted version, or the previous one if the wanted one has turned out to be no good."""
    wanted = Chosen(worker, resolved)
    if attempt.forced or not attempt.was_tried or worker.instances == 0:
        return wanted
    versions = attempt.status.versions or Versions()
    if versions.rejected == resolved.version:
        good = versions.stable
    elif is_rejected(attempt, attempt.status, resolved.version):
        good = versions.previous
    else:
        return wanted
    count = _instances(observed.scripts, good)
    if good is None or count == 0:
        return wanted
    stands_in = replace(worker, instances=min(worker.instances, count))
    return Chosen(stands_in, replace(resolved, version=good), resolved.version)


def is_rejected(attempt: Attempt, status: WorkerStatus, version: str) -> bool:
    """Whether a version that serves has failed as many probes as it may without ever being healthy."""
    known, seen = status.health or HealthStatus(), attempt.memory.probes.failures
    failures = known.consecutive_failures if seen is None else seen
    return (
        status.stable == version
        and known.state == "Unhealthy"
        and failures >= attempt.obj.spec.health.failure_threshold
        and not was_healthy(status, version)
    )


def is_to_be_undone(
    attempt: Attempt, status: WorkerStatus, version: str, scripts: Iterable[ScriptId]
) -> bool:
    """Whether another pass has the previous version serve again. ``scripts``: those that are there."""
    previous = status.versions.previous if status.versions is not None else None
    return _instances(scripts, previous) > 0 and is_rejected(attempt, status, version)


def kept(status: WorkerStatus, version: str, scripts: Iterable[ScriptId]) -> frozenset[ScriptId]:
    """Return the scripts of the previous version, as long as it may have to serve again."""
    versions = status.versions or Versions()
    if versions.stable == version and was_healthy(status, version):
        return frozenset()
    return frozenset(script for script in scripts if script[0] == versions.previous)


def _instances(scripts: Iterable[ScriptId], version: str | None) -> int:
    """Return how many instances of a version there are from the first one on."""
    found = {instance for hash_, instance in scripts if hash_ == version}
    return next(count for count in range(len(found) + 1) if count not in found)
