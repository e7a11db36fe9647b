"""…/dispatch/namespaces/{dispatch_namespace}/scripts: the scripts of a namespace."""

from dataclasses import replace
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api import upload, views
from local_edge.api.bindings import shown
from local_edge.api.deploying import Deploying, Storage
from local_edge.api.dispatch import find_namespace
from local_edge.api.envelope import ApiError, ok
from local_edge.api.multipart import parts_of
from local_edge.api.requests import array_of, number
from local_edge.api.scripts import content_of, tag_filter
from local_edge.storage.scripts import Deployed, Script

MAX_PAGE = 1000
_MISSING = "workers.api.error.dispatch_script_not_found"


class DispatchScriptEndpoints:
    def __init__(self, storage: Storage, deploying: Deploying) -> None:
        self._storage = storage
        self._deploying = deploying

    async def list(self, request: Request) -> Response:
        """Pages by cursor; `limit` is 1,000 at most."""
        space = find_namespace(self._storage, request)
        tags = tag_filter(request)
        limit = number(request, "limit", MAX_PAGE, least=1, most=MAX_PAGE)
        after = unquote(request.query_params.get("cursor", ""))
        scripts = self._storage.scripts
        found = await self._storage.database.run(
            lambda: scripts.page(space.name, tags=tags, after=after, limit=limit + 1)
        )
        page = found[:limit]
        cursor = quote(page[-1].script.name, safe="") if len(found) > limit else ""
        info = {"count": len(page), "per_page": limit, "cursor": cursor}
        return ok([views.in_namespace(deployed) for deployed in page], info=info)

    async def delete_many(self, request: Request) -> Response:
        """Without tags it is all of them, `limit` at a time."""
        space = find_namespace(self._storage, request)
        limit = number(request, "limit", MAX_PAGE, least=1, most=MAX_PAGE)
        found = self._storage.scripts.page(space.name, tags=tag_filter(request), limit=limit + 1)
        names = [deployed.script.name for deployed in found[:limit]]
        await self._deploying.delete(space.name, names)
        deleted = [{"id": name} for name in names]
        return ok({"deleted": deleted, "deleted_count": len(names), "has_more": len(found) > limit})

    async def put(self, request: Request) -> Response:
        space = find_namespace(self._storage, request)
        new = await upload.receive(request)
        name = request.path_params["script_name"]
        strict = request.query_params.get("bindings_inherit") == "strict"
        return ok(views.upload(await self._deploying.put(space.name, name, new, strict=strict)))

    async def get(self, request: Request) -> Response:
        return ok(views.in_namespace(self._find(request)))

    async def delete(self, request: Request) -> Response:
        script = self._find(request).script
        async with self._deploying.lock(script.namespace, script.name):
            await self._deploying.delete(script.namespace, [script.name])
        return ok(None)

    async def get_content(self, request: Request) -> Response:
        return content_of(self._storage, self._find(request))

    async def put_content(self, request: Request) -> Response:
        deployed = self._find(request)
        new = await upload.receive(request)
        return ok(views.script(await self._deploying.replace_content(deployed, new)))

    async def get_settings(self, request: Request) -> Response:
        return ok(views.settings(self._find(request)))

    async def patch_settings(self, request: Request) -> Response:
        deployed = self._find(request)
        patch = upload.metadata_of(await parts_of(request), "settings")
        return ok(views.settings(await self._deploying.change(deployed, patch)))

    async def get_bindings(self, request: Request) -> Response:
        return ok(shown(self._find(request).version.bindings))

    async def get_tags(self, request: Request) -> Response:
        return ok(self._find(request).script.tags)

    async def put_tags(self, request: Request) -> Response:
        deployed = self._find(request)
        tags = upload.tags_of(await array_of(request))
        await self._deploying.relabel(deployed, lambda script: replace(script, tags=tags))
        return ok(tags)

    async def put_tag(self, request: Request) -> Response:
        def with_tag(script: Script) -> Script:
            return replace(script, tags=upload.tags_of([*script.tags, request.path_params["tag"]]))

        await self._deploying.relabel(self._find(request), with_tag)
        return ok(None)

    async def delete_tag(self, request: Request) -> Response:
        def without_tag(script: Script) -> Script:
            rest = [tag for tag in script.tags if tag != request.path_params["tag"]]
            return replace(script, tags=rest)

        await self._deploying.relabel(self._find(request), without_tag)
        return ok(None)

    def _find(self, request: Request) -> Deployed:
        space = find_namespace(self._storage, request)
        deployed = self._storage.scripts.get(space.name, request.path_params["script_name"])
        if deployed is None:
            raise ApiError(404, 10092, _MISSING)
        return deployed
