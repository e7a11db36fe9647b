"""Writes statuses: one write per pass, only on change, and Events on transitions only."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from workers_operator.desired import status as statuses
from workers_operator.domain import conditions
from workers_operator.domain.conditions import Fact, Suspension
from workers_operator.domain.reasons import Reason
from workers_operator.domain.timestamps import stamp
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.clock import Clock
from workers_operator.index.objects import Body, ObjectCache, acknowledgement
from workers_operator.kube import events
from workers_operator.kube.errors import KubeConflict, KubeNotFound
from workers_operator.resources import ObjectMeta, ObservedStatus

logger = logging.getLogger(__name__)

S = TypeVar("S", bound=ObservedStatus)


class StatusClient(Protocol):
    """Writes statuses: ``kube.client.KubeClient``."""

    async def apply_status(
        self, key: ObjectKey, uid: str, resource_version: str, status: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Apply the whole status; return the object. Raises KubeConflict if it is another object."""


class Recorder(Protocol):
    """Posts Events: ``kube.events.EventRecorder``."""

    def record(self, event: Mapping[str, Any]) -> None:
        """Post an event soon."""


class RepairListener(Protocol):
    """Is told of repairs: ``notifications.notifier.Notifier``."""

    def repaired(self, key: ObjectKey, reason: str, message: str) -> None:
        """Take in what was repaired, or left alone because it had been repaired too often."""


@dataclass(frozen=True)
class Summary(Generic[S]):
    """What a pass found out.

    ``facts`` by condition type; of ``types`` that are not among them, the previous condition stays. ``progress``:
    Reconciling or Stalled, if either holds. ``status``: everything besides the conditions. ``suspension``: why the
    object is left alone, if it is; ``ready_message`` says then what is left. ``checked``: a check that was requested is
    done, and acknowledged.
    """

    types: Sequence[str]
    facts: Mapping[str, Fact]
    progress: Fact | None
    status: S
    ready_message: str
    ready_reason: str = Reason.SUCCEEDED
    suspension: Suspension | None = None
    checked: bool = True


class StatusWriter:
    """Compares with what is on the object, writes, and announces transitions."""

    def __init__(
        self,
        client: StatusClient,
        objects: ObjectCache,
        recorder: Recorder,
        repairs: RepairListener,
        clock: Clock,
    ) -> None:
        self._client = client
        self._repairs = repairs
        self._recorder = recorder
        self._objects = objects
        self._clock = clock

    async def write(self, key: ObjectKey, body: Body, summary: Summary[S]) -> bool:
        """Write the status of ``body``'s object if it differs; return whether it did. Raises KubeError."""
        metadata = ObjectMeta.model_validate(body["metadata"])
        old = type(summary.status).tolerant(body.get("status"))
        new = self._rendered(metadata, old, summary)
        if not statuses.differs(new.dump(), body.get("status") or {}):
            return False
        if not await self._apply(key, body, metadata, new):
            return False
        self._announce(key, metadata.uid, statuses.transitions(new, old))
        return True

    async def note(self, key: ObjectKey, body: Body, status: ObservedStatus) -> None:
        """Write down fields of a status in the middle of a pass: its conditions stay as they are. Raises KubeError."""
        old = type(status).tolerant(body.get("status"))
        kept = {
            "observed_generation": old.observed_generation,
            "conditions": old.conditions,
            "last_handled_reconcile_at": old.last_handled_reconcile_at,
        }
        metadata = ObjectMeta.model_validate(body["metadata"])
        await self._apply(key, body, metadata, status.model_copy(update=kept))

    async def _apply(
        self, key: ObjectKey, body: Body, metadata: ObjectMeta, new: ObservedStatus
    ) -> bool:
        """Write a status; return whether the object is still there."""
        version = str(body["metadata"]["resourceVersion"])
        known = self._objects.get(key)
        if known is not None and known.uid == metadata.uid:
            version = str(known.resource_version)
        try:
            written = await self._client.apply_status(key, metadata.uid, version, new.dump())
        except (KubeNotFound, KubeConflict):
            logger.debug("%s is gone or another object by now: its status is not written", key)
            return False
        self._objects.observe_own_write(key, written)
        return True

    @staticmethod
    def says_already(old: S, summary: Summary[S]) -> bool:
        """Return whether a status of the same generation certainly says all of a summary: then it need not be rendered.

        Most passes are probes that find out nothing new, and this costs a fraction of rendering and comparing.
        """
        if any(c.observed_generation != old.observed_generation for c in old.conditions):
            return False
        facts = {fact.type: fact for fact in _facts_of(old, summary)}
        return facts == statuses.facts_of(old) and statuses.is_same(summary.status, old)

    @staticmethod
    def differs_in_words_only(old: S, summary: Summary[S]) -> bool:
        """Return whether a status says all of a summary but for the messages of its conditions."""
        wanted = {(fact.type, fact.status, fact.reason) for fact in _facts_of(old, summary)}
        said = {(c.type, c.status, c.reason) for c in old.conditions}
        return wanted == said and statuses.is_same(summary.status, old)

    def _rendered(self, metadata: ObjectMeta, old: S, summary: Summary[S]) -> S:
        rendered = statuses.render(
            _facts_of(old, summary),
            old.conditions,
            generation=metadata.generation,
            now=stamp(self._clock.now()),
        )
        return summary.status.model_copy(
            update={
                "observed_generation": metadata.generation,
                "conditions": rendered,
                "last_handled_reconcile_at": acknowledgement(metadata)
                if summary.checked
                else old.last_handled_reconcile_at,
            }
        )

    def announce(self, key: ObjectKey, uid: str, reason: str, message: str) -> None:
        """Post a warning that no change of status tells."""
        self._repairs.repaired(key, reason, message)
        self._announce(key, uid, [statuses.Transition("Warning", reason, message)])

    def _announce(
        self, key: ObjectKey, uid: str, transitions: Sequence[statuses.Transition]
    ) -> None:
        now = stamp(self._clock.now())
        for each in transitions:
            logger.info("%s: %s: %s", key, each.reason, each.message)
            event = events.render(
                key, uid, type=each.type, reason=str(each.reason), message=each.message, now=now
            )
            self._recorder.record(event)


def _facts_of(old: S, summary: Summary[S]) -> Sequence[Fact]:
    """Return all conditions that a status has to have, Ready first."""
    facts = conditions.carry_over(summary.types, summary.facts, statuses.facts_of(old))
    if summary.progress is not None:
        facts.append(summary.progress)
    ready = (
        conditions.suspended(facts, summary.suspension, summary.ready_message)
        if summary.suspension is not None
        else conditions.ready(facts, summary.ready_message, summary.ready_reason)
    )
    return [ready, *facts]
