"""The supervisor's side of an R2 binding: the objects of one bucket, with ranges and conditions.

The header `x-object` carries the details of an object as URL-encoded JSON, and `x-options` those of a call. The
script's side is js/shim/r2.js.
"""

import hashlib
import json
from datetime import datetime
from typing import TypedDict
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local_edge.runtime.control.copies import Copies
from local_edge.storage.r2 import R2, R2Object, r2_path

_NO_BUCKET = "The specified bucket does not exist. (10006)"
_BAD_RANGE = "The requested range is not satisfiable (10039)"
_NO_LENGTH = (
    "Provided readable stream must have a known length "
    "(request/response body or readable half of FixedLengthStream)"
)
MAX_LIST = 1000


class R2Condition(TypedDict, total=False):
    """The option `onlyIf` of a call; times are in ISO 8601."""

    etagMatches: str | list[str] | None
    etagDoesNotMatch: str | list[str] | None
    uploadedBefore: str | None
    uploadedAfter: str | None


class R2Options(TypedDict, total=False):
    """The options of get, head and put."""

    range: dict[str, int] | None
    onlyIf: R2Condition | None
    httpMetadata: dict[str, str] | None
    customMetadata: dict[str, str] | None
    storageClass: str | None
    checksum: tuple[str, str] | None
    """Algorithm and hexadecimal digest."""


class R2Binding:
    def __init__(self, r2: R2, copies: Copies) -> None:
        self._r2 = r2
        self._copies = copies

    def routes(self) -> list[Route]:
        return [
            Route("/r2/{bucket}/object", self._object, methods=["GET", "HEAD", "PUT"]),
            Route("/r2/{bucket}/delete", self._delete, methods=["POST"]),
            Route("/r2/{bucket}/list", self._list, methods=["POST"]),
        ]

    async def _object(self, request: Request) -> Response:
        bucket, key = request.path_params["bucket"], request.query_params["key"]
        if self._r2.bucket(bucket) is None:
            return Response(_NO_BUCKET, 500)
        options: R2Options = json.loads(unquote(request.headers.get("x-options") or "%7B%7D"))
        if request.method == "PUT":
            # workerd sends the length of a stream if it is known.
            if "content-length" not in request.headers:
                return Response(_NO_LENGTH, 411)
            return self._put(bucket, key, options, await request.body())
        found = self._r2.get(bucket, key)
        if found is None:
            return Response(status_code=404)
        stored, data = found
        details = details_of(stored)
        if not holds(options.get("onlyIf"), stored):
            return Response(status_code=412, headers={"x-object": _encoded(details)})
        found_range = range_of(options.get("range"), stored.size)
        if found_range is None:
            return Response(_BAD_RANGE, 416)
        offset, length = found_range
        details["range"] = {"offset": offset, "length": length}
        body = b"" if request.method == "HEAD" else data[offset : offset + length]
        headers = {} if options else self._copies.lend(r2_path(bucket), key)
        return Response(body, headers={**headers, "x-object": _encoded(details)})

    def _put(self, bucket: str, key: str, options: R2Options, data: bytes) -> Response:
        if not holds(options.get("onlyIf"), self._r2.head(bucket, key)):
            return Response(status_code=412)
        if checksum := options.get("checksum"):
            algorithm, wanted = checksum
            if hashlib.new(algorithm, data, usedforsecurity=False).hexdigest() != wanted.lower():
                text = f"The {algorithm.upper()} checksum you specified did not match what we received. (10037)"
                return Response(text, 400)
        stored = self._r2.put(
            bucket,
            key,
            data,
            http_metadata=options.get("httpMetadata"),
            custom_metadata=options.get("customMetadata"),
            storage_class=options.get("storageClass") or "Standard",
        )
        return JSONResponse(details_of(stored))

    async def _delete(self, request: Request) -> Response:
        self._r2.delete(request.path_params["bucket"], await request.json())
        return Response()

    async def _list(self, request: Request) -> Response:
        bucket, options = request.path_params["bucket"], await request.json()
        if self._r2.bucket(bucket) is None:
            return Response(_NO_BUCKET, 500)
        page = self._r2.list(
            bucket,
            prefix=options.get("prefix") or "",
            delimiter=options.get("delimiter") or "",
            after=options.get("cursor") or options.get("startAfter") or "",
            limit=min(int(options.get("limit") or MAX_LIST), MAX_LIST),
        )
        return JSONResponse(
            {
                "objects": [details_of(stored) for stored in page.objects],
                "delimitedPrefixes": page.prefixes,
                "truncated": page.cursor is not None,
                **({"cursor": page.cursor} if page.cursor is not None else {}),
            }
        )


def details_of(stored: R2Object) -> dict[str, object]:
    return {
        "key": stored.key,
        "version": stored.version,
        "size": stored.size,
        "etag": stored.etag,
        "uploaded": stored.uploaded,
        "httpMetadata": stored.http_metadata,
        "customMetadata": stored.custom_metadata,
        "storageClass": stored.storage_class,
    }


def range_of(wanted: dict[str, int] | None, size: int) -> tuple[int, int] | None:
    """Return offset and length within an object; None if the range is not satisfiable."""
    if not wanted:
        return 0, size
    if "suffix" in wanted:
        length = min(wanted["suffix"], size)
        return (size - length, length) if length > 0 else None
    offset, length = wanted.get("offset", 0), wanted.get("length", size)
    return (offset, min(length, size - offset)) if 0 <= offset < size and length > 0 else None


def holds(condition: R2Condition | None, stored: R2Object | None) -> bool:
    """Return whether a condition holds for an object, or for its absence."""
    if not condition:
        return True
    etag = stored.etag if stored else None
    matches = _etags(condition.get("etagMatches"))
    differs = _etags(condition.get("etagDoesNotMatch"))
    if matches is not None and not (stored and ("*" in matches or etag in matches)):
        return False
    if differs is not None and stored and ("*" in differs or etag in differs):
        return False
    if stored is None:
        return condition.get("uploadedAfter") is None
    uploaded = _time(stored.uploaded)
    before, after = condition.get("uploadedBefore"), condition.get("uploadedAfter")
    return (before is None or uploaded < _time(before)) and (
        after is None or uploaded > _time(after)
    )


def _etags(value: str | list[str] | None) -> list[str] | None:
    return [value] if isinstance(value, str) else value


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _encoded(value: object) -> str:
    return quote(json.dumps(value), safe="")
