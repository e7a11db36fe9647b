"""/accounts/{account_id}/workers/workers/{worker_id}/versions: versions whose modules are uploaded as JSON."""

import base64
import binascii
import json
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.multipart import Part
from local_edge.api.releases import worker_views as views
from local_edge.api.releases.finding import find_version
from local_edge.api.releases.workers import WorkerFinder
from local_edge.api.requests import Paging, flag, object_of, source_of
from local_edge.api.scripts import upload
from local_edge.api.scripts.bindings import parsed
from local_edge.api.scripts.deployer import Deployer
from local_edge.jsontypes import Json, JsonObject, list_at, object_at, text_at
from local_edge.storage.scripts import ACCOUNT, Script
from local_edge.storage.stores import Stores
from local_edge.storage.versions import ScriptBinding, ScriptVersion

_PATCHABLE = ("env", "annotations")


class WorkerVersionEndpoints:
    def __init__(self, stores: Stores, deployer: Deployer) -> None:
        self._stores = stores
        self._deployer = deployer
        self._finder = WorkerFinder(stores)

    async def list(self, request: Request) -> Response:
        script = self._finder.worker(request)
        found = self._stores.scripts.versions.all(ACCOUNT, script.name)
        page = Paging.of(request)
        shown = [views.version(self._stores, script, version) for version in page.cut(found)]
        return ok(shown, info=page.info(count=len(shown), total=len(found)))

    async def get(self, request: Request) -> Response:
        """Return a version; with `?include=modules`, its modules, too."""
        script, found = self._version(request)
        with_modules = request.query_params.get("include") == "modules"
        return ok(views.version(self._stores, script, found, with_modules=with_modules))

    async def create(self, request: Request) -> Response:
        """Upload a version; with `?deploy=true`, let it handle all requests."""
        script = self._finder.worker(request)
        body = await object_of(request)
        new = replace(upload.read(_parts(body)), source=source_of(request))
        if flag(request, "deploy"):
            deployed = await self._deployer.put(ACCOUNT, script.name, new, strict=False)
            version = deployed.version
        else:
            version = await self._deployer.add_version(script, new, strict=False)
        return ok(views.version(self._stores, script, version))

    async def patch(self, request: Request) -> Response:
        """Upload a version that differs from the latest one in the bindings that `env` names; null deletes one."""
        script, body = self._finder.worker(request), await object_of(request)
        if request.path_params["version_id"] != "latest":
            raise ApiError(405, 10405, "Only the latest version can be patched.")
        unknown = sorted(set(body).difference(_PATCHABLE))
        if unknown:
            raise ApiError(400, 10026, f"The local edge cannot change '{unknown[0]}' like this.")
        changes = {name: _binding(name, item) for name, item in object_at(body, "env").items()}

        def bindings(before: list[ScriptBinding]) -> list[ScriptBinding]:
            after = {binding.name: binding for binding in before} | changes
            return [found for _, found in sorted(after.items()) if found is not None]

        given = object_at(body, "annotations")
        annotations: JsonObject = {name: text for name, text in given.items() if text is not None}
        version = await self._deployer.add_version_with(script, bindings, annotations)
        return ok(views.version(self._stores, script, version))

    async def delete(self, request: Request) -> Response:
        script, found = self._version(request)
        scripts = self._stores.scripts
        active = scripts.releases.active(ACCOUNT, script.name)
        if active and found.id in [version_id for version_id, _ in active.shares]:
            raise ApiError(400, 10338, "A version of the active deployment cannot be deleted.")
        if found.id == find_version(self._stores, script, "latest").id:
            raise ApiError(400, 10339, "The latest version cannot be deleted.")
        scripts.versions.delete(found.id)
        return ok(None)

    def _version(self, request: Request) -> tuple[Script, ScriptVersion]:
        """Return the version of the path with its modules, and its script."""
        script = self._finder.worker(request)
        found = find_version(self._stores, script, request.path_params["version_id"])
        return script, self._stores.scripts.versions.get(found.id) or found


def _binding(name: str, document: Json) -> ScriptBinding | None:
    if document is None:
        return None
    return parsed({"name": name, **document} if isinstance(document, dict) else document)


def _parts(body: JsonObject) -> list[Part]:
    """Return a JSON upload as the parts of a multipart upload."""
    metadata = {key: value for key, value in body.items() if key != "modules"}
    parts = [Part("metadata", None, "application/json", bytearray(json.dumps(metadata).encode()))]
    for item in list_at(body, "modules") or []:
        module = item if isinstance(item, dict) else {}
        name, kind = text_at(module, "name"), text_at(module, "content_type")
        if not name or kind is None:
            raise ApiError(
                400, 10021, "Each module needs a name, a content_type and content_base64."
            )
        try:
            data = base64.b64decode(text_at(module, "content_base64") or "", validate=True)
        except binascii.Error:
            raise ApiError(400, 10021, f"The content of module '{name}' is not base64.") from None
        parts.append(Part(name, name, kind.lower(), bytearray(data)))
    return parts
