"""The supervisor's side of a KV binding; the script's side is js/shim/kv.js."""

import json
import math
import time
from collections.abc import Callable
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_edge.runtime.control.copies import Copies
from local_edge.storage.kv import KV, MAX_VALUE, Pair, kv_path


class KVBinding:
    def __init__(self, kv: KV, copies: Copies, clock: Callable[[], float] = time.time) -> None:
        self._kv = kv
        self._copies = copies
        self._clock = clock

    def routes(self) -> list[Route]:
        return [
            Route("/kv/{namespace}/value", self._value, methods=["GET", "PUT", "DELETE"]),
            Route("/kv/{namespace}/many", self._many, methods=["POST"]),
            Route("/kv/{namespace}/keys", self._keys),
        ]

    async def _value(self, request: Request) -> Response:
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
        expires = None if pair.expiration is None else pair.expiration * 1000
        headers = self._copies.lend(kv_path(namespace), key, expires)
        if pair.metadata is not None:
            headers["x-metadata"] = quote(json.dumps(pair.metadata), safe="")
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

    async def _many(self, request: Request) -> Response:
        namespace = request.path_params["namespace"]
        found = {}
        for key in await request.json():
            pair = self._kv.get(namespace, key)
            if pair is not None:
                value = pair.value.decode(errors="replace")
                found[key] = {"value": value, "metadata": pair.metadata}
        return JSONResponse(found)

    async def _keys(self, request: Request) -> Response:
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
        cursor = {"cursor": quote(pairs[-1].key, safe="")} if more else {}
        return JSONResponse(
            {"keys": keys, "list_complete": not more, **cursor, "cacheStatus": None}
        )
