"""Conditions: the facts of a pass → the list of conditions, with Ready rolled up. Pure.

Rules: kstatus (sigs.k8s.io/cli-utils) and Flux's checks. Ready is always there; Reconciling and Stalled only while
true, never both; Ready is not True while either is; lastTransitionTime moves only when a status changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Status = Literal["True", "False", "Unknown"]
Condition = Mapping[str, Any]

READY: Final = "Ready"
RECONCILING: Final = "Reconciling"
STALLED: Final = "Stalled"
MAX_MESSAGE: Final = 1024


@dataclass(frozen=True, slots=True)
class Fact:
    """What a pass found out about one condition type."""

    type: str
    status: Status
    reason: str
    message: str


def ready(facts: Iterable[Fact], message: str, reason: str = "Succeeded") -> Fact:
    """Ready mirrors the worst fact: the first that is False, else Unknown, else what is under way."""
    facts = list(facts)
    causes = [f for f in facts if f.type not in (STALLED, RECONCILING)]
    worst = [f for status in ("False", "Unknown") for f in causes if f.status == status]
    under_way = [f for f in facts if f.type in (STALLED, RECONCILING)]
    for fact in worst + under_way:
        return Fact(READY, "False", fact.reason, fact.message)
    return Fact(READY, "True", reason, message)


def render(
    facts: Iterable[Fact], previous: Iterable[Condition], *, generation: int, now: str
) -> list[dict[str, Any]]:
    """The conditions as they go into status, Ready first. ``now``: RFC 3339."""
    before = {str(c["type"]): c for c in previous}
    rendered = []
    for fact in facts:
        old = before.get(fact.type)
        same = old is not None and old.get("status") == fact.status
        rendered.append(
            {
                "type": fact.type,
                "status": fact.status,
                "reason": fact.reason,
                "message": fact.message[:MAX_MESSAGE],
                "lastTransitionTime": old["lastTransitionTime"]
                if old is not None and same
                else now,
                "observedGeneration": generation,
            }
        )
    return rendered


def find(conditions: Iterable[Condition], kind: str) -> Condition | None:
    """The condition of a type, or None."""
    return next((c for c in conditions if c.get("type") == kind), None)
