"""Kubernetes objects in memory: versions, generations and finalizers as the API server keeps them, and watches."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from support.clock import ManualClock
from workers_operator.domain.worker import ObjectKey

Body = dict[str, Any]
EventType = Literal["ADDED", "MODIFIED", "DELETED"]
Subscriber = Callable[[EventType, Body], None]

_UNOBSERVED: Final = {"observedGeneration": -1}  # the CRDs' default for a status
_CORE: Final = ("ConfigMap", "Namespace", "Secret")  # these have no generation, no status


class Clock(Protocol):
    """Tell the time of day."""

    def now(self) -> datetime: ...


class ObjectStore:
    """Objects by key, as JSON bodies. What it hands out are copies."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock: Clock = clock or ManualClock()
        self._bodies: dict[ObjectKey, Body] = {}
        self._subscribers: list[Subscriber] = []
        self._version = 0
        self._created = 0

    def __contains__(self, key: ObjectKey) -> bool:
        return key in self._bodies

    def __getitem__(self, key: ObjectKey) -> Body:
        """The object as it is now. Raises KeyError."""
        return copied(self._bodies[key])

    def keys(self, kind: str = "") -> list[ObjectKey]:
        """The keys of all objects, or those of a kind, in order."""
        return sorted(key for key in self._bodies if kind in ("", key.kind))

    def subscribe(self, subscriber: Subscriber) -> None:
        """Tell of everything that is there as ADDED, then of every change.

        Of Secrets, ConfigMaps and namespaces it tells the metadata only, as the operator watches them.
        """
        self._subscribers.append(subscriber)
        for body in list(self._bodies.values()):
            subscriber("ADDED", _watched(body))

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """Tell nobody of what changes inside."""
        subscribers, self._subscribers = self._subscribers, []
        try:
            yield
        finally:
            self._subscribers = subscribers

    def create(self, body: Mapping[str, Any]) -> Body:
        """Store a new object; its labels, annotations and finalizers count, the rest of its metadata is ours."""
        key, new = key_of(body), copied(dict(body))
        assert key not in self._bodies, f"{key} is there already"
        given = new["metadata"]
        metadata: Body = {"name": key.name} | (
            {"namespace": key.namespace} if key.namespace else {}
        )
        metadata |= {k: given[k] for k in ("labels", "annotations", "finalizers") if given.get(k)}
        self._created += 1
        metadata["uid"] = str(uuid.UUID(int=self._created))
        metadata["creationTimestamp"] = self._now()
        new["metadata"] = metadata
        if key.kind not in _CORE:
            metadata["generation"] = 1
            new["status"] = dict(_UNOBSERVED)
        return self._store(key, new, "ADDED")

    def update(self, key: ObjectKey, body: Body) -> Body:
        """Store another state of an object; one that changes nothing is not stored. A change of spec is counted."""
        before = self._bodies[key]
        if body == before:
            return self[key]
        if key.kind not in _CORE and _wanted(body) != _wanted(before):
            body["metadata"]["generation"] += 1
        return self._store(key, body, "MODIFIED")

    def delete(self, key: ObjectKey) -> None:
        """Delete an object: at once, or marked until its last finalizer goes. Raises KeyError where it is not."""
        body = self[key]
        metadata = body["metadata"]
        if not metadata.get("finalizers"):
            self.remove(key)
        elif not metadata.get("deletionTimestamp"):
            metadata["deletionTimestamp"] = self._now()
            metadata["deletionGracePeriodSeconds"] = 0
            if "generation" in metadata:
                metadata["generation"] += 1  # as Kubernetes does: what is wanted has changed
            self._store(key, body, "MODIFIED")

    def remove(self, key: ObjectKey) -> Body:
        """Take an object away, whatever finalizers it has; its last state."""
        body = self._bodies[key]
        self._store(key, body, "DELETED")
        return body

    def _store(self, key: ObjectKey, body: Body, event: EventType) -> Body:
        self._version += 1
        body["metadata"]["resourceVersion"] = str(self._version)
        if event == "DELETED":
            del self._bodies[key]
        else:
            self._bodies[key] = body
        stored = copied(body)
        for subscriber in list(self._subscribers):
            subscriber(event, _watched(body))
        return stored

    def _now(self) -> str:
        return self._clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def copied(body: Body) -> Body:
    """A copy of an object, which is JSON and nothing else."""
    return {name: _copied(value) for name, value in body.items()}


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return copied(value)
    return [_copied(item) for item in value] if isinstance(value, list) else value


def key_of(body: Mapping[str, Any]) -> ObjectKey:
    """The key of an object."""
    metadata = body["metadata"]
    return ObjectKey(body["kind"], metadata.get("namespace") or "", metadata["name"])


def _wanted(body: Mapping[str, Any]) -> Body:
    return {k: v for k, v in body.items() if k not in ("metadata", "status")}


def _watched(body: Body) -> Body:
    if body["kind"] in _CORE:
        body = {k: v for k, v in body.items() if k in ("apiVersion", "kind", "metadata")}
    return copied(body)
