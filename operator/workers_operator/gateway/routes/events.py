"""Changes of workers and platforms as they happen."""

from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from workers_operator.gateway.access.callers import Caller, about
from workers_operator.gateway.cache.subscriptions import ObjectChange, Subscription
from workers_operator.gateway.http.answering import errors
from workers_operator.gateway.http.problems import ApiProblem
from workers_operator.gateway.http.streaming import (
    BEAT_SECONDS,
    EVENT_STREAM,
    Watchman,
    sse,
    sse_json,
    streaming,
)
from workers_operator.gateway.services import Reading, Reads, Who
from workers_operator.index.objects import PLATFORM_KIND

router = APIRouter(tags=["Status"])
_STREAM_SECONDS: Final = 3600.0
_BEAT: Final = b": alive\n\n"
_CONTENT: dict[str, Any] = {
    "description": "Server-sent events: hello at the beginning, worker and platform for changes, resync if some were "
    "lost, stale while the cluster cannot be watched, end.",
    "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
}


@router.get(
    "/api/events",
    response_class=Response,
    responses=errors() | {200: _CONTENT},
    operation_id="watchEvents",
    summary="Watch changes",
)
async def watch_events(request: Request, reading: Reads, caller: Who) -> Response:
    """Changes of the workers that the caller may list, and of platforms, until the caller ends it or an hour is over.

    The data of worker is {type, worker}: ADDED, MODIFIED or DELETED, and the worker as in lists; of platform
    it is {type, name}.
    """
    reading.check_filled()
    scope = await reading.scope(caller)
    count = sum(1 for _ in reading.cache.directory.visible(scope))
    watchman = Watchman(request.state.permitted, reading.clock, _STREAM_SECONDS)
    return streaming(_events(reading, caller, count, watchman), EVENT_STREAM)


async def _events(
    reading: Reading, caller: Caller, count: int, watchman: Watchman
) -> AsyncGenerator[bytes, None]:
    with reading.cache.subscribed() as subscription:
        is_stale = reading.cache.is_stale
        yield sse_json("hello", {"stale": is_stale, "workers": count})
        while (why := await watchman.why_ended()) is None:
            async for part in _news(reading, caller, subscription):
                yield part
            if reading.cache.is_stale is not is_stale:
                is_stale = reading.cache.is_stale
                yield sse_json("stale", {"stale": is_stale})
        yield sse_json("end", {"message": why})


async def _news(
    reading: Reading, caller: Caller, subscription: Subscription
) -> AsyncIterator[bytes]:
    """Yield the changes since the last call that the caller may see."""
    changes = await subscription.take(BEAT_SECONDS)
    if changes is None:
        yield sse_json("resync", {"message": "some changes are lost; read everything again"})
        return
    if not changes:
        yield _BEAT
        return
    try:
        scope = await reading.scope(caller, _concerned(changes))
        sees_platforms = await reading.may(caller, about(PLATFORM_KIND, "list", ""))
    except ApiProblem:
        yield sse_json("resync", {"message": "permissions cannot be checked; read again later"})
        return
    for change in changes:
        if change.key.kind == PLATFORM_KIND:
            if sees_platforms:
                yield sse_json("platform", {"type": change.type, "name": change.key.name})
        elif scope.holds(change.key.kind, change.key.namespace):
            yield _worker(reading, change)


def _concerned(changes: Iterable[ObjectChange]) -> Mapping[str, set[str]]:
    """Return kind → namespaces of changed workers, including those whose last worker is gone."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for change in changes:
        found[change.key.kind].add(change.key.namespace)
    return found


def _worker(reading: Reading, change: ObjectChange) -> bytes:
    if change.type != "DELETED" and reading.cache.get(change.key) is not None:
        worker = reading.renderer.listed(change.key)
        return sse("worker", b'{"type":"' + change.type.encode() + b'","worker":' + worker + b"}")
    shown = {
        "script_name": change.facets.script_name if change.facets is not None else "",
        "kind": change.key.kind,
        "namespace": change.key.namespace,
        "name": change.key.name,
    }
    return sse_json("worker", {"type": "DELETED", "worker": shown})
