"""Statuses: facts → conditions, whether a status has to be written, and which Events announce the change. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from workers_operator.domain.conditions import (
    HEALTHY,
    NOTIFIED,
    READY,
    RECONCILING,
    STALLED,
    SUSPENSIONS,
    Fact,
)
from workers_operator.domain.fleet.progress import UNDER_WAY
from workers_operator.domain.fleet.reasons import FleetReason
from workers_operator.domain.reasons import Reason
from workers_operator.domain.rollout.progress import ACTIVE
from workers_operator.domain.rollout.reasons import RolloutReason
from workers_operator.domain.text.lines import one_line
from workers_operator.resources import (
    Condition,
    ObservedStatus,
    OrdersStatus,
    PlatformStatus,
    RolloutStatus,
    TemplateStatus,
    WorkerStatus,
)

# Reasons of a Ready that is not True although everything goes well: no Event announces them.
_ON_THE_WAY: Final = (
    Reason.PENDING,
    Reason.AWAITING_PROPAGATION,
    Reason.PLATFORM_SUSPENDED,
    RolloutReason.PROGRESSING,
    FleetReason.PROGRESSING,
)

# Fields that go out with the next write when they are new: they are worth none of their own for each object of a fleet.
# One that does not hold any more is.
_ALONG: Final = ("tenancy",)
# Of status.health: what changes with every probe or with the time is no reason to write.
_WRITTEN_ALONG: Final = ("consecutiveFailures", "uptime")


@dataclass(frozen=True, slots=True)
class Transition:
    """A change that is worth an Event."""

    type: Literal["Normal", "Warning"]
    reason: str
    message: str


def find(conditions: Iterable[Condition], kind: str) -> Condition | None:
    """Return the condition of a type, or None."""
    return next((c for c in conditions if c.type == kind), None)


def is_suspended(status: ObservedStatus) -> bool:
    """Whether a status says that its object is left alone."""
    ready = find(status.conditions, READY)
    return ready is not None and ready.status == "True" and ready.reason in SUSPENSIONS


def facts_of(status: ObservedStatus) -> Mapping[str, Fact]:
    """Return the conditions of a status as facts, by type."""
    return {c.type: Fact(c.type, c.status, c.reason, c.message) for c in status.conditions}


def render(
    facts: Iterable[Fact], previous: Sequence[Condition], *, generation: int, now: str
) -> tuple[Condition, ...]:
    """Return facts as conditions. ``now``: RFC 3339; lastTransitionTime moves only when a status changes."""
    return tuple(_condition(fact, find(previous, fact.type), generation, now) for fact in facts)


def _condition(fact: Fact, old: Condition | None, generation: int, now: str) -> Condition:
    return Condition(
        type=fact.type,
        status=fact.status,
        reason=str(fact.reason),
        message=one_line(fact.message),
        last_transition_time=old.last_transition_time
        if old is not None and old.status == fact.status
        else now,
        observed_generation=generation,
    )


def differs(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether two statuses, as JSON, differ so that the new one has to be written.

    Conditions in ``old`` that other managers own are left out.
    """
    new = {k: v for k, v in new.items() if k in old or k not in _ALONG}
    ours = {condition["type"] for condition in new.get("conditions", ())}
    known = [
        condition
        for condition in old.get("conditions", ())
        if condition.get("type") in ours or condition.get("type") in (RECONCILING, STALLED)
    ]
    return _comparable(new) != _comparable({**old, "conditions": known})


def is_same(new: ObservedStatus, old: ObservedStatus) -> bool:
    """Whether two statuses are equal but for their conditions, and for what changes with every probe."""
    if isinstance(new, WorkerStatus) and isinstance(old, WorkerStatus):
        health, known = new.health, old.health
        if health is not None and known is not None:
            failures = {"consecutive_failures": known.consecutive_failures}
            new = new.model_copy(update={"health": health.model_copy(update=failures)})
    return new.model_copy(update={"conditions": old.conditions}) == old


