"""Scaling: a number of instances, limits, and autoscalers."""

from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from workers_operator.domain.reasons import Reason
from workers_operator.domain.timestamps import stamp
from workers_operator.gateway.cache.counting import visible
from workers_operator.gateway.cache.facets import Filter
from workers_operator.gateway.cache.selectors import selector_of
from workers_operator.gateway.http.answering import json_response, write_errors
from workers_operator.gateway.http.problems import refused
from workers_operator.gateway.routes.parameters import Found
from workers_operator.gateway.routes.writing import Ordered, Repeatable
from workers_operator.gateway.services import Reads
from workers_operator.gateway.shapes.answers import WorkerAnswerModel
from workers_operator.gateway.shapes.monitoring import AutoscaleAnswerModel
from workers_operator.gateway.shapes.requests import AutoscaleModel, ScaleModel
from workers_operator.gateway.shapes.translation import scaled
from workers_operator.gateway.writes.answering import answer_to
from workers_operator.gateway.writes.autoscaling import MOST, AutoscalingPass

router = APIRouter(prefix="/api/scale", tags=["Scaling"])
_NOTHING = AutoscaleModel()


@router.post(
    "/auto",
    response_model=AutoscaleAnswerModel,
    status_code=202,
    responses=write_errors()
    | {200: {"model": AutoscaleAnswerModel, "description": "All were checked."}},
    operation_id="autoScale",
    summary="Have autoscalers decide now",
)
async def auto_scale(
    reading: Reads, order: Repeatable, body: AutoscaleModel = _NOTHING
) -> Response:
    """Asks the operator to check every worker that has an autoscaler, and answers what was decided.

    A policy turns autoscaling on for those of the selected workers that have none. At most 1,000 workers; a selection
    makes it fewer.
    """
    reading.check_filled()
    intent = order.intent
    wanted = Filter(
        type=body.type or "",
        customer_id=body.customer_id or "",
        environment=body.environment or "",
        namespace=body.namespace or "",
        selector=selector_of(body.label_selector or ""),
    )
    scope = await reading.scope_in(intent.caller, wanted.namespace)
    found = [
        key
        for key, facets, _ in visible(reading.cache, scope)
        if wanted.passes(key, facets, reading.platforms.environment)
    ]
    given = body.given().get("policy")
    moment = stamp(reading.clock.now())
    policy = given if isinstance(given, dict) else None
    one = AutoscalingPass(reading, order.writer, intent, policy, moment)
    decisions = await one.run(found, 0.0 if intent.dry_run else order.seconds)
    pending = sum(not d.handled and d.error is None for d in decisions)
    answer = AutoscaleAnswerModel(
        decisions=tuple(decisions),
        total=len(decisions),
        pending=pending,
        message=f"only the first {MOST} were asked for" if len(decisions) == MOST else None,
    )
    if pending and not intent.dry_run:
        return json_response(answer, 202, {"Location": _place(body)})
    return json_response(answer)


def _place(body: AutoscaleModel) -> str:
    """Return where the selected workers are to be read."""
    selection = body.model_dump(by_alias=True, exclude_none=True, exclude={"policy"})
    return f"/api/workers/?{urlencode(selection)}".removesuffix("?")


@router.post(
    "/{name}",
    response_model=WorkerAnswerModel,
    status_code=202,
    responses=write_errors()
    | {
        200: {"model": WorkerAnswerModel, "description": "It is Ready; or the answer to a dry run."}
    },
    operation_id="scaleWorker",
    summary="Scale a worker",
)
async def scale_worker(reading: Reads, key: Found, order: Ordered, body: ScaleModel) -> Response:
    """Sets the number of instances and the limits of one request. Cloudflare has one memory size."""
    intent = order.intent
    wanted = scaled(key, body)
    if not wanted.spec:
        message = "one of instances, cpuLimit and memoryLimit is required"
        raise refused(Reason.INVALID_SPEC, message)
    if "limits" in wanted.spec:
        await reading.check(intent.caller, key, "patch")
    else:
        await reading.check(intent.caller, key, "update", "scale")
    change = await order.writer.update(key, wanted, intent)
    return await answer_to(reading, change, order.seconds, dry_run=intent.dry_run)
