"""The page and its files. They reveal nothing of the cluster, so callers may be anonymous."""

from functools import cache
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.gateway.http.preconditions import matches
from workers_operator.gateway.http.problems import problem
from workers_operator.gateway.page.files import PageFile, files

router = APIRouter(include_in_schema=False)
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_LASTING: Final = "public, max-age=31536000, immutable"
_CHECKED: Final = "no-cache"
_known = cache(files)


@router.get("/")
@router.get("/assets/{name}")
async def page_file(
    request: Request,
    accept_encoding: Annotated[str, Header()] = "",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """A file of the page."""
    found = _known().get(request.url.path)
    if found is None:
        message = "the page has no such file; load it anew"
        raise problem(GatewayCode.NO_SUCH_ENDPOINT, message)
    headers = _headers(found)
    if if_none_match is not None and matches(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if "gzip" in accept_encoding:
        headers["Content-Encoding"] = "gzip"
        return Response(found.packed, headers=headers, media_type=found.media)
    return Response(found.content, headers=headers, media_type=found.media)


def _headers(found: PageFile) -> dict[str, str]:
    return {
        "Cache-Control": _LASTING if found.lasts else _CHECKED,
        "Content-Security-Policy": _POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "ETag": f'"{found.tag}"',
        "Vary": "Accept-Encoding",
    }
