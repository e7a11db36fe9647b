"""/accounts/{account_id}/workers/dispatch/namespaces: namespaces, without their scripts."""

import re

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.deploying import Deploying, Storage
from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import object_of
from local_edge.runtime.runtime import Runtime
from local_edge.runtime.table import Namespace
from local_edge.storage.namespaces import DispatchNamespace

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")


def find_namespace(storage: Storage, request: Request) -> DispatchNamespace:
    space = storage.namespaces.get(request.path_params["dispatch_namespace"])
    if space is None:
        raise ApiError(404, 100119, "dispatch namespace not found")
    return space


class NamespaceEndpoints:
    def __init__(self, storage: Storage, deploying: Deploying, runtime: Runtime) -> None:
        self._storage = storage
        self._deploying = deploying
        self._runtime = runtime

    async def list(self, request: Request) -> Response:
        return ok([self._view(space) for space in self._storage.namespaces.all()])

    async def create(self, request: Request) -> Response:
        name = _name_of((await object_of(request)).get("name"))
        if self._storage.namespaces.get(name):
            raise ApiError(409, 10040, f"A dispatch namespace named '{name}' exists already.")
        space = self._storage.namespaces.create(name)
        self._runtime.table.namespaces[name] = Namespace(trusted=False)
        await self._runtime.namespace_changed(name)
        return ok(self._view(space))

    async def get(self, request: Request) -> Response:
        return ok(self._view(find_namespace(self._storage, request)))

    async def update(self, request: Request) -> Response:
        """PUT and PATCH: a new name, or another trust; both only hold for what is uploaded afterwards elsewhere,
        here at once."""
        space = find_namespace(self._storage, request)
        body = await object_of(request)
        name = space.name if body.get("name") is None else _name_of(body["name"])
        trusted = body.get("trusted_workers", space.trusted)
        if not isinstance(trusted, bool):
            raise ApiError(400, 10026, "trusted_workers must be true or false.")
        if name != space.name and self._storage.namespaces.get(name):
            raise ApiError(409, 10040, f"A dispatch namespace named '{name}' exists already.")
        self._storage.namespaces.update(space, name=name, trusted=trusted)
        table = self._runtime.table
        known = table.namespaces.pop(space.name)
        table.namespaces[name] = Namespace(trusted, known.scripts)
        retired = [] if trusted == space.trusted else list(known.scripts.values())
        await self._runtime.namespace_changed(name, known.scripts, retired)
        if name != space.name:
            await self._runtime.namespace_changed(space.name)
        return ok(self._view(find_by_name(self._storage, name)))

    async def delete(self, request: Request) -> Response:
        space = find_namespace(self._storage, request)
        count = self._storage.scripts.count(space.name)
        if count:
            text = (
                f"The dispatch namespace '{space.name}' holds scripts ({count}): delete them first."
            )
            raise ApiError(400, 10400, text)
        self._storage.namespaces.delete(space.name)
        self._runtime.table.namespaces.pop(space.name, None)
        await self._runtime.namespace_changed(space.name)
        return ok(None)

    def _view(self, space: DispatchNamespace) -> dict[str, object]:
        return {
            "namespace_id": space.id,
            "namespace_name": space.name,
            "script_count": self._storage.scripts.count(space.name),
            "trusted_workers": space.trusted,
            "created_on": space.created_on,
            "created_by": "local",
            "modified_on": space.modified_on,
            "modified_by": "local",
        }


def find_by_name(storage: Storage, name: str) -> DispatchNamespace:
    space = storage.namespaces.get(name)
    if space is None:
        raise ApiError(404, 100119, "dispatch namespace not found")
    return space


def _name_of(name: object) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ApiError(
            400, 10016, "name must be letters, digits, dots, dashes and underscores, 255 at most."
        )
    return name
