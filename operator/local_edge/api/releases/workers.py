"""/accounts/{account_id}/workers/workers: account scripts, which may have no version yet, and their versions as JSON.

A Worker is named by its id or by its name.
"""

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.account.subdomains import dev_settings_of, set_dev_settings
from local_edge.api.envelope import ApiError, ok
from local_edge.api.releases import worker_views as views
from local_edge.api.requests import Paging, flag, object_of
from local_edge.api.scripts import metadata
from local_edge.api.scripts.deployer import Deployer, check_name
from local_edge.jsontypes import JsonObject, list_at, object_at
from local_edge.runtime.interface import EdgeRuntime
from local_edge.storage.scripts import ACCOUNT, Script
from local_edge.storage.stores import Stores


class WorkerFinder:
    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def worker(self, request: Request) -> Script:
        wanted = request.path_params["worker_id"]
        for script in self._stores.scripts.all(ACCOUNT):
            if wanted in (script.tag, script.name):
                return script
        raise ApiError(404, 10007, "This Worker does not exist on your account.")


class WorkerEndpoints:
    def __init__(self, stores: Stores, deployer: Deployer, runtime: EdgeRuntime) -> None:
        self._stores = stores
        self._deployer = deployer
        self._runtime = runtime
        self._finder = WorkerFinder(stores)

    async def list(self, request: Request) -> Response:
        found = self._stores.scripts.all(ACCOUNT)
        if request.query_params.get("order") == "desc":
            found.reverse()
        page = Paging.of(request)
        shown = [views.worker(self._stores, script) for script in page.cut(found)]
        return ok(shown, info=page.info(count=len(shown), total=len(found)))

    async def get(self, request: Request) -> Response:
        return ok(views.worker(self._stores, self._finder.worker(request)))

    async def create(self, request: Request) -> Response:
        body = await object_of(request)
        name = body.get("name")
        if not isinstance(name, str):
            raise ApiError(400, 10016, "A Worker needs a name.")
        check_name(ACCOUNT, name)
        async with self._deployer.lock(ACCOUNT, name):
            if self._stores.scripts.script(ACCOUNT, name):
                raise ApiError(409, 10040, f"A Worker named '{name}' already exists.")
            self._deployer.check_count(ACCOUNT)
            settings = metadata.script_settings_of(_as_script_settings(body))
            tags = metadata.tags_of(list_at(body, "tags") or [])
            script = self._stores.scripts.create(ACCOUNT, name, settings, tags)
        await self._set_subdomain(script, body)
        return ok(views.worker(self._stores, script))

    async def patch(self, request: Request) -> Response:
        """Change the settings that the body names."""
        return await self._change(request, replace_all=False)

    async def update(self, request: Request) -> Response:
        """Replace all settings."""
        return await self._change(request, replace_all=True)

    async def delete(self, request: Request) -> Response:
        script = self._finder.worker(request)
        await self._deployer.delete_one(script, force=flag(request, "force"))
        return ok(None)

    async def _change(self, request: Request, *, replace_all: bool) -> Response:
        script, body = self._finder.worker(request), await object_of(request)
        if body.get("name", script.name) != script.name:
            raise ApiError(400, 10016, "The local edge cannot rename a Worker.")
        patch = _as_script_settings(body)
        before = None if replace_all else script.settings
        settings = metadata.script_settings_of(patch, before)
        tags = script.tags if not replace_all else []
        if body.get("tags") is not None:
            tags = metadata.tags_of(body["tags"])
        await self._deployer.relabel(script, lambda old: metadata.relabeled(old, settings, tags))
        await self._set_subdomain(script, body)
        return ok(views.worker(self._stores, self._finder.worker(request)))

    async def _set_subdomain(self, script: Script, body: JsonObject) -> None:
        if isinstance(body.get("subdomain"), dict):
            before = self._stores.triggers.subdomains.of(script.name)
            wanted = dev_settings_of(object_at(body, "subdomain"), before)
            await set_dev_settings(self._stores, self._runtime, script.name, wanted)


def _as_script_settings(body: JsonObject) -> JsonObject:
    """Return settings with the names that the other endpoints use."""
    metadata.check_kinds(body)
    consumers = list_at(body, "tail_consumers")
    settings: JsonObject = {key: body[key] for key in ("logpush", "observability") if key in body}
    if consumers is not None:
        named = [consumer for consumer in consumers if isinstance(consumer, dict)]
        settings["tail_consumers"] = [{"service": consumer.get("name")} for consumer in named]
    return settings
