"""What serves while something is wrong: the previous version, or instances and scripts that are uploaded anew."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workers_operator.desired import status as statuses
from workers_operator.desired.health import was_healthy
from workers_operator.domain import names
from workers_operator.domain.conditions import DEPLOYED, HEALTHY, STALLED
from workers_operator.domain.errors import Stalled
from workers_operator.domain.plan.actions import ScriptId
from workers_operator.domain.plan.worker import (
    INTERRUPTED,
    REPLACED,
    TAMPERED,
    Healing,
    ObservedWorker,
)
from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import Worker
from workers_operator.index.memory import Resolved
from workers_operator.reconcilers.repairing import Refusal
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
    count = _instances(trusted(observed), good)
    if good is None or count == 0:
        return wanted
    stands_in = replace(worker, instances=min(worker.instances, count))
    return Chosen(stands_in, replace(resolved, version=good), resolved.version)


def healing_of(
    attempt: Attempt, serving: Chosen, observed: ObservedWorker, refusal: Refusal | None
) -> Healing:
    """Return what is done about what is not as it should be.

    Instances of the version that serves are out of balancing first, then replaced.
    """
    worker, version = serving.worker, serving.resolved.version
    waiting = refusal.scripts if refusal is not None else ()
    anew = {i: INTERRUPTED for h, i in observed.unsettled if h == version}
    anew |= {
        i: TAMPERED
        for h, i in observed.foreign
        if h == version and names.versioned_name(worker.base, h, i) not in waiting
    }
    mark, instances = observed.mark, attempt.memory.probes.instances
    if mark is None or mark.serving.hash != version:
        return Healing(anew={} if serving.rejected is not None else anew)
    was_out = frozenset(mark.serving.out)
    out = instances.out(worker.instances, was_out, attempt.obj.spec.health.failure_threshold)
    if serving.rejected is not None:
        return Healing(out)  # nobody has the content of a version that stands in for another
    due = instances.due(out & was_out, attempt.started)
    return Healing(out, {**dict.fromkeys(due, REPLACED), **anew})


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
    attempt: Attempt, status: WorkerStatus, version: str, observed: ObservedWorker
) -> bool:
    """Whether another pass has the previous version serve again."""
    previous = status.versions.previous if status.versions is not None else None
    return _instances(trusted(observed), previous) > 0 and is_rejected(attempt, status, version)


def kept(status: WorkerStatus, version: str, scripts: Iterable[ScriptId]) -> frozenset[ScriptId]:
    """Return the scripts of the previous version, as long as it may have to serve again."""
    versions = status.versions or Versions()
    if versions.stable == version and was_healthy(status, version):
        return frozenset()
    return frozenset(script for script in scripts if script[0] == versions.previous)


def trusted(observed: ObservedWorker) -> frozenset[ScriptId]:
    """Return the scripts that are as the operator left them: nobody has the content of a previous version any more."""
    return observed.scripts - observed.foreign - observed.unsettled


def _instances(scripts: Iterable[ScriptId], version: str | None) -> int:
    """Return how many instances of a version there are from the first one on."""
    found = {instance for hash_, instance in scripts if hash_ == version}
    return next(count for count in range(len(found) + 1) if count not in found)


def refuse_known_failure(attempt: Attempt, resolved: Resolved) -> None:
    """Raise if the same version was rejected before. After a restart status remembers its source."""
    deployed = statuses.find(attempt.status.conditions, DEPLOYED)
    stalled = statuses.find(attempt.status.conditions, STALLED)
    rejected = attempt.memory.rejected
    if rejected is None and attempt.obj.is_observed and attempt.status.source is not None:
        same = attempt.status.source.revision == resolved.source.revision
        rejected = resolved.version if same else None
    if (
        rejected == resolved.version
        and stalled is not None
        and deployed is not None
        and deployed.status == "False"
        and stalled.reason == Reason.SCRIPT_REJECTED
    ):
        raise StepFailed(DEPLOYED, Stalled(Reason(deployed.reason), deployed.message))
