"""Responses of the API, read to a limit, and the envelope that most of them have."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from workers_operator.cloudflare.errors import ServerError, TooLarge
from workers_operator.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Received:
    """A response that was read to its end."""

    status: int
    headers: httpx.Headers
    data: bytes

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


async def read(response: httpx.Response, call: str, limit: int) -> bytes:
    """Read a response, decompressed; of one with more than ``limit`` bytes not more than these. Raises TooLarge."""
    told = response.headers.get("content-length", "")
    size, buffer = int(told) if told.isdecimal() and len(told) < 20 else 0, io.BytesIO()
    if size <= limit:
        async for chunk in response.aiter_bytes():
            size = buffer.tell() + len(chunk)
            if size > limit:
                break
            buffer.write(chunk)
        else:
            return buffer.getvalue()
    message = f"{call}: the response has more than {limit} bytes"
    raise TooLarge(Reason.REQUEST_REJECTED, message)


def envelope(response: Received, call: str) -> dict[str, Any]:
    """Return the envelope of a response. Raises ServerError for anything else."""
    if response.status in (204, 205):
        return {"success": True, "result": None}
    try:
        found = json.loads(response.data)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    if response.status == 429:
        return {"success": False}
    message = f"{call}: HTTP {response.status} with a body that is not the API's JSON"
    raise ServerError(Reason.CLOUDFLARE_ERROR, message)


def errors(envelope: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return the errors that an envelope names."""
    found = envelope.get("errors")
    return [e for e in found if isinstance(e, dict)] if isinstance(found, list) else []
