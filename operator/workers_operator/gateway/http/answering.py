"""JSON answers, and the errors of endpoints in the OpenAPI document."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from workers_operator.gateway.shapes.answers import ErrorsAnswerModel
from workers_operator.gateway.shapes.models import AnswerModel

JSON: Final = "application/json"
_MEANINGS: Final = {
    400: "A parameter, a header or the body cannot be understood.",
    401: "There is no token, or it is not valid.",
    403: "The caller may not do this.",
    404: "There is no such worker or platform, or the caller may not see it.",
    408: "The body did not arrive in time.",
    409: "The state of the worker, or another manager of a field, does not allow it.",
    412: "The worker has changed since the ETag of If-Match.",
    413: "The body, or the object that it becomes, is too large.",
    414: "The URL is too long.",
    415: "The body is not application/json.",
    422: "The request is understood and cannot be carried out; the fields say why.",
    429: "Too many requests; Retry-After says when to continue.",
    431: "The headers are too large.",
    500: "An internal error of the gateway.",
    503: "The Kubernetes API is unavailable, or the gateway is starting or has as much to do as it can.",
}
_ALWAYS: Final = (400, 401, 414, 429, 431, 500, 503)
_WRITES: Final = (403, 404, 408, 409, 412, 413, 415, 422)
Responses = dict[int | str, dict[str, Any]]


def json_response(
    body: bytes | AnswerModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an answer."""
    content = body.dump() if isinstance(body, AnswerModel) else body
    return Response(content, status, dict(headers or {}), media_type=JSON)


def errors(*statuses: int) -> Responses:
    """Return the errors of an endpoint for the OpenAPI document: these, and those of every endpoint."""
    return {
        status: {"model": ErrorsAnswerModel, "description": _MEANINGS[status]}
        for status in sorted({*statuses, *_ALWAYS})
    }


def write_errors(*statuses: int) -> Responses:
    """Return the same for an endpoint that changes something."""
    return errors(*_WRITES, *statuses)
