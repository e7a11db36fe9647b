"""/zones/{zone_id}/workers/routes."""

import re
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.deploying import Storage
from local_edge.api.envelope import ApiError, no_route, ok
from local_edge.api.requests import object_of
from local_edge.api.zones import Zone
from local_edge.runtime.runtime import Runtime
from local_edge.runtime.table import Route
from local_edge.storage.routes import ZoneRoute

MAX_ROUTES = 1000
_PATTERN = re.compile(
    r"(?:https?://)?(?P<host>\*|\*?[a-z0-9_.-]+)(?P<path>/[^*?#]*\*?)?", re.IGNORECASE
)


class RouteEndpoints:
    def __init__(self, storage: Storage, runtime: Runtime, zones: list[Zone]) -> None:
        self._storage = storage
        self._runtime = runtime
        self._zones = {zone.id: zone for zone in zones}

    async def list(self, request: Request) -> Response:
        zone = self._zone(request)
        return ok([_view(route) for route in self._storage.routes.of_zone(zone.id)])

    async def create(self, request: Request) -> Response:
        zone = self._zone(request)
        pattern, script = self._read(zone, await object_of(request))
        self._check_free(zone, pattern)
        if self._storage.routes.count(zone.id) >= MAX_ROUTES:
            raise ApiError(400, 10073, f"A zone has at most {MAX_ROUTES} routes.")
        route = self._storage.routes.create(zone.id, pattern, script)
        await self._tell(route)
        return ok(_view(route))

    async def get(self, request: Request) -> Response:
        return ok(_view(self._find(request)))

    async def update(self, request: Request) -> Response:
        zone, route = self._zone(request), self._find(request)
        pattern, script = self._read(zone, await object_of(request))
        self._check_free(zone, pattern, itself=route.id)
        route = replace(route, pattern=pattern, script=script)
        self._storage.routes.update(route)
        await self._tell(route)
        return ok(_view(route))

    async def delete(self, request: Request) -> Response:
        route = self._find(request)
        self._storage.routes.delete(route.id)
        self._runtime.table.routes.pop(route.id, None)
        await self._runtime.routes_changed([route.id])
        return ok({"id": route.id})

    async def _tell(self, route: ZoneRoute) -> None:
        self._runtime.table.routes[route.id] = Route(route.pattern, route.script)
        await self._runtime.routes_changed([route.id])

    def _zone(self, request: Request) -> Zone:
        zone = self._zones.get(request.path_params["zone_id"])
        if zone is None:
            raise no_route(request.url.path)
        return zone

    def _find(self, request: Request) -> ZoneRoute:
        route = self._storage.routes.get(self._zone(request).id, request.path_params["route_id"])
        if route is None:
            raise ApiError(404, 10009, "workers.api.error.route_not_found")
        return route

    def _read(self, zone: Zone, body: dict[str, Any]) -> tuple[str, str | None]:
        pattern, script = body.get("pattern"), body.get("script") or None
        if not isinstance(pattern, str) or not is_pattern_of(pattern, zone.name):
            text = f"Invalid pattern '{pattern}': a '*' may only start its host or end its path, it has no query"
            raise ApiError(400, 10022, f"{text}, and its host lies in the zone {zone.name}.")
        if script is not None and self._storage.scripts.get("", script) is None:
            raise ApiError(400, 10019, f"The Worker '{script}' does not exist on your account.")
        return pattern, script

    def _check_free(self, zone: Zone, pattern: str, itself: str = "") -> None:
        if any(route.id != itself for route in self._storage.routes.with_pattern(zone.id, pattern)):
            raise ApiError(409, 10020, "A route with the same pattern already exists.")


def is_pattern_of(pattern: str, zone: str) -> bool:
    """Is it a route pattern whose host belongs to the zone? The host `*` stands for custom hostnames, too."""
    match = _PATTERN.fullmatch(pattern)
    if match is None:
        return False
    host = match["host"].lower()
    bare = host.removeprefix("*")
    return host == "*" or bare == zone or bare.endswith(f".{zone}")


def _view(route: ZoneRoute) -> dict[str, str]:
    view = {"id": route.id, "pattern": route.pattern}
    if route.script is not None:
        view["script"] = route.script
    return view
