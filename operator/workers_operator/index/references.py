"""References in both directions: what an object names, and who names a thing."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from os.path import commonprefix

from workers_operator.desired.references import Reference, ReferenceKind, callee, r2
from workers_operator.domain import names
from workers_operator.domain.worker import ObjectKey

MayRead = Callable[[ObjectKey, str], bool]
"""Whether an object may read from a bucket."""


class References:
    """References by object and by thing."""

    def __init__(self) -> None:
        self._of: dict[ObjectKey, frozenset[Reference]] = {}
        self._to: defaultdict[Reference, set[ObjectKey]] = defaultdict(set)
        self._r2: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))

    def put(self, key: ObjectKey, references: frozenset[Reference]) -> None:
        """Take in the references of an object in place of its former ones."""
        before = self._of.get(key, frozenset())
        for gone in before - references:
            self._drop(key, gone)
        for new in references - before:
            self._to[new].add(key)
            if new.kind == "R2":
                self._r2[new.scope][new.name] += 1
        if references:
            self._of[key] = references
        else:
            self._of.pop(key, None)

    def remove(self, key: ObjectKey) -> None:
        """Forget the references of an object."""
        self.put(key, frozenset())

    def of(self, key: ObjectKey) -> frozenset[Reference]:
        """Return what an object refers to."""
        return self._of.get(key, frozenset())

    def to(self, reference: Reference) -> list[ObjectKey]:
        """Return the objects that refer to a thing."""
        return sorted(self._to.get(reference, ()))

    def all_of(self, kind: ReferenceKind) -> list[Reference]:
        """Return everything of this kind that is referred to."""
        return [reference for reference in self._to if reference.kind == kind]

    def callees(self, key: ObjectKey) -> list[ObjectKey]:
        """Return the workers that an object calls, sorted."""
        return sorted(callee(r) for r in self.of(key) if r.kind == "Worker")

    def all_callees(self) -> list[ObjectKey]:
        """Return all workers that others call."""
        return sorted(callee(r) for r in self._to if r.kind == "Worker")

    def buckets(self, platform: str, may_read: MayRead) -> Mapping[str, str]:
        """Return bucket ("" for the data bucket) → the common prefix of all keys that are referred to.

        ``may_read``: what an object may not read it refers to in vain. The templates are for everybody.
        """
        prefix, found = f"{platform}/", {}
        for scope, keys in self._r2.items():
            if not scope.startswith(prefix):
                continue
            bucket = scope.removeprefix(prefix)
            wanted = [
                name
                for name in keys
                if (not bucket and name.startswith(names.TEMPLATES_PREFIX))
                or any(may_read(key, bucket) for key in self._to[r2(platform, bucket, name)])
            ]
            if wanted:
                found[bucket] = commonprefix(wanted)  # noqa: RUF071 - of keys, by characters
        return found

    def to_object(self, platform: str, bucket: str, key: str) -> set[ObjectKey]:
        """Return the objects that refer to an R2 object, by its key or by a folder that contains it."""
        parts = key.split("/")
        found = [key, *("/".join(parts[:i]) + "/" for i in range(1, len(parts)))]
        return {k for name in found for k in self._to.get(r2(platform, bucket, name), ())}

    def _drop(self, key: ObjectKey, reference: Reference) -> None:
        self._to[reference].discard(key)
        if not self._to[reference]:
            del self._to[reference]
        if reference.kind != "R2":
            return
        keys = self._r2[reference.scope]
        keys[reference.name] -= 1
        if keys[reference.name] <= 0:
            del keys[reference.name]
        if not keys:
            del self._r2[reference.scope]
