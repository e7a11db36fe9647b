"""What changes in a status mean: whether it has to be written, and which Events tell of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from workers_operator.domain import conditions as c
from workers_operator.domain.conditions import Fact

# Reasons of a Ready that is not True while all goes as it should: no Event for them.
_ON_THE_WAY: Final = ("Pending", "AwaitingPropagation", "Suspended")


@dataclass(frozen=True, slots=True)
class Transition:
    """Worth an Event."""

    type: Literal["Normal", "Warning"]
    reason: str
    message: str


def carry_over(
    types: Sequence[str], found: Mapping[str, Fact], previous: Sequence[Mapping[str, Any]]
) -> list[Fact]:
    """A fact for each type: the one found in this pass, else what was known before, else Unknown."""
    before = {str(p["type"]): p for p in previous}
    facts = []
    for kind in types:
        if kind in found:
            facts.append(found[kind])
        elif kind in before:
            old = before[kind]
            facts.append(Fact(kind, old["status"], str(old["reason"]), str(old.get("message", ""))))
        else:
            facts.append(Fact(kind, "Unknown", "Pending", "not reached yet"))
    return facts


def differs(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether the status on the object is another one; conditions of other managers don't count."""
    ours = {condition["type"] for condition in new.get("conditions", ())}
    known = [
        p
        for p in old.get("conditions", ())
        if p.get("type") in ours or p.get("type") in (c.RECONCILING, c.STALLED)
    ]
    return _plain(new) != _plain({**old, "conditions": known})


def transitions(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Transition]:
    """The Events of a status change: a new version that serves, Ready lost or won, health lost or won."""
    found: list[Transition] = []
    ready = c.find(new["conditions"], c.READY)
    was_ready = c.find(old.get("conditions", ()), c.READY)
    state = (ready["status"], ready["reason"]) if ready else None
    before = (was_ready["status"], was_ready["reason"]) if was_ready else None
    version = new.get("versions", {}).get("stable")
    is_new = (
        version != old.get("versions", {}).get("stable") or (before or ("", ""))[1] in _ON_THE_WAY
    )
    if ready and ready["status"] == "True":
        if version and is_new:
            where = new.get("url", "the edge")
            found.append(Transition("Normal", "Deployed", f"version {version} answers at {where}"))
        elif state != before:
            found.append(Transition("Normal", "Ready", ready["message"]))
    elif ready and state != before and ready["reason"] not in _ON_THE_WAY:
        found.append(Transition("Warning", ready["reason"], ready["message"]))
    scaled, was_scaled = new.get("instances"), old.get("instances")
    if scaled is not None and was_scaled is not None and scaled != was_scaled:
        found.append(Transition("Normal", "Scaled", f"from {was_scaled} to {scaled} instances"))
    return found


def _plain(status: Mapping[str, Any]) -> Mapping[str, Any]:
    """Comparable: conditions by type, empty fields left out."""
    by_type = {str(x["type"]): dict(x) for x in status.get("conditions", ())}
    rest = {k: v for k, v in status.items() if k != "conditions" and v not in (None, {}, [])}
    return {**rest, "conditions": by_type}
