"""Scripts of the account and of dispatch namespaces, changed: tried, stored, and made known to the runtime.

A change holds on the data plane before the API answers.
"""

import asyncio
import re
import uuid
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from local_edge.api import upload
from local_edge.api.bindings import Targets, check, resolve
from local_edge.api.envelope import ApiError
from local_edge.runtime.code import in_words_of_script
from local_edge.runtime.runtime import Runtime
from local_edge.runtime.trial import NoDefaultExport, Started, StartFailed
from local_edge.runtime.versions import VersionSource
from local_edge.storage.database import Database
from local_edge.storage.kv import KV
from local_edge.storage.namespaces import DispatchNamespaces
from local_edge.storage.r2 import R2
from local_edge.storage.routes import ZoneRoutes
from local_edge.storage.scripts import Deployed, Script, Scripts, Version

MAX_ACCOUNT_SCRIPTS = 500
_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}")


@dataclass(frozen=True)
class Storage:
    """All that is stored."""

    database: Database
    scripts: Scripts
    namespaces: DispatchNamespaces
    routes: ZoneRoutes
    kv: KV
    r2: R2


class StoredTargets(Targets):
    """The things that bindings may name; a script may be bound to itself."""

    def __init__(self, storage: Storage, itself: str | None) -> None:
        self._storage = storage
        self._itself = itself

    def kv_namespace(self, namespace_id: str) -> bool:
        return self._storage.kv.namespace(namespace_id) is not None

    def r2_bucket(self, name: str) -> bool:
        return self._storage.r2.bucket(name) is not None

    def dispatch_namespace(self, name: str) -> bool:
        return self._storage.namespaces.get(name) is not None

    def account_script(self, name: str) -> bool:
        return name == self._itself or self._storage.scripts.get("", name) is not None


