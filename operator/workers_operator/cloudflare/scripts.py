"""Scripts as they are read: Workers of the account, dispatch namespaces and their scripts.

developers.cloudflare.com/api/resources/workers and …/workers_for_platforms
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.errors import NotFound
from workers_operator.domain.tampering import UNKNOWN, Fingerprint
from workers_operator.engine.priority import Priority

NAMESPACES: Final = "/accounts/{account}/workers/dispatch/namespaces"
SCRIPTS: Final = NAMESPACES + "/{namespace}/scripts"
ACCOUNT_SCRIPTS: Final = "/accounts/{account}/workers/scripts"
_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class AccountScript:
    """A Worker of the account, outside all dispatch namespaces."""

    name: str
    tags: frozenset[str]
    fingerprint: Fingerprint = UNKNOWN


@dataclass(frozen=True, slots=True)
class DispatchScript:
    """A script of a dispatch namespace, as a listing shows it."""

    name: str
    fingerprint: Fingerprint = UNKNOWN


@dataclass(frozen=True, slots=True)
class DeployedScript:
    """A script as it was uploaded.

    ``data``: one module, or several modules as multipart/form-data. ``content_type``: its type, with parameters.
    ``entrypoint``: name of the main module, "" if Cloudflare does not report it.
    """

    data: bytes = field(repr=False)
    content_type: str
    entrypoint: str
    compatibility_date: str | None
    compatibility_flags: tuple[str, ...]


async def list_account_scripts(api: Api, priority: Priority) -> list[AccountScript]:
    """Return all Workers of the account, in one call."""
    answer = await api.call("GET", ACCOUNT_SCRIPTS, priority=priority)
    return [
        AccountScript(str(s["id"]), frozenset(s.get("tags") or ()), fingerprint_of(s))
        for s in answer.result
    ]


def fingerprint_of(answer: Mapping[str, Any]) -> Fingerprint:
    """Return what an answer about a script tells of its content; items of namespaces have the time outside, too."""
    script = answer.get("script") or answer
    modified = script.get("modified_on") or answer.get("modified_on")
    return Fingerprint(str(script.get("etag") or ""), str(modified or ""))


async def list_namespaces(api: Api, priority: Priority) -> list[tuple[str, bool]]:
    """Return the names of the account's dispatch namespaces, and whether they are trusted."""
    answer = await api.call("GET", NAMESPACES, priority=priority)
    return [(str(n["namespace_name"]), bool(n.get("trusted_workers"))) for n in answer.result]


async def list_scripts(
    api: Api, namespace: str, priority: Priority, *, tag: str = ""
) -> AsyncIterator[DispatchScript]:
    """Yield the scripts of a namespace: one call per 1,000. ``tag``: only of those that bear it."""
    async for item in _listed(api, namespace, priority, tag):
        yield DispatchScript(_name(item), fingerprint_of(item))


async def list_observed(
    api: Api, namespace: str, priority: Priority, *, tag: str
) -> AsyncIterator[tuple[str, float | None]]:
    """Yield (name, share of its invocations that is logged; None if the API does not say) of the scripts with a tag."""
    async for item in _listed(api, namespace, priority, tag):
        yield _name(item), _logged_share(item.get("script") or item)


def _name(item: Mapping[str, Any]) -> str:
    # The schema wraps each item as {script: {id, …}, …}, but the API has also returned flat items.
    return str((item.get("script") or item)["id"])


def _logged_share(item: Mapping[str, Any]) -> float | None:
    """Return a share from 0 to 1. The settings of ``logs`` take precedence over those of all telemetry."""
    if "observability" not in item:
        return None
    settings = item["observability"] or {}
    of_logs = {
        name: value for name, value in (settings.get("logs") or {}).items() if value is not None
    }
    effective = settings | of_logs
    rate = effective.get("head_sampling_rate")
    if not effective.get("enabled"):
        return 0.0
    return float(rate) if isinstance(rate, int | float) else 1.0


async def _listed(
    api: Api, namespace: str, priority: Priority, tag: str
) -> AsyncIterator[Mapping[str, Any]]:
    cursor = ""
    while True:
        query: dict[str, str | int] = {"limit": _PAGE}
        query |= {"tags": f"{tag}:yes"} if tag else {}
        query |= {"cursor": cursor} if cursor else {}
        answer = await api.call(
            "GET", SCRIPTS, priority=priority, path={"namespace": namespace}, query=query
        )
        for item in answer.result:
            yield item
        cursor = answer.cursor
        if not cursor:
            return


async def download_script(
    api: Api, namespace: str, name: str, priority: Priority
) -> DeployedScript:
    """Return a script as it was uploaded: two calls, one for its content, one for its settings."""
    path = {"namespace": namespace, "script": name}
    found = await api.download(SCRIPTS + "/{script}/content", priority=priority, path=path)
    answer = await api.call("GET", SCRIPTS + "/{script}/settings", priority=priority, path=path)
    return DeployedScript(
        data=found.data,
        content_type=found.headers.get("content-type", ""),
        entrypoint=found.headers.get("cf-entrypoint", ""),
        compatibility_date=answer.result.get("compatibility_date"),
        compatibility_flags=tuple(answer.result.get("compatibility_flags") or ()),
    )


async def download_account_script(api: Api, name: str, priority: Priority) -> bytes:
    """Return the modules of a Worker of the account as they were uploaded: one, or all as multipart/form-data."""
    path = {"script": name}
    found = await api.download(
        ACCOUNT_SCRIPTS + "/{script}/content/v2", priority=priority, path=path
    )
    return found.data


async def find_script(
    api: Api, namespace: str, name: str, priority: Priority
) -> Fingerprint | None:
    """Return what tells of the content of a namespace's script, None if there is no such script."""
    path = {"namespace": namespace, "script": name}
    try:
        answer = await api.call("GET", SCRIPTS + "/{script}", priority=priority, path=path)
    except NotFound:
        return None
    return fingerprint_of(answer.result or {})
