"""Reading sources: templates, R2 objects, ConfigMaps, inline code → code, each thing read once for all who want it."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers_operator.cloudflare import r2
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.r2 import StoredObject
from workers_operator.domain import multipart, names
from workers_operator.domain.desired import Code
from workers_operator.domain.handling import Stalled, Waiting
from workers_operator.kube.client import KubeClient
from workers_operator.kube.errors import KubeNotFound
from workers_operator.reconcilers import desire
from workers_operator.reconcilers.platforms import Platform
from workers_operator.reconcilers.worker_pass import Pass
from workers_operator.resources import R2Source
from workers_operator.sources import resolve, templates
from workers_operator.sources.cache import SourceCache
from workers_operator.sources.manifest import Kind
from workers_operator.sources.resolve import Blob
from workers_operator.sources.templates import Template

MISSING_RECHECK_SECONDS: Final = 30.0
_LARGE: Final = 1024 * 1024  # bytes from which on checking the size is worth a thread
_DEFAULT_HEALTH_PATH: Final = "/"


@dataclass(frozen=True)
class Loaded:
    """Code with the template that it came from, if it did."""

    code: Code
    template: Template | None

    @property
    def health_path(self) -> str:
        return self.template.health_path if self.template is not None else _DEFAULT_HEALTH_PATH


class SourceLoader:
    """Reads what ``spec.source`` names; R2 objects as they were listed last."""

    def __init__(self, kube: KubeClient) -> None:
        self._kube = kube
        self._cache: SourceCache[Loaded] = SourceCache(lambda loaded: loaded.code.size)

    def etags(self, p: Pass, platform: Platform) -> tuple[str, ...]:
        """What changes when an R2 object that the source reads does; nothing for other sources."""
        source, objects = desire.source(p.obj), platform.objects
        if source.r2 is not None:
            bucket = source.r2.bucket or platform.config.data_bucket
            return objects.etags(bucket, source.r2.key)
        if source.template is not None:
            keys = names.template_keys(desire.template_kind(p.obj), source.template)
            return tuple(e for k in keys for e in objects.etags(platform.config.data_bucket, k))
        return ()

    async def load(self, p: Pass, platform: Platform) -> Loaded:
        """The code as it is now. Raises Stalled (the object has to change) or Waiting (something has to appear)."""
        source = desire.source(p.obj)
        if source.template is not None:
            return await self._template(p, platform, source.template)
        if source.r2 is not None:
            return await self._r2(p, platform, source.r2)
        if source.config_map is not None:
            config_map = await self._config_map(p.key.namespace, source.config_map.name)
            code = resolve.from_config_map(config_map, source.config_map)
        else:
            assert source.inline is not None  # noqa: S101 - the schema allows exactly one
            code = resolve.from_inline(source.inline)
        return Loaded(await _checked(code), None)

    # --- templates ----------------------------------------------------------------------------------------------

    async def _template(self, p: Pass, platform: Platform, name: str) -> Loaded:
        """The bucket's, else the built-in one. A built-in one that lies there as it is needs no reading."""
        kind, bucket = desire.template_kind(p.obj), platform.config.data_bucket
        script, manifest = (
            platform.objects.find(bucket, key) for key in names.template_keys(kind, name)
        )
        own = templates.built_in(kind).get(name)
        if platform.objects.missing(bucket):
            raise _no_bucket(bucket)  # what lay there may have been somebody's own edition
        if script is None or (own is not None and _is_as_built(own, script, manifest)):
            if own is None:
                raise Stalled("TemplateNotFound", _no_template(platform, kind, name))
            return Loaded(own.code, own)
        if manifest is None:
            message = f"template {name!r}: {script.key} has no manifest {names.template_keys(kind, name)[1]} beside it"
            raise Stalled("TemplateInvalid", message)

        async def load() -> Loaded:
            text = (await _read(platform, bucket, manifest, p.urgency)).data
            code = (await _read(platform, bucket, script, p.urgency)).data
            template = templates.parse(
                kind, name, manifest=text, script=code, origin=f"template/{name}"
            )
            return Loaded(await _checked(template.code), template)

        key = ("template", platform.account_key, bucket, kind, name, script.etag, manifest.etag)
        return await self._cache.get(key, load)

    # --- R2 -----------------------------------------------------------------------------------------------------

    async def _r2(self, p: Pass, platform: Platform, source: R2Source) -> Loaded:
        bucket = source.bucket or platform.config.data_bucket
        folder = source.key.endswith("/")
        found = _listed(platform, bucket, source.key)
        if not found:
            await platform.observe_bucket(bucket, source.key, p.urgency)
            found = _listed(platform, bucket, source.key)
        if platform.objects.missing(bucket):
            raise _no_bucket(bucket)
        if not found:
            what = "folder" if folder else "object"
            message = f"R2 bucket {bucket!r} has no {what} {source.key!r}"
            raise Waiting("R2ObjectNotFound", message, after=MISSING_RECHECK_SECONDS)
        size = sum(item.size for item in found)
        if size > resolve.MAX_BYTES + _LARGE:  # before anything is read
            message = f"{source.key} has {size / _LARGE:.1f} MiB; Cloudflare takes {resolve.MAX_BYTES // _LARGE} MiB"
            raise Stalled("ScriptTooLarge", message)

        async def load() -> Loaded:
            return Loaded(await self._r2_code(platform, bucket, source, found, p.urgency), None)

        etags = tuple(f"{item.key} {item.etag}" for item in found)
        key = ("r2", platform.account_key, bucket, source.type, source.main, etags)
        return await self._cache.get(key, load)

    async def _r2_code(
        self,
        platform: Platform,
        bucket: str,
        source: R2Source,
        found: list[StoredObject],
        urgency: Urgency,
    ) -> Code:
        origin = f"r2/{bucket}/{source.key}"
        blobs = {
            item.key.removeprefix(source.key): await _read(platform, bucket, item, urgency)
            for item in found
        }
        if source.main is not None:
            return await _checked(resolve.from_folder(blobs, source.main, origin))
        [blob] = blobs.values()
        if multipart.boundary_of(blob.data) and not blob.content_type.startswith("multipart/"):
            message = f"{origin} looks like a bundle; its Content-Type has to be multipart/form-data for it to be one"
            raise Stalled("ModuleInvalid", message)
        return await _checked(resolve.from_object(blob, source, origin))

    async def _config_map(self, namespace: str, name: str) -> Mapping[str, Any]:
        try:
            return await self._kube.get_config_map(namespace, name)
        except KubeNotFound as error:
            message = f"ConfigMap {name!r} is not in namespace {namespace!r}"
            after = resolve.MISSING_RECHECK_SECONDS
            raise Waiting("ConfigMapNotFound", message, after=after) from error


