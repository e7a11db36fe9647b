"""/accounts/{account_id}/workers/scripts/{script_name}/tails: clients that watch a script's events."""

import json

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import body_of
from local_edge.api.scripts.finding import ScriptFinder
from local_edge.events.filters import RULES
from local_edge.events.tails import MAX_TAILS, TailHub, TailSession
from local_edge.jsontypes import Json, JsonObject
from local_edge.storage.stores import Stores


class TailEndpoints:
    def __init__(self, stores: Stores, hub: TailHub) -> None:
        self._hub = hub
        self._finder = ScriptFinder(stores)

    async def get(self, request: Request) -> Response:
        """Return the latest tail, although a script may have several: the API has room for one."""
        sessions = self._hub.of(self._finder.script(request).script.name)
        if not sessions:
            raise ApiError(404, 10059, "This Worker has no tail.")
        return ok(self._view(sessions[-1]))

    async def create(self, request: Request) -> Response:
        """Start a tail. The body is JSON with any content type, or empty."""
        script = self._finder.script(request).script.name
        filters = _filters(await body_of(request))
        if len(self._hub.of(script)) >= MAX_TAILS:
            raise ApiError(400, 10058, f"A Worker has at most {MAX_TAILS} tails at the same time.")
        return ok(self._view(await self._hub.create(script, filters)))

    async def delete(self, request: Request) -> Response:
        script = self._finder.script(request).script.name
        wanted = request.path_params["id"]
        found = [session for session in self._hub.of(script) if session.id == wanted]
        if not found:
            raise ApiError(404, 10059, "This tail does not exist.")
        await self._hub.delete(found)
        return ok(None)

    def _view(self, session: TailSession) -> dict[str, str]:
        expires = session.expires.strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"id": session.id, "url": self._hub.url_of(session), "expires_at": expires}


def _filters(data: bytes) -> list[JsonObject]:
    try:
        body: Json = json.loads(data) if data.strip() else {}
    except ValueError:
        body = None
    wanted = body.get("filters", []) if isinstance(body, dict) else None
    if not isinstance(wanted, list):
        raise ApiError(
            400, 10026, "The request body must be a JSON object with an array 'filters'."
        )
    filters = [rule for rule in wanted if isinstance(rule, dict)]
    if len(filters) < len(wanted) or any(kind not in RULES for rule in filters for kind in rule):
        raise ApiError(400, 10026, f"Each filter must be one of: {', '.join(RULES)}.")
    return filters
