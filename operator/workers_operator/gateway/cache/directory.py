"""Workers by script name, in order, by request and by namespace."""

from bisect import bisect_right, insort
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.access.callers import Scope
from workers_operator.gateway.access.reviews import WORKER_KINDS
from workers_operator.gateway.cache.facets import Facets
from workers_operator.gateway.http.paging import Position

Place = tuple[Position, ObjectKey]
_MOST_SCOPES: Final = 32


class Directory:
    """The facets of all workers, with indexes."""

    def __init__(self) -> None:
        self._facets: dict[ObjectKey, Facets] = {}
        self._by_script: defaultdict[str, set[ObjectKey]] = defaultdict(set)
        self._by_request: dict[tuple[str, str], ObjectKey] = {}  # by namespace and key
        self._order: list[Place] = []
        self._visible: OrderedDict[object, list[Place]] = OrderedDict()  # by scope
        self._namespaces = {kind: Counter[str]() for kind in WORKER_KINDS}

    def __len__(self) -> int:
        return len(self._facets)

    def get(self, key: ObjectKey) -> Facets | None:
        """Return the facets of a worker, None if there is none."""
        return self._facets.get(key)

    def put(self, key: ObjectKey, facets: Facets) -> None:
        """Add or replace a worker."""
        former = self._facets.get(key)
        if former is None or former.script_name != facets.script_name:
            self.remove(key)
            self._visible.clear()
            insort(self._order, (facets.position(key), key))
            self._by_script[facets.script_name].add(key)
            self._namespaces[key.kind][key.namespace] += 1
        elif former.request_key != facets.request_key:
            self._forget_request(key, former)
        self._facets[key] = facets
        if facets.request_key:
            self._by_request[key.namespace, facets.request_key] = key

    def remove(self, key: ObjectKey) -> None:
        """Forget a worker."""
        facets = self._facets.pop(key, None)
        if facets is None:
            return
        self._forget_request(key, facets)
        self._visible.clear()
        del self._order[bisect_right(self._order, (facets.position(key), key)) - 1]
        self._by_script[facets.script_name].discard(key)
        if not self._by_script[facets.script_name]:
            del self._by_script[facets.script_name]
        counts = self._namespaces[key.kind]
        counts[key.namespace] -= 1
        if not counts[key.namespace]:
            del counts[key.namespace]

    def _forget_request(self, key: ObjectKey, facets: Facets) -> None:
        place = (key.namespace, facets.request_key)
        if self._by_request.get(place) == key:
            del self._by_request[place]

    def named(self, script_name: str) -> list[ObjectKey]:
        """Return the workers that request a script name."""
        return sorted(self._by_script.get(script_name, ()))

    def requested(self, namespace: str, request_key: str) -> ObjectKey | None:
        """Return the worker that was last created or changed with an idempotency key in a namespace.

        Other namespaces do not count: their editors could copy any key.
        """
        return self._by_request.get((namespace, request_key))

    def namespaces(self) -> Mapping[str, Counter[str]]:
        """Return kind → namespaces with workers of it."""
        return self._namespaces

    def visible(self, scope: Scope) -> Sequence[Place]:
        """Return the workers of a scope, by script name. The result is cached until a worker comes or goes."""
        wanted = tuple(sorted(scope.kinds.items(), key=lambda item: item[0]))
        found = self._visible.get(wanted)
        if found is None:
            found = [
                place for place in self._order if scope.holds(place[1].kind, place[1].namespace)
            ]
            self._visible[wanted] = found
            if len(self._visible) > _MOST_SCOPES:
                self._visible.popitem(last=False)
        return found
