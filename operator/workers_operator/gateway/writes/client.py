"""Read and change single objects at the API server, with the gateway's rights."""

from collections.abc import Mapping
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.writes.fields import MANAGER
from workers_operator.kube.events import namespace_of
from workers_operator.resources import API_VERSION, KINDS

Body = dict[str, Any]
_MERGE: Final = "application/merge-patch+json"
_MAX_EVENTS: Final = 200


class ObjectRequests(Protocol):
    """Sends requests to the API server: ``kube.rest.Rest``. Raises KubeError."""

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        content_type: str = "application/json",
        tenant: str = "",
    ) -> Body:
        """Send a request and return the answer."""


class GatewayObjects:
    """Single objects of our kinds. ``tenant``: tenants take turns. Raises KubeError."""

    def __init__(self, requests: ObjectRequests) -> None:
        self._requests = requests

    async def get(self, key: ObjectKey, tenant: str) -> Body:
        """Return an object with its managedFields."""
        return await self._requests.request("GET", _path(key), tenant=tenant)

    async def create(self, key: ObjectKey, body: Body, tenant: str, *, dry_run: bool) -> Body:
        """Create an object. Raises KubeConflict if there is one of its name."""
        path = _path(key).rpartition("/")[0] + _query(dry_run)
        return await self._requests.request("POST", path, body, tenant=tenant)

    async def update(self, key: ObjectKey, body: Body, tenant: str, *, dry_run: bool) -> Body:
        """Replace an object. Raises KubeConflict if it is not at the version of ``body`` any more."""
        path = _path(key) + _query(dry_run)
        return await self._requests.request("PUT", path, body, tenant=tenant)

    async def annotate(
        self, key: ObjectKey, annotations: Mapping[str, str], tenant: str, *, dry_run: bool = False
    ) -> Body:
        """Set annotations of an object."""
        body = {"metadata": {"annotations": dict(annotations)}}
        path = _path(key) + _query(dry_run)
        return await self._requests.request("PATCH", path, body, content_type=_MERGE, tenant=tenant)

    async def delete(
        self, key: ObjectKey, uid: str, resource_version: str | None, tenant: str, *, dry_run: bool
    ) -> None:
        """Delete exactly this object (and version, if given). Raises KubeConflict for another."""
        conditions = {"uid": uid} | (
            {"resourceVersion": resource_version} if resource_version is not None else {}
        )
        body = {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": conditions}
        # The API server ignores the query of a deletion with a body.
        options = body | ({"dryRun": ["All"]} if dry_run else {})
        await self._requests.request("DELETE", _path(key), options, tenant=tenant)

    async def events(self, key: ObjectKey, uid: str, tenant: str) -> list[Body]:
        """Return the Events about an object."""
        selector = f"involvedObject.uid={uid}"
        query = urlencode({"fieldSelector": selector, "limit": str(_MAX_EVENTS)})
        path = f"/api/v1/namespaces/{quote(namespace_of(key), safe='')}/events?{query}"
        found = await self._requests.request("GET", path, tenant=tenant)
        items = found.get("items")
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _path(key: ObjectKey) -> str:
    plural = KINDS[key.kind].definition.plural
    scope = f"/namespaces/{quote(key.namespace, safe='')}" if key.namespace else ""
    return f"/apis/{API_VERSION}{scope}/{plural}/{quote(key.name, safe='')}"


def _query(dry_run: bool) -> str:
    return f"?fieldManager={MANAGER}" + ("&dryRun=All" if dry_run else "")
