"""Logs of a worker: a list, lines of JSON, or a stream of server-sent events."""

import asyncio
import json
import math
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, suppress
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import Response

from workers_operator.account.telemetry.following import Notice
from workers_operator.account.telemetry.history import MAX_ENTRIES, RETENTION_SECONDS
from workers_operator.account.telemetry.target import TargetError, check_deployed
from workers_operator.domain.errors import Paused, RateLimited, ReconcileError, Transient
from workers_operator.domain.reasons import Reason
from workers_operator.domain.telemetry.entries import LogEntry
from workers_operator.domain.telemetry.rendering import as_json
from workers_operator.domain.timestamps import parse_timestamp
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.access.callers import Caller, about
from workers_operator.gateway.http.answering import errors, json_response
from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.gateway.http.problems import ApiProblem, ErrorItem, problem
from workers_operator.gateway.http.streaming import (
    EVENT_STREAM,
    LINES,
    PartQueue,
    Permitted,
    Watchman,
    sse,
    sse_json,
    streaming,
)
from workers_operator.gateway.routes.parameters import Found
from workers_operator.gateway.services import Reading, Reads, Who
from workers_operator.gateway.shapes.monitoring import LogsAnswerModel
from workers_operator.gateway.telemetry.reading import LogReader, OpenLogs, StoredLogs
from workers_operator.kube.errors import KubeError, KubeForbidden
from workers_operator.resources import parse_duration

router = APIRouter(prefix="/api/monitor", tags=["Monitoring"])
_STREAM_SECONDS: Final = 3600.0
_MOST_WAITING: Final = 1024 * 1024  # bytes
_DEFAULT_SINCE: Final = "10m"
_RETRY_SECONDS: Final = "5"
_CONTENT: dict[str, Any] = {
    "model": LogsAnswerModel,
    "description": "The entries; with Accept application/x-ndjson lines, with text/event-stream the events log, notice "
    "and end, which go on with what is logged from now on.",
    "content": {
        LINES: {"schema": {"type": "string"}},
        EVENT_STREAM: {"schema": {"type": "string"}},
    },
}
Limit = Annotated[
    int,
    Query(
        ge=1,
        le=MAX_ENTRIES,
        description=f"Number of entries, the newest; at most {MAX_ENTRIES}. Default: 100.",
    ),
]
Since = Annotated[
    str,
    Query(
        max_length=64,
        description="A time such as 2026-01-31T08:00:00Z, or a duration such as 24h; at most 7 days ago. A time longer "
        "ago counts as 7 days ago. Default: 10m.",
    ),
]
Follow = Annotated[
    bool,
    Query(
        description="Whether lines of JSON go on with what is logged from now on. Default: false."
    ),
]
Accept = Annotated[
    str,
    Header(
        max_length=256, description="application/json, application/x-ndjson or text/event-stream."
    ),
]


async def _reader(request: Request) -> LogReader:
    found = request.app.state.log_reader
    assert isinstance(found, LogReader)  # noqa: S101
    return found


@router.get(
    "/{name}/logs",
    response_model=LogsAnswerModel,
    responses=errors(403, 404, 409, 422) | {200: _CONTENT},
    operation_id="getWorkerLogs",
    summary="Logs of a worker",
)
async def get_logs(
    request: Request,
    reading: Reads,
    caller: Who,
    reader: Annotated[LogReader, Depends(_reader)],
    key: Found,
    limit: Limit = 100,
    since: Since = _DEFAULT_SINCE,
    follow: Follow = False,
    accept: Accept = "",
) -> Response:
    """What a worker has logged, in the order of time. It needs the permission get on the virtual subresource logs."""
    begin = since_of(since, reading.clock.now().timestamp())
    await reading.check(caller, key, "get", "logs")
    stack = AsyncExitStack()
    try:
        check_deployed(key, reading.status(key))  # what costs nothing takes nobody's turn
        _take_turn(reading, reader, key)
        logs = await stack.enter_async_context(reader.open(key))
        stored = await logs.stored(begin, limit)
    except (TargetError, ReconcileError) as error:
        await stack.aclose()
        raise unreadable(error) from None
    media = EVENT_STREAM if EVENT_STREAM in accept else LINES if LINES in accept else ""
    if not media or (media == LINES and not follow):
        await stack.aclose()
        return _whole(stored, media)
    permitted = _permitted(reading, caller, key, request.state.permitted)
    watchman = Watchman(permitted, reading.clock, _STREAM_SECONDS)
    return streaming(_lasting(stack, logs, stored, watchman, media), media)


