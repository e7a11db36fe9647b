"""What serves: which version and instances a hostname's path or a service binding leads to, and how KV stores it. Pure.

``Serving`` is the one value behind every lookup. It is stored three times in WORKER_METADATA, each time by the codec in
this module (developers.cloudflare.com/kv/api/write-key-value-pairs):

- the value of ``host:<hostname>``, which the dispatcher reads (``workers/src/routing.js``);
- the metadata of that key (1,024 bytes at most), which repeats the routes in a compact form, so that one listing of the
  keys yields the whole routing table without reading a value;
- the metadata of ``worker:<scriptName>``, the ownership mark, which the service router reads.

The list of hosts that a worker may send requests to stands in the value and in the mark; the metadata of a host's key
has its digest.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from workers_operator.domain import names
from workers_operator.domain.egress.policy import NOTHING, Egress
from workers_operator.domain.tenancy.customer_plans import NO_LIMITS, Limits

MAX_KV_METADATA: Final = 1024
NO_AFFINITY: Final = "None"


@dataclass(frozen=True, slots=True)
class Canary:
    """A second version that takes ``weight`` percent of the requests."""

    hash: str
    instances: int
    weight: float


@dataclass(frozen=True, slots=True)
class Serving:
    """The version that serves, its instances, and what it may do. No instances: parked.

    ``egress``: the worker's own list of hosts; None: the platform's rules apply. ``out``: instances that get no
    requests, in ascending order. ``affinity``: what keeps a client's requests on one instance, as the spec names it.
    """

    hash: str
    instances: int
    limits: Limits = NO_LIMITS
    canary: Canary | None = None
    egress: Egress | None = None
    out: tuple[int, ...] = ()
    affinity: str = NO_AFFINITY


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path leads: a customer's worker, and what serves it."""

    script_name: str
    customer_id: str
    serving: Serving


Paths = Mapping[str, Target]  # path prefix ("" = all) -> target


@dataclass(frozen=True, slots=True)
class Mark:
    """The ownership mark of a worker. ``uid``, ``owner``: of the object that holds the script name."""

    uid: str
    owner: str
    serving: Serving

    @property
    def namespace(self) -> str:
        """The namespace of the owner, "" if it cannot be told."""
        return self.owner.partition(" ")[2].rpartition("/")[0]

    def metadata(self) -> Mapping[str, object]:
        """Return the metadata of the worker's key; ``parse_mark`` reads it back."""
        serving = self.serving
        found: dict[str, object] = {
            "uid": self.uid,
            "owner": self.owner,
            "hash": serving.hash,
            "instances": serving.instances,
        }
        if serving.limits:
            found["limits"] = [serving.limits.cpu_ms, serving.limits.sub_requests]
        if serving.canary is not None:
            found["canary"] = _compact_canary(serving.canary)
        if serving.egress is not None:
            found["egress"] = list(serving.egress.hosts or ())
        if serving.out:
            found["out"] = list(serving.out)
        if serving.affinity != NO_AFFINITY:
            found["affinity"] = serving.affinity
        return found


@dataclass(frozen=True, slots=True)
class KeyValue:
    """One pair of a KV bulk write, with the metadata that a listing of the keys shows.

    ``ttl``: seconds until it expires, at least 60; None: never.
    """

    key: str
    value: str
    metadata: Mapping[str, object]
    ttl: int | None = None


def with_target(paths: Paths, path: str, target: Target) -> Paths:
    """Return ``paths`` with ``path`` leading to ``target``."""
    return {**paths, path: target}


def without_script(paths: Paths, script_name: str, keep: frozenset[str] = frozenset()) -> Paths:
    """Return ``paths`` without those that lead to ``script_name``, except the paths in ``keep``."""
    return {p: t for p, t in paths.items() if t.script_name != script_name or p in keep}


def fits(paths: Paths) -> bool:
    """Return whether the routes of a hostname fit into the metadata of its key, with spaces counted.

    Nothing tells whether the API counts them, and one entry that is too long would fail the write of all workers in it.
    """
    return len(json.dumps(_host_metadata(paths))) <= MAX_KV_METADATA


def completed(paths: Paths, mark_of: Callable[[str], Mark | None]) -> Paths:
    """Return ``paths`` with every worker's list of hosts, which a listing of the host keys leaves out.

    ``mark_of``: returns the mark of a script name. A worker whose mark is lost may send requests nowhere until it is
    published again.
    """
    return {path: _completed(target, mark_of) for path, target in paths.items()}


def _completed(target: Target, mark_of: Callable[[str], Mark | None]) -> Target:
    egress = target.serving.egress
    if egress is None or egress.hosts is not None:
        return target
    mark = mark_of(target.script_name)
    listed = mark.serving.egress if mark is not None else None
    return replace(target, serving=replace(target.serving, egress=listed or NOTHING))


# --- encoding -------------------------------------------------------------------------------------------------------


def host_entry(host: str, paths: Paths) -> KeyValue:
    """Return the KV pair of a hostname. Raises ValueError if its routes exceed the key's metadata."""
    if not fits(paths):
        raise ValueError(f"{host} has {len(paths)} routes: more than fit into one routing entry")
    routes = [_route_value(path, target) for path, target in sorted(paths.items())]
    value = json.dumps({"v": 1, "routes": routes}, separators=(",", ":"))
    return KeyValue(names.host_key(host), value, _host_metadata(paths))


