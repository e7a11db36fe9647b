"""/accounts/{account_id}/workers/scripts: the scripts of the account."""

import secrets
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api import upload, views
from local_edge.api.deploying import Deploying, Storage
from local_edge.api.envelope import ApiError, ok
from local_edge.api.multipart import parts_of
from local_edge.api.requests import flag, object_of
from local_edge.storage.scripts import Deployed, Module, Script

_MISSING = "This Worker does not exist on your account."


class ScriptEndpoints:
    def __init__(self, storage: Storage, deploying: Deploying) -> None:
        self._storage = storage
        self._deploying = deploying

    async def list(self, request: Request) -> Response:
        found = self._storage.scripts.page("", tags=tag_filter(request))
        routes = self._storage.routes.all()
        answer = []
        for deployed in found:
            own = [
                {"id": route.id, "pattern": route.pattern, "script": route.script}
                for route in routes
                if route.script == deployed.script.name
            ]
            answer.append({**views.script(deployed), "routes": own})
        return ok(answer)

    async def put(self, request: Request) -> Response:
        new = await upload.receive(request)
        strict = request.query_params.get("bindings_inherit") == "strict"
        deployed = await self._deploying.put(
            "", request.path_params["script_name"], new, strict=strict
        )
        return ok(views.upload(deployed))

    async def get(self, request: Request) -> Response:
        """The script itself: its text, or all modules as multipart."""
        deployed = self._find(request)
        return content_of(self._storage, deployed)

    async def get_content(self, request: Request) -> Response:
        deployed = self._find(request)
        return content_of(self._storage, deployed, always_multipart=True)

    async def put_content(self, request: Request) -> Response:
        deployed = self._find(request)
        new = await upload.receive(request)
        return ok(views.script(await self._deploying.replace_content(deployed, new)))

    async def delete(self, request: Request) -> Response:
        deployed = self._find(request)
        name = deployed.script.name
        users = self._storage.scripts.users_of(name)
        if users and not flag(request, "force"):
            text = f"{name} is still referenced by service bindings in Workers: {', '.join(users[:10])}."
            raise ApiError(400, 10142, text)
        async with self._deploying.lock("", name):
            await self._deploying.delete("", [name])
        return ok(None)

    async def get_settings(self, request: Request) -> Response:
        return ok(views.settings(self._find(request)))

    async def patch_settings(self, request: Request) -> Response:
        deployed = self._find(request)
        patch = upload.metadata_of(await parts_of(request), "settings")
        return ok(views.settings(await self._deploying.change(deployed, patch)))

    async def get_script_settings(self, request: Request) -> Response:
        return ok(views.script_settings(self._find(request)))

    async def patch_script_settings(self, request: Request) -> Response:
        deployed = self._find(request)
        patch = await object_of(request)
        upload.check_kinds(patch)

        def patched(script: Script) -> Script:
            settings = upload.script_settings_of(patch, script.settings)
            tags = script.tags if patch.get("tags") is None else upload.tags_of(patch["tags"])
            return replace(script, settings=settings, tags=tags)

        await self._deploying.relabel(deployed, patched)
        return ok(views.script_settings(self._find(request)))

    def _find(self, request: Request) -> Deployed:
        deployed = self._storage.scripts.get("", request.path_params["script_name"])
        if deployed is None:
            raise ApiError(404, 10007, _MISSING)
        return deployed


def tag_filter(request: Request) -> list[tuple[str, bool]]:
    """`?tags=a:yes,b:no` as (tag, wanted) pairs."""
    pairs = []
    for item in filter(None, request.query_params.get("tags", "").split(",")):
        tag, _, wanted = item.rpartition(":")
        if not tag or wanted not in ("yes", "no"):
            raise ApiError(400, 10001, f"tags: '{item}' must be a tag followed by :yes or :no.")
        pairs.append((tag, wanted == "yes"))
    return pairs


def content_of(storage: Storage, deployed: Deployed, *, always_multipart: bool = False) -> Response:
    version = storage.scripts.version(deployed.version.id)
    modules = version.modules if version else ()
    headers = {
        "etag": f'"{deployed.version.etag}"',
        "cf-entrypoint": deployed.version.config["main"],
    }
    if len(modules) == 1 and not always_multipart:
        return Response(modules[0].data, media_type=modules[0].content_type, headers=headers)
    boundary = secrets.token_hex(16)
    body = b"".join(_part(module, boundary) for module in modules) + f"--{boundary}--\r\n".encode()
    return Response(body, media_type=f"multipart/form-data; boundary={boundary}", headers=headers)


def _part(module: Module, boundary: str) -> bytes:
    disposition = f'form-data; name="{module.name}"; filename="{module.name}"'
    head = f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: {module.content_type}\r\n\r\n"
    return head.encode() + module.data + b"\r\n"
