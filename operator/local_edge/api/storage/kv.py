"""/accounts/{account_id}/storage/kv/namespaces: namespaces, pairs and bulk operations.

The error codes are those of the KV API, which overlap with those of the Workers API.
"""

import base64
import binascii
import json
import math
import time
from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.multipart import parts_of
from local_edge.api.requests import Paging, array_of, body_of, number, object_of
from local_edge.jsontypes import Json, JsonObject
from local_edge.storage.database import Database
from local_edge.storage.kv import KV, MAX_VALUE, KVNamespace, Pair
from local_edge.storage.scripts import Scripts

MAX_KEY = 512
MAX_METADATA = 1024
MIN_TTL = 60
MAX_PAIRS = 10_000
MAX_BULK_BYTES = 100 * 1024 * 1024
MAX_GET = 100
_JURISDICTIONS = ("eu", "fedramp", "us")


class KVEndpoints:
    def __init__(
        self, kv: KV, scripts: Scripts, database: Database, clock: Callable[[], float] = time.time
    ) -> None:
        self._kv = kv
        self._scripts = scripts
        self._database = database
        self._clock = clock

    async def list(self, request: Request) -> Response:
        query, page = request.query_params, Paging.of(request)
        found = self._kv.namespaces(
            order=query.get("order", "id"),
            descending=query.get("direction") == "desc",
            offset=page.offset,
            limit=page.per_page,
        )
        info = page.info(count=len(found), total=self._kv.count())
        return ok([_view(namespace) for namespace in found], info=info)

    async def create(self, request: Request) -> Response:
        body = await object_of(request, code=10012)
        title, jurisdiction = self._title(body), body.get("jurisdiction")
        if jurisdiction is not None and (
            not isinstance(jurisdiction, str) or jurisdiction not in _JURISDICTIONS
        ):
            raise ApiError(400, 10012, f"jurisdiction must be one of {', '.join(_JURISDICTIONS)}.")
        return ok(_view(self._kv.create(title, jurisdiction)))

    async def get(self, request: Request) -> Response:
        return ok(_view(self._namespace(request)))

    async def rename(self, request: Request) -> Response:
        namespace = self._namespace(request)
        title = self._title(await object_of(request, code=10012), itself=namespace.id)
        self._kv.rename(namespace.id, title)
        return ok(_view(self._namespace(request)))

    async def delete(self, request: Request) -> Response:
        namespace = self._namespace(request)
        users = self._scripts.bound_to_kv(namespace.id)
        if users:
            text = f"namespace has associated scripts: {', '.join(users[:10])}"
            raise ApiError(400, 10052, text)
        self._kv.delete_namespace(namespace.id)
        return ok({})

    async def put_value(self, request: Request) -> Response:
        """Accept a raw body, or multipart with `value` and `metadata`."""
        namespace, key = self._namespace(request), _key(request.path_params["key_name"])
        metadata: Json = None
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            parts = {part.name: bytes(part.data) for part in await parts_of(request)}
            if "value" not in parts:
                raise ApiError(400, 10012, "The part 'value' is missing.")
            value = parts["value"]
            metadata = _metadata_text(parts["metadata"]) if parts.get("metadata") else None
        else:
            value = await body_of(request, MAX_BULK_BYTES)
        expiration = self._expiration(request.query_params)
        self._kv.put(namespace.id, [_checked(Pair(key, value, metadata, expiration))])
        return ok({})

    async def get_value(self, request: Request) -> Response:
        pair = self._find(request)
        headers = {} if pair.expiration is None else {"expiration": str(pair.expiration)}
        return Response(pair.value, media_type="application/octet-stream", headers=headers)

    async def delete_value(self, request: Request) -> Response:
        self._kv.delete(self._namespace(request).id, [_key(request.path_params["key_name"])])
        return ok({})

    async def get_metadata(self, request: Request) -> Response:
        return ok(self._find(request).metadata)

    async def keys(self, request: Request) -> Response:
        namespace = self._namespace(request)
        limit = number(request, "limit", 1000, least=10, most=1000)
        query = request.query_params
        pairs, more = self._kv.keys(
            namespace.id,
            prefix=query.get("prefix", ""),
            after=unquote(query.get("cursor", "")),
            limit=limit,
        )
        cursor = quote(pairs[-1].key, safe="") if more else ""
        return ok([_key_view(pair) for pair in pairs], info={"count": len(pairs), "cursor": cursor})

    async def bulk_put(self, request: Request) -> Response:
        namespace = self._namespace(request)
        items = await array_of(request, code=10012)
        if len(items) > MAX_PAIRS:
            raise ApiError(
                400, 10012, f"A bulk write has at most {MAX_PAIRS} pairs, not {len(items)}."
            )
        pairs = [self._pair(item) for item in items]
        if sum(len(pair.value) for pair in pairs) > MAX_BULK_BYTES:
            raise ApiError(413, 10012, "A bulk write has at most 100 MB of values.")
        await self._database.run(lambda: self._kv.put(namespace.id, pairs))
        return _bulk_response(len(pairs))

    async def bulk_delete(self, request: Request) -> Response:
        """Handle POST bulk/delete, and DELETE bulk, which some clients use."""
        namespace = self._namespace(request)
        items = await array_of(request, code=10012)
        if not items:
            raise ApiError(400, 10029, "The list of keys is empty.")
        if len(items) > MAX_PAIRS:
            raise ApiError(
                400, 10012, f"A bulk delete has at most {MAX_PAIRS} keys, not {len(items)}."
            )
        keys = [_key(item["name"] if isinstance(item, dict) else item) for item in items]
        await self._database.run(lambda: self._kv.delete(namespace.id, keys))
        return _bulk_response(len(keys))

    async def bulk_get(self, request: Request) -> Response:
        namespace, body = self._namespace(request), await object_of(request, code=10012)
        keys, kind = body.get("keys"), body.get("type", "text")
        if not isinstance(keys, list) or not keys:
            raise ApiError(400, 10029, "The list of keys is empty.")
        if len(keys) > MAX_GET:
            raise ApiError(400, 10012, f"A bulk read has at most {MAX_GET} keys, not {len(keys)}.")
        values: dict[str, object] = {}
        with_metadata = bool(body.get("withMetadata"))
        for key in map(_key, keys):
            pair = self._kv.get(namespace.id, key)
            values[key] = None if pair is None else _read(pair, kind, with_metadata)
        return ok({"values": values})

    def _namespace(self, request: Request) -> KVNamespace:
        namespace = self._kv.namespace(request.path_params["namespace_id"])
        if namespace is None:
            raise ApiError(404, 10013, "namespace not found")
        return namespace

    def _find(self, request: Request) -> Pair:
        pair = self._kv.get(self._namespace(request).id, _key(request.path_params["key_name"]))
        if pair is None:
            raise ApiError(404, 10009, "key not found")
        return pair

    def _title(self, body: JsonObject, itself: str | None = None) -> str:
        title = body.get("title")
        if not isinstance(title, str) or not title:
            raise ApiError(400, 10019, "title is required")
        known = self._kv.titled(title)
        if known is not None and known.id != itself:
            raise ApiError(400, 10014, "a namespace with this account ID and title already exists")
        return title

    def _expiration(self, options: Mapping[str, object]) -> int | None:
        """Return the Unix time of an expiration, given as a time or as a number of seconds."""
        try:
            if options.get("expiration_ttl") is not None:
                seconds = float(str(options["expiration_ttl"]))
                if seconds < MIN_TTL:
                    raise ApiError(400, 10034, f"expiration_ttl must be at least {MIN_TTL} seconds")
                return math.ceil(self._clock() + seconds)
            if options.get("expiration") is not None:
                moment = int(float(str(options["expiration"])))
                if moment < self._clock() + MIN_TTL:
                    raise ApiError(
                        400, 10034, f"expiration must be at least {MIN_TTL} seconds in the future"
                    )
                return moment
        except ValueError:
            raise ApiError(400, 10034, "expiration and expiration_ttl must be numbers") from None
        return None

    def _pair(self, item: object) -> Pair:
        if not isinstance(item, dict) or not isinstance(item.get("value"), str):
            raise ApiError(
                400, 10012, "Each pair must be an object with a key and a value, both strings."
            )
        value = item["value"].encode()
        if item.get("base64"):
            try:
                value = base64.b64decode(value, validate=True)
            except binascii.Error:
                raise ApiError(
                    400, 10012, f"The value of '{item.get('key')}' is not base64."
                ) from None
        pair = Pair(_key(item.get("key")), value, item.get("metadata"), self._expiration(item))
        return _checked(pair)


