"""What has become of a rollout, as a status tells of it. Pure."""

from typing import Final, Literal

from workers_operator.administration.rollouts.objects import RolledWorker
from workers_operator.desired.status import find
from workers_operator.domain.conditions import DEPLOYED, READY, ROUTED, SOURCE, STALLED
from workers_operator.domain.rollout.progress import ACTIVE, FAILED
from workers_operator.resources import WorkerStatus

Verdict = Literal["under way", "succeeded", "failed"]
_THERE: Final = (SOURCE, DEPLOYED, ROUTED)


def verdict(worker: RolledWorker) -> Verdict:
    """Return what has become of the version that the spec asks for."""
    status, rollout = worker.status, worker.status.rollout
    if not worker.is_observed:
        return "under way"
    if _is(status, STALLED) or (rollout is not None and rollout.phase in FAILED):
        return "failed"
    if rollout is not None and rollout.phase != "Succeeded":
        return "under way"
    if _is(status, READY):
        return "succeeded"
    # It was healthy once: what became of it later is another matter.
    is_there = rollout is not None and all(_is(status, kind) for kind in _THERE)
    return "succeeded" if is_there else "under way"


def _is(status: WorkerStatus, kind: str) -> bool:
    condition = find(status.conditions, kind)
    return condition is not None and condition.status == "True"


def sentence(worker: RolledWorker) -> str:
    """Return in one sentence how far the rollout has come."""
    status, rollout = worker.status, worker.status.rollout
    if rollout is None:
        serves = f"version {status.stable} serves" if status.stable else "no version serves"
        return f"{worker.key} has had no rollout yet; {serves}"
    version, serving = rollout.version, f"version {status.stable} serves"
    share = f"{rollout.weight} % of the requests" if rollout.weight else "no requests yet"
    why = f"; {rollout.message}" if rollout.message else ""
    match rollout.phase:
        case "Paused" if rollout.held:
            return f"the rollout of version {version} is paused at step {rollout.step}; it gets {share}"
        case "Paused":
            return (
                f"version {version} gets {share}, and waits for a promotion at step {rollout.step}"
            )
        case "Progressing":
            return f"version {version} gets {share}, step {rollout.step}{why}"
        case "Promoting":
            return f"version {version} gets all requests, and is being probed"
        case "Succeeded":
            return f"version {version} gets all requests, and is healthy"
        case "Aborted":
            return f"version {version} is not rolled out: {rollout.message}; {serving}"
        case "RolledBack":
            return f"{rollout.message}; {serving}"


def is_under_way(status: WorkerStatus) -> bool:
    """Whether a version is on its way."""
    return status.rollout is not None and status.rollout.phase in ACTIVE
