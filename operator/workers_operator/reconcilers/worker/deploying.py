"""Deploys a worker: resolve → observe → plan → execute → probe, as a chain of steps that each add to the report."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workers_operator.account.platforms import Platform
from workers_operator.desired import worker as desired
from workers_operator.desired.report import Report
from workers_operator.domain.conditions import DEPLOYED
from workers_operator.domain.errors import Stalled, Transient
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.plan.actions import Action, ordered
from workers_operator.domain.plan.platform import is_deployed
from workers_operator.domain.plan.worker import ObservedWorker
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import WantedRoutes
from workers_operator.domain.tenancy.grants import Rights, Terms
from workers_operator.domain.tenancy.quotas import Share
from workers_operator.domain.worker import Worker
from workers_operator.index.index import Index
from workers_operator.index.memory import AtRest, Resolved
from workers_operator.reconcilers import account_scripts, repairing, zone_access
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.quotas import Quotas
from workers_operator.reconcilers.steps import Notes, StepFailed, concerning
from workers_operator.reconcilers.worker import bindings
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.reconcilers.worker.claims.granting import Granted, RouteGranter
from workers_operator.reconcilers.worker.following import followed, tried
from workers_operator.reconcilers.worker.removal import clean_up, clean_up_beside
from workers_operator.reconcilers.worker.resolving import NO_CONTENT, Draft, Resolver
from workers_operator.reconcilers.worker.rollout.charting import Lineup, chart, to_be_left
from workers_operator.reconcilers.worker.rollout.rolling import Roller
from workers_operator.reconcilers.worker.upkeep.probing import RELIST_SECONDS, HealthProbe
from workers_operator.reconcilers.worker.upkeep.resting import RestKeeper, account_part
from workers_operator.reconcilers.worker.upkeep.scaling import Autoscaler

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class DeployOutcome:
    """What has come of a pass. ``granted``: the routes; None if a step has failed, or nothing but a probe was due."""

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
        roller: Roller,
        rests: RestKeeper,
        pacing: Pacing,
    ) -> None:
        self._index = index
        self._quotas = Quotas(index)
        self._granter = granter
        self._autoscaler = autoscaler
        self._resolver = resolver
        self._probe = probe
        self._roller = roller
        self._rests = rests
        self._pacing = pacing

    async def deploy(
        self,
        attempt: Attempt,
        platform: Platform,
        report: Report,
        notes: Notes,
        answers: Mapping[int, ProbeAnswer],
    ) -> DeployOutcome:
        """Return what has come of a pass; where nothing has changed since the last one, it only probes.

        ``answers``: of a probe that nobody has judged yet.
        """
        found = await self._at_rest(attempt, platform)
        if found is None:
            return await self._look_at_all(attempt, platform, report, notes)
        rest, resolved = found
        report = await self._probe.probe(attempt, platform, rest.worker, resolved, report, answers)
        self._rests.probed(attempt, report)
        return DeployOutcome(report.resting(), None)

    async def _at_rest(
        self, attempt: Attempt, platform: Platform
    ) -> tuple[AtRest, Resolved] | None:
        """Return what a former pass found, if nothing that it looked at has changed."""
        if attempt.memory.rest is None:
            return None
        try:
            attempt = self._resolver.follow(attempt, platform)
            terms = self._resolver.terms_of(attempt, platform)
            resolved = self._resolver.remembered(attempt, platform, terms)
            rest = self._rests.recall(attempt, platform, resolved) if resolved else None
            if rest is None or resolved is None:
                return None
            revision = self._rests.revision()
            if rest.revision == revision:
                return (
                    rest,
                    resolved,
                )  # in a fleet at rest, looking anew is a good part of a probe's price
            observed = await self._observe(attempt, platform, rest.worker)
        except StepFailed:
            return None
        if account_part(platform, observed) != rest.account:
            return None
        attempt.memory.keep_rest(replace(rest, revision=revision))
        return rest, resolved

    async def _look_at_all(
        self, attempt: Attempt, platform: Platform, report: Report, notes: Notes
    ) -> DeployOutcome:
        """Return what has come of all steps, or of those before the one that failed."""
        try:
            await self._check(attempt, platform)
            attempt = self._resolver.follow(attempt, platform)
            attempt = await self._resolver.complete(attempt)
            terms = self._resolver.terms_of(attempt, platform)
            report = report.following(followed(attempt)).entitled(terms.rights)
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
            account = account_part(platform, observed)
            version = draft.resolved.version if draft.resolved is not None else ""
            share = self._quotas.share(platform, worker, version)
            worker, report = self._autoscaler.scale(
                attempt, platform, terms, worker, observed, report, share.instances
            )
            await self._check_quota(attempt, platform, worker, observed, share)
            granted = self._granter.grant(attempt, platform, worker, wanted, observed, terms.rights)
            worker = granted.worker
            # Nothing is created for what cannot be deployed.
            scripts = await self._scripts(attempt, platform)
            if draft.needs:
                report = report.on(platform.config.name).owning(bindings.created(attempt, platform))
                if report.status.resources != attempt.status.resources:
                    await notes.creating(report)
                draft = await self._create(attempt, platform, terms, draft)
            resolved = _remember(attempt, draft)
            lineup = await self._chart(attempt, platform, worker, resolved, observed)
            rolled = await self._roller.roll_out(
                attempt, platform, lineup, scripts, draft.content, report, notes
            )
            report, lineup = rolled.report, rolled.lineup
            if rolled.failed is not None:
                return DeployOutcome(report, rolled.failed)
            self._rests.keep(attempt, platform, account, granted, rolled)
            if worker.routes:
                serving, version = lineup.serving, lineup.version
                report = await self._probe.probe(
                    attempt, platform, serving, resolved.at(version), report
                )
            report = await clean_up(attempt, platform, rolled.plan, lineup.kept, report)
            report = self._roller.conclude(attempt, lineup, report).following(tried(attempt))
        except StepFailed as failed_step:
            if isinstance(failed_step.error, Stalled):
                report = report.following(tried(attempt))
            return await self._go_back(attempt, platform, DeployOutcome(report, failed_step), notes)
        if (refusal := rolled.refusal) is not None:
            return DeployOutcome(report.again_in(refusal.after), refusal.failure(DEPLOYED), granted)
        return DeployOutcome(report, lineup.failure(), granted)

    async def _go_back(
        self, attempt: Attempt, platform: Platform, outcome: DeployOutcome, notes: Notes
    ) -> DeployOutcome:
        """Obey an order to go back to the former version: what is wrong with the new one's source stops nobody."""
        left = to_be_left(attempt, platform.identity)
        if left is None:
            return outcome
        try:
            terms = self._resolver.terms_of(attempt, platform)
            worker, wanted = self._worker(
                attempt, platform, Draft(left.limits, (), left, NO_CONTENT), terms.rights
            )
            worker = replace(worker, instances=attempt.status.instances or worker.instances)
            observed = await self._observe(attempt, platform, worker)
            granted = self._granter.grant(attempt, platform, worker, wanted, observed, terms.rights)
            worker = granted.worker
            lineup = await self._chart(attempt, platform, worker, left, observed)
            if not lineup.course.is_way_back:
                return outcome
            rolled = await self._roller.roll_out(
                attempt, platform, lineup, (), NO_CONTENT, outcome.report, notes
            )
        except StepFailed:
            return outcome
        return replace(outcome, report=rolled.report, failed=rolled.failed or outcome.failed)

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
                # Any listing that begins from now on tells what came of a lost answer.
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
            inherited = await self._granter.beside.inherited(attempt, platform, worker)
        observed = snapshot.worker(worker.script_name, hosts, dispatcher, provisioned.zones)
        urls = attempt.status.urls
        observed = zone_access.assumed(platform, observed, worker.script_name, urls)
        observed = replace(observed, inherited=inherited)
        return repairing.judged(observed, attempt.status, platform, worker.script_name)

    async def _chart(
        self,
        attempt: Attempt,
        platform: Platform,
        worker: Worker,
        resolved: Resolved,
        observed: ObservedWorker,
    ) -> Lineup:
        """Return what serves in this pass: nothing that somebody has deleted since the account was listed."""
        name = platform.config.name
        lineup = chart(attempt, name, worker, resolved, observed, self._pacing.unix())
        if not await self._roller.is_outdated(attempt, platform, lineup):
            return lineup
        with concerning(DEPLOYED):
            await platform.observer.observe(
                platform.provisioned, attempt.priority, not_before=self._pacing.monotonic()
            )
        observed = await self._observe(attempt, platform, worker)
        return chart(attempt, name, worker, resolved, observed, self._pacing.unix())

    async def _check_quota(
        self,
        attempt: Attempt,
        platform: Platform,
        worker: Worker,
        observed: ObservedWorker,
        share: Share,
    ) -> None:
        """Raise StepFailed if the quota leaves no room; what serves stays, and what it superseded is removed."""
        refusal = share.refusal(worker.instances)
        if refusal is None:
            self._quotas.admit(platform, worker, share)
            return
        if observed.mark is not None and observed.mark.uid == worker.uid:
            window = self._pacing.kv_window
            await clean_up_beside(attempt, platform, worker, observed, window)
        raise StepFailed(DEPLOYED, refusal)

    async def _scripts(self, attempt: Attempt, platform: Platform) -> Sequence[Action]:
        """Return what deploys the Workers of ours that this one needs besides what its platform has deployed.

        A worker that calls others needs their entrypoints; one with a list of hosts, all that leads to it.
        """
        spec = attempt.obj.spec
        if spec.egress is None and all(binding.type != "service" for binding in spec.bindings):
            return ()
        tags = platform.snapshot.account_scripts.content.tags
        callees = account_scripts.callees(platform, self._index)
        confining = account_scripts.is_confining(platform, self._index)
        with concerning(DEPLOYED):
            selector = await account_scripts.selector_of(platform, attempt.priority)
        wanted = account_scripts.own_scripts(platform, callees, selector, confining=confining)
        missing = [script for script in wanted if not is_deployed(script, tags.get(script.name))]
        with concerning(DEPLOYED):
            account_scripts.check_owned(platform, missing, tags)
        return missing


def _remember(attempt: Attempt, draft: Draft) -> Resolved:
    """Keep what was resolved for the next pass."""
    if draft.resolved is None:  # what was created is gone again
        message = "what a binding asked for disappeared while it was being deployed"
        raise StepFailed(DEPLOYED, Transient(Reason.SOURCE_CHANGED, message))
    attempt.memory.remember(draft.resolved)
    return draft.resolved
