"""The routing table as it lies in WORKER_METADATA: ``host:<hostname>`` → which worker serves which path.

The dispatcher reads the value. The key's KV metadata (1,024 bytes at most) repeats the routes in a compact form,
so that one listing of the keys tells the whole routing table, with no read of any value.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers_operator.domain import names
from workers_operator.domain.plans import NO_LIMITS, Limits

MAX_KV_METADATA: Final = 1024


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path leads: a version of a worker, spread over its instances. No instances: parked."""

    script_name: str
    customer_id: str
    hash: str
    instances: int
    limits: Limits = NO_LIMITS


Paths = Mapping[str, Target]  # path prefix ("" = all) -> target


@dataclass(frozen=True, slots=True)
class KeyValue:
    """One pair for a KV bulk write, with the metadata that the key listing will show."""

    key: str
    value: str
    metadata: Mapping[str, Any]


def with_target(paths: Paths, path: str, target: Target) -> Paths:
    """``paths`` with ``path`` leading to ``target``."""
    return {**paths, path: target}


def without_script(paths: Paths, script_name: str, keep: frozenset[str] = frozenset()) -> Paths:
    """``paths`` without those that lead to ``script_name``, except the paths in ``keep``."""
    return {p: t for p, t in paths.items() if t.script_name != script_name or p in keep}


def host_entry(host: str, paths: Paths) -> KeyValue:
    """The KV pair of a hostname. Raises ValueError where its routes don't fit into the key's metadata."""
    routes = [_route(path, target) for path, target in sorted(paths.items())]
    metadata = _compact(paths)
    if len(json.dumps(metadata, separators=(",", ":"))) > MAX_KV_METADATA:
        raise ValueError(f"{host} has {len(paths)} routes: more than fit into one routing entry")
    return KeyValue(
        names.host_key(host),
        json.dumps({"v": 1, "routes": routes}, separators=(",", ":")),
        metadata,
    )


def _route(path: str, t: Target) -> dict[str, Any]:
    """A route as the dispatcher reads it."""
    limits = {"cpuMs": t.limits.cpu_ms, "subRequests": t.limits.sub_requests}
    given = {name: value for name, value in limits.items() if value is not None}
    return {
        "path": path,
        "worker": t.script_name,
        "script": names.base_name(t.script_name),
        "customer": t.customer_id,
        "stable": {"hash": t.hash, "instances": t.instances},
    } | ({"limits": given} if given else {})


def _compact(paths: Paths) -> dict[str, Any]:
    """Targets once each, and for every path the number of its target."""
    targets = sorted(set(paths.values()), key=lambda t: (t.script_name, t.hash))
    listed = [
        [t.script_name, t.customer_id, t.hash, t.instances]
        + ([t.limits.cpu_ms, t.limits.sub_requests] if t.limits else [])
        for t in targets
    ]
    return {"targets": listed, "routes": {p: targets.index(t) for p, t in sorted(paths.items())}}


def parse_host_metadata(metadata: object) -> Paths:
    """The routes that a key's metadata tells. What we did not write reads as no routes."""
    match metadata:
        case {"targets": [*listed], "routes": Mapping() as routes}:
            targets = [_target(entry) for entry in listed]
        case _:
            return {}
    found: dict[str, Target] = {}
    for path, number in routes.items():
        target = targets[number] if isinstance(number, int) and 0 <= number < len(targets) else None
        if target is not None:
            found[path] = target
    return found


def _target(entry: object) -> Target | None:
    match entry:
        case [str(script), str(customer), str(version), int(instances)]:
            return Target(script, customer, version, instances)
        case [str(script), str(customer), str(version), int(instances), cpu, sub]:
            limits = Limits(
                cpu if isinstance(cpu, int) else None, sub if isinstance(sub, int) else None
            )
            return Target(script, customer, version, instances, limits)
    return None
