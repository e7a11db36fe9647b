"""Describe the progress of a rollout in words. Pure."""

from workers_operator.administration.rollouts.objects import (
    Rolled,
    RolledWorker,
)
from workers_operator.desired.status import find
from workers_operator.desired.verdict import Verdict, fleet_verdict, verdict
from workers_operator.domain.conditions import READY


def verdict_of(rolled: Rolled) -> Verdict:
    """Return the outcome of the spec's version."""
    if isinstance(rolled, RolledWorker):
        return verdict(rolled.status, is_observed=rolled.is_observed)
    return fleet_verdict(rolled.status, is_observed=rolled.is_observed)


def sentence(rolled: Rolled) -> str:
    """Return one sentence on the progress of a rollout."""
    if isinstance(rolled, RolledWorker):
        return _sentence(rolled)
    ready = find(rolled.status.conditions, READY)
    return ready.message if ready is not None else f"{rolled.key} has had no rollout yet"


def _sentence(worker: RolledWorker) -> str:
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
