"""The index: everything that is known of the cluster, kept up to date by what is observed of each object."""

from collections.abc import Iterable, Mapping

from workers_operator.desired import references as refs
from workers_operator.desired import worker as desired
from workers_operator.desired.references import Reference
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.claims import ClaimsIndex
from workers_operator.index.memory import Memories
from workers_operator.index.objects import Body, ObjectCache
from workers_operator.index.references import References


class Index:
    """Objects, their claims and references, and what passes remember of them. Single-threaded."""

    def __init__(self) -> None:
        self.objects = ObjectCache()
        self.claims = ClaimsIndex()
        self.references = References()
        self.memories = Memories()

    def put(self, key: ObjectKey, body: Body) -> frozenset[Reference]:
        """Take in a worker's claims and references; return references to it that lead elsewhere now."""
        obj = desired.read(key, body)
        if isinstance(obj, desired.Malformed):
            self.claims.remove(key)  # its pass will say what is wrong
            return frozenset()
        former = self.claims.find(key)
        self.claims.put(obj.spec.platform, desired.claim(key, obj, ""))
        self.references.put(key, refs.references_of(key, obj))
        moved = former is not None and former[0] != obj.spec.platform
        return frozenset({refs.worker(key)}) if moved else frozenset()

    def forget(self, key: ObjectKey) -> None:
        """Forget a worker that is gone."""
        self.claims.remove(key)
        self.references.remove(key)
        self.memories.forget(key)

    def count_workers(self, platform: str) -> tuple[int, int]:
        """Return (all, ready) workers of a platform."""
        records = [self.objects.get(key) for key in self.claims.on(platform)]
        return len(records), sum(1 for record in records if record is not None and record.ready)

    def users(self, platform: str) -> set[ObjectKey]:
        """Return the workers that a platform cannot go before: they name it, or something of them is there."""
        there = (key for key in self.objects.keys() if self._is_on(key, platform))  # noqa: SIM118
        return {*self.claims.on(platform), *there}

    def _is_on(self, key: ObjectKey, platform: str) -> bool:
        record = self.objects.get(key)
        return record is not None and record.platform == platform

    def callees(self, platform: str) -> list[str]:
        """Return the script names of all workers of a platform that others call, sorted."""
        found = (self.claims.find(key) for key in self.references.all_callees())
        return sorted(
            {claim.script_name for scope, claim in filter(None, found) if scope == platform}
        )

    def has_confined(self, platform: str) -> bool:
        """Return whether a worker of a platform has a list of hosts of its own."""
        return bool(self.references.to(refs.outbound(platform)))

    # --- what the objects on a platform are about: account.observer.Interest ------------------------------------------

    def buckets(self, platform: str) -> Mapping[str, str]:
        """Return bucket ("" for the data bucket) → common prefix of all keys that objects name."""
        return self.references.buckets(platform)

    def hosts(self, platform: str) -> Iterable[str]:
        """Return the hosts that objects claim."""
        return self.claims.hosts(platform)
