"""R2: buckets and objects."""

import re
from typing import Any, Final

import httpx

from support.calls import ok
from support.cloudflare.endpoints import Call, Endpoint, Refused, endpoint, found, listed, page
from support.cloudflare.state import Account, Stored

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")


def _bucket(account: Account, call: Call) -> dict[str, Stored]:
    refusal = Refused(404, 10006, "The specified bucket does not exist.")
    return found(account.buckets, call["bucket"], refusal)


def _list(account: Account, call: Call) -> httpx.Response:
    names, info = page(account, call, account.buckets, limit="per_page")
    return listed({"buckets": [{"name": name} for name in names]}, **info)


def _create(account: Account, call: Call) -> httpx.Response:
    name = call.field("name")
    if not _NAME.fullmatch(name):
        raise Refused(400, 10005, "The bucket name is not valid.")
    if name in account.buckets:
        text = "The bucket you tried to create already exists, and you own it."
        raise Refused(409, 10004, text)
    account.buckets[name] = {}
    return ok({"name": name})


def _delete(account: Account, call: Call) -> httpx.Response:
    if _bucket(account, call):
        raise Refused(409, 10008, "The bucket you tried to delete is not empty.")
    del account.buckets[call["bucket"]]
    return ok({})


def _objects(account: Account, call: Call) -> httpx.Response:
    bucket = _bucket(account, call)
    wanted = (key for key in bucket if key.startswith(call.query("prefix")))
    keys, info = page(account, call, wanted, limit="per_page")
    return listed([_view(key, bucket[key]) for key in keys], **info)


def _view(key: str, stored: Stored) -> dict[str, Any]:
    metadata = {"contentType": stored.content_type} if stored.content_type else {}
    size = len(stored.data)
    return {"key": key, "etag": stored.etag, "size": size, "http_metadata": metadata}


def _get(account: Account, call: Call) -> httpx.Response:
    refusal = Refused(404, 10007, "The specified key does not exist.")
    stored = found(_bucket(account, call), call["key"], refusal)
    headers = {
        "Content-Type": stored.content_type or "application/octet-stream",
        "ETag": f'"{stored.etag}"',
    }
    return httpx.Response(200, content=stored.data, headers=headers)


def _put(account: Account, call: Call) -> httpx.Response:
    bucket = _bucket(account, call)
    stored = Stored(call.request.content, call.request.headers.get("content-type", ""))
    bucket[call["key"]] = stored
    return ok({"key": call["key"], "etag": stored.etag, "size": str(len(stored.data))})


_BUCKETS: Final = "/accounts/{account}/r2/buckets"
_BUCKET: Final = _BUCKETS + "/{bucket}"
_OBJECT: Final = _BUCKET + "/objects/{key*}"
ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    endpoint("GET", _BUCKETS, lambda a, c: "GET buckets", _list),
    endpoint("POST", _BUCKETS, lambda a, c: f"POST bucket {c.field('name')}", _create),
    endpoint("DELETE", _BUCKET, lambda a, c: f"DELETE bucket {c['bucket']}", _delete),
    endpoint(
        "GET",
        _BUCKET + "/objects",
        lambda a, c: f"GET objects {c['bucket']}/{c.query('prefix')}",
        _objects,
    ),
    endpoint("GET", _OBJECT, lambda a, c: f"GET object {c['bucket']}/{c['key']}", _get),
    endpoint("PUT", _OBJECT, lambda a, c: f"PUT object {c['bucket']}/{c['key']}", _put),
)
