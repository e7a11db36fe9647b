"""Answers to changes of workers."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import Response

from workers_operator.desired.status import find
from workers_operator.desired.verdict import Verdict
from workers_operator.domain.conditions import READY, STALLED
from workers_operator.domain.reasons import Reason
from workers_operator.gateway.cache.facets import facets_of
from workers_operator.gateway.http.answering import json_response
from workers_operator.gateway.http.preconditions import etag
from workers_operator.gateway.http.problems import ErrorItem, error_body
from workers_operator.gateway.services import Reading
from workers_operator.gateway.shapes.answers import (
    Deployment,
    DeploymentAnswerModel,
    WorkerAnswerModel,
)
from workers_operator.gateway.shapes.models import WorkerModel
from workers_operator.gateway.shapes.workers import detailed
from workers_operator.gateway.writes.changing import WorkerChange
from workers_operator.gateway.writes.waiting import outcome_of

_STATES: Mapping[Verdict, Deployment] = {
    "succeeded": "ready",
    "under way": "deploying",
    "failed": "failed",
}


def place(script_name: str, namespace: str) -> str:
    """Return the path of a worker."""
    return f"/api/workers/{quote(script_name, safe='')}?namespace={quote(namespace, safe='')}"


def location(worker: WorkerModel) -> str:
    """Return the path of a worker."""
    return place(worker.script_name, worker.namespace)


async def answer_to(
    reading: Reading,
    change: WorkerChange,
    seconds: float,
    *,
    dry_run: bool,
    is_deployment: bool = False,
) -> Response:
    """Answer a change once its outcome is known, after at most ``seconds``."""
    if dry_run:
        worker = shown(reading, change)
        return json_response(_answer(worker, "under way", is_deployment, dry_run=True))
    verdict = await outcome_of(reading.cache, change.key, seconds)
    record = reading.cache.get(change.key)
    body = record.body() if record is not None else change.body
    worker = shown(reading, WorkerChange(change.key, body))
    headers = {"Location": location(worker), "ETag": etag(worker.id, worker.resource_version)}
    if change.is_repeated:
        headers["Idempotency-Replayed"] = "true"
    match verdict:
        case "succeeded":
            status = 201 if change.is_new else 200
        case "under way":
            status = 202
        case "failed":
            return json_response(_failure(worker), 422, headers)
    return json_response(_answer(worker, verdict, is_deployment), status, headers)


def shown(reading: Reading, change: WorkerChange) -> WorkerModel:
    """Return the changed worker in the form of answers."""
    facets = facets_of(change.key, change.body)
    platforms = reading.platforms
    environment, rollout = (
        platforms.environment(facets.platform),
        platforms.rollout(facets.platform),
    )
    return detailed(change.key, change.body, facets, environment, rollout)


def _answer(
    worker: WorkerModel, verdict: Verdict, is_deployment: bool, *, dry_run: bool = False
) -> WorkerAnswerModel:
    state = None if dry_run else _STATES[verdict]
    if not is_deployment:
        return WorkerAnswerModel(worker=worker, status=state, dry_run=dry_run or None)
    return DeploymentAnswerModel(
        worker=worker,
        status=state,
        dry_run=dry_run or None,
        name=worker.script_name,
        urls=worker.urls,
        version=worker.code24_metadata.deployment_info.version,
    )


def _failure(worker: WorkerModel) -> bytes:
    """Return why a worker cannot be deployed as it is."""
    found = find(worker.conditions, STALLED) or find(worker.conditions, READY)
    code = found.reason if found is not None else Reason.PENDING.value
    message = found.message if found is not None else "the worker is gone"
    shown_worker = worker.model_dump(mode="json", by_alias=True, exclude_none=True)
    return error_body([ErrorItem(code, message)], {"worker": shown_worker})