def _route_value(path: str, target: Target) -> Mapping[str, object]:
    """Return a route as the dispatcher reads it."""
    serving = target.serving
    route: dict[str, object] = {
        "path": path,
        "worker": target.script_name,
        "script": names.base_name(target.script_name),
        "customer": target.customer_id,
        "stable": _stable(serving),
    }
    if serving.limits:
        limits = {"cpuMs": serving.limits.cpu_ms, "subRequests": serving.limits.sub_requests}
        route["limits"] = {name: value for name, value in limits.items() if value is not None}
    if (canary := serving.canary) is not None:
        route["canary"] = {
            "hash": canary.hash,
            "instances": canary.instances,
            "weight": canary.weight,
        }
    if serving.egress is not None:
        route["egress"] = list(serving.egress.hosts or ())
    if serving.affinity != NO_AFFINITY:
        route["affinity"] = serving.affinity
    return route


def _stable(serving: Serving) -> Mapping[str, object]:
    found: dict[str, object] = {"hash": serving.hash, "instances": serving.instances}
    if serving.out:
        found["out"] = list(serving.out)
    return found


def _host_metadata(paths: Paths) -> Mapping[str, object]:
    """Return each target once, and for every path the index of its target."""
    targets = sorted(set(paths.values()), key=lambda t: (t.script_name, t.serving.hash, repr(t)))
    listed = [[t.script_name, t.customer_id, *_compact(t.serving)] for t in targets]
    return {"targets": listed, "routes": {p: targets.index(t) for p, t in sorted(paths.items())}}


def _compact(serving: Serving) -> Sequence[object]:
    """Return [hash, instances], then limits, canary, the digest of the hosts, ``out`` and affinity, if any is set."""
    canary = _compact_canary(serving.canary) if serving.canary is not None else None
    digest = serving.egress.digest if serving.egress is not None else None
    affinity = serving.affinity if serving.affinity != NO_AFFINITY else None
    more: list[object] = [canary, digest, list(serving.out) or None, affinity]
    while more and more[-1] is None:
        more.pop()
    if not (serving.limits or more):
        return [serving.hash, serving.instances]
    limits = serving.limits
    return [serving.hash, serving.instances, limits.cpu_ms, limits.sub_requests, *more]


def _compact_canary(canary: Canary) -> Sequence[object]:
    return [canary.hash, canary.instances, canary.weight]


# --- decoding: what the operator did not write reads as absent --------------------------------------------------------


def parse_host_metadata(metadata: object) -> Paths:
    """Return the routes in a host key's metadata; none for anything that the operator did not write."""
    match metadata:
        case {"targets": [*listed], "routes": Mapping() as routes}:
            targets = [_parse_target(entry) for entry in listed]
        case _:
            return {}
    found: dict[str, Target] = {}
    for path, number in routes.items():
        target = targets[number] if isinstance(number, int) and 0 <= number < len(targets) else None
        if target is not None:
            found[path] = target
    return found


def parse_mark(metadata: object) -> Mark | None:
    """Return the mark in a worker key's metadata; None for anything that the operator did not write."""
    match metadata:
        case {"uid": str(uid), "owner": str(owner), "hash": hash_, "instances": instances, **rest}:
            limits = rest.get("limits")
            cpu, sub = limits if isinstance(limits, list) and len(limits) == 2 else (None, None)
            egress = _parse_list(rest.get("egress"))
            serving = _parse_serving(hash_, instances, cpu, sub, rest.get("canary"), egress)
            if serving is None:
                return None
            return Mark(uid, owner, _balanced(serving, rest.get("out"), rest.get("affinity")))
    return None


def _parse_target(entry: object) -> Target | None:
    match entry:
        case [str(script), str(customer), hash_, instances]:
            serving = _parse_serving(hash_, instances)
        case [str(script), str(customer), hash_, instances, cpu, sub, *more]:
            canary, digest, out, affinity, *_ = *more, None, None, None, None
            egress = Egress(digest) if isinstance(digest, str) else None
            serving = _parse_serving(hash_, instances, cpu, sub, canary, egress)
            if serving is not None:
                serving = _balanced(serving, out, affinity)
        case _:
            return None
    return Target(script, customer, serving) if serving is not None else None


def _balanced(serving: Serving, out: object, affinity: object) -> Serving:
    """Return what serves with how requests are spread over its instances."""
    kept = affinity if isinstance(affinity, str) else NO_AFFINITY
    return replace(serving, out=_parse_out(out), affinity=kept)


def _parse_out(out: object) -> tuple[int, ...]:
    return tuple(i for i in out if isinstance(i, int)) if isinstance(out, list) else ()


def _parse_list(hosts: object) -> Egress | None:
    match hosts:
        case [*listed]:
            return Egress.of(str(host) for host in listed)
    return None


def _parse_serving(
    hash_: object,
    instances: object,
    cpu: object = None,
    sub: object = None,
    canary: object = None,
    egress: Egress | None = None,
) -> Serving | None:
    if not (isinstance(hash_, str) and isinstance(instances, int)):
        return None
    limits = Limits(cpu if isinstance(cpu, int) else None, sub if isinstance(sub, int) else None)
    match canary:
        case [str(other), int(number), int() | float() as weight]:
            return Serving(hash_, instances, limits, Canary(other, number, weight), egress)
    return Serving(hash_, instances, limits, egress=egress)
