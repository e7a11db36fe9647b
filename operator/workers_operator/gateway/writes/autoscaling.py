"""Turn on, check and report the autoscalers of a selection."""

import asyncio
from collections.abc import Sequence
from typing import Final

from pydantic import JsonValue

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.access.callers import about
from workers_operator.gateway.http.problems import ApiProblem
from workers_operator.gateway.services import Reading
from workers_operator.gateway.shapes.monitoring import ScalingDecisionModel
from workers_operator.gateway.shapes.translation import WantedWorker
from workers_operator.gateway.turns import in_turns
from workers_operator.gateway.writes.changing import Changes, Intent
from workers_operator.index.objects import REQUESTED_AT, check_requested
from workers_operator.resources import ObjectMeta, WorkerStatus

MOST: Final = 1000
_AT_ONCE: Final = 4


class AutoscalingPass:
    """A check of autoscalers. ``policy``: for selected workers without one. ``moment``: identifies this check."""

    def __init__(
        self,
        reading: Reading,
        changes: Changes,
        intent: Intent,
        policy: dict[str, JsonValue] | None,
        moment: str,
    ) -> None:
        self._reading = reading
        self._changes = changes
        self._intent = intent
        self._policy = policy
        self._moment = moment
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._turned_on: frozenset[ObjectKey] = frozenset()

    async def run(self, keys: Sequence[ObjectKey], seconds: float) -> list[ScalingDecisionModel]:
        """Return the decision for each worker that has an autoscaler or gets one."""
        scaled = {key async for key in in_turns(keys) if self._is_scaled(key)}
        chosen = [key for key in keys if self._policy is not None or key in scaled][:MOST]
        self._turned_on = frozenset(chosen) - scaled
        asked = await asyncio.gather(*map(self._ask, chosen))
        if seconds:
            waits = (
                self._handled(key) for key, why in zip(chosen, asked, strict=True) if why is None
            )
            try:
                async with asyncio.timeout(seconds):
                    await asyncio.gather(*waits)
            except TimeoutError:
                pass
        answered = zip(chosen, asked, strict=True)
        return [self._decision(key, why) async for key, why in in_turns(answered)]

    def _body(self, key: ObjectKey) -> dict[str, object]:
        record = self._reading.cache.get(key)
        return record.body() if record is not None else {}

    def _is_scaled(self, key: ObjectKey) -> bool:
        spec = self._body(key).get("spec")
        return isinstance(spec, dict) and spec.get("autoscaling") is not None

    async def _ask(self, key: ObjectKey) -> str | None:
        """Ask the operator to check a worker; return the reason if that fails."""
        async with self._slots:
            caller = self._intent.caller
            try:
                if not await self._reading.may(
                    caller, about(key.kind, "patch", key.namespace, key.name)
                ):
                    return f"you may not patch {key}"
                if self._policy is not None and key in self._turned_on:
                    spec: dict[str, JsonValue] = {"autoscaling": self._policy}
                    wanted = WantedWorker(key.kind, key.name, spec)
                    await self._changes.update(key, wanted, self._intent)
                annotation = {REQUESTED_AT[-1]: self._moment}
                await self._changes.annotate(key, annotation, self._intent)
            except ApiProblem as refusal:
                return refusal.errors[0].message
        return None

    def _status(self, key: ObjectKey) -> WorkerStatus:
        return WorkerStatus.tolerant(self._body(key).get("status"))

    def _is_handled(self, key: ObjectKey) -> bool:
        """Whether the operator has checked a worker since it was asked to.

        Where somebody else has asked for a check at a later time, status tells of theirs, which answers both.
        """
        body = self._body(key)
        if not body:
            return False
        metadata = ObjectMeta.model_validate(body["metadata"])
        is_asked = metadata.annotations.get(REQUESTED_AT[-1]) == self._moment
        return is_asked and not check_requested(metadata, self._status(key))

    async def _handled(self, key: ObjectKey) -> None:
        while self._reading.cache.get(key) is not None and not self._is_handled(key):
            await self._reading.cache.next_change(key)

    def _decision(self, key: ObjectKey, why: str | None) -> ScalingDecisionModel:
        scaling = self._status(key).scaling
        facets = self._reading.cache.facets(key) if self._reading.cache.get(key) else None
        reason = "there are no metrics yet" if scaling is None else scaling.reason
        return ScalingDecisionModel(
            script_name=facets.script_name if facets is not None else key.name,
            namespace=key.namespace,
            handled=self._is_handled(key),
            turned_on=key in self._turned_on and why is None,
            current=scaling.current if scaling is not None else None,
            desired=scaling.desired if scaling is not None else None,
            predicted=scaling.predicted if scaling is not None else None,
            reason=reason if why is None else None,
            metrics=scaling.metrics if scaling is not None else (),
            error=why,
        )
