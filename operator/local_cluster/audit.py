"""Reads the API server's audit log: who asked for what, and how often.

The honest way to count a controller's writes: the server itself writes one line for each answered
request (see `audit-policy.yaml`: leases and reads of the control plane itself, health and discovery
are left out). A watch is written when it ends. Lines appear when the answer is sent, so await a
count, rather than reading it once.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})
"""The verbs that change something."""


@dataclass(frozen=True)
class Request:
    """One answered request. Names are empty where the request has none (a list has no name)."""

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
    """What requests are counted by."""

    user: str
    verb: str
    resource: str
    subresource: str


def parse(line: str | bytes) -> Request:
    """One line of the log (audit.k8s.io/v1 Event). Raises ValueError if it is not JSON."""
    event = json.loads(line)
    target = event.get("objectRef", {})
    return Request(
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


def count(requests: Iterable[Request]) -> Counter[Key]:
    """How many requests there are of each kind."""
    return Counter(
        Key(request.user, request.verb, request.resource, request.subresource)
        for request in requests
    )


class AuditReader:
    """Follows an audit log from where it stands now, or from `offset` (bytes)."""

    def __init__(self, path: Path, offset: int | None = None) -> None:
        self._path = path
        self.offset = self._size() if offset is None else offset

    def read(self) -> list[Request]:
        """The requests since the last call; a line that is half written waits for the next call."""
        if self._size() < self.offset:  # rotated: the rest of the old file is behind us
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
