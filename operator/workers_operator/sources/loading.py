"""Loads sources: templates, R2 objects, ConfigMaps and inline code → code, each thing read once for all who want it.

Sizes come first: what is too large is not read. Megabytes are parsed off the event loop, one source of them at a time.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, ParamSpec, Protocol

from workers_operator.domain import names
from workers_operator.domain.content import Code, etag_of
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.domain.text.lines import listed, short
from workers_operator.engine.offload import LARGE, Room, off_loop
from workers_operator.engine.priority import Priority
from workers_operator.kube.errors import KubeNotFound
from workers_operator.resources import CodeSource, ConfigMapSource, InlineSpec, R2Source
from workers_operator.resources.source import OBJECT_KEY_RULES
from workers_operator.sources import manifest as manifests
from workers_operator.sources import multipart, resolve, templates
from workers_operator.sources.cache import SourceCache
from workers_operator.sources.manifest import Kind
from workers_operator.sources.resolve import Blob
from workers_operator.sources.templates import Template

MISSING_RECHECK_SECONDS: Final = 30.0
MAX_FILES: Final = 250  # of a folder: each takes a call, of 1,200 in five minutes
_DEFAULT_HEALTH_PATH: Final = "/"
# What parsing a byte of YAML takes, and keeping it parsed, in bytes of other content.
YAML_WORK: Final = 8
_YAML_WEIGHT: Final = 16
_ENTRY_WEIGHT: Final = 4096
_MAX_KEY: Final = 200  # characters that a message shows
_MAX_READ: Final = resolve.MAX_BYTES + LARGE  # with what a bundle has besides its modules
P = ParamSpec("P")


class StoredItem(Protocol):
    """An R2 object as listed."""

    @property
    def key(self) -> str: ...
    @property
    def etag(self) -> str: ...
    @property
    def size(self) -> int: ...


class Store(Protocol):
    """The R2 objects of one account: listings that are kept, contents that are read. ``account.store.ObjectStore``."""

    @property
    def priority(self) -> Priority:
        """The priority of reads."""

    @property
    def identity(self) -> Hashable:
        """What tells this account's objects from another's."""

    @property
    def data_bucket(self) -> str:
        """Name of the platform's own bucket."""

    def is_missing(self, bucket: str) -> bool:
        """Return whether there was no such bucket when it was listed."""

    def find(self, bucket: str, key: str) -> StoredItem | None:
        """Return an object as listed."""

    def below(self, bucket: str, folder: str) -> Sequence[StoredItem]:
        """Return the objects of a folder as listed, sorted by key."""

    def etags(self, bucket: str, key: str) -> tuple[str, ...]:
        """Return what changes when the object, or anything in the folder, does."""

    async def look_for(self, bucket: str, key: str) -> None:
        """List a bucket because ``key`` is not in what is known of it."""

    async def read(self, bucket: str, key: str, limit: int) -> Blob | None:
        """Return the content of an object, None if it is gone. Raises Stalled for more than ``limit`` bytes."""


class ConfigMaps(Protocol):
    """Reads ConfigMaps: ``kube.client.KubeClient``."""

    async def get_config_map(self, namespace: str, name: str) -> dict[str, Any]:
        """Return a ConfigMap. Raises KubeError."""


@dataclass(frozen=True)
class Wanted:
    """What an object asks for. ``namespace``: of the object; ``kind``: of the templates that it may use."""

    source: CodeSource
    kind: Kind
    namespace: str


@dataclass(frozen=True)
class Loaded:
    """Code, with the template that it came from, if any."""

    code: Code
    template: Template | None

    @property
    def health_path(self) -> str:
        """The path that tells whether the code works."""
        return self.template.health_path if self.template is not None else _DEFAULT_HEALTH_PATH

    @property
    def weight(self) -> int:
        """Bytes of memory, at most."""
        manifest = len(self.template.manifest) if self.template is not None else 0
        entries = 1 + len(self.code.modules) + len(self.code.left_out)
        return self.code.size + _YAML_WEIGHT * manifest + _ENTRY_WEIGHT * entries


