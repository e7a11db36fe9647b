"""Render answers about workers as JSON, once for each state of an object."""

from collections import OrderedDict
from typing import Final

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.cache.objects import WatchCache
from workers_operator.gateway.cache.platforms import KnownPlatforms
from workers_operator.gateway.shapes import workers
from workers_operator.index.objects import Record

_MOST_DETAILED: Final = 2_000
_Version = tuple[object, ...]


class Renderer:
    """Render the cached objects."""

    def __init__(self, cache: WatchCache, platforms: KnownPlatforms) -> None:
        self._cache = cache
        self._platforms = platforms
        self._listed: dict[ObjectKey, tuple[_Version, bytes]] = {}
        self._detailed: OrderedDict[ObjectKey, tuple[_Version, bytes]] = OrderedDict()

    def listed(self, key: ObjectKey) -> bytes:
        """Return a worker in the form of lists."""
        facets = self._cache.facets(key)
        environment = self._platforms.environment(facets.platform)
        version = (self._record(key).resource_version, environment)
        known = self._listed.get(key)
        if known is not None and known[0] == version:
            return known[1]
        text = workers.listed(key, self._record(key).body(), facets, environment).dump()
        self._listed[key] = (version, text)
        if len(self._listed) > 2 * len(self._cache) + 100:
            self._listed = {k: v for k, v in self._listed.items() if self._cache.get(k)}
        return text

    def detailed(self, key: ObjectKey) -> bytes:
        """Return a worker with its whole status."""
        facets = self._cache.facets(key)
        environment = self._platforms.environment(facets.platform)
        rollout = self._platforms.rollout(facets.platform)
        version = (self._record(key).resource_version, environment, rollout)
        known = self._detailed.get(key)
        if known is not None and known[0] == version:
            self._detailed.move_to_end(key)
            return known[1]
        body = self._record(key).body()
        text = workers.detailed(key, body, facets, environment, rollout).dump()
        self._detailed[key] = (version, text)
        if len(self._detailed) > _MOST_DETAILED:
            self._detailed.popitem(last=False)
        return text

    def _record(self, key: ObjectKey) -> Record:
        record = self._cache.get(key)
        assert record is not None  # noqa: S101 - callers render what they have found
        return record
