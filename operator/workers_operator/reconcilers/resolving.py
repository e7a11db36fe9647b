"""A pass's first step: what the object comes to on its platform, with as little content in memory as possible."""

import json
import math
import random
from typing import Any, Final

from workers_operator.cloudflare import dispatch, kv
from workers_operator.domain import names, plans
from workers_operator.domain.conditions import Fact
from workers_operator.domain.desired import Code, Content, Version
from workers_operator.domain.handling import Stalled, Transient
from workers_operator.domain.plans import NO_LIMITS, Plan
from workers_operator.kube.client import KubeClient
from workers_operator.reconcilers import desire
from workers_operator.reconcilers.binding import BindingResolver
from workers_operator.reconcilers.loading import Loaded, SourceLoader
from workers_operator.reconcilers.memory import Resolved, Source
from workers_operator.reconcilers.platforms import Platform
from workers_operator.reconcilers.secrets import SecretReader
from workers_operator.reconcilers.worker_pass import DEPLOYED, SOURCE, Pass
from workers_operator.sources import templates

_JITTER: Final = 0.1  # of an interval: the passes of many objects spread out


def jittered(seconds: float, rng: random.Random) -> float:
    """``seconds``, a tenth more or less."""
    return seconds * rng.uniform(1 - _JITTER, 1 + _JITTER)


class Resolver:
    """Source, plan, bindings, secrets → a version; its content only when it is to be uploaded."""

    def __init__(
        self,
        kube: KubeClient,
        secrets: SecretReader,
        bindings: BindingResolver,
        rng: random.Random,
    ) -> None:
        self._sources = SourceLoader(kube)
        self._secrets = secrets
        self._bindings = bindings
        self._rng = rng

    async def resolve(self, p: Pass, platform: Platform) -> Resolved:
        """What memory knows, where it still holds, else anew; sets the SourceResolved fact.

        Raises Handled, with ``p.step`` the condition that it concerns.
        """
        p.step = SOURCE
        plan = self._plan(p, platform)
        known = p.memory.resolved
        if known is not None and self._holds(known, p, platform, plan):
            self._told(p, known.source)
            return known
        stale, p.memory.stale = (
            p.memory.stale,
            False,
        )  # what changes from now on makes it stale again
        try:
            p.memory.resolved = await self._resolve(p, platform, plan)
        except BaseException:
            p.memory.stale = p.memory.stale or stale
            raise
        return p.memory.resolved

    async def content(self, p: Pass, platform: Platform, resolved: Resolved) -> Content:
        """The content of a version that is to be uploaded. Memory keeps none, so it may have to be read again."""
        if p.content is None:
            again = await self._resolve(p, platform, resolved.plan)
            if again.version != resolved.version:
                raise Transient(
                    "SourceChanged", "the source has changed while it was being deployed"
                )
        content = p.content
        assert content is not None  # noqa: S101 - set by _resolve
        p.content = None  # whoever waits for others from here on must not hold it
        if not content.code.modules:
            code = await self._deployed_code(p, platform, resolved)
            content = Content(code, content.bindings, content.secrets, content.limits)
        return content

    # --- parts --------------------------------------------------------------------------------------------------

    def _plan(self, p: Pass, platform: Platform) -> Plan | None:
        name = desire.plan_name(p.obj)
        if name is None:
            return None
        plan = plans.find(name, platform.plans)
        plans.check(plan, features=desire.features(p.obj), instances=p.obj.spec.instances)
        return plan

    def _holds(self, known: Resolved, p: Pass, platform: Platform, plan: Plan | None) -> bool:
        return (
            not p.forced
            and not p.memory.stale
            and known.generation == p.obj.metadata.generation
            and known.platform == platform.fingerprint
            and known.plan == plan
            and p.started < known.until
            and known.etags == self._sources.etags(p, platform)
        )

    async def _resolve(self, p: Pass, platform: Platform, plan: Plan | None) -> Resolved:
        loaded = await self._sources.load(p, platform)
        etags = self._sources.etags(p, platform)
        _check_template(p, platform, loaded, plan)
        source, code = _pinned(p, loaded)
        self._told(p, source)
        p.step = DEPLOYED
        bindings = await self._bindings.resolve(p, platform, loaded.template)
        secrets = await self._secrets.read(p.key.namespace, p.obj.spec.secrets)
        key = await _fingerprint_key(p, platform) if secrets.values else b""
        limits = desire.limits(p.obj.spec.limits).stricter(plan.limits if plan else NO_LIMITS)
        version = Version(source.revision, bindings, secrets.fingerprints(key), limits)
        p.content = Content(code, bindings, secrets.values, limits)
        unannounced = desire.source(p.obj).config_map is not None or not secrets.watched
        until = jittered(p.obj.spec.interval_seconds, self._rng) if unannounced else math.inf
        return Resolved(
            generation=p.obj.metadata.generation,
            platform=platform.fingerprint,
            plan=plan,
            etags=etags,
            until=p.started + until,
            source=source,
            version=version.hash,
            limits=limits,
        )

    @staticmethod
    def _told(p: Pass, source: Source) -> None:
        held_back = "; newer content is held back" if source.update else ""
        message = f"{source.origin} has {source.digest[:19]}{held_back}"
        p.facts[SOURCE] = Fact(SOURCE, "True", "Resolved", message)
        p.fields["source"] = {
            "digest": source.digest,
            "from": source.origin,
            "revision": source.revision,
            "version": source.template_version,
            "updateAvailable": source.update,
        }
        p.fields["source"] = {k: v for k, v in p.fields["source"].items() if v is not None}

    async def _deployed_code(self, p: Pass, platform: Platform, resolved: Resolved) -> Code:
        """Pinned content that its source does not hold any more: as it is at the edge."""
        script_name = desire.script_name(p.key, p.obj)
        mark = platform.account.mark(script_name)
        if mark is not None:
            name = names.versioned_name(names.base_name(script_name), mark.hash, 0)
            code = await dispatch.download_script(
                platform.api,
                platform.config.dispatch_namespace,
                name,
                resolved.source.origin,
                p.urgency,
            )
            if code.revision == resolved.source.revision:
                return code
        message = f"content {resolved.source.digest} is pinned, and neither the source nor the edge has it"
        raise Stalled("PinnedContentLost", message)


