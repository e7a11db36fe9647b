"""Change scripts of the account and of dispatch namespaces: checks, storage, and distribution to the runtime.

A change is in effect on the data plane before the API responds.
"""

import asyncio
import re
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace

from local_edge.api.envelope import ApiError
from local_edge.api.scripts import metadata, upload
from local_edge.api.scripts.bindings import resolve
from local_edge.api.scripts.trying import VersionCheck
from local_edge.events.sampling import sample_rate
from local_edge.jsontypes import JsonObject, list_at
from local_edge.runtime.interface import EdgeRuntime
from local_edge.storage.releases.deployments import Release
from local_edge.storage.scripts import ACCOUNT, Deployed, Script
from local_edge.storage.stores import Stores
from local_edge.storage.versions import ScriptBinding, ScriptVersion, VersionConfig

MAX_ACCOUNT_SCRIPTS = 500
_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,62}")

NewBindings = Callable[[list[ScriptBinding]], list[ScriptBinding]]
"""The change of the bindings from one version to the next."""


class Deployer:
    """`namespace` is a dispatch namespace, or ACCOUNT, in all methods."""

    def __init__(self, stores: Stores, runtime: EdgeRuntime, check: VersionCheck) -> None:
        self._stores = stores
        self._runtime = runtime
        self._check = check
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
        check_name(namespace, name)
        async with self.lock(namespace, name):
            before = self._stores.scripts.script(namespace, name)
            if before is None:
                self.check_count(namespace)
            version = self._version(namespace, name, new, strict=strict, trigger="upload")
            settings = metadata.script_settings_of(
                new.metadata, before.settings if before else None
            )
            tags = before.tags if before else []
            if new.metadata.get("tags") is not None:
                tags = metadata.tags_of(new.metadata["tags"])
            return await self._deploy(namespace, name, version, settings, tags)

    async def add_version(
        self, script: Script, new: upload.ScriptUpload, *, strict: bool
    ) -> ScriptVersion:
        """Store a new version of a script without deploying it."""
        async with self.lock(script.namespace, script.name):
            self._current(script)
            version = self._version(
                script.namespace, script.name, new, strict=strict, trigger="version_upload"
            )
            return await self._store(script, version)

    async def change(self, script: Script, patch: JsonObject) -> Deployed:
        """Change settings: deploy a new version with the same modules."""
        async with self.lock(script.namespace, script.name):
            script, stored = self._latest(script, _SETTINGS_NOT_DEPLOYED)
            bindings = stored.bindings
            wanted = list_at(patch, "bindings")
            if wanted is not None:
                keep = list_at(patch, "keep_bindings") or []
                earlier = self._earlier(script.namespace, script.name)
                bindings = resolve(wanted, earlier=earlier, keep=keep, strict=False)
            config = _annotated(metadata.config_of(patch, stored.config), "upload")
            version = upload.version_of(config, bindings, stored.modules)
            settings = metadata.script_settings_of(patch, script.settings)
            tags = script.tags if patch.get("tags") is None else metadata.tags_of(patch["tags"])
            return await self._deploy(script.namespace, script.name, version, settings, tags)

    async def replace_content(self, script: Script, new: upload.ScriptUpload) -> Deployed:
        """Deploy a new version with other modules and unchanged settings."""
        async with self.lock(script.namespace, script.name):
            script, stored = self._latest(script, _SETTINGS_NOT_DEPLOYED)
            config = metadata.config_of(metadata.main_only(new.metadata), stored.config)
            config = replace(_annotated(config, "upload"), source=new.source)
            version = upload.version_of(config, stored.bindings, new.modules)
            return await self._deploy(
                script.namespace, script.name, version, script.settings, script.tags
            )

    async def change_secrets(self, script: Script, bindings: NewBindings) -> Deployed:
        """Deploy a new version with other secrets."""
        async with self.lock(script.namespace, script.name):
            script, stored = self._latest(script, _SECRET_NOT_DEPLOYED)
            version = _with_bindings(stored, bindings(stored.bindings), {}, "secret")
            return await self._deploy(
                script.namespace, script.name, version, script.settings, script.tags
            )

    async def add_version_with(
        self, script: Script, bindings: NewBindings, annotations: JsonObject
    ) -> ScriptVersion:
        """Store a version with other bindings than the latest one, without deploying it."""
        async with self.lock(script.namespace, script.name):
            script, stored = self._latest(script)
            version = _with_bindings(stored, bindings(stored.bindings), annotations, "secret")
            return await self._store(script, version)

    async def release(self, script: Script, release: Release) -> None:
        """Let stored versions of a script run."""
        async with self.lock(script.namespace, script.name):
            self._current(script)
            retired = self._stores.scripts.release(script.namespace, script.name, release)
            await self._distribute(script.namespace, script.name, retired)

    async def delete_one(self, script: Script, *, force: bool) -> None:
        """Delete a script; without `force` only if no other script is bound to it."""
        if script.namespace == ACCOUNT and not force:
            users = dict.fromkeys(name for name, _ in self._stores.scripts.users_of(script.name))
            if users:
                text = f"{script.name} is still referenced by service bindings in Workers: {', '.join(users)}."
                raise ApiError(400, 10142, text)
        async with self.lock(script.namespace, script.name):
            await self.delete(script.namespace, [script.name])

    async def delete(self, namespace: str, names: Iterable[str]) -> None:
        """Delete scripts, and for those of the account the routes, hosts and schedules that run them."""
        names = list(names)
        retired = self._stores.scripts.delete(namespace, names)
        table = self._runtime.table
        entry = table.namespaces.get(namespace)
        if entry is not None:
            for name in names:
                entry.scripts.pop(name, None)
                entry.observed.pop(name, None)
        await self._runtime.scripts_changed(namespace, names, retired)
        if namespace == ACCOUNT:
            for name in names:
                await self._delete_triggers(name)

    async def _delete_triggers(self, name: str) -> None:
        table = self._runtime.table
        routes = self._stores.routes.delete_of(name)
        for route_id in routes:
            table.routes.pop(route_id, None)
        await self._runtime.routes_changed(routes)
        self._stores.triggers.delete_of(name)
        hosts = [host for host, entry in table.hosts.items() if entry.script == name]
        for host in hosts:
            table.hosts.pop(host)
        await self._runtime.hosts_changed(hosts)

    async def relabel(self, before: Script, change: Callable[[Script], Script]) -> None:
        """Change script settings and tags, of which the runtime needs only what is logged."""
        async with self.lock(before.namespace, before.name):
            script = change(self._current(before))
            self._stores.scripts.update(script)
            entry = self._runtime.table.namespaces.get(script.namespace)
            rate = sample_rate(script)
            if entry is not None and entry.observed.get(script.name, 0.0) != rate:
                entry.observed[script.name] = rate
                await self._runtime.scripts_changed(script.namespace, [script.name])

    def _version(
        self, namespace: str, name: str, new: upload.ScriptUpload, *, strict: bool, trigger: str
    ) -> ScriptVersion:
        """Return the version of an upload, which inherits bindings of earlier versions."""
        bindings = resolve(
            list_at(new.metadata, "bindings") or [],
            earlier=self._earlier(namespace, name),
            keep=metadata.kept_kinds(new.metadata),
            strict=strict,
        )
        config = replace(_annotated(metadata.config_of(new.metadata), trigger), source=new.source)
        return upload.version_of(config, bindings, new.modules)

    def _earlier(self, namespace: str, name: str) -> Callable[[str], list[ScriptBinding]]:
        def bindings_of(version_id: str) -> list[ScriptBinding]:
            found = self._stores.scripts.versions.of_script(namespace, name, version_id)
            if found is None and version_id != "latest":
                raise ApiError(404, 100146, f"Version '{version_id}' does not exist.")
            return found.bindings if found else []

        return bindings_of

    def _current(self, before: Script) -> Script:
        """Return the current state of a script, which may have changed before the lock was acquired."""
        found = self._stores.scripts.script(before.namespace, before.name)
        if found is None:
            raise ApiError(409, 10035, "The script was deleted at the same time.")
        return found

    def _latest(
        self, before: Script, not_deployed: tuple[int, str] | None = None
    ) -> tuple[Script, ScriptVersion]:
        """Return the latest version of a script with its modules.

        `not_deployed` is the refusal (code, text) if this version does not handle all requests.
        """
        script, scripts = self._current(before), self._stores.scripts
        latest = scripts.versions.of_script(script.namespace, script.name, "latest")
        active = scripts.releases.active(script.namespace, script.name)
        version = scripts.versions.get(latest.id) if latest else None
        if version is None:
            raise ApiError(404, 10222, "This Worker has no versions.")
        if not_deployed and (active is None or active.shares != [(version.id, 100)]):
            raise ApiError(400, *not_deployed)
        return script, version

    async def _store(self, script: Script, version: ScriptVersion) -> ScriptVersion:
        version = await self._check.passed(script.namespace, script.name, version)
        return self._stores.scripts.add_version(script.namespace, script.name, version)

    async def _deploy(
        self,
        namespace: str,
        name: str,
        version: ScriptVersion,
        settings: JsonObject,
        tags: list[str],
    ) -> Deployed:
        version = await self._check.passed(namespace, name, version)
        if namespace not in self._runtime.table.namespaces:
            raise ApiError(404, 100119, "The dispatch namespace was deleted at the same time.")
        deployed, retired = self._stores.scripts.deploy(namespace, name, version, settings, tags)
        await self._distribute(namespace, name, retired)
        return deployed

    async def _distribute(self, namespace: str, name: str, retired: list[str]) -> None:
        """Send the versions that run now to the processes."""
        active = self._stores.scripts.releases.active(namespace, name)
        entry = self._runtime.table.namespaces.get(namespace)
        if active is not None and entry is not None:
            entry.scripts[name] = active.shares
        script = self._stores.scripts.script(namespace, name)
        if entry is not None and script is not None:
            entry.observed[name] = sample_rate(script)
        await self._runtime.scripts_changed(namespace, [name], retired)

    def check_count(self, namespace: str) -> None:
        """Raise ApiError 10037 if the account has no room for another script."""
        if namespace == ACCOUNT and self._stores.scripts.count(ACCOUNT) >= MAX_ACCOUNT_SCRIPTS:
            raise ApiError(403, 10037, f"An account has at most {MAX_ACCOUNT_SCRIPTS} Workers.")


