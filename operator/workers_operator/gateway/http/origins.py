"""Pages of other origins (CORS): every answer of the API is for them to read, a refusal of the guard as well."""

from collections.abc import Sequence
from typing import Final

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SENT: Final = (
    "Authorization",
    "Content-Type",
    "If-Match",
    "If-None-Match",
    "Idempotency-Key",
    "Prefer",
    "X-Request-Id",
)
_EXPOSED: Final = (
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
)


def open_to(app: ASGIApp, origins: Sequence[str]) -> ASGIApp:
    """Return an application that pages of these origins may call."""
    if not origins:
        return app
    return CORSMiddleware(
        app,
        allow_origins=list(origins),
        allow_methods=_METHODS,
        allow_headers=_SENT,
        expose_headers=_EXPOSED,
    )
