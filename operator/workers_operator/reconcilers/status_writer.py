"""Writes a status: one patch per pass, only on change, and Events on transitions only."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workers_operator.domain import conditions
from workers_operator.domain.conditions import Fact
from workers_operator.domain.desired import ObjectKey
from workers_operator.domain.status import carry_over, differs, transitions
from workers_operator.engine.clock import Clock, stamp
from workers_operator.kube import events
from workers_operator.kube.cache import ObjectCache, acknowledgement
from workers_operator.kube.client import KubeClient
from workers_operator.kube.errors import KubeConflict, KubeNotFound

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Summary:
    """What a pass found out.

    ``facts`` by condition type; types in ``types`` that were not reached keep what was known. ``progress`` is
    Reconciling or Stalled, when it holds. ``fields`` are the status fields besides conditions.
    """

    types: Sequence[str]
    facts: Mapping[str, Fact]
    progress: Fact | None
    fields: Mapping[str, Any]
    ready_message: str
    ready_reason: str = "Succeeded"


class StatusWriter:
    """Compares with what is on the object, writes, and tells of transitions."""

    def __init__(
        self, kube: KubeClient, cache: ObjectCache, recorder: events.EventRecorder, clock: Clock
    ) -> None:
        self._kube = kube
        self._recorder = recorder
        self._cache = cache
        self._clock = clock

    async def write(self, key: ObjectKey, body: Mapping[str, Any], summary: Summary) -> bool:
        """Writes the status of ``body``'s object if it changes; whether it was. Raises KubeError."""
        old = body.get("status") or {}
        new = self._render(body["metadata"], old, summary)
        if not differs(new, old):
            return False
        try:
            written = await self._kube.apply_status(key, str(body["metadata"]["uid"]), new)
        except (KubeNotFound, KubeConflict):
            logger.debug("%s is gone or another object by now: its status is not written", key)
            return False
        self._cache.observe_own_write(key, written)
        now = stamp(self._clock.now())
        for t in transitions(new, old):
            logger.info("%s: %s: %s", key, t.reason, t.message)
            event = events.render(
                key,
                str(body["metadata"]["uid"]),
                type=t.type,
                reason=t.reason,
                message=t.message,
                now=now,
            )
            self._recorder.record(event)
        return True

    def _render(
        self, metadata: Mapping[str, Any], old: Mapping[str, Any], summary: Summary
    ) -> dict[str, Any]:
        previous = old.get("conditions") or []
        facts = carry_over(summary.types, summary.facts, previous)
        if summary.progress is not None:
            facts.append(summary.progress)
        ready = conditions.ready(facts, summary.ready_message, summary.ready_reason)
        facts = [ready, *facts]
        generation = int(metadata["generation"])
        rendered = conditions.render(
            facts, previous, generation=generation, now=stamp(self._clock.now())
        )
        fields = {k: v for k, v in summary.fields.items() if v is not None}
        handled = acknowledgement(metadata)
        if handled is not None:
            fields["lastHandledReconcileAt"] = handled
        return {"observedGeneration": generation, "conditions": rendered} | fields