_SECRET_NOT_DEPLOYED = (
    10215,
    (
        "Secret edit failed. You attempted to modify a secret, but the latest version of your Worker isn't currently "
        "deployed. Please ensure that the latest version of your Worker is fully deployed before modifying secrets."
    ),
)
_SETTINGS_NOT_DEPLOYED = (
    10214,
    (
        "Script edit failed. You attempted to deploy the latest version with modified settings, but the latest version "
        "isn't currently deployed. Either upload a new version to edit the version settings, or use the script-level "
        "settings API (/workers/scripts/{script_name}/script-settings) to modify the "
        '"logpush" and "tail_consumers" settings.'
    ),
)


def _annotated(config: VersionConfig, trigger: str) -> VersionConfig:
    """Note what caused a version."""
    annotations: JsonObject = {**config.annotations, "workers/triggered_by": trigger}
    return replace(config, annotations=annotations)


def _with_bindings(
    stored: ScriptVersion, bindings: list[ScriptBinding], annotations: JsonObject, trigger: str
) -> ScriptVersion:
    """Return a new version that differs from a stored one in its bindings."""
    config = _annotated(replace(stored.config, annotations=annotations), trigger)
    return upload.version_of(config, bindings, stored.modules)


def check_name(namespace: str, name: str) -> None:
    """Raise ApiError 10016 for an invalid name."""
    if not _NAME.fullmatch(name):
        what = "Worker" if namespace == ACCOUNT else "script"
        rule = "lower-case letters, digits, underscores and dashes, 63 at most, no dash first"
        raise ApiError(400, 10016, f"Invalid {what} name '{name}': {rule}.")
