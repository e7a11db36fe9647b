"""A client for the endpoints that the operator uses. The operator's ClusterRole allows exactly these."""

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.gate import ChangeGate
from workers_operator.kube import decoding
from workers_operator.kube.document import APPLY, document
from workers_operator.kube.errors import KubeConflict, KubeNotFound
from workers_operator.kube.rest import USER_AGENT, Rest, RestAccess
from workers_operator.resources import API_VERSION, KINDS

FIELD_MANAGER: Final = USER_AGENT
# A page is in memory as a whole, three times while it is parsed. An object may have 1.5 MiB, its annotations 256 KiB.
OBJECTS_A_PAGE: Final = 50
METADATA_A_PAGE: Final = 200
NAMESPACES: Final = "/api/v1/namespaces"
REVISIONS: Final = "/apis/apps/v1"
# The API server ends a request after a minute (--request-timeout), and works on until then, whether anybody waits or
# not: who gives up sooner has it do the same again.
_TIMEOUT: Final = 65.0
_LOOK_UPS: Final = 5  # of an object that changes while its status is being written

METADATA_ONLY: Final = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
METADATA_LIST: Final = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


@dataclass(frozen=True)
class Secret:
    """A Secret. Its repr omits the data; ``resource_version`` changes with every write."""

    data: Mapping[str, bytes] = field(repr=False)
    labels: Mapping[str, str]
    resource_version: str


class KubeClient:
    """Sends and returns raw JSON. What changes something passes ``gate``. Raises KubeError."""

    def __init__(self, access: RestAccess, gate: ChangeGate) -> None:
        self._rest = Rest(access, gate, _TIMEOUT)

    async def close(self) -> None:
        """Close the connections."""
        await self._rest.close()

    async def check_served(self, kind: str) -> None:
        """Return if objects of one of the operator's kinds can be listed. Raises KubeError."""
        await self._rest.request("GET", f"{_collection(kind)}?limit=1", accept=METADATA_LIST)

    async def get_object(self, key: ObjectKey) -> dict[str, Any]:
        """Return one of the operator's objects; people may, the operator itself has no need to. Raises KubeError."""
        return _sound(await self._rest.request("GET", _path(key)))

    async def list_objects(self, kind: str) -> AsyncIterator[dict[str, Any]]:
        """Yield all objects of one of the operator's kinds, in pages."""
        async for item in self._pages(_collection(kind), "application/json", OBJECTS_A_PAGE):
            yield item | {"kind": kind}

    async def list_metadata(self, kind: str) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the metadata of all objects of one of the operator's kinds, in pages."""
        async for item in self._pages(_collection(kind), METADATA_LIST, METADATA_A_PAGE):
            yield item["metadata"]

    async def list_namespaces(self) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the metadata of all namespaces, in pages."""
        async for item in self._pages(NAMESPACES, METADATA_LIST, METADATA_A_PAGE):
            yield item["metadata"]

    async def _pages(self, path: str, accept: str, size: int) -> AsyncIterator[dict[str, Any]]:
        token = ""
        while True:
            query = {"limit": str(size)} | ({"continue": token} if token else {})
            page = await self._rest.request("GET", f"{path}?{urlencode(query)}", accept=accept)
            for item in decoding.sound_items(page):
                yield item
            token = (page.get("metadata") or {}).get("continue") or ""
            if not token:
                return

    async def apply_status(
        self, key: ObjectKey, uid: str, resource_version: str, status: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Apply the whole status server-side; conditions of other field managers stay.

        ``resource_version``: the last known one. The API server compares it, and no uid: of an object that has changed
        since then, the uid is looked up. Raises KubeConflict if it differs: the object was deleted and recreated under
        the same name.
        """
        path = f"{_path(key)}/status?fieldManager={FIELD_MANAGER}&force=true"
        for _ in range(_LOOK_UPS):
            body = _applied(key, resource_version, status)
            try:
                written = await self._rest.request(
                    "PATCH", path, body, content_type=APPLY, tenant=key.tenant
                )
            except KubeConflict:
                found = await self._metadata_of(key)
                if found.get("uid") != uid:
                    raise
                resource_version = str(found["resourceVersion"])
            else:
                return _sound(written)
        raise KubeConflict(Reason.CONFLICT, f"{key} changes all the time")

    async def _metadata_of(self, key: ObjectKey) -> Mapping[str, Any]:
        """Return the metadata of one of the operator's objects, {} if it is gone."""
        query = urlencode({"fieldSelector": f"metadata.name={key.name}"})
        path = f"{_path(key).rpartition('/')[0]}?{query}"
        page = await self._rest.request("GET", path, accept=METADATA_LIST, tenant=key.tenant)
        return next((item["metadata"] for item in decoding.sound_items(page)), {})

    async def set_finalizers(
        self, key: ObjectKey, uid: str, resource_version: str, finalizers: Sequence[str]
    ) -> dict[str, Any]:
        """Replace an object's finalizers. Raises KubeConflict if the object has changed since ``resource_version``."""
        metadata = {
            "uid": uid,
            "resourceVersion": resource_version,
            "finalizers": list(finalizers),
        }
        path = f"{_path(key)}?fieldManager={FIELD_MANAGER}"
        written = await self._rest.request(
            "PATCH",
            path,
            {"metadata": metadata},
            content_type="application/merge-patch+json",
            tenant=key.tenant,
        )
        return _sound(written)

    async def get_config_map(self, namespace: str, name: str) -> dict[str, Any]:
        """Return a ConfigMap."""
        return await self._rest.request(
            "GET", _core(namespace, "configmaps", name), tenant=namespace
        )

    async def get_secret(self, namespace: str, name: str) -> Secret:
        """Return a Secret by name."""
        path = _core(namespace, "secrets", name)
        found = await self._rest.request("GET", path, tenant=namespace)
        data = {k: base64.b64decode(v) for k, v in (found.get("data") or {}).items()}
        metadata = found["metadata"]
        return Secret(data, metadata.get("labels") or {}, str(metadata["resourceVersion"]))

    async def get_secret_metadata(self, namespace: str, name: str) -> Mapping[str, Any]:
        """Return the metadata of a Secret; the API server omits its data."""
        path = _core(namespace, "secrets", name)
        found = await self._rest.request("GET", path, accept=METADATA_ONLY, tenant=namespace)
        metadata: Mapping[str, Any] = found["metadata"]
        return metadata

    async def get_revision(self, namespace: str, name: str) -> dict[str, Any]:
        """Return a ControllerRevision."""
        return await self._rest.request("GET", _revisions(namespace, name), tenant=namespace)

    async def list_revisions(self, namespace: str, label: str, value: str) -> list[str]:
        """Return the names of the ControllerRevisions with a label of this value."""
        query = urlencode({"labelSelector": f"{label}={value}"})
        path = f"{_revisions(namespace)}?{query}"
        found = await self._rest.request("GET", path, accept=METADATA_LIST, tenant=namespace)
        return [str(item["metadata"]["name"]) for item in found.get("items") or ()]

    async def create_revision(self, namespace: str, revision: Mapping[str, Any]) -> None:
        """Create a ControllerRevision. Raises KubeConflict if there is one of the name."""
        await self._rest.request("POST", _revisions(namespace), revision, tenant=namespace)

    async def delete_revision(self, namespace: str, name: str) -> None:
        """Delete a ControllerRevision."""
        await self._rest.request("DELETE", _revisions(namespace, name), tenant=namespace)

    async def create_event(self, namespace: str, event: Mapping[str, Any]) -> None:
        """Post an Event."""
        await self._rest.request("POST", _core(namespace, "events"), event, tenant=namespace)


