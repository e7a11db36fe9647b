"""Read requests: JSON bodies, query parameters, pages."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from local_edge.api.envelope import ApiError
from local_edge.jsontypes import Json, JsonObject

T = TypeVar("T")

MAX_BODY = 310 * 1024 * 1024
"""Bytes; this API accepts R2 objects of up to 300 MB."""


async def body_of(request: Request, limit: int = MAX_BODY) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise ApiError(413, 10027, f"The request body is larger than {limit} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


async def json_of(request: Request, *, code: int = 10026) -> Json:
    """Return the body as JSON. `code` is the error code for a body that is not JSON."""
    try:
        value: Json = json.loads(await body_of(request))
    except ValueError:
        raise ApiError(400, code, "Could not parse the request body: it must be JSON.") from None
    return value


async def object_of(request: Request, *, code: int = 10026) -> JsonObject:
    value = await json_of(request, code=code)
    if not isinstance(value, dict):
        raise ApiError(400, code, "The request body must be a JSON object.")
    return value


async def array_of(request: Request, *, code: int = 10026) -> list[Json]:
    value = await json_of(request, code=code)
    if not isinstance(value, list):
        raise ApiError(400, code, "The request body must be a JSON array.")
    return value


def bearer_of(request: Request) -> str | None:
    """Return the bearer token of a request."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if kind.lower() == "bearer" else None


def source_of(request: Request) -> str:
    """Return the client of a request, as shown with versions and deployments."""
    agent = request.headers.get("user-agent", "").lower()
    return next((name for name in ("wrangler", "terraform") if name in agent), "api")


def flag(request: Request, name: str) -> bool:
    return request.query_params.get(name, "").lower() in ("true", "1")


def number(request: Request, name: str, default: int, *, least: int, most: int) -> int:
    """Return an integer query parameter. Values above `most` are reduced to it, as Cloudflare does."""
    text = request.query_params.get(name)
    if text is None or text == "":
        return default
    try:
        value = int(text)
    except ValueError:
        raise ApiError(400, 10001, f"{name} must be a number.") from None
    if value < least:
        raise ApiError(400, 10001, f"{name} must be {least} or more.")
    return min(value, most)


@dataclass(frozen=True)
class Paging:
    """The query parameters page and per_page. A page past the end is empty: clients stop there."""

    page: int
    per_page: int

    @classmethod
    def of(cls, request: Request, *, default: int = 20, most: int = 1000) -> "Paging":
        page = number(request, "page", 1, least=1, most=1 << 31)
        return cls(page, number(request, "per_page", default, least=1, most=most))

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page

    def cut(self, items: Sequence[T]) -> Sequence[T]:
        return items[self.offset : self.offset + self.per_page]

    def info(self, *, count: int, total: int) -> dict[str, int]:
        return {
            "page": self.page,
            "per_page": self.per_page,
            "count": count,
            "total_count": total,
            "total_pages": -(-total // self.per_page),
        }
