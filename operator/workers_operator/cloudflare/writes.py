"""Every call that changes an account. Only the account's executor imports this module (an import contract holds it).

What is gone already counts as deleted, for every deletion except that of keys: where their namespace is gone, the
platform has to be set up again.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from workers_operator.cloudflare.api import Answer, Api, Part
from workers_operator.cloudflare.errors import (
    CloudflareError,
    Denied,
    NotFound,
    ScriptRejected,
    ServerError,
    Unsendable,
)
from workers_operator.cloudflare.kv import NAMESPACE as KV_NAMESPACE
from workers_operator.cloudflare.kv import NAMESPACES as KV_NAMESPACES
from workers_operator.cloudflare.r2 import BUCKETS, OBJECTS
from workers_operator.cloudflare.scripts import ACCOUNT_SCRIPTS, fingerprint_of, list_namespaces
from workers_operator.cloudflare.scripts import NAMESPACES as DISPATCH_NAMESPACES
from workers_operator.cloudflare.scripts import SCRIPTS as DISPATCH_SCRIPTS
from workers_operator.cloudflare.zones import ROUTES, ZoneRoute
from workers_operator.domain.content import Binding, Code, Content, advice
from workers_operator.domain.reasons import Reason
from workers_operator.domain.serving import KeyValue
from workers_operator.domain.tampering import Fingerprint
from workers_operator.engine.offload import off_loop
from workers_operator.engine.priority import Priority

NAMESPACE_IN_USE: Final = 10052  # "namespace has associated scripts"
BUCKET_NOT_EMPTY: Final = 10008
SCRIPT_IN_USE: Final = 10142  # "still referenced by service bindings"


# --- scripts ----------------------------------------------------------------------------------------------------------


async def upload_account_script(
    api: Api, name: str, content: Content, tags: Sequence[str], priority: Priority
) -> Fingerprint:
    """PUT a Worker of the account; it is deployed at once. Return what listings will tell of it."""
    answer = await api.call(
        "PUT",
        ACCOUNT_SCRIPTS + "/{script}",
        priority=priority,
        path={"script": name},
        parts=upload_parts(content, tags),
    )
    return fingerprint_of(answer.result or {})


async def delete_account_script(api: Api, name: str, priority: Priority) -> bool:
    """Delete a Worker of the account; return False if another one is bound to it, so that it stays."""
    return await _delete_unused(
        api, ACCOUNT_SCRIPTS + "/{script}", {"script": name}, SCRIPT_IN_USE, priority
    )


async def create_dispatch_namespace(api: Api, name: str, priority: Priority) -> None:
    """Create a dispatch namespace."""
    await api.call("POST", DISPATCH_NAMESPACES, priority=priority, body={"name": name})


async def set_trust(api: Api, namespace: str, *, trusted: bool, priority: Priority) -> None:
    """Trust the scripts of a dispatch namespace or not; those that exist keep what they have until the next upload."""
    await api.call(
        "PUT",
        DISPATCH_NAMESPACES + "/{namespace}",
        priority=priority,
        path={"namespace": namespace},
        body={"name": namespace, "trusted_workers": trusted},
    )


async def upload_script(
    api: Api, namespace: str, name: str, content: Content, tags: Sequence[str], priority: Priority
) -> Fingerprint:
    """PUT a script; it serves at once. Return what listings will tell of it.

    Raises ScriptRejected with the compiler's words, secrets removed; and Denied for a 403: what a script is bound to
    may need a permission that the token does not have, and other scripts do not need.
    """
    try:
        answer = await api.call(
            "PUT",
            DISPATCH_SCRIPTS + "/{script}",
            priority=priority,
            path={"namespace": namespace, "script": name},
            parts=upload_parts(content, tags),
            may_be_denied=True,
        )
    except CloudflareError as error:
        values = [value.reveal() for value in content.secrets.values()]
        await off_loop(sum(map(len, values)), error.hide, values)  # a script may throw one
        hint = advice(content.code) if isinstance(error, ScriptRejected) else None
        if hint is not None:
            error.add(hint)
        raise
    return fingerprint_of(answer.result or {})


async def delete_script(api: Api, namespace: str, name: str, priority: Priority) -> None:
    """Delete a script."""
    try:
        await api.call(
            "DELETE",
            DISPATCH_SCRIPTS + "/{script}",
            priority=priority,
            path={"namespace": namespace, "script": name},
            query={"force": "true"},
        )
    except NotFound:
        return


def upload_parts(content: Content, tags: Sequence[str]) -> list[Part]:
    """Return the multipart form of an upload: ``metadata``, then one part per module, named by its file name.

    Raises Unsendable if a module would be taken for something else.
    """
    code = content.code
    _check_parts(code)
    secrets = [
        {"type": "secret_text", "name": name, "text": value.reveal()}
        for name, value in content.secrets.items()
    ]
    metadata: dict[str, object] = {
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
    if content.log_sampling is not None:
        metadata["observability"] = _observability(content.log_sampling)
    parts: list[Part] = [("metadata", (None, json.dumps(metadata).encode(), "application/json"))]
    parts += [(m.name, (m.name, m.data, m.content_type)) for m in code.modules]
    return parts


def _check_parts(code: Code) -> None:
    """Raise Unsendable unless each module is a part of its own. Sources are checked before: this is the last line."""
    parts = [module.name for module in code.modules]
    texts = [*parts, *(module.content_type for module in code.modules)]
    if "metadata" in parts or len({*parts}) < len(parts) or not all(map(str.isprintable, texts)):
        message = f"{code.origin}: its modules do not make a form; nothing was sent"
        raise Unsendable(Reason.MODULE_INVALID, message)


def _observability(percent: int) -> Mapping[str, object]:
    """Return the setting that keeps the logs of a share of invocations; each is kept as a whole or not at all."""
    return {"enabled": percent > 0, "head_sampling_rate": percent / 100}


def _module_bindings(code: Code) -> list[Binding]:
    """Return the bindings of a service worker's other modules: it cannot import them."""
    if not code.service_worker:
        return []
    kinds = {"application/wasm": "wasm_module", "text/plain": "text_blob"}
    return [
        {"type": kinds.get(m.content_type, "data_blob"), "name": m.name, "part": m.name}
        for m in code.modules
        if m.name != code.main
    ]


