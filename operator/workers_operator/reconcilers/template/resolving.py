"""Resolve a template to a version: its code with its defaults. Change nothing in an account."""

import math
from dataclasses import dataclass
from typing import Final

from workers_operator.account.platforms import Platform, Platforms
from workers_operator.account.store import ObjectStore
from workers_operator.desired.fleet import templates
from workers_operator.desired.fleet.templates import TemplateObject
from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.priority import Priority
from workers_operator.index.namespaces import Namespaces
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.sources import check_granted
from workers_operator.resources import CodeStatus
from workers_operator.sources.loading import Loaded, SourceLoader, Wanted
from workers_operator.sources.revisions import TemplateVersion

_CONFIG_MAP_SECONDS: Final = 300.0  # the watch reports changes; this covers missed ones


@dataclass(frozen=True)
class Resolution:
    """A resolved template, valid for a generation and an R2 object, until a monotonic second."""

    generation: int
    etags: tuple[str, ...]
    until: float
    version: str
    source: CodeStatus


class TemplateResolver:
    """Resolve one template at a time. Raises Stalled, Waiting, KubeError."""

    def __init__(
        self, loader: SourceLoader, platforms: Platforms, namespaces: Namespaces, pacing: Pacing
    ) -> None:
        self._loader = loader
        self._platforms = platforms
        self._namespaces = namespaces
        self._pacing = pacing

    def holds(
        self, key: ObjectKey, obj: TemplateObject, known: Resolution, priority: Priority
    ) -> bool:
        """Whether a resolution is still valid."""
        if known.generation != obj.metadata.generation or self._pacing.monotonic() >= known.until:
            return False
        platform = self._platforms.provisioned(obj.spec.platform) if _is_stored(obj) else None
        return not _is_stored(obj) or self._etags(key, obj, platform, priority) == known.etags

    async def resolve(
        self, key: ObjectKey, obj: TemplateObject, priority: Priority
    ) -> tuple[Resolution, TemplateVersion]:
        """Return the resolution of a template, and the version itself."""
        platform = self._platform(key, obj) if _is_stored(obj) else None
        etags = self._etags(key, obj, platform, priority)
        store = ObjectStore(platform, priority) if platform is not None else None
        loaded = await self._loader.load(_wanted(key, obj), store)
        code = loaded.code
        if obj.spec.source.digest not in (None, code.digest):
            message = f"{code.origin} has {code.digest}, and spec.source.digest wants {obj.spec.source.digest}"
            raise Stalled(Reason.DIGEST_MISMATCH, message)
        version = TemplateVersion(obj.spec.worker_kind, loaded, obj.spec.defaults)
        until = math.inf
        if obj.spec.source.config_map is not None:
            until = self._pacing.monotonic() + self._pacing.jittered(_CONFIG_MAP_SECONDS)
        found = Resolution(obj.metadata.generation, etags, until, version.hash, _source(loaded))
        return found, version

    def _platform(self, key: ObjectKey, obj: TemplateObject) -> Platform:
        """Return the platform whose account holds the source, if the template may read it."""
        platform = self._platforms.usable(obj.spec.platform)
        tenancy, labels = platform.config.tenancy, self._namespaces.labels(key.namespace)
        estates, kind = self._platforms.estates(platform.config), templates.package_kind(obj)
        rights = tenancy.rights_of_template(key, labels)
        check_granted(obj.spec.source, kind, platform, rights, estates)
        return platform

    def _etags(
        self, key: ObjectKey, obj: TemplateObject, platform: Platform | None, priority: Priority
    ) -> tuple[str, ...]:
        if platform is None:
            return ()
        return self._loader.etags(_wanted(key, obj), ObjectStore(platform, priority))


def _is_stored(obj: TemplateObject) -> bool:
    """Whether the source is stored in an account."""
    return obj.spec.source.r2 is not None or obj.spec.source.template is not None


def _wanted(key: ObjectKey, obj: TemplateObject) -> Wanted:
    return Wanted(obj.spec.source, templates.package_kind(obj), key.namespace)


def _source(loaded: Loaded) -> CodeStatus:
    code, template = loaded.code, loaded.template
    return CodeStatus(
        from_=code.origin,
        digest=code.digest,
        revision=code.revision,
        version=template.version if template is not None else None,
    )
