"""Zones and their routes."""

import re
from typing import Any, Final

import httpx

from support.calls import ok
from support.cloudflare.endpoints import Call, Endpoint, Refused, endpoint, found
from support.cloudflare.state import Account, Zone, identifier

_MAX_ROUTES: Final = 1000
_PATTERN: Final = re.compile(
    r"(?:https?://)?(?P<host>\*|\*?[a-z0-9_.-]+)(?P<path>/[^*?#]*\*?)?", re.IGNORECASE
)


def no_route(path: str) -> Refused:
    """What the API says to a path that it does not know."""
    text = f"Could not route to {path}, perhaps your object identifier is invalid?"
    return Refused(404, 7003, text)


def _zone(account: Account, call: Call) -> Zone:
    return found(account.zones, call["zone"], no_route(call.request.url.path))


def _name(account: Account, call: Call) -> str:
    zone = account.zones.get(call["zone"])
    return zone.name if zone else call["zone"]


def _get(account: Account, call: Call) -> httpx.Response:
    owner = {"id": account.account_id, "name": account.account_name}
    zone = _zone(account, call)
    return ok({"id": call["zone"], "name": zone.name, "status": "active", "account": owner})


def _view(call: Call, pattern: str, script: str | None) -> dict[str, Any]:
    view = {"id": identifier(call["zone"], pattern), "pattern": pattern}
    return view | ({"script": script} if script else {})


def _list(account: Account, call: Call) -> httpx.Response:
    routes = _zone(account, call).routes
    return ok([_view(call, pattern, script) for pattern, script in routes.items()])


def _read(account: Account, zone: Zone, call: Call) -> tuple[str, str | None]:
    pattern, script = call.field("pattern"), call.field("script") or None
    if not _lies_in(pattern, zone.name):
        raise Refused(400, 10022, f"Invalid pattern '{pattern}' in the zone {zone.name}.")
    if script is not None and script not in account.account_scripts:
        raise Refused(400, 10019, f"The Worker '{script}' does not exist on your account.")
    return pattern, script


def _create(account: Account, call: Call) -> httpx.Response:
    zone = _zone(account, call)
    pattern, script = _read(account, zone, call)
    if _normal(pattern) in map(_normal, zone.routes):
        raise Refused(409, 10020, "A route with the same pattern already exists.")
    if len(zone.routes) >= _MAX_ROUTES:
        raise Refused(400, 10073, f"A zone has at most {_MAX_ROUTES} routes.")
    zone.routes[pattern] = script
    return ok(_view(call, pattern, script))


def _update(account: Account, call: Call) -> httpx.Response:
    zone, known = _zone(account, call), _pattern(account, call)
    if known not in zone.routes:
        raise Refused(404, 10009, "workers.api.error.route_not_found")
    pattern, script = _read(account, zone, call)
    if _normal(pattern) in (_normal(other) for other in zone.routes if other != known):
        raise Refused(409, 10020, "A route with the same pattern already exists.")
    zone.routes = {
        pattern if p == known else p: script if p == known else s for p, s in zone.routes.items()
    }
    return ok(_view(call, pattern, script))


def _delete(account: Account, call: Call) -> httpx.Response:
    zone, pattern = _zone(account, call), _pattern(account, call)
    if pattern not in zone.routes:
        raise Refused(404, 10009, "workers.api.error.route_not_found")
    del zone.routes[pattern]
    return ok({"id": call["route"]})


def _pattern(account: Account, call: Call) -> str:
    """The pattern of the route that a call names; its id where there is none."""
    zone = account.zones.get(call["zone"])
    by_id = {identifier(call["zone"], p): p for p in zone.routes} if zone else {}
    return by_id.get(call["route"], call["route"])


def _lies_in(pattern: str, zone: str) -> bool:
    match = _PATTERN.fullmatch(pattern)
    if match is None:
        return False
    host = match["host"].lower()
    bare = host.removeprefix("*")
    return host == "*" or bare == zone or bare.endswith(f".{zone}")


def _normal(pattern: str) -> str:
    """Comparable: scheme and host have no case, and a missing path is ``/``."""
    scheme, separator, rest = pattern.rpartition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host}".lower() + (slash + path or "/")


_ROUTES: Final = "/zones/{zone}/workers/routes"
ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    endpoint("GET", "/zones/{zone}", lambda a, c: f"GET zone {_name(a, c)}", _get),
    endpoint("GET", _ROUTES, lambda a, c: f"GET routes {_name(a, c)}", _list),
    endpoint(
        "POST", _ROUTES, lambda a, c: f"POST route {_name(a, c)} {c.field('pattern')}", _create
    ),
    endpoint(
        "PUT",
        _ROUTES + "/{route}",
        lambda a, c: f"PUT route {_name(a, c)} {_pattern(a, c)}",
        _update,
    ),
    endpoint(
        "DELETE",
        _ROUTES + "/{route}",
        lambda a, c: f"DELETE route {_name(a, c)} {_pattern(a, c)}",
        _delete,
    ),
)
