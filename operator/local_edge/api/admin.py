"""Endpoints outside Cloudflare's API, for tests and demonstrations:

- GET  /edge/requests          counts of REST requests: [{method, route, status, count}]
- POST /edge/requests/reset    reset the counts
- GET  /edge/analytics?dataset=  the data points written by scripts: [{timestamp, indexes, blobs, doubles}]
- POST /edge/tokens            {token, status: active | disabled}: add a token or change its status; needs the token of
                               edge.env as bearer token
- POST /edge/scheduled         {script, cron}: send a scheduled event to an account script now; {outcome}
- GET  /edge/status            the processes: {name: {pid, restarts, folder of the sockets}}

They are reachable on the loopback interface only. Requests of uploaded scripts are rejected, by the `cf-worker` header
that scripts cannot remove, and so are those of web pages.
"""

import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_edge.api.envelope import ApiError
from local_edge.api.requests import bearer_of, object_of
from local_edge.metering.meter import Meter
from local_edge.runtime.interface import EdgeRuntime
from local_edge.storage.telemetry.points import Points
from local_edge.storage.tokens import STATUSES, Tokens


class AdminEndpoints:
    def __init__(
        self,
        *,
        counts: Counter[tuple[str, str, int]],
        points: Points,
        tokens: Tokens,
        runtime: EdgeRuntime,
        meter: Meter,
        owner: str,
    ) -> None:
        self._counts = counts
        self._points = points
        self._tokens = tokens
        self._runtime = runtime
        self._meter = meter
        self._owner = owner

    def routes(self) -> list[Route]:
        return [
            Route("/edge/requests", _guarded(self._requests)),
            Route("/edge/requests/reset", _guarded(self._reset), methods=["POST"]),
            Route("/edge/analytics", _guarded(self._analytics)),
            Route("/edge/tokens", _guarded(self._put_token), methods=["POST"]),
            Route("/edge/scheduled", _guarded(self._scheduled), methods=["POST"]),
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
        if not secrets.compare_digest(bearer_of(request) or "", self._owner):
            text = "the token of edge.env is required as bearer token"
            return JSONResponse({"error": text}, 401)
        body = await object_of(request)
        token, status = body.get("token"), STATUSES.get(str(body.get("status")))
        if isinstance(token, str) and token and status is not None:
            self._tokens.put(token, status)
            return Response(status_code=204)
        return JSONResponse({"error": "token and status (active or disabled) are required"}, 400)

    async def _scheduled(self, request: Request) -> Response:
        body = await object_of(request)
        script, cron = body.get("script"), body.get("cron")
        if not isinstance(script, str) or not isinstance(cron, str):
            return JSONResponse({"error": "script and cron are required"}, 400)
        milliseconds = round(time.time() * 1000)
        outcome = await self._runtime.send_scheduled(script, cron, milliseconds)
        return JSONResponse({"outcome": outcome})

    async def _status(self, request: Request) -> Response:
        running = {
            process.launch.name: (process.pid, process.restarts)
            for process in self._runtime.processes
        }
        running["meter"] = (self._meter.pid, self._meter.restarts)
        folder = str(self._runtime.folder)
        return JSONResponse(
            {
                name: {"pid": pid, "restarts": restarts, "folder": folder}
                for name, (pid, restarts) in running.items()
            }
        )


def _guarded(
    endpoint: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        if "cf-worker" in request.headers or "origin" in request.headers:
            return Response("Not available to Workers and web pages.\n", 403)
        try:
            return await endpoint(request)
        except ApiError as error:
            return JSONResponse({"error": error.message}, error.status)

    return handle
