"""Reads Workers KV: namespaces, values, keys with metadata. developers.cloudflare.com/api/resources/kv"""

from collections.abc import AsyncIterator
from typing import Final

from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.errors import NotFound
from workers_operator.engine.priority import Priority

NAMESPACES: Final = "/accounts/{account}/storage/kv/namespaces"
NAMESPACE: Final = NAMESPACES + "/{namespace}"
_NAMESPACE_PAGE: Final = 100
_KEY_PAGE: Final = 1000
MAX_BULK_KEYS: Final = 10_000


async def list_namespaces(api: Api, priority: Priority) -> AsyncIterator[tuple[str, str]]:
    """Yield (title, id) of all namespaces: one call per 100."""
    page = 1
    while True:
        query: dict[str, str | int] = {"page": page, "per_page": _NAMESPACE_PAGE}
        answer = await api.call("GET", NAMESPACES, priority=priority, query=query)
        for namespace in answer.result:
            yield str(namespace["title"]), str(namespace["id"])
        if len(answer.result) < _NAMESPACE_PAGE:
            return
        page += 1


async def get_value(api: Api, namespace: str, key: str, priority: Priority) -> bytes | None:
    """Return the value of a key, or None if the key does not exist."""
    path = {"namespace": namespace, "key": key}
    try:
        return (await api.download(NAMESPACE + "/values/{key}", priority=priority, path=path)).data
    except NotFound:
        return None


async def list_keys(
    api: Api, namespace: str, priority: Priority
) -> AsyncIterator[tuple[str, object]]:
    """Yield all keys with their metadata: one call per 1,000."""
    cursor = ""
    while True:
        query: dict[str, str | int] = {"limit": _KEY_PAGE} | ({"cursor": cursor} if cursor else {})
        answer = await api.call(
            "GET",
            NAMESPACE + "/keys",
            priority=priority,
            path={"namespace": namespace},
            query=query,
        )
        for key in answer.result:
            yield str(key["name"]), key.get("metadata")
        cursor = answer.cursor
        if not cursor:
            return
