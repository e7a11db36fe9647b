"""The objects as last observed, kept small: one compressed record each, for thousands of them.

Fed by the watch and by our own writes, whichever is newer. Answers what a pass needs without a request.
"""

import json
import zlib
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Final, Protocol, get_args

from workers_operator.desired.fleet.followers import Following, following
from workers_operator.domain import timestamps
from workers_operator.domain.conditions import SUSPENSIONS
from workers_operator.domain.fleet.reasons import FleetReason
from workers_operator.domain.plan import orders
from workers_operator.domain.reasons import Reason
from workers_operator.domain.rollout.orders import given
from workers_operator.domain.rollout.reasons import RolloutReason
from workers_operator.domain.scaling.reasons import ScalingReason
from workers_operator.domain.worker import ObjectKey
from workers_operator.resources import FINALIZER, HealthState, ObjectMeta, ObservedStatus
from workers_operator.resources.observed.glance import StatusGlance, scaling_limit

PLATFORM_KIND: Final = "WorkersPlatform"
REQUESTED_AT: Final = ("reconcile.fluxcd.io/requestedAt", "workers.code24.dev/requestedAt")
_MAX_REQUEST: Final = (
    256  # characters of such an annotation that count: they are kept and repeated in status
)
_MAX_GONE: Final = (
    1_000  # uids of objects that were removed last, of which late events may still come
)
_MAX_ECHOES: Final = 1_000  # writes of which the watch has not told yet

UNKNOWN: Final = "Unknown"
HEALTH_STATES: Final[tuple[str, ...]] = get_args(HealthState)
_REASONS: Final = frozenset(reason.value for reason in (*Reason, *RolloutReason, *FleetReason))

# An object as the API server gives it.
Body = Mapping[str, Any]


class Change(Enum):
    """What an observation means for the object's reconciliation."""

    NONE = "none"
    FOUND = "found"  # observed for the first time by this process
    EDITED = "edited"  # the spec changed, a check was requested, or deletion began
    RELEASED = "released"  # our finalizer was taken away by somebody else


class Readiness(Enum):
    """What an object's Ready condition says; one that is suspended is neither ready nor failing."""

    READY = "ready"
    SUSPENDED = "suspended"
    NOT_READY = "not ready"


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """How an object is doing, in words of which there are few: metrics have them as labels.

    There is one value for each combination, so that counting thousands of them at every scrape is cheap.
    ``reason``: of its Ready condition, a ``Reason`` or UNKNOWN. ``health``: one of HEALTH_STATES. ``is_bounded``: its
    load asks for more instances than it may have.
    """

    readiness: Readiness
    reason: str
    health: str
    is_bounded: bool


@dataclass(frozen=True, slots=True)
class Record:
    """One object: what is asked for often, and the packed rest.

    ``guarded``: it has our finalizer, so that it cannot vanish before its worker is removed. ``platform``: where its
    status says that something of it is.
    """

    uid: str
    generation: int
    resource_version: int
    deleting: bool
    requested_at: str
    guarded: bool
    standing: Standing
    platform: str
    packed: bytes

    @property
    def readiness(self) -> Readiness:
        """What its Ready condition says."""
        return self.standing.readiness

    @property
    def ready(self) -> bool:
        """Whether it is Ready, and not because it is left alone."""
        return self.readiness is Readiness.READY

    def body(self) -> dict[str, Any]:
        """Return the object: metadata (without managedFields), spec, status."""
        unpacked = json.loads(zlib.decompress(self.packed))
        assert isinstance(unpacked, dict)  # noqa: S101 - packed by _record
        return unpacked


class TroubleObserver(Protocol):
    """Follows what is wrong with objects: ``notifications.notifier.Notifier``."""

    def observed(self, key: ObjectKey, body: Body | None) -> None:
        """Take in an object that does not say that all is well; None if it says so."""

    def removed(self, key: ObjectKey) -> None:
        """Take in that an object is gone."""


