"""Subscribers to changes; each reads at its own pace."""

import asyncio
from dataclasses import dataclass
from typing import Final

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.cache.facets import Facets

_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """A change of an object: ADDED, MODIFIED or DELETED. ``facets``: of a worker, as they are or were last."""

    type: str
    key: ObjectKey
    facets: Facets | None


class Subscription:
    """Changes not taken yet. A subscriber that is too slow is told so, and must read everything anew."""

    def __init__(self) -> None:
        self._changes: dict[ObjectKey, ObjectChange] = {}
        self._is_lost = False
        self._arrived = asyncio.Event()

    def put(self, change: ObjectChange) -> None:
        """Add a change; of one object, the last one counts."""
        self._changes.pop(change.key, None)
        self._changes[change.key] = change
        if len(self._changes) > _MOST:
            self._changes.clear()
            self._is_lost = True
        self._arrived.set()

    def wake(self) -> None:
        """Have the next call of ``take`` return at once: there is something else to be told."""
        self._arrived.set()

    async def take(self, seconds: float) -> list[ObjectChange] | None:
        """Return the changes since the last call, [] if none has come in time; None if some are lost."""
        try:
            async with asyncio.timeout(seconds):
                await self._arrived.wait()
        except TimeoutError:
            return []
        self._arrived.clear()
        found, lost = list(self._changes.values()), self._is_lost
        self._changes, self._is_lost = {}, False
        return None if lost else found
