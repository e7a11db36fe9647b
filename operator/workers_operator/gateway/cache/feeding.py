"""Watches of our kinds, which feed the cache."""

from collections.abc import Mapping
from typing import Any

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.cache.objects import WatchCache
from workers_operator.kube.auth import Access
from workers_operator.kube.watch import OBJECTS, Changed, ResourceWatch
from workers_operator.resources import API_VERSION, KINDS


def watch_of(access: Access, kind: str, cache: WatchCache) -> ResourceWatch:
    """Return the watch of a kind, which tells a cache of its objects."""

    def connected(is_complete: bool) -> None:
        cache.connected(kind, is_complete)

    path = f"/apis/{API_VERSION}/{KINDS[kind].definition.plural}"
    return ResourceWatch(access, path, OBJECTS, feed(kind, cache), connected=connected)


def feed(kind: str, cache: WatchCache) -> Changed:
    """Return what tells a cache of the objects of a kind.

    The answer to a write can be ahead of the watch: what it still tells of the former object of a name concerns that
    one, and not the one that has the name by now.
    """
    uids: dict[ObjectKey, str] = {}  # as this watch has told of them last

    def changed(namespace: str, name: str, body: Mapping[str, Any] | None) -> None:
        key = ObjectKey(kind, namespace, name)
        former, known = uids.pop(key, ""), cache.get(key)
        if body is None:
            cache.remove(key, former)
            return
        uid = uids[key] = str(body["metadata"]["uid"])
        if uid != former or known is None or known.uid == uid:
            cache.observe(key, body)

    return changed
