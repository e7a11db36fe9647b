"""The audit log: a line of JSON for each request. It never holds a body, a query or a token."""

import json
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One request: caller, action and outcome. ``object``: its subject, "" if unknown."""

    time: str
    request_id: str
    user: str
    address: str
    verb: str
    path: str
    object: str
    status: int
    milliseconds: int

    def line(self) -> str:
        """Return the record as a line of ASCII, so that no name can pass for another line."""
        shown = {
            "time": self.time,
            "requestId": self.request_id,
            "user": self.user,
            "address": self.address,
            "verb": self.verb,
            "path": self.path,
            "object": self.object,
            "status": self.status,
            "milliseconds": self.milliseconds,
        }
        return json.dumps(shown)


Audit = Callable[[AuditRecord], None]
