"""Read the API server's audit log, to count who sent which requests.

The API server itself writes one line per completed request, so the log is a reliable count of a
controller's writes. `run/audit-policy.yaml` excludes the control plane's own leases and reads, health
checks and discovery. A watch is logged when it ends. A line is written when the response is sent,
possibly after the client has seen it: poll for the expected count instead of reading once.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})
"""The verbs that modify objects."""


@dataclass(frozen=True)
class AuditedRequest:
    """A completed request. Fields that do not apply are empty (a list request has no name)."""

    user: str
    user_agent: str
    verb: str
    group: str
    resource: str
    subresource: str
    namespace: str
    name: str
    code: int

    @property
    def writes(self) -> bool:
        return self.verb in WRITES


class Key(NamedTuple):
    """The attributes by which requests are counted."""

    user: str
    verb: str
    resource: str
    subresource: str


def parse(line: str | bytes) -> AuditedRequest:
    """Parse one line of the log (audit.k8s.io/v1 Event). Raises ValueError if it is not JSON."""
    event = json.loads(line)
    target = event.get("objectRef", {})
    return AuditedRequest(
        user=event["user"].get("username", ""),
        user_agent=event.get("userAgent", ""),
        verb=event["verb"],
        group=target.get("apiGroup", ""),
        resource=target.get("resource", ""),
        subresource=target.get("subresource", ""),
        namespace=target.get("namespace", ""),
        name=target.get("name", ""),
        code=event.get("responseStatus", {}).get("code", 0),
    )


def count(requests: Iterable[AuditedRequest]) -> Counter[Key]:
    """Count requests by user, verb, resource and subresource."""
    return Counter(
        Key(request.user, request.verb, request.resource, request.subresource)
        for request in requests
    )


class AuditReader:
    """Follows an audit log from its current end, or from `offset` (bytes)."""

    def __init__(self, path: Path, offset: int | None = None) -> None:
        self._path = path
        self.offset = self._size() if offset is None else offset

    def read(self) -> list[AuditedRequest]:
        """Return the requests since the last call; an incomplete last line is left for the next call."""
        if self._size() < self.offset:  # the log was rotated
            self.offset = 0
        try:
            with self._path.open("rb") as stream:
                stream.seek(self.offset)
                complete, newline, _ = stream.read().rpartition(b"\n")
        except FileNotFoundError:
            return []
        self.offset += len(complete) + len(newline)
        return [parse(line) for line in complete.splitlines()]

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            return 0
