"""Queries of the telemetry API: the stored logs of one worker, and the calls that begin and prolong a live tail."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.errors import Denied, ServerError
from workers_operator.cloudflare.telemetry.events import entry_of
from workers_operator.domain.reasons import Reason
from workers_operator.domain.telemetry.entries import LogEntry, LogScope
from workers_operator.engine.priority import Priority

TELEMETRY: Final = "/accounts/{account}/workers/observability/telemetry"
QUERY: Final = TELEMETRY + "/query"
LIVE_TAIL: Final = TELEMETRY + "/live-tail"
HEARTBEAT: Final = LIVE_TAIL + "/heartbeat"
PAGE: Final = 1000
_QUERY_ID: Final = "workers-operator-logs"
_MAX_ANSWER: Final = 64 * 1024 * 1024  # an event has up to 256 KB
_PERMISSION: Final = "the API token needs the permission Workers Observability of the account"


@dataclass(frozen=True, slots=True)
class LogPage:
    """Entries, newest first. ``cursor``: of the next page; "" if this is the last one."""

    entries: Sequence[LogEntry]
    cursor: str


async def page(
    api: Api, scope: LogScope, since: int, until: int, cursor: str, limit: int, priority: Priority
) -> LogPage:
    """Return a page of the logs between two Unix times in milliseconds. ``limit``: at most ``PAGE``.

    Raises CloudflareError.
    """
    body: dict[str, object] = {
        "queryId": _QUERY_ID,
        "view": "events",
        "timeframe": {"from": since, "to": until},
        "parameters": {
            "datasets": [],
            "filterCombination": "and",
            "filters": filters_of(scope),
        },
        "limit": limit,
    }
    if cursor:
        body |= {"offset": cursor, "offsetDirection": "next"}
    result = await _ask(api, QUERY, body, priority)
    events = (result.get("events") or {}).get("events") or []
    found = [entry for event in events if (entry := entry_of(event, scope)) is not None]
    return LogPage(found, _id_of(events[-1]) if len(events) >= limit else "")


async def open_tail(api: Api, scope: LogScope, script: str, priority: Priority) -> str:
    """Begin a live tail of one of the worker's scripts; return the URL of its websocket. Raises CloudflareError."""
    body = {"scriptId": script, "filterCombination": "and", "filters": filters_of(scope)}
    result = await _ask(api, LIVE_TAIL, body, priority)
    url = result.get("wsUrl")
    if not isinstance(url, str):
        raise ServerError(Reason.CLOUDFLARE_ERROR, f"POST {LIVE_TAIL}: the result has no wsUrl")
    return url


async def prolong_tail(api: Api, script: str, priority: Priority) -> None:
    """Say that somebody still watches the live tails of a script. Raises CloudflareError."""
    await _ask(api, HEARTBEAT, {"scriptId": script}, priority)


def filters_of(scope: LogScope) -> list[dict[str, object]]:
    """Return the filters that let events of the worker's scripts pass, and no others."""
    wanted = (
        ("$metadata.service", "regex", scope.pattern),
        ("$workers.dispatchNamespace", "eq", scope.namespace),
    )
    return [
        {"key": key, "operation": operation, "type": "string", "value": value}
        for key, operation, value in wanted
    ]


async def _ask(
    api: Api, endpoint: str, body: Mapping[str, object], priority: Priority
) -> Mapping[str, Any]:
    """Send a call that changes nothing in the account; return the result in its envelope."""
    content = json.dumps(body).encode()
    try:
        answer = await api.query(
            endpoint,
            priority=priority,
            content=content,
            content_type="application/json",
            limit=_MAX_ANSWER,
        )
    except Denied as error:
        error.add(_PERMISSION)
        raise
    try:
        match json.loads(answer):
            case {"success": True, "result": dict(result)}:
                return result
            case {"success": True}:
                return {}
    except (ValueError, RecursionError):
        pass
    raise ServerError(Reason.CLOUDFLARE_ERROR, f"POST {endpoint}: the answer is not the API's")


def _id_of(event: object) -> str:
    match event:
        case {"$metadata": {"id": str(identifier)}}:
            return identifier
    return ""
