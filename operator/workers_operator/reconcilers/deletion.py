"""One pass over a worker that is being deleted: routing first, then scripts, then the finalizer."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from workers_operator.domain.conditions import RECONCILING, Fact
from workers_operator.domain.desired import ObjectKey
from workers_operator.domain.handling import Handled
from workers_operator.engine.runner import Result
from workers_operator.reconcilers import desire
from workers_operator.reconcilers.outcome import Failure
from workers_operator.reconcilers.platforms import Platforms
from workers_operator.reconcilers.removal import Remover
from workers_operator.reconcilers.status_writer import StatusWriter, Summary
from workers_operator.reconcilers.worker_pass import ROUTED, TYPES, kept_fields

logger = logging.getLogger(__name__)

_RELEASE: Final = (
    "to let the object go and leave the worker as it is, set spec.policies.deletion to Orphan"
)


class DeletionReconciler:
    """Takes workers away, from the platform that they were moving from as well."""

    def __init__(self, *, platforms: Platforms, remover: Remover, writer: StatusWriter) -> None:
        self._platforms = platforms
        self._remover = remover
        self._writer = writer

    async def reconcile(self, key: ObjectKey, body: Mapping[str, Any]) -> Result:
        """One pass. The finalizer may go when the result asks for no further one."""
        # As it is written: an object that can't be read any more has to be released as well.
        if ((body.get("spec") or {}).get("policies") or {}).get("deletion") == "Orphan":
            logger.info("%s: deleted with policies.deletion Orphan: the worker stays as it is", key)
            return Result()
        try:
            obj = desire.parse(key, body)
        except ValidationError as error:
            return await self._held_up(key, body, desire.invalid(error))
        status = body.get("status") or {}
        problem: Handled | None = None
        for name in dict.fromkeys((obj.spec.platform, status.get("platform") or obj.spec.platform)):
            try:
                await self._remover.take_away(self._platforms.usable(name), key, obj)
            except Handled as error:
                # Where it was never deployed there is nothing to look at.
                if error.reason != "PlatformNotFound" or "versions" in status:
                    problem = error
        return Result() if problem is None else await self._held_up(key, body, problem)

    async def _held_up(self, key: ObjectKey, body: Mapping[str, Any], error: Handled) -> Result:
        fact = Fact(
            ROUTED, "False", error.reason, f"can't be deleted yet: {error.message}; {_RELEASE}"
        )
        progress = Fact(RECONCILING, "True", "Deleting", "deletion will be tried again by itself")
        kept = kept_fields(body.get("status") or {})
        await self._writer.write(key, body, Summary(TYPES, {ROUTED: fact}, progress, kept, ""))
        result = Failure(ROUTED, error).result()
        return result if not result.terminal else Result(retry=True)
