"""One pass over an EliteWorker or a CustomerWorker that is not being deleted."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from workers_operator.account.platforms import (
    Platform,
    PlatformGone,
    Platforms,
    PlatformSuspended,
    PlatformUnusable,
)
from workers_operator.desired import status as statuses
from workers_operator.desired import worker as desired
from workers_operator.desired.metrics import is_due
from workers_operator.desired.outcome import Failure, merge
from workers_operator.desired.report import Report
from workers_operator.desired.rollout import outcome, settings_of, under_way
from workers_operator.desired.scaling import direction_of
from workers_operator.desired.worker import Malformed
from workers_operator.domain.conditions import (
    DEPLOYED,
    OWN_SUSPENSION,
    READY,
    RECONCILING,
    ROUTED,
    SCALING_ACTIVE,
    SCALING_TYPES,
    SOURCE,
    WORKER_TYPES,
    Fact,
    Suspension,
)
from workers_operator.domain.errors import ReconcileError
from workers_operator.domain.health.probes import PARKED_MESSAGE, ProbeAnswer, succeeded
from workers_operator.domain.health.traffic import Budgets
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import Route
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.allowance import Allowance
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.engine.runner import Result
from workers_operator.index.memory import Memories
from workers_operator.index.objects import Body, check_requested, requested_at
from workers_operator.reconcilers import repairing, trouble
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.repairing import RepairObserver
from workers_operator.reconcilers.requeuer import Requeuer
from workers_operator.reconcilers.status_writer import StatusWriter, Summary
from workers_operator.reconcilers.steps import StepFailed, concerning
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.reconcilers.worker.bindings import is_made_by
from workers_operator.reconcilers.worker.deploying import WorkerDeployer
from workers_operator.reconcilers.worker.removal import Remover
from workers_operator.reconcilers.worker.upkeep.probing import NO_ANSWERS
from workers_operator.reconcilers.worker.upkeep.routine import keep_routine
from workers_operator.resources import WorkerStatus

logger = logging.getLogger(__name__)

# How often a tenant may have an account listed by requesting checks: ten times at once, and then twice a minute. A
# listing takes about five calls, and an account has 1,200 in five minutes.
_CHECKS_AT_ONCE: Final = 10
_CHECK_SECONDS: Final = 30.0


class OutcomeObserver(RepairObserver, Protocol):
    """Counts what has come of passes: ``metrics.Metrics``."""

    def rollout_ended(self, platform: str, outcome: str) -> None:
        """Count a rollout that has ended."""

    def scaled(self, platform: str, direction: str) -> None:
        """Count a change of the number of instances by an autoscaler: up or down."""


@dataclass(frozen=True)
class _Notes:
    """Writes one object's status in the middle of a pass: ``reconcilers.worker.deploying.Notes``."""

    writer: StatusWriter
    key: ObjectKey
    body: Body

    async def creating(self, so_far: Report) -> None:
        """Write down what is about to be created."""
        fact = Fact(RECONCILING, "True", Reason.PROGRESSING, "what bindings ask for is created")
        summary = Summary(
            WORKER_TYPES, so_far.facts, fact, so_far.status, "", checked=so_far.checked
        )
        await self.writer.write(self.key, self.body, summary)

    async def uploading(self, status: WorkerStatus) -> None:
        """Write down which scripts are being uploaded over those that are there."""
        await self.writer.note(self.key, self.body, status)

    async def tested(self, status: WorkerStatus) -> None:
        """Write down what a test has decided about a rollout."""
        await self.writer.note(self.key, self.body, status)


