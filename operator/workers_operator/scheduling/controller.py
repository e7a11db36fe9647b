"""Routes keys: observations into the index and the queue, queued keys to their reconcilers."""

import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import ValidationError

from workers_operator.account.platforms import Platforms
from workers_operator.desired import references
from workers_operator.desired import worker as desired
from workers_operator.desired.fleet.followers import Following
from workers_operator.desired.fleet.templates import TEMPLATE_KINDS
from workers_operator.desired.platform import PlatformConfig, config_of, estate_of
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.rollout import orders
from workers_operator.domain.timestamps import stamp
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.clock import Clock
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.engine.runner import Result
from workers_operator.index.index import Index
from workers_operator.index.objects import (
    PLATFORM_KIND,
    Body,
    Change,
    Record,
    check_requested,
)
from workers_operator.kube.errors import KubeError
from workers_operator.reconcilers.finalizer import AWAITING_END, Finalizer, ObjectGone
from workers_operator.reconcilers.platform.attempt import PlatformAttempt
from workers_operator.reconcilers.platform.reconcile import (
    IN_USE_RECHECK_SECONDS,
    PlatformReconciler,
)
from workers_operator.reconcilers.platform.summaries import PlatformSummaries
from workers_operator.reconcilers.template.reconcile import TemplateReconciler
from workers_operator.reconcilers.worker.deletion import DeletionReconciler
from workers_operator.reconcilers.worker.reconcile import WorkerReconciler
from workers_operator.reconcilers.worker.upkeep.probing import NO_ANSWERS
from workers_operator.reconcilers.worker.upkeep.routine import RoutineProbes
from workers_operator.resources import ObjectMeta, ObservedStatus, PlatformStatus, WorkersPlatform
from workers_operator.scheduling.namespaces import NamespaceFollower
from workers_operator.scheduling.scheduler import Scheduler, platform_key

logger = logging.getLogger(__name__)


class ObjectsClient(Protocol):
    """Lists objects: ``kube.client.KubeClient``."""

    def list_objects(self, kind: str) -> AsyncIterator[dict[str, Any]]:
        """Yield all objects of a kind. Raises KubeError."""


@dataclass(frozen=True)
class Reconcilers:
    """Who runs the passes. ``routine``: those of workers at rest, where it can."""

    routine: RoutineProbes
    worker: WorkerReconciler
    deletion: DeletionReconciler
    platform: PlatformReconciler
    template: TemplateReconciler
    summaries: PlatformSummaries


