"""/accounts/{account_id}/workers/dispatch/namespaces: dispatch namespaces, without their scripts."""

import re

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import object_of
from local_edge.runtime.interface import EdgeRuntime
from local_edge.runtime.table import NamespaceEntry
from local_edge.storage.namespaces import DispatchNamespace
from local_edge.storage.stores import Stores

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")


def find_namespace(stores: Stores, request: Request) -> DispatchNamespace:
    """Return the namespace of the path. Raises ApiError 100119."""
    return _by_name(stores, request.path_params["dispatch_namespace"])


class NamespaceEndpoints:
    def __init__(self, stores: Stores, runtime: EdgeRuntime) -> None:
        self._stores = stores
        self._runtime = runtime

    async def list(self, request: Request) -> Response:
        return ok([self._view(namespace) for namespace in self._stores.namespaces.all()])

    async def create(self, request: Request) -> Response:
        name = _checked((await object_of(request)).get("name"))
        self._check_free(name)
        namespace = self._stores.namespaces.create(name)
        self._runtime.table.namespaces[name] = NamespaceEntry(trusted=False)
        await self._runtime.scripts_changed(name)
        return ok(self._view(namespace))

    async def get(self, request: Request) -> Response:
        return ok(self._view(find_namespace(self._stores, request)))

    async def update(self, request: Request) -> Response:
        """Handle PUT and PATCH: change the name or the trust of a namespace.

        On Cloudflare a change affects only later uploads; here it takes effect at once.
        """
        old = find_namespace(self._stores, request)
        body = await object_of(request)
        name = old.name if body.get("name") is None else _checked(body["name"])
        trusted = body.get("trusted_workers", old.trusted)
        if not isinstance(trusted, bool):
            raise ApiError(400, 10026, "trusted_workers must be true or false.")
        if name != old.name:
            self._check_free(name)
        self._stores.namespaces.update(old, name=name, trusted=trusted)
        table = self._runtime.table
        scripts = table.namespaces.pop(old.name).scripts
        table.namespaces[name] = NamespaceEntry(trusted, scripts)
        retired = [] if trusted == old.trusted else [v for s in scripts.values() for v, _ in s]
        await self._runtime.scripts_changed(name, scripts, retired)
        if name != old.name:
            await self._runtime.scripts_changed(old.name)
        return ok(self._view(_by_name(self._stores, name)))

    async def delete(self, request: Request) -> Response:
        namespace = find_namespace(self._stores, request)
        count = self._stores.scripts.count(namespace.name)
        if count:
            text = f"The dispatch namespace '{namespace.name}' contains {count} scripts: delete them first."
            raise ApiError(400, 10400, text)
        self._stores.namespaces.delete(namespace.name)
        self._runtime.table.namespaces.pop(namespace.name, None)
        await self._runtime.scripts_changed(namespace.name)
        return ok(None)

    def _check_free(self, name: str) -> None:
        if self._stores.namespaces.get(name):
            raise ApiError(409, 10040, f"A dispatch namespace named '{name}' already exists.")

    def _view(self, namespace: DispatchNamespace) -> dict[str, object]:
        return {
            "namespace_id": namespace.id,
            "namespace_name": namespace.name,
            "script_count": self._stores.scripts.count(namespace.name),
            "trusted_workers": namespace.trusted,
            "created_on": namespace.created_on,
            "created_by": "local",
            "modified_on": namespace.modified_on,
            "modified_by": "local",
        }


def _by_name(stores: Stores, name: str) -> DispatchNamespace:
    namespace = stores.namespaces.get(name)
    if namespace is None:
        raise ApiError(404, 100119, "dispatch namespace not found")
    return namespace


def _checked(name: object) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ApiError(
            400, 10016, "name must be letters, digits, dots, dashes and underscores, 255 at most."
        )
    return name
