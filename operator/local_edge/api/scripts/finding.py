"""Find the script that a request is about."""

from starlette.requests import Request

from local_edge.api.envelope import ApiError
from local_edge.api.scripts.namespaces import find_namespace
from local_edge.storage.scripts import ACCOUNT, Deployed, Script
from local_edge.storage.stores import Stores


class ScriptFinder:
    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def namespace(self, request: Request) -> str:
        """Return the dispatch namespace of the path, or ACCOUNT if it has none."""
        if "dispatch_namespace" not in request.path_params:
            return ACCOUNT
        return find_namespace(self._stores, request).name

    def script(self, request: Request) -> Deployed:
        """Return the script of the path. Raises ApiError 10007, or 10092 in a dispatch namespace."""
        namespace = self.namespace(request)
        deployed = self._stores.scripts.get(namespace, request.path_params["script_name"])
        if deployed is None:
            raise _absent(namespace)
        return deployed

    def undeployed(self, request: Request) -> Script:
        """Return the script of the path, even one without a deployment. Raises the same errors."""
        namespace = self.namespace(request)
        script = self._stores.scripts.script(namespace, request.path_params["script_name"])
        if script is None:
            raise _absent(namespace)
        return script


def _absent(namespace: str) -> ApiError:
    if namespace == ACCOUNT:
        return ApiError(404, 10007, "This Worker does not exist on your account.")
    return ApiError(404, 10092, "workers.api.error.dispatch_script_not_found")
