"""A client for the endpoints that the operator uses. The operator's ClusterRole allows exactly these."""

import base64
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp

from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.auth import Access
from workers_operator.kube.document import APPLY, document
from workers_operator.kube.errors import KubeUnavailable, from_status
from workers_operator.resources import API_VERSION, KINDS

FIELD_MANAGER: Final = "workers-operator"
_PAGE: Final = 500
_TIMEOUT: Final = 30.0


METADATA_ONLY: Final = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


@dataclass(frozen=True)
class Secret:
    """A Secret. Its repr omits the data; ``resource_version`` changes with every write."""

    data: Mapping[str, bytes] = field(repr=False)
    labels: Mapping[str, str]
    resource_version: str


class KubeClient:
    """Sends and returns raw JSON. Raises KubeError."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._rest = access.rest_client()

    async def close(self) -> None:
        """Close the connections."""
        await self._rest.close()

    async def list_objects(self, kind: str) -> AsyncIterator[dict[str, Any]]:
        """Yield all objects of one of the operator's kinds, in pages of 500."""
        token = ""
        while True:
            query = {"limit": str(_PAGE)} | ({"continue": token} if token else {})
            page = await self._request(
                "GET", f"/apis/{API_VERSION}/{KINDS[kind].definition.plural}?{urlencode(query)}"
            )
            for item in page["items"]:
                yield item | {"kind": kind}
            token = page["metadata"].get("continue") or ""
            if not token:
                return

    async def apply_status(
        self, key: ObjectKey, uid: str, status: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Apply the whole status server-side; conditions of other field managers stay.

        Raises KubeConflict if ``uid`` differs: the object was deleted and recreated under the same name.
        """
        body = {
            "apiVersion": API_VERSION,
            "kind": key.kind,
            "metadata": {"name": key.name, "uid": uid}
            | ({"namespace": key.namespace} if key.namespace else {}),
            "status": status,
        }
        path = f"{_path(key)}/status?fieldManager={FIELD_MANAGER}&force=true"
        return await self._request("PATCH", path, document(body), content_type=APPLY)

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
        return await self._request(
            "PATCH", path, {"metadata": metadata}, content_type="application/merge-patch+json"
        )

    async def get_config_map(self, namespace: str, name: str) -> dict[str, Any]:
        """Return a ConfigMap."""
        return await self._request("GET", f"/api/v1/namespaces/{namespace}/configmaps/{name}")

    async def get_secret(self, namespace: str, name: str) -> Secret:
        """Return a Secret by name."""
        found = await self._request("GET", f"/api/v1/namespaces/{namespace}/secrets/{name}")
        data = {k: base64.b64decode(v) for k, v in (found.get("data") or {}).items()}
        metadata = found["metadata"]
        return Secret(data, metadata.get("labels") or {}, str(metadata["resourceVersion"]))

    async def get_secret_metadata(self, namespace: str, name: str) -> Mapping[str, Any]:
        """Return the metadata of a Secret; the API server omits its data."""
        path = f"/api/v1/namespaces/{namespace}/secrets/{name}"
        found = await self._request("GET", path, accept=METADATA_ONLY)
        metadata: Mapping[str, Any] = found["metadata"]
        return metadata

    async def create_event(self, namespace: str, event: Mapping[str, Any]) -> None:
        """Post an Event."""
        await self._request("POST", f"/api/v1/namespaces/{namespace}/events", event)

    async def _request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        accept: str = "application/json",
    ) -> dict[str, Any]:
        call = f"{method} {path.partition('?')[0]}"
        headers = {
            "Accept": accept,
            "Content-Type": content_type,
            "User-Agent": FIELD_MANAGER,
        }
        try:
            response = await self._rest.request(
                method,
                self._access.server + path,
                headers=headers | await self._access.headers(),
                body=body,
                _request_timeout=aiohttp.ClientTimeout(total=_TIMEOUT),
            )
            data = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise KubeUnavailable(
                Reason.KUBERNETES_UNAVAILABLE, f"{call}: the API server did not respond"
            ) from error
        if response.status >= 400:
            raise from_status(response.status, call, _message(data))
        parsed = json.loads(data)
        return parsed if isinstance(parsed, dict) else {}


def _path(key: ObjectKey) -> str:
    scope = f"/namespaces/{key.namespace}" if key.namespace else ""
    return f"/apis/{API_VERSION}{scope}/{KINDS[key.kind].definition.plural}/{key.name}"


def _message(data: bytes) -> str:
    try:
        return str(json.loads(data).get("message", ""))[:500]
    except (ValueError, AttributeError):
        return ""
