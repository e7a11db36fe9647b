"""Errors as answers: ``{"success": false, "errors": [{code, message, field, documentation_url}]}``."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from starlette.exceptions import HTTPException

from workers_operator.domain.reasons import Reason
from workers_operator.domain.text.lines import one_line, short
from workers_operator.domain.text.words import ReasonWord
from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.kube.errors import (
    KubeConflict,
    KubeError,
    KubeForbidden,
    KubeInvalid,
    KubeNotFound,
    KubeUnavailable,
)

DOCUMENTATION: Final = "/api/docs#"
_MAX_ERRORS: Final = 20
_RETRY: Final = {"Retry-After": "5"}


@dataclass(frozen=True, slots=True)
class ErrorItem:
    """One error. ``field``: of the request, with dots; None if no field is at fault."""

    code: str
    message: str
    field: str | None = None

    def document(self) -> dict[str, str | None]:
        """Return the error as JSON."""
        return {
            "code": self.code,
            "message": one_line(self.message),
            "field": self.field,
            "documentation_url": f"{DOCUMENTATION}{self.code}",
        }


class ApiProblem(HTTPException):
    """A refused request. ``more``: further fields of the answer."""

    def __init__(
        self,
        status: int,
        errors: Iterable[ErrorItem],
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        self.errors = tuple(errors)
        self.more = more or {}
        super().__init__(status, self.errors[0].message, dict(headers or {}))

    def body(self) -> bytes:
        """Return the answer."""
        return error_body(self.errors, self.more)


def error_body(errors: Sequence[ErrorItem], more: Mapping[str, object] | None = None) -> bytes:
    """Return errors in the envelope."""
    shown = [error.document() for error in errors[:_MAX_ERRORS]]
    return json.dumps({"success": False, "errors": shown, **(more or {})}).encode()


def problem(
    code: GatewayCode,
    message: str,
    field: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> ApiProblem:
    """Return a refusal with the status of its code."""
    return ApiProblem(int(code.on), [ErrorItem(code, message, field)], headers)


def overloaded(why: str) -> ApiProblem:
    """Return the answer while the gateway has as much to do as it can."""
    headers = {"Retry-After": "2"}
    return problem(GatewayCode.OVERLOADED, f"{why}; try again", headers=headers)


def not_found(name: str) -> ApiProblem:
    """Return the answer for a worker that does not exist or that the caller may not see."""
    return problem(GatewayCode.NO_SUCH_WORKER, f"there is no worker {short(name)!r}")


def forbidden(what: str) -> ApiProblem:
    """Return the answer to a forbidden request. ``what``: a verb and its object."""
    return ApiProblem(403, [ErrorItem(Reason.FORBIDDEN, f"you may not {what}")])


def refused(reason: ReasonWord, message: str, field: str | None = None) -> ApiProblem:
    """Return the answer to a valid request that cannot be carried out."""
    return ApiProblem(422, [ErrorItem(reason, message, field)])


def invalid(error: ValidationError, fields: Mapping[str, str], prefix: str = "") -> ApiProblem:
    """Return a model's validation errors. ``fields``: field of the object → its name in the request."""
    items = [
        ErrorItem(
            Reason.INVALID_SPEC, found["msg"], _renamed(_dotted(found["loc"]), fields, prefix)
        )
        for found in error.errors(include_url=False, include_input=False)
    ]
    return ApiProblem(422, items)


def _dotted(location: Sequence[int | str]) -> str:
    return ".".join(short(str(part)) for part in location)


def _renamed(path: str, fields: Mapping[str, str], prefix: str) -> str:
    """Return a path with its longest known prefix renamed as in the request."""
    for known in sorted(fields, key=len, reverse=True):
        if path == known or path.startswith(f"{known}."):
            return prefix + f"{fields[known]}{path[len(known) :]}".removeprefix(".")
    return f"{prefix}{path}"


def of_kubernetes(error: KubeError, what: str) -> ApiProblem:
    """Return the answer for a failed call of the API server. ``what``: its purpose."""
    if isinstance(error, KubeUnavailable):
        message = f"cannot {what}: the Kubernetes API is unavailable; nothing was changed"
        return ApiProblem(503, [ErrorItem(error.reason, message)], _RETRY)
    if isinstance(error, KubeNotFound):
        return problem(GatewayCode.NO_SUCH_WORKER, f"cannot {what}: it does not exist")
    if isinstance(error, KubeForbidden):
        message = f"cannot {what}: the cluster refuses it to the gateway: {_said(error)}"
        return ApiProblem(403, [ErrorItem(error.reason, message)])
    if isinstance(error, KubeConflict):
        message = f"cannot {what}: it has changed meanwhile; try again"
        return ApiProblem(409, [ErrorItem(error.reason, message)])
    if isinstance(error, KubeInvalid):
        return ApiProblem(422, [ErrorItem(Reason.INVALID_SPEC, _said(error), error.field)])
    if "too large" in error.message.lower():
        return problem(GatewayCode.BODY_TOO_LARGE, f"cannot {what}: the object is too large")
    return ApiProblem(422, [ErrorItem(error.reason, f"cannot {what}: {_said(error)}")])


def _said(error: KubeError) -> str:
    """Return the API server's message, without the call."""
    return error.message.partition(": ")[2] or error.message