def _applied(key: ObjectKey, resource_version: str, status: Mapping[str, Any]) -> str:
    """Return the document that is applied."""
    metadata = {"name": key.name, "resourceVersion": resource_version}
    if key.namespace:
        metadata["namespace"] = key.namespace
    found = {
        "apiVersion": API_VERSION,
        "kind": key.kind,
        "metadata": metadata,
        "status": status,
    }
    return document(found)


def _collection(kind: str) -> str:
    return f"/apis/{API_VERSION}/{KINDS[kind].definition.plural}"


def _path(key: ObjectKey) -> str:
    scope = f"/namespaces/{_segment(key.namespace)}" if key.namespace else ""
    plural = KINDS[key.kind].definition.plural
    return f"/apis/{API_VERSION}{scope}/{plural}/{_segment(key.name)}"


def _core(namespace: str, plural: str, *name: str) -> str:
    return "/".join([NAMESPACES, _segment(namespace), plural, *map(_segment, name)])


def _revisions(namespace: str, *name: str) -> str:
    scope = f"{REVISIONS}/namespaces/{_segment(namespace)}/controllerrevisions"
    return "/".join([scope, *map(_segment, name)])


def _segment(name: str) -> str:
    """Return a name as one segment of a path. Raises KubeNotFound for one that nothing can have."""
    if name in ("", ".", ".."):  # clients remove such segments
        raise KubeNotFound(Reason.NOT_FOUND, f"nothing can have the name {name!r}")
    return quote(name, safe="")


def _sound(written: dict[str, Any]) -> dict[str, Any]:
    """Return the object in an answer. Raises KubeConflict if it is none: look at it again."""
    found = decoding.sound(written)
    if found is None:
        raise KubeConflict(Reason.CONFLICT, "the answer to a write is not the object")
    return found
