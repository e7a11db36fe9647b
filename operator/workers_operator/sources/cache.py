"""A cache of sources, bounded in memory. Concurrent callers share one load."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar

MAX_BYTES: Final = 8 * 1024 * 1024
T = TypeVar("T")


class SourceCache(Generic[T]):
    """An LRU cache. ``size_of`` returns the bytes of a value, ``limit`` bounds their sum. Not thread-safe.

    A key identifies immutable content (an R2 object's etag is part of it), so entries never become stale.
    """

    def __init__(self, size_of: Callable[[T], int], limit: int = MAX_BYTES) -> None:
        self._size_of = size_of
        self._limit = limit
        self._held = 0
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._loading: dict[Hashable, asyncio.Task[T]] = {}

    async def get(self, key: Hashable, load: Callable[[], Awaitable[T]]) -> T:
        """Return the value of ``key``. On a miss, concurrent callers wait for the ``load`` of the first one.

        Raises the exception of ``load``, which is not cached.
        """
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        task = self._loading.get(key)
        if task is None:
            task = asyncio.ensure_future(self._load(key, load))
            self._loading[key] = task
            task.add_done_callback(lambda ended: self._ended(key, ended))
        # Cancelling one caller must not cancel the load for the others.
        return await asyncio.shield(task)

    def _ended(self, key: Hashable, task: asyncio.Task[T]) -> None:
        self._loading.pop(key, None)
        if not task.cancelled():
            task.exception()  # seen, though everybody who asked may be gone

    @property
    def held(self) -> int:
        """Bytes of all cached values."""
        return self._held

    async def _load(self, key: Hashable, load: Callable[[], Awaitable[T]]) -> T:
        value = await load()
        size = self._size_of(value)
        if size <= self._limit:
            self._values[key] = value
            self._held += size
        while self._held > self._limit:
            _, dropped = self._values.popitem(last=False)
            self._held -= self._size_of(dropped)
        return value
