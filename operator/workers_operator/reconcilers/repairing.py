"""Repairs: what a pass does about instances that fail and about scripts that somebody else has changed."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from workers_operator.account.platforms import Platform
from workers_operator.domain import names
from workers_operator.domain.errors import Stalled
from workers_operator.domain.health.instances import MOST_A_DAY, next_repair, of_a_day
from workers_operator.domain.plan.actions import Action, EnsureScript, Upload
from workers_operator.domain.plan.repairs import TAMPERING_ADVICE
from workers_operator.domain.plan.worker import TAMPERED, ObservedWorker
from workers_operator.domain.reasons import Reason
from workers_operator.domain.tampering import (
    UNDER_WAY,
    UNKNOWN,
    Fingerprint,
    Fingerprints,
    interrupted,
    newest,
    tampered,
)
from workers_operator.domain.worker import Worker
from workers_operator.engine.clock import Clock
from workers_operator.reconcilers.steps import StepFailed
from workers_operator.resources import ScriptStatus, WorkerStatus


class RepairObserver(Protocol):
    """Counts repairs: ``metrics.Metrics``."""

    def repaired(self, platform: str, action: str) -> None:
        """Count something that was mended without an edit."""


class RepairLimit:
    """How often a script that somebody else changes is repaired: the other one may be a tool that does the same."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._repairs: dict[tuple[str, str], tuple[float, ...]] = {}  # (place, script)

    def wait(self, place: str, script: str) -> float:
        """Return the seconds until a script may be repaired again. ``place``: the platform that it is on."""
        now = self._clock.monotonic()
        return max(0.0, next_repair(self._repairs.get((place, script), ()), now) - now)

    def repaired(self, place: str, done: Iterable[Action]) -> None:
        """Count the repairs among actions that were carried out."""
        now = self._clock.monotonic()
        self._repairs = {k: times for k, times in self._repairs.items() if of_a_day(times, now)}
        for action in done:
            match action:
                case Upload(script, _, reason) if reason == TAMPERED:
                    pass
                case EnsureScript(script, reason=reason) if reason == TAMPERED:
                    pass
                case _:
                    continue
            former = of_a_day(self._repairs.get((place, script), ()), now)
            self._repairs[place, script] = (*former, now)

    def refusal(self, place: str, scripts: Collection[str]) -> "Refusal | None":
        """Return what is said of scripts that are not repaired now; None if all are."""
        waits = {s: wait for s in scripts if (wait := self.wait(place, s)) > 0}
        if not waits:
            return None
        message = (
            f"script {min(waits)} keeps being changed by somebody else; it is restored at most {MOST_A_DAY} times a "
            f"day, and stays changed for now; {TAMPERING_ADVICE}"
        )
        error = Stalled(Reason.CONTENT_TAMPERED, message)
        return Refusal(frozenset(waits), min(waits.values()), error)


@dataclass(frozen=True)
class Refusal:
    """Scripts that somebody else has changed and that are not repaired now. ``after``: seconds until one may be."""

    scripts: frozenset[str]
    after: float
    error: Stalled

    def failure(self, condition: str) -> StepFailed:
        """Return what an object says of it."""
        return StepFailed(condition, self.error)


def fingerprints(scripts: Iterable[ScriptStatus]) -> dict[str, Fingerprint]:
    """Return how scripts were left, by name, as a status records it."""
    found = {s.name: Fingerprint(s.etag or "", s.modified_on or "") for s in scripts}
    return {name: UNDER_WAY if left == UNKNOWN else left for name, left in found.items()}


def recorded(found: Mapping[str, Fingerprint]) -> tuple[ScriptStatus, ...]:
    """Return how scripts were left as a status records it: the hash is left out where the time tells."""
    return tuple(
        ScriptStatus(name=name)
        if left == UNDER_WAY
        else ScriptStatus(name=name, modified_on=left.modified)
        if left.modified
        else ScriptStatus(name=name, etag=left.etag)
        for name, left in sorted(found.items())
        if left != UNKNOWN
    )


# --- workers ----------------------------------------------------------------------------------------------------------


def judged(
    observed: ObservedWorker, status: WorkerStatus, platform: Platform, script_name: str
) -> ObservedWorker:
    """Return what is observed of a worker, with the scripts that are not as the operator left them."""
    listed = platform.snapshot.fingerprints(script_name)
    ours = _known(status, platform, script_name)
    return replace(observed, foreign=tampered(listed, ours), interrupted=interrupted(listed, ours))


def foreign_scripts(worker: Worker, version: str, observed: ObservedWorker) -> frozenset[str]:
    """Return the names of a version's scripts that somebody else has changed."""
    return frozenset(
        names.versioned_name(worker.base, h, i)
        for h, i in observed.foreign
        if h == version and i < worker.instances
    )


def noted(status: WorkerStatus, platform: Platform, uploads: Iterable[Upload]) -> list[str]:
    """Return which uploaded scripts status holds how they were left."""
    found = fingerprints(status.scripts) if is_here(status, platform) else {}
    return [upload.script for upload in uploads if upload.script in found]


def under_way(status: WorkerStatus, scripts: Iterable[str]) -> WorkerStatus:
    """Return a status that says that scripts are being uploaded."""
    found = fingerprints(status.scripts) | dict.fromkeys(scripts, UNDER_WAY)
    return status.model_copy(update={"scripts": recorded(found)})


def as_left(status: WorkerStatus, platform: Platform, script_name: str) -> WorkerStatus:
    """Return a status that says how the scripts that serve were left; one that is new to the operator, as it is.

    What does not serve is left out: a status is to be small, and not to be written because something is cleaned up.
    """
    if not is_here(status, platform):
        return status.model_copy(update={"scripts": ()})
    listed, base = platform.snapshot.fingerprints(script_name), names.base_name(script_name)
    ours = _known(status, platform, script_name)
    missing = {
        (h, i)
        for (h, i), left in ours.items()
        if left != UNKNOWN and h == status.stable and i < (status.instances or 0)
    }
    found = {}
    for script in sorted(s for s in listed.keys() | missing if s[0] == status.stable):
        left = ours.get(script, UNKNOWN)
        found[names.versioned_name(base, *script)] = left if left != UNKNOWN else listed[script]
    return status.model_copy(update={"scripts": recorded(found)})


def is_here(status: WorkerStatus, platform: Platform) -> bool:
    """Whether the scripts that a status tells of are on a platform; a worker that moves has others."""
    return status.platform == platform.config.name


def _known(status: WorkerStatus, platform: Platform, script_name: str) -> Fingerprints:
    """Return how the operator left a worker's scripts on a platform, as far as it knows."""
    found = fingerprints(status.scripts) if is_here(status, platform) else {}
    base = names.base_name(script_name)
    noted = {(p.hash, p.instance): left for p, left in _parsed(found) if p.base == base}
    known = {
        script: newest(
            noted.get(script), platform.snapshot.uploaded(names.versioned_name(base, *script))
        )
        for script in noted.keys() | platform.snapshot.fingerprints(script_name).keys()
    }
    return {script: left for script, left in known.items() if left is not None}


def _parsed(found: Mapping[str, Fingerprint]) -> Iterator[tuple[names.VersionedName, Fingerprint]]:
    for name, left in found.items():
        if (parsed := names.parse_versioned_name(name)) is not None:
            yield parsed, left
