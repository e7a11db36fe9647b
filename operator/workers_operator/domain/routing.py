"""The routing table as it lies in WORKER_METADATA: ``host:<hostname>`` → which worker serves which path.

The dispatcher reads the value. The key's KV metadata (1,024 bytes at most) repeats the routes in a compact form,
so that one listing of the keys tells the whole routing table, with no read of any value.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers_operator.domain import names

MAX_KV_METADATA: Final = 1024


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path leads: a version of a worker, spread over its instances. No instances: parked."""

    script_name: str
    customer_id: str
    hash: str
    instances: int


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
    routes = [
        {
            "path": path,
            "worker": t.script_name,
            "script": names.base_name(t.script_name),
            "customer": t.customer_id,
            "stable": {"hash": t.hash, "instances": t.instances},
        }
        for path, t in sorted(paths.items())
    ]
    compact = {
        p: [t.script_name, t.customer_id, t.hash, t.instances] for p, t in sorted(paths.items())
    }
    metadata = {"routes": compact}
    if len(json.dumps(metadata, separators=(",", ":"))) > MAX_KV_METADATA:
        raise ValueError(f"{host} has {len(paths)} routes: more than fit into one routing entry")
    return KeyValue(
        names.host_key(host),
        json.dumps({"v": 1, "routes": routes}, separators=(",", ":")),
        metadata,
    )


def parse_host_metadata(metadata: object) -> Paths:
    """The routes that a key's metadata tells. What we did not write reads as no routes."""
    routes = metadata.get("routes") if isinstance(metadata, Mapping) else None
    if not isinstance(routes, Mapping):
        return {}
    found: dict[str, Target] = {}
    for path, entry in routes.items():
        match entry:
            case [str(script_name), str(customer_id), str(version_hash), int(instances)]:
                found[path] = Target(script_name, customer_id, version_hash, instances)
    return found
