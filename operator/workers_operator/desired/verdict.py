"""Derive the outcome of a rollout from status. Pure."""

from typing import Final, Literal

from workers_operator.desired.status import find
from workers_operator.domain.conditions import DEPLOYED, READY, ROUTED, SOURCE, STALLED
from workers_operator.domain.fleet.progress import ENDED_BADLY
from workers_operator.domain.rollout.orders import Verb
from workers_operator.domain.rollout.progress import ACTIVE, FAILED
from workers_operator.resources import ObservedStatus, TemplateStatus, WorkerStatus

Verdict = Literal["under way", "succeeded", "failed"]
_THERE: Final = (SOURCE, DEPLOYED, ROUTED)


def verdict(status: WorkerStatus, *, is_observed: bool) -> Verdict:
    """Return the outcome of the spec's version. ``is_observed``: the status is of this spec."""
    rollout = status.rollout
    if not is_observed:
        return "under way"
    if _is(status, STALLED) or (rollout is not None and rollout.phase in FAILED):
        return "failed"
    if rollout is not None and rollout.phase != "Succeeded":
        return "under way"
    if _is(status, READY):
        return "succeeded"
    # It was healthy once; its later health is another matter.
    is_there = rollout is not None and all(_is(status, kind) for kind in _THERE)
    return "succeeded" if is_there else "under way"


def fleet_verdict(status: TemplateStatus, *, is_observed: bool) -> Verdict:
    """Return the outcome of a template's version."""
    rollout = status.rollout
    if not is_observed:
        return "under way"
    if _is(status, STALLED) or (rollout is not None and rollout.phase in ENDED_BADLY):
        return "failed"
    return "succeeded" if rollout is not None and rollout.phase == "Succeeded" else "under way"


def _is(status: ObservedStatus, kind: str) -> bool:
    condition = find(status.conditions, kind)
    return condition is not None and condition.status == "True"


def is_under_way(status: WorkerStatus) -> bool:
    """Whether a version is on its way."""
    return status.rollout is not None and status.rollout.phase in ACTIVE


def version_meant(verb: Verb, status: WorkerStatus) -> str:
    """Return the version to name in an order, so that a late order concerns no other version."""
    rollout, versions = status.rollout, status.versions
    if verb != "undo":
        return rollout.version if rollout is not None else ""
    if versions is None:
        return ""
    return (versions.stable if is_under_way(status) else versions.previous) or ""
