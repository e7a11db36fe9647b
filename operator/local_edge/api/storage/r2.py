"""/accounts/{account_id}/r2/buckets: buckets and objects."""

import re
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import body_of, number, object_of
from local_edge.storage.database import Database
from local_edge.storage.r2 import R2, Bucket, R2Object

MAX_OBJECT = 300 * 1024 * 1024
MAX_KEY = 1024
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_LOCATIONS = ("apac", "eeur", "enam", "weur", "wnam", "oc")
_CLASSES = ("Standard", "InfrequentAccess")
_HTTP_METADATA = {
    "content-type": "contentType",
    "cache-control": "cacheControl",
    "content-disposition": "contentDisposition",
    "content-encoding": "contentEncoding",
    "content-language": "contentLanguage",
}


class R2Endpoints:
    def __init__(self, r2: R2, database: Database) -> None:
        self._r2 = r2
        self._database = database

    async def list_buckets(self, request: Request) -> Response:
        query = request.query_params
        limit = number(request, "per_page", 20, least=1, most=1000)
        found = self._r2.buckets(
            contains=query.get("name_contains", ""),
            after=unquote(query.get("cursor", "")) or query.get("start_after", ""),
            descending=query.get("direction") == "desc",
            limit=limit + 1,
        )
        page = found[:limit]
        cursor = quote(page[-1].name, safe="") if len(found) > limit else ""
        info = {"count": len(page), "per_page": limit, "cursor": cursor}
        return ok({"buckets": [_bucket_view(bucket) for bucket in page]}, info=info)

    async def create_bucket(self, request: Request) -> Response:
        body = await object_of(request)
        name, location = body.get("name"), body.get("locationHint") or "weur"
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            text = "The bucket name is not valid: 3 to 63 lower-case letters, digits and dashes."
            raise ApiError(400, 10005, text)
        if location not in _LOCATIONS:
            raise ApiError(400, 10005, f"locationHint must be one of {', '.join(_LOCATIONS)}.")
        if self._r2.bucket(name):
            raise ApiError(
                409, 10004, "The bucket you tried to create already exists, and you own it."
            )
        bucket = self._r2.create(name, location, _storage_class(body.get("storageClass")))
        return ok(_bucket_view(bucket))

    async def get_bucket(self, request: Request) -> Response:
        return ok(_bucket_view(self._bucket(request)))

    async def patch_bucket(self, request: Request) -> Response:
        """Change the storage class, which the header cf-r2-storage-class contains."""
        bucket = self._bucket(request)
        wanted = _storage_class(request.headers.get("cf-r2-storage-class") or bucket.storage_class)
        self._r2.set_storage_class(bucket.name, wanted)
        return ok(_bucket_view(self._bucket(request)))

    async def delete_bucket(self, request: Request) -> Response:
        bucket = self._bucket(request)
        if not self._r2.is_empty(bucket.name):
            raise ApiError(409, 10008, "The bucket you tried to delete is not empty.")
        self._r2.delete_bucket(bucket.name)
        return ok({})

    async def list_objects(self, request: Request) -> Response:
        bucket, query = self._bucket(request), request.query_params
        limit = number(request, "per_page", 1000, least=1, most=1000)
        after = unquote(query.get("cursor", "")) or query.get("start_after", "")
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        page = await self._database.run(
            lambda: self._r2.list(
                bucket.name, prefix=prefix, delimiter=delimiter, after=after, limit=limit
            )
        )
        info: dict[str, object] = {"count": len(page.objects), "per_page": limit}
        info["cursor"] = "" if page.cursor is None else quote(page.cursor, safe="")
        if delimiter:
            info["delimited"] = page.prefixes
        info["is_truncated"] = page.cursor is not None
        return ok([_object_view(stored) for stored in page.objects], info=info)

    async def put_object(self, request: Request) -> Response:
        bucket, key = self._bucket(request), _key(request)
        data = await body_of(request, MAX_OBJECT)
        headers = request.headers
        metadata = {
            field: headers[name] for name, field in _HTTP_METADATA.items() if name in headers
        }
        kind = _storage_class(headers.get("cf-r2-storage-class") or bucket.storage_class)
        stored = await self._database.run(
            lambda: self._r2.put(bucket.name, key, data, http_metadata=metadata, storage_class=kind)
        )
        return ok(
            {
                "key": key,
                "etag": stored.etag,
                "size": str(stored.size),
                "storage_class": stored.storage_class,
                "uploaded": stored.uploaded,
                "version": stored.version,
            }
        )

    async def get_object(self, request: Request) -> Response:
        bucket, key = self._bucket(request), _key(request)
        found = await self._database.run(lambda: self._r2.get(bucket.name, key))
        if found is None:
            raise ApiError(404, 10007, "The specified key does not exist.")
        stored, data = found
        kept = stored.http_metadata
        headers = {name: kept[field] for name, field in _HTTP_METADATA.items() if field in kept}
        headers.setdefault("content-type", "application/octet-stream")
        return Response(data, headers={**headers, "etag": f'"{stored.etag}"'})

    async def delete_object(self, request: Request) -> Response:
        bucket, key = self._bucket(request), _key(request)
        self._r2.delete(bucket.name, [key])
        return ok({"key": key})

    def _bucket(self, request: Request) -> Bucket:
        bucket = self._r2.bucket(request.path_params["bucket_name"])
        if bucket is None:
            raise ApiError(404, 10006, "The specified bucket does not exist.")
        return bucket


def _key(request: Request) -> str:
    key: str = request.path_params["object_key"]
    if not key or len(key.encode()) > MAX_KEY:
        raise ApiError(400, 10020, f"An object's key has 1 to {MAX_KEY} bytes.")
    return key


def _storage_class(value: object) -> str:
    if value is None:
        return _CLASSES[0]
    if not isinstance(value, str) or value not in _CLASSES:
        raise ApiError(400, 10005, f"The storage class must be one of {', '.join(_CLASSES)}.")
    return value


def _bucket_view(bucket: Bucket) -> dict[str, str]:
    return {
        "name": bucket.name,
        "creation_date": bucket.created_on,
        "location": bucket.location,
        "jurisdiction": "default",
        "storage_class": bucket.storage_class,
    }


def _object_view(stored: R2Object) -> dict[str, object]:
    return {
        "key": stored.key,
        "etag": stored.etag,
        "size": stored.size,
        "last_modified": stored.uploaded,
        "http_metadata": stored.http_metadata,
        "custom_metadata": stored.custom_metadata,
        "storage_class": stored.storage_class,
        "ssec": False,
    }