class Controller:
    """Takes in what is observed, and runs passes. ``implied``: the platform that environment variables describe."""

    def __init__(
        self,
        *,
        client: ObjectsClient,
        index: Index,
        scheduler: Scheduler,
        platforms: Platforms,
        finalizer: Finalizer,
        reconcilers: Reconcilers,
        namespaces: NamespaceFollower,
        implied: PlatformConfig | None,
        clock: Clock,
    ) -> None:
        self._client = client
        self._index = index
        self._scheduler = scheduler
        self._platforms = platforms
        self._finalizer = finalizer
        self._reconcilers = reconcilers
        self._namespaces = namespaces
        self._implied = implied
        self._clock = clock

    # --- observations -------------------------------------------------------------------------------------------

    def see_implied(self) -> None:
        """Take in the platform that environment variables describe, if they do."""
        if self._implied is not None:
            self._platforms.state(self._implied.estate)
            self._see_platform(self._implied.name)

    async def seed(self, kind: str) -> None:
        """Take in all objects of a kind. Raises KubeError.

        All kinds come before any pass: existing claims must be known before anybody may make one.
        """
        async for body in self._client.list_objects(kind):
            self.observed(_key(kind, body), body)

    def known(self, kind: str) -> Mapping[ObjectKey, str]:
        """Return the uids of the known objects of a kind."""
        return self._index.objects.uids(kind)

    def is_echo(self, uid: str, resource_version: int) -> bool:
        """Whether a state of an object is known, because we have written it."""
        return self._index.objects.is_echo(uid, resource_version)

    def observed(self, key: ObjectKey, body: Body) -> None:
        """Take in the state of an object. An error that nobody has thought of concerns this object alone."""
        try:
            self._take_in(key, body)
        except Exception:
            logger.exception("%s cannot be taken in; it is left alone until it changes", key)

    def _take_in(self, key: ObjectKey, body: Body) -> None:
        predecessor = self._index.objects.predecessor(key, body)
        if predecessor is not None:
            self.deleted(key, predecessor)
        followed = self._index.objects.following(key)
        change = self._index.objects.observe(key, body)
        record = self._index.objects.get(key)
        if change is Change.NONE or record is None:
            return
        if key.kind == PLATFORM_KIND:
            self._platforms.leaving(key.name, record.deleting)
            self._platforms.state(estate_of(key.name, body))
            self._index.namespaces.see_platform(key.name, body)
            self._see_platform(key.name)
            if record.deleting:
                self._scheduler.wake_workers(key.name)
            return
        if key.kind in TEMPLATE_KINDS:
            self._index.put_template(key, body)
            self._scheduler.add(key, record, _urgency(record, body, change))
            return
        self._follows(key, followed)
        claims = self._index.claims
        former = claims.find(key)
        for reference in self._index.put(key, body, stamp(self._clock.now())):
            self._scheduler.changed(reference, Urgency.CREATE)
        self._scheduler.gave_up(claims.freed(key, former))
        if record.requested_at:
            self._index.memories.of(key).request(record.requested_at, self._clock.monotonic())
        self._scheduler.add(key, record, _urgency(record, body, change))

    def _follows(self, key: ObjectKey, before: Following | None) -> None:
        """Have templates look at a worker that follows them, or has."""
        for following in {before, self._index.objects.following(key)}:
            if following is not None:
                self._scheduler.follower_changed(following.template)

    def deleted(self, key: ObjectKey, uid: str) -> None:
        """Take in that an object is gone."""
        record, claim = self._index.objects.get(key), self._index.claims.find(key)
        followed = self._index.objects.following(key)
        if not self._index.objects.remove(key, uid):
            return
        if key.kind == PLATFORM_KIND:
            self._platforms.remove(key.name)
            if self._implied is not None and self._implied.name == key.name:
                self._platforms.state(self._implied.estate)
            self._index.namespaces.forget_platform(key.name)
            self._scheduler.wake_workers(key.name)
            return
        if key.kind in TEMPLATE_KINDS:
            self._scheduler.forget(key, ())
            self._index.forget(key)
            self._reconcilers.template.forget(key)
            self._scheduler.changed(references.template(key), Urgency.RESYNC)
            return
        self._follows(key, followed)
        self._scheduler.changed(references.worker(key), Urgency.CREATE)
        self._index.forget(key)
        self._scheduler.forget(key, self._index.claims.freed(key, claim))
        for platform in {claim[0] if claim else "", record.platform if record else ""}:
            self._release_platform(platform)

    def _release_platform(self, name: str) -> None:
        """Have a platform go that is being deleted and may have lost its last worker."""
        record = self._index.objects.get(platform_key(name))
        if record is not None and record.deleting and not self._index.has_users(name):
            self._scheduler.platform_lost(name)

    def _see_platform(self, name: str) -> None:
        is_connected = self._platforms.account(name) is not None
        self._scheduler.platform_seen(name, is_connected=is_connected)

    # --- passes -------------------------------------------------------------------------------------------------

    async def reconcile(self, key: ObjectKey, priority: Priority) -> Result:
        """Run one pass over one object."""
        record = self._index.objects.get(key)
        try:
            if key.kind == PLATFORM_KIND:
                return await self._reconcile_platform(key)
            if record is not None and key.kind in TEMPLATE_KINDS:
                return await self._reconcilers.template.reconcile(key, record.body(), priority)
            return await self._reconcile_worker(key, record, priority) if record else Result()
        except ObjectGone:
            logger.debug("%s is gone, and the watch has not told of it yet", key)
            if record is not None:
                self.deleted(key, record.uid)
            return Result()
        except KubeError as error:
            logger.warning("%s: %s", key, error)
            return Result(retry=True)

    async def _reconcile_worker(self, key: ObjectKey, record: Record, priority: Priority) -> Result:
        if record.guarded and not record.deleting:
            version = record.resource_version
            routine = await self._reconcilers.routine.probe(key, version, priority)
            if routine.result is not None:
                return routine.result
            found = self._index.objects.get(key)
            if found is None:
                return Result()
            return await self._read_worker(key, found, priority, routine.answers)
        return await self._read_worker(key, record, priority)

    async def _read_worker(
        self,
        key: ObjectKey,
        record: Record,
        priority: Priority,
        answers: Mapping[int, ProbeAnswer] = NO_ANSWERS,
    ) -> Result:
        body: Body = record.body()
        if record.deleting:
            # Without our finalizer the object never had anything at the edge, or was released.
            return (
                await self._reconcilers.deletion.reconcile(key, body)
                if record.guarded
                else Result()
            )
        if not record.guarded:
            body = await self._finalizer.add(key, body)
        followed = self._index.objects.following(key)
        result = await self._reconcilers.worker.reconcile(key, body, priority, answers)
        if self._index.objects.following(key) != followed:
            self._follows(key, followed)
        after, known = self._index.objects.get(key), self._index.claims.find(key)
        if after is not None and after.readiness is not record.readiness and known is not None:
            self._scheduler.status_changed(known[0])
        return result

    async def _reconcile_platform(self, key: ObjectKey) -> Result:
        before = self._allowed(key.name)
        was_suspended = self._platforms.is_suspended(key.name)
        try:
            if (let_go := await self._let_go(key)) is not None:
                return let_go
            found = await self._pass_of(key)
            if found is None:
                in_use = self._platforms.is_leaving(key.name)
                return Result(requeue_after=IN_USE_RECHECK_SECONDS) if in_use else Result()
            await self._namespaces.prepare(found.config)
            return await self._reconcilers.platform.reconcile(found)
        finally:
            changed = before is not None and self._allowed(key.name) not in (None, before)
            if changed or (was_suspended and self._is_down(key.name)):
                self._scheduler.wake_workers(key.name)
            self._scheduler.platform_started(key.name)

    def _allowed(self, name: str) -> tuple[object, ...] | None:
        """Return what a platform allows its workers; None if it is not connected."""
        account = self._platforms.account(name)
        return (account.config.tenancy, account.config.dispatch.policy) if account else None

    def _is_down(self, name: str) -> bool:
        """Return whether a platform has been resumed and does not work: its workers say so, instead of waiting."""
        return not (self._platforms.is_usable(name) or self._platforms.is_suspended(name))

    async def _let_go(self, key: ObjectKey) -> Result | None:
        """Guard a platform, as long as it has workers also against its deletion; return None unless it may go."""
        record = self._index.objects.get(key)
        if record is None:
            return None
        if not record.deleting and not record.guarded:
            await self._finalizer.add(key, record.body())
        if not record.deleting or self._index.has_users(key.name):
            return None
        if record.guarded:
            await self._reconcilers.platform.leave(key.name, record.body())
            if self._index.has_users(key.name):  # by now
                return None
        await self._reconcilers.summaries.released(key, record.body())
        if not record.guarded:
            self._platforms.let_go(key.name)
            return Result()
        await self._finalizer.remove(key, record.body())
        return AWAITING_END

    async def _pass_of(self, key: ObjectKey) -> PlatformAttempt | None:
        """Return what a platform's pass starts from; None if it is gone, malformed or suspended, which is reported."""
        record = self._index.objects.get(key)
        if record is None:
            implied = self._implied if self._implied and self._implied.name == key.name else None
            return PlatformAttempt(key, implied) if implied is not None else None
        body = record.body()
        try:
            obj = WorkersPlatform.model_validate(body)
        except ValidationError as error:
            status, problem = PlatformStatus.tolerant(body.get("status")), desired.invalid(error)
            self._platforms.failed(key.name, problem)
            await self._reconcilers.summaries.refuse(key, body, status, problem)
            return None
        users = len(self._index.users(key.name)) if record.deleting else None
        if obj.spec.suspended:
            self._platforms.suspend(key.name)
            await self._reconcilers.summaries.suspended(key, body, obj, users)
            return None
        return PlatformAttempt(key, config_of(obj), obj, body, users)


def _urgency(record: Record, body: Body, change: Change) -> Urgency:
    if record.requested_at and _is_way_back_ordered(body):
        return Urgency.ABORT
    if change in (Change.EDITED, Change.RELEASED):
        return Urgency.EDIT
    status = ObservedStatus.tolerant(body.get("status"))
    if record.requested_at and check_requested(ObjectMeta.model_validate(body["metadata"]), status):
        return Urgency.EDIT
    handled = status.observed_generation == record.generation
    return Urgency.RESYNC if handled else Urgency.CREATE


def _is_way_back_ordered(body: Body) -> bool:
    """Return whether an order takes requests, or followers, back that was not handled yet."""
    told = orders.given(body["metadata"].get("annotations") or {})
    order, known = orders.parse(told), (body.get("status") or {}).get("rolloutOrder")
    is_handled = isinstance(known, Mapping) and known.get("id") == told
    return order is not None and order.is_way_back and not is_handled


def _key(kind: str, body: Body) -> ObjectKey:
    metadata = body["metadata"]
    return ObjectKey(kind, str(metadata.get("namespace") or ""), str(metadata["name"]))
