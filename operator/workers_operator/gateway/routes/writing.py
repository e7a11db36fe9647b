"""POST, PUT, PATCH and DELETE of workers."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.access.callers import Caller
from workers_operator.gateway.http.answering import json_response, write_errors
from workers_operator.gateway.http.preconditions import idempotency_key, wait_seconds
from workers_operator.gateway.http.problems import refused
from workers_operator.gateway.routes.parameters import (
    DryRun,
    Force,
    Found,
    IfMatch,
    Name,
    Namespace,
    Prefer,
    RequestKey,
    Wait,
)
from workers_operator.gateway.services import Reading, Reads, Who, concerns
from workers_operator.gateway.shapes.answers import DeletionAnswerModel, WorkerAnswerModel
from workers_operator.gateway.shapes.patches import PatchedWorkerModel
from workers_operator.gateway.shapes.requests import NewWorkerModel, ReplacedWorkerModel
from workers_operator.gateway.shapes.translation import changed, created
from workers_operator.gateway.writes.answering import answer_to, place
from workers_operator.gateway.writes.changing import Changes, Intent
from workers_operator.gateway.writes.placing import DEFAULT_PLATFORM, platform_meant
from workers_operator.gateway.writes.waiting import gone, hindrance

router = APIRouter(tags=["Workers"])


async def _changes(request: Request) -> Changes:
    found = request.app.state.changes
    assert isinstance(found, Changes)  # noqa: S101
    return found


async def _seconds(wait: Wait = None, prefer: Prefer = None) -> float:
    return wait_seconds(wait, prefer)


async def _plain_intent(
    caller: Who, dry_run: DryRun = False, force: Force = False, if_match: IfMatch = None
) -> Intent:
    return Intent(caller, dry_run, if_match, force)


PlainIntent = Annotated[Intent, Depends(_plain_intent)]


async def _intent(request: Request, plain: PlainIntent, key: RequestKey = None) -> Intent:
    asked = request.url.path.encode() + b"\0" + await request.body()
    return replace(plain, request=idempotency_key(key, plain.caller.username, asked))


@dataclass(frozen=True)
class Order:
    """How a change is to be made, by whom, and for how long the answer to it may be held."""

    writer: Changes
    intent: Intent
    seconds: float


Writes = Annotated[Changes, Depends(_changes)]
Seconds = Annotated[float, Depends(_seconds)]
Meant = Annotated[Intent, Depends(_intent)]


async def _order(changes: Writes, intent: Meant, seconds: Seconds) -> Order:
    return Order(changes, intent, seconds)


async def _plain_order(changes: Writes, intent: PlainIntent, seconds: Seconds) -> Order:
    return Order(changes, intent, seconds)


Ordered = Annotated[Order, Depends(_order)]
Repeatable = Annotated[Order, Depends(_plain_order)]
"""The order of an endpoint that may be asked again as it is, and needs no Idempotency-Key."""


def namespace_meant(namespace: str, caller: Caller) -> str:
    """Return the namespace of a new worker."""
    return namespace or caller.namespace


@router.post(
    "/api/workers/",
    response_model=WorkerAnswerModel,
    status_code=202,
    responses=write_errors()
    | {
        200: {"model": WorkerAnswerModel, "description": "The answer to a dry run."},
        201: {"model": WorkerAnswerModel, "description": "It is Ready."},
    },
    operation_id="createWorker",
    summary="Create a worker",
)
async def create_worker(
    request: Request,
    reading: Reads,
    order: Ordered,
    body: NewWorkerModel,
    namespace: Namespace = "",
) -> Response:
    """Creates a CustomerWorker, or an EliteWorker with metadata.type elite-worker."""
    reading.check_filled()
    metadata = body.metadata
    if metadata is None or not metadata.customer_id:
        message = "metadata.customerId is required: the customer that owns the worker"
        raise refused(Reason.INVALID_SPEC, message, "metadata.customerId")
    platform = platform_meant(reading.platforms.all(), metadata.platform, metadata.environment)
    wanted = created(body, platform or DEFAULT_PLATFORM)
    where = namespace_meant(namespace, order.intent.caller)
    concerns(request, ObjectKey(wanted.kind, where, wanted.name))
    change = await order.writer.create(wanted, where, order.intent)
    return await answer_to(reading, change, order.seconds, dry_run=order.intent.dry_run)


async def _change(
    reading: Reading,
    order: Order,
    key: ObjectKey,
    body: ReplacedWorkerModel | PatchedWorkerModel,
    verb: str,
) -> Response:
    name = reading.cache.facets(key).script_name
    await reading.check(order.intent.caller, key, verb)
    if body.name not in (None, name):
        message = f"name must be {name!r}, the name in the path: a script name is immutable"
        raise refused(Reason.INVALID_SPEC, message, "name")
    metadata = body.metadata
    platform = None
    if metadata is not None:
        known = reading.platforms.all()
        platform = platform_meant(known, metadata.platform, metadata.environment)
    change = await order.writer.update(key, changed(key, body, platform), order.intent)
    return await answer_to(reading, change, order.seconds, dry_run=order.intent.dry_run)


_CHANGED = write_errors() | {
    200: {"model": WorkerAnswerModel, "description": "It is Ready; or the answer to a dry run."}
}


@router.put(
    "/api/workers/{name}",
    response_model=WorkerAnswerModel,
    status_code=202,
    responses=_CHANGED,
    operation_id="replaceWorker",
    summary="Replace a worker",
)
async def replace_worker(
    reading: Reads, key: Found, order: Ordered, body: ReplacedWorkerModel
) -> Response:
    """Replaces what a worker consists of; customer, script name, platform and subdomain stay unless they are given."""
    return await _change(reading, order, key, body, "update")


@router.patch(
    "/api/workers/{name}",
    response_model=WorkerAnswerModel,
    status_code=202,
    responses=_CHANGED,
    operation_id="changeWorker",
    summary="Change fields of a worker",
)
async def change_worker(
    reading: Reads, key: Found, order: Ordered, body: PatchedWorkerModel
) -> Response:
    """A JSON merge patch (RFC 7396): null removes a field, lists are replaced, what is absent stays."""
    return await _change(reading, order, key, body, "patch")


@router.delete(
    "/api/workers/{name}",
    response_model=DeletionAnswerModel,
    status_code=202,
    responses=write_errors()
    | {
        200: {
            "model": DeletionAnswerModel,
            "description": "It is gone; or the answer to a dry run.",
        }
    },
    operation_id="deleteWorker",
    summary="Delete a worker",
)
async def delete_worker(reading: Reads, key: Found, order: Repeatable, name: Name) -> Response:
    """Deletes the object; the operator removes the worker from the edge, and the object is gone once that is done."""
    intent = order.intent
    await reading.check(intent.caller, key, "delete")
    uid = await order.writer.delete(key, intent)
    if intent.dry_run:
        answer = DeletionAnswerModel(
            name=name, deleted=False, message=f"{key} may be deleted", dry_run=True
        )
        return json_response(answer)
    if order.seconds and await gone(reading.cache, key, uid, order.seconds):
        return json_response(DeletionAnswerModel(name=name, deleted=True, message=f"{key} is gone"))
    message = hindrance(reading.cache, key, uid) or (
        f"{key} is being deleted; it is gone once the worker is removed from the edge"
    )
    answer = DeletionAnswerModel(name=name, deleted=False, message=message)
    return json_response(answer, 202, {"Location": place(name, key.namespace)})
