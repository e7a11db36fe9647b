"""ETag, If-Match, Prefer and Idempotency-Key. Pure."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.gateway.http.problems import ApiProblem, problem

MAX_WAIT: Final = 120.0
_WAIT: Final = re.compile(r"\s*wait\s*=\s*\"?([^\s\";,]+)\"?\s*", re.IGNORECASE)
_KEY: Final = re.compile(r"[!-~]{1,128}", re.ASCII)
_TAG: Final = re.compile(r'(?:W/)?"([^"]*)"')


def etag(uid: str, resource_version: str) -> str:
    """Return the entity tag of a state of an object."""
    return f'"{uid}.{resource_version}"'


def matches(header: str | None, current: str) -> bool:
    """Whether If-Match or If-None-Match names a state; an absent header names every state."""
    if header is None or header.strip() == "*":
        return True
    return current.strip('"') in _TAG.findall(header)


def check_match(header: str | None, current: str) -> None:
    """Raise ApiProblem unless If-Match, if there is one, names the current state."""
    if not matches(header, current):
        raise problem(
            GatewayCode.PRECONDITION_FAILED,
            f"the worker has changed; its ETag is {current} now",
            "If-Match",
        )


def wait_seconds(parameter: str | None, prefer: str | None) -> float:
    """Return how long to hold the answer: ``?wait=``, else ``Prefer: wait=``, else 0. Raises ApiProblem."""
    if parameter is not None:
        return _seconds(parameter, "wait")
    for preference in (prefer or "").split(","):
        found = _WAIT.fullmatch(preference)
        if found:
            return _seconds(found[1], "Prefer")
    return 0.0


def _seconds(text: str, field: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?s?", text, re.ASCII):
        raise _bad(field, "must be a number of seconds")
    return min(float(text.rstrip("s")), MAX_WAIT)


def _bad(field: str, words: str) -> ApiProblem:
    return problem(GatewayCode.INVALID_PARAMETER, f"{field}: {words}", field)


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """Digests of a caller's key and of its request."""

    key: str
    request: str

    def __str__(self) -> str:
        return f"{self.key}.{self.request}"


def idempotency_key(header: str | None, caller: str, request: bytes) -> IdempotencyKey | None:
    """Return the key of a request; None if it has none. ``request``: path and body. Raises ApiProblem."""
    if header is None:
        return None
    if not _KEY.fullmatch(header):
        words = "must have 1 to 128 printable ASCII characters without spaces"
        raise _bad("Idempotency-Key", words)
    return IdempotencyKey(
        hashlib.sha256(f"{caller}\0{header}".encode()).hexdigest()[:32],
        hashlib.sha256(request).hexdigest()[:16],
    )