def _comparable(status: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a status with its conditions by type, without empty fields, and without what is only written along."""
    by_type = {str(c["type"]): dict(c) for c in status.get("conditions", ())}
    rest = {k: v for k, v in status.items() if k != "conditions" and v not in (None, {}, [])}
    if isinstance(health := rest.get("health"), Mapping):
        rest["health"] = {k: v for k, v in health.items() if k not in _WRITTEN_ALONG}
    return {**rest, "conditions": by_type}


def transitions(new: ObservedStatus, old: ObservedStatus) -> list[Transition]:
    """Return the Events of a change: a version that serves, Ready or health lost or regained, a scale, orders."""
    found: list[Transition] = []
    ready, before = find(new.conditions, READY), find(old.conditions, READY)
    is_other = _state(ready) != _state(before)
    if ready is not None and ready.status == "True":
        suspended = is_suspended(new)
        deployed = None if suspended else _deployed(new, old, before)
        if deployed is not None:
            found.append(deployed)
        elif is_other:
            reason = ready.reason if suspended else "Ready"
            found.append(Transition("Normal", reason, ready.message))
    elif ready is not None and is_other and ready.reason not in _ON_THE_WAY:
        found.append(Transition("Warning", ready.reason, ready.message))
    if isinstance(new, WorkerStatus) and isinstance(old, WorkerStatus):
        found += _rollout(new.rollout, old.rollout)
        found += _health(new, old)
        scaled, was = new.instances, old.instances
        if scaled is not None and was is not None and scaled != was:
            why = new.scaling.reason if new.scaling is not None and new.scaling.reason else ""
            message = f"from {was} to {scaled} instances{f': {why}' if why else ''}"
            found.append(Transition("Normal", "Scaled", message))
    if isinstance(new, TemplateStatus) and isinstance(old, TemplateStatus):
        found += _fleet(new, old)
    if isinstance(new, PlatformStatus) and isinstance(old, PlatformStatus):
        found += _ordered(new.orphan_orders, old.orphan_orders)
        found += _notified(find(new.conditions, NOTIFIED), find(old.conditions, NOTIFIED))
    return found


def _notified(new: Condition | None, old: Condition | None) -> list[Transition]:
    """Announce that webhooks do not accept notifications, or do so again."""
    if new is None or _state(new) == _state(old) or (old is None and new.status == "True"):
        return []
    return [Transition("Normal" if new.status == "True" else "Warning", new.reason, new.message)]


def _rollout(new: RolloutStatus | None, old: RolloutStatus | None) -> list[Transition]:
    """Announce that a rollout has begun, or another share of the requests; how it ends, Ready tells."""
    if new is None or new.phase not in ACTIVE:
        return []
    found, is_new = (
        [],
        old is None or (old.version, old.started_at) != (new.version, new.started_at),
    )
    if is_new:
        message = f"version {new.version} is being rolled out"
        found.append(Transition("Normal", "RolloutStarted", message))
    if new.weight and (is_new or old is None or old.weight != new.weight):
        message = f"version {new.version} gets {new.weight} % of the requests"
        found.append(Transition("Normal", "RolloutStep", message))
    return found


def _fleet(new: TemplateStatus, old: TemplateStatus) -> list[Transition]:
    """Announce that a version of a template begins to reach its followers, or its next wave; Ready tells of the end."""
    rollout, before = new.rollout, old.rollout
    if rollout is None or rollout.phase not in UNDER_WAY:
        return []
    if (
        before is None
        or before.started_at != rollout.started_at
        or before.version != rollout.version
    ):
        message = f"version {rollout.version} begins to reach the followers"
        return [Transition("Normal", "RolloutStarted", message)]
    if before.wave != rollout.wave:
        message = f"version {rollout.version} is at wave {rollout.wave}"
        return [Transition("Normal", "RolloutWave", message)]
    return []


def _ordered(new: OrdersStatus | None, old: OrdersStatus | None) -> list[Transition]:
    """Announce what has become of orders about orphans."""
    if new is None or new == old:
        return []
    if new.problem is not None:
        return [Transition("Warning", "OrphanOrderInvalid", new.problem)]
    return [
        Transition("Normal", "OrphanOrderDone", f"{r.name}: {r.message}")
        if r.done
        else Transition("Warning", "OrphanOrderFailed", f"{r.name}: {r.message}")
        for r in new.results
    ]


def _health(new: WorkerStatus, old: WorkerStatus) -> list[Transition]:
    """Announce that a worker that answers is degraded, or is so no longer."""
    state = new.health.state if new.health is not None else "Unknown"
    before = old.health.state if old.health is not None else "Unknown"
    healthy = find(new.conditions, HEALTHY)
    if state == before or healthy is None:
        return []
    if state == "Degraded":
        return [Transition("Warning", Reason.DEGRADED, healthy.message)]
    if before == "Degraded" and state == "Healthy":
        message = "its requests are within their budgets again"
        if old.health is not None and old.health.out:
            message = "all instances get requests again"
        return [Transition("Normal", "Recovered", message)]
    return []


def _deployed(
    new: ObservedStatus, old: ObservedStatus, before: Condition | None
) -> Transition | None:
    """Announce a version that answers for the first time."""
    if not isinstance(new, WorkerStatus) or not isinstance(old, WorkerStatus):
        return None
    version = new.stable
    was_on_the_way = before is not None and before.status != "True" and before.reason in _ON_THE_WAY
    if version is None or (version == old.stable and not was_on_the_way):
        return None
    where = new.url or "the edge"
    return Transition("Normal", Reason.DEPLOYED, f"version {version} answers at {where}")


def _state(condition: Condition | None) -> tuple[str, str] | None:
    return (condition.status, condition.reason) if condition is not None else None
