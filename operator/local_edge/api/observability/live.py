"""/accounts/{account_id}/workers/observability/telemetry/live-tail: log events as they come.

Cloudflare documents neither the messages nor the lifetime; both are our choice.
"""

from starlette.requests import Request
from starlette.responses import Response

from local_edge.analytics.search import InvalidSearch, filter_of
from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import object_of
from local_edge.events.tails import TailHub
from local_edge.jsontypes import JsonObject


class LiveTailEndpoints:
    def __init__(self, hub: TailHub) -> None:
        self._hub = hub

    async def create(self, request: Request) -> Response:
        """Return the address of a websocket; `scriptId` is the name of a script."""
        body = await object_of(request)
        try:
            test = filter_of(body.get("filters"), body.get("filterCombination"))
        except InvalidSearch as error:
            raise ApiError(400, 10026, f"{error}.") from None
        identity = self._hub.live.open(_script(body), test)
        return ok({"wsUrl": self._hub.live_url(identity)})

    async def heartbeat(self, request: Request) -> Response:
        if not self._hub.live.prolong(_script(await object_of(request))):
            raise ApiError(404, 10059, "This script has no live tail.")
        return ok(None)


def _script(body: JsonObject) -> str:
    script = body.get("scriptId")
    if not isinstance(script, str) or not script:
        raise ApiError(400, 10026, "scriptId is required.")
    return script