class WorkerReconciler:
    """Deploys workers where their objects want them, and reports what is true."""

    def __init__(
        self,
        *,
        memories: Memories,
        platforms: Platforms,
        deployer: WorkerDeployer,
        remover: Remover,
        writer: StatusWriter,
        pacing: Pacing,
        requeuer: Requeuer,
        repairs: OutcomeObserver,
    ) -> None:
        self._memories = memories
        self._platforms = platforms
        self._deployer = deployer
        self._remover = remover
        self._writer = writer
        self._pacing = pacing
        self._requeuer = requeuer
        self._repairs = repairs
        self._checks = Allowance(pacing.clock, burst=_CHECKS_AT_ONCE, seconds=_CHECK_SECONDS)

    async def reconcile(
        self,
        key: ObjectKey,
        body: Body,
        priority: Priority,
        answers: Mapping[int, ProbeAnswer] = NO_ANSWERS,
    ) -> Result:
        """Run one pass. ``answers``: of a probe, not judged yet. Raises KubeError if no status can be written."""
        obj = desired.read(key, body)
        if isinstance(obj, Malformed):
            return await self._malformed(key, body, obj)
        attempt = Attempt(
            key=key,
            obj=obj,
            memory=self._memories.of(key),
            # What takes requests back is urgent, and not all that comes before it and after.
            priority=priority.at(max(priority.urgency, Urgency.EDIT)),
            slot=priority,
            started=self._pacing.monotonic(),
            forced=check_requested(obj.metadata, obj.status),
            rollout=settings_of(obj.spec.rollout, None),
        )
        attempt.memory.request(requested_at(body["metadata"]), attempt.started)
        if obj.spec.suspended:
            return await self._suspended(attempt, body)
        report, failed = await self._deploy(attempt, body, answers)
        failure = Failure(failed.condition, failed.error) if failed is not None else None
        return await self._finish(attempt, body, report, failure)

    async def _deploy(
        self, attempt: Attempt, body: Body, answers: Mapping[int, ProbeAnswer]
    ) -> tuple[Report, StepFailed | None]:
        report, wanted = Report(attempt.status), attempt.obj.spec.platform
        try:
            with concerning(DEPLOYED):
                platform = self._platforms.usable(wanted)
                if attempt.status.platform != wanted:
                    self._platforms.check_stays(wanted)
        except StepFailed as failed:
            return report, failed

        settings = settings_of(attempt.obj.spec.rollout, platform.config.dispatch.policy.rollout)
        attempt = replace(attempt, rollout=settings)
        if attempt.forced and (wait := self._wait_for_check(attempt, platform)) > 0:
            attempt, report = replace(attempt, forced=False), report.check_in(wait)
        notes = _Notes(self._writer, attempt.key, body)
        deployment = await self._deployer.deploy(attempt, platform, report, notes, answers)
        report, granted = deployment.report, deployment.granted
        if deployment.failed is not None:
            trouble.report(self._platforms, self._requeuer, wanted, deployment.failed.error)
        if granted is None:
            return report, deployment.failed
        refusal = granted.refusal
        if report.is_conclusive and granted.worker.routes:
            try:
                held, staying = await self._leave_former(attempt, report, granted.refused)
            except StepFailed as failed:
                return report, failed
            if held:
                report = report.leaving(held)
            elif not staying:
                report = self._arrived(attempt, platform, report)
            if staying and refusal is not None:
                refusal.add(staying)
        if deployment.failed is None and refusal is not None:
            return report, StepFailed(ROUTED, refusal)
        return report, deployment.failed

    def _wait_for_check(self, attempt: Attempt, platform: Platform) -> float:
        """Return the seconds until a requested check may list the account; others' listings may be joined at once."""
        if platform.observer.will_show(attempt.memory.requested[1]):
            return 0.0
        return self._checks.spend(attempt.key.tenant)

    @staticmethod
    def _arrived(attempt: Attempt, platform: Platform, report: Report) -> Report:
        """Report that nothing is left where the worker was, what was created for it there included."""
        creator = desired.creator(attempt.key, attempt.obj, platform.config.dispatch.namespace)
        there = {r.name for r in report.status.resources if not is_made_by(creator, r)}
        return report.without(there).moved(platform.config.name)

    async def _leave_former(
        self, attempt: Attempt, report: Report, refused: Sequence[Route]
    ) -> tuple[list[str], str]:
        """Remove a worker that has moved here from where it was, now that it answers here.

        Return the suspended platforms, which it is not removed from until they are resumed; that wakes it. And return
        why it stays elsewhere, "" if it does not: ``refused``, which it does not get here, is served there.
        """
        former, wanted = report.status.platform, attempt.obj.spec.platform
        to_leave = [former] if former is not None and former != wanted else []
        # Of a move that was taken back, or of a deployment that ended before status told of it.
        to_leave += self._remover.also_on(attempt.key, attempt.obj, [wanted, *to_leave])
        held = [name for name in to_leave if self._platforms.is_suspended(name)]
        with concerning(ROUTED):
            served = {
                name: await self._leave(attempt, name, refused)
                for name in to_leave
                if name not in held
            }
        return held, "; ".join(
            f"WorkersPlatform {name!r} goes on serving {pattern}"
            for name, pattern in served.items()
            if pattern is not None
        )

    async def _leave(self, attempt: Attempt, former: str, refused: Sequence[Route]) -> str | None:
        """Remove the worker from a platform, or return the pattern of a refused route that is served there only."""
        key, obj = attempt.key, attempt.obj
        try:
            left = self._platforms.usable(former)
            if left.config.is_same_place(self._platforms.usable(obj.spec.platform).config):
                return None
            served = await self._remover.served_by(left, key, obj, refused)
            if served is not None:
                return served.zone_pattern
            await self._remover.remove(left, key, obj)
        except ReconcileError as error:
            trouble.report(self._platforms, self._requeuer, former, error)
            if not isinstance(error, PlatformGone):
                raise
            logger.warning("%s: its former platform %s is gone: left as it is", attempt.key, former)
        return None

    # --- summarize --------------------------------------------------------------------------------------------------

    async def _finish(
        self, attempt: Attempt, body: Body, report: Report, failure: Failure | None
    ) -> Result:
        for repair in report.healed:
            self._repairs.repaired(report.status.platform or "", repair.kind)
            self._writer.announce(
                attempt.key, attempt.obj.metadata.uid, repair.reason, repair.message
            )
        if ended := outcome(report.status.rollout, attempt.status.rollout):
            self._repairs.rollout_ended(report.status.platform or "", ended)
        if direction := direction_of(report.status.scaling, attempt.status.scaling):
            self._repairs.scaled(report.status.platform or "", direction)
        if failure is not None and isinstance(failure.error, PlatformSuspended):
            return await self._held(attempt, body, failure)
        if failure is not None and _keeps_quiet(attempt, failure):
            return failure.result()
        progress = failure.progress() if failure else under_way(report.status)
        if progress is None and not report.is_conclusive:
            message = "waiting for the new version to answer well"
            progress = Fact(RECONCILING, "True", Reason.PROGRESSING, message)
        if failure is not None or progress is not None or report.left:
            attempt.memory.keep_rest(None)  # the next pass has more to do than to probe
        parked = attempt.obj.spec.instances == 0
        report = self._measured(attempt, self._with_scripts(attempt, report))
        well = PARKED_MESSAGE if parked else _well(report.status)
        summary = Summary(
            types=_types(attempt, report),
            facts=merge(report.facts, failure),
            progress=progress,
            status=report.status,
            ready_message=f"{well}; {report.left}" if report.left else well,
            ready_reason=Reason.PARKED if parked else Reason.SUCCEEDED,
            checked=report.checked,
        )
        is_new = attempt.forced or not attempt.was_tried or requested_at(body["metadata"])
        is_told = not is_new and self._writer.says_already(attempt.status, summary)
        if not is_told:
            timed = report.timed(attempt.status, self._pacing.now())
            summary = replace(summary, status=timed.status)
            is_told = not await self._writer.write(attempt.key, body, summary)
        if is_told:
            keep_routine(attempt, self._platforms, report)
        report = report.again_in(self._pacing.jittered(attempt.obj.spec.interval_seconds))
        if failure is not None:
            # Nothing may announce that it would succeed by now (a Secret without the label): look at the interval.
            return failure.result(again=report.requeue)
        if attempt.memory.resolved is not None:
            report = report.again_in(attempt.memory.resolved.until - attempt.started)
        return Result(requeue_after=report.requeue)

    def _with_scripts(self, attempt: Attempt, report: Report) -> Report:
        """Report how the worker's scripts were left where it is."""
        platform = self._platforms.provisioned(report.status.platform or "")
        if platform is None or report.status.script_name is None or report.rests:
            return report
        name = desired.script_name(attempt.key, attempt.obj)
        return report.based_on(repairing.as_left(report.status, platform, name))

    def _measured(self, attempt: Attempt, report: Report) -> Report:
        platform = self._platforms.provisioned(report.status.platform or "")
        if platform is None or report.status.script_name is None:
            return report
        if attempt.was_tried and not is_due(report.status.metrics, platform.metrics.until):
            return report  # most passes: a window costs more than the question
        window = platform.metrics.window(report.status.script_name)
        is_scaled = report.status.scaling != attempt.status.scaling
        measured = report.measured(window, is_written=is_scaled)
        # With the metrics, which are written now and then: judging more often would write more often.
        is_new = measured.status.metrics is not report.status.metrics or not attempt.was_tried
        if window is None or not is_new:
            return measured
        spec = attempt.obj.spec.health
        budgets = Budgets(spec.max_error_share, spec.max_response_ms)
        return measured.judged(window, budgets, succeeded(spec.expected))

    async def _suspended(self, attempt: Attempt, body: Body) -> Result:
        """Change nothing, and report that: what was known of the worker stays as it is."""
        status, left = attempt.status, _deployed(attempt.status)
        summary = Summary(WORKER_TYPES, {}, None, status, left, suspension=OWN_SUSPENSION)
        await self._writer.write(attempt.key, body, summary)
        return Result()

    async def _held(self, attempt: Attempt, body: Body, failure: Failure) -> Result:
        """Report what waits until the worker's platform is resumed, which wakes the worker."""
        if not _keeps_quiet(attempt, failure):
            generation = attempt.obj.metadata.generation
            summary = Summary(
                types=WORKER_TYPES,
                facts={},
                progress=None,
                status=attempt.status,
                ready_message=f"generation {generation} is not rolled out; {_deployed(attempt.status)}",
                suspension=Suspension(failure.error.reason, failure.error.message),
            )
            await self._writer.write(attempt.key, body, summary)
        again = self._pacing.jittered(attempt.obj.spec.interval_seconds)
        return Result(requeue_after=again)

    async def _malformed(self, key: ObjectKey, body: Body, obj: Malformed) -> Result:
        """Report what the current CRD would have rejected."""
        failure = Failure(SOURCE, obj.error)
        summary = Summary(WORKER_TYPES, merge({}, failure), failure.progress(), obj.status, "")
        await self._writer.write(key, body, summary)
        return failure.result()