async def _read(platform: Platform, bucket: str, item: StoredObject, urgency: Urgency) -> Blob:
    found = await r2.get_object(platform.api, bucket, item.key, urgency)
    if found is None:
        message = f"R2 bucket {bucket!r} has no object {item.key!r}"
        raise Waiting("R2ObjectNotFound", message, after=MISSING_RECHECK_SECONDS)
    return Blob(found.data, found.headers.get("content-type", "").strip().lower())


def _no_bucket(bucket: str) -> Waiting:
    message = f"there is no R2 bucket {bucket!r}"
    return Waiting("R2BucketNotFound", message, after=MISSING_RECHECK_SECONDS)


async def _checked(code: Code) -> Code:
    if code.size > _LARGE:
        await asyncio.to_thread(resolve.check_size, code)
    return code


def _listed(platform: Platform, bucket: str, key: str) -> list[StoredObject]:
    if key.endswith("/"):
        return platform.objects.below(bucket, key)
    item = platform.objects.find(bucket, key)
    return [item] if item is not None else []


def md5(data: bytes) -> str:
    """An R2 object's etag, as long as it was written in one piece."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _is_as_built(own: Template, script: StoredObject, manifest: StoredObject | None) -> bool:
    return (
        script.etag == md5(own.code.modules[0].data)
        and manifest is not None
        and manifest.etag == md5(own.manifest)
    )


def _no_template(platform: Platform, kind: Kind, name: str) -> str:
    prefix = f"{names.TEMPLATES_PREFIX}{kind}/"
    stored = {
        o.key.removeprefix(prefix).removesuffix(".js")
        for o in platform.objects.below(platform.config.data_bucket, prefix)
        if o.key.endswith(".js")
    }
    there = sorted(stored | set(templates.names(kind)))
    return f"there is no {kind} template {name!r}; there are: {', '.join(there)}"
