"""Find a version of a script."""

from local_edge.api.envelope import ApiError
from local_edge.storage.scripts import Script
from local_edge.storage.stores import Stores
from local_edge.storage.versions import ScriptVersion


def find_version(stores: Stores, script: Script, version_id: str) -> ScriptVersion:
    """Return a version without its modules. Raises ApiError 100146."""
    version = stores.scripts.versions.of_script(script.namespace, script.name, version_id)
    if version is None:
        raise ApiError(404, 100146, f"Version '{version_id}' does not exist.")
    return version
