"""Apply a line-up to the edge: plan → execute → test, until no test is due."""

import json
import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Final

from workers_operator.account.executor import BINDING_CODES, Upkeep
from workers_operator.account.platforms import Platform
from workers_operator.cloudflare.errors import CloudflareError, ScriptRejected
from workers_operator.desired import status as statuses
from workers_operator.desired import worker as desired
from workers_operator.desired.report import Report
from workers_operator.desired.rollout import NewVersion
from workers_operator.domain.conditions import DEPLOYED, STALLED
from workers_operator.domain.errors import Stalled
from workers_operator.domain.plan.actions import Action, Plan, Publish, Remove, Upload, ordered
from workers_operator.domain.plan.execution import Execution
from workers_operator.domain.plan.repairs import is_urgent
from workers_operator.domain.plan.worker import (
    BALANCED,
    REPLACED,
    WEIGHED,
    condition_of,
    plan_worker,
)
from workers_operator.domain.reasons import Reason
from workers_operator.domain.timestamps import stamp
from workers_operator.engine.allowance import Allowance
from workers_operator.engine.priority import Urgency
from workers_operator.index.memory import Resolved
from workers_operator.reconcilers import repairing
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.repairing import Refusal, RepairLimit
from workers_operator.reconcilers.requeuer import Requeuer
from workers_operator.reconcilers.steps import Notes, StepFailed
from workers_operator.reconcilers.worker import bindings
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.reconcilers.worker.following import followed
from workers_operator.reconcilers.worker.resolving import ContentSource
from workers_operator.reconcilers.worker.rollout.analysing import Analyst
from workers_operator.reconcilers.worker.rollout.charting import (
    Lineup,
    healing_of,
    is_bad,
    new_version,
    order_status,
)
from workers_operator.reconcilers.worker.rollout.smoking import SmokeTester
from workers_operator.resources import WorkerStatus

logger = logging.getLogger(__name__)

# How many rollbacks of a tenant go before everything else, each with a write of its own and from the budget's reserve:
# twenty at once, and then four a minute. Further ones are as urgent as an edit.
_BACK_AT_ONCE: Final = 20
_BACK_SECONDS: Final = 15.0


@dataclass(frozen=True)
class Rolled:
    """Result of applying a line-up: the last line-up, the plan for it, and the step that failed.

    ``refusal``: scripts that are not repaired now, since somebody else changes them too often.
    """

    lineup: Lineup
    plan: Plan
    report: Report
    failed: StepFailed | None = None
    refusal: Refusal | None = None


