"""GET of workers: the list, one worker, its versions."""

from bisect import bisect_right
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.responses import Response

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.cache.facets import Filter
from workers_operator.gateway.cache.objects import WatchCache
from workers_operator.gateway.http import paging
from workers_operator.gateway.http.answering import errors, json_response
from workers_operator.gateway.http.preconditions import etag, matches
from workers_operator.gateway.routes.parameters import Found, Listing
from workers_operator.gateway.services import Reading, Reads, Who
from workers_operator.gateway.shapes.answers import (
    VersionsAnswerModel,
    WorkerAnswerModel,
    WorkersAnswerModel,
)
from workers_operator.gateway.shapes.workers import versions
from workers_operator.gateway.turns import in_turns

router = APIRouter(tags=["Workers"])
IfNoneMatch = Annotated[
    str | None, Header(max_length=1024, description="ETag of the state that the caller has.")
]


@router.get(
    "/api/workers/",
    response_model=WorkersAnswerModel,
    responses=errors(),
    operation_id="listWorkers",
    summary="List workers",
)
async def list_workers(reading: Reads, caller: Who, listing: Listing) -> Response:
    """The workers that the caller may list, by script name, in pages. total counts all pages."""
    reading.check_filled()
    wanted, query = listing.filter(), listing.query()
    start = paging.position_of(listing.cursor, query) if listing.cursor else None
    found = reading.cache.directory.visible(await reading.scope_in(caller, wanted.namespace))
    if wanted != Filter():
        environment_of, facets_of = reading.platforms.environment, reading.cache.facets
        found = [p for p in found if wanted.passes(p[1], facets_of(p[1]), environment_of)]
    first = bisect_right(found, start, key=lambda place: place[0]) if start is not None else 0
    page = found[first : first + listing.limit]
    has_more = len(found) > first + len(page)
    cursor = paging.cursor_of(page[-1][0], query) if page and has_more else None
    shown, total = [key for _, key in page], len(found)
    return json_response(await _page(reading, shown, total, cursor))


async def _page(reading: Reading, keys: list[ObjectKey], total: int, cursor: str | None) -> bytes:
    # One that goes meanwhile is left out.
    rendered = [
        reading.renderer.listed(key) async for key in in_turns(keys) if reading.cache.get(key)
    ]
    items = b",".join(rendered)
    rest = WorkersAnswerModel(
        workers=(), total=total, cursor=cursor, stale=reading.cache.is_stale or None
    ).dump()
    return rest.replace(b'"workers":[]', b'"workers":[' + items + b"]", 1)


@router.get(
    "/api/workers/{name}",
    response_model=WorkerAnswerModel,
    responses=errors(404, 409) | {304: {"description": "The state is the one of If-None-Match."}},
    operation_id="getWorker",
    summary="Read a worker",
)
async def get_worker(reading: Reads, key: Found, if_none_match: IfNoneMatch = None) -> Response:
    """A worker with conditions, URLs, versions, rollout, scaling and health."""
    tag = tag_of(reading.cache, key)
    if if_none_match is not None and matches(if_none_match, tag):
        return Response(status_code=304, headers={"ETag": tag})
    return json_response(worker_answer(reading, key), headers={"ETag": tag})


def tag_of(cache: WatchCache, key: ObjectKey) -> str:
    """Return the ETag of an existing worker."""
    record = cache.get(key)
    assert record is not None  # noqa: S101 - it was found
    return etag(record.uid, str(record.resource_version))


def worker_answer(reading: Reading, key: ObjectKey) -> bytes:
    """Return the answer with a worker."""
    stale = b',"stale":true' if reading.cache.is_stale else b""
    return b'{"success":true,"worker":' + reading.renderer.detailed(key) + stale + b"}"


@router.get(
    "/api/workers/{name}/versions",
    response_model=VersionsAnswerModel,
    responses=errors(404, 409),
    operation_id="listVersions",
    summary="List versions of a worker",
)
async def list_versions(reading: Reads, key: Found) -> Response:
    """The newest versions, with the share of the requests that each one gets."""
    record = reading.cache.get(key)
    found = versions(record.body()) if record is not None else []
    stale = reading.cache.is_stale or None
    return json_response(VersionsAnswerModel(versions=tuple(found), total=len(found), stale=stale))
