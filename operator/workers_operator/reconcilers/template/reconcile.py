"""One pass over a template: resolve its version, decide which followers get it, report, and release them."""

from typing import Final

from workers_operator.account.platforms import Platforms
from workers_operator.desired.fleet import rollout, templates
from workers_operator.desired.fleet.rollout import FleetReport
from workers_operator.desired.fleet.templates import MalformedTemplate, TemplateObject
from workers_operator.desired.outcome import Failure
from workers_operator.domain.conditions import SOURCE
from workers_operator.domain.errors import ReconcileError
from workers_operator.domain.fleet import forecast
from workers_operator.domain.fleet.members import FleetMember, count
from workers_operator.domain.fleet.plan import FleetPlan
from workers_operator.domain.fleet.progress import FleetSituation, analysed, decide, former_version
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.priority import Priority
from workers_operator.engine.runner import Result
from workers_operator.index.index import Index
from workers_operator.index.objects import Body, check_requested
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.requeuer import Requeuer
from workers_operator.reconcilers.template.analysing import FleetAnalyst
from workers_operator.reconcilers.template.keeping import RevisionKeeper
from workers_operator.reconcilers.template.membership import members
from workers_operator.reconcilers.template.reporting import RESYNC_SECONDS, TemplateReporter
from workers_operator.reconcilers.template.resolving import Resolution, TemplateResolver

_DEFAULT_SECONDS_PER_CALL: Final = 0.25


class TemplateReconciler:
    """Roll templates out to their followers."""

    def __init__(
        self,
        *,
        index: Index,
        platforms: Platforms,
        resolver: TemplateResolver,
        keeper: RevisionKeeper,
        analyst: FleetAnalyst,
        reporter: TemplateReporter,
        requeuer: Requeuer,
        pacing: Pacing,
    ) -> None:
        self._index = index
        self._platforms = platforms
        self._resolver = resolver
        self._keeper = keeper
        self._analyst = analyst
        self._reporter = reporter
        self._requeuer = requeuer
        self._pacing = pacing
        self._resolved: dict[ObjectKey, tuple[str, Resolution]] = {}  # with the template's uid

    def forget(self, key: ObjectKey) -> None:
        """Forget a template that is gone."""
        self._resolved.pop(key, None)
        self._reporter.forget(key)
        self._keeper.forget(key)

    async def reconcile(self, key: ObjectKey, body: Body, priority: Priority) -> Result:
        """Run one pass. Raises KubeError if the status could not be written."""
        obj = templates.read(key, body)
        if isinstance(obj, MalformedTemplate):
            return await self._reporter.refuse(key, body, obj.status, Failure(SOURCE, obj.error))
        status, failed = obj.status, None
        try:
            resolved = await self._resolve(key, obj, priority)
            status, target = status.model_copy(update={"source": resolved.source}), resolved.version
        except ReconcileError as error:
            failed = Failure(SOURCE, error)
            if obj.status.version is None:
                return await self._reporter.refuse(key, body, status, failed)
            target = obj.status.version
        followers = self._index.followers(key)
        found = members(self._index, self._platforms, key, obj)
        report = await self._decide(key, obj, target, found, priority)
        wait = await self._reporter.report(key, body, obj, status, report, failed)
        self._release(key, obj, report, followers)
        await self._prune(key, obj, report, followers)
        due = min(report.course.due, wait, RESYNC_SECONDS)
        return failed.result(again=due) if failed is not None else Result(requeue_after=due)

    async def _resolve(self, key: ObjectKey, obj: TemplateObject, priority: Priority) -> Resolution:
        """Resolve the template's version, and keep it before any follower gets it."""
        memory, (uid, known) = self._index.memories.of(key), self._resolved.get(key, ("", None))
        forced = check_requested(obj.metadata, obj.status)
        is_fresh = uid == obj.metadata.uid and not (memory.stale or forced)
        if known is not None and is_fresh and self._resolver.holds(key, obj, known, priority):
            return known
        with memory.resolving():
            resolved, version = await self._resolver.resolve(key, obj, priority)
            if known is None or (uid, known.version) != (obj.metadata.uid, resolved.version):
                await self._keeper.keep(key, obj.metadata, version)
        self._resolved[key] = (obj.metadata.uid, resolved)
        return resolved

    async def _decide(
        self,
        key: ObjectKey,
        obj: TemplateObject,
        target: str,
        followers: list[FleetMember],
        priority: Priority,
    ) -> FleetReport:
        """Return which followers get the version next. An analysis that passes may be followed by others."""
        state = rollout.state_of(obj.status.rollout)
        strategy = rollout.strategy_of(obj.spec.rollout)
        former = former_version(state, obj.status.previous_version or "", target, followers)
        now, order = self._pacing.unix(), rollout.order_of(obj.metadata, obj.status)
        at = FleetSituation(target, former, state, strategy, followers, now, order)
        course = decide(at)
        if course.analysis is not None:
            verdict = await self._analyst.judge(key, at, course.analysis, priority)
            course = analysed(course, at, verdict)
        counts = count(followers, at.trial(course.state))
        account = self._platforms.account(obj.spec.platform)
        per_call = account.api.budget.seconds_per_call() if account else _DEFAULT_SECONDS_PER_CALL
        left = forecast.seconds_left(course.state, strategy, counts, per_call)
        return FleetReport(course, strategy, former, counts, None if left is None else now + left)

    # --- release ----------------------------------------------------------------------------------------------------

    def _release(
        self, key: ObjectKey, obj: TemplateObject, report: FleetReport, followers: list[FleetMember]
    ) -> None:
        """Publish the version of each follower, and requeue those that have another one."""
        course = report.course
        is_back = course.state.phase == "Aborted" or not report.former
        plan = FleetPlan(
            obj.metadata.uid,
            course.version,
            report.former,
            course.released,
            course.state.retry,
            at_once=is_back and course.state.phase != "Succeeded",
        )
        before = self._index.fleets.plan(key)
        if before == plan:
            return
        self._index.fleets.put(key, plan)
        # Followers that are not Ready may be waiting for a template that did not exist.
        moved = [
            f.key for f in followers if _moves(f, plan) or (before is None and f.state != "Ready")
        ]
        self._requeuer.released(moved, urgent=is_back)

    async def _prune(
        self, key: ObjectKey, obj: TemplateObject, report: FleetReport, followers: list[FleetMember]
    ) -> None:
        used = {f.version for f in followers}
        wanted = {v for v in (*used, report.course.state.version, report.former) if v}
        await self._keeper.prune(key, obj.metadata.uid, wanted)


def _moves(follower: FleetMember, plan: FleetPlan) -> bool:
    """Whether a follower must change."""
    if plan.version_of(follower.key, follower.version) != follower.version:
        return True
    return follower.state == "Failed" and follower.retried != plan.retry
