"""Writes the statuses of platforms: after a pass, and where there is none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from workers_operator.cloudflare.errors import Unauthorized
from workers_operator.desired.outcome import Failure, merge
from workers_operator.domain.conditions import (
    AUTHENTICATED,
    DISPATCHER,
    OWN_SUSPENSION,
    PLATFORM_TYPES,
    Fact,
)
from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.index import Index
from workers_operator.index.objects import Body
from workers_operator.reconcilers.finalizer import is_held_by_others
from workers_operator.reconcilers.platform import report
from workers_operator.reconcilers.platform.attempt import PlatformAttempt, PlatformProgress
from workers_operator.reconcilers.status_writer import StatusWriter, Summary
from workers_operator.resources import (
    NotificationSpec,
    NotificationStatus,
    PlatformStatus,
    WorkersPlatform,
)


class WebhookKeeper(Protocol):
    """Knows the webhooks of platforms: ``notifications.notifier.Notifier``."""

    async def configure(
        self,
        platform: str,
        specs: Sequence[NotificationSpec],
        known: Sequence[NotificationStatus],
    ) -> tuple[NotificationStatus, ...]:
        """Take in a platform's webhooks; return what its status says of them."""


class PlatformSummaries:
    """What platforms say of themselves."""

    def __init__(self, index: Index, writer: StatusWriter, webhooks: WebhookKeeper) -> None:
        self._index = index
        self._writer = writer
        self._webhooks = webhooks

    async def write(
        self,
        attempt: PlatformAttempt,
        obj: WorkersPlatform,
        body: Body,
        progress: PlatformProgress,
        failure: Failure | None,
    ) -> None:
        """Report what has come of a pass. Raises KubeError."""
        if failure is not None and isinstance(failure.error, Unauthorized):
            failure = Failure(AUTHENTICATED, failure.error)
        status = obj.status
        if progress.account is not None:
            workers = self._index.count_workers(attempt.config.name)
            status = report.reported(attempt, progress.account, progress, status, workers)
        facts = {}
        if progress.platform is not None and (failure is None or failure.type == DISPATCHER):
            failing = self._index.data_planes.of(attempt.config.name).failure
            facts = report.all_well(progress.platform, status, failing)
        summary = Summary(
            types=PLATFORM_TYPES,
            facts=merge(facts, failure),
            progress=failure.progress() if failure else report.in_use(attempt.users),
            status=status,
            ready_message="workers can be deployed",
        )
        await self._write(attempt.key, body, summary, obj.spec.notifications)

    async def refuse(
        self, key: ObjectKey, body: Body, status: PlatformStatus, error: Stalled
    ) -> None:
        """Report why a malformed platform has no pass; its webhooks stay as they were. Raises KubeError."""
        failure = Failure(AUTHENTICATED, error)
        status = self._counted(key.name, status)
        facts, known = merge({}, failure), report.notified(status.notifications)
        types = (*PLATFORM_TYPES, *known)
        summary = Summary(types, {**facts, **known}, failure.progress(), status, "")
        await self._writer.write(key, body, summary)

    async def suspended(
        self, key: ObjectKey, body: Body, obj: WorkersPlatform, users: int | None
    ) -> None:
        """Change nothing, and report that; workers that change meanwhile are counted. Raises KubeError.

        ``users``: the workers that its deletion waits for, if it is being deleted.
        """
        left = "workers serve on, and their changes wait"
        status = self._counted(key.name, obj.status)
        waiting = report.in_use(users, is_suspended=True)
        suspension = OWN_SUSPENSION if waiting is None else None
        summary = Summary(PLATFORM_TYPES, {}, waiting, status, left, suspension=suspension)
        await self._write(key, body, summary, obj.spec.notifications)

    async def released(self, key: ObjectKey, body: Body) -> None:
        """Report that the operator is done with a platform, if another finalizer holds it. Raises KubeError."""
        if not is_held_by_others(body):
            return
        status = self._counted(key.name, PlatformStatus.tolerant(body.get("status")))
        message = "the operator does nothing here any more; another finalizer holds this object"
        facts = {t: Fact(t, "False", Reason.REMOVED, message) for t in PLATFORM_TYPES}
        known = report.notified(status.notifications)
        types = (*PLATFORM_TYPES, *known)
        await self._writer.write(key, body, Summary(types, {**facts, **known}, None, status, ""))

    async def _write(
        self,
        key: ObjectKey,
        body: Body,
        summary: Summary[PlatformStatus],
        specs: Sequence[NotificationSpec],
    ) -> None:
        """Write a status with what is known of the webhooks."""
        told = await self._webhooks.configure(key.name, specs, summary.status.notifications)
        facts: dict[str, Fact] = report.notified(told)
        summary = replace(
            summary,
            types=(*summary.types, *facts),
            facts={**summary.facts, **facts},
            status=summary.status.model_copy(update={"notifications": told}),
        )
        await self._writer.write(key, body, summary)

    def _counted(self, name: str, status: PlatformStatus) -> PlatformStatus:
        return status.model_copy(update={"workers": self._index.count_workers(name)})