# --- zone routes ------------------------------------------------------------------------------------------------------


async def create_route(
    api: Api, zone_id: str, pattern: str, script: str, priority: Priority
) -> ZoneRoute:
    """Create a zone route that leads ``pattern`` to a Worker of the account."""
    body = {"pattern": pattern, "script": script}
    answer = await _change_route(api, "POST", ROUTES, {"zone": zone_id}, priority, body)
    return ZoneRoute(str(answer.result["id"]), zone_id, pattern, script)


async def switch_route(
    api: Api, route: ZoneRoute, script: str, priority: Priority
) -> ZoneRoute | None:
    """Lead a zone route to another Worker of the account; return None if the route is gone.

    There is no moment without the route.
    """
    path, body = (
        {"zone": route.zone_id, "route": route.id},
        {"pattern": route.pattern, "script": script},
    )
    try:
        await _change_route(api, "PUT", ROUTES + "/{route}", path, priority, body)
    except NotFound:
        return None
    return ZoneRoute(route.id, route.zone_id, route.pattern, script)


async def delete_route(api: Api, zone_id: str, route_id: str, priority: Priority) -> None:
    """Delete a zone route."""
    path = {"zone": zone_id, "route": route_id}
    try:
        await _change_route(api, "DELETE", ROUTES + "/{route}", path, priority)
    except NotFound:
        return


async def _change_route(
    api: Api,
    method: str,
    endpoint: str,
    path: Mapping[str, str],
    priority: Priority,
    body: Mapping[str, str] | None = None,
) -> Answer:
    """Call. Raises Denied if the token lacks a permission for this zone, and Unauthorized if it is good for nothing."""
    try:
        return await api.call(
            method, endpoint, priority=priority, path=path, body=body, may_be_denied=True
        )
    except Denied:
        await list_namespaces(api, priority)
        raise


# --- KV ---------------------------------------------------------------------------------------------------------------


async def create_kv_namespace(api: Api, title: str, priority: Priority) -> str:
    """Create a KV namespace; return its id."""
    answer = await api.call("POST", KV_NAMESPACES, priority=priority, body={"title": title})
    return str(answer.result["id"])


async def delete_kv_namespace(api: Api, namespace: str, priority: Priority) -> bool:
    """Delete a KV namespace with all its keys; return False if a script is bound to it, so that it stays."""
    return await _delete_unused(
        api, KV_NAMESPACE, {"namespace": namespace}, NAMESPACE_IN_USE, priority
    )


async def write_pairs(
    api: Api, namespace: str, pairs: Sequence[KeyValue], priority: Priority
) -> None:
    """Write up to 10,000 pairs in one call. Raises ServerError if the API reports keys that it did not write."""
    body = [
        {"key": p.key, "value": p.value, "metadata": p.metadata}
        | ({} if p.ttl is None else {"expiration_ttl": p.ttl})
        for p in pairs
    ]
    answer = await api.call(
        "PUT", KV_NAMESPACE + "/bulk", priority=priority, path={"namespace": namespace}, body=body
    )
    _check_complete(answer, len(body))


async def delete_keys(api: Api, namespace: str, keys: Sequence[str], priority: Priority) -> None:
    """Delete up to 10,000 keys in one call. Raises ServerError as ``write_pairs`` does."""
    answer = await api.call(
        "POST",
        KV_NAMESPACE + "/bulk/delete",
        priority=priority,
        path={"namespace": namespace},
        body=list(keys),
    )
    _check_complete(answer, len(keys))


def _check_complete(answer: Answer, count: int) -> None:
    result = answer.result if isinstance(answer.result, dict) else {}
    failed = result.get("unsuccessful_keys") or []
    if failed:
        message = f"KV did not take {len(failed)} of {count} keys"
        raise ServerError(Reason.CLOUDFLARE_ERROR, message)


# --- R2 ---------------------------------------------------------------------------------------------------------------


async def create_bucket(api: Api, name: str, priority: Priority) -> None:
    """Create a bucket."""
    await api.call("POST", BUCKETS, priority=priority, body={"name": name})


async def delete_bucket(api: Api, name: str, priority: Priority) -> bool:
    """Delete a bucket; return False if it holds objects, so that it stays."""
    # "Not empty" is a 409, a status that elsewhere means two changes at once.
    return await _delete_unused(
        api, BUCKETS + "/{bucket}", {"bucket": name}, BUCKET_NOT_EMPTY, priority
    )


async def put_object(
    api: Api, bucket: str, key: str, data: bytes, content_type: str, priority: Priority
) -> None:
    """Write an object."""
    await api.call(
        "PUT",
        OBJECTS + "/{object_key}",
        priority=priority,
        path={"bucket": bucket, "object_key": key},
        content=data,
        content_type=content_type,
    )


async def _delete_unused(
    api: Api, endpoint: str, path: Mapping[str, str], in_use: int, priority: Priority
) -> bool:
    """Delete what ``endpoint`` names; return False if Cloudflare answers with the code ``in_use``."""
    try:
        await api.call("DELETE", endpoint, priority=priority, path=path)
    except NotFound:
        return True
    except CloudflareError as error:
        if error.code == in_use:
            return False
        raise
    return True
