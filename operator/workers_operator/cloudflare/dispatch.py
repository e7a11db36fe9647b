"""Workers for Platforms: dispatch namespaces and their scripts, and the upload form that account scripts share.

developers.cloudflare.com/api/resources/workers_for_platforms
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from workers_operator.cloudflare.api import Api, Part
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import CloudflareError, NotFound
from workers_operator.domain import multipart
from workers_operator.domain.desired import Code, Content, Module

_NAMESPACES: Final = "/accounts/{account}/workers/dispatch/namespaces"
_SCRIPTS: Final = _NAMESPACES + "/{namespace}/scripts"
_PAGE: Final = 1000


def upload_parts(content: Content, tags: Sequence[str]) -> list[Part]:
    """The multipart form of a script upload: ``metadata``, then one part per module, named by its file name."""
    code = content.code
    secrets = [
        {"type": "secret_text", "name": name, "text": value.reveal()}
        for name, value in content.secrets.items()
    ]
    metadata: dict[str, Any] = {
        "body_part" if code.service_worker else "main_module": code.main,
        "bindings": [*content.bindings, *secrets, *_module_bindings(code)],
        "tags": list(tags),
    }
    if code.compatibility_date is not None:
        metadata["compatibility_date"] = code.compatibility_date
    if code.compatibility_flags:
        metadata["compatibility_flags"] = list(code.compatibility_flags)
    limits = {"cpu_ms": content.limits.cpu_ms, "subrequests": content.limits.sub_requests}
    if content.limits:
        metadata["limits"] = {k: v for k, v in limits.items() if v is not None}
    parts: list[Part] = [("metadata", (None, json.dumps(metadata).encode(), "application/json"))]
    parts += [(m.name, (m.name, m.data, m.content_type)) for m in code.modules]
    return parts


def _module_bindings(code: Code) -> list[Mapping[str, Any]]:
    """A service worker can't import: its other modules are variables of their names."""
    if not code.service_worker:
        return []
    kinds = {"application/wasm": "wasm_module", "text/plain": "text_blob"}
    return [
        {"type": kinds.get(m.content_type, "data_blob"), "name": m.name, "part": m.name}
        for m in code.modules
        if m.name != code.main
    ]


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
    api: Api, namespace: str, name: str, content: Content, tags: Sequence[str], urgency: Urgency
) -> None:
    """PUTs a script; it serves at once. Raises ScriptRejected with the compiler's words, secrets taken out."""
    try:
        await api.call(
            "PUT",
            _SCRIPTS + "/{script}",
            urgency=urgency,
            path={"namespace": namespace, "script": name},
            parts=upload_parts(content, tags),
        )
    except CloudflareError as error:
        error.hide(value.reveal() for value in content.secrets.values())  # a script may throw one
        raise


async def download_script(
    api: Api, namespace: str, name: str, origin: str, urgency: Urgency
) -> Code:
    """The code of a script as it was uploaded: two calls, one for modules, one for what they need of the runtime."""
    path = {"namespace": namespace, "script": name}
    found = await api.download(_SCRIPTS + "/{script}/content", urgency=urgency, path=path)
    settings = (
        await api.call("GET", _SCRIPTS + "/{script}/settings", urgency=urgency, path=path)
    ).result
    modules = multipart.modules(found.data, found.headers.get("content-type", ""))
    if not modules:
        kind = found.content_type or "application/javascript+module"
        modules = (Module(found.headers.get("cf-entrypoint", "worker.js"), kind, found.data),)
    main = found.headers.get("cf-entrypoint") or modules[0].name
    return Code(
        origin=origin,
        main=main,
        modules=modules,
        compatibility_date=settings.get("compatibility_date"),
        compatibility_flags=tuple(settings.get("compatibility_flags") or ()),
        service_worker="+module" not in next(m.content_type for m in modules if m.name == main),
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
