"""Settings of the account, the search for scripts, and lists of what the local edge does not have."""

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import Paging, object_of
from local_edge.jsontypes import Json
from local_edge.storage.scripts import ACCOUNT, Script
from local_edge.storage.stores import Stores

_DEFAULTS: dict[str, Json] = {"default_usage_model": "standard", "green_compute": False}
_MODELS = ("standard", "bundled", "unbound")
_ORDERS = {
    "name": lambda script: script.name,
    "created_on": lambda script: script.created_on,
    "modified_on": lambda script: script.modified_on,
}


class OverviewEndpoints:
    def __init__(self, stores: Stores) -> None:
        self._scripts = stores.scripts
        self._settings = stores.triggers.settings

    async def get_settings(self, request: Request) -> Response:
        return ok({name: self._settings.get(name, value) for name, value in _DEFAULTS.items()})

    async def put_settings(self, request: Request) -> Response:
        body = await object_of(request)
        model, green = body.get("default_usage_model"), body.get("green_compute")
        if model is not None and model not in _MODELS:
            raise ApiError(400, 10026, f"default_usage_model must be one of {', '.join(_MODELS)}.")
        if green is not None and not isinstance(green, bool):
            raise ApiError(400, 10026, "green_compute must be true or false.")
        for name in _DEFAULTS:
            if body.get(name) is not None:
                self._settings.put(name, body[name])
        return await self.get_settings(request)

    async def search(self, request: Request) -> Response:
        """Find scripts of the account by a part of their names, or by their id."""
        query = request.query_params
        name, tag = query.get("name", "").lower(), query.get("id")
        order = _ORDERS.get(query.get("order_by") or "name")
        if order is None:
            raise ApiError(400, 10001, f"order_by must be one of {', '.join(_ORDERS)}.")
        found = [s for s in self._scripts.all(ACCOUNT) if name in s.name and tag in (None, s.tag)]
        page = Paging.of(request)
        shown = page.cut(sorted(found, key=order))
        info = page.info(count=len(shown), total=len(found))
        return ok([_found(script) for script in shown], info=info)

    async def durable_objects(self, request: Request) -> Response:
        """List the namespaces of Durable Objects: there are none."""
        return ok([], info=Paging.of(request).info(count=0, total=0))


def _found(script: Script) -> dict[str, object]:
    return {
        "id": script.tag,
        "script_name": script.name,
        "service_name": script.name,
        "environment_name": "production",
        "environment_is_default": True,
        "created_on": script.created_on,
        "modified_on": script.modified_on,
    }
