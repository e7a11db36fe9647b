"""The logs of scripts: events as Cloudflare's telemetry API shows them.

Each line that a script writes and each exception is an event, and so is the invocation itself, unless the setting
`observability.logs.invocation_logs` is false.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from local_edge.events.live import LiveTailHub
from local_edge.events.sampling import logs_invocations
from local_edge.events.stream import ScriptEvent
from local_edge.jsontypes import Json, JsonObject, list_at, object_at, text_at
from local_edge.storage.stores import Stores

DATASET = "cloudflare-workers"
_LEVELS = {"warn": "warn", "error": "error", "debug": "debug", "info": "info"}


def log_events(found: ScriptEvent, account: str, *, invocations: bool) -> Iterator[JsonObject]:
    """Yield the log events of an event of a script, oldest first."""
    about = _About.of(found, account)
    for line in list_at(found.event, "logs") or []:
        if isinstance(line, dict):
            level = _LEVELS.get(text_at(line, "level") or "", "log")
            source = _source(line.get("message"), level)
            text = text_at(source, "message") or ""
            yield about.event(line.get("timestamp"), "cf-worker", level, text, source)
    for thrown in list_at(found.event, "exceptions") or []:
        if isinstance(thrown, dict):
            text = f"{text_at(thrown, 'name')}: {text_at(thrown, 'message')}"
            details: JsonObject = {"level": "error", "message": text, "exception": thrown}
            yield about.event(thrown.get("timestamp"), "cf-worker", "error", text, details)
    if invocations:
        level = "info" if found.event.get("outcome") == "ok" else "error"
        yield about.event(None, "cf-worker-event", level, about.trigger, {"message": about.trigger})


def _source(message: Json, level: str) -> JsonObject:
    """Return what a line says: the object that it consists of, or its text."""
    parts = message if isinstance(message, list) else [message]
    if len(parts) == 1 and isinstance(parts[0], dict):
        return {"level": level, **parts[0]}
    if len(parts) == 1 and isinstance(parts[0], str) and parts[0].startswith("{"):
        try:
            found: Json = json.loads(parts[0])
        except ValueError:
            found = None
        if isinstance(found, dict):
            return {"level": level, **found}
    texts = [part if isinstance(part, str) else json.dumps(part) for part in parts]
    return {"level": level, "message": " ".join(texts)}


class LogWriter:
    """Keeps the logs of the scripts for which observability is enabled, and passes them to live tails."""

    def __init__(
        self,
        stores: Stores,
        live: LiveTailHub,
        account_id: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._live = live
        self._scripts = stores.scripts
        self._logs = stores.telemetry.logs
        self._account_id = account_id
        self._clock = clock

    def write(self, found: ScriptEvent) -> None:
        script = self._scripts.script(found.namespace, found.script) if found.logged else None
        if script is not None:
            invocations = logs_invocations(script)
            events = list(log_events(found, self._account_id, invocations=invocations))
            self._logs.add(events, self._clock())
            self._live.publish(found.script, events)


@dataclass(frozen=True)
class _About:
    """What the events of an invocation have in common."""

    trigger: str
    began: int
    workers: JsonObject
    metadata: JsonObject

    @classmethod
    def of(cls, found: ScriptEvent, account: str) -> "_About":
        event = object_at(found.event, "event")
        request, response = object_at(event, "request"), object_at(event, "response")
        kind, trigger = _kind(event, request)
        identity = secrets.token_hex(8)
        shown: JsonObject = {}
        if request:
            path = urlsplit(text_at(request, "url") or "").path
            shown = {"request": {**request, "path": path}, "response": response}
        elif event.get("cron") is not None:
            shown = {"cron": event["cron"], "scheduledTimeMs": event.get("scheduledTime")}
        workers: JsonObject = {
            "event": shown,
            "eventType": kind,
            "executionModel": "stateless",
            "outcome": found.event.get("outcome"),
            "requestId": identity,
            "scriptName": found.script,
            "scriptVersion": {"id": found.version},
            "truncated": found.event.get("truncated") is True,
            "cpuTimeMs": found.event.get("cpuTime"),
            "wallTimeMs": found.event.get("wallTime"),
        }
        if found.namespace:
            workers["dispatchNamespace"] = found.namespace
        metadata: JsonObject = {
            "account": account,
            "cloudService": "workers",
            "origin": kind,
            "provider": "cloudflare",
            "requestId": identity,
            "service": found.script,
            "trigger": trigger,
        }
        if isinstance(response.get("status"), int):
            metadata["statusCode"] = response["status"]
        if request:
            metadata["url"] = request.get("url")
        began = found.event.get("eventTimestamp")
        return cls(trigger, began if isinstance(began, int) else 0, workers, metadata)

    def event(
        self, timestamp: Json, kind: str, level: str, message: str, source: Json
    ) -> JsonObject:
        at = timestamp if isinstance(timestamp, int) else self.began
        # Ids sort by time, since they are the cursors of pages.
        metadata: JsonObject = {
            **self.metadata,
            "id": f"{at:012X}{secrets.token_hex(7).upper()}",
            "level": level,
            "message": message,
            "type": kind,
        }
        if level == "error":
            metadata["error"] = message
        return {
            "$metadata": metadata,
            "$workers": self.workers,
            "dataset": DATASET,
            "source": source,
            "timestamp": at,
        }


def _kind(event: JsonObject, request: JsonObject) -> tuple[str, str]:
    """Return the type of an event, and what has triggered it."""
    if request:
        path = urlsplit(text_at(request, "url") or "").path
        return "fetch", f"{text_at(request, 'method')} {path}"
    if event.get("cron") is not None:
        return "cron", str(event["cron"])
    if event.get("rpcMethod") is not None:
        return "rpc", str(event["rpcMethod"])
    return "unknown", "unknown"
