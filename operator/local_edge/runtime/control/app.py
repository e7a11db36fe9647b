"""The control server: an ASGI application on a unix socket, for the workerd processes.

A binding of a script reaches only the paths below one prefix; see `Resource` in js/host.js.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_edge.jsontypes import JsonObject
from local_edge.runtime.control.copies import Copies
from local_edge.runtime.control.kv import KVBinding
from local_edge.runtime.control.r2 import R2Binding
from local_edge.runtime.jail import Jail, JailedRequest
from local_edge.runtime.versions import VersionSource
from local_edge.storage.scripts import ACCOUNT
from local_edge.storage.stores import Stores

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Control:
    def __init__(
        self,
        *,
        stores: Stores,
        versions: VersionSource,
        jail: Callable[[], Jail],
        record: Callable[[JsonObject], None],
        copies: Copies,
    ) -> None:
        self._scripts = stores.scripts
        self._record = record
        self._points = stores.telemetry.points
        self._versions = versions
        self._jail = jail
        self.app = Starlette(
            routes=[
                Route("/code/{version}", self._code),
                Route("/preview/{script}/{label}", self._preview),
                Route("/events", self._events, methods=["POST"]),
                Route("/jail", self._run_jailed, methods=_METHODS),
                Route("/points", self._add_points, methods=["POST"]),
                *KVBinding(stores.kv, copies).routes(),
                *R2Binding(stores.r2, copies).routes(),
            ]
        )

    async def _code(self, request: Request) -> Response:
        code = self._versions.stored(request.path_params["version"])
        return Response(status_code=404) if code is None else JSONResponse(code)

    async def _preview(self, request: Request) -> Response:
        """Return the id of the version that a preview host names."""
        script, label = request.path_params["script"], request.path_params["label"]
        found = self._scripts.versions.previewed(ACCOUNT, script, label)
        return Response(status_code=404) if found is None else Response(found.id)

    async def _events(self, request: Request) -> Response:
        self._record(await request.json())
        return Response()

    async def _run_jailed(self, request: Request) -> Response:
        order = json.loads(request.headers["x-edge-jail"])
        headers = list(request.headers.items())
        jailed = JailedRequest(request.method, headers, await request.body(), order)
        result = await self._jail().run(jailed)
        response = Response(result.body, result.status)
        response.raw_headers += [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in result.headers
        ]
        return response

    async def _add_points(self, request: Request) -> Response:
        self._points.add(
            (dataset, datetime.fromtimestamp(ms / 1000, UTC), point)
            for dataset, ms, point in await request.json()
        )
        return Response()