class Deploying:
    def __init__(self, storage: Storage, runtime: Runtime, versions: VersionSource) -> None:
        self._storage = storage
        self._runtime = runtime
        self._versions = versions
        # Changes of one script follow one another; others go on meanwhile.
        self._locks: weakref.WeakValueDictionary[tuple[str, str], asyncio.Lock] = (
            weakref.WeakValueDictionary()
        )

    def lock(self, namespace: str, name: str) -> asyncio.Lock:
        lock = self._locks.get((namespace, name))
        if lock is None:
            lock = self._locks[namespace, name] = asyncio.Lock()
        return lock

    async def put(self, namespace: str, name: str, new: upload.Upload, *, strict: bool) -> Deployed:
        """PUT of a script: its settings and bindings are those of the upload, unless it keeps them."""
        self._check_name(namespace, name)
        async with self.lock(namespace, name):
            before = self._storage.scripts.get(namespace, name)
            if (
                before is None
                and not namespace
                and self._storage.scripts.count("") >= MAX_ACCOUNT_SCRIPTS
            ):
                raise ApiError(403, 10037, f"An account has at most {MAX_ACCOUNT_SCRIPTS} Workers.")
            metadata = new.metadata
            bindings = resolve(
                metadata.get("bindings") or [],
                previous=before.version.bindings if before else [],
                keep=upload.kept_kinds(metadata),
                strict=strict,
            )
            version = upload.version_of(upload.config_of(metadata), bindings, new.modules)
            settings = upload.script_settings_of(
                metadata, before.script.settings if before else None
            )
            tags = before.script.tags if before else []
            if metadata.get("tags") is not None:
                tags = upload.tags_of(metadata["tags"])
            return await self._deploy(namespace, name, version, settings, tags)

    async def change(self, before: Deployed, patch: dict[str, Any]) -> Deployed:
        """PATCH of settings: a new version with the same modules."""
        async with self.lock(before.script.namespace, before.script.name):
            script, stored = self._present_with_modules(before)
            bindings = stored.bindings
            if patch.get("bindings") is not None:
                keep = patch.get("keep_bindings") or []
                bindings = resolve(patch["bindings"], previous=bindings, keep=keep, strict=False)
            config = upload.config_of(patch, stored.config)
            version = upload.version_of(config, bindings, stored.modules)
            settings = upload.script_settings_of(patch, script.settings)
            tags = script.tags if patch.get("tags") is None else upload.tags_of(patch["tags"])
            return await self._deploy(script.namespace, script.name, version, settings, tags)

    async def replace_content(self, before: Deployed, new: upload.Upload) -> Deployed:
        """PUT of content: new modules, everything else as it was."""
        async with self.lock(before.script.namespace, before.script.name):
            script, old = self._present_with_modules(before)
            config = upload.config_of(upload.main_alone(new.metadata), old.config)
            version = upload.version_of(config, old.bindings, new.modules)
            return await self._deploy(
                script.namespace, script.name, version, script.settings, script.tags
            )

    async def delete(self, namespace: str, names: Iterable[str]) -> None:
        names = list(names)
        retired = self._storage.scripts.delete(namespace, names)
        table = self._runtime.table
        if namespace:
            space = table.namespaces.get(namespace)
            for name in names:
                if space:
                    space.scripts.pop(name, None)
            await self._runtime.namespace_changed(namespace, names, retired)
            return
        for name in names:
            table.scripts.pop(name, None)
        await self._runtime.scripts_changed(names, retired)
        routes = [route for name in names for route in self._storage.routes.delete_of_script(name)]
        for route_id in routes:
            table.routes.pop(route_id, None)
        await self._runtime.routes_changed(routes)

    async def relabel(self, before: Deployed, change: Callable[[Script], Script]) -> None:
        """Changes what the runtime need not know: settings that are not versioned, and tags."""
        async with self.lock(before.script.namespace, before.script.name):
            self._storage.scripts.update(change(self._present(before).script))

    def _present(self, before: Deployed) -> Deployed:
        """The script as it is now, whatever happened while the caller waited for its lock."""
        found = self._storage.scripts.get(before.script.namespace, before.script.name)
        if found is None:
            raise ApiError(409, 10035, "The script was deleted at the same time.")
        return found

    def _present_with_modules(self, before: Deployed) -> tuple[Script, Version]:
        found = self._present(before)
        version = self._storage.scripts.version(found.version.id)
        assert version is not None  # noqa: S101 - a script's present version is never forgotten
        return found.script, version

    async def _deploy(
        self, namespace: str, name: str, version: Version, settings: dict[str, Any], tags: list[str]
    ) -> Deployed:
        parts = {module.name for module in version.modules}
        itself = None if namespace else name
        check(version.bindings, parts=parts, targets=StoredTargets(self._storage, itself))
        version = await self._tried(namespace, version)
        table = self._runtime.table
        space = table.namespaces.get(namespace)
        if namespace and space is None:
            raise ApiError(404, 100119, "The dispatch namespace was deleted meanwhile.")
        deployed, retired = self._storage.scripts.deploy(namespace, name, version, settings, tags)
        if space is not None:
            space.scripts[name] = version.id
            await self._runtime.namespace_changed(namespace, [name], retired)
        else:
            table.scripts[name] = version.id
            await self._runtime.scripts_changed([name], retired)
        return deployed

    async def _tried(self, namespace: str, version: Version) -> Version:
        """The version with what its start has shown; 10021 if it does not start, 10068 if it handles nothing."""
        try:
            started = await self._start(namespace, version)
        except NoDefaultExport:
            # A new id, since the loader keeps the failure under the old one.
            config = {**version.config, "has_default": False}
            version = replace(version, id=str(uuid.uuid4()), config=config)
            started = await self._start(namespace, version)
        if not started.handlers and not _entrypoints(started):
            raise ApiError(400, 10068, "The uploaded script has no registered event handlers.")
        shown = {
            "handlers": started.handlers,
            "named_handlers": [
                {"name": named["name"], "handlers": named["handlers"]} for named in started.named
            ],
            "startup_time_ms": started.milliseconds,
        }
        return replace(version, config={**version.config, **shown})

    async def _start(self, namespace: str, version: Version) -> Started:
        with self._versions.trying(version, namespace):
            try:
                known = "has_default" in version.config
                return await self._runtime.trial.start(version.id, known=known)
            except StartFailed as error:
                script = version.config["main"]
                raise ApiError(400, 10021, in_words_of_script(str(error), script)) from None

    @staticmethod
    def _check_name(namespace: str, name: str) -> None:
        if not _NAME.fullmatch(name):
            what = "script" if namespace else "Worker"
            rule = "lower-case letters, digits, underscores and dashes, 63 at most, no dash first"
            raise ApiError(400, 10016, f"Invalid {what} name '{name}': {rule}.")


def _entrypoints(started: Started) -> list[str]:
    return [named["name"] for named in started.named if named["entrypoint"] or named["handlers"]]
