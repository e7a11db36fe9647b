"""The OpenAPI document, as JSON and as a page. Both reveal nothing of the cluster."""

import json
from functools import lru_cache

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import HTMLResponse, Response

from workers_operator.gateway.docs_page import STYLE_SOURCE, page
from workers_operator.gateway.http.answering import json_response

router = APIRouter(include_in_schema=False)
_POLICY = f"default-src 'none'; style-src {STYLE_SOURCE}; base-uri 'none'; frame-ancestors 'none'"


@lru_cache(maxsize=1)
def _rendered(app: FastAPI) -> tuple[bytes, bytes]:
    """Return the document and the page, made once: anybody may ask for them, as often as they like."""
    document = app.openapi()
    return json.dumps(document, ensure_ascii=False).encode(), page(document).encode()


@router.get("/api/openapi.json")
async def openapi(request: Request) -> Response:
    """The OpenAPI document."""
    return json_response(_rendered(request.app)[0])


@router.get("/api/docs")
async def docs(request: Request) -> Response:
    """The document as a page."""
    headers = {"Content-Security-Policy": _POLICY}
    return HTMLResponse(_rendered(request.app)[1], headers=headers)
