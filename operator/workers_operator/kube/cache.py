"""The objects as last seen, small: one compressed record each, for thousands of them.

Fed by the watch and by our own status writes, whichever is newer. Answers what a pass needs without a request.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from workers_operator.domain.desired import ObjectKey

REQUESTED_AT: Final = ("reconcile.fluxcd.io/requestedAt", "workers.code24.dev/requestedAt")


class Change(Enum):
    """What an observation meant for the object's reconciliation."""

    NONE = "none"
    FOUND = "found"  # seen for the first time by this process, or until now without a finalizer
    EDITED = "edited"  # spec changed, a check was requested, or deletion began


@dataclass(frozen=True, slots=True)
class Record:
    """One object. ``body`` unpacks it; the rest is what is asked for often."""

    uid: str
    generation: int
    resource_version: int
    deleting: bool
    requested_at: str
    guarded: bool  # has a finalizer: it can't vanish before its worker has been taken away
    ready: bool
    packed: bytes

    def body(self) -> dict[str, Any]:
        """The object: metadata (without managedFields), spec, status."""
        unpacked = json.loads(zlib.decompress(self.packed))
        assert isinstance(unpacked, dict)  # noqa: S101 - we packed it
        return unpacked


def requested_at(metadata: Mapping[str, Any]) -> str:
    """The value of the annotation that asks for a check ("" for none). Flux's goes first."""
    annotations = metadata.get("annotations") or {}
    return " ".join(str(annotations[name]) for name in REQUESTED_AT if annotations.get(name))


class ObjectCache:
    """Records by key."""

    def __init__(self) -> None:
        self._records: dict[ObjectKey, Record] = {}

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, key: ObjectKey) -> bool:
        return key in self._records

    def get(self, key: ObjectKey) -> Record | None:
        """The record of an object, None where it is gone."""
        return self._records.get(key)

    def keys(self) -> Iterator[ObjectKey]:
        """All keys, as of now."""
        return iter(list(self._records))

    def observe(self, key: ObjectKey, body: Mapping[str, Any]) -> Change:
        """Takes in a state of an object; one that is older than what is known changes nothing."""
        old, metadata = self._records.get(key), body["metadata"]
        version = int(metadata.get("resourceVersion") or 0)
        # Resource versions of one resource can be compared; most events tell of our own status writes.
        if old is not None and old.uid == metadata["uid"] and old.resource_version >= version:
            return Change.NONE
        new = _record(body)
        self._records[key] = new
        if old is None or old.uid != new.uid or not old.guarded:
            return Change.FOUND
        return Change.NONE if _signature(old) == _signature(new) else Change.EDITED

    def observe_own_write(self, key: ObjectKey, body: Mapping[str, Any]) -> None:
        """Takes in the answer to a status write of ours.

        One that shows an edit is left to the watch, which tells of it as the edit that it is.
        """
        old, new = self._records.get(key), _record(body)
        if old is not None and old.uid == new.uid and _signature(old) == _signature(new):
            self.observe(key, body)

    def remove(self, key: ObjectKey, uid: str) -> bool:
        """Takes an object out, unless another one has its name by now."""
        record = self._records.get(key)
        if record is None or record.uid != uid:
            return False
        del self._records[key]
        return True


def _signature(record: Record) -> tuple[int, bool, str]:
    return (record.generation, record.deleting, record.requested_at)


def _ready(status: Mapping[str, Any]) -> bool:
    conditions = status.get("conditions") or ()
    return any(c.get("type") == "Ready" and c.get("status") == "True" for c in conditions)


def _record(body: Mapping[str, Any]) -> Record:
    metadata = {k: v for k, v in body["metadata"].items() if k != "managedFields"}
    kept = {
        "metadata": metadata,
        "spec": body.get("spec") or {},
        "status": body.get("status") or {},
    }
    return Record(
        uid=str(metadata["uid"]),
        generation=int(metadata.get("generation") or 0),
        resource_version=int(metadata.get("resourceVersion") or 0),
        deleting=metadata.get("deletionTimestamp") is not None,
        requested_at=requested_at(metadata),
        guarded=bool(metadata.get("finalizers")),
        ready=_ready(kept["status"]),
        packed=zlib.compress(json.dumps(kept, separators=(",", ":")).encode(), level=1),
    )


def acknowledgement(metadata: Mapping[str, Any]) -> str | None:
    """What ``status.lastHandledReconcileAt`` has to say when the request for a check has been handled.

    The values are times by convention: of the two annotations the later one counts.
    """
    annotations = metadata.get("annotations") or {}
    return max((str(annotations[n]) for n in REQUESTED_AT if annotations.get(n)), default=None)


def check_requested(body: Mapping[str, Any]) -> bool:
    """Whether somebody has asked for a check that has not been handled yet."""
    wanted = acknowledgement(body["metadata"])
    return wanted is not None and wanted != (body.get("status") or {}).get("lastHandledReconcileAt")