class ObjectCache:
    """Records by key."""

    def __init__(self) -> None:
        self._follower: TroubleObserver | None = None
        self._records: dict[ObjectKey, Record] = {}
        self._there: defaultdict[str, set[ObjectKey]] = defaultdict(set)  # by Record.platform
        self._followings: dict[ObjectKey, Following] = {}
        self._gone: OrderedDict[str, None] = OrderedDict()  # uids, which never come back
        self._echoes: OrderedDict[int, str] = OrderedDict()  # uids by our writes' versions

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, key: ObjectKey) -> bool:
        return key in self._records

    def tell(self, follower: TroubleObserver) -> None:
        """Tell somebody of every state of an object that is taken in."""
        self._follower = follower

    def get(self, key: ObjectKey) -> Record | None:
        """Return the record of an object, None if it is gone."""
        return self._records.get(key)

    def there(self, platform: str) -> Collection[ObjectKey]:
        """Return the objects whose status says that something of them is on a platform."""
        return self._there.get(platform, ())

    def following(self, key: ObjectKey) -> Following | None:
        """Return the template that a worker follows and the worker's state; None if it follows none."""
        return self._followings.get(key)

    def uids(self, kind: str) -> dict[ObjectKey, str]:
        """Return the uids of all objects of a kind, as of now."""
        return {key: record.uid for key, record in self._records.items() if key.kind == kind}

    def predecessor(self, key: ObjectKey, body: Body) -> str | None:
        """Return the uid of the known object that was gone before this one could have its name; None if there is none.

        Nobody has told of its end: the watch was lost meanwhile.
        """
        old = self._records.get(key)
        if old is None or old.uid == body["metadata"]["uid"] or self._is_late(key, body):
            return None
        return old.uid

    def observe(self, key: ObjectKey, body: Body) -> Change:
        """Take in a state of an object. It is ignored if it is older than the known one, or if the object is gone."""
        old = self._records.get(key)
        if self._is_late(key, body):
            return Change.NONE
        new = _record(key.kind, body)
        self._records[key] = new
        self._moved(key, old.platform if old is not None else "", new.platform)
        self._follows(key, following(key, body))
        if self._follower is not None:
            self._follower.observed(key, None if _is_well(new.standing) else body)
        if old is None or old.uid != new.uid:
            return Change.FOUND
        if _signature(old) != _signature(new):
            return Change.EDITED
        return Change.RELEASED if old.guarded and not new.guarded else Change.NONE

    def observe_own_write(self, key: ObjectKey, body: Body) -> None:
        """Take in the answer to a write of ours.

        One that shows an edit is left to the watch, which reports it as the edit that it is.
        """
        old, new = self._records.get(key), _record(key.kind, body)
        if old is not None and old.uid == new.uid and _signature(old) == _signature(new):
            self.observe(key, body)
            self._echoes[new.resource_version] = new.uid
            if len(self._echoes) > _MAX_ECHOES:
                self._echoes.popitem(last=False)

    def is_echo(self, uid: str, resource_version: int) -> bool:
        """Whether a state of an object is that of a write of ours which has been taken in. True once for each write."""
        return self._echoes.pop(resource_version, "") == uid

    def remove(self, key: ObjectKey, uid: str) -> bool:
        """Forget an object, unless another one has its name by now; return whether it was known."""
        self._gone[uid] = None
        if len(self._gone) > _MAX_GONE:
            self._gone.popitem(last=False)
        record = self._records.get(key)
        if record is None or record.uid != uid:
            return False
        del self._records[key]
        if self._follower is not None:
            self._follower.removed(key)
        self._moved(key, record.platform, "")
        self._follows(key, None)
        return True

    def _is_late(self, key: ObjectKey, body: Body) -> bool:
        """Whether something newer than this state is known. Versions of one resource are comparable."""
        old, metadata = self._records.get(key), body["metadata"]
        if metadata["uid"] in self._gone:
            return True
        # Most events echo our own status writes.
        version = int(metadata.get("resourceVersion") or 0)
        return old is not None and old.uid == metadata["uid"] and old.resource_version >= version

    def _moved(self, key: ObjectKey, former: str, platform: str) -> None:
        """Keep where an object is; "": nowhere."""
        if former and former != platform:
            self._there[former].discard(key)
            if not self._there[former]:
                del self._there[former]
        if platform:
            self._there[platform].add(key)

    def _follows(self, key: ObjectKey, found: Following | None) -> None:
        if found is None:
            self._followings.pop(key, None)
        else:
            self._followings[key] = found


