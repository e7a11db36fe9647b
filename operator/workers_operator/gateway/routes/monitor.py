"""Metrics of one worker, and health of all."""

from collections import Counter
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from workers_operator.domain.timestamps import stamp
from workers_operator.gateway.cache.counting import counts_of, visible
from workers_operator.gateway.http.answering import errors, json_response
from workers_operator.gateway.routes.parameters import Filters, Found
from workers_operator.gateway.services import Reads, Who
from workers_operator.gateway.shapes.monitoring import (
    FailingWorkerModel,
    FleetHealthModel,
    FleetState,
    MetricsAnswerModel,
    MetricsHistoryModel,
    history_of,
    metrics_of,
)
from workers_operator.index.objects import HEALTH_STATES, Readiness

router = APIRouter(prefix="/api/monitor", tags=["Monitoring"])
_MOST_FAILING: Final = 50


@router.get(
    "/health",
    response_model=FleetHealthModel,
    responses=errors(),
    operation_id="getHealth",
    summary="Health of all workers",
)
async def get_health(reading: Reads, caller: Who, filters: Filters) -> Response:
    """The health of the workers that the caller may list, and those that are not as they should be."""
    reading.check_filled()
    wanted, scope = filters.filter(), await reading.scope_in(caller, filters.namespace)
    readiness, health = Counter[Readiness](), Counter[str]()
    failing: list[FailingWorkerModel] = []
    for key, facets, record in visible(reading.cache, scope):
        if not wanted.passes(key, facets, reading.platforms.environment):
            continue
        standing = record.standing
        readiness[standing.readiness] += 1
        health[standing.health] += 1
        is_failing = standing.readiness is Readiness.NOT_READY or standing.health in (
            "Degraded",
            "Unhealthy",
        )
        if is_failing and len(failing) < _MOST_FAILING:
            failing.append(
                FailingWorkerModel(
                    script_name=facets.script_name,
                    namespace=key.namespace,
                    customer_id=facets.customer_id,
                    health=standing.health,
                    reason=standing.reason,
                )
            )
    state: FleetState = "healthy"
    if health["Unhealthy"]:
        state = "unhealthy"
    elif failing:
        state = "degraded"
    return json_response(
        FleetHealthModel(
            status=state,
            timestamp=stamp(reading.clock.now()),
            workers=counts_of(readiness),
            health={name: health[name] for name in HEALTH_STATES},
            failing=tuple(failing),
            stale=reading.cache.is_stale or None,
        )
    )


@router.get(
    "/{name}/metrics",
    response_model=MetricsAnswerModel,
    responses=errors(404, 409),
    operation_id="getWorkerMetrics",
    summary="Metrics of a worker",
)
async def get_metrics(reading: Reads, key: Found) -> Response:
    """What the requests of a worker came to in the last window, from its status; null where nothing is known."""
    stale = reading.cache.is_stale or None
    return json_response(MetricsAnswerModel(metrics=metrics_of(reading.status(key)), stale=stale))


@router.get(
    "/{name}/metrics/history",
    response_model=MetricsHistoryModel,
    responses=errors(404, 409),
    operation_id="getWorkerMetricsHistory",
    summary="Metrics of a worker over time",
)
async def get_metrics_history(reading: Reads, key: Found) -> Response:
    """The metrics that the status of a worker told lately, as this gateway has seen them since it was started."""
    return json_response(history_of(reading.cache.history.points(key)))
