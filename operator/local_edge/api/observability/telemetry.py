"""/accounts/{account_id}/workers/observability/telemetry: the logs of scripts."""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from local_edge.analytics.search import (
    InvalidSearch,
    Test,
    filter_of,
    keys_of,
    needle_of,
    values_of,
)
from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import object_of
from local_edge.events.logs import DATASET
from local_edge.jsontypes import Json, JsonObject, list_at, object_at, text_at
from local_edge.storage.database import Database, now
from local_edge.storage.telemetry.logs import RETENTION, LogStore

MAX_EVENTS = 2000
_DEFAULT_EVENTS = 50
_LOOKED_AT = 10_000
"""The number of events that are searched for keys and values."""
_VIEWS = ("events", "invocations")


@dataclass(frozen=True)
class _Search:
    first: int
    """Unix times in milliseconds."""
    last: int
    test: Test

    def run(self, logs: LogStore, read: list[int]) -> Iterator[JsonObject]:
        """Yield matching events, newest first; `read` counts all."""
        for event in logs.between(self.first, self.last):
            read[0] += 1
            if self.test(event):
                yield event


class TelemetryEndpoints:
    """`clock` tells the Unix time."""

    def __init__(
        self,
        logs: LogStore,
        database: Database,
        account_id: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._logs = logs
        self._database = database
        self._account_id = account_id
        self._clock = clock

    async def query(self, request: Request) -> Response:
        body = await object_of(request)
        view = body.get("view") or "events"
        if view not in _VIEWS:
            raise ApiError(
                400, 10026, f"The local edge has no view '{view}', only events and invocations."
            )
        parameters, frame = object_at(body, "parameters"), object_at(body, "timeframe")
        if not isinstance(body.get("queryId"), str):
            raise ApiError(400, 10026, "queryId is required.")
        search = self._search(parameters, frame.get("from"), frame.get("to"))
        limit = _limit(body.get("limit", parameters.get("limit")), _DEFAULT_EVENTS, MAX_EVENTS)
        begun, read = time.perf_counter(), [0]
        found = await self._database.run(lambda: list(search.run(self._logs, read)))
        statistics: JsonObject = {
            "bytes_read": 0,
            "elapsed": time.perf_counter() - begun,
            "rows_read": read[0],
        }
        page = _page(found, text_at(body, "offset"), text_at(body, "offsetDirection"))[:limit]
        result: JsonObject = {"run": self._run(body, search, statistics), "statistics": statistics}
        if view == "events":
            fields: list[Json] = [{"key": key, "type": kind} for key, kind, _ in keys_of(page)]
            result["events"] = {"count": len(found), "events": list(page), "fields": fields}
        else:
            result["invocations"] = _by_invocation(page)
        return ok(result)

    async def keys(self, request: Request) -> Response:
        body = await object_of(request)
        search = self._search(body, body.get("from"), body.get("to"))
        needle = object_at(body, "keyNeedle")
        wanted = str(needle.get("value") or "").lower()
        found = await self._database.run(lambda: keys_of(self._some(search)))
        keys = [
            {"key": key, "type": kind, "lastSeenAt": at}
            for key, kind, at in found
            if wanted in key.lower()
        ]
        return ok(keys[: _limit(body.get("limit"), 1000, 10_000)])

    async def values(self, request: Request) -> Response:
        body = await object_of(request)
        key, kind, frame = body.get("key"), body.get("type"), object_at(body, "timeframe")
        if (
            not isinstance(key, str)
            or not isinstance(kind, str)
            or list_at(body, "datasets") is None
        ):
            raise ApiError(400, 10026, "datasets, key, type and timeframe are required.")
        search = self._search(body, frame.get("from"), frame.get("to"))
        found = await self._database.run(lambda: values_of(self._some(search), key, kind))
        values = [{"dataset": DATASET, "key": key, "type": kind, "value": item} for item in found]
        return ok(values[: _limit(body.get("limit"), 50, 10_000)])

    def _some(self, search: _Search) -> Iterable[JsonObject]:
        return islice(search.run(self._logs, [0]), _LOOKED_AT)

    def _search(self, parameters: JsonObject, first: Json, last: Json) -> _Search:
        now_ms = round(self._clock() * 1000)
        oldest = now_ms - RETENTION
        start, end = oldest if first is None else first, now_ms if last is None else last
        if not isinstance(start, int | float) or not isinstance(end, int | float) or start >= end:
            raise ApiError(400, 10026, "The timeframe needs 'from' before 'to', in milliseconds.")
        datasets = list_at(parameters, "datasets") or [DATASET]
        if DATASET not in datasets:
            return _Search(round(start), round(end), lambda event: False)
        try:
            passes = filter_of(parameters.get("filters"), parameters.get("filterCombination"))
            contains = needle_of(parameters.get("needle"))
        except InvalidSearch as error:
            raise ApiError(400, 10026, f"{error}.") from None
        return _Search(round(start), round(end), lambda event: passes(event) and contains(event))

    def _run(self, body: JsonObject, search: _Search, statistics: JsonObject) -> JsonObject:
        stamp, query = now(), text_at(body, "queryId")
        return {
            "id": secrets.token_hex(16),
            "accountId": self._account_id,
            "dry": body.get("dry") is True,
            "granularity": 0,
            "query": {
                "id": query,
                "adhoc": True,
                "created": stamp,
                "createdBy": self._account_id,
                "name": query,
                "parameters": object_at(body, "parameters"),
                "updated": stamp,
                "updatedBy": self._account_id,
            },
            "status": "COMPLETED",
            "timeframe": {"from": search.first, "to": search.last},
            "userId": self._account_id,
            "created": stamp,
            "updated": stamp,
            "statistics": statistics,
        }


def _limit(value: Json, default: int, most: int) -> int:
    if value is None:
        return default
    if not isinstance(value, int) or value < 1:
        raise ApiError(400, 10026, "limit must be a positive number.")
    return min(value, most)


def _page(events: list[JsonObject], offset: str | None, direction: str | None) -> list[JsonObject]:
    """Return what follows the event with the id `offset`, or what is before it, in the same order."""
    if offset is None:
        return events
    ids = [text_at(object_at(event, "$metadata"), "id") for event in events]
    if offset not in ids:
        return []
    position = ids.index(offset)
    return events[:position] if direction == "prev" else events[position + 1 :]


def _by_invocation(events: Iterable[JsonObject]) -> JsonObject:
    found: dict[str, list[Json]] = {}
    for event in events:
        identity = text_at(object_at(event, "$metadata"), "requestId") or ""
        found.setdefault(identity, []).append(event)
    return dict(found)
