"""What objects refer to: ConfigMaps, Secrets, R2 objects, workers; so that a change of one wakes those that use it."""

from collections import defaultdict
from collections.abc import Mapping
from os.path import commonprefix
from typing import Literal, NamedTuple

from workers_operator.domain.desired import ObjectKey

ReferenceKind = Literal["ConfigMap", "Secret", "Worker", "R2"]


class Reference(NamedTuple):
    """One thing. ``scope``: the namespace; of an R2 object ``<platform>/<bucket>``, with no bucket for the data bucket.

    ``name`` of a worker is ``<kind>/<name>``, of an R2 object its key; one that ends in / is a folder.
    """

    kind: ReferenceKind
    scope: str
    name: str


def config_map(namespace: str, name: str) -> Reference:
    return Reference("ConfigMap", namespace, name)


def secret(namespace: str, name: str) -> Reference:
    return Reference("Secret", namespace, name)


def worker(key: ObjectKey) -> Reference:
    return Reference("Worker", key.namespace, f"{key.kind}/{key.name}")


def r2(platform: str, bucket: str | None, key: str) -> Reference:
    return Reference("R2", f"{platform}/{bucket or ''}", key)


def callee(reference: Reference) -> ObjectKey:
    """The worker that a reference names."""
    kind, _, name = reference.name.partition("/")
    return ObjectKey(kind, reference.scope, name)


class References:
    """Both ways: of an object, and to a thing."""

    def __init__(self) -> None:
        self._of: dict[ObjectKey, frozenset[Reference]] = {}
        self._to: defaultdict[Reference, set[ObjectKey]] = defaultdict(set)
        self._r2: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))

    def put(self, key: ObjectKey, references: frozenset[Reference]) -> None:
        """Takes in what an object refers to, in place of what it did."""
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
        """The object is gone."""
        self.put(key, frozenset())

    def of(self, key: ObjectKey) -> frozenset[Reference]:
        """What an object refers to."""
        return self._of.get(key, frozenset())

    def to(self, reference: Reference) -> list[ObjectKey]:
        """Who refers to a thing."""
        return sorted(self._to.get(reference, ()))

    def all_of(self, kind: ReferenceKind) -> list[Reference]:
        """Everything of this kind that is referred to."""
        return [reference for reference in self._to if reference.kind == kind]

    def callees(self, key: ObjectKey) -> list[ObjectKey]:
        """The workers that an object calls, sorted."""
        return sorted(callee(r) for r in self.of(key) if r.kind == "Worker")

    def all_callees(self) -> list[ObjectKey]:
        """All workers that others call."""
        return sorted(callee(r) for r in self._to if r.kind == "Worker")

    def buckets(self, platform: str) -> Mapping[str, str]:
        """Bucket ("" for the data bucket) → what all keys that are referred to begin with."""
        prefix = f"{platform}/"
        return {
            scope.removeprefix(prefix): commonprefix(list(keys))  # noqa: RUF071 - of keys, by characters
            for scope, keys in self._r2.items()
            if scope.startswith(prefix) and keys
        }

    def to_object(self, platform: str, bucket: str, key: str) -> set[ObjectKey]:
        """Who refers to an R2 object, by its key or by a folder that it lies in."""
        parts = key.split("/")
        names = [key, *("/".join(parts[:i]) + "/" for i in range(1, len(parts)))]
        return {k for name in names for k in self._to.get(r2(platform, bucket, name), ())}

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
