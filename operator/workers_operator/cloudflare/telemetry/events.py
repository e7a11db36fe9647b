"""Events of the telemetry API as log entries.

developers.cloudflare.com/api/resources/workers/subresources/observability/subresources/telemetry

Scripts determine what an event says, so a field may be missing or of any type.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from workers_operator.domain.telemetry.entries import (
    EntryKind,
    LogEntry,
    LoggedInvocation,
    LogScope,
)

INVOCATION: Final = "cf-worker-event"
_LEVELS: Final = frozenset({"log", "debug", "info", "warn", "error"})
_LATEST: Final = 253_402_300_799_999  # the last millisecond of the year 9999


def entry_of(event: object, scope: LogScope) -> LogEntry | None:
    """Return an event as an entry; None for what is no event of the worker's scripts."""
    body = _object(event)
    about, workers = _object(body.get("$metadata")), _object(body.get("$workers"))
    name = _text(workers.get("scriptName")) or _text(about.get("service"))
    script = scope.script(name)
    at = body.get("timestamp")
    if script is None or workers.get("dispatchNamespace") != scope.namespace:
        return None
    if not isinstance(at, int) or not 0 <= at <= _LATEST:
        return None
    kind, text, stack = _said(body.get("source"), about)
    level = _text(about.get("level"))
    return LogEntry(
        id=_text(about.get("id")),
        at=at,
        script=script,
        kind=kind,
        level=level if level in _LEVELS else "log",
        text=text,
        request=_text(about.get("requestId")) or _text(workers.get("requestId")),
        stack=stack,
        invocation=_invocation(about, workers) if kind is EntryKind.INVOCATION else None,
    )


def _said(source: object, about: Mapping[str, Any]) -> tuple[EntryKind, str, str]:
    """Return what kind of entry it is, its text, and the stack of an exception."""
    told = _text(about.get("message"))
    if about.get("type") == INVOCATION:
        return EntryKind.INVOCATION, told or _text(about.get("trigger")), ""
    said = _object(source)
    thrown = _object(said.get("exception"))
    if thrown:
        return EntryKind.EXCEPTION, _text(said.get("message")) or told, _text(thrown.get("stack"))
    if isinstance(source, str):
        return EntryKind.CONSOLE, source, ""
    fields = {name: value for name, value in said.items() if name != "level"}
    if fields.keys() <= {"message"}:
        message = fields.get("message", told)
        return EntryKind.CONSOLE, message if isinstance(message, str) else _json(message), ""
    return EntryKind.CONSOLE, _json(fields), ""


def _invocation(about: Mapping[str, Any], workers: Mapping[str, Any]) -> LoggedInvocation:
    response = _object(_object(workers.get("event")).get("response"))
    return LoggedInvocation(
        trigger=_text(about.get("trigger")) or _text(workers.get("eventType")) or "-",
        outcome=_text(workers.get("outcome")) or "unknown",
        status=_whole(response.get("status")) or _whole(about.get("statusCode")),
        cpu_ms=_number(workers.get("cpuTimeMs")),
        wall_ms=_number(workers.get("wallTimeMs")),
        truncated=workers.get("truncated") is True,
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and 0 <= value < 1e12 else None  # type: ignore[operator, arg-type]
