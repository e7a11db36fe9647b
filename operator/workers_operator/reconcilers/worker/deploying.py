"""Deploys a worker: resolve → observe → plan → execute → probe, as a chain of steps that each add to the report."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from workers_operator.account.executor import BINDING_CODES, Upkeep
from workers_operator.account.platforms import Platform
from workers_operator.cloudflare.errors import CloudflareError, ScriptRejected
from workers_operator.desired import worker as desired
from workers_operator.desired.report import Report
from workers_operator.domain.conditions import DEPLOYED
from workers_operator.domain.errors import Transient
from workers_operator.domain.plan.actions import Action, Plan, Publish, Remove, Upload, ordered
from workers_operator.domain.plan.execution import Execution
from workers_operator.domain.plan.platform import is_deployed
from workers_operator.domain.plan.worker import (
    BALANCED,
    REPLACED,
    Healing,
    ObservedWorker,
    condition_of,
    plan_worker,
)
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import WantedRoutes
from workers_operator.domain.tenancy.grants import Rights, Terms
from workers_operator.domain.timestamps import stamp
from workers_operator.domain.worker import Worker
from workers_operator.engine.priority import Urgency
from workers_operator.index.index import Index
from workers_operator.index.memory import Resolved
from workers_operator.reconcilers import account_scripts, repairing
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.repairing import RepairLimit
from workers_operator.reconcilers.requeuer import Requeuer
from workers_operator.reconcilers.steps import StepFailed, concerning
from workers_operator.reconcilers.worker import bindings
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.reconcilers.worker.granting import Granted, RouteGranter
from workers_operator.reconcilers.worker.probing import RELIST_SECONDS, HealthProbe
from workers_operator.reconcilers.worker.removal import deletion_of
from workers_operator.reconcilers.worker.resolving import ContentSource, Draft, Resolver
from workers_operator.reconcilers.worker.rollback import (
    healing_of,
    is_to_be_undone,
    kept,
    refuse_known_failure,
    what_serves,
)
from workers_operator.reconcilers.worker.scaling import Autoscaler
from workers_operator.resources import CreatedResource, WorkerStatus

logger = logging.getLogger(__name__)

CLEAN_UP_RETRY_SECONDS: Final = 30.0


class Notes(Protocol):
    """Writes status in the middle of a pass, before something that nobody else would know of afterwards."""

    async def creating(self, so_far: Report) -> None:
        """Write down what is about to be created: its name and its deletion."""

    async def uploading(self, status: WorkerStatus) -> None:
        """Write down, as ``status`` does, which scripts are being uploaded over those that are there."""


@dataclass(frozen=True)
class DeployOutcome:
    """What has come of a pass. ``granted``: the routes, if no step has failed."""

    report: Report
    failed: StepFailed | None
    granted: Granted | None = None


class WorkerDeployer:
    """Deploys one worker at a time."""

    def __init__(
        self,
        *,
        index: Index,
        granter: RouteGranter,
        autoscaler: Autoscaler,
        resolver: Resolver,
        probe: HealthProbe,
        pacing: Pacing,
        requeuer: Requeuer,
    ) -> None:
        self._index = index
        self._granter = granter
        self._autoscaler = autoscaler
        self._resolver = resolver
        self._probe = probe
        self._pacing = pacing
        self._requeuer = requeuer
        self._limit = RepairLimit(pacing.clock)

    async def deploy(
        self, attempt: Attempt, platform: Platform, report: Report, notes: Notes
    ) -> DeployOutcome:
        """Return what has come of all steps, or of those before the one that failed."""
        try:
            await self._check(attempt, platform)
            terms = self._resolver.terms_of(attempt, platform)
            report = report.entitled(terms.rights)
            draft = self._remembered(attempt, platform, terms)
            if draft is not None and draft.resolved is not None:
                report = report.resolved(draft.resolved.source)
            else:
                with attempt.memory.resolving():
                    source = await self._resolver.load(attempt, platform, terms)
                    report = report.resolved(source.outcome)
                    draft = await self._resolver.draft(attempt, platform, terms, source)
                    del source  # a pass that waits for others must not hold its code
            worker, wanted = self._worker(attempt, platform, draft, terms.rights)
            observed = await self._observe(attempt, platform, worker)
            worker, report = self._autoscaler.scale(
                attempt, platform, terms, worker, observed, report
            )
            granted = self._granter.grant(attempt, platform, worker, wanted, observed)
            worker = granted.worker
            # Nothing is created for what cannot be deployed.
            scripts = await self._scripts(attempt, platform)
            if draft.needs:
                report = report.on(platform.config.name).owning(bindings.created(attempt, platform))
                if report.status.resources != attempt.status.resources:
                    await notes.creating(report)
                draft = await self._create(attempt, platform, terms, draft)
            serving = what_serves(attempt, worker, _remember(attempt, draft), observed)
            worker, resolved = serving.worker, serving.resolved
            foreign = repairing.foreign_scripts(worker, resolved.version, observed)
            refusal = self._limit.refusal(platform.config.name, foreign)
            healing = healing_of(attempt, serving, observed, refusal)
            todo, report = self._plan(
                attempt, platform, worker, resolved, observed, scripts, healing, report
            )
            report = await self._note_uploads(attempt, platform, todo, report, notes)
            report, failed = await self._execute(
                attempt, platform, worker, resolved, todo, draft.content, report
            )
            if failed is not None:
                return DeployOutcome(report, failed)
            if serving.rejected is not None:
                report = report.rolled_back(serving.rejected)
            if worker.routes:
                report = await self._probe.probe(attempt, platform, worker, resolved, report)
            report = await self._clean_up(attempt, platform, todo, report)
            if is_to_be_undone(attempt, report.status, resolved.version, observed):
                report = report.again_in(0.0)
        except StepFailed as failed_step:
            return DeployOutcome(report, failed_step)
        if refusal is not None:
            return DeployOutcome(report.again_in(refusal.after), refusal.failure(DEPLOYED), granted)
        return DeployOutcome(report, serving.failure(), granted)

    # --- resolve ----------------------------------------------------------------------------------------------------

    def _remembered(self, attempt: Attempt, platform: Platform, terms: Terms) -> Draft | None:
        known = self._resolver.remembered(attempt, platform, terms)
        if known is None:
            return None
        return Draft(known.limits, (), known, self._resolver.content(attempt, platform, known))

    def _worker(
        self, attempt: Attempt, platform: Platform, draft: Draft, rights: Rights
    ) -> tuple[Worker, WantedRoutes]:
        """Return the worker with the routes that the platform can serve and grants, and what was wanted."""
        worker = desired.worker(attempt.key, attempt.obj, platform.provisioned.domain, draft.limits)
        wanted = self._granter.within(attempt, platform, rights)
        return replace(worker, routes=wanted.served), wanted

    async def _create(
        self, attempt: Attempt, platform: Platform, terms: Terms, draft: Draft
    ) -> Draft:
        """Create what the bindings ask for, and resolve again: the version is known then."""
        execution = await platform.executor.execute(ordered(draft.needs), attempt.priority)
        if execution.failed is not None:
            raise StepFailed(DEPLOYED, execution.failed.error)
        with attempt.memory.resolving():
            source = await self._resolver.load(attempt, platform, terms)
            return await self._resolver.draft(attempt, platform, terms, source)

    # --- observe ----------------------------------------------------------------------------------------------------

    @staticmethod
    async def _check(attempt: Attempt, platform: Platform) -> None:
        """List the account if a check was requested, unless that was done since."""
        if attempt.forced:
            with concerning(DEPLOYED):
                await platform.observer.observe(
                    platform.provisioned, attempt.priority, not_before=attempt.memory.requested[1]
                )

    async def _observe(
        self, attempt: Attempt, platform: Platform, worker: Worker
    ) -> ObservedWorker:
        snapshot, provisioned = platform.snapshot, platform.provisioned
        dispatcher = platform.config.dispatch.dispatcher
        hosts = [r.host for r in worker.routes]
        with concerning(DEPLOYED):
            if snapshot.routing.is_unconfirmed:
                # Any listing that begins from now on settles a lost answer.
                await platform.observer.observe(
                    provisioned, attempt.priority, not_before=attempt.started
                )
            missed, looked = attempt.memory.probes.missed, platform.observer.observed_at
            if missed is not None and (
                looked is None or looked < min(missed, attempt.started - RELIST_SECONDS)
            ):
                await platform.observer.observe(provisioned, attempt.priority, not_before=missed)
                attempt.memory.miss(None)
            held = snapshot.worker(worker.script_name, hosts, dispatcher, provisioned.zones).hosts
            # A route that was given up may lie in a zone of its own.
            await platform.observer.ensure_zones(provisioned, [*hosts, *held], attempt.priority)
            inherited = await self._granter.inherited(attempt, platform, worker)
        observed = snapshot.worker(worker.script_name, hosts, dispatcher, provisioned.zones)
        observed = replace(observed, inherited=inherited)
        return repairing.judged(observed, attempt.status, platform, worker.script_name)

    # --- plan -------------------------------------------------------------------------------------------------------

    def _plan(
        self,
        attempt: Attempt,
        platform: Platform,
        worker: Worker,
        resolved: Resolved,
        observed: ObservedWorker,
        scripts: Sequence[Action],
        healing: Healing,
        report: Report,
    ) -> tuple[Plan, Report]:
        todo = plan_worker(worker, resolved.version, observed, healing=healing)
        # The window runs from when nothing leads to a script any more, not from when it was first superseded.
        unused = todo.superseded if todo.publish is None else frozenset()
        expired, due = attempt.memory.track_superseded(
            unused, attempt.started, self._pacing.kv_window
        )
        if due is not None:
            report = report.again_in(due)
        expired -= kept(report.status, resolved.version, expired)
        if expired:
            todo = plan_worker(worker, resolved.version, observed, expired, healing)
        todo = replace(todo, actions=ordered((*todo.actions, *scripts)))
        if not todo.empty:
            logger.debug("%s: %s", attempt.key, "; ".join(todo.reasons))
        if todo.uploads and not attempt.forced:
            refuse_known_failure(attempt, resolved)
        return todo, report

    async def _scripts(self, attempt: Attempt, platform: Platform) -> Sequence[Action]:
        """Return what deploys the Workers of ours that this one needs besides what its platform has deployed.

        A worker that calls others needs their entrypoints; one with a list of hosts, all that leads to it.
        """
        spec = attempt.obj.spec
        if spec.egress is None and all(binding.type != "service" for binding in spec.bindings):
            return ()
        tags = platform.snapshot.account_scripts.content.tags
        callees = self._index.callees(platform.config.name)
        confining = account_scripts.is_confining(platform, self._index)
        with concerning(DEPLOYED):
            selector = await account_scripts.selector_of(platform, attempt.priority)
        wanted = account_scripts.own_scripts(platform, callees, selector, confining=confining)
        missing = [script for script in wanted if not is_deployed(script, tags.get(script.name))]
        with concerning(DEPLOYED):
            account_scripts.check_owned(platform, missing, tags)
        return missing

    @staticmethod
    async def _note_uploads(
        attempt: Attempt, platform: Platform, todo: Plan, report: Report, notes: Notes
    ) -> Report:
        """Have status say of which scripts it holds no more how they were left, whatever becomes of the operator."""
        again = repairing.noted(attempt.status, platform, todo.uploads)
        if not again:
            return report
        await notes.uploading(repairing.under_way(attempt.status, again))
        return report.based_on(repairing.under_way(report.status, again))

    # --- execute ----------------------------------------------------------------------------------------------------

    async def _execute(
        self,
        attempt: Attempt,
        platform: Platform,
        worker: Worker,
        resolved: Resolved,
        todo: Plan,
        content: ContentSource,
        report: Report,
    ) -> tuple[Report, StepFailed | None]:
        actions = [action for action in todo.actions if not isinstance(action, Remove)]
        if not todo.uploads:
            content.discard()
        tags = desired.tags(worker, resolved.version)
        upkeep = Upkeep(content, tags, self._metadata(attempt, platform, resolved))
        execution = await platform.executor.execute(actions, attempt.priority, upkeep)
        self._remember_uploads(attempt, resolved, todo, execution)
        if todo.uploads:
            report = report.on(platform.config.name)
        self._limit.repaired(platform.config.name, execution.done)
        replaced = {
            a.instance for a in execution.done if isinstance(a, Upload) and a.reason == REPLACED
        }
        if replaced:
            seen = attempt.memory.probes.instances
            attempt.memory.learn(seen.uploaded(frozenset(replaced), self._pacing.monotonic()))
        report = report.healing(execution.done)
        if any(isinstance(a, Publish) and a.reason == BALANCED for a in execution.done):
            report = report.again_in(0.0)  # what gets no requests now can be replaced
        if any(isinstance(a, Publish) and a.reason != BALANCED for a in execution.done):
            attempt.memory.published(todo.superseded, self._pacing.monotonic())
            self._requeuer.published(attempt.key)
            if todo.superseded:
                report = report.again_in(self._pacing.kv_window)
            live = (platform.snapshot.paths(r.host).get(r.path) for r in worker.routes)
            if any(t is None or t.script_name != worker.script_name for t in live):
                report = report.again_in(0.0)  # another worker was faster: it keeps what it has got
        failed = execution.failed
        condition = condition_of(failed.action) if failed is not None else None
        if condition != DEPLOYED:
            report = report.deployed(worker, resolved.version)
        if failed is not None:
            return report, StepFailed(condition_of(failed.action), failed.error)
        report = report.published(
            worker,
            resolved.version,
            source=resolved.source,
            limits=resolved.limits,
            platform=platform.config.name,
            created=bindings.created(attempt, platform),
        )
        return report, None

    def _metadata(self, attempt: Attempt, platform: Platform, resolved: Resolved) -> str:
        metadata = desired.code24_metadata(
            attempt.obj,
            environment=platform.config.environment,
            version_hash=resolved.version,
            deployed_at=stamp(self._pacing.now()),
        )
        return json.dumps(metadata, separators=(",", ":"))

    @staticmethod
    def _remember_uploads(
        attempt: Attempt, resolved: Resolved, todo: Plan, execution: Execution
    ) -> None:
        if not todo.uploads:
            return
        failed = execution.failed
        error = failed.error if failed and isinstance(failed.action, Upload) else None
        attempt.memory.upload(resolved.version, rejected=isinstance(error, ScriptRejected))
        if isinstance(error, CloudflareError) and error.code in BINDING_CODES:
            attempt.memory.mark_stale()  # a binding may lead elsewhere by now

    async def _clean_up(
        self, attempt: Attempt, platform: Platform, todo: Plan, report: Report
    ) -> Report:
        """Remove what nothing leads to, and then nothing is bound to, any more; a failure concerns nobody."""
        actions: list[Action] = [*todo.removals]
        released: list[CreatedResource] = []
        unhurried = attempt.priority.at(Urgency.RESYNC)
        if todo.publish is None and len(todo.removals) == len(todo.superseded):
            released = bindings.released(attempt, platform, report.status.resources)
        try:
            for resource in released:
                deletion = await deletion_of(platform, resource.type, resource.name, unhurried)
                if deletion is None:
                    report = report.without({resource.name})
                else:
                    actions.append(deletion)
        except CloudflareError as error:
            logger.info("%s: what was created for it is not listed yet: %s", attempt.key, error)
            report = report.again_in(CLEAN_UP_RETRY_SECONDS)
        if not actions:
            return report
        execution = await platform.executor.execute(ordered(actions), unhurried)
        report = report.without(execution.deleted)
        if execution.failed is None:
            return report
        logger.info(
            "%s: what is superseded is not removed yet: %s", attempt.key, execution.failed.error
        )
        return report.again_in(CLEAN_UP_RETRY_SECONDS)


def _remember(attempt: Attempt, draft: Draft) -> Resolved:
    """Keep what was resolved for the next pass."""
    if draft.resolved is None:  # what was created is gone again
        message = "what a binding asked for disappeared while it was being deployed"
        raise StepFailed(DEPLOYED, Transient(Reason.SOURCE_CHANGED, message))
    attempt.memory.remember(draft.resolved)
    return draft.resolved
