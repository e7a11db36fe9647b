"""What the workerd processes ask the supervisor for, on a unix socket: code, jailed runs, and the storage behind
bindings.

A script's binding can reach one path here and what lies under it; see `Resource` in js/host.js.
"""

import json
import math
import time
from collections.abc import Callable
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_edge.runtime.code import code_of
from local_edge.runtime.jail import Jail, JailedRequest
from local_edge.runtime.r2 import R2Binding
from local_edge.runtime.versions import VersionSource
from local_edge.storage.kv import KV, MAX_VALUE, Pair
from local_edge.storage.points import Points

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Control:
    def __init__(
        self,
        *,
        versions: VersionSource,
        jail: Callable[[], Jail],
        kv: KV,
        r2: R2Binding,
        points: Points,
        newest_date: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._versions = versions
        self._jail = jail
        self._kv = kv
        self._points = points
        self._newest_date = newest_date
        self._clock = clock
        self.app = Starlette(
            routes=[
                Route("/code/{version}", self._code),
                Route("/jail", self._run_jailed, methods=_METHODS),
                Route("/kv/{namespace}/value", self._kv_value, methods=["GET", "PUT", "DELETE"]),
                Route("/kv/{namespace}/many", self._kv_many, methods=["POST"]),
                Route("/kv/{namespace}/keys", self._kv_keys),
                *r2.routes(),
                Route("/analytics/{dataset}/point", self._point, methods=["POST"]),
            ]
        )

    async def _code(self, request: Request) -> Response:
        found = self._versions.find(request.path_params["version"])
        if found is None:
            return Response(status_code=404)
        return JSONResponse(code_of(*found, newest_date=self._newest_date))

    async def _run_jailed(self, request: Request) -> Response:
        order = json.loads(request.headers["x-edge-jail"])
        headers = list(request.headers.items())
        jailed = JailedRequest(request.method, headers, await request.body(), order)
        answer = await self._jail().run(jailed)
        response = Response(answer.body, answer.status)
        response.raw_headers += [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in answer.headers
        ]
        return response

    async def _kv_value(self, request: Request) -> Response:
        namespace, key = request.path_params["namespace"], request.query_params["key"]
        if self._kv.namespace(namespace) is None:
            return Response("namespace not found", 500)
        if request.method == "PUT":
            value = await request.body()
            if len(value) > MAX_VALUE:
                text = f"Value length of {len(value)} exceeds limit of {MAX_VALUE}."
                return Response(text, 413)
            self._kv.put(namespace, [self._pair(request, key, value)])
            return Response()
        if request.method == "DELETE":
            self._kv.delete(namespace, [key])
            return Response()
        pair = self._kv.get(namespace, key)
        if pair is None:
            return Response(status_code=404)
        headers = {} if pair.metadata is None else {"x-metadata": _encoded(pair.metadata)}
        return Response(pair.value, headers=headers)

    def _pair(self, request: Request, key: str, value: bytes) -> Pair:
        query = request.query_params
        metadata = request.headers.get("x-metadata")
        expiration = int(float(query["expiration"])) if "expiration" in query else None
        if "expiration_ttl" in query:
            expiration = math.ceil(self._clock() + float(query["expiration_ttl"]))
        return Pair(
            key, value, None if metadata is None else json.loads(unquote(metadata)), expiration
        )

    async def _kv_many(self, request: Request) -> Response:
        namespace = request.path_params["namespace"]
        found = {}
        for key in await request.json():
            pair = self._kv.get(namespace, key)
            if pair is not None:
                found[key] = {
                    "value": pair.value.decode(errors="replace"),
                    "metadata": pair.metadata,
                }
        return JSONResponse(found)

    async def _kv_keys(self, request: Request) -> Response:
        query = request.query_params
        limit = min(max(int(query.get("limit", 1000)), 1), 1000)
        pairs, more = self._kv.keys(
            request.path_params["namespace"],
            prefix=query.get("prefix", ""),
            after=unquote(query.get("cursor", "")),
            limit=limit,
        )
        keys = [
            {
                "name": pair.key,
                **({} if pair.expiration is None else {"expiration": pair.expiration}),
                **({} if pair.metadata is None else {"metadata": pair.metadata}),
            }
            for pair in pairs
        ]
        rest = {"cursor": quote(pairs[-1].key, safe="")} if more else {}
        return JSONResponse({"keys": keys, "list_complete": not more, **rest, "cacheStatus": None})

    async def _point(self, request: Request) -> Response:
        self._points.add(request.path_params["dataset"], await request.json())
        return Response()


def _encoded(value: object) -> str:
    """JSON as a header value."""
    return quote(json.dumps(value), safe="")