class Roller:
    """Apply line-ups."""

    def __init__(
        self, smoke: SmokeTester, analyst: Analyst, pacing: Pacing, requeuer: Requeuer
    ) -> None:
        self._smoke = smoke
        self._analyst = analyst
        self._pacing = pacing
        self._requeuer = requeuer
        self._limit = RepairLimit(pacing.clock)
        self._ways_back = Allowance(pacing.clock, burst=_BACK_AT_ONCE, seconds=_BACK_SECONDS)

    async def roll_out(
        self,
        attempt: Attempt,
        platform: Platform,
        lineup: Lineup,
        scripts: Sequence[Action],
        content: ContentSource,
        report: Report,
        notes: Notes,
    ) -> Rolled:
        """Apply a line-up, and those that follow from its tests. ``scripts``: further Workers to deploy."""
        foreign = repairing.foreign_scripts(lineup.serving, lineup.version, lineup.observed)
        refusal = self._limit.refusal(platform.config.name, foreign)
        with ExitStack() as joined:
            if lineup.course.smoke is not None:
                # A routing write waits for the test, as it does for an upload.
                joined.enter_context(platform.executor.joining())
            if lineup.has_former_canary:
                # The spec no longer requests it, whether or not the upload of the next version succeeds.
                former = lineup.without_candidate()
                todo, report = self._plan(attempt, former, (), None, report)
                report, failed = await self._execute(
                    attempt, platform, former, todo, content, report
                )
                if failed is not None:
                    return Rolled(former, todo, report, failed)
                lineup = lineup.seen(platform.snapshot)
            while True:
                todo, report = self._plan(attempt, lineup, scripts, refusal, report)
                report = await _note_uploads(attempt, platform, todo, report, notes)
                if lineup.course.smoke is None:
                    joined.close()
                report, failed = await self._execute(
                    attempt, platform, lineup, todo, content, report
                )
                tested = None if failed is not None else await self._test(attempt, platform, lineup)
                if tested is None:
                    return Rolled(lineup, todo, report, failed, refusal)
                lineup = tested
                if lineup.moves_requests:
                    # Nothing at the edge tells of a test: who comes after a crash would give the former share again.
                    await notes.tested(_with_verdict(attempt.status, attempt, lineup))
                    report = report.based_on(_with_verdict(report.status, attempt, lineup))

    async def is_outdated(self, attempt: Attempt, platform: Platform, lineup: Lineup) -> bool:
        """Return whether the edge lacks a listed version that would get requests again."""
        if (version := lineup.revived) is None:
            return False
        path = attempt.obj.spec.health.path or lineup.resolved.source.health_path
        return await self._smoke.is_missing(attempt, platform, lineup.worker, version, path)

    async def _test(self, attempt: Attempt, platform: Platform, lineup: Lineup) -> Lineup | None:
        """Make the test that is due and return the line-up after it; None if none is due."""
        step, analysis = lineup.course.smoke, lineup.course.analysis
        if step is not None:
            worker, version = lineup.worker, lineup.resolved.version
            outcome = await self._smoke.test(attempt, platform, worker, version, step)
            return lineup.after(outcome, platform.snapshot)
        if analysis is not None:
            verdict = await self._analyst.judge(attempt, platform, lineup, analysis)
            return lineup.judged(verdict, platform.snapshot)
        if lineup.course.candidate is not None:
            now = self._pacing.now().timestamp()
            platform.metrics.comparisons.keep(lineup.worker.script_name, now)
        return None

    def conclude(self, attempt: Attempt, lineup: Lineup, report: Report) -> Report:
        """Report the state of a promoted version; requeue at once to undo an unhealthy one."""
        report = report.concluded(*self._history(attempt, lineup))
        if lineup.can_be_undone and is_bad(attempt, report.status, lineup.version):
            report = report.again_in(0.0)
        return report

    def _plan(
        self,
        attempt: Attempt,
        lineup: Lineup,
        scripts: Sequence[Action],
        refusal: Refusal | None,
        report: Report,
    ) -> tuple[Plan, Report]:
        worker, version, observed = lineup.serving, lineup.version, lineup.observed
        healing = healing_of(attempt, lineup, refusal)
        todo = plan_worker(worker, version, observed, healing=healing, canary=lineup.canary)
        # The window runs from when nothing leads to a script any more, not from when it was first superseded.
        unused = todo.superseded - lineup.kept - lineup.routed
        expired, due = attempt.memory.track_superseded(
            unused, attempt.started, self._pacing.kv_window
        )
        if due is not None:
            report = report.again_in(due)
        if expired:
            todo = plan_worker(worker, version, observed, expired, healing, lineup.canary)
        todo = replace(todo, actions=ordered((*todo.actions, *scripts)))
        if not todo.empty:
            logger.debug("%s: %s", attempt.key, "; ".join(todo.reasons))
        if todo.uploads and not attempt.forced:
            _refuse_known_failure(attempt, lineup.resolved)
        return todo, report.again_in(lineup.course.due)

    async def _execute(
        self,
        attempt: Attempt,
        platform: Platform,
        lineup: Lineup,
        todo: Plan,
        content: ContentSource,
        report: Report,
    ) -> tuple[Report, StepFailed | None]:
        resolved, worker = lineup.resolved, lineup.serving
        actions = [action for action in todo.actions if not isinstance(action, Remove)]
        if not todo.uploads and lineup.course.smoke is None:
            content.discard()
        tags = desired.tags(worker, resolved.version)
        upkeep = Upkeep(content, tags, self._metadata(attempt, platform, lineup.version))
        priority = attempt.hurried if is_urgent(actions) else attempt.priority
        if lineup.takes_requests_back and not self._ways_back.spend(attempt.key.tenant):
            priority = priority.at(Urgency.ABORT)
        execution = await platform.executor.execute(actions, priority, upkeep)
        if todo.uploads:
            report = _uploaded(attempt, platform, resolved.version, execution, report)
        self._limit.repaired(platform.config.name, execution.done)
        report = self._noted(
            attempt, platform, lineup, todo, execution, report.healing(execution.done)
        )
        failed = execution.failed
        condition = condition_of(failed.action) if failed is not None else None
        if condition != DEPLOYED:
            report = report.deployed(worker, lineup.course.candidate or lineup.version)
        if failed is not None:
            return report, StepFailed(condition_of(failed.action), failed.error)
        report = report.published(worker, lineup.versions, platform=platform.config.name)
        report = report.owning(bindings.created(attempt, platform), resolved.version)
        if lineup.is_asked_for:
            report = report.in_effect(resolved.source, resolved.limits)
        report = report.ordered(order_status(attempt, lineup.course))
        return report.rolling(lineup.rollout, *self._history(attempt, lineup)), None

    def _noted(
        self,
        attempt: Attempt,
        platform: Platform,
        lineup: Lineup,
        todo: Plan,
        execution: Execution,
        report: Report,
    ) -> Report:
        """Record the executed actions, and request the pass that continues from there."""
        replaced = {
            a.instance for a in execution.done if isinstance(a, Upload) and a.reason == REPLACED
        }
        if replaced:
            seen = attempt.memory.probes.instances
            attempt.memory.learn(seen.uploaded(frozenset(replaced), self._pacing.monotonic()))
        published = next((a for a in execution.done if isinstance(a, Publish)), None)
        if published is None:
            return report
        if published.reason == BALANCED:
            return report.again_in(0.0)  # a script without requests can be replaced
        if published.reason != WEIGHED:
            attempt.memory.published()
            self._requeuer.published(attempt.key)
        _, due = attempt.memory.track_superseded(
            todo.superseded - lineup.kept, self._pacing.monotonic(), self._pacing.kv_window
        )
        if due is not None:
            report = report.again_in(due)
        worker = lineup.serving
        live = (platform.snapshot.paths(r.host).get(r.path) for r in worker.routes)
        if any(t is None or t.script_name != worker.script_name for t in live):
            report = report.again_in(0.0)  # another worker was faster, and keeps the route
        return report

    def _history(self, attempt: Attempt, lineup: Lineup) -> tuple[NewVersion, int, int]:
        limit = attempt.rollout.spec.history_limit
        return new_version(attempt, lineup.resolved), self._pacing.unix(), limit

    def _metadata(self, attempt: Attempt, platform: Platform, version: str) -> str:
        metadata = desired.code24_metadata(
            attempt.obj,
            environment=platform.config.environment,
            version_hash=version,
            deployed_at=stamp(self._pacing.now()),
        )
        return json.dumps(metadata, separators=(",", ":"))


