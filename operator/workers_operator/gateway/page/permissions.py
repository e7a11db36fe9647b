"""The caller's permissions on a worker, so that a page offers nothing else."""

import asyncio

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from workers_operator.gateway.access.callers import AccessQuestion, about
from workers_operator.gateway.http.answering import errors, json_response
from workers_operator.gateway.routes.parameters import Found
from workers_operator.gateway.services import Reads, Who
from workers_operator.gateway.shapes.answers import SuccessModel
from workers_operator.gateway.shapes.models import AnswerModel

router = APIRouter(tags=["Workers"])


class PermissionsModel(AnswerModel):
    """What the caller may do with a worker, as the cluster's RBAC has it."""

    patch: bool = Field(
        description="Whether to change its fields, to decide its rollouts and to redeploy it."
    )
    update: bool = Field(description="Whether to replace it.")
    scale: bool = Field(description="Whether to set its number of instances.")
    delete: bool = Field(description="Whether to delete it.")
    force: bool = Field(description="Whether to take fields over from other field managers.")
    logs: bool = Field(description="Whether to read its logs.")
    events: bool = Field(description="Whether to read the Events about it.")


class PermissionsAnswerModel(SuccessModel):
    """The answer to the question what the caller may do with a worker."""

    permissions: PermissionsModel = Field(description="What the caller may do.")


@router.get(
    "/api/workers/{name}/permissions",
    response_model=PermissionsAnswerModel,
    responses=errors(404, 409),
    operation_id="getWorkerPermissions",
    summary="What you may do with a worker",
)
async def get_permissions(reading: Reads, caller: Who, key: Found) -> Response:
    """What the caller may do with a worker that they may read. It counts for some seconds."""

    def of(verb: str, subresource: str = "") -> AccessQuestion:
        return about(key.kind, verb, key.namespace, key.name, subresource)

    asked = {
        "patch": of("patch"),
        "update": of("update"),
        "scale": of("update", "scale"),
        "delete": of("delete"),
        "force": of("update", "force"),
        "logs": of("get", "logs"),
        "events": AccessQuestion("list", "events", key.namespace, group=""),
    }
    answers = await asyncio.gather(*(reading.may(caller, one) for one in asked.values()))
    found = PermissionsModel(**dict(zip(asked, answers, strict=True)))
    return json_response(PermissionsAnswerModel(permissions=found))
