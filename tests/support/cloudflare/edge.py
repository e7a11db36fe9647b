"""The data plane: what a visitor gets, after zone routes, the routing table and the scripts that are there.

Zone routes: developers.cloudflare.com/workers/configuration/routing/routes. The routing table is read as the platform
dispatcher reads it (workers/dispatcher.js).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from support.cloudflare.state import Account, Binding, Script, Zone

EXCEPTION: Final = "exception!"  # a script that has it throws at every request
_STATUSES: Final = {
    "unknown_host": 404,
    "no_route": 404,
    "parked": 503,
    "worker_unavailable": 503,
    "routing_unavailable": 503,
    "worker_exception": 500,
    "bad_routing_entry": 500,
}


class EdgeAnswer(NamedTuple):
    """What a visitor sees. ``status`` 0: nobody answered. ``version``: hash that the dispatcher named."""

    status: int
    version: str | None
    error: str


NO_DISPATCHER: Final = EdgeAnswer(0, None, "no connection")


@dataclass(frozen=True)
class _Dispatcher:
    """A script that is bound to a dispatch namespace and to a routing table.

    ``ways``: the names of the bindings to the namespace; one for workers that are confined, one for all others.
    """

    scripts: Mapping[str, Script]
    entries: Mapping[str, str] | None  # None: there is no such KV namespace
    ways: frozenset[str]

    def answer(self, host: str, path: str, selected: str | None = None) -> EdgeAnswer:
        """``path``: with the query; ``selected``: the version that the operator's own request names."""
        if self.entries is None:
            return _refused("routing_unavailable")
        try:
            found = _find_route(self.entries, host, path)
        except ValueError:
            return _refused("bad_routing_entry")
        if isinstance(found, str):
            return _refused(found)
        match found:
            case {
                "worker": str(worker),
                "script": str(base),
                "stable": {"hash": str(version), "instances": int(instances)},
            } if worker and base and version and instances >= 0:
                version = selected or version
                return self._dispatch(base, version, instances, confined="egress" in found)
        return _refused("bad_routing_entry")

    def _dispatch(self, base: str, version: str, instances: int, *, confined: bool) -> EdgeAnswer:
        if instances == 0:
            return _refused("parked", version)
        if confined and "CONFINED" not in self.ways:
            return _refused("worker_unavailable", version)
        # A missing instance is replaced by another one, once.
        names = [f"{base}--{version}--{number}" for number in range(min(instances, 2))]
        script = next((self.scripts[name] for name in names if name in self.scripts), None)
        if script is None:
            return _refused("worker_unavailable", version)
        if EXCEPTION in script.text:
            return _refused("worker_exception", version)
        return EdgeAnswer(200, version, "")


def answer(account: Account, host: str, path: str, selected: str | None = None) -> EdgeAnswer:
    """What ``https://<host><path>`` gives; ``selected``: the version that the operator's own request names."""
    host, path = host.lower().removesuffix("."), _normalized(path)
    zone = _zone_of(account, host)
    name = _script_of(zone, host, path) if zone else None
    script = account.account_scripts.get(name) if name else None
    dispatcher = _dispatcher(account, script) if script else None
    return dispatcher.answer(host, path, selected) if dispatcher else NO_DISPATCHER


def _normalized(path: str) -> str:
    """A request's path as Cloudflare normalises it; dot segments are the URL parser's, and not looked at here."""
    path, mark, query = path.partition("?")
    escaped = quote(path.replace("\\", "/"), safe="/%:@!$&'()*+,;=[]|")
    return re.sub("/+", "/", re.sub("%[0-9A-Fa-f]{2}", _decoded, escaped)) + mark + query


def _decoded(escape: re.Match[str]) -> str:
    char = unquote_to_bytes(escape[0])
    return char.decode() if re.fullmatch(rb"[\w.~-]", char) else escape[0].upper()


def _refused(error: str, version: str | None = None) -> EdgeAnswer:
    return EdgeAnswer(_STATUSES[error], version, error)


def _zone_of(account: Account, host: str) -> Zone | None:
    """The zone that a host lies in; of several the closest."""
    holders = [zone for zone in account.zones.values() if f".{host}".endswith(f".{zone.name}")]
    return max(holders, key=lambda zone: len(zone.name), default=None)


def _script_of(zone: Zone, host: str, path: str) -> str | None:
    """The account script that the most specific route names: an exact host first, then the longest."""
    matching = [
        (rank, script)
        for pattern, script in zone.routes.items()
        if (rank := _match(pattern, host, path)) is not None
    ]
    return max(matching, key=lambda item: item[0])[1] if matching else None


def _match(pattern: str, host: str, path: str) -> tuple[bool, int, int, bool] | None:
    """How specific a route is for a request; None where it does not match."""
    route_host, _, rest = pattern.rpartition("://")[2].partition("/")
    route_host, route_path = route_host.lower(), "/" + rest
    wildcard, prefix = route_host.startswith("*"), route_path.endswith("*")
    same_host = host.endswith(route_host[1:]) if wildcard else host == route_host
    same_path = path.startswith(route_path[:-1]) if prefix else path == route_path
    if not (same_host and same_path):
        return None
    return not wildcard, len(route_host), len(route_path) - prefix, not prefix


def _dispatcher(account: Account, script: Script) -> _Dispatcher | None:
    bindings = script.bindings
    ways = frozenset(name for name in ("DISPATCHER", "CONFINED") if name in bindings)
    namespace = next((_target(bindings, name, "namespace") for name in sorted(ways)), None)
    table = _target(bindings, "WORKER_METADATA", "namespace_id")
    if namespace is None or table is None:
        return None
    pairs = account.kv[table].pairs if table in account.kv else None
    entries = None if pairs is None else {key: pair.value for key, pair in pairs.items()}
    return _Dispatcher(account.scripts.get(namespace, {}), entries, ways)


def _target(bindings: Mapping[str, Binding], name: str, field: str) -> str | None:
    value = bindings.get(name, {}).get(field)
    return value if isinstance(value, str) else None


def _find_route(entries: Mapping[str, str], host: str, path: str) -> Mapping[str, Any] | str:
    """The most specific route of host and path, or the code of what is wrong. Raises ValueError for no JSON."""
    known = False
    for name in _host_keys(host):
        if f"host:{name}" not in entries:
            continue
        entry = json.loads(entries[f"host:{name}"])
        routes = entry.get("routes") if isinstance(entry, dict) else None
        if not isinstance(routes, list):
            return "bad_routing_entry"
        known = True
        matching = [r for r in routes if isinstance(r, dict) and _length(r.get("path"), path) >= 0]
        if matching:
            best: Mapping[str, Any] = max(matching, key=lambda r: _length(r["path"], path))
            return best
    return "no_route" if known else "unknown_host"


def _host_keys(host: str) -> Iterator[str]:
    """The host itself, then the wildcards that it lies below, the closest first; none if nobody can claim it."""
    labels = host.split(".")
    if not 2 <= len(labels) <= 10:
        return
    yield host
    for index in range(1, len(labels) - 1):
        yield f"*.{'.'.join(labels[index:])}"


def _length(route_path: object, path: str) -> int:
    """How specific a route's path is for a request's path; -1 where it does not match."""
    if not isinstance(route_path, str):
        return -1
    if route_path.startswith("="):
        return len(route_path) if path == route_path[1:] else -1
    path = path.partition("?")[0]
    if route_path.endswith("*"):
        return len(route_path) - 1 if path.startswith(route_path[:-1]) else -1
    folder = route_path.removesuffix("/")
    below = folder == "" or path == folder or path.startswith(f"{folder}/")
    return len(folder) if below else -1
