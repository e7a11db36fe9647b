"""Deployments of the REST API document: create an object, or change the existing one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.cache.facets import facets_of
from workers_operator.gateway.http.answering import Responses, write_errors
from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.gateway.http.problems import problem
from workers_operator.gateway.routes.parameters import Namespace
from workers_operator.gateway.routes.writing import Order, Ordered, namespace_meant
from workers_operator.gateway.services import Reading, Reads, concerns
from workers_operator.gateway.shapes.answers import DeploymentAnswerModel
from workers_operator.gateway.shapes.requests import (
    CustomerDeployModel,
    DeployModel,
    EliteDeployModel,
    R2DeployModel,
)
from workers_operator.gateway.shapes.translation import (
    WantedWorker,
    customer,
    elite,
    from_r2,
    object_of,
)
from workers_operator.gateway.writes.answering import answer_to
from workers_operator.gateway.writes.changing import WorkerChange
from workers_operator.gateway.writes.placing import DEFAULT_PLATFORM, platform_meant

router = APIRouter(prefix="/api/deploy", tags=["Deployment"])
_ANSWERS: Responses = write_errors() | {
    200: {
        "model": DeploymentAnswerModel,
        "description": "It is Ready; or the answer to a dry run.",
    },
    201: {"model": DeploymentAnswerModel, "description": "It is new, and Ready."},
}


async def _deployed(
    reading: Reading, order: Order, wanted: WantedWorker, namespace: str
) -> WorkerChange:
    """Change the object that requests the script name, or create one."""
    changes, intent = order.writer, order.intent
    where = namespace_meant(namespace, intent.caller)
    key = ObjectKey(wanted.kind, where, wanted.name)
    facets = facets_of(key, object_of(wanted, where, {}))
    asked = [
        known
        for known in reading.cache.directory.named(facets.script_name)
        if known.kind == wanted.kind
        and namespace in ("", known.namespace)
        and reading.cache.facets(known).platform == facets.platform
    ]
    # An object of another namespace that was never deployed may be a trap: the caller would fill it in.
    asked = [known for known in asked if known.namespace == where or reading.has_served(known)]
    found = await reading.seen(intent.caller, asked)
    if not found:
        return await changes.create(wanted, where, intent)
    if len(found) > 1:
        message = (
            f"several objects request the script name {facets.script_name}; name one by namespace"
        )
        raise problem(GatewayCode.AMBIGUOUS_NAME, message, "namespace")
    await reading.check(intent.caller, found[0], "update")
    return await changes.update(found[0], wanted, intent)


class Deploying:
    """Deploys what a request wants."""

    def __init__(self, request: Request, reading: Reading, order: Order, namespace: str) -> None:
        self._request = request
        self._reading = reading
        self._order = order
        self._namespace = namespace

    def platform(self, body: DeployModel) -> str:
        """Return the platform that a request means. Raises ApiProblem."""
        self._reading.check_filled()
        known = self._reading.platforms.all()
        return platform_meant(known, body.platform, body.environment) or DEFAULT_PLATFORM

    async def answer(self, wanted: WantedWorker) -> Response:
        """Answer once the worker is deployed, or the time is over. Raises ApiProblem."""
        order = self._order
        change = await _deployed(self._reading, order, wanted, self._namespace)
        concerns(self._request, change.key)
        return await answer_to(
            self._reading, change, order.seconds, dry_run=order.intent.dry_run, is_deployment=True
        )


async def _deploying(
    request: Request, reading: Reads, order: Ordered, namespace: Namespace = ""
) -> Deploying:
    return Deploying(request, reading, order, namespace)


Deploys = Annotated[Deploying, Depends(_deploying)]


@router.post(
    "/elite-worker",
    response_model=DeploymentAnswerModel,
    status_code=202,
    responses=_ANSWERS,
    operation_id="deployEliteWorker",
    summary="Deploy an elite worker",
)
async def deploy_elite_worker(deploying: Deploys, body: EliteDeployModel) -> Response:
    """Deploys a product worker for a customer. Deployed again, the fields that are given change."""
    return await deploying.answer(elite(body, deploying.platform(body)))


@router.post(
    "/customer-worker",
    response_model=DeploymentAnswerModel,
    status_code=202,
    responses=_ANSWERS,
    operation_id="deployCustomerWorker",
    summary="Deploy a customer's worker",
)
async def deploy_customer_worker(deploying: Deploys, body: CustomerDeployModel) -> Response:
    """Deploys a worker from a template. Deployed again, the fields that are given change."""
    return await deploying.answer(customer(body, deploying.platform(body)))


@router.post(
    "/from-r2",
    response_model=DeploymentAnswerModel,
    status_code=202,
    responses=_ANSWERS,
    operation_id="deployFromR2",
    summary="Deploy a worker from R2",
)
async def deploy_from_r2(deploying: Deploys, body: R2DeployModel) -> Response:
    """Deploys a worker from an object in a bucket. Deployed again, the fields that are given change."""
    return await deploying.answer(from_r2(body, deploying.platform(body)))
