"""R2: buckets and objects. developers.cloudflare.com/api/resources/r2"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from workers_operator.cloudflare.api import Api, Download, delete_unused
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import NotFound

_BUCKETS: Final = "/accounts/{account}/r2/buckets"
_OBJECTS: Final = _BUCKETS + "/{bucket}/objects"
_PAGE: Final = 1000
BUCKET_NOT_EMPTY: Final = 10008
NO_SUCH_BUCKET: Final = 10006


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a listing tells of it. ``content_type`` is "" where none was given."""

    key: str
    etag: str
    size: int
    content_type: str


async def list_buckets(api: Api, urgency: Urgency) -> AsyncIterator[str]:
    """The names of all buckets: one call per 1,000."""
    cursor = ""
    while True:
        query: dict[str, str | int] = {"per_page": _PAGE} | ({"cursor": cursor} if cursor else {})
        answer = await api.call("GET", _BUCKETS, urgency=urgency, query=query)
        for bucket in answer.result["buckets"]:
            yield str(bucket["name"])
        cursor = answer.cursor
        if not cursor:
            return


async def create_bucket(api: Api, name: str, urgency: Urgency) -> None:
    """Creates a bucket."""
    await api.call("POST", _BUCKETS, urgency=urgency, body={"name": name})


async def delete_bucket(api: Api, name: str, urgency: Urgency) -> bool:
    """Deletes a bucket, unless it holds objects; whether it is gone."""
    # Not empty is a 409, which elsewhere tells of two changes at once.
    return await delete_unused(
        api, _BUCKETS + "/{bucket}", {"bucket": name}, BUCKET_NOT_EMPTY, urgency
    )


async def list_objects(
    api: Api, bucket: str, prefix: str, urgency: Urgency
) -> AsyncIterator[StoredObject]:
    """The objects whose keys begin with ``prefix``: one call per 1,000. Raises NotFound where there is no bucket."""
    cursor = ""
    while True:
        query: dict[str, str | int] = {"per_page": _PAGE}
        query |= ({"prefix": prefix} if prefix else {}) | ({"cursor": cursor} if cursor else {})
        answer = await api.call(
            "GET", _OBJECTS, urgency=urgency, path={"bucket": bucket}, query=query
        )
        for item in answer.result:
            kind = (item.get("http_metadata") or {}).get("contentType") or ""
            yield StoredObject(
                str(item["key"]), str(item["etag"]), int(item.get("size") or 0), str(kind)
            )
        cursor = answer.cursor
        if not cursor:
            return


async def get_object(api: Api, bucket: str, key: str, urgency: Urgency) -> Download | None:
    """An object, or None where the bucket has none of this key. Raises NotFound where there is no bucket."""
    path = {"bucket": bucket, "object_key": key}
    try:
        return await api.download(_OBJECTS + "/{object_key}", urgency=urgency, path=path)
    except NotFound as error:
        if error.code == NO_SUCH_BUCKET:
            raise
        return None


async def put_object(
    api: Api, bucket: str, key: str, data: bytes, content_type: str, urgency: Urgency
) -> None:
    """Writes an object."""
    await api.call(
        "PUT",
        _OBJECTS + "/{object_key}",
        urgency=urgency,
        path={"bucket": bucket, "object_key": key},
        content=data,
        content_type=content_type,
    )
