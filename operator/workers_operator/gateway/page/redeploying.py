"""Request a check of a worker by the annotation that people and Flux use."""

from fastapi import APIRouter
from starlette.responses import Response

from workers_operator.domain.timestamps import stamp
from workers_operator.gateway.http.answering import json_response, write_errors
from workers_operator.gateway.http.preconditions import check_match, etag
from workers_operator.gateway.http.problems import not_found
from workers_operator.gateway.routes.parameters import Found, Name
from workers_operator.gateway.routes.writing import Meant, Writes
from workers_operator.gateway.services import Reads
from workers_operator.gateway.shapes.answers import WorkerAnswerModel
from workers_operator.gateway.writes.answering import location, shown
from workers_operator.index.objects import REQUESTED_AT

router = APIRouter(tags=["Workers"])


@router.post(
    "/api/workers/{name}/redeploy",
    response_model=WorkerAnswerModel,
    status_code=202,
    responses=write_errors()
    | {200: {"model": WorkerAnswerModel, "description": "The answer to a dry run."}},
    operation_id="redeployWorker",
    summary="Redeploy a worker",
)
async def redeploy_worker(
    reading: Reads, changes: Writes, intent: Meant, key: Found, name: Name
) -> Response:
    """Has the operator resolve its code again now, and deploy whatever at the edge is not as it should be."""
    await reading.check(intent.caller, key, "patch")
    record = reading.cache.get(key)
    if record is None:
        raise not_found(name)
    check_match(intent.match, etag(record.uid, str(record.resource_version)))
    annotation = {REQUESTED_AT[-1]: stamp(reading.clock.now())}
    change = await changes.annotate(key, annotation, intent)
    worker = shown(reading, change)
    answer = WorkerAnswerModel(worker=worker, dry_run=intent.dry_run or None)
    headers = {"Location": location(worker), "ETag": etag(worker.id, worker.resource_version)}
    if change.is_repeated:
        headers["Idempotency-Replayed"] = "true"
    return json_response(answer, 200 if intent.dry_run else 202, headers)