def _types(attempt: Attempt, report: Report) -> Sequence[str]:
    """Return the types of conditions that the worker has: those of scaling once something was decided."""
    if attempt.obj.spec.autoscaling is None:
        return WORKER_TYPES
    if attempt.obj.spec.instances == 0:
        return (*WORKER_TYPES, SCALING_ACTIVE)
    known = {*report.facts, *(c.type for c in attempt.status.conditions)}
    return (*WORKER_TYPES, *(kind for kind in SCALING_TYPES if kind in known))


def _keeps_quiet(attempt: Attempt, failure: Failure) -> bool:
    """Whether a worker serves as it should while its platform cannot be reached, which says nothing about it."""
    ready = statuses.find(attempt.status.conditions, READY)
    serving = attempt.was_tried and ready is not None and ready.status == "True"
    # A platform that it moves away from is another matter.
    return serving and failure.type == DEPLOYED and isinstance(failure.error, PlatformUnusable)


def _well(status: WorkerStatus) -> str:
    is_degraded = status.health is not None and status.health.state == "Degraded"
    return f"version {status.stable} answers and is {'degraded' if is_degraded else 'healthy'}"


def _deployed(status: WorkerStatus) -> str:
    """Return what is left of a worker that nothing is done about."""
    stable = status.stable
    return f"version {stable} is deployed" if stable is not None else "no version is deployed"