def _check_template(p: Pass, platform: Platform, loaded: Loaded, plan: Plan | None) -> None:
    template = loaded.template
    if template is None:
        return
    features = desire.features(p.obj)
    plans.check_minimum(plan, template.minimum_plan, template.name, platform.plans)
    templates.check(template, parameters=p.obj.spec.parameters, features=features)


def _pinned(p: Pass, loaded: Loaded) -> tuple[Source, Code]:
    """What is to be deployed of what was loaded: a digest refuses anything else, a pin holds newer content back.

    Code that is held back has no modules: what is deployed stays, and is read from the edge if it is needed.
    """
    wanted = desire.source(p.obj)
    compatibility = p.obj.spec.compatibility
    code = loaded.code.compatible(compatibility.date, compatibility.flags)
    before = p.status.get("source") or {}
    serving = bool((p.status.get("versions") or {}).get("stable"))
    pinned = (
        wanted.update_policy == "Pinned"
        and serving
        and before.get("from") == code.origin
        and wanted.digest in (None, before.get("digest"))
    )
    if pinned and before.get("digest") != code.digest:
        held = Code(code.origin, code.main, ())
        return _source(
            loaded, code, digest=str(before["digest"]), revision=str(before.get("revision"))
        ), held
    if wanted.digest is not None and wanted.digest != code.digest:
        message = f"{code.origin} has {code.digest}, and spec.source.digest wants {wanted.digest}"
        raise Stalled("DigestMismatch", message)
    return _source(loaded, code, digest=code.digest, revision=code.revision), code


def _source(loaded: Loaded, code: Code, *, digest: str, revision: str) -> Source:
    return Source(
        origin=code.origin,
        digest=digest,
        revision=revision,
        health_path=loaded.health_path,
        compatibility_date=code.compatibility_date,
        compatibility_flags=code.compatibility_flags,
        template_version=loaded.template.version if loaded.template else None,
        update=code.digest if code.digest != digest else None,
    )


async def _fingerprint_key(p: Pass, platform: Platform) -> bytes:
    """The platform's own key, read once a process: it lies beside the routing, where no worker may read."""
    async with platform.key_lock:
        if platform.fingerprint_key is None:
            value = await kv.get_value(
                platform.api, platform.metadata_namespace, names.PLATFORM_KEY, p.urgency
            )
            platform.fingerprint_key = _parse_key(value)
        return platform.fingerprint_key


def _parse_key(value: bytes | None) -> bytes:
    try:
        found: Any = json.loads(value or b"")
        return bytes.fromhex(found["fingerprintKey"])
    except (ValueError, KeyError, TypeError):
        message = f"KV key {names.PLATFORM_KEY!r} of the platform's namespace is malformed"
        raise Stalled("StorageInvalid", message) from None
