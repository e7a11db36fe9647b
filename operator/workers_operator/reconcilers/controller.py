"""Where observations come in and passes go out: decides what is worked on, how urgently, and by whom."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from workers_operator.domain.desired import ObjectKey
from workers_operator.domain.handling import Stalled, Waiting
from workers_operator.engine.queue import Priority, WorkQueue
from workers_operator.engine.runner import Result
from workers_operator.kube.cache import Change, ObjectCache, check_requested
from workers_operator.kube.client import PLURALS, KubeClient
from workers_operator.kube.errors import KubeError, KubeNotFound
from workers_operator.kube.watch import MetadataWatch
from workers_operator.reconcilers import desire, references
from workers_operator.reconcilers.claims_index import ClaimsIndex
from workers_operator.reconcilers.credentials import POLL_SECONDS, Credentials
from workers_operator.reconcilers.deletion import DeletionReconciler
from workers_operator.reconcilers.memory import Memories
from workers_operator.reconcilers.platform import PlatformReconciler, config_of
from workers_operator.reconcilers.platforms import Platform, PlatformConfig, Platforms
from workers_operator.reconcilers.references import Reference, References
from workers_operator.reconcilers.secrets import SecretReader
from workers_operator.reconcilers.worker import WorkerReconciler
from workers_operator.resources import WorkersPlatform

logger = logging.getLogger(__name__)

PLATFORM_KIND = "WorkersPlatform"
_CONFIG_MAP_CHECK_SECONDS = 1.0
_COUNT_DELAY_SECONDS = 10.0  # the counts of workers in a platform's status follow after this


def platform_key(name: str) -> ObjectKey:
    """The key of a WorkersPlatform, which has no namespace."""
    return ObjectKey(PLATFORM_KIND, "", name)


class Controller:
    """Knows all objects; feeds the queue; runs passes."""

    def __init__(
        self,
        *,
        kube: KubeClient,
        cache: ObjectCache,
        queue: WorkQueue[ObjectKey],
        claims: ClaimsIndex,
        platforms: Platforms,
        credentials: Credentials,
        memories: Memories,
        references: References,
        secrets: SecretReader,
        implied: PlatformConfig | None,
    ) -> None:
        self._kube = kube
        self._cache = cache
        self._queue = queue
        self._claims = claims
        self._platforms = platforms
        self._credentials = credentials
        self._memories = memories
        self._references = references
        self._secrets = secrets
        self._implied = implied
        self._given_up: dict[
            ObjectKey, set[ObjectKey]
        ] = {}  # whose rivals wait for what it published last
        self._starting: set[str] = (
            set()
        )  # platforms whose first pass has not ended: their workers wait for it
        self._deletions: dict[ObjectKey, asyncio.Future[None]] = {}
        self._worker: WorkerReconciler | None = None
        self._deletion: DeletionReconciler | None = None
        self._platform: PlatformReconciler | None = None

    def use(
        self,
        *,
        worker: WorkerReconciler,
        deletion: DeletionReconciler,
        platform: PlatformReconciler,
    ) -> None:
        """The reconcilers; they need the controller's callbacks, so they come after it."""
        self._worker, self._deletion, self._platform = worker, deletion, platform

    # --- observations -------------------------------------------------------------------------------------------

    async def seed(self) -> None:
        """Takes in all objects before any pass: who holds what must be known before anybody may claim it."""
        if self._implied is not None:
            self._start_platform(self._implied.name)
        for kind in (PLATFORM_KIND, *(k for k in PLURALS if k != PLATFORM_KIND)):
            async for body in self._kube.list_objects(kind):
                self.observed(_key(kind, body), body)
        logger.info("%d objects found", len(self._cache))

    def observed(self, key: ObjectKey, body: Mapping[str, Any]) -> None:
        """An object was seen."""
        change = self._cache.observe(key, body)
        if change is Change.NONE:
            return
        if key.kind == PLATFORM_KIND:
            self._start_platform(key.name)
            return
        self._index(key, body)
        self._enqueue(key, body, change)

    def deleted(self, key: ObjectKey, uid: str) -> None:
        """An object is gone."""
        if not self._cache.remove(key, uid):
            return
        if key.kind == PLATFORM_KIND:
            self._platforms.remove(key.name)
            self._wake_workers(key.name)
            return
        self.changed(references.worker(key), Priority.CREATE)
        rivals = self._claims.rival_keys(key)
        self._claims.remove(key)
        self._references.remove(key)
        self._given_up.pop(key, None)
        self._memories.forget(key)
        self._queue.forget(key)
        self._end_deletion(key)
        for rival in rivals:
            self._queue.add(rival, Priority.CREATE)

    async def finalized(self, key: ObjectKey) -> None:
        """Returns when nothing of a deleted object's worker is left, so that its finalizer may go."""
        done = self._deletions.get(key)
        if done is None:
            done = self._deletions[key] = asyncio.get_running_loop().create_future()
        self._queue.add(key, Priority.EDIT)
        await asyncio.shield(done)

    def platform_lost(self, name: str) -> None:
        """A worker's pass has found that its platform does not work any more."""
        self._queue.add(platform_key(name), Priority.EDIT)

    def published(self, key: ObjectKey) -> None:
        """An object's routing is another one: its callers, and who waits for what it had, may go on."""
        for waiting in self._given_up.pop(key, set()):
            self._queue.add(waiting, Priority.CREATE)
        for caller in self._references.to(references.worker(key)):
            record = self._cache.get(caller)
            if record is not None and not record.ready:
                self._queue.add(caller, Priority.CREATE)

    def changed(self, reference: Reference, priority: Priority = Priority.EDIT) -> bool:
        """A thing that objects refer to is another one; whether any does."""
        users = self._references.to(reference)
        self._touch(users, priority)
        return bool(users)

    def objects_changed(self, platform: Platform, changed: set[tuple[str, str]]) -> None:
        """R2 objects are other ones."""
        name, data_bucket = platform.config.name, platform.config.data_bucket
        users: set[ObjectKey] = set()
        for bucket, key in changed:
            users |= self._references.to_object(name, bucket, key)
            if bucket == data_bucket:
                users |= self._references.to_object(name, "", key)
        self._touch(sorted(users), Priority.RESYNC)

    def _touch(self, users: Iterable[ObjectKey], priority: Priority) -> None:
        for key in users:
            self._memories.of(key).stale = True
            record = self._cache.get(key)
            if record is not None and record.guarded and self._is_startable(record.body()):
                self._queue.add(key, priority)

    def learn_domain(self, name: str, domain: str) -> None:
        """A platform's domain is known now."""
        self._claims.learn_domain(name, domain)

    def count_workers(self, name: str) -> tuple[int, int]:
        """(all, ready) workers of a platform."""
        records = [self._cache.get(key) for key in self._claims.on(name)]
        return len(records), sum(1 for record in records if record is not None and record.ready)

    def platform_ready(self, name: str) -> None:
        """Workers may use a platform from now on."""
        self._wake_workers(name)

    async def watch_credentials(self, sleep: Any) -> None:
        """Has a platform's pass run when its Secret holds another token. Runs until cancelled."""
        while True:
            await sleep(POLL_SECONDS)
            for key in [k for k in self._cache.keys() if k.kind == PLATFORM_KIND]:  # noqa: SIM118
                record = self._cache.get(key)
                if record is not None and await self._credentials.changed(key.name, record.body()):
                    self._queue.add(key, Priority.EDIT)

    async def watch_secrets(self, sleep: Any) -> None:
        """Has objects whose labelled Secrets have changed worked on. Runs until cancelled."""
        await self._secrets.watch(self.changed, sleep)

    def config_maps(self) -> list[tuple[str, str]]:
        """(namespace, name) of all ConfigMaps that objects refer to."""
        return [(r.scope, r.name) for r in self._references.all_of("ConfigMap")]

    async def watch_config_maps(self, watch: MetadataWatch, sleep: Any) -> None:
        """Has objects whose ConfigMaps have changed worked on; begins when the first object has one."""
        while not self.config_maps():
            await sleep(_CONFIG_MAP_CHECK_SECONDS)
        await watch.run(sleep)

    # --- passes -------------------------------------------------------------------------------------------------

    async def reconcile(self, key: ObjectKey, priority: Priority) -> Result:
        """One pass over one object."""
        try:
            if key.kind == PLATFORM_KIND:
                return await self._reconcile_platform(key)
            record = self._cache.get(key)
            if record is None or not record.guarded:
                self._end_deletion(key)
                return Result()
            if record.deleting:
                return await self._reconcile_deletion(key, record.uid)
            assert self._worker is not None  # noqa: S101 - use() comes before the first pass
            body = record.body()
            result = await self._worker.reconcile(key, body, priority)
            after = self._cache.get(key)
            if after is not None and after.ready != record.ready:
                self._queue.add(
                    platform_key(str(body["spec"].get("platform", "default"))),
                    Priority.RESYNC,
                    after=_COUNT_DELAY_SECONDS,
                )
            return result
        except KubeError as error:
            logger.warning("%s: %s", key, error)
            return Result(retry=True)

    async def _reconcile_platform(self, key: ObjectKey) -> Result:
        assert self._platform is not None  # noqa: S101 - use() comes before the first pass
        record = self._cache.get(key)
        body = record.body() if record is not None else None
        config = self._config(key.name, body)
        if config is None:
            self._started(key.name)
            return Result()
        known = self._platforms.known(key.name)
        plans = known.config.plans if known is not None else config.plans
        try:
            return await self._platform.reconcile(key, config, body)
        finally:
            if plans != config.plans:
                self._wake_workers(key.name)
            self._started(key.name)

    def _started(self, name: str) -> None:
        """A platform's first pass is over, whatever came of it: its workers may have theirs."""
        if name in self._starting:
            self._starting.discard(name)
            self._wake_workers(name)

    def _config(self, name: str, body: Mapping[str, Any] | None) -> PlatformConfig | None:
        if body is None:
            return (
                self._implied if self._implied is not None and self._implied.name == name else None
            )
        try:
            obj = WorkersPlatform.model_validate(body)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]["msg"]
            self._platforms.unusable(name, Stalled("InvalidSpec", str(problem)))
            return None
        if obj.spec.suspended:
            self._platforms.unusable(name, Waiting("Suspended", "spec.suspend is set", after=300.0))
            return None
        return config_of(obj)

    async def _reconcile_deletion(self, key: ObjectKey, uid: str) -> Result:
        assert self._deletion is not None  # noqa: S101 - use() comes before the first pass
        try:
            # While a deletion is waited for, the watch tells nothing more of the object: read what it says now.
            body = await self._kube.get_object(key)
        except KubeNotFound:
            body = None
        if body is None or body["metadata"]["uid"] != uid:
            self._end_deletion(key)
            return Result()
        result = await self._deletion.reconcile(key, body)
        if result == Result():
            self._end_deletion(key)
        return result

    def _end_deletion(self, key: ObjectKey) -> None:
        done = self._deletions.pop(key, None)
        if done is not None and not done.done():
            done.set_result(None)

    # --- what is worked on --------------------------------------------------------------------------------------

    def _start_platform(self, name: str) -> None:
        platform = self._platforms.known(name)
        if platform is None:
            self._starting.add(name)
        self._queue.add(platform_key(name), Priority.EDIT)

    def _index(self, key: ObjectKey, body: Mapping[str, Any]) -> None:
        try:
            obj = desire.parse(key, body)
        except ValidationError:
            self._claims.remove(key)  # its pass will say what is wrong
            return
        rivals = set(self._claims.rival_keys(key))
        former = self._claims.find(key)
        if former is not None and former[0] != obj.spec.platform:
            self.changed(references.worker(key), Priority.CREATE)
        self._claims.put(obj.spec.platform, desire.claim(key, obj, ""))
        self._references.put(key, desire.all_references(key, obj))
        gone = rivals - set(self._claims.rival_keys(key))
        if gone:
            self._given_up.setdefault(key, set()).update(gone)

    def _enqueue(self, key: ObjectKey, body: Mapping[str, Any], change: Change) -> None:
        if not self._is_startable(body):
            return  # the platform's first pass wakes its workers
        if not body["metadata"].get("finalizers"):
            return  # it could vanish unseen: its finalizer is being added, and that is seen again
        self._queue.add(key, self._priority(body, change))

    def _is_startable(self, body: Mapping[str, Any]) -> bool:
        return str(body["spec"].get("platform", "default")) not in self._starting

    @staticmethod
    def _priority(body: Mapping[str, Any], change: Change) -> Priority:
        status = body.get("status") or {}
        if change is Change.EDITED or check_requested(body):
            return Priority.EDIT
        handled = status.get("observedGeneration") == body["metadata"].get("generation")
        return Priority.RESYNC if handled else Priority.CREATE

    def _wake_workers(self, name: str) -> None:
        for key in self._claims.on(name):
            record = self._cache.get(key)
            if record is not None and record.guarded:
                self._queue.add(key, Priority.RESYNC if record.ready else Priority.CREATE)


def _key(kind: str, body: Mapping[str, Any]) -> ObjectKey:
    metadata = body["metadata"]
    return ObjectKey(kind, str(metadata.get("namespace") or ""), str(metadata["name"]))