def acknowledgement(metadata: ObjectMeta) -> str | None:
    """Return what ``status.lastHandledReconcileAt`` has to say once the requested check has been handled.

    The values are times by convention, of any time zone: of two annotations the later one counts.
    """
    annotations = metadata.annotations
    given = (annotations[name] for name in REQUESTED_AT if annotations.get(name))
    found = max(given, key=_moment, default=None)
    return found[:_MAX_REQUEST] if found is not None else None


def _moment(requested: str) -> tuple[int, str]:
    """Return what orders the values of annotations that request a check; those that are no time come first."""
    return timestamps.parse_timestamp(requested) or 0, requested


def check_requested(metadata: ObjectMeta, status: ObservedStatus) -> bool:
    """Whether a check was requested that has not been handled yet."""
    wanted = acknowledgement(metadata)
    return wanted is not None and wanted != status.last_handled_reconcile_at


def requested_at(metadata: Mapping[str, Any]) -> str:
    """Return the annotations that request a check, "" for none. Flux's comes first."""
    annotations = metadata.get("annotations") or {}
    found = (annotations[name] for name in REQUESTED_AT if annotations.get(name))
    return " ".join(str(value)[:_MAX_REQUEST] for value in found)


def _asked(kind: str, metadata: Mapping[str, Any]) -> str:
    """Return all annotations that are for the operator: orders about a rollout, or about a platform's orphans."""
    asked, annotations = requested_at(metadata), metadata.get("annotations") or {}
    order = orders.identity(annotations) if kind == PLATFORM_KIND else given(annotations)
    return f"{asked} {order}".strip()


def _signature(record: Record) -> tuple[int, bool, str]:
    return (record.generation, record.deleting, record.requested_at)


def _standing(status: StatusGlance, *, is_bounded: bool) -> Standing:
    reason, health = status.reason if status.ready else Reason.PENDING.value, status.health
    if status.ready != "True":
        readiness = Readiness.NOT_READY
    else:
        readiness = Readiness.SUSPENDED if reason in SUSPENSIONS else Readiness.READY
    return _shared(
        readiness,
        reason if reason in _REASONS else UNKNOWN,
        health if health in HEALTH_STATES else UNKNOWN,
        is_bounded,
    )


def _is_well(standing: Standing) -> bool:
    return standing.readiness is not Readiness.NOT_READY and standing.health != "Degraded"


@cache  # thousands of objects have the same few
def _shared(readiness: Readiness, reason: str, health: str, is_bounded: bool) -> Standing:
    return Standing(readiness, reason, health, is_bounded)


def _record(kind: str, body: Body) -> Record:
    metadata = {k: v for k, v in body["metadata"].items() if k != "managedFields"}
    kept = {
        "metadata": metadata,
        "spec": body.get("spec") or {},
        "status": body.get("status") or {},
    }
    status = StatusGlance.of(kept["status"])
    return Record(
        uid=str(metadata["uid"]),
        generation=int(metadata.get("generation") or 0),
        resource_version=int(metadata.get("resourceVersion") or 0),
        deleting=metadata.get("deletionTimestamp") is not None,
        requested_at=_asked(kind, metadata),
        guarded=FINALIZER in (metadata.get("finalizers") or ()),
        standing=_standing(
            status, is_bounded=scaling_limit(kept["status"]) == ScalingReason.TOO_MANY_REPLICAS
        ),
        platform=status.platform,
        packed=zlib.compress(json.dumps(kept, separators=(",", ":")).encode(), level=1),
    )
