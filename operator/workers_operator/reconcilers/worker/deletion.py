"""One pass over a worker whose object is being deleted."""

import logging

from workers_operator.account.platforms import PlatformGone, Platforms, PlatformUnusable
from workers_operator.desired import worker as desired
from workers_operator.desired.outcome import Failure
from workers_operator.desired.worker import Malformed, WorkerObject
from workers_operator.domain.conditions import (
    DEPLOYED,
    HEALTHY,
    RECONCILING,
    ROUTED,
    WORKER_TYPES,
    Fact,
)
from workers_operator.domain.errors import ReconcileError
from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.runner import Result
from workers_operator.index.objects import Body
from workers_operator.reconcilers import trouble
from workers_operator.reconcilers.finalizer import AWAITING_END, Finalizer, is_held_by_others
from workers_operator.reconcilers.requeuer import Requeuer
from workers_operator.reconcilers.status_writer import StatusWriter, Summary
from workers_operator.reconcilers.worker.removal import Remover
from workers_operator.resources import WorkerStatus

logger = logging.getLogger(__name__)

_AT_THE_EDGE = (DEPLOYED, ROUTED, HEALTHY)
_RELEASE = (
    "to let the object go and leave the worker as it is, set spec.policies.deletion to Orphan"
)


class DeletionReconciler:
    """Removes workers, from the platform that they were moving from as well, and lets their objects go."""

    def __init__(
        self,
        *,
        platforms: Platforms,
        remover: Remover,
        writer: StatusWriter,
        finalizer: Finalizer,
        requeuer: Requeuer,
    ) -> None:
        self._platforms = platforms
        self._requeuer = requeuer
        self._remover = remover
        self._writer = writer
        self._finalizer = finalizer

    async def reconcile(self, key: ObjectKey, body: Body) -> Result:
        """Run one pass. Raises KubeError."""
        obj = desired.read(key, body)
        if isinstance(obj, Malformed):
            if obj.orphaned or _was_never_sent(obj.status):
                return await self._release(key, body)
            return await self._held_up(key, body, obj.status, obj.error)
        if obj.spec.policies.deletion == "Orphan":
            return await self._release(key, body)
        problem = await self._remove(key, obj)
        if problem is not None:
            return await self._held_up(key, body, obj.status, problem)
        await self._say_removed(key, body, obj.status)
        await self._finalizer.remove(key, body)
        return AWAITING_END

    async def _say_removed(self, key: ObjectKey, body: Body, status: WorkerStatus) -> None:
        """Report that nothing is left, if the object stays: another finalizer holds it."""
        if not is_held_by_others(body):
            return
        message = "the worker is removed from the edge; another finalizer holds this object"
        facts = {t: Fact(t, "False", Reason.REMOVED, message) for t in _AT_THE_EDGE}
        left = WorkerStatus(source=status.source, script_name=status.script_name)
        await self._writer.write(key, body, Summary(WORKER_TYPES, facts, None, left, ""))

    async def _remove(self, key: ObjectKey, obj: WorkerObject) -> ReconcileError | None:
        """Remove the worker from all platforms that may have it; return what prevents that."""
        problem: ReconcileError | None = None
        places = [obj.spec.platform, obj.status.platform or obj.spec.platform]
        places += self._remover.also_on(key, obj, places)
        for name in dict.fromkeys(places):
            try:
                await self._remover.remove(self._platforms.usable(name), key, obj)
            except ReconcileError as error:
                trouble.report(self._platforms, self._requeuer, name, error)
                # A worker for which nothing was ever sent has nothing on a platform that cannot be used.
                was_never_there = isinstance(error, PlatformUnusable | PlatformGone)
                if not (was_never_there and _was_never_sent(obj.status)):
                    problem = error
        return problem

    async def _release(self, key: ObjectKey, body: Body) -> Result:
        logger.info("%s: deleted; whatever there is of the worker stays as it is", key)
        await self._finalizer.remove(key, body)
        return AWAITING_END

    async def _held_up(
        self, key: ObjectKey, body: Body, status: WorkerStatus, error: ReconcileError
    ) -> Result:
        message = f"cannot be deleted yet: {error.message}; {_RELEASE}"
        fact = Fact(ROUTED, "False", error.reason, message)
        progress = Fact(RECONCILING, "True", Reason.DELETING, "the operator retries by itself")
        await self._writer.write(
            key, body, Summary(WORKER_TYPES, {ROUTED: fact}, progress, status, "")
        )
        result = Failure(ROUTED, error).result()
        return result if not result.terminal else Result(retry=True)


def _was_never_sent(status: WorkerStatus) -> bool:
    """Whether a pass has reported on the worker, and that nothing of it was sent: status names no platform then."""
    return status.versions is None and status.platform is None
