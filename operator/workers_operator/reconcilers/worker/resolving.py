"""Resolves what an object comes to on its platform: code, bindings, secrets and limits → a version. Changes nothing."""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Final

from workers_operator.account.platforms import Platform, Platforms
from workers_operator.account.store import ObjectStore
from workers_operator.desired import worker as desired
from workers_operator.desired.fleet.templates import CLUSTER_KIND, followed, grant_name
from workers_operator.desired.report import ResolvedSource, source_of
from workers_operator.domain.conditions import DEPLOYED, SOURCE
from workers_operator.domain.content import Code, Content, Version
from workers_operator.domain.errors import Stalled, Transient
from workers_operator.domain.reasons import Reason
from workers_operator.domain.tenancy import customer_plans
from workers_operator.domain.tenancy.customer_plans import NO_LIMITS, CustomerPlan, Limits
from workers_operator.domain.tenancy.estates import Estates
from workers_operator.domain.tenancy.grants import SCRIPT_NAMES, Rights, Tenancy, Terms
from workers_operator.engine.offload import LARGE, Room
from workers_operator.index.memory import Resolved
from workers_operator.index.namespaces import Namespaces
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.sources import check_granted
from workers_operator.reconcilers.steps import concerning
from workers_operator.reconcilers.worker import bindings, pinning
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.reconcilers.worker.bindings import BindingResolver, Need
from workers_operator.reconcilers.worker.following import TemplateFollower
from workers_operator.resources import SourceStatus
from workers_operator.sources import resolve, templates
from workers_operator.sources.loading import Loaded, SourceLoader, Wanted
from workers_operator.sources.secrets import SecretReader
from workers_operator.sources.templates import Template


class ContentSource:
    """The content of a version, handed out once: a pass that waits for others must not hold it.

    ``holding``: what room a large content needs; only one of them is in memory at a time.
    """

    def __init__(
        self,
        content: Content | None,
        reload: Callable[[], Awaitable[Content]],
        holding: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
    ) -> None:
        self._content = content
        self._reload = reload
        self._holding = holding

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Content]:
        """Hold the content inside the block, loaded anew if nobody holds it."""
        async with self._holding():
            content, self._content = self._content, None
            yield content if content is not None else await self._reload()

    def discard(self) -> None:
        """Let go of the content."""
        self._content = None


async def _nothing() -> Content:
    raise AssertionError("what is left has no content")


NO_CONTENT: Final = ContentSource(None, _nothing)
"""Of a version of which nothing is uploaded."""


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


@dataclass(frozen=True)
class Made:
    """What an object comes to, with its content. ``resolved`` is None until what it needs is created."""

    content: Content
    needs: tuple[Need, ...]
    resolved: Resolved | None


