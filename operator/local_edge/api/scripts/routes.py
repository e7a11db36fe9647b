"""/zones/{zone_id}/workers/routes: the routes of a zone to scripts of the account."""

import re
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, no_route, ok
from local_edge.api.requests import array_of, object_of
from local_edge.api.scripts.finding import ScriptFinder
from local_edge.api.zones import EdgeZone
from local_edge.jsontypes import Json, JsonObject, text_at
from local_edge.runtime.interface import EdgeRuntime
from local_edge.runtime.table import RouteEntry
from local_edge.storage.routes import StoredRoute
from local_edge.storage.scripts import ACCOUNT
from local_edge.storage.stores import Stores

MAX_ROUTES = 1000
_PATTERN = re.compile(
    r"(?:https?://)?(?P<host>\*|\*?[a-z0-9_.-]+)(?P<path>/[^*?#]*\*?)?", re.IGNORECASE
)


class RouteEndpoints:
    def __init__(self, stores: Stores, runtime: EdgeRuntime, zones: list[EdgeZone]) -> None:
        self._stores = stores
        self._runtime = runtime
        self._zones = {zone.id: zone for zone in zones}
        self._finder = ScriptFinder(stores)

    async def list(self, request: Request) -> Response:
        zone = self._zone(request)
        return ok([_view(route) for route in self._stores.routes.of_zone(zone.id)])

    async def create(self, request: Request) -> Response:
        zone = self._zone(request)
        pattern, script = self._read(zone, await object_of(request))
        self._check_free(zone, pattern)
        if self._stores.routes.count(zone.id) >= MAX_ROUTES:
            raise ApiError(400, 10073, f"A zone has at most {MAX_ROUTES} routes.")
        route = self._stores.routes.create(zone.id, pattern, script)
        await self._activate(route)
        return ok(_view(route))

    async def get(self, request: Request) -> Response:
        return ok(_view(self._find(request)))

    async def update(self, request: Request) -> Response:
        zone, route = self._zone(request), self._find(request)
        pattern, script = self._read(zone, await object_of(request))
        self._check_free(zone, pattern, itself=route.id)
        route = replace(route, pattern=pattern, script=script)
        self._stores.routes.update(route)
        await self._activate(route)
        return ok(_view(route))

    async def delete(self, request: Request) -> Response:
        route = self._find(request)
        await self._remove(route)
        return ok({"id": route.id})

    async def _remove(self, route: StoredRoute) -> None:
        self._stores.routes.delete(route.id)
        self._runtime.table.routes.pop(route.id, None)
        await self._runtime.routes_changed([route.id])

    async def put_all(self, request: Request) -> Response:
        """Replace all routes of a script, in all zones. Cloudflare does not document this endpoint."""
        script = self._finder.undeployed(request).name
        wanted = [self._read_any(item, script) for item in await array_of(request)]
        for zone, pattern in wanted:
            for route in self._stores.routes.with_pattern(zone.id, pattern):
                if route.script != script:
                    raise ApiError(409, 10020, "A route with the same pattern already exists.")
        kept = set()
        for zone, pattern in wanted:
            found = self._stores.routes.with_pattern(zone.id, pattern)
            route = found[0] if found else self._stores.routes.create(zone.id, pattern, script)
            kept.add(route.id)
            await self._activate(route)
        for route in self._stores.routes.all():
            if route.script == script and route.id not in kept:
                await self._remove(route)
        return ok([pattern for _, pattern in wanted])

    def _read_any(self, item: Json, script: str) -> tuple[EdgeZone, str]:
        """Return zone and pattern of a route that names its zone by id or name, or not at all."""
        document = item if isinstance(item, dict) else {}
        zone_id, zone_name = text_at(document, "zone_id"), text_at(document, "zone_name")
        pattern = document.get("pattern")
        for zone in self._zones.values():
            named = zone_id in (None, zone.id) and zone_name in (None, zone.name)
            if named and isinstance(pattern, str) and is_pattern_of(pattern, zone.name):
                return zone, self._read(zone, {"pattern": pattern, "script": script})[0]
        raise ApiError(
            400, 10022, f"Invalid pattern '{pattern}', or its zone is not in the account."
        )

    async def _activate(self, route: StoredRoute) -> None:
        self._runtime.table.routes[route.id] = RouteEntry(route.pattern, route.script)
        await self._runtime.routes_changed([route.id])

    def _zone(self, request: Request) -> EdgeZone:
        zone = self._zones.get(request.path_params["zone_id"])
        if zone is None:
            raise no_route(request.url.path)
        return zone

    def _find(self, request: Request) -> StoredRoute:
        route = self._stores.routes.get(self._zone(request).id, request.path_params["route_id"])
        if route is None:
            raise ApiError(404, 10009, "workers.api.error.route_not_found")
        return route

    def _read(self, zone: EdgeZone, body: JsonObject) -> tuple[str, str | None]:
        pattern, script = body.get("pattern"), body.get("script") or None
        if not isinstance(pattern, str) or not is_pattern_of(pattern, zone.name):
            text = f"Invalid pattern '{pattern}': '*' is allowed only at the start of the host and the end of the path"
            text += f", a query is not allowed, and the host must belong to the zone {zone.name}."
            raise ApiError(400, 10022, text)
        if script is None:
            return pattern, None
        if not isinstance(script, str) or self._stores.scripts.script(ACCOUNT, script) is None:
            raise ApiError(400, 10019, f"The Worker '{script}' does not exist on your account.")
        return pattern, script

    def _check_free(self, zone: EdgeZone, pattern: str, itself: str = "") -> None:
        if any(route.id != itself for route in self._stores.routes.with_pattern(zone.id, pattern)):
            raise ApiError(409, 10020, "A route with the same pattern already exists.")


def is_pattern_of(pattern: str, zone: str) -> bool:
    """Return whether a route pattern is valid for a zone. The host `*` includes custom hostnames."""
    match = _PATTERN.fullmatch(pattern)
    if match is None:
        return False
    host = match["host"].lower()
    bare = host.removeprefix("*")
    return host == "*" or bare == zone or bare.endswith(f".{zone}")


def _view(route: StoredRoute) -> dict[str, str]:
    view = {"id": route.id, "pattern": route.pattern}
    if route.script is not None:
        view["script"] = route.script
    return view
