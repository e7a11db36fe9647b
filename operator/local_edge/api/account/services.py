"""Endpoints that Cloudflare does not document, but wrangler and Terraform need.

- /accounts/{account_id}/workers/services/{service_name}: account scripts
- …/workers/scripts/{script_name}/references and …/workers/tails/by-consumer/{script_name}: who uses a script
"""

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import flag
from local_edge.api.scripts import views
from local_edge.api.scripts.deployer import Deployer
from local_edge.api.scripts.finding import ScriptFinder
from local_edge.jsontypes import list_at
from local_edge.storage.scripts import ACCOUNT, Script
from local_edge.storage.stores import Stores
from local_edge.storage.versions import ScriptBinding

_ENVIRONMENT = "production"
"""The only environment of a service."""


class ServiceEndpoints:
    def __init__(self, stores: Stores, deployer: Deployer) -> None:
        self._stores = stores
        self._deployer = deployer
        self._finder = ScriptFinder(stores)

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

    async def references(self, request: Request) -> Response:
        """Return who uses a script by bindings. wrangler asks before it deletes the script."""
        script = self._finder.undeployed(request)
        users = self._stores.scripts.users_of(script.name)
        incoming = [_user(name, binding) for name, binding in users if not binding.outbound]
        outbounds = [
            {**_user(name, binding), "namespace": binding.text("namespace")}
            for name, binding in users
            if binding.outbound
        ]
        services = {"incoming": incoming, "outgoing": [], "pages_function": False}
        return ok({"services": services, "durable_objects": [], "dispatch_outbounds": outbounds})

    async def tail_producers(self, request: Request) -> Response:
        """Return the scripts whose events a script consumes as Tail Worker."""
        consumer = self._finder.undeployed(request).name
        return ok(
            [
                {
                    "consumer": {"service": consumer, "environment": _ENVIRONMENT},
                    "producer": {"service": script.name, "environment": _ENVIRONMENT},
                    "tag": script.tag,
                    "created_on": script.created_on,
                    "modified_on": script.modified_on,
                }
                for script in self._stores.scripts.all(ACCOUNT)
                if {"service": consumer} in (list_at(script.settings, "tail_consumers") or [])
            ]
        )

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


def _user(name: str, binding: ScriptBinding) -> dict[str, str]:
    return {"name": binding.name, "service": name, "environment": _ENVIRONMENT}
