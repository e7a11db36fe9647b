"""Read a worker's part in a fleet from its object. Pure, and fast: it runs at every change of thousands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from workers_operator.desired.fleet.templates import template_key
from workers_operator.domain.conditions import (
    DEPLOYED,
    READY,
    ROUTED,
    SOURCE,
    STALLED,
    SUSPENSIONS,
)
from workers_operator.domain.fleet.members import FleetMember, FollowerState, FollowerVersions
from workers_operator.domain.rollout.progress import ACTIVE
from workers_operator.domain.timestamps import parse_timestamp
from workers_operator.domain.worker import ObjectKey


@dataclass(frozen=True, slots=True)
class Following:
    """A worker and the template that it follows."""

    template: ObjectKey
    follower: FleetMember


def following(key: ObjectKey, body: Mapping[str, Any]) -> Following | None:
    """Return the template that a worker follows and the worker's state; None if it follows none."""
    spec, status = _mapping(body.get("spec")), _mapping(body.get("status"))
    ref = _mapping(_mapping(spec.get("source")).get("templateRef"))
    if not ref.get("name"):
        return None
    template = _key(ref, key.namespace)
    known = _mapping(status.get("template"))
    version = str(known.get("version") or "") if _key(known, key.namespace) == template else ""
    conditions = {
        c.get("type"): c for c in status.get("conditions") or () if isinstance(c, Mapping)
    }
    state = _state(_mapping(body.get("metadata")), spec, status, conditions)
    retried, served = str(known.get("retried") or ""), _served(status)
    follower = FleetMember(key, version, state, retried, served=served)
    if state == "OnTheWay":
        follower = _waiting(follower, status, _mapping(conditions.get(READY)))
    return Following(template, follower)


def _served(status: Mapping[str, Any]) -> FollowerVersions | None:
    versions, name = _mapping(status.get("versions")), status.get("scriptName")
    platform, stable = status.get("platform"), versions.get("stable")
    if not (name and platform and stable):
        return None
    return FollowerVersions(
        str(platform), str(name), str(stable), str(versions.get("previous") or "")
    )


def _waiting(
    follower: FleetMember, status: Mapping[str, Any], ready: Mapping[str, Any]
) -> FleetMember:
    """Return a follower that is on its way with what its status says about that."""
    is_rolling = _mapping(status.get("rollout")).get("phase") in ACTIVE
    since = None
    if not is_rolling and ready.get("status") == "False":
        since = parse_timestamp(str(ready.get("lastTransitionTime")))
    return replace(follower, unready=since, reason=str(ready.get("reason") or ""))


def _key(ref: Mapping[str, Any], namespace: str) -> ObjectKey:
    return template_key(str(ref.get("kind") or "WorkerTemplate"), str(ref.get("name")), namespace)


def _state(
    metadata: Mapping[str, Any],
    spec: Mapping[str, Any],
    status: Mapping[str, Any],
    conditions: Mapping[Any, Mapping[str, Any]],
) -> FollowerState:
    ready = _mapping(conditions.get(READY))
    if spec.get("suspend") is True or ready.get("reason") in SUSPENSIONS:
        return "Suspended"
    if status.get("observedGeneration") != metadata.get("generation"):
        return "OnTheWay"
    if STALLED in conditions or _is_unhealthy(conditions, status):
        return "Failed"
    phase = _mapping(status.get("rollout")).get("phase")
    return "Ready" if ready.get("status") == "True" and phase in (None, "Succeeded") else "OnTheWay"


def _is_unhealthy(conditions: Mapping[Any, Mapping[str, Any]], status: Mapping[str, Any]) -> bool:
    """Whether the version that was rolled out last serves, and is unhealthy: not the one before, which it replaces."""
    if _mapping(status.get("health")).get("state") != "Unhealthy":
        return False
    if any(conditions.get(c, {}).get("status") == "False" for c in (SOURCE, DEPLOYED, ROUTED)):
        return False
    rolled = _mapping(status.get("rollout")).get("version")
    return rolled in (None, _mapping(status.get("versions")).get("stable"))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
