"""Endpoints of the edge itself, outside Cloudflare's API, for tests and demonstrations:

- GET  /edge/requests          counts of REST requests: [{method, route, status, count}]
- POST /edge/requests/reset    sets them to zero
- GET  /edge/analytics?dataset=  the data points that scripts wrote: [{timestamp, indexes, blobs, doubles}]
- POST /edge/tokens            {token, status: active | disabled} adds a token, or changes it
- GET  /edge/status            processes: {name: {pid, restarts, folder of its sockets}}

Like all of the edge they answer on the loopback interface only. Uploaded scripts are refused: what a script fetches
bears a `cf-worker` header that it cannot take off; so are web pages.
"""

from collections import Counter
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_edge.api.requests import object_of
from local_edge.runtime.runtime import Runtime
from local_edge.storage.points import Points
from local_edge.storage.tokens import Tokens


class AdminEndpoints:
    def __init__(
        self,
        *,
        counts: Counter[tuple[str, str, int]],
        points: Points,
        tokens: Tokens,
        runtime: Runtime,
    ) -> None:
        self._counts = counts
        self._points = points
        self._tokens = tokens
        self._runtime = runtime

    def routes(self) -> list[Route]:
        return [
            Route("/edge/requests", _guarded(self._requests)),
            Route("/edge/requests/reset", _guarded(self._reset), methods=["POST"]),
            Route("/edge/analytics", _guarded(self._analytics)),
            Route("/edge/tokens", _guarded(self._put_token), methods=["POST"]),
            Route("/edge/status", _guarded(self._status)),
        ]

    async def _requests(self, request: Request) -> Response:
        return JSONResponse(
            [
                {"method": method, "route": route, "status": status, "count": count}
                for (method, route, status), count in sorted(self._counts.items())
            ]
        )

    async def _reset(self, request: Request) -> Response:
        self._counts.clear()
        return Response(status_code=204)

    async def _analytics(self, request: Request) -> Response:
        return JSONResponse(self._points.of(request.query_params.get("dataset", "")))

    async def _put_token(self, request: Request) -> Response:
        body = await object_of(request)
        token, status = body.get("token"), body.get("status")
        if not isinstance(token, str) or not token or status not in ("active", "disabled"):
            return JSONResponse({"error": "token and status (active or disabled) are needed"}, 400)
        self._tokens.put(token, status)
        return Response(status_code=204)

    async def _status(self, request: Request) -> Response:
        return JSONResponse(
            {
                process.launch.name: {
                    "pid": process.pid,
                    "restarts": process.restarts,
                    "folder": str(process.launch.orders.parent),
                }
                for process in self._runtime.processes
            }
        )


def _guarded(
    endpoint: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        if "cf-worker" in request.headers or "origin" in request.headers:
            return Response("Not for Workers, nor for web pages.\n", 403)
        return await endpoint(request)

    return handle