def _key(key: object) -> str:
    if not isinstance(key, str) or not key or key in (".", ".."):
        raise ApiError(400, 10012, "A key must be a non-empty string, other than '.' and '..'.")
    if len(key.encode()) > MAX_KEY:
        raise ApiError(414, 10030, f"A key has at most {MAX_KEY} bytes.")
    return key


def _checked(pair: Pair) -> Pair:
    if len(pair.value) > MAX_VALUE:
        raise ApiError(413, 10031, f"A value has at most {MAX_VALUE >> 20} MiB.")
    if pair.metadata is not None and len(json.dumps(pair.metadata)) > MAX_METADATA:
        raise ApiError(413, 10032, f"Metadata has at most {MAX_METADATA} bytes as JSON.")
    return pair


def _metadata_text(text: bytes) -> Json:
    try:
        metadata: Json = json.loads(text)
    except ValueError:
        raise ApiError(400, 10012, "The part 'metadata' is not JSON.") from None
    return metadata


def _read(pair: Pair, kind: object, with_metadata: bool) -> object:
    try:
        text = pair.value.decode()
        value: object = json.loads(text) if kind == "json" else text
    except ValueError:
        raise ApiError(400, 10012, f"The value of '{pair.key}' is not {kind}.") from None
    if not with_metadata:
        return value
    rest = {} if pair.expiration is None else {"expiration": pair.expiration}
    return {"value": value, "metadata": pair.metadata, **rest}


def _view(namespace: KVNamespace) -> dict[str, object]:
    view: dict[str, object] = {
        "id": namespace.id,
        "title": namespace.title,
        "supports_url_encoding": True,
    }
    if namespace.jurisdiction:
        view["jurisdiction"] = namespace.jurisdiction
    return view


def _key_view(pair: Pair) -> dict[str, object]:
    view: dict[str, object] = {"name": pair.key}
    if pair.expiration is not None:
        view["expiration"] = pair.expiration
    if pair.metadata is not None:
        view["metadata"] = pair.metadata
    return view


def _bulk_response(count: int) -> Response:
    return ok({"successful_key_count": count, "unsuccessful_keys": []})
