"""Workers KV: namespaces and their pairs. The codes are the KV API's own."""

import json
from itertools import count
from typing import Any, Final

import httpx

from support.calls import ok
from support.cloudflare.endpoints import Call, Endpoint, Refused, endpoint, found, listed, page
from support.cloudflare.state import Account, KVNamespace, Pair, identifier

_MAX_KEYS: Final = 10_000
_MAX_KEY_BYTES: Final = 512
_MAX_METADATA_BYTES: Final = 1024
_LEAST_LIMIT: Final = 10

_CREATED: Final = count()


def _namespace(account: Account, call: Call) -> KVNamespace:
    return found(account.kv, call["id"], Refused(404, 10013, "namespace not found"))


def _title(account: Account, call: Call) -> str:
    namespace = account.kv.get(call["id"])
    return namespace.title if namespace else call["id"]


def _list(account: Account, call: Call) -> httpx.Response:
    number, size = call.number("page", 1), call.number("per_page", 20)
    ids = sorted(account.kv)[(number - 1) * size : number * size]
    total = len(account.kv)
    info = {"page": number, "per_page": size, "count": len(ids), "total_count": total}
    return listed([_view(account, i) for i in ids], **info, total_pages=-(-total // size))


def _view(account: Account, namespace_id: str) -> dict[str, Any]:
    title = account.kv[namespace_id].title
    return {"id": namespace_id, "title": title, "supports_url_encoding": True}


def _create(account: Account, call: Call) -> httpx.Response:
    title = call.field("title")
    if not title:
        raise Refused(400, 10019, "title is required")
    if title in (namespace.title for namespace in account.kv.values()):
        raise Refused(400, 10014, "a namespace with this account ID and title already exists")
    namespace_id = identifier("kv", title, str(next(_CREATED)))  # no id is ever given twice
    account.kv[namespace_id] = KVNamespace(title)
    return ok(_view(account, namespace_id))


def _delete(account: Account, call: Call) -> httpx.Response:
    _namespace(account, call)
    users = account.bound_to(type="kv_namespace", namespace_id=call["id"])
    if users:
        raise Refused(400, 10052, f"namespace has associated scripts: {', '.join(users)}")
    del account.kv[call["id"]]
    return ok({})


def _keys(account: Account, call: Call) -> httpx.Response:
    pairs = _namespace(account, call).pairs
    wanted = (key for key in pairs if key.startswith(call.query("prefix")))
    names, info = page(account, call, wanted, least=_LEAST_LIMIT)
    return listed([_key_view(name, pairs[name]) for name in names], **info)


def _key_view(name: str, pair: Pair) -> dict[str, Any]:
    return {"name": name} | ({} if pair.metadata is None else {"metadata": pair.metadata})


def _value(account: Account, call: Call) -> httpx.Response:
    pairs = _namespace(account, call).pairs
    pair = found(pairs, call["key"], Refused(404, 10009, "key not found"))
    headers = {"Content-Type": "application/octet-stream"}
    return httpx.Response(200, content=pair.value.encode(), headers=headers)


def _put_bulk(account: Account, call: Call) -> httpx.Response:
    namespace = _namespace(account, call)
    pairs = dict(_pair(item) for item in _items(call))
    namespace.pairs.update(pairs)
    return _all_done(call)


def _delete_bulk(account: Account, call: Call) -> httpx.Response:
    namespace = _namespace(account, call)
    keys = [_checked_key(key) for key in _items(call)]
    if not keys:
        raise Refused(400, 10029, "The list of keys is empty.")
    for key in keys:
        namespace.pairs.pop(key, None)
    return _all_done(call)


def _items(call: Call) -> list[Any]:
    if not isinstance(call.body, list):
        raise Refused(400, 10012, "The request body must be a JSON array.")
    if len(call.body) > _MAX_KEYS:
        raise Refused(400, 10012, f"There are at most {_MAX_KEYS} keys in one call.")
    return call.body


def _all_done(call: Call) -> httpx.Response:
    return ok({"successful_key_count": len(call.body), "unsuccessful_keys": []})


def _pair(item: object) -> tuple[str, Pair]:
    if not isinstance(item, dict) or not isinstance(item.get("value"), str):
        raise Refused(400, 10012, "Each pair must be an object with a key and a value.")
    metadata = item.get("metadata")
    if metadata is not None and len(json.dumps(metadata)) > _MAX_METADATA_BYTES:
        raise Refused(413, 10032, f"Metadata has at most {_MAX_METADATA_BYTES} bytes as JSON.")
    return _checked_key(item.get("key")), Pair(item["value"], metadata)


def _checked_key(key: object) -> str:
    if not isinstance(key, str) or key in ("", ".", ".."):
        raise Refused(400, 10012, "A key must be a non-empty string, other than '.' and '..'.")
    if len(key.encode()) > _MAX_KEY_BYTES:
        raise Refused(414, 10030, f"A key has at most {_MAX_KEY_BYTES} bytes.")
    return key


def _named(call: Call) -> str:
    """The keys of a bulk call, in their order."""
    keys = (item.get("key") if isinstance(item, dict) else item for item in _items(call))
    return " ".join(map(str, keys))


_NAMESPACES: Final = "/accounts/{account}/storage/kv/namespaces"
_NAMESPACE: Final = _NAMESPACES + "/{id}"
ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    endpoint("GET", _NAMESPACES, lambda a, c: "GET kv-namespaces", _list),
    endpoint("POST", _NAMESPACES, lambda a, c: f"POST kv-namespace {c.field('title')}", _create),
    endpoint("DELETE", _NAMESPACE, lambda a, c: f"DELETE kv-namespace {_title(a, c)}", _delete),
    endpoint("GET", _NAMESPACE + "/keys", lambda a, c: f"GET keys {_title(a, c)}", _keys),
    endpoint(
        "GET",
        _NAMESPACE + "/values/{key*}",
        lambda a, c: f"GET kv {_title(a, c)} {c['key']}",
        _value,
    ),
    endpoint(
        "PUT", _NAMESPACE + "/bulk", lambda a, c: f"PUT kv {_title(a, c)} {_named(c)}", _put_bulk
    ),
    endpoint(
        "POST",
        _NAMESPACE + "/bulk/delete",
        lambda a, c: f"DELETE kv {_title(a, c)} {_named(c)}",
        _delete_bulk,
    ),
)
