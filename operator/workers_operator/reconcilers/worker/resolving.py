"""Resolves what an object comes to on its platform: code, bindings, secrets and limits → a version. Changes nothing."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from workers_operator.account.platforms import Platform
from workers_operator.account.store import ObjectStore
from workers_operator.cloudflare import scripts
from workers_operator.desired import worker as desired
from workers_operator.desired.report import ResolvedSource, source_of
from workers_operator.domain import customer_plans, names
from workers_operator.domain.conditions import DEPLOYED, SOURCE
from workers_operator.domain.content import Code, Content, Version
from workers_operator.domain.customer_plans import NO_LIMITS, CustomerPlan, Limits
from workers_operator.domain.errors import Stalled, Transient
from workers_operator.domain.reasons import Reason
from workers_operator.index.memory import Resolved
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.steps import concerning
from workers_operator.reconcilers.worker import bindings
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.reconcilers.worker.bindings import BindingResolver, Need
from workers_operator.resources import SourceStatus
from workers_operator.sources import resolve, templates
from workers_operator.sources.loading import Loaded, SourceLoader, Wanted
from workers_operator.sources.resolve import Blob
from workers_operator.sources.secrets import SecretReader
from workers_operator.sources.templates import Template


class ContentSource:
    """The content of a version, handed out once: a pass that waits for others must not hold it."""

    def __init__(self, content: Content | None, reload: Callable[[], Awaitable[Content]]) -> None:
        self._content = content
        self._reload = reload

    async def __call__(self) -> Content:
        """Return the content, loaded anew if it is not held."""
        content, self._content = self._content, None
        return content if content is not None else await self._reload()

    def discard(self) -> None:
        """Let go of the content."""
        self._content = None


@dataclass(frozen=True)
class LoadedSource:
    """Code that is to be deployed, with the template that it came from and the outcome for status.

    Code that a pin holds back has no modules: what is deployed stays, and is read from the edge if it is needed.
    """

    outcome: ResolvedSource
    code: Code
    template: Template | None
    etags: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """What an object comes to.

    ``needs``: what has to be created before the version is known; ``resolved`` is None until then.
    """

    limits: Limits
    needs: tuple[Need, ...]
    resolved: Resolved | None
    content: ContentSource


class Resolver:
    """Resolves one object at a time. Raises StepFailed, naming the condition."""

    def __init__(
        self, loader: SourceLoader, secrets: SecretReader, bindings: BindingResolver, pacing: Pacing
    ) -> None:
        self._loader = loader
        self._secrets = secrets
        self._bindings = bindings
        self._pacing = pacing

    def plan_of(self, attempt: Attempt, platform: Platform) -> CustomerPlan | None:
        """Return the customer's plan, if one is set, and check what the object wants against it."""
        with concerning(SOURCE):
            name = desired.plan_name(attempt.obj)
            if name is None:
                return None
            plan = customer_plans.find(name, platform.config.customer_plans)
            customer_plans.check(
                plan, features=desired.features(attempt.obj), instances=attempt.obj.spec.instances
            )
            return plan

    def remembered(
        self, attempt: Attempt, platform: Platform, plan: CustomerPlan | None
    ) -> Resolved | None:
        """Return what a former pass resolved, if everything that it was made from still holds."""
        known = attempt.memory.resolved
        if known is None or attempt.forced or attempt.memory.stale:
            return None
        holds = (
            known.generation == attempt.obj.metadata.generation
            and known.platform == platform.identity
            and known.plan == plan
            and attempt.started < known.until
            and known.etags == self._etags(attempt, platform)
        )
        return known if holds else None

    async def load(
        self, attempt: Attempt, platform: Platform, plan: CustomerPlan | None
    ) -> LoadedSource:
        """Return the code that is to be deployed."""
        with concerning(SOURCE):
            store = ObjectStore(platform, attempt.priority)
            loaded = await self._loader.load(_wanted(attempt), store)
            _check_template(attempt, platform, loaded, plan)
            source = _pinned(attempt, loaded, self._etags(attempt, platform))
            bindings.check_asked(attempt.obj.spec, source.code)
            return source

    async def draft(
        self, attempt: Attempt, platform: Platform, plan: CustomerPlan | None, source: LoadedSource
    ) -> Draft:
        """Return what the object comes to with this code."""
        with concerning(DEPLOYED):
            bound = await self._bindings.resolve(attempt, platform, source.template)
            secrets = await self._secrets.read(attempt.key.namespace, attempt.obj.spec.secrets)
            limits = desired.limits(attempt.obj.spec.limits).stricter(
                plan.limits if plan else NO_LIMITS
            )
            content = Content(source.code, bound.bindings, secrets.values, limits)
            if bound.needs:
                return Draft(limits, bound.needs, None, ContentSource(None, _unknown))
            key = await self._fingerprint_key(attempt, platform) if secrets.values else b""
            fingerprints = secrets.fingerprints(key)
        trusted = platform.config.dispatch.policy.trusted
        version = Version(source.outcome.revision, bound.bindings, fingerprints, limits, trusted)
        resolved = Resolved(
            generation=attempt.obj.metadata.generation,
            platform=platform.identity,
            plan=plan,
            etags=source.etags,
            until=attempt.started + self._holds_for(attempt, all_watched=secrets.watched),
            source=source.outcome,
            version=version.hash,
            limits=limits,
        )
        return Draft(limits, (), resolved, self.content(attempt, platform, resolved, content))

    def content(
        self,
        attempt: Attempt,
        platform: Platform,
        resolved: Resolved,
        content: Content | None = None,
    ) -> ContentSource:
        """Return the content of a version that may have to be uploaded. Memory keeps none: it is loaded again."""

        async def reload() -> Content:
            source = await self.load(attempt, platform, resolved.plan)
            draft = await self.draft(attempt, platform, resolved.plan, source)
            if draft.resolved is None or draft.resolved.version != resolved.version:
                attempt.memory.mark_stale()  # otherwise the next pass would want the same version
                message = "the source has changed while it was being deployed"
                with concerning(DEPLOYED):
                    raise Transient(Reason.SOURCE_CHANGED, message)
            return await draft.content()

        if content is None or content.code.modules:
            return ContentSource(content, reload)

        async def held_back() -> Content:
            with concerning(DEPLOYED):
                code = await _deployed_code(attempt, platform, resolved)
            return replace(content, code=code)

        return ContentSource(None, held_back)

    def _etags(self, attempt: Attempt, platform: Platform) -> tuple[str, ...]:
        return self._loader.etags(_wanted(attempt), ObjectStore(platform, attempt.priority))

    def _holds_for(self, attempt: Attempt, *, all_watched: bool) -> float:
        """Return the seconds after which what was resolved is looked at anew: changes may go unannounced."""
        if desired.source(attempt.obj).config_map is not None or not all_watched:
            return self._pacing.jittered(attempt.obj.spec.interval_seconds)
        return math.inf

    @staticmethod
    async def _fingerprint_key(attempt: Attempt, platform: Platform) -> bytes:
        namespace = platform.provisioned.metadata_namespace
        return await platform.observer.fingerprint_key(namespace, attempt.priority)


