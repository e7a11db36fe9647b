"""/accounts/{account_id}/workers/scripts/{script_name}/versions: versions, deployed or not."""

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.releases import views
from local_edge.api.releases.finding import find_version
from local_edge.api.requests import Paging, flag
from local_edge.api.scripts import upload
from local_edge.api.scripts.deployer import Deployer
from local_edge.api.scripts.finding import ScriptFinder
from local_edge.storage.scripts import KEPT_OF_ACCOUNT
from local_edge.storage.stores import Stores

_PAGE = 10


class VersionEndpoints:
    def __init__(self, stores: Stores, deployer: Deployer) -> None:
        self._stores = stores
        self._deployer = deployer
        self._finder = ScriptFinder(stores)

    async def list(self, request: Request) -> Response:
        """List versions, newest first. All of them are deployable; `?deployable=true` lists them on one page."""
        script = self._finder.undeployed(request)
        found = self._stores.scripts.versions.all(script.namespace, script.name)
        page = Paging.of(request, default=_PAGE)
        if flag(request, "deployable"):
            page = Paging(
                page.page, KEPT_OF_ACCOUNT + 1
            )  # the SDK asks for pages until one is empty
        items = page.cut(found)
        previews = self._previews(script.name)
        info = page.info(count=len(items), total=len(found))
        return ok({"items": [views.summary(v, previews=previews) for v in items]}, info=info)

    async def get(self, request: Request) -> Response:
        script = self._finder.undeployed(request)
        version = find_version(self._stores, script, request.path_params["version_id"])
        return ok(views.details(version, previews=self._previews(script.name)))

    async def create(self, request: Request) -> Response:
        """Upload a version without deploying it."""
        script = self._finder.undeployed(request)
        new = await upload.receive(request)
        if not new.metadata.get("main_module"):
            text = "Versions cannot be uploaded for Workers in Service Worker syntax: use modules."
            raise ApiError(400, 10216, text)
        strict = request.query_params.get("bindings_inherit") == "strict"
        version = await self._deployer.add_version(script, new, strict=strict)
        return ok(views.upload(version, previews=self._previews(script.name)))

    def _previews(self, script: str) -> bool:
        return self._stores.triggers.subdomains.of(script).previews
