"""Check a new version before it is stored: the targets of its bindings, and one start."""

import uuid
from dataclasses import replace

from local_edge.api.envelope import ApiError
from local_edge.api.scripts.bindings import Targets, check
from local_edge.runtime.code import clean_error
from local_edge.runtime.interface import EdgeRuntime
from local_edge.runtime.trial import NoDefaultExport, Started, StartFailed
from local_edge.runtime.versions import VersionSource
from local_edge.storage.scripts import ACCOUNT
from local_edge.storage.stores import Stores
from local_edge.storage.versions import ScriptVersion, Startup


class StoredTargets(Targets):
    """The existing targets of bindings. A script may be bound to itself while it is created."""

    def __init__(self, stores: Stores, itself: str | None) -> None:
        self._stores = stores
        self._itself = itself

    def kv_namespace(self, namespace_id: str) -> bool:
        return self._stores.kv.namespace(namespace_id) is not None

    def r2_bucket(self, name: str) -> bool:
        return self._stores.r2.bucket(name) is not None

    def dispatch_namespace(self, name: str) -> bool:
        return self._stores.namespaces.get(name) is not None

    def account_script(self, name: str) -> bool:
        return name == self._itself or self._stores.scripts.get(ACCOUNT, name) is not None


class VersionCheck:
    def __init__(self, stores: Stores, runtime: EdgeRuntime, versions: VersionSource) -> None:
        self._stores = stores
        self._runtime = runtime
        self._versions = versions

    async def passed(self, namespace: str, name: str, version: ScriptVersion) -> ScriptVersion:
        """Check the bindings of a version, start it once, and return it with the results of its start.

        Raises ApiError for a wrong binding, 10021 if it does not start, and 10068 if it has no handlers.
        """
        parts = {module.name for module in version.modules}
        itself = name if namespace == ACCOUNT else None
        check(version.bindings, parts=parts, targets=StoredTargets(self._stores, itself))
        return await self._tried(namespace, version)

    async def _tried(self, namespace: str, version: ScriptVersion) -> ScriptVersion:
        """Start the version once and return it with the results.

        Raises ApiError 10021 if it does not start, and 10068 if it has no handlers.
        """
        try:
            started = await self._start(namespace, version)
        except NoDefaultExport:
            # The id must change, because the loader remembers the failure of the old one.
            startup = Startup(has_default=False)
            version = replace(version, id=str(uuid.uuid4()), startup=startup)
            started = await self._start(namespace, version)
        if not started.handlers and not _has_entrypoints(started):
            raise ApiError(400, 10068, "The uploaded script has no registered event handlers.")
        startup = Startup(
            handlers=started.handlers,
            named_handlers=[
                {"name": named["name"], "handlers": named["handlers"]} for named in started.named
            ],
            startup_time_ms=started.milliseconds,
            has_default=version.startup.has_default,
        )
        return replace(version, startup=startup)

    async def _start(self, namespace: str, version: ScriptVersion) -> Started:
        code, known = self._versions.uploaded(version, namespace), not version.startup.has_default
        try:
            return await self._runtime.trial.start(version.id, code, known=known)
        except StartFailed as error:
            text = clean_error(str(error), version.config.main)
            raise ApiError(400, 10021, text) from None


def _has_entrypoints(started: Started) -> bool:
    return any(named["entrypoint"] or named["handlers"] for named in started.named)
