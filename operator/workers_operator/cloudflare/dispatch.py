"""Workers for Platforms: dispatch namespaces and their scripts, and the upload form that account scripts share.

developers.cloudflare.com/api/resources/workers_for_platforms
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from workers_operator.cloudflare.api import Api, Part
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import NotFound
from workers_operator.domain.desired import Code

_NAMESPACES: Final = "/accounts/{account}/workers/dispatch/namespaces"
_SCRIPTS: Final = _NAMESPACES + "/{namespace}/scripts"
_PAGE: Final = 1000


def upload_parts(
    code: Code, bindings: Sequence[Mapping[str, Any]], tags: Sequence[str]
) -> list[Part]:
    """The multipart form of a script upload: ``metadata``, then one part per module, named by its file name."""
    metadata: dict[str, Any] = {
        "main_module": code.main,
        "bindings": list(bindings),
        "tags": list(tags),
    }
    if code.compatibility_date is not None:
        metadata["compatibility_date"] = code.compatibility_date
    if code.compatibility_flags:
        metadata["compatibility_flags"] = list(code.compatibility_flags)
    parts: list[Part] = [("metadata", (None, json.dumps(metadata).encode(), "application/json"))]
    parts += [(m.name, (m.name, m.data, m.content_type)) for m in code.modules]
    return parts


async def list_namespaces(api: Api, urgency: Urgency) -> list[str]:
    """The names of the account's dispatch namespaces."""
    answer = await api.call("GET", _NAMESPACES, urgency=urgency)
    return [str(n["namespace_name"]) for n in answer.result]


async def create_namespace(api: Api, name: str, urgency: Urgency) -> None:
    """Creates a dispatch namespace."""
    await api.call("POST", _NAMESPACES, urgency=urgency, body={"name": name})


async def list_scripts(api: Api, namespace: str, urgency: Urgency) -> AsyncIterator[str]:
    """The names of all scripts of a namespace: one call per 1,000."""
    cursor = ""
    while True:
        query: dict[str, str | int] = {"limit": _PAGE} | ({"cursor": cursor} if cursor else {})
        answer = await api.call(
            "GET", _SCRIPTS, urgency=urgency, path={"namespace": namespace}, query=query
        )
        for item in answer.result:
            # The schema wraps each item as {script: {id, …}, …}; a flat item has been seen, too.
            yield str((item.get("script") or item)["id"])
        cursor = answer.cursor
        if not cursor:
            return


async def upload_script(
    api: Api, namespace: str, name: str, code: Code, bindings: Sequence[Mapping[str, Any]], tags: Sequence[str],
    urgency: Urgency,
) -> None:  # fmt: skip
    """PUTs a script; it serves at once. Raises ScriptRejected with the compiler's words."""
    await api.call(
        "PUT",
        _SCRIPTS + "/{script}",
        urgency=urgency,
        path={"namespace": namespace, "script": name},
        parts=upload_parts(code, bindings, tags),
    )


async def script_exists(api: Api, namespace: str, name: str, urgency: Urgency) -> bool:
    """Whether a script is in the namespace."""
    try:
        await api.call(
            "GET",
            _SCRIPTS + "/{script}",
            urgency=urgency,
            path={"namespace": namespace, "script": name},
        )
    except NotFound:
        return False
    return True


async def delete_script(api: Api, namespace: str, name: str, urgency: Urgency) -> None:
    """Deletes a script; one that is gone already counts as deleted."""
    try:
        await api.call(
            "DELETE",
            _SCRIPTS + "/{script}",
            urgency=urgency,
            path={"namespace": namespace, "script": name},
            query={"force": "true"},
        )
    except NotFound:
        return
