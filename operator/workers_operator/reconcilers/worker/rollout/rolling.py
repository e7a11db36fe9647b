"""Has the edge match a line-up: plan → execute → smoke test, until no test is due."""

import json
import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

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
from workers_operator.domain.worker import Worker
from workers_operator.engine.priority import Urgency
from workers_operator.index.memory import Resolved
from workers_operator.reconcilers import repairing
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.repairing import Refusal, RepairLimit
from workers_operator.reconcilers.requeuer import Requeuer
from workers_operator.reconcilers.steps import Notes, StepFailed
from workers_operator.reconcilers.worker import bindings
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.reconcilers.worker.resolving import ContentSource
from workers_operator.reconcilers.worker.rollout.charting import (
    Lineup,
    healing_of,
    is_bad,
    new_version,
    order_status,
)
from workers_operator.reconcilers.worker.rollout.smoking import SmokeTester

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rolled:
    """What has come of a line-up: the last one, the plan for it, and the step that failed.

    ``refusal``: what somebody else changes so often that it is not repaired now.
    """

    lineup: Lineup
    plan: Plan
    report: Report
    failed: StepFailed | None = None
    refusal: Refusal | None = None


class Roller:
    """Carries out line-ups."""

    def __init__(self, smoke: SmokeTester, pacing: Pacing, requeuer: Requeuer) -> None:
        self._smoke = smoke
        self._pacing = pacing
        self._requeuer = requeuer
        self._limit = RepairLimit(pacing.clock)

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
        """Carry out a line-up, and what follows from its smoke tests. ``scripts``: what is to be deployed besides."""
        foreign = repairing.foreign_scripts(lineup.serving, lineup.version, lineup.observed)
        refusal = self._limit.refusal(platform.config.name, foreign)
        with ExitStack() as joined:
            if lineup.course.smoke is not None:
                # A routing write waits for what comes after the test, as it does for an upload.
                joined.enter_context(platform.executor.joining())
            if lineup.has_former_canary:
                # The spec wants it no more, whatever comes of the upload of the next version.
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
                step = lineup.course.smoke
                if step is None:
                    joined.close()
                report, failed = await self._execute(
                    attempt, platform, lineup, todo, content, report
                )
                if failed is not None or step is None:
                    return Rolled(lineup, todo, report, failed, refusal)
                worker, version = lineup.worker, lineup.resolved.version
                outcome = await self._smoke.test(attempt, platform, worker, version, step)
                lineup = lineup.after(outcome, platform.snapshot)

    def conclude(self, attempt: Attempt, lineup: Lineup, report: Report) -> Report:
        """Report how a version does that was promoted; have another pass undo one that is no good."""
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
        unused = todo.superseded if todo.publish is None else frozenset()
        expired, due = attempt.memory.track_superseded(
            unused - lineup.kept, attempt.started, self._pacing.kv_window
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
        if lineup.takes_requests_back:
            priority = priority.at(Urgency.ABORT)
        execution = await platform.executor.execute(actions, priority, upkeep)
        self._remember_uploads(attempt, resolved, todo, execution)
        if todo.uploads:
            report = report.on(platform.config.name)
        self._limit.repaired(platform.config.name, execution.done)
        report = self._noted(
            attempt, platform, worker, todo, execution, report.healing(execution.done)
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
        worker: Worker,
        todo: Plan,
        execution: Execution,
        report: Report,
    ) -> Report:
        """Remember what was carried out, and ask for the pass that goes on from there."""
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
            return report.again_in(0.0)  # what gets no requests now can be replaced
        if published.reason != WEIGHED:
            attempt.memory.published(todo.superseded, self._pacing.monotonic())
            self._requeuer.published(attempt.key)
        if todo.superseded:
            report = report.again_in(self._pacing.kv_window)
        live = (platform.snapshot.paths(r.host).get(r.path) for r in worker.routes)
        if any(t is None or t.script_name != worker.script_name for t in live):
            report = report.again_in(0.0)  # another worker was faster: it keeps what it has got
        return report

    def _history(self, attempt: Attempt, lineup: Lineup) -> tuple[NewVersion, int, int]:
        limit = attempt.obj.spec.rollout.history_limit
        return new_version(attempt, lineup.resolved), self._pacing.unix(), limit

    def _metadata(self, attempt: Attempt, platform: Platform, version: str) -> str:
        metadata = desired.code24_metadata(
            attempt.obj,
            environment=platform.config.environment,
            version_hash=version,
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


async def _note_uploads(
    attempt: Attempt, platform: Platform, todo: Plan, report: Report, notes: Notes
) -> Report:
    """Have status say of which scripts it holds no more how they were left, whatever becomes of the operator."""
    again = repairing.noted(attempt.status, platform, todo.uploads)
    if not again:
        return report
    await notes.uploading(repairing.under_way(attempt.status, again))
    return report.based_on(repairing.under_way(report.status, again))


def _refuse_known_failure(attempt: Attempt, resolved: Resolved) -> None:
    """Raise if the same version was rejected before. After a restart status remembers its source."""
    deployed = statuses.find(attempt.status.conditions, DEPLOYED)
    stalled = statuses.find(attempt.status.conditions, STALLED)
    rejected = attempt.memory.rejected
    if rejected is None and attempt.obj.is_observed and attempt.status.source is not None:
        same = attempt.status.source.revision == resolved.source.revision
        rejected = resolved.version if same else None
    if (
        rejected == resolved.version
        and stalled is not None
        and deployed is not None
        and deployed.status == "False"
        and stalled.reason == Reason.SCRIPT_REJECTED
    ):
        raise StepFailed(DEPLOYED, Stalled(Reason(deployed.reason), deployed.message))
