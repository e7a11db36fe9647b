"""The OpenAPI document, from the endpoints. ``python -m workers_operator.gateway.generation`` writes it."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from workers_operator.gateway.http.codes import GatewayCode

OpenApi = dict[str, Any]
_ABOUT: Final = """\
Cloudflare Workers as Kubernetes objects, by HTTP. A change becomes a change of an EliteWorker or a CustomerWorker,
which kubectl and Git see as well; answers come from the status that the operator writes.

Callers present a bearer token of Kubernetes that is meant for the audience of this API, e.g. of
`kubectl create token NAME --audience code24-workers`, and may do what RBAC grants them on the custom resources.
"""
_FRAMEWORKS: Final = "HTTPValidationError"
_ANONYMOUS: Final = ("/api/status",)


def described(app: FastAPI) -> OpenApi:
    """Return the document of an application."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description=_ABOUT,
        routes=app.routes,
    )
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of Kubernetes for the audience of this API.",
        }
    }
    document["security"] = [{"bearer": []}]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if _FRAMEWORKS in str(operation["responses"].get("422")):
                del operation["responses"]["422"]  # such requests are answered with 400
            if path in _ANONYMOUS:
                operation["security"] = [{"bearer": []}, {}]
    codes = ", ".join(f"`{code}` ({code.on})" for code in GatewayCode)
    document["info"]["description"] += (
        f"\nErrors have the code of a condition's reason where there is one, else one of: {codes}.\n"
    )
    schemas = components.get("schemas", {})
    for name in (_FRAMEWORKS, "ValidationError"):
        schemas.pop(name, None)
    return document