def since_of(text: str, now: float) -> int:
    """Parse a time as Unix time, at most 7 days ago. Raises ApiProblem."""
    moment: float | None = parse_timestamp(text)
    if moment is None:
        try:
            moment = now - parse_duration(text)
        except ValueError:
            message = f"since: {text!r} is neither a time such as 2026-01-31T08:00:00Z nor a duration such as 24h"
            raise problem(GatewayCode.INVALID_PARAMETER, message, "since") from None
    if moment > now:
        message = "since: is in the future"
        raise problem(GatewayCode.INVALID_PARAMETER, message, "since")
    return math.floor(max(moment, now - RETENTION_SECONDS))


def _take_turn(reading: Reading, reader: LogReader, key: ObjectKey) -> None:
    """Raise ApiProblem if the logs of a namespace are read too often."""
    decision = reader.limiter.take(key.namespace, reading.clock.monotonic())
    if not decision.passes:
        message = f"too many requests for logs of namespace {key.namespace}; try again in {decision.reset} s"
        headers = decision.headers("logs")
        raise problem(GatewayCode.TOO_MANY_REQUESTS, message, headers=headers)


def unreadable(error: Exception) -> ApiProblem:
    """Return the answer where logs cannot be read. What passes by itself is no fault of the request."""
    if not isinstance(error, ReconcileError):
        return ApiProblem(409, [ErrorItem(Reason.PENDING, str(error))])
    items = [ErrorItem(error.reason, error.message)]
    match error:
        case RateLimited() | Paused():
            return ApiProblem(503, items, {"Retry-After": str(max(1, math.ceil(error.after)))})
        case Transient():
            return ApiProblem(503, items, {"Retry-After": _RETRY_SECONDS})
        case KubeForbidden():
            return ApiProblem(403, items)
        case KubeError():  # e.g. the Secret of the platform is gone
            return ApiProblem(409, items)
    return ApiProblem(422, items)


def _whole(stored: StoredLogs, media: str) -> Response:
    entries = stored.history.entries
    if media == LINES:
        return Response("".join(f"{as_json(entry)}\n" for entry in entries), media_type=LINES)
    answer = LogsAnswerModel(
        logs=tuple(json.loads(as_json(entry)) for entry in entries),
        total=len(entries),
        more=stored.history.more,
        notices=stored.notices,
    )
    return json_response(answer)


def _permitted(reading: Reading, caller: Caller, key: ObjectKey, is_valid: Permitted) -> Permitted:
    async def permitted() -> bool:
        question = about(key.kind, "get", key.namespace, key.name, "logs")
        return await is_valid() and await reading.reviewer.may(caller, question)

    return permitted


def _part(item: LogEntry | Notice, media: str) -> bytes:
    if isinstance(item, Notice):
        return sse_json("notice", {"message": item.text}) if media == EVENT_STREAM else b""
    text = as_json(item)
    return sse("log", text) if media == EVENT_STREAM else f"{text}\n".encode()


def _parts(stored: StoredLogs, media: str) -> Iterator[bytes]:
    items: list[LogEntry | Notice] = [*map(Notice, stored.notices), *stored.history.entries]
    yield from filter(None, (_part(item, media) for item in items))


async def _lasting(
    stack: AsyncExitStack, logs: OpenLogs, stored: StoredLogs, watchman: Watchman, media: str
) -> AsyncGenerator[bytes, None]:
    """Yield stored entries, then new ones, until the caller disconnects or loses permission."""
    queue = PartQueue(_MOST_WAITING)  # a slow reader finds missed entries in the stored logs

    def emit(item: LogEntry | Notice) -> None:
        queue.put(_part(item, media))

    following = asyncio.create_task(logs.follow(logs.shown(stored), emit))
    following.add_done_callback(lambda _: queue.end())
    beat = b": alive\n\n" if media == EVENT_STREAM else b""
    try:
        for part in _parts(stored, media):
            yield part
        del stored  # the stream lasts
        why: str | None = None
        while (why := await watchman.why_ended()) is None:
            found = await queue.next()
            if found is None:
                why = "the logs can no longer be followed"
                break
            yield found or beat
        if media == EVENT_STREAM:
            yield sse_json("end", {"message": why})
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError, ReconcileError):
            await following
        await stack.aclose()
