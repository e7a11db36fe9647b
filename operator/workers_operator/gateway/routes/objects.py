"""What Kubernetes has of a worker or a platform: objects, and the Events about them."""

from typing import Annotated, Any, Final

import yaml
from fastapi import APIRouter, Header, Request
from starlette.responses import JSONResponse, Response

from workers_operator.desired.fleet.templates import TEMPLATE_KINDS
from workers_operator.domain.reasons import Reason
from workers_operator.domain.text.lines import short
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.access.callers import AccessQuestion, Caller, about
from workers_operator.gateway.http.answering import errors, json_response
from workers_operator.gateway.http.problems import ApiProblem, ErrorItem, forbidden, not_found
from workers_operator.gateway.routes.parameters import Found, Name, PlatformName
from workers_operator.gateway.routes.writing import Writes
from workers_operator.gateway.services import Reading, Reads, Who, concerns
from workers_operator.gateway.shapes.monitoring import EventsModel, event_of
from workers_operator.gateway.shapes.templates import TemplateAnswerModel, template_of
from workers_operator.gateway.writes.changing import Changes
from workers_operator.index.objects import PLATFORM_KIND
from workers_operator.kube.events import namespace_of
from workers_operator.resources import API_VERSION, TemplateStatus

router = APIRouter(tags=["Workers"])
_YAML: Final = "application/yaml"
# Without libyaml, a script of 1 MB blocks all other requests for a second.
_Dumper: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
Accept = Annotated[
    str, Header(max_length=256, description="application/yaml for YAML; JSON otherwise.")
]


@router.get(
    "/api/workers/{name}/object",
    response_model=dict[str, Any],
    responses=errors(404, 409)
    | {
        200: {
            "description": "The object as kubectl has it, without managedFields.",
            "content": {_YAML: {"schema": {"type": "string"}}},
        }
    },
    operation_id="getWorkerObject",
    summary="Read the object of a worker",
)
async def get_object(reading: Reads, key: Found, name: Name, accept: Accept = "") -> Response:
    """The custom resource, as JSON or YAML."""
    record = reading.cache.get(key)
    if record is None:
        raise not_found(name)
    body = {"apiVersion": API_VERSION, "kind": key.kind, **record.body()}
    if _YAML in accept:
        text = yaml.dump(body, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
        return Response(text, media_type=_YAML)
    return JSONResponse(body)


@router.get(
    "/api/workers/{name}/events",
    response_model=EventsModel,
    responses=errors(403, 404, 409),
    operation_id="listWorkerEvents",
    summary="List Events about a worker",
)
async def list_events(
    reading: Reads, changes: Writes, caller: Who, key: Found, name: Name
) -> Response:
    """The Events about the object, newest first. It needs the permission to list events in its namespace."""
    record = reading.cache.get(key)
    if record is None:
        raise not_found(name)
    return await _events(reading, changes, caller, key, record.uid)


async def _events(
    reading: Reading, changes: Changes, caller: Caller, key: ObjectKey, uid: str
) -> Response:
    """Answer with the Events about an object. Raises ApiProblem."""
    namespace = namespace_of(key)
    if not await reading.may(caller, AccessQuestion("list", "events", namespace, group="")):
        raise forbidden(f"list events in namespace {namespace}")
    found = map(event_of, await changes.events(key, uid, caller))
    listed = sorted(found, key=lambda event: event.last_time or "", reverse=True)
    return json_response(EventsModel(events=tuple(listed), total=len(listed)))


@router.get(
    "/api/workers/{name}/template",
    response_model=TemplateAnswerModel,
    responses=errors(403, 404, 409),
    operation_id="getWorkerTemplate",
    summary="The template that a worker follows",
)
async def get_template(reading: Reads, changes: Writes, caller: Who, key: Found) -> Response:
    """The WorkerTemplate or ClusterWorkerTemplate, and the wave that its rollout is at. It needs the permission to get
    the template."""
    followed = reading.status(key).template
    if followed is None or followed.kind not in TEMPLATE_KINDS:
        message = f"{key} follows no template"
        raise ApiProblem(404, [ErrorItem(Reason.TEMPLATE_NOT_FOUND, message)])
    is_namespaced = followed.kind == "WorkerTemplate"
    template = ObjectKey(followed.kind, key.namespace if is_namespaced else "", followed.name)
    if not await reading.may(
        caller, about(template.kind, "get", template.namespace, template.name)
    ):
        raise forbidden(f"get {template}")
    body = await changes.template(template, caller)
    status = TemplateStatus.tolerant(body.get("status"))
    return json_response(TemplateAnswerModel(template=template_of(template, status)))


@router.get(
    "/api/platforms/{name}/events",
    response_model=EventsModel,
    responses=errors(403, 404),
    operation_id="listPlatformEvents",
    summary="List Events about a platform",
    tags=["Status"],
)
async def list_platform_events(
    request: Request, reading: Reads, changes: Writes, caller: Who, name: PlatformName
) -> Response:
    """The Events about a WorkersPlatform, newest first; none about one that environment variables describe.

    It needs the permissions to list WorkersPlatforms, and events in namespace default.
    """
    reading.check_filled()
    key = ObjectKey(PLATFORM_KIND, "", name)
    concerns(request, key)
    if not await reading.may(caller, about(PLATFORM_KIND, "list", "")):
        raise forbidden("list WorkersPlatforms")
    platform = reading.platforms.get(name)
    if platform is None:
        message = f"there is no platform {short(name)!r}"
        raise ApiProblem(404, [ErrorItem(Reason.PLATFORM_NOT_FOUND, message, "name")])
    if not platform.uid:
        return json_response(EventsModel(events=(), total=0))
    return await _events(reading, changes, caller, key, platform.uid)
