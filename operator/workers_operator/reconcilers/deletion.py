"""One pass over a worker that is being deleted: routing first, then scripts, then the finalizer."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from workers_operator.cloudflare.budget import Urgency
from workers_operator.domain.conditions import RECONCILING, Fact
from workers_operator.domain.desired import ObjectKey, Worker
from workers_operator.domain.handling import Handled
from workers_operator.domain.observed import ObservedWorker
from workers_operator.domain.plan import plan_deletion
from workers_operator.engine.clock import Clock
from workers_operator.engine.runner import Result
from workers_operator.reconcilers import apply, desire
from workers_operator.reconcilers.claims_index import ClaimsIndex
from workers_operator.reconcilers.outcome import Failure
from workers_operator.reconcilers.platforms import Platform, Platforms
from workers_operator.reconcilers.status_writer import StatusWriter, Summary
from workers_operator.reconcilers.worker_pass import ROUTED, TYPES, kept_fields

logger = logging.getLogger(__name__)

_RELEASE: Final = (
    "to let the object go and leave the worker as it is, set spec.policies.deletion to Orphan"
)


class DeletionReconciler:
    """Takes workers away."""

    def __init__(
        self, *, claims: ClaimsIndex, platforms: Platforms, writer: StatusWriter, clock: Clock
    ) -> None:
        self._claims = claims
        self._platforms = platforms
        self._writer = writer
        self._clock = clock

    async def reconcile(self, key: ObjectKey, body: Mapping[str, Any]) -> Result:
        """One pass. The finalizer may go when the result asks for no further one."""
        obj = desire.parse(key, body)
        if obj.spec.policies.deletion == "Orphan":
            logger.info("%s: deleted with policies.deletion Orphan: the worker stays as it is", key)
            return Result()
        try:
            platform = self._platforms.usable(obj.spec.platform)
            worker = desire.worker(key, obj, platform.domain)
            await self._take_away(platform, worker)
        except Handled as error:
            if error.reason == "PlatformNotFound" and "versions" not in (body.get("status") or {}):
                return Result()  # it was never deployed, and there is nothing to look at
            return await self._held_up(key, body, error)
        return Result()

    async def _take_away(self, platform: Platform, worker: Worker) -> None:
        if platform.account.doubtful:
            await platform.observe(self._clock, Urgency.EDIT, not_before=self._clock.monotonic())
        observed = platform.account.worker(worker.script_name, [r.host for r in worker.routes])
        if not self._ours(platform, worker, observed):
            return
        # Deleting what may be there costs no more than looking for it.
        doubtful = platform.account.doubtful_scripts(worker.script_name)
        observed = replace(observed, scripts=observed.scripts | doubtful)
        todo = plan_deletion(worker, observed)
        if todo.publish is not None:
            await apply.publish(platform, apply.submit(platform, todo.publish, ""))
        await apply.remove(platform, todo.removals, Urgency.EDIT)

    def _ours(self, platform: Platform, worker: Worker, observed: ObservedWorker) -> bool:
        """What another object holds is not touched: this one had lost its claim."""
        if observed.mark is not None:
            return observed.mark.uid == worker.uid
        rivals = self._claims.rivals(worker.key, platform.domain)
        return not any(rival.script_name == worker.script_name for rival in rivals)

    async def _held_up(self, key: ObjectKey, body: Mapping[str, Any], error: Handled) -> Result:
        fact = Fact(
            ROUTED, "False", error.reason, f"can't be deleted yet: {error.message}; {_RELEASE}"
        )
        progress = Fact(RECONCILING, "True", "Deleting", "deletion will be tried again by itself")
        kept = kept_fields(body.get("status") or {})
        await self._writer.write(key, body, Summary(TYPES, {ROUTED: fact}, progress, kept, ""))
        result = Failure(ROUTED, error).result()
        return result if not result.terminal else Result(retry=True)
