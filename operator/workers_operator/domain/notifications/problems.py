"""Read reportable problems of workers and platforms from their conditions. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from workers_operator.domain.conditions import AUTHENTICATED, HEALTHY, READY, Fact
from workers_operator.domain.reasons import Reason
from workers_operator.domain.rollout.reasons import RolloutReason
from workers_operator.domain.worker import ObjectKey

Severity = Literal["Warning", "Critical"]
_ID_LENGTH: Final = 12


class ProblemKind(StrEnum):
    """Kind of a problem. An object's conditions show at most one problem."""

    WORKER_NOT_READY = "WorkerNotReady"
    WORKER_UNHEALTHY = "WorkerUnhealthy"
    WORKER_DEGRADED = "WorkerDegraded"
    ROLLOUT_FAILED = "RolloutFailed"
    CONTENT_TAMPERED = "ContentTampered"
    OWNERSHIP_CONFLICT = "OwnershipConflict"
    PLATFORM_NOT_READY = "PlatformNotReady"
    TOKEN_INVALID = "TokenInvalid"  # noqa: S105 - a word for people
    API_BUDGET_EXHAUSTED = "ApiBudgetExhausted"

    @property
    def severity(self) -> Severity:
        """How urgent a problem of this kind is."""
        return "Critical" if self in _CRITICAL else "Warning"


_CRITICAL: Final = frozenset(
    {ProblemKind.CONTENT_TAMPERED, ProblemKind.PLATFORM_NOT_READY, ProblemKind.TOKEN_INVALID}
)
# Reasons of a Ready that is not True although nothing is wrong, or as requested.
_EXPECTED: Final = frozenset(
    {
        Reason.PENDING,
        Reason.PROGRESSING,
        Reason.AWAITING_PROPAGATION,
        Reason.DELETING,
        Reason.REMOVED,
        Reason.IN_USE,
        RolloutReason.PROGRESSING,
        RolloutReason.PAUSED,
        RolloutReason.UNDONE,
    }
)
# A platform's problem is reported once, not for each of its workers.
_OF_THE_PLATFORM: Final = frozenset(
    {
        Reason.PLATFORM_NOT_READY,
        Reason.PLATFORM_SUSPENDED,
        Reason.CREDENTIALS_REJECTED,
        Reason.TOKEN_MISSING,
        Reason.SECRET_NAMESPACE_NOT_ALLOWED,
        Reason.ADDRESS_NOT_ALLOWED,
        Reason.RATE_LIMITED,
    }
)
_KINDS: Final[Mapping[str, ProblemKind]] = {
    Reason.PROBE_FAILED: ProblemKind.WORKER_UNHEALTHY,
    Reason.ROLLED_BACK_UNHEALTHY: ProblemKind.ROLLOUT_FAILED,
    RolloutReason.ABORTED: ProblemKind.ROLLOUT_FAILED,
    Reason.CONTENT_TAMPERED: ProblemKind.CONTENT_TAMPERED,
    Reason.SCRIPT_NAME_CONFLICT: ProblemKind.OWNERSHIP_CONFLICT,
    Reason.HOSTNAME_CONFLICT: ProblemKind.OWNERSHIP_CONFLICT,
    Reason.ROUTE_NOT_OWNED: ProblemKind.OWNERSHIP_CONFLICT,
    Reason.PLATFORM_CONFLICT: ProblemKind.OWNERSHIP_CONFLICT,
    Reason.STORAGE_NOT_OWNED: ProblemKind.OWNERSHIP_CONFLICT,
    Reason.DISPATCHER_NOT_OWNED: ProblemKind.OWNERSHIP_CONFLICT,
    Reason.RATE_LIMITED: ProblemKind.API_BUDGET_EXHAUSTED,
}


@dataclass(frozen=True, slots=True)
class ProblemCause:
    """A kind of problem, and the condition that shows it."""

    kind: ProblemKind
    condition: Fact


@dataclass(frozen=True, slots=True)
class ObjectProblem:
    """A problem of one object. ``platform``: its webhooks report it; ``since``: RFC 3339."""

    kind: ProblemKind
    platform: str
    key: ObjectKey
    reason: str
    message: str
    since: str

    @property
    def id(self) -> str:
        """The identity: constant while the object has a problem of the kind, whatever the reason."""
        return problem_id(self.kind, self.platform, self.key)


def problem_id(kind: ProblemKind, platform: str, key: ObjectKey) -> str:
    """Return the identity of a problem."""
    text = "\n".join((kind, platform, *key))
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]


def worker_problem(facts: Mapping[str, Fact], *, is_degraded: bool) -> ProblemCause | None:
    """Return the problem that a worker's conditions show; None if they show none."""
    ready = facts.get(READY)
    if ready is None:
        return None
    if ready.status == "True":
        healthy = facts.get(HEALTHY)
        if healthy is None or not is_degraded:
            return None
        return ProblemCause(ProblemKind.WORKER_DEGRADED, healthy)
    if ready.reason in _EXPECTED or ready.reason in _OF_THE_PLATFORM:
        return None
    return ProblemCause(_KINDS.get(ready.reason, ProblemKind.WORKER_NOT_READY), ready)


def platform_problem(facts: Mapping[str, Fact]) -> ProblemCause | None:
    """Return the problem that a platform's conditions show; None if they show none."""
    ready, authenticated = facts.get(READY), facts.get(AUTHENTICATED)
    if ready is None or ready.status == "True" or ready.reason in _EXPECTED:
        return None
    if authenticated is not None and authenticated.reason == Reason.CREDENTIALS_REJECTED:
        return ProblemCause(ProblemKind.TOKEN_INVALID, authenticated)
    return ProblemCause(_KINDS.get(ready.reason, ProblemKind.PLATFORM_NOT_READY), ready)
