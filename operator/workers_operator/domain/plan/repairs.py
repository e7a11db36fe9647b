"""Repairs: which actions of a plan mend what nobody asked to change. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from workers_operator.domain.plan.actions import Action, EnsureScript, Publish, Upload
from workers_operator.domain.plan.worker import BALANCED, REPLACED, RESTORED, TAMPERED, VANISHED

RepairKind = Literal["upload", "replace", "route", "balance", "content"]
CONTENT_TAMPERED: Final = "ContentTampered"
TAMPERING_ADVICE: Final = (
    "find out in the account's audit log who it was, and replace the API token if it was stolen"
)


@dataclass(frozen=True, slots=True)
class Repair:
    """Something that was mended: as the label of a metric, and as the reason and message of an Event."""

    kind: RepairKind
    reason: str
    message: str


def is_urgent(actions: Iterable[Action]) -> bool:
    """Whether visitors meet errors until actions are carried out that nobody asked for."""
    return any(
        isinstance(a, Upload | Publish) and a.reason in (VANISHED, REPLACED, RESTORED, BALANCED)
        for a in actions
    )


def repairs(done: Iterable[Action]) -> tuple[Repair, ...]:
    """Return what actions that were carried out have mended."""
    found: list[Repair] = []
    for action in done:
        match action:
            case Upload(script, _, reason) if reason == VANISHED:
                message = f"script {script} had vanished, and is uploaded again"
                found.append(Repair("upload", "ScriptRestored", message))
            case Upload(script, _, reason) if reason == TAMPERED:
                message = f"somebody else has changed script {script}: it is uploaded again; {TAMPERING_ADVICE}"
                found.append(Repair("content", CONTENT_TAMPERED, message))
            case Upload(script, instance, reason) if reason == REPLACED:
                message = f"instance {instance} failed its probes, and is uploaded anew as {script}"
                found.append(Repair("replace", "InstanceReplaced", message))
            case EnsureScript(name, reason=reason) if reason == TAMPERED:
                message = f"somebody else has changed Worker {name}: it is deployed again; {TAMPERING_ADVICE}"
                found.append(Repair("content", CONTENT_TAMPERED, message))
            case Publish(reason=reason) if reason == RESTORED:
                message = "routing entries had vanished or been changed, and are written again"
                found.append(Repair("route", "RoutesRestored", message))
            case Publish(mark=mark, reason=reason) if reason == BALANCED and mark is not None:
                out = ", ".join(map(str, mark.serving.out))
                message = "all instances get requests again"
                if out:
                    message = f"instances that fail their probes get no requests: {out}"
                found.append(Repair("balance", "InstancesBalanced", message))
            case _:
                pass
    return tuple(found)