async def _unknown() -> Content:
    raise AssertionError("a version that is not known has no content")


def _wanted(attempt: Attempt) -> Wanted:
    return Wanted(
        desired.source(attempt.obj), desired.template_kind(attempt.obj), attempt.key.namespace
    )


def _check_template(
    attempt: Attempt, platform: Platform, loaded: Loaded, plan: CustomerPlan | None
) -> None:
    template = loaded.template
    if template is None:
        return
    plans = platform.config.customer_plans
    customer_plans.check_minimum(plan, template.rules.minimum_plan, template.name, plans)
    templates.check(
        template,
        parameters=attempt.obj.spec.parameters,
        features=desired.features(attempt.obj),
        private=platform.config.dispatch.policy.allow_private,
    )


def _pinned(attempt: Attempt, loaded: Loaded, etags: tuple[str, ...]) -> LoadedSource:
    """Return what is to be deployed: a digest refuses any other content, a pin holds newer content back."""
    wanted = desired.source(attempt.obj)
    compatibility = attempt.obj.spec.compatibility
    code = loaded.code.compatible(compatibility.date, compatibility.flags)
    version = loaded.template.version if loaded.template else None
    outcome = source_of(code, health_path=loaded.health_path, template_version=version)
    before = attempt.status.source
    if before is not None and _is_pinned(attempt, before, code) and before.digest != code.digest:
        held = replace(
            outcome, digest=before.digest, revision=str(before.revision), update=code.digest
        )
        return LoadedSource(held, Code(code.origin, code.main, ()), loaded.template, etags)
    if wanted.digest is not None and wanted.digest != code.digest:
        message = f"{code.origin} has {code.digest}, and spec.source.digest wants {wanted.digest}"
        raise Stalled(Reason.DIGEST_MISMATCH, message)
    return LoadedSource(outcome, code, loaded.template, etags)


def _is_pinned(attempt: Attempt, before: SourceStatus, code: Code) -> bool:
    """Whether content of the same source is served and pinned."""
    wanted = desired.source(attempt.obj)
    return (
        wanted.update_policy == "Pinned"
        and attempt.status.stable is not None
        and before.from_ == code.origin
        and wanted.digest in (None, before.digest)
    )


async def _deployed_code(attempt: Attempt, platform: Platform, resolved: Resolved) -> Code:
    """Return pinned content that its source does not hold any more, as it is at the edge."""
    script_name = desired.script_name(attempt.key, attempt.obj)
    mark = platform.snapshot.mark(script_name)
    if mark is not None:
        name = names.versioned_name(names.base_name(script_name), mark.serving.hash, 0)
        space = platform.config.dispatch.namespace
        found = await scripts.download_script(platform.api, space, name, attempt.priority)
        code = resolve.from_deployed(
            Blob(found.data, found.content_type),
            found.entrypoint,
            resolved.source.origin,
            date=found.compatibility_date,
            flags=found.compatibility_flags,
        )
        if code.revision == resolved.source.revision:
            return code
    message = (
        f"content {resolved.source.digest} is pinned, and neither the source nor the edge has it"
    )
    raise Stalled(Reason.PINNED_CONTENT_LOST, message)
