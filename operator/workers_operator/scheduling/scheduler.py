"""What is due, how urgently, and who wakes whom: the only place that adds to the queue on behalf of others."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from workers_operator.desired import references
from workers_operator.desired import worker as desired
from workers_operator.desired.platform import PlatformConfig
from workers_operator.desired.references import Reference
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.priority import Urgency
from workers_operator.engine.queue import WorkQueue
from workers_operator.index.index import Index
from workers_operator.index.objects import PLATFORM_KIND, Record

_STATUS_DELAY_SECONDS: Final = 10.0  # a platform's status follows after this
_FLEET_DELAY_SECONDS: Final = 1.0  # a template's pass follows a change of a follower after this


def platform_key(name: str) -> ObjectKey:
    """Return the key of a WorkersPlatform, which has no namespace."""
    return ObjectKey(PLATFORM_KIND, "", name)


class Scheduler:
    """Feeds the queue. Single-threaded."""

    def __init__(self, queue: WorkQueue[ObjectKey], index: Index) -> None:
        self._queue = queue
        self._index = index
        self._starting: set[str] = set()  # platforms whose first pass has not ended
        self._malformed: defaultdict[str, set[ObjectKey]] = defaultdict(set)  # held back, no claim

    # --- objects ----------------------------------------------------------------------------------------------------

    def add(self, key: ObjectKey, record: Record, urgency: Urgency) -> None:
        """Queue a worker, unless its platform has yet to have its first pass, which requeues its workers."""
        platform = self._platform_of(key, record)
        if platform not in self._starting:
            self._queue.add(key, urgency)
        elif self._index.claims.find(key) is None:
            self._malformed[platform].add(key)

    def gave_up(self, rivals: Iterable[ObjectKey]) -> None:
        """Requeue those who wait among the rivals of an object that claims less: what nobody claims is free at once."""
        for rival in rivals:
            if self._index.memories.of(rival).waits:
                self._queue.add(rival, Urgency.CREATE)

    def forget(self, key: ObjectKey, rivals: Iterable[ObjectKey]) -> None:
        """Drop a worker that is gone; requeue the rivals that its claims kept out."""
        self._queue.forget(key)
        self.gave_up(rivals)

    def published(self, key: ObjectKey) -> None:
        """Requeue an object's callers."""
        for caller in self._index.references.to(references.worker(key)):
            record = self._index.objects.get(caller)
            if record is not None and not record.ready:
                self._queue.add(caller, Urgency.CREATE)

    def status_changed(self, platform: str) -> None:
        """Refresh the counts and the metrics in a platform's status soon."""
        self._queue.add(platform_key(platform), Urgency.RESYNC, after=_STATUS_DELAY_SECONDS)

    def measured(self, platform: str, script_names: Iterable[str]) -> None:
        """Requeue workers whose metrics are due to be told, and those that are scaled by them."""
        for key in self._index.references.to(references.metrics(platform)):
            self._queue.add(key, Urgency.RESYNC)
        self._requeue_owners(platform, script_names, Urgency.RESYNC)

    def compared(self, platform: str, script_names: Iterable[str], uneven: Collection[str]) -> None:
        """Requeue workers whose rollouts have new requests to be judged by: a bad version gets more meanwhile.

        ``uneven``: those whose versions differ, so that one may have to be aborted.
        """
        for script_name in script_names:
            urgency = Urgency.ABORT if script_name in uneven else Urgency.CREATE
            self._requeue_owners(platform, (script_name,), urgency)

    def _requeue_owners(self, platform: str, script_names: Iterable[str], urgency: Urgency) -> None:
        for script_name in script_names:
            for key in self.owners(platform, script_name):
                self._queue.add(key, urgency)

    def owners(self, platform: str, script_name: str) -> list[ObjectKey]:
        """Return the objects that claim a script name on a platform."""
        return [claim.key for claim in self._index.claims.to_script(platform, script_name)]

    # --- templates and their followers ------------------------------------------------------------------------------

    def released(self, followers: Iterable[ObjectKey], *, urgent: bool) -> None:
        """Requeue followers that get another version: behind what people change, unless they go back.

        The rest of the fleet waits for them, so that they go before resyncs, and routing writes do not wait for many.
        """
        urgency = Urgency.EDIT if urgent else Urgency.FOLLOW
        for key in followers:
            record = self._index.objects.get(key)
            if record is not None:
                self.add(key, record, urgency)

    def follower_changed(self, template: ObjectKey) -> None:
        """Look at a template's fleet soon: one pass for all followers that change meanwhile."""
        if template in self._index.objects:
            self._queue.add(template, Urgency.RESYNC, after=_FLEET_DELAY_SECONDS)

    # --- what objects refer to --------------------------------------------------------------------------------------

    def changed(self, reference: Reference, urgency: Urgency = Urgency.EDIT) -> bool:
        """Requeue the objects that refer to a thing that has changed; return whether any does."""
        users = self._index.references.to(reference)
        self._touch(users, urgency)
        return bool(users)

    def rights_changed(self, namespace: str) -> None:
        """Requeue the workers of a namespace whose labels have changed, and the rivals of their claims."""
        for key in self._index.of_namespace(namespace):
            record = self._index.objects.get(key)
            if record is not None:
                self.add(key, record, Urgency.EDIT)

    def objects_changed(self, platform: PlatformConfig, changed: set[tuple[str, str]]) -> None:
        """Requeue the workers whose source is one of these R2 objects (bucket, key)."""
        users: set[ObjectKey] = set()
        for bucket, key in changed:
            users |= self._index.references.to_object(platform.name, bucket, key)
            if bucket == platform.storage.data_bucket:
                users |= self._index.references.to_object(platform.name, "", key)
        self._touch(sorted(users), Urgency.RESYNC)

    def _touch(self, users: Iterable[ObjectKey], urgency: Urgency) -> None:
        for key in users:
            self._index.memories.of(key).mark_stale()
            record = self._index.objects.get(key)
            if record is not None:
                self.add(key, record, urgency)

    # --- platforms --------------------------------------------------------------------------------------------------

    def platform_seen(self, name: str, *, is_connected: bool) -> None:
        """Queue a platform; hold back its workers until its first pass has ended."""
        if not is_connected:
            self._starting.add(name)
        self._queue.add(platform_key(name), Urgency.EDIT)

    def platform_started(self, name: str) -> None:
        """Note that a platform's pass has ended, whatever came of it: its workers may have theirs."""
        if name in self._starting:
            self._starting.discard(name)
            self.wake_workers(name)

    def platform_ready(self, name: str) -> None:
        """Requeue the workers of a platform that can be used now."""
        self.wake_workers(name)

    def platform_lost(self, name: str) -> None:
        """Requeue a platform that has stopped working."""
        self._queue.add(platform_key(name), Urgency.EDIT)

    def wake_workers(self, name: str) -> None:
        """Requeue all workers of a platform, those that move away from it included."""
        index, malformed = self._index, self._malformed.pop(name, ())
        keys = (*index.claims.on(name), *malformed, *index.objects.there(name))
        for key in dict.fromkeys(keys):
            record = index.objects.get(key)
            if record is not None:
                self.add(key, record, Urgency.RESYNC if record.ready else Urgency.CREATE)

    def _platform_of(self, key: ObjectKey, record: Record) -> str:
        known = self._index.claims.find(key)
        if known is not None:
            return known[0]
        return desired.platform_of(record.body())  # of an object that cannot be read
