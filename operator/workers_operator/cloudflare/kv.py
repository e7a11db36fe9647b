"""Workers KV: namespaces, the key listing with metadata, bulk writes. developers.cloudflare.com/api/resources/kv"""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from workers_operator.cloudflare.api import Answer, Api, delete_unused
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import NotFound, ServerError
from workers_operator.domain.routing import KeyValue

_NAMESPACES: Final = "/accounts/{account}/storage/kv/namespaces"
_NAMESPACE: Final = _NAMESPACES + "/{namespace}"
_NAMESPACE_PAGE: Final = 100
_KEY_PAGE: Final = 1000
MAX_BULK_KEYS: Final = 10_000
NAMESPACE_IN_USE: Final = 10052  # "namespace has associated scripts"


async def list_namespaces(api: Api, urgency: Urgency) -> AsyncIterator[tuple[str, str]]:
    """(title, id) of all namespaces: one call per 100."""
    page = 1
    while True:
        query: dict[str, str | int] = {"page": page, "per_page": _NAMESPACE_PAGE}
        answer = await api.call("GET", _NAMESPACES, urgency=urgency, query=query)
        for namespace in answer.result:
            yield str(namespace["title"]), str(namespace["id"])
        if len(answer.result) < _NAMESPACE_PAGE:
            return
        page += 1


async def find_namespace(api: Api, title: str, urgency: Urgency) -> str | None:
    """The id of the namespace with this title, or None."""
    async for known, identifier in list_namespaces(api, urgency):
        if known == title:
            return identifier
    return None


async def delete_namespace(api: Api, namespace: str, urgency: Urgency) -> bool:
    """Deletes a namespace with all its keys, unless a script is bound to it; whether it is gone."""
    path = {"namespace": namespace}
    return await delete_unused(api, _NAMESPACE, path, NAMESPACE_IN_USE, urgency)


async def get_value(api: Api, namespace: str, key: str, urgency: Urgency) -> bytes | None:
    """The value of a key, or None."""
    path = {"namespace": namespace, "key": key}
    try:
        return (await api.download(_NAMESPACE + "/values/{key}", urgency=urgency, path=path)).data
    except NotFound:
        return None


async def create_namespace(api: Api, title: str, urgency: Urgency) -> str:
    """Creates a namespace; its id."""
    answer = await api.call("POST", _NAMESPACES, urgency=urgency, body={"title": title})
    return str(answer.result["id"])


async def list_keys(api: Api, namespace: str, urgency: Urgency) -> AsyncIterator[tuple[str, Any]]:
    """All keys with their metadata: one call per 1,000."""
    cursor = ""
    while True:
        query: dict[str, str | int] = {"limit": _KEY_PAGE} | ({"cursor": cursor} if cursor else {})
        answer = await api.call(
            "GET", _NAMESPACE + "/keys", urgency=urgency, path={"namespace": namespace}, query=query
        )
        for key in answer.result:
            yield str(key["name"]), key.get("metadata")
        cursor = answer.cursor
        if not cursor:
            return


async def write_bulk(api: Api, namespace: str, pairs: Sequence[KeyValue], urgency: Urgency) -> None:
    """Writes up to 10,000 pairs in one call. Raises ServerError where the API reports keys that it did not write."""
    body = [{"key": p.key, "value": p.value, "metadata": p.metadata} for p in pairs]
    answer = await api.call(
        "PUT", _NAMESPACE + "/bulk", urgency=urgency, path={"namespace": namespace}, body=body
    )
    _check_all_done(answer, len(body))


async def delete_bulk(api: Api, namespace: str, keys: Sequence[str], urgency: Urgency) -> None:
    """Deletes up to 10,000 keys in one call. Raises ServerError as ``write_bulk`` does."""
    answer = await api.call(
        "POST",
        _NAMESPACE + "/bulk/delete",
        urgency=urgency,
        path={"namespace": namespace},
        body=list(keys),
    )
    _check_all_done(answer, len(keys))


def _check_all_done(answer: Answer, count: int) -> None:
    result = answer.result if isinstance(answer.result, dict) else {}
    failed = result.get("unsuccessful_keys") or []
    if failed:
        raise ServerError("CloudflareError", f"KV did not take {len(failed)} of {count} keys")
