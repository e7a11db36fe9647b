"""Keeps a platform as it has to be: what is missing is created, what somebody else has changed is deployed again."""

import logging
import secrets
from collections.abc import Callable, Sequence

from workers_operator.account.platforms import Platform
from workers_operator.domain.plan.actions import ClaimNamespace, PutObject
from workers_operator.domain.plan.execution import Execution
from workers_operator.domain.plan.platform import condition_of
from workers_operator.domain.plan.repairs import repairs
from workers_operator.engine.clock import Clock
from workers_operator.index.index import Index
from workers_operator.reconcilers import account_scripts
from workers_operator.reconcilers.platform import setup
from workers_operator.reconcilers.platform.attempt import PlatformAttempt
from workers_operator.reconcilers.platform.setup import PRIORITY, PlatformPlan
from workers_operator.reconcilers.repairing import RepairLimit, RepairObserver
from workers_operator.reconcilers.requeuer import Requeuer
from workers_operator.reconcilers.status_writer import StatusWriter
from workers_operator.reconcilers.steps import StepFailed
from workers_operator.resources import ScriptStatus

logger = logging.getLogger(__name__)


class PlatformUpkeep:
    """Plans the upkeep of platforms and carries it out. ``new_key``: makes a random key in hex."""

    def __init__(
        self,
        index: Index,
        writer: StatusWriter,
        clock: Clock,
        requeuer: Requeuer,
        observer: RepairObserver,
        *,
        new_key: Callable[[], str] = lambda: secrets.token_hex(32),
    ) -> None:
        self._index = index
        self._writer = writer
        self._requeuer = requeuer
        self._observer = observer
        self._new_key = new_key
        self._limit = RepairLimit(clock)
        self._noted: dict[str, tuple[ScriptStatus, ...]] = {}  # by platform

    async def carry_out(self, attempt: PlatformAttempt, platform: Platform) -> PlatformPlan:
        """Mend what is missing, or not as the operator left it. Raises StepFailed."""
        plan = await setup.plan_upkeep(
            platform,
            self._index,
            self._new_key(),
            former_domain=attempt.former_domain(platform.provisioned.domain),
            noted=self._noted_of(attempt),
            limit=self._limit,
        )
        for reason in plan.todo.reasons:
            logger.info("WorkersPlatform %s: %s", platform.config.name, reason)
        execution = await platform.executor.execute(plan.todo.actions, PRIORITY)
        self._tell(attempt, execution)
        for claim in (a for a in execution.done if isinstance(a, ClaimNamespace)):
            platform.observer.learn_key(claim.namespace, claim.value)
        written = {(a.bucket, a.key) for a in execution.done if isinstance(a, PutObject)}
        if written:
            self._requeuer.objects_changed(platform.config, written)
        check(execution)
        return plan

    def note(
        self, attempt: PlatformAttempt, platform: Platform, plan: PlatformPlan
    ) -> tuple[ScriptStatus, ...]:
        """Return how the platform's own Workers are left, and remember it: some platforms have no status."""
        noted = account_scripts.workers_as_left(platform, plan.scripts, self._noted_of(attempt))
        self._noted[attempt.config.name] = noted
        return noted

    def _noted_of(self, attempt: PlatformAttempt) -> Sequence[ScriptStatus]:
        if attempt.obj is not None:
            return attempt.obj.status.scripts
        return self._noted.get(attempt.config.name, ())

    def _tell(self, attempt: PlatformAttempt, execution: Execution) -> None:
        """Count and announce what was mended."""
        name = attempt.config.name
        self._limit.repaired(name, execution.done)
        for repair in repairs(execution.done):
            self._observer.repaired(name, repair.kind)
            logger.warning("WorkersPlatform %s: %s", name, repair.message)
            if attempt.obj is not None:
                uid = attempt.obj.metadata.uid
                self._writer.announce(attempt.key, uid, repair.reason, repair.message)


def check(execution: Execution) -> None:
    """Raise StepFailed if an action has failed."""
    if execution.failed is not None:
        raise StepFailed(condition_of(execution.failed.action), execution.failed.error)
