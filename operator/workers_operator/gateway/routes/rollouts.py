"""Orders about rollouts, by the annotation that the command line uses."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from starlette.responses import Response

from workers_operator.desired.verdict import version_meant
from workers_operator.domain.conditions import OWN_SUSPENSION, SUSPENSIONS
from workers_operator.domain.rollout.orders import Verb, given, order_of
from workers_operator.domain.timestamps import stamp
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.http.answering import json_response, write_errors
from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.gateway.http.preconditions import check_match, etag
from workers_operator.gateway.http.problems import ApiProblem, ErrorItem, problem
from workers_operator.gateway.routes.parameters import Found
from workers_operator.gateway.routes.writing import Ordered
from workers_operator.gateway.services import Reading, Reads
from workers_operator.gateway.shapes.answers import WorkerAnswerModel
from workers_operator.gateway.shapes.requests import RolloutOrderModel
from workers_operator.gateway.writes.answering import location, shown
from workers_operator.gateway.writes.changing import WorkerChange
from workers_operator.resources import RolloutOrderStatus, WorkerStatus

router = APIRouter(tags=["Rollouts"])
OrderName = Annotated[
    Literal["promote", "abort", "pause", "resume", "retry", "undo"],
    Path(description="promote, abort, pause, resume, retry or undo."),
]
_NOTHING = RolloutOrderModel()


@router.post(
    "/api/workers/{name}/rollout/{order}",
    response_model=WorkerAnswerModel,
    status_code=202,
    responses=write_errors()
    | {200: {"model": WorkerAnswerModel, "description": "The order is carried out."}},
    operation_id="orderRollout",
    summary="Decide a rollout",
)
async def order_rollout(
    reading: Reads,
    key: Found,
    asked: Ordered,
    order: OrderName,
    body: RolloutOrderModel = _NOTHING,
) -> Response:
    """promote goes on with the next step, abort sends all requests back, pause and resume hold, retry tries a version
    again, undo returns to a former version. With wait, the answer tells what the operator has done about it."""
    intent = asked.intent
    await reading.check(intent.caller, key, "patch")
    status = _status(reading, key)
    _check_possible(reading, key, intent.match)
    verb: Verb = "promote-full" if order == "promote" and body.full else order
    version = (body.version if verb == "undo" else None) or version_meant(verb, status)
    annotation = order_of(verb, version, stamp(reading.clock.now())).annotation()
    change = await asked.writer.annotate(key, annotation, intent)
    seconds = 0.0 if intent.dry_run else asked.seconds
    answer = await _answer_of(reading, key, _order_in(change), seconds)
    if answer is not None and answer.problem is not None:
        raise problem(GatewayCode.ORDER_REFUSED, f"nothing was done: {answer.problem}", "order")
    record = reading.cache.get(key)
    body_now = record.body() if record is not None and not intent.dry_run else change.body
    worker = shown(reading, WorkerChange(key, body_now))
    found = WorkerAnswerModel(worker=worker, dry_run=intent.dry_run or None)
    is_done = answer is not None or intent.dry_run
    headers = {"Location": location(worker), "ETag": etag(worker.id, worker.resource_version)}
    if change.is_repeated:
        headers["Idempotency-Replayed"] = "true"
    return json_response(found, 200 if is_done else 202, headers)


def _status(reading: Reading, key: ObjectKey) -> WorkerStatus:
    record = reading.cache.get(key)
    return WorkerStatus.tolerant(record.body().get("status") if record is not None else None)


def _check_possible(reading: Reading, key: ObjectKey, match: str | None) -> None:
    """Raise ApiProblem if the worker does not match If-Match, or is suspended."""
    record = reading.cache.get(key)
    if record is None:
        return
    check_match(match, etag(record.uid, str(record.resource_version)))
    if (record.body().get("spec") or {}).get("suspend"):
        raise ApiProblem(409, [ErrorItem(OWN_SUSPENSION.reason, OWN_SUSPENSION.message)])
    name = reading.cache.facets(key).platform
    platform = reading.platforms.get(name)
    if platform is not None and platform.is_suspended:
        message = f"WorkersPlatform {name} is suspended: nothing is changed there"
        raise ApiProblem(409, [ErrorItem(SUSPENSIONS[-1], message)])


def _order_in(change: WorkerChange) -> str:
    """Return the order that an object has: of a request that is repeated, the one that was given first."""
    return given(change.body["metadata"].get("annotations") or {})


async def _answer_of(
    reading: Reading, key: ObjectKey, order: str, seconds: float
) -> RolloutOrderStatus | None:
    """Return the operator's answer to an order; None if it does not come in time."""
    if not seconds:
        return None
    try:
        async with asyncio.timeout(seconds):
            while reading.cache.get(key) is not None:
                known = _status(reading, key).rollout_order
                if known is not None and known.id == order:
                    return known
                await reading.cache.next_change(key)
    except TimeoutError:
        pass
    return None
