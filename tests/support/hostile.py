"""Objects as no user would write them: the API server keeps the text, and hands it out as its client decodes it."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from support.apiserver import ApiServer
from support.objects import Body
from support.world import World
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.decoding import decode, event_of, sound, sound_items

CUSTOMER: Final = "CustomerWorker"
NAMESPACE: Final = "hostile"


def nested(depth: int, opening: str = '{"a":', closing: str = "}", inside: str = "1") -> str:
    """JSON that is so deep; ``json.dumps`` could not write it."""
    return opening * depth + inside + closing * depth


@dataclass
class RawObject:
    """An object whose spec, status and managedFields are texts, and whose metadata may hold anything."""

    key: ObjectKey
    spec: str
    status: str = '{"observedGeneration": -1}'
    managed: str = "[]"
    metadata: Body = field(default_factory=dict)
    version: int = 1

    @property
    def text(self) -> bytes:
        """The object as JSON."""
        name = {
            "name": self.key.name,
            "namespace": self.key.namespace,
            "uid": f"uid-{self.key.name}",
        }
        metadata = name | {"generation": 1, "resourceVersion": str(self.version)} | self.metadata
        head = json.dumps(metadata).removesuffix("}")
        parts = [
            f'"apiVersion": "workers.code24.dev/v1alpha1", "kind": "{self.key.kind}"',
            f'"metadata": {head}, "managedFields": {self.managed}}}',
            f'"spec": {self.spec}, "status": {self.status}',
        ]
        return f"{{{', '.join(parts)}}}".encode("utf-8", "surrogatepass")

    def read(self) -> Body:
        """The object as the client returns it."""
        found = sound(decode(self.text))
        assert found is not None
        return found


class HostileServer(ApiServer):
    """An API server with such objects among its own. ``stated``: the statuses that were written to them, by name."""

    def __init__(self, clock: Any = None) -> None:
        super().__init__(clock)
        self.hostile: dict[ObjectKey, RawObject] = {}
        self.stated: dict[str, Mapping[str, Any]] = {}

    async def list_objects(self, kind: str) -> AsyncIterator[Body]:
        texts = [raw.text for key, raw in self.hostile.items() if key.kind == kind]
        texts += [json.dumps(body).encode() async for body in super().list_objects(kind)]
        page = b'{"metadata": {}, "items": [' + b",".join(texts) + b"]}"
        for body in sound_items(decode(page)):
            yield body | {"kind": kind}

    async def apply_status(
        self, key: ObjectKey, uid: str, resource_version: str, status: Mapping[str, Any]
    ) -> Body:
        if key not in self.hostile:
            return await super().apply_status(key, uid, resource_version, status)
        raw = self.hostile[key]
        raw.version, raw.status = raw.version + 1, json.dumps(status)
        self.stated[key.name] = status
        return raw.read()

    async def set_finalizers(
        self, key: ObjectKey, uid: str, resource_version: str, finalizers: Sequence[str]
    ) -> Body:
        if key not in self.hostile:
            return await super().set_finalizers(key, uid, resource_version, finalizers)
        raw = self.hostile[key]
        raw.version, raw.metadata["finalizers"] = raw.version + 1, list(finalizers)
        return raw.read()


class HostileWorld(World):
    """A world in which such objects are."""

    api: HostileServer

    def __init__(self, *, like: World | None = None) -> None:
        super().__init__(api=HostileServer, like=like)

    def put(self, name: str, spec: str, **more: Any) -> ObjectKey:
        """Store an object, and tell the operator of it as the watch does."""
        key = ObjectKey(CUSTOMER, NAMESPACE, name)
        self.api.hostile[key] = raw = RawObject(key, spec, **more)
        event = event_of(b'{"type": "ADDED", "object": ' + raw.text + b"}")
        assert event is not None
        self.operator.controller.observed(key, event["object"])
        return key

    def reason(self, name: str, kind: str = "Ready") -> str:
        """The reason of a condition that was written, "" where there is none."""
        found = self.api.stated.get(name, {}).get("conditions", ())
        return next((str(c["reason"]) for c in found if c["type"] == kind), "")

    def message(self, name: str, kind: str = "Ready") -> str:
        """The message of a condition that was written."""
        found = self.api.stated[name]["conditions"]
        return next(str(c["message"]) for c in found if c["type"] == kind)
