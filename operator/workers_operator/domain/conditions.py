"""Conditions: what a pass found out about each aspect of an object, and the Ready roll-up. Pure.

Rules: kstatus (sigs.k8s.io/cli-utils) and Flux's checks. Ready is always present; Reconciling and Stalled are present
only while true, never both; Ready is not True while either is present. A suspended object is Ready, with a reason of
``SUSPENSIONS``: suspending is a state that is observed, not work that never ends. It is counted apart from the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from workers_operator.domain.reasons import Reason
from workers_operator.domain.text.words import ReasonWord

Status = Literal["True", "False", "Unknown"]

READY: Final = "Ready"
RECONCILING: Final = "Reconciling"
STALLED: Final = "Stalled"

SOURCE: Final = "SourceResolved"
DEPLOYED: Final = "Deployed"
ROUTED: Final = "Routed"
HEALTHY: Final = "Healthy"
WORKER_TYPES: Final = (SOURCE, DEPLOYED, ROUTED, HEALTHY)

SCALING_ACTIVE: Final = "ScalingActive"
ABLE_TO_SCALE: Final = "AbleToScale"
SCALING_LIMITED: Final = "ScalingLimited"
SCALING_TYPES: Final = (SCALING_ACTIVE, ABLE_TO_SCALE, SCALING_LIMITED)
"""Of a worker with an autoscaler. They say nothing about whether it serves, so Ready does not mirror them."""

ROLLED_OUT: Final = "RolledOut"
TEMPLATE_TYPES: Final = (SOURCE, ROLLED_OUT)

AUTHENTICATED: Final = "Authenticated"
PROVISIONED: Final = "Provisioned"
DISPATCHER: Final = "DispatcherReady"
PLATFORM_TYPES: Final = (AUTHENTICATED, PROVISIONED, DISPATCHER)
NOTIFIED: Final = "NotificationsDelivered"
"""Of a platform with webhooks. It says nothing about whether workers can be deployed, so Ready does not mirror it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known about one condition type. ``reason`` is a ``Reason``, or a word that an object's status holds."""

    type: str
    status: Status
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Suspension:
    """Why an object is left alone: its own ``spec.suspend``, or its platform's. ``message`` says what ends it."""

    reason: ReasonWord
    message: str


OWN_SUSPENSION: Final = Suspension(
    Reason.SUSPENDED, "spec.suspend is set: nothing is changed until it is removed"
)
SUSPENSIONS: Final = (Reason.SUSPENDED, Reason.PLATFORM_SUSPENDED)


def ready(facts: Iterable[Fact], message: str, reason: str = Reason.SUCCEEDED) -> Fact:
    """Return Ready: it mirrors the first fact that is False, else Unknown, else Reconciling or Stalled."""
    facts = list(facts)
    causes = [f for f in facts if f.type not in (STALLED, RECONCILING, NOTIFIED, *SCALING_TYPES)]
    worst = [f for status in ("False", "Unknown") for f in causes if f.status == status]
    under_way = [f for f in facts if f.type in (STALLED, RECONCILING)]
    for fact in worst + under_way:
        return Fact(READY, "False", fact.reason, fact.message)
    return Fact(READY, "True", reason, message)


def suspended(facts: Iterable[Fact], suspension: Suspension, left: str) -> Fact:
    """Return Ready of a suspended object: True, since nothing is under way; the message says what is left as it is.

    kstatus takes any other Ready for work in progress, which a suspended object never finishes.
    """
    message = f"{suspension.message}; {left}"
    was = ready(facts, "")
    if was.status != "True" and was.reason != Reason.PENDING:
        message += f"; {was.reason}: {was.message}"
    return Fact(READY, "True", suspension.reason, message)


def carry_over(
    types: Sequence[str], found: Mapping[str, Fact], previous: Mapping[str, Fact]
) -> list[Fact]:
    """Return a fact for each type: the one found in this pass, else the previous one, else Unknown."""
    return [
        found.get(kind)
        or previous.get(kind)
        or Fact(kind, "Unknown", Reason.PENDING, "not reached yet")
        for kind in types
    ]