class Resolver:
    """Resolves one object at a time. Raises StepFailed, naming the condition. ``room``: for what is being uploaded."""

    def __init__(
        self,
        loader: SourceLoader,
        secrets: SecretReader,
        bindings: BindingResolver,
        pacing: Pacing,
        room: Room,
        platforms: Platforms,
        namespaces: Namespaces,
        templates: TemplateFollower,
    ) -> None:
        self._room = room
        self._loader = loader
        self._secrets = secrets
        self._bindings = bindings
        self._pacing = pacing
        self._platforms = platforms
        self._namespaces = namespaces
        self._templates = templates

    def follow(self, attempt: Attempt, platform: Platform) -> Attempt:
        """Return a pass with the version of its template that the worker gets, if it may follow that template."""
        self._check_followed(attempt, platform)
        return self._templates.choose(attempt)

    async def complete(self, attempt: Attempt) -> Attempt:
        """Return a pass over the worker as its template completes it. Raises KubeError, too."""
        return await self._templates.complete(attempt)

    def terms_of(self, attempt: Attempt, platform: Platform) -> Terms:
        """Return what the worker may have, and check its name and what it wants of its plan."""
        tenancy = platform.config.tenancy
        with concerning(DEPLOYED):
            rights = self._rights(tenancy, attempt)
            if desired.is_named(attempt.key, attempt.obj):
                name = desired.script_name(attempt.key, attempt.obj)
                rights.check(SCRIPT_NAMES, name, where="spec.scriptName", what="script name")
        with concerning(SOURCE):
            plan = tenancy.plan(desired.plan_name(attempt.obj), rights)
            if plan is not None:
                features = desired.features(attempt.obj)
                customer_plans.check(
                    plan, features=features, instances=desired.most_instances(attempt.obj)
                )
        return Terms(rights, plan)

    def _check_followed(self, attempt: Attempt, platform: Platform) -> None:
        """Raise StepFailed unless the grants allow the cluster template that the worker follows."""
        key = followed(attempt.key, attempt.obj)
        if key is None or key.kind != CLUSTER_KIND:
            return
        with concerning(DEPLOYED):
            rights = self._rights(platform.config.tenancy, attempt)
        with concerning(SOURCE):
            where, name = "spec.source.templateRef", grant_name(key)
            rights.check("templates", name, where=where, what="template")

    def _rights(self, tenancy: Tenancy, attempt: Attempt) -> Rights:
        namespace, problem = attempt.key.namespace, self._namespaces.problem
        labels = self._namespaces.labels(namespace)
        try:
            return tenancy.rights(namespace, attempt.obj.spec.customer_id, labels)
        except Stalled as refusal:
            if not tenancy.selects_namespaces or problem is None:
                raise
            raise Stalled(refusal.reason, f"{refusal.message}; {problem}") from None

    def remembered(self, attempt: Attempt, platform: Platform, terms: Terms) -> Resolved | None:
        """Return what a former pass resolved, if everything that it was made from still holds."""
        known = attempt.memory.resolved
        if known is None or attempt.forced or attempt.memory.stale:
            return None
        holds = (
            known.generation == attempt.obj.metadata.generation
            and known.platform == platform.identity
            and known.terms == terms
            and attempt.started < known.until
            and known.etags == self._etags(attempt, platform)
        )
        return known if holds else None

    async def load(self, attempt: Attempt, platform: Platform, terms: Terms) -> LoadedSource:
        """Return the code that is to be deployed."""
        with concerning(SOURCE):
            store = ObjectStore(platform, attempt.priority)
            estates = self._platforms.estates(platform.config)
            _check_source(attempt, platform, terms.rights, estates)
            known = attempt.template.loaded if attempt.template is not None else None
            loaded = known or await self._loader.load(_wanted(attempt), store)
            _check_template(attempt, platform, loaded, terms.plan)
            source = _pinned(attempt, loaded, self._etags(attempt, platform))
            bindings.check_asked(attempt.obj.spec, source.code)
            return source

    async def draft(
        self, attempt: Attempt, platform: Platform, terms: Terms, source: LoadedSource
    ) -> Draft:
        """Return what the object comes to with this code."""
        made = await self._make(attempt, platform, terms, source)
        if made.resolved is None:
            return Draft(made.content.limits, made.needs, None, ContentSource(None, _unknown))
        content = self.content(attempt, platform, made.resolved, made.content)
        return Draft(made.content.limits, (), made.resolved, content)

    async def _make(
        self, attempt: Attempt, platform: Platform, terms: Terms, source: LoadedSource
    ) -> Made:
        with concerning(DEPLOYED):
            bound = await self._bindings.resolve(attempt, platform, source.template, terms.rights)
            secrets = await self._secrets.read(attempt.key.namespace, attempt.obj.spec.secrets)
            limits = desired.limits(attempt.obj.spec.limits).stricter(
                terms.plan.limits if terms.plan else NO_LIMITS
            )
            sampling = terms.plan.log_sampling if terms.plan else customer_plans.FULL_LOGS
            content = Content(source.code, bound.bindings, secrets.values, limits, sampling)
            if bound.needs:
                return Made(content, bound.needs, None)
            key = await self._fingerprint_key(attempt, platform) if secrets.values else b""
            fingerprints = secrets.fingerprints(key)
        trusted = platform.config.dispatch.policy.trusted
        version = Version(source.outcome.revision, bound.bindings, fingerprints, limits, trusted)
        resolved = Resolved(
            generation=attempt.obj.metadata.generation,
            platform=platform.identity,
            terms=terms,
            etags=source.etags,
            until=attempt.started + self._holds_for(attempt, all_watched=secrets.watched),
            source=source.outcome,
            version=version.hash,
            limits=limits,
            size=source.code.size if source.code.modules else resolve.MAX_BYTES,
        )
        return Made(content, (), resolved)

    def content(
        self,
        attempt: Attempt,
        platform: Platform,
        resolved: Resolved,
        content: Content | None = None,
    ) -> ContentSource:
        """Return the content of a version that may have to be uploaded. Memory keeps none: it is loaded again.

        So is a large one, which a pass does not hold while it waits for others.
        """

        async def reload() -> Content:
            source = await self.load(attempt, platform, resolved.terms)
            made = await self._make(attempt, platform, resolved.terms, source)
            if made.resolved is None or made.resolved.version != resolved.version:
                attempt.memory.mark_stale()  # otherwise the next pass would want the same version
                message = "the source has changed while it was being deployed"
                with concerning(DEPLOYED):
                    raise Transient(Reason.SOURCE_CHANGED, message)
            return await complete(made.content)

        async def complete(content: Content) -> Content:
            """Return content with code that a pin holds back."""
            if content.code.modules:
                return content
            with concerning(DEPLOYED):
                places = self._places(attempt, platform)
                code = await pinning.deployed_code(attempt, places, resolved.source)
            return replace(content, code=code)

        def holding() -> AbstractAsyncContextManager[None]:
            return self._room.holding(resolved.size, attempt.priority)

        if content is None or content.code.size > LARGE:
            return ContentSource(None, reload, holding)
        if content.code.modules:
            return ContentSource(content, reload, holding)
        return ContentSource(None, lambda: complete(content), holding)

    def _places(self, attempt: Attempt, platform: Platform) -> Iterator[Platform]:
        """Yield the platform, and the one that the worker is leaving, which has what it was deployed with."""
        yield platform
        former = attempt.former
        if former is not None and former in self._platforms.names():
            yield self._platforms.usable(former)

    def _etags(self, attempt: Attempt, platform: Platform) -> tuple[str, ...]:
        if attempt.template is not None:
            return (f"{attempt.template.key} {attempt.template.version}",)
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
        desired.source(attempt.obj), desired.package_kind(attempt.obj), attempt.key.namespace
    )


def _check_source(attempt: Attempt, platform: Platform, rights: Rights, estates: Estates) -> None:
    """Raise Stalled unless the grants allow what the source names."""
    kind = desired.package_kind(attempt.obj)
    check_granted(desired.source(attempt.obj), kind, platform, rights, estates)


def _check_template(
    attempt: Attempt, platform: Platform, loaded: Loaded, plan: CustomerPlan | None
) -> None:
    template = loaded.template
    if template is None:
        return
    plans = platform.config.tenancy.customer_plans
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
