"""The watch cache: all workers and platforms, so that no read costs a request to the API server."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Literal

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.access.reviews import WORKER_KINDS
from workers_operator.gateway.cache.directory import Directory
from workers_operator.gateway.cache.facets import Facets, facets_of
from workers_operator.gateway.cache.history import MetricsHistory
from workers_operator.gateway.cache.subscriptions import ObjectChange, Subscription
from workers_operator.index.objects import PLATFORM_KIND, ObjectCache, Record

Body = Mapping[str, Any]
KINDS_WATCHED: Final = (*WORKER_KINDS, PLATFORM_KIND)
Change = Literal["ADDED", "MODIFIED", "DELETED"]


class WatchCache:
    """Fed by watches, and by the answers to our own writes, whichever is newer. Single-threaded."""

    def __init__(self) -> None:
        self._objects = ObjectCache()
        self.directory = Directory()
        self.history = MetricsHistory()
        self._connected: dict[str, bool] = {}
        self._subscriptions: set[Subscription] = set()
        self._platforms: set[str] = set()
        self._waiting: defaultdict[ObjectKey, set[asyncio.Event]] = defaultdict(set)

    # --- watches ------------------------------------------------------------------------------------------------------

    def observe(self, key: ObjectKey, body: Body) -> None:
        """Store a state of an object, unless a newer one is known."""
        before = self._objects.get(key)
        self._objects.observe(key, body)
        after = self._objects.get(key)
        if after is None or after is before:
            return
        if key.kind == PLATFORM_KIND:
            self._platforms.add(key.name)
        else:
            self.directory.put(key, facets_of(key, body))
            if before is not None and before.uid != after.uid:
                self.history.forget(key)
            self.history.observe(key, body)
        self._tell("MODIFIED" if before is not None else "ADDED", key)

    def remove(self, key: ObjectKey, uid: str) -> None:
        """Forget an object that is gone, unless another one has its name by now."""
        if not self._objects.remove(key, uid):
            return
        facets = self.directory.get(key)
        self.directory.remove(key)
        self.history.forget(key)
        self._platforms.discard(key.name if key.kind == PLATFORM_KIND else "")
        self._tell("DELETED", key, facets)

    def connected(self, kind: str, is_complete: bool) -> None:
        """Record whether the watch of a kind is complete, and tell subscribers of it."""
        was_stale = self.is_stale
        self._connected[kind] = is_complete
        if self.is_stale is not was_stale:
            for subscription in self._subscriptions:
                subscription.wake()

    @property
    def is_filled(self) -> bool:
        """Whether everything has been listed once."""
        return len(self._connected) == len(KINDS_WATCHED)

    @property
    def is_stale(self) -> bool:
        """Whether a watch is broken, so that there may be newer states."""
        return not all(self._connected.values())

    # --- requests -----------------------------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.directory)

    def get(self, key: ObjectKey) -> Record | None:
        """Return the record of an object, None if it is gone."""
        return self._objects.get(key)

    def facets(self, key: ObjectKey) -> Facets:
        """Return the facets of an existing worker."""
        found = self.directory.get(key)
        assert found is not None  # noqa: S101 - callers have found it
        return found

    def platforms(self) -> list[str]:
        """Return the names of all WorkersPlatforms."""
        return sorted(self._platforms)

    # --- subscribers --------------------------------------------------------------------------------------------------

    def _tell(self, change: Change, key: ObjectKey, facets: Facets | None = None) -> None:
        told = ObjectChange(change, key, facets or self.directory.get(key))
        for subscription in self._subscriptions:
            subscription.put(told)
        for event in self._waiting.pop(key, ()):
            event.set()

    @contextmanager
    def subscribed(self) -> Iterator[Subscription]:
        """Yield a subscription to all changes inside the block."""
        subscription = Subscription()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    async def next_change(self, key: ObjectKey) -> None:
        """Wait for the next change of an object."""
        event = asyncio.Event()
        self._waiting[key].add(event)
        try:
            await event.wait()
        finally:
            waiting = self._waiting.get(key)
            if waiting is not None:
                waiting.discard(event)
                if not waiting:
                    del self._waiting[key]