class SourceLoader:
    """Loads what ``spec.source`` names; R2 objects as they were listed last. ``room``: for what is being read."""

    def __init__(self, config_maps: ConfigMaps, room: Room) -> None:
        self._config_maps = config_maps
        self._room = room
        self._cache: SourceCache[Loaded] = SourceCache(lambda loaded: loaded.weight)

    @staticmethod
    def etags(wanted: Wanted, store: Store) -> tuple[str, ...]:
        """Return what changes when an R2 object that the source reads does; nothing for other sources."""
        source = wanted.source
        if source.r2 is not None:
            return store.etags(source.r2.bucket or store.data_bucket, source.r2.key)
        if source.template is not None:
            keys = names.template_keys(wanted.kind, source.template)
            return tuple(e for k in keys for e in store.etags(store.data_bucket, k))
        return ()

    async def load(self, wanted: Wanted, store: Store | None) -> Loaded:
        """Return the code as it is now. Raises Stalled (the object has to change), Waiting.

        ``store``: None if the source lies in no account.
        """
        source = wanted.source
        if source.config_map is not None:
            found = await self._config_map(wanted.namespace, source.config_map.name)
            size = _size_in(found, source.config_map)
            code = _examined(resolve.from_config_map, found, source.config_map)
            return Loaded(await off_loop(size, code), None)
        if source.inline is not None:
            size = _size_of(source.inline)
            return Loaded(await off_loop(size, _examined(resolve.from_inline, source.inline)), None)
        assert store is not None  # noqa: S101 - templates and R2 objects lie in an account
        if source.r2 is not None:
            return await self._r2(source.r2, store)
        assert source.template is not None  # noqa: S101 - the schema allows exactly one
        return await self._template(wanted.kind, source.template, store)

    # --- templates ----------------------------------------------------------------------------------------------

    async def _template(self, kind: Kind, name: str, store: Store) -> Loaded:
        """Return the bucket's template, else the built-in one. A built-in one that is stored unchanged is not read."""
        bucket = store.data_bucket
        script_key, manifest_key = names.template_keys(kind, name)
        script, manifest = store.find(bucket, script_key), store.find(bucket, manifest_key)
        own = templates.built_in(kind).get(name)
        if store.is_missing(bucket):
            raise _no_bucket(bucket)  # it may have held an edition of somebody's own
        if script is None or (own is not None and _is_as_built(own, script, manifest)):
            if own is None:
                raise Stalled(Reason.TEMPLATE_NOT_FOUND, _no_template(kind, name))
            return Loaded(own.code, own)
        if manifest is None:
            message = f"template {name!r}: {script_key} has no manifest {manifest_key} beside it"
            raise Stalled(Reason.TEMPLATE_INVALID, message)
        _check_size(f"template {name!r}", script.size)
        if manifest.size > manifests.MAX_BYTES:
            message = f"{manifest_key} has {manifest.size} bytes, more than {manifests.MAX_BYTES}"
            raise Stalled(Reason.TEMPLATE_INVALID, message)

        async def load() -> Loaded:
            async with self._room.holding(script.size, store.priority):
                text = (await _read(store, bucket, manifest_key, manifests.MAX_BYTES)).data
                code = (await _read(store, bucket, script_key, _MAX_READ)).data
                size = YAML_WORK * len(text) + len(code)
                return await off_loop(size, _parsed, kind, name, text, code)

        key = ("template", store.identity, bucket, kind, name, script.etag, manifest.etag)
        return await self._cache.get(key, load)

    # --- R2 -----------------------------------------------------------------------------------------------------

    async def _r2(self, source: R2Source, store: Store) -> Loaded:
        bucket = source.bucket or store.data_bucket
        found = _listed(store, bucket, source.key)
        if not found:
            await store.look_for(bucket, source.key)
            found = _listed(store, bucket, source.key)
        if store.is_missing(bucket):
            raise _no_bucket(bucket)
        if not found:
            what = "folder" if source.key.endswith("/") else "object"
            message = f"R2 bucket {bucket!r} has no {what} {source.key!r}"
            raise Waiting(Reason.R2_OBJECT_NOT_FOUND, message, after=MISSING_RECHECK_SECONDS)
        for item in found:  # before anything is read
            _check_key(item.key, f"r2/{bucket}/{source.key}")
        if len(found) > MAX_FILES:
            message = (
                f"{source.key} has {len(found)} objects, more than {MAX_FILES}; upload them as one "
                "bundle, or to a folder of their own"
            )
            raise Stalled(Reason.SCRIPT_TOO_LARGE, message)
        size = sum(item.size for item in found)
        _check_size(source.key, size)

        async def load() -> Loaded:
            async with self._room.holding(size, store.priority):
                return Loaded(await _r2_code(store, bucket, source, found), None)

        etags = tuple(f"{item.key} {item.etag}" for item in found)
        key = ("r2", store.identity, bucket, source.type, source.main, etags)
        return await self._cache.get(key, load)

    async def _config_map(self, namespace: str, name: str) -> Mapping[str, Any]:
        try:
            return await self._config_maps.get_config_map(namespace, name)
        except KubeNotFound as error:
            message = f"ConfigMap {name!r} is not in namespace {namespace!r}"
            after = resolve.MISSING_RECHECK_SECONDS
            raise Waiting(Reason.CONFIG_MAP_NOT_FOUND, message, after=after) from error


