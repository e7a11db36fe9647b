"""The entries of the Cache API: in memory, the least recently used go first, none outlives its age."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

CAPACITY = 128 * 1024 * 1024
"""Bytes of bodies that are kept."""

Key = tuple[str, str, str]
"""Scope, name of the cache ("" is the default one), URL."""


@dataclass(frozen=True)
class Entry:
    head: str
    """Status and headers, as the shim encodes them."""
    body: bytes


class Cache:
    def __init__(
        self, clock: Callable[[], float] = time.monotonic, capacity: int = CAPACITY
    ) -> None:
        self._clock = clock
        self._capacity = capacity
        self._size = 0
        self._entries: OrderedDict[Key, tuple[Entry, float, float]] = (
            OrderedDict()
        )  # stored, expires

    def put(self, key: Key, entry: Entry, *, seconds: int) -> None:
        self.delete(key)
        if len(entry.body) > self._capacity:
            return
        stored = self._clock()
        self._entries[key] = (entry, stored, stored + seconds)
        self._size += len(entry.body)
        while self._size > self._capacity:
            self.delete(next(iter(self._entries)))

    def get(self, key: Key) -> tuple[Entry, int] | None:
        """The entry and its age in seconds."""
        found = self._entries.get(key)
        if found is None:
            return None
        entry, stored, expires = found
        present = self._clock()
        if present >= expires:
            self.delete(key)
            return None
        self._entries.move_to_end(key)
        return entry, int(present - stored)

    def delete(self, key: Key) -> bool:
        """Was there a fresh one?"""
        found = self._entries.pop(key, None)
        if found is None:
            return False
        self._size -= len(found[0].body)
        return self._clock() < found[2]
