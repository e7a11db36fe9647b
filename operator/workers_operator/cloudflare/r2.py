"""Reads R2: buckets and objects. developers.cloudflare.com/api/resources/r2"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from workers_operator.cloudflare.api import MAX_RESPONSE, Api, Download
from workers_operator.cloudflare.errors import NotFound
from workers_operator.engine.priority import Priority

BUCKETS: Final = "/accounts/{account}/r2/buckets"
OBJECTS: Final = BUCKETS + "/{bucket}/objects"
_PAGE: Final = 1000
NO_SUCH_BUCKET: Final = 10006


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object in a listing. ``size``: bytes. ``content_type``: "" if the object has none."""

    key: str
    etag: str
    size: int
    content_type: str


async def list_buckets(api: Api, priority: Priority) -> AsyncGenerator[str, None]:
    """Yield the names of all buckets: one call per 1,000."""
    cursor = ""
    while True:
        query: dict[str, str | int] = {"per_page": _PAGE} | ({"cursor": cursor} if cursor else {})
        answer = await api.call("GET", BUCKETS, priority=priority, query=query)
        for bucket in answer.result["buckets"]:
            yield str(bucket["name"])
        cursor = answer.cursor
        if not cursor:
            return


async def list_objects(
    api: Api, bucket: str, prefix: str, priority: Priority, *, may_be_denied: bool = False
) -> AsyncGenerator[StoredObject, None]:
    """Yield the objects whose keys start with ``prefix``: one call per 1,000. Raises NotFound without the bucket.

    ``may_be_denied``: see ``Api.call``.
    """
    cursor = ""
    while True:
        query: dict[str, str | int] = {"per_page": _PAGE}
        query |= ({"prefix": prefix} if prefix else {}) | ({"cursor": cursor} if cursor else {})
        answer = await api.call(
            "GET",
            OBJECTS,
            priority=priority,
            path={"bucket": bucket},
            query=query,
            may_be_denied=may_be_denied,
        )
        for item in answer.result:
            kind = (item.get("http_metadata") or {}).get("contentType") or ""
            yield StoredObject(
                str(item["key"]), str(item["etag"]), int(item.get("size") or 0), str(kind)
            )
        cursor = answer.cursor
        if not cursor:
            return


async def get_object(
    api: Api,
    bucket: str,
    key: str,
    priority: Priority,
    *,
    limit: int = MAX_RESPONSE,
    may_be_denied: bool = False,
) -> Download | None:
    """Return an object, or None if the bucket has no such key.

    Raises NotFound if the bucket does not exist, and TooLarge if the object has more than ``limit`` bytes.
    ``may_be_denied``: see ``Api.call``.
    """
    path, endpoint = {"bucket": bucket, "object_key": key}, OBJECTS + "/{object_key}"
    try:
        return await api.download(
            endpoint, priority=priority, path=path, limit=limit, may_be_denied=may_be_denied
        )
    except NotFound as error:
        if error.code == NO_SUCH_BUCKET:
            raise
        return None
