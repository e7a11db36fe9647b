"""The endpoints of scripts, below two prefixes:

- /accounts/{account_id}/workers/scripts: scripts of the account
- …/workers/dispatch/namespaces/{dispatch_namespace}/scripts: scripts of a dispatch namespace
"""

import secrets
from dataclasses import replace
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.multipart import parts_of
from local_edge.api.releases.finding import find_version
from local_edge.api.requests import array_of, flag, number, object_of
from local_edge.api.scripts import metadata, upload, views
from local_edge.api.scripts.bindings import shown
from local_edge.api.scripts.deployer import Deployer
from local_edge.api.scripts.finding import ScriptFinder
from local_edge.storage.scripts import ACCOUNT, Deployed, Script
from local_edge.storage.stores import Stores
from local_edge.storage.versions import ScriptModule

MAX_PAGE = 1000


class ScriptEndpoints:
    """Every handler serves both prefixes, unless its name or docstring says otherwise."""

    def __init__(self, stores: Stores, deployer: Deployer) -> None:
        self._stores = stores
        self._deployer = deployer
        self._finder = ScriptFinder(stores)

    async def list_account(self, request: Request) -> Response:
        """List all scripts of the account, with their routes."""
        found = self._stores.scripts.page(ACCOUNT, tags=_tag_filter(request))
        routes = self._stores.routes.all()
        listed = []
        for deployed in found:
            own = [
                {"id": route.id, "pattern": route.pattern, "script": route.script}
                for route in routes
                if route.script == deployed.script.name
            ]
            listed.append({**views.script(deployed), "routes": own})
        return ok(listed)

    async def list_namespace(self, request: Request) -> Response:
        """List the scripts of a dispatch namespace, in pages of at most 1,000 by cursor."""
        namespace = self._finder.namespace(request)
        tags = _tag_filter(request)
        limit = number(request, "limit", MAX_PAGE, least=1, most=MAX_PAGE)
        after = unquote(request.query_params.get("cursor", ""))
        scripts = self._stores.scripts
        found = await self._stores.database.run(
            lambda: scripts.page(namespace, tags=tags, after=after, limit=limit + 1)
        )
        page = found[:limit]
        cursor = quote(page[-1].script.name, safe="") if len(found) > limit else ""
        info = {"count": len(page), "per_page": limit, "cursor": cursor}
        return ok([views.in_namespace(deployed) for deployed in page], info=info)

    async def delete_many(self, request: Request) -> Response:
        """Delete up to `limit` scripts of a dispatch namespace: those with the tags, or any."""
        namespace = self._finder.namespace(request)
        limit = number(request, "limit", MAX_PAGE, least=1, most=MAX_PAGE)
        found = self._stores.scripts.page(namespace, tags=_tag_filter(request), limit=limit + 1)
        names = [deployed.script.name for deployed in found[:limit]]
        await self._deployer.delete(namespace, names)
        deleted = [{"id": name} for name in names]
        return ok({"deleted": deleted, "deleted_count": len(names), "has_more": len(found) > limit})

    async def put(self, request: Request) -> Response:
        namespace = self._finder.namespace(request)
        new = await upload.receive(request, raw=True)
        strict = request.query_params.get("bindings_inherit") == "strict"
        name = request.path_params["script_name"]
        return ok(views.upload(await self._deployer.put(namespace, name, new, strict=strict)))

    async def get(self, request: Request) -> Response:
        """Return the details of a script in a dispatch namespace."""
        return ok(views.in_namespace(self._finder.script(request)))

    async def delete(self, request: Request) -> Response:
        script = self._finder.script(request).script
        await self._deployer.delete_one(script, force=flag(request, "force"))
        return ok(None)

    async def get_content(self, request: Request) -> Response:
        """Return the text of a single module, or several modules as multipart."""
        return self._content(self._finder.script(request))

    async def get_content_v2(self, request: Request) -> Response:
        """Return the modules as multipart, of the version that `?version=` names, or of the deployed one."""
        deployed = self._finder.script(request)
        wanted = request.query_params.get("version")
        if wanted:
            version = find_version(self._stores, deployed.script, wanted)
            deployed = replace(deployed, version=version)
        return self._content(deployed, always_multipart=True)

    async def put_content(self, request: Request) -> Response:
        deployed = self._finder.script(request)
        new = await upload.receive(request)
        return ok(views.script(await self._deployer.replace_content(deployed.script, new)))

    async def get_settings(self, request: Request) -> Response:
        return ok(views.settings(self._finder.script(request)))

    async def patch_settings(self, request: Request) -> Response:
        deployed = self._finder.script(request)
        patch = metadata.metadata_of(await parts_of(request), "settings")
        return ok(views.settings(await self._deployer.change(deployed.script, patch)))

    async def get_script_settings(self, request: Request) -> Response:
        return ok(views.script_settings(self._finder.script(request)))

    async def patch_script_settings(self, request: Request) -> Response:
        deployed = self._finder.script(request)
        patch = await object_of(request)
        metadata.check_kinds(patch)

        def patched(script: Script) -> Script:
            settings = metadata.script_settings_of(patch, script.settings)
            tags = script.tags if patch.get("tags") is None else metadata.tags_of(patch["tags"])
            return metadata.relabeled(script, settings, tags)

        await self._deployer.relabel(deployed.script, patched)
        return ok(views.script_settings(self._finder.script(request)))

    async def get_bindings(self, request: Request) -> Response:
        return ok(shown(self._finder.script(request).version.bindings))

    async def get_tags(self, request: Request) -> Response:
        return ok(self._finder.script(request).script.tags)

    async def put_tags(self, request: Request) -> Response:
        deployed = self._finder.script(request)
        tags = metadata.tags_of(await array_of(request))
        await self._deployer.relabel(deployed.script, lambda script: replace(script, tags=tags))
        return ok(tags)

    async def put_tag(self, request: Request) -> Response:
        def with_tag(script: Script) -> Script:
            tags = metadata.tags_of([*script.tags, request.path_params["tag"]])
            return replace(script, tags=tags)

        await self._deployer.relabel(self._finder.script(request).script, with_tag)
        return ok(None)

    async def delete_tag(self, request: Request) -> Response:
        def without_tag(script: Script) -> Script:
            tags = [tag for tag in script.tags if tag != request.path_params["tag"]]
            return replace(script, tags=tags)

        await self._deployer.relabel(self._finder.script(request).script, without_tag)
        return ok(None)

    def _content(self, deployed: Deployed, *, always_multipart: bool = False) -> Response:
        version = self._stores.scripts.versions.get(deployed.version.id)
        modules = version.modules if version else ()
        headers = {
            "etag": f'"{deployed.version.etag}"',
            "cf-entrypoint": deployed.version.config.main,
        }
        if len(modules) == 1 and not always_multipart:
            return Response(modules[0].data, media_type=modules[0].content_type, headers=headers)
        boundary = secrets.token_hex(16)
        parts = b"".join(_part(module, boundary) for module in modules)
        kind = f"multipart/form-data; boundary={boundary}"
        return Response(parts + f"--{boundary}--\r\n".encode(), media_type=kind, headers=headers)


def _tag_filter(request: Request) -> list[tuple[str, bool]]:
    """Parse `?tags=a:yes,b:no` into (tag, wanted) pairs."""
    pairs = []
    for item in filter(None, request.query_params.get("tags", "").split(",")):
        tag, _, wanted = item.rpartition(":")
        if not tag or wanted not in ("yes", "no"):
            raise ApiError(400, 10001, f"tags: '{item}' must be a tag followed by :yes or :no.")
        pairs.append((tag, wanted == "yes"))
    return pairs


def _part(module: ScriptModule, boundary: str) -> bytes:
    disposition = f'form-data; name="{module.name}"; filename="{module.name}"'
    head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: {module.content_type}\r\n\r\n"
    return head.encode() + module.data + b"\r\n"