async def _r2_code(
    store: Store, bucket: str, source: R2Source, found: Sequence[StoredItem]
) -> Code:
    origin = f"r2/{bucket}/{source.key}"
    blobs: dict[str, Blob] = {}
    left = _MAX_READ
    for item in found:  # one after the other: they may have grown since they were listed
        blob = await _read(store, bucket, item.key, left)
        blobs[item.key.removeprefix(source.key)] = blob
        left -= len(blob.data)
    size = _MAX_READ - left
    if source.main is not None:
        return await off_loop(size, _examined(resolve.from_folder, blobs, source.main, origin))
    [blob] = blobs.values()
    if multipart.boundary_of(blob.data) and not blob.content_type.startswith("multipart/"):
        message = f"{origin} looks like a bundle; its Content-Type has to be multipart/form-data for it to be one"
        raise Stalled(Reason.MODULE_INVALID, message)
    return await off_loop(size, _examined(resolve.from_object, blob, source, origin))


def _check_key(key: str, origin: str) -> None:
    """Raise Stalled if an object of a folder has a key that a request cannot carry."""
    problems = (r.message for r in OBJECT_KEY_RULES if r.check is not None and not r.check(key))
    problem = next(problems, None)
    if problem is not None:
        message = (
            f"{origin}: the key {short(key, _MAX_KEY)!r} {problem}; rename or delete the object"
        )
        raise Stalled(Reason.MODULE_INVALID, message)


async def _read(store: Store, bucket: str, key: str, limit: int) -> Blob:
    found = await store.read(bucket, key, limit)
    if found is None:
        message = f"R2 bucket {bucket!r} has no object {key!r}"
        raise Waiting(Reason.R2_OBJECT_NOT_FOUND, message, after=MISSING_RECHECK_SECONDS)
    return found


def _check_size(what: str, size: int) -> None:
    """Raise Stalled(ScriptTooLarge) before anything is read of a source that is larger than what a script can be."""
    if size > _MAX_READ:
        mib = 1024 * 1024
        message = (
            f"{what} has {size / mib:.1f} MiB; Cloudflare takes {resolve.MAX_BYTES // mib} MiB"
        )
        raise Stalled(Reason.SCRIPT_TOO_LARGE, message)


def _parsed(kind: Kind, name: str, manifest: bytes, script: bytes) -> Loaded:
    template = templates.parse(
        kind, name, manifest=manifest, script=script, origin=f"template/{name}"
    )
    _examine(template.code)
    return Loaded(template.code, template)


def _examined(make: Callable[P, Code], *args: P.args, **kwargs: P.kwargs) -> Callable[[], Code]:
    """Return the work of making code, and all else that takes time for megabytes of it."""

    def work() -> Code:
        code = make(*args, **kwargs)
        _examine(code)
        return code

    return work


def _examine(code: Code) -> None:
    resolve.check_size(code)
    _ = code.digest  # computed once, and kept


def _size_in(config_map: Mapping[str, Any], source: ConfigMapSource) -> int:
    """Return the bytes that are parsed at most: modules may share a key."""
    parts = (config_map.get("data") or {}, config_map.get("binaryData") or {})
    size = sum(len(str(text)) for part in parts for text in part.values())
    return size * max(1, len(source.items or ()))


def _size_of(inline: InlineSpec) -> int:
    modules = inline.modules or ()
    return len(inline.script or "") + sum(len(m.text or m.base64 or "") for m in modules)


def _no_bucket(bucket: str) -> Waiting:
    message = f"there is no R2 bucket {bucket!r}"
    return Waiting(Reason.R2_BUCKET_NOT_FOUND, message, after=MISSING_RECHECK_SECONDS)


def _listed(store: Store, bucket: str, key: str) -> Sequence[StoredItem]:
    if key.endswith("/"):
        return store.below(bucket, key)
    item = store.find(bucket, key)
    return [item] if item is not None else []


def _is_as_built(own: Template, script: StoredItem, manifest: StoredItem | None) -> bool:
    return (
        script.etag == etag_of(own.code.modules[0].data)
        and manifest is not None
        and manifest.etag == etag_of(own.manifest)
    )


def _no_template(kind: Kind, name: str) -> str:
    """Say what is missing. Other stored templates are not named: they may be other tenants'."""
    key, _ = names.template_keys(kind, name)
    known = listed(sorted(templates.names(kind)))
    return f"there is no {kind} template {name!r}: the platform's bucket has no {key}, and built in are: {known}"
