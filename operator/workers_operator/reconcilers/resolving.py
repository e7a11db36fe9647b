"""A pass's source step: which code the object wants, without keeping code in memory."""

import math
import random
from collections.abc import Mapping
from typing import Any, Final

from workers_operator.domain.conditions import Fact
from workers_operator.domain.desired import Version
from workers_operator.kube.client import KubeClient
from workers_operator.kube.errors import KubeNotFound
from workers_operator.reconcilers import desire
from workers_operator.reconcilers.memory import Resolved
from workers_operator.reconcilers.platforms import Platform
from workers_operator.reconcilers.worker_pass import SOURCE, Pass
from workers_operator.sources.resolve import resolve
from workers_operator.sources.templates import Template

_JITTER: Final = 0.1  # of an interval: the passes of many objects spread out


def jittered(seconds: float, rng: random.Random) -> float:
    """``seconds``, a tenth more or less."""
    return seconds * rng.uniform(1 - _JITTER, 1 + _JITTER)


class SourceResolver:
    """Resolves sources; reads ConfigMaps."""

    def __init__(self, kube: KubeClient, rng: random.Random) -> None:
        self._kube = kube
        self._rng = rng

    async def resolve(self, p: Pass) -> None:
        """Sets the SourceResolved fact, and ``p.template`` unless what memory knows still holds. Raises Handled."""
        known = p.memory.resolved
        if (
            known is None
            or p.forced
            or known.generation != p.obj.metadata.generation
            or p.started >= known.until
        ):
            p.template = await self._template(p)
            digest, origin = p.template.code.digest, p.template.code.origin
        else:
            digest, origin = known.digest, known.origin
        p.facts[SOURCE] = Fact(SOURCE, "True", "Resolved", f"{origin} has {digest[:19]}")
        p.fields["source"] = {"digest": digest, "from": origin}

    async def _template(self, p: Pass) -> Template:
        async def read(namespace: str, name: str) -> Mapping[str, Any] | None:
            try:
                return await self._kube.get_config_map(namespace, name)
            except KubeNotFound:
                return None

        return await resolve(
            desire.source(p.obj),
            kind=desire.template_kind(p.obj),
            namespace=p.key.namespace,
            parameters=p.obj.spec.parameters,
            read=read,
        )

    def remember(self, p: Pass, platform: Platform) -> Resolved:
        """The version that the source comes to on this platform; keeps it in memory."""
        if p.template is None:
            assert p.memory.resolved is not None  # noqa: S101 - else the source would have been resolved
            return p.memory.resolved
        version = desire.version(p.obj, p.template, platform.config.environment)
        source = desire.source(p.obj)
        until = math.inf
        if source.config_map is not None:
            until = p.started + jittered(p.obj.spec.interval_seconds, self._rng)
        p.memory.resolved = Resolved(
            generation=p.obj.metadata.generation,
            version=version.hash,
            digest=p.template.code.digest,
            origin=p.template.code.origin,
            health_path=p.template.health_path,
            until=until,
        )
        return p.memory.resolved

    async def content(self, p: Pass, platform: Platform) -> Version:
        """The content to upload; memory keeps no code, so it may have to be resolved again."""
        if p.template is None:
            p.template = await self._template(p)
        return desire.version(p.obj, p.template, platform.config.environment)