def _uploaded(
    attempt: Attempt, platform: Platform, version: str, execution: Execution, report: Report
) -> Report:
    """Report what came of uploads: something may be on the platform now, and a rejected version is not tried again."""
    report, failed = report.on(platform.config.name), execution.failed
    error = failed.error if failed and isinstance(failed.action, Upload) else None
    if isinstance(error, CloudflareError) and error.code in BINDING_CODES:
        attempt.memory.mark_stale()  # a binding may lead elsewhere by now
    return report.rejecting(version) if isinstance(error, ScriptRejected) else report


def _with_verdict(status: WorkerStatus, attempt: Attempt, lineup: Lineup) -> WorkerStatus:
    """Return a status with what a test has decided about the rollout."""
    return status.model_copy(
        update={
            "rollout": lineup.rollout,
            "rollout_order": order_status(attempt, lineup.course),
            "template": followed(attempt),
        }
    )


async def _note_uploads(
    attempt: Attempt, platform: Platform, todo: Plan, report: Report, notes: Notes
) -> Report:
    """Mark scripts as being uploaded in status, in case the operator is killed."""
    again = repairing.noted(attempt.status, platform, todo.uploads)
    if not again:
        return report
    await notes.uploading(repairing.under_way(attempt.status, again))
    return report.based_on(repairing.under_way(report.status, again))


def _refuse_known_failure(attempt: Attempt, resolved: Resolved) -> None:
    """Raise if the same version was rejected before."""
    status = attempt.status
    deployed = statuses.find(status.conditions, DEPLOYED)
    stalled = statuses.find(status.conditions, STALLED)
    if (
        status.versions is not None
        and status.versions.rejected == resolved.version
        and stalled is not None
        and deployed is not None
        and deployed.status == "False"
        and stalled.reason == Reason.SCRIPT_REJECTED
    ):
        raise StepFailed(DEPLOYED, Stalled(Reason(deployed.reason), deployed.message))
