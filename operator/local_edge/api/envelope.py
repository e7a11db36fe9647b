"""Cloudflare's response envelope, and errors as exceptions.

The envelope is {success, errors: [{code, message}], messages, result, result_info?}.
"""

from collections.abc import Mapping

from starlette.responses import JSONResponse


class ApiError(Exception):
    """A response with `status` and one error; the codes are Cloudflare's."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def ok(result: object, *, info: Mapping[str, object] | None = None) -> JSONResponse:
    content: dict[str, object] = {"success": True, "errors": [], "messages": [], "result": result}
    if info is not None:
        content["result_info"] = info
    return JSONResponse(content)


def failure(
    status: int, code: int, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    errors = [{"code": code, "message": message}]
    content = {"success": False, "errors": errors, "messages": [], "result": None}
    return JSONResponse(content, status, headers=headers)


def no_route(path: str) -> ApiError:
    return ApiError(
        404, 7003, f"Could not route to {path}, perhaps your object identifier is invalid?"
    )
