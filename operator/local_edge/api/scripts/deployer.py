"""Change scripts of the account and of dispatch namespaces: trial start, storage, and distribution to the runtime.

A change is in effect on the data plane before the API responds.
"""

import asyncio
import re
import uuid
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace

from local_edge.api.envelope import ApiError
from local_edge.api.scripts import metadata, upload
from local_edge.api.scripts.bindings import Targets, check, resolve
from local_edge.jsontypes import JsonObject, list_at
from local_edge.runtime.code import clean_error
from local_edge.runtime.runtime import Runtime
from local_edge.runtime.trial import NoDefaultExport, Started, StartFailed
from local_edge.runtime.versions import VersionSource
from local_edge.storage.scripts import ACCOUNT, Deployed, Script
from local_edge.storage.stores import Stores
from local_edge.storage.versions import ScriptVersion, Startup

MAX_ACCOUNT_SCRIPTS = 500
_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}")


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


class Deployer:
    """`namespace` is a dispatch namespace, or ACCOUNT, in all methods."""

    def __init__(self, stores: Stores, runtime: Runtime, versions: VersionSource) -> None:
        self._stores = stores
        self._runtime = runtime
        self._versions = versions
        # Changes of the same script are serialized.
        self._locks: weakref.WeakValueDictionary[tuple[str, str], asyncio.Lock] = (
            weakref.WeakValueDictionary()
        )

    def lock(self, namespace: str, name: str) -> asyncio.Lock:
        lock = self._locks.get((namespace, name))
        if lock is None:
            lock = self._locks[namespace, name] = asyncio.Lock()
        return lock

    async def put(
        self, namespace: str, name: str, new: upload.ScriptUpload, *, strict: bool
    ) -> Deployed:
        """Create or replace a script.

        Inherited bindings, script settings and tags are taken over from the previous version.
        """
        _check_name(namespace, name)
        async with self.lock(namespace, name):
            before = self._stores.scripts.get(namespace, name)
            if before is None:
                self._check_count(namespace)
            bindings = resolve(
                list_at(new.metadata, "bindings") or [],
                previous=before.version.bindings if before else [],
                keep=metadata.kept_kinds(new.metadata),
                strict=strict,
            )
            config = metadata.config_of(new.metadata)
            version = upload.version_of(config, bindings, new.modules)
            settings = metadata.script_settings_of(
                new.metadata, before.script.settings if before else None
            )
            tags = before.script.tags if before else []
            if new.metadata.get("tags") is not None:
                tags = metadata.tags_of(new.metadata["tags"])
            return await self._deploy(namespace, name, version, settings, tags)

    async def change(self, before: Deployed, patch: JsonObject) -> Deployed:
        """Change settings: deploy a new version with the same modules."""
        async with self.lock(before.script.namespace, before.script.name):
            script, stored = self._current_with_modules(before)
            bindings = stored.bindings
            wanted = list_at(patch, "bindings")
            if wanted is not None:
                keep = list_at(patch, "keep_bindings") or []
                bindings = resolve(wanted, previous=bindings, keep=keep, strict=False)
            config = metadata.config_of(patch, stored.config)
            version = upload.version_of(config, bindings, stored.modules)
            settings = metadata.script_settings_of(patch, script.settings)
            tags = script.tags if patch.get("tags") is None else metadata.tags_of(patch["tags"])
            return await self._deploy(script.namespace, script.name, version, settings, tags)

    async def replace_content(self, before: Deployed, new: upload.ScriptUpload) -> Deployed:
        """Deploy a new version with other modules and unchanged settings."""
        async with self.lock(before.script.namespace, before.script.name):
            script, stored = self._current_with_modules(before)
            config = metadata.config_of(metadata.main_only(new.metadata), stored.config)
            version = upload.version_of(config, stored.bindings, new.modules)
            return await self._deploy(
                script.namespace, script.name, version, script.settings, script.tags
            )

    async def delete(self, namespace: str, names: Iterable[str]) -> None:
        """Delete scripts and the routes to them."""
        names = list(names)
        retired = self._stores.scripts.delete(namespace, names)
        table = self._runtime.table
        entry = table.namespaces.get(namespace)
        if entry is not None:
            for name in names:
                entry.scripts.pop(name, None)
        await self._runtime.scripts_changed(namespace, names, retired)
        if namespace == ACCOUNT:  # routes refer to scripts of the account only
            routes = [route for name in names for route in self._stores.routes.delete_of(name)]
            for route_id in routes:
                table.routes.pop(route_id, None)
            await self._runtime.routes_changed(routes)

    async def relabel(self, before: Deployed, change: Callable[[Script], Script]) -> None:
        """Change script settings and tags, which the runtime does not need."""
        async with self.lock(before.script.namespace, before.script.name):
            self._stores.scripts.update(change(self._current(before).script))

    def _current(self, before: Deployed) -> Deployed:
        """Return the current state of a script, which may have changed before the lock was acquired."""
        found = self._stores.scripts.get(before.script.namespace, before.script.name)
        if found is None:
            raise ApiError(409, 10035, "The script was deleted at the same time.")
        return found

    def _current_with_modules(self, before: Deployed) -> tuple[Script, ScriptVersion]:
        found = self._current(before)
        version = self._stores.scripts.version(found.version.id)
        assert version is not None  # noqa: S101 - the current version of a script is always stored
        return found.script, version

    async def _deploy(
        self,
        namespace: str,
        name: str,
        version: ScriptVersion,
        settings: JsonObject,
        tags: list[str],
    ) -> Deployed:
        parts = {module.name for module in version.modules}
        itself = name if namespace == ACCOUNT else None
        check(version.bindings, parts=parts, targets=StoredTargets(self._stores, itself))
        version = await self._tried(namespace, version)
        entry = self._runtime.table.namespaces.get(namespace)
        if entry is None:
            raise ApiError(404, 100119, "The dispatch namespace was deleted at the same time.")
        deployed, retired = self._stores.scripts.deploy(namespace, name, version, settings, tags)
        entry.scripts[name] = version.id
        await self._runtime.scripts_changed(namespace, [name], retired)
        return deployed

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
        with self._versions.on_trial(version, namespace):
            try:
                known = not version.startup.has_default
                return await self._runtime.trial.start(version.id, known=known)
            except StartFailed as error:
                text = clean_error(str(error), version.config.main)
                raise ApiError(400, 10021, text) from None

    def _check_count(self, namespace: str) -> None:
        if namespace == ACCOUNT and self._stores.scripts.count(ACCOUNT) >= MAX_ACCOUNT_SCRIPTS:
            raise ApiError(403, 10037, f"An account has at most {MAX_ACCOUNT_SCRIPTS} Workers.")


def _check_name(namespace: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        what = "Worker" if namespace == ACCOUNT else "script"
        rule = "lower-case letters, digits, underscores and dashes, 63 at most, no dash first"
        raise ApiError(400, 10016, f"Invalid {what} name '{name}': {rule}.")


def _has_entrypoints(started: Started) -> bool:
    return any(named["entrypoint"] or named["handlers"] for named in started.named)
