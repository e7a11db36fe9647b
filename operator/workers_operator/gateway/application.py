"""The application: endpoints, guard, errors and the OpenAPI document."""

from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from workers_operator import __version__
from workers_operator.domain.reasons import Reason
from workers_operator.domain.text.lines import short
from workers_operator.gateway.http.answering import json_response
from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.gateway.http.compression import Compression
from workers_operator.gateway.http.problems import ApiProblem, ErrorItem, error_body, problem
from workers_operator.gateway.openapi import described
from workers_operator.gateway.page import permissions, redeploying
from workers_operator.gateway.page import routes as page
from workers_operator.gateway.routes import (
    deploy,
    documents,
    events,
    logs,
    monitor,
    objects,
    rollouts,
    scale,
    status,
    workers,
    writing,
)
from workers_operator.gateway.services import Reading
from workers_operator.gateway.telemetry.reading import LogReader
from workers_operator.gateway.writes.changing import Changes

_ROUTERS: Final = tuple(
    module.router
    for module in (
        workers,
        writing,
        rollouts,
        objects,
        deploy,
        scale,
        monitor,
        logs,
        events,
        status,
        documents,
        permissions,
        redeploying,
        page,
    )
)
TITLE: Final = "Code24 Workers API"


def application() -> FastAPI:
    """Return the application without anything behind it."""
    app = FastAPI(
        title=TITLE,
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    for router in _ROUTERS:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(Compression)
    document = described(app)
    app.openapi = lambda: document  # type: ignore[method-assign]
    return app


def serving(app: FastAPI, reading: Reading, changes: Changes, reader: LogReader) -> FastAPI:
    """Give an application its services."""
    app.state.reading = reading
    app.state.changes = changes
    app.state.log_reader = reader
    return app


async def _refused(request: Request, error: Exception) -> Response:
    """Answer a request that the framework or an endpoint refuses."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    if not isinstance(error, ApiProblem):
        error = _problem_of(error, request.url.path)
    return json_response(error.body(), error.status_code, error.headers)


def _problem_of(error: HTTPException, path: str) -> ApiProblem:
    headers = dict(error.headers or {})
    match error.status_code:
        case 404:
            return problem(GatewayCode.NO_SUCH_ENDPOINT, f"there is nothing at {short(path)}")
        case 405:
            message = "method not allowed for this path"
            return problem(GatewayCode.METHOD_NOT_ALLOWED, message, headers=headers)
        case status:
            code = GatewayCode.MALFORMED_REQUEST
            return ApiProblem(status, [ErrorItem(code, "the body is not JSON")], headers)


async def _failed(request: Request, _: Exception) -> Response:
    """Answer an internal error, which the guard logs."""
    message = f"internal error; see request {request.state.request_id} in the gateway's log"
    found = problem(GatewayCode.INTERNAL, message)
    return json_response(found.body(), found.status_code)


async def _invalid(request: Request, error: Exception) -> Response:
    """Answer a request with malformed parameters or a malformed body."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    found = list(error.errors())
    items = [_item(item) for item in found]
    if any(item["type"] == "json_invalid" for item in found):
        items = [ErrorItem(GatewayCode.MALFORMED_REQUEST, "the body is not JSON")]
        return json_response(error_body(items), 400)
    is_body = all(item["loc"][0] == "body" for item in found)
    return json_response(error_body(items), 422 if is_body else 400)


def _item(found: dict[str, Any]) -> ErrorItem:
    place, *path = found["loc"]
    code = Reason.INVALID_SPEC if place == "body" else GatewayCode.INVALID_PARAMETER
    field = ".".join(short(str(part)) for part in path)
    message = f"{field}: {found['msg']}" if field else str(found["msg"])
    return ErrorItem(code, message, field or None)
