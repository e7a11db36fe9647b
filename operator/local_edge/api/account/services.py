"""/accounts/{account_id}/workers/services/{service_name}: account scripts, as wrangler and Terraform look for them.

Cloudflare does not document these endpoints.
"""

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import flag
from local_edge.api.scripts import views
from local_edge.api.scripts.deployer import Deployer
from local_edge.storage.scripts import ACCOUNT, Script
from local_edge.storage.stores import Stores

_ENVIRONMENT = "production"
"""The only environment of a service."""


class ServiceEndpoints:
    def __init__(self, stores: Stores, deployer: Deployer) -> None:
        self._stores = stores
        self._deployer = deployer

    async def get(self, request: Request) -> Response:
        script = self._find(request)
        environment = {
            "environment": _ENVIRONMENT,
            "created_on": script.created_on,
            "modified_on": script.modified_on,
            "script": self._script(script),
        }
        return ok(
            {
                "id": script.name,
                "created_on": script.created_on,
                "modified_on": script.modified_on,
                "default_environment": environment,
                "environments": [{**environment, "script": {"id": script.name, "tag": script.tag}}],
            }
        )

    async def delete(self, request: Request) -> Response:
        await self._deployer.delete_one(self._find(request), force=flag(request, "force"))
        return ok(None)

    def _find(self, request: Request) -> Script:
        script = self._stores.scripts.script(ACCOUNT, request.path_params["service_name"])
        if script is None:
            raise ApiError(404, 10090, "workers.api.error.service_not_found")
        return script

    def _script(self, script: Script) -> dict[str, object]:
        deployed = self._stores.scripts.get(ACCOUNT, script.name)
        if deployed is None:
            return {"id": script.name, "tag": script.tag, "tags": script.tags}
        return views.script(deployed)
