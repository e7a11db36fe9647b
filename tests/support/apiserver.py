"""The API server as the operator meets it, in memory: the calls of its client, and what users do."""

import base64
import copy
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from support.interruptions import Interruption
from support.objects import Body, Clock, ObjectStore, copied, key_of
from support.recorder import broken_rules
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.client import Secret
from workers_operator.kube.errors import KubeError, from_status

Method = Literal[
    "check_served",
    "list_objects",
    "list_metadata",
    "list_namespaces",
    "get_object",
    "apply_status",
    "set_finalizers",
    "get_config_map",
    "get_secret",
    "get_secret_metadata",
    "create_event",
    "get_revision",
    "list_revisions",
    "create_revision",
    "delete_revision",
]
_WRITING: Final = (
    "apply_status",
    "set_finalizers",
    "create_event",
    "create_revision",
    "delete_revision",
)
_LEAST_SECRET: Final = 8  # characters; shorter values may stand anywhere by chance


@dataclass
class _Fault:
    method: Method
    error: KubeError
    times: int


@dataclass(frozen=True)
class _Applied:
    """What the operator has applied last to a status; what it applies next replaces it."""

    fields: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()  # their types


class ApiServer(ObjectStore):
    """Our kinds, ConfigMaps, Secrets and Events.

    ``reads`` and ``writes`` tell of the operator's calls that have arrived, e.g. ``apply_status CustomerWorker
    default/shop``. ``problems`` are the rules that its statuses have broken; such a write raises, too.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.reads: list[str] = []
        self.writes: list[str] = []
        self.events: list[Body] = []
        self.problems: list[str] = []
        self.secrets: set[str] = set()  # texts that may stand in no status
        self._applied: dict[str, _Applied] = {}  # by uid
        self._faults: list[_Fault] = []
        self.interruption: Interruption | None = None

    def resemble(self, other: "ApiServer") -> None:
        """Hold what another API server holds. Subscribers are told nothing."""
        for name in ("_bodies", "_version", "_created", "_applied", "secrets"):
            setattr(self, name, copy.deepcopy(vars(other)[name]))

    # What a test does, as a user would.

    def fail(self, method: Method, error: KubeError, times: int = 1) -> None:
        """Make the next ``times`` calls of ``method`` raise ``error``; they change nothing."""
        assert hasattr(self, method)
        self._faults.append(_Fault(method, error, times))

    def apply(self, body: Mapping[str, Any]) -> ObjectKey:
        """Create an object, or give it this spec (or data), and add labels and annotations, as kubectl would.

        Its status is left alone. Of the metadata, finalizers count at creation only.
        """
        key, wanted = key_of(body), copied(dict(body))
        if key not in self:
            self.create(wanted)
            return key
        before, metadata = self[key], wanted.pop("metadata")
        kept = {name: before[name] for name in ("metadata", "status") if name in before}
        for name in ("labels", "annotations"):
            if metadata.get(name):
                kept["metadata"][name] = (kept["metadata"].get(name) or {}) | metadata[name]
        self.update(key, wanted | kept)
        return key

    def annotate(self, key: ObjectKey, **annotations: str | None) -> None:
        """Set annotations; None removes one."""
        body = self[key]
        merged = (body["metadata"].pop("annotations", None) or {}) | annotations
        left = {name: value for name, value in merged.items() if value is not None}
        body["metadata"] |= {"annotations": left} if left else {}
        self.update(key, body)

    def set_condition(self, key: ObjectKey, condition: Mapping[str, Any]) -> None:
        """Set a condition as another field manager; it stays until the operator applies one of its type."""
        body = self[key]
        status = body["status"]
        kept = [c for c in status.get("conditions", ()) if c["type"] != condition["type"]]
        status["conditions"] = [*kept, dict(condition)]
        uid = body["metadata"]["uid"]
        applied = self._applied.get(uid, _Applied())
        self._applied[uid] = _Applied(applied.fields, applied.conditions - {condition["type"]})
        self.update(key, body)

    def put_secret(
        self,
        namespace: str,
        name: str,
        data: Mapping[str, str],
        *,
        labels: Mapping[str, str] | None = None,
    ) -> ObjectKey:
        """Create or change a Secret. From now on no status may hold one of its values."""
        self.secrets.update(text for text in data.values() if len(text) >= _LEAST_SECRET)
        content = {"data": {k: _base64(v.encode()) for k, v in data.items()}}
        metadata = {"namespace": namespace, "name": name, "labels": dict(labels or {})}
        return self.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata} | content)

    def put_config_map(
        self,
        namespace: str,
        name: str,
        data: Mapping[str, str],
        *,
        binary: Mapping[str, bytes] | None = None,
    ) -> ObjectKey:
        """Create or change a ConfigMap."""
        content: Body = {"data": dict(data)}
        if binary:
            content["binaryData"] = {k: _base64(v) for k, v in binary.items()}
        metadata = {"namespace": namespace, "name": name}
        return self.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata} | content)

    def label_namespace(self, name: str, **labels: str) -> ObjectKey:
        """Create a namespace, or give it other labels."""
        key = ObjectKey("Namespace", "", name)
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
        if key not in self:
            self.create(body | {"metadata": {"name": name, "labels": labels}})
        else:
            before = self[key]
            self.update(key, before | {"metadata": before["metadata"] | {"labels": labels}})
        return key

    def delete_secret(self, namespace: str, name: str) -> None:
        """Delete a Secret."""
        self.delete(ObjectKey("Secret", namespace, name))

    def delete_config_map(self, namespace: str, name: str) -> None:
        """Delete a ConfigMap."""
        self.delete(ObjectKey("ConfigMap", namespace, name))

    # What the operator does, by the signatures of its client.

    async def check_served(self, kind: str) -> None:
        """Whether objects of a kind can be listed."""
        self._arrive("check_served", kind)

    async def list_metadata(self, kind: str) -> AsyncIterator[Mapping[str, Any]]:
        """The metadata of all objects of a kind."""
        self._arrive("list_metadata", kind)
        for body in [self[key] for key in self.keys(kind)]:
            yield body["metadata"]

    async def list_namespaces(self) -> AsyncIterator[Mapping[str, Any]]:
        """The metadata of all namespaces that tests have made."""
        self._arrive("list_namespaces", "")
        for body in [self[key] for key in self.keys("Namespace")]:
            yield body["metadata"]

    async def list_objects(self, kind: str) -> AsyncIterator[Body]:
        """All objects of a kind, as they are when the list begins."""
        self._arrive("list_objects", kind)
        for body in [self[key] for key in self.keys(kind)]:
            yield body

    async def get_object(self, key: ObjectKey) -> Body:
        """One object. Raises KubeNotFound."""
        self._arrive("get_object", key)
        return self._get(key)

    async def apply_status(
        self, key: ObjectKey, uid: str, resource_version: str, status: Mapping[str, Any]
    ) -> Body:
        """Server-side apply of the operator's whole status; what others have set stays.

        Raises KubeNotFound, KubeConflict where the object is another one by now, and AssertionError where the status
        breaks a rule.
        """
        call = f"apply_status {key}"
        return await self._interruptible(call, lambda: self._apply_status(key, uid, status))

    def _apply_status(self, key: ObjectKey, uid: str, status: Mapping[str, Any]) -> Body:
        self._arrive("apply_status", key)
        before = self._get(key)
        if before["metadata"]["uid"] != uid:
            raise from_status(409, f"apply_status {key}", f"uid {uid} is not the object's")
        after = before | {"status": self._merged(before, copied(dict(status)))}
        if after != before:
            self._check(key, before, after)
        types = frozenset(c["type"] for c in status.get("conditions", ()))
        self._applied[uid] = _Applied(frozenset(status), types)
        return self.update(key, after)

    async def set_finalizers(
        self, key: ObjectKey, uid: str, resource_version: str, finalizers: Sequence[str]
    ) -> Body:
        """Replace the finalizers of exactly this state of an object; a deleted one vanishes with its last.

        Raises KubeNotFound, KubeConflict where uid or resource version is another by now, and KubeRejected where an
        object that is being deleted would get a new one.
        """
        call = f"set_finalizers {key} [{', '.join(finalizers)}]"
        return await self._interruptible(
            call, lambda: self._set_finalizers(key, uid, resource_version, finalizers)
        )

    def _set_finalizers(
        self, key: ObjectKey, uid: str, resource_version: str, finalizers: Sequence[str]
    ) -> Body:
        self._arrive("set_finalizers", f"{key} [{', '.join(finalizers)}]")
        body = self._get(key)
        metadata, call = body["metadata"], f"set_finalizers {key}"
        if (metadata["uid"], metadata["resourceVersion"]) != (uid, resource_version):
            raise from_status(409, call, "the object has been modified")
        before, deleting = metadata.pop("finalizers", []), "deletionTimestamp" in metadata
        if deleting and not set(finalizers) <= set(before):
            raise from_status(422, call, "no new finalizers can be added to what is being deleted")
        if deleting and not finalizers:
            self.remove(key)
            return body
        metadata |= {"finalizers": list(finalizers)} if finalizers else {}
        return self.update(key, body)

    async def get_config_map(self, namespace: str, name: str) -> Body:
        """A ConfigMap. Raises KubeNotFound."""
        self._arrive("get_config_map", f"{namespace}/{name}")
        return self._get(ObjectKey("ConfigMap", namespace, name))

    async def get_secret(self, namespace: str, name: str) -> Secret:
        """A Secret. Raises KubeNotFound."""
        self._arrive("get_secret", f"{namespace}/{name}")
        found = self._get(ObjectKey("Secret", namespace, name))
        data = {k: base64.b64decode(v) for k, v in found["data"].items()}
        metadata = found["metadata"]
        return Secret(data, metadata.get("labels") or {}, metadata["resourceVersion"])

    async def get_secret_metadata(self, namespace: str, name: str) -> Mapping[str, Any]:
        """The metadata of a Secret. Raises KubeNotFound."""
        self._arrive("get_secret_metadata", f"{namespace}/{name}")
        metadata: Mapping[str, Any] = self._get(ObjectKey("Secret", namespace, name))["metadata"]
        return metadata

    async def create_event(self, namespace: str, event: Mapping[str, Any]) -> None:
        """Post an Event."""
        about = event["involvedObject"]
        key = ObjectKey(about["kind"], about.get("namespace") or "", about["name"])
        self._arrive("create_event", f"{key} {event['reason']}")
        assert event["metadata"]["namespace"] == namespace
        self.events.append(copied(dict(event)))

    async def get_revision(self, namespace: str, name: str) -> Body:
        """A ControllerRevision. Raises KubeNotFound."""
        self._arrive("get_revision", f"{namespace}/{name}")
        return self._get(_revision(namespace, name))

    async def list_revisions(self, namespace: str, label: str, value: str) -> list[str]:
        """The names of the ControllerRevisions with a label of this value."""
        self._arrive("list_revisions", namespace)
        found = (self[key] for key in self.keys("ControllerRevision") if key.namespace == namespace)
        return [b["metadata"]["name"] for b in found if b["metadata"]["labels"].get(label) == value]

    async def create_revision(self, namespace: str, revision: Mapping[str, Any]) -> None:
        """Create a ControllerRevision. Raises KubeConflict."""
        body = copied(dict(revision))
        name = body["metadata"]["name"]
        body["metadata"]["namespace"] = namespace

        def create() -> Body:
            self._arrive("create_revision", f"{namespace}/{name}")
            if _revision(namespace, name) in self:
                raise from_status(409, f"POST {name}", "it exists")
            self.create(body)
            return body

        await self._interruptible(f"create_revision {namespace}/{name}", create)

    async def delete_revision(self, namespace: str, name: str) -> None:
        """Delete a ControllerRevision. Raises KubeNotFound."""

        def delete() -> Body:
            self._arrive("delete_revision", f"{namespace}/{name}")
            body = self._get(_revision(namespace, name))
            self.delete(_revision(namespace, name))
            return body

        await self._interruptible(f"delete_revision {namespace}/{name}", delete)

    async def _interruptible(self, line: str, work: Callable[[], Body]) -> Body:
        if self.interruption is None:
            return work()
        fate = await self.interruption.enter(line)
        if fate == "refused":
            raise from_status(500, line, "no")
        done = work()
        await self.interruption.leave(fate)
        if fate in ("error", "lost"):
            raise from_status(500, line, "no")
        return done

    def _arrive(self, method: Method, about: object) -> None:
        for fault in self._faults:
            if fault.method == method and fault.times > 0:
                fault.times -= 1
                raise fault.error
        (self.writes if method in _WRITING else self.reads).append(f"{method} {about}")

    def _get(self, key: ObjectKey) -> Body:
        if key not in self:
            raise from_status(404, f"GET {key}", "")
        return self[key]

    def _merged(self, before: Body, status: Body) -> Body:
        """``status``, and of the one before what others have set."""
        old = before.get("status") or {}
        applied = self._applied.get(before["metadata"]["uid"], _Applied())
        gone = applied.fields | status.keys() | {"conditions"}
        mine = status.get("conditions", [])
        types = applied.conditions | {c["type"] for c in mine}
        theirs = [c for c in old.get("conditions", ()) if c["type"] not in types]
        kept = {name: value for name, value in old.items() if name not in gone}
        return kept | status | ({"conditions": [*mine, *theirs]} if mine or theirs else {})

    def _check(self, key: ObjectKey, before: Body, after: Body) -> None:
        problems = [f"{key}: {p}" for p in broken_rules(after, before, self.secrets)]
        self.problems += problems
        shown = json.dumps(after["status"], indent=1)
        assert not problems, "\n".join([*problems, shown])


def _revision(namespace: str, name: str) -> ObjectKey:
    return ObjectKey("ControllerRevision", namespace, name)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
