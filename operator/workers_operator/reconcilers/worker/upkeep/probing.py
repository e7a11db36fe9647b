"""Probes a worker through the data plane, when it is due, and reports what the answer means."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from workers_operator.account.platforms import Platform
from workers_operator.desired import status as statuses
from workers_operator.desired.health import health_of, was_healthy
from workers_operator.desired.report import Report
from workers_operator.desired.rollout import is_asked_for
from workers_operator.domain.conditions import HEALTHY, ROUTED
from workers_operator.domain.health import probes
from workers_operator.domain.health.probes import SAID_BY_PROBES, Health, ProbeAnswer, ProbeResult
from workers_operator.domain.health.selection import ProbeSigner
from workers_operator.domain.worker import Worker
from workers_operator.engine.priority import Priority
from workers_operator.engine.slots import Slots, Unslotted
from workers_operator.index.dataplanes import ProbedPlanes
from workers_operator.index.memory import Resolved
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.requeuer import Requeuer
from workers_operator.reconcilers.worker.asking import (
    ProbeQuestion,
    ask_all,
    best,
    wait_for_version,
)
from workers_operator.reconcilers.worker.attempt import Attempt

NO_ANSWERS: Final[Mapping[int, ProbeAnswer]] = MappingProxyType({})
RELIST_SECONDS: Final = 30.0
"""Something that is missing has an account listed again after this at the earliest."""
# A pass waits no longer for its probe to begin: an edit of the worker would wait as long.
_PATIENCE_SECONDS: Final = 1.0


class HealthProbe:
    """Probes workers in slots of their own: one that hangs keeps no pass from its slot (``unslotted``)."""

    def __init__(
        self,
        pacing: Pacing,
        slots: Slots,
        unslotted: Unslotted,
        data_planes: ProbedPlanes,
        requeuer: Requeuer,
    ) -> None:
        self._pacing = pacing
        self._data_planes = data_planes
        self._requeuer = requeuer
        self._slots = slots
        self._unslotted = unslotted

    async def probe(
        self,
        attempt: Attempt,
        platform: Platform,
        worker: Worker,
        resolved: Resolved,
        report: Report,
        answers: Mapping[int, ProbeAnswer] = NO_ANSWERS,
    ) -> Report:
        """Return the report with a probe's outcome, if one is due, and with the time of the next.

        ``answers``: of all instances, if they were just asked.
        """
        before = _before(attempt, report)
        known_good = (
            was_healthy(attempt.status, resolved.version)
            and not attempt.memory.unconfirmed
            and attempt.was_tried  # another generation may have another path
        )
        if worker.instances == 0:
            return self._probed(attempt, report, probes.parked())
        is_said = _is_said(attempt, resolved.version)
        if is_said and not self._is_due(attempt, known_good):
            is_conclusive = attempt.memory.misses == 0
            return report.not_probed(is_conclusive=is_conclusive).again_in(
                attempt.memory.next_probe - attempt.started
            )
        asked = (attempt, platform, worker, resolved, before)
        if answers and known_good:
            result = self._meaning(*asked, answers)
            return self._judged(attempt, platform, worker, report, result)
        async with self.slot(attempt.slot) as is_free:
            if is_free:
                result = await self._ask(*asked, known_good=known_good)
                return self._judged(attempt, platform, worker, report, result)
        if is_said:
            return self._left_out(attempt, report)
        return self._probed(attempt, report, probes.postponed(before))

    @asynccontextmanager
    async def slot(self, priority: Priority) -> AsyncIterator[bool]:
        """Hold a slot for probes in place of the pass's inside the block; yield whether one got free in time."""
        clock = self._pacing.clock
        async with (
            self._unslotted(priority),
            self._slots.slot(priority, clock=clock, patience=_PATIENCE_SECONDS) as is_free,
        ):
            yield is_free

    def question(
        self, platform: Platform, worker: Worker, path: str, timeout: float
    ) -> ProbeQuestion:
        """Return what is asked of a worker. ``timeout``: seconds."""
        key = platform.observer.known_key
        selector = ProbeSigner.of(key) if key is not None else None
        return ProbeQuestion(worker, path, timeout, selector, _out(platform, worker))

    def got_through(self, platform: Platform, worker: Worker, *, is_well: bool) -> None:
        """Take in that a worker has answered: its data plane works."""
        name = platform.config.name
        plane, now = self._data_planes.of(name), self._pacing.monotonic()
        if plane.got_through(worker.script_name, now, is_well=is_well):
            self._requeuer.status_changed(name)

    def _judged(
        self,
        attempt: Attempt,
        platform: Platform,
        worker: Worker,
        report: Report,
        result: ProbeResult | None,
    ) -> Report:
        """Return the report with a result; None: no worker of the platform can be probed now."""
        if result is None:
            return self._left_out(attempt, report)
        report = self._look_soon(attempt, platform, self._probed(attempt, report, result))
        if self._is_to_heal(attempt, platform, worker, report, result):
            return report.again_in(0.0)
        return report

    def _look_soon(self, attempt: Attempt, platform: Platform, report: Report) -> Report:
        """Have the account listed because something is missing there, though not too often for all workers together."""
        if attempt.memory.probes.missed is None:
            return report
        observed = platform.observer.observed_at or -RELIST_SECONDS
        return report.again_in(observed + RELIST_SECONDS - self._pacing.monotonic())

    def _is_to_heal(
        self,
        attempt: Attempt,
        platform: Platform,
        worker: Worker,
        report: Report,
        result: ProbeResult,
    ) -> bool:
        """Whether another pass has something to do about instances: to balance anew, or to replace some."""
        mark = platform.snapshot.mark(worker.script_name)
        if mark is None or worker.instances == 1:
            return False
        was_out = frozenset(mark.serving.out)
        if not is_asked_for(report.status):
            return result.out != was_out  # nothing has the content of a former version
        due = attempt.memory.probes.instances.due(result.out & was_out, self._pacing.monotonic())
        return result.out != was_out or bool(due)

    def _probed(self, attempt: Attempt, report: Report, result: ProbeResult) -> Report:
        misses = 0 if result.is_conclusive else attempt.memory.misses + 1
        next_probe = self._next_probe(attempt, misses, result.out)
        attempt.memory.probed(
            is_conclusive=result.is_conclusive,
            failures=result.health.consecutive_failures,
            next_probe=next_probe,
        )
        return report.probed(result).again_in(next_probe - self._pacing.monotonic())

    def _left_out(self, attempt: Attempt, report: Report) -> Report:
        """Leave it at what former probes said until the next one is due."""
        misses = attempt.memory.misses
        next_probe = self._next_probe(attempt, misses)
        attempt.memory.schedule_probe(next_probe)
        report = report.not_probed(is_conclusive=misses == 0)
        return report.again_in(next_probe - self._pacing.monotonic())

    def _next_probe(
        self, attempt: Attempt, misses: int, out: frozenset[int] = frozenset()
    ) -> float:
        spec, instances = attempt.obj.spec.health, attempt.memory.probes.instances
        count = attempt.status.instances or 0
        undecided = instances.is_undecided(count, out, spec.failure_threshold)
        pause = probes.pause(misses, spec.interval_seconds, is_undecided=undecided)
        return self._pacing.monotonic() + self._pacing.jittered(pause)

    async def _ask(
        self,
        attempt: Attempt,
        platform: Platform,
        worker: Worker,
        resolved: Resolved,
        before: Health,
        *,
        known_good: bool,
    ) -> ProbeResult | None:
        """Return what a probe yields; None if no worker of the platform can be probed now."""
        spec, prober = attempt.obj.spec.health, platform.connection.data_plane
        path, clock = health_path(attempt, resolved), self._pacing.clock
        question = self.question(platform, worker, path, spec.timeout_seconds)
        if known_good:
            answers = await ask_all(question, prober, clock)
            return self._meaning(attempt, platform, worker, resolved, before, answers)
        answer = await wait_for_version(question, prober, resolved.version, clock)
        if self._is_unreachable(platform, worker, answer, known_good=False):
            return probes.unreachable(before)
        result = self._result(attempt, resolved, before, answer, known_good=False)
        return replace(result, out=question.out & frozenset(range(worker.instances - 1)))

    def _meaning(
        self,
        attempt: Attempt,
        platform: Platform,
        worker: Worker,
        resolved: Resolved,
        before: Health,
        answers: Mapping[int, ProbeAnswer],
    ) -> ProbeResult | None:
        """Return what the answers of a worker mean that has been healthy; None: it is not this worker that fails."""
        answer = best(answers, resolved.version, attempt.obj.spec.health.expected)
        is_missing = any(a.is_missing for a in answers.values())
        attempt.memory.miss(self._pacing.monotonic() if is_missing else None)
        if self._is_unreachable(platform, worker, answer, known_good=True):
            return None
        result = self._result(attempt, resolved, before, answer, known_good=True)
        was_out = _out(platform, worker)
        return self._with_instances(attempt, worker, resolved.version, answers, was_out, result)

    @staticmethod
    def _result(
        attempt: Attempt,
        resolved: Resolved,
        before: Health,
        answer: ProbeAnswer,
        *,
        known_good: bool,
    ) -> ProbeResult:
        spec = attempt.obj.spec.health
        return probes.judge(
            answer,
            resolved.version,
            before,
            spec.failure_threshold,
            known_good=known_good,
            expected=spec.expected,
        )

    def _with_instances(
        self,
        attempt: Attempt,
        worker: Worker,
        version: str,
        answers: Mapping[int, ProbeAnswer],
        was_out: frozenset[int],
        result: ProbeResult,
    ) -> ProbeResult:
        """Return the result with the instances that fail while others answer."""
        spec, memory = attempt.obj.spec.health, attempt.memory
        if worker.instances == 1:
            return replace(result, out=was_out & frozenset(range(worker.instances - 1)))
        good = {i: probes.is_good(a, version, spec.expected) for i, a in answers.items()}
        if any(good.values()):  # otherwise it is the worker that fails
            memory.learn(memory.probes.instances.after(good))
        out = memory.probes.instances.out(worker.instances, was_out, spec.failure_threshold)
        failing = next((i for i in sorted(out) if not good.get(i, True)), None)
        why = "" if failing is None else f" ({probes.why(answers[failing], spec.expected)})"
        listed = ", ".join(map(str, sorted(out)))
        message = f"of {worker.instances} instances, these get no requests: {listed}{why}"
        return replace(result, out=out, why_out=message)

    def _is_unreachable(
        self, platform: Platform, worker: Worker, answer: ProbeAnswer, *, known_good: bool
    ) -> bool:
        """Whether the data plane, and not this worker, is why it does not answer."""
        name, now = platform.config.name, self._pacing.monotonic()
        plane = self._data_planes.of(name)
        if answer.got_through:
            self.got_through(platform, worker, is_well=not answer.error)
        elif known_good and plane.failed(worker.script_name, now, probes.why(answer)):
            self._requeuer.status_changed(name)
        return bool(plane.failure)

    def _is_due(self, attempt: Attempt, known_good: bool) -> bool:
        if attempt.memory.next_probe == 0.0 and known_good and not attempt.forced:
            # First look after a restart: healthy workers are probed over their interval, not all at once.
            spread = self._pacing.within(attempt.obj.spec.health.interval_seconds)
            attempt.memory.schedule_probe(attempt.started + spread)
        # A version that was never probed: the write that routed it may have been an earlier pass's.
        unprobed = not known_good and attempt.memory.misses == 0
        return attempt.forced or unprobed or attempt.started >= attempt.memory.next_probe


def health_path(attempt: Attempt, resolved: Resolved) -> str:
    """Return the path that is probed."""
    return attempt.obj.spec.health.path or resolved.source.health_path


def _out(platform: Platform, worker: Worker) -> frozenset[int]:
    """Return the instances that get no requests."""
    mark = platform.snapshot.mark(worker.script_name)
    return frozenset(mark.serving.out) if mark is not None else frozenset()


def _before(attempt: Attempt, report: Report) -> Health:
    known, failures = health_of(report.status), attempt.memory.probes.failures
    return known if failures is None else replace(known, consecutive_failures=failures)


def _is_said(attempt: Attempt, version: str) -> bool:
    """Return whether what status says of the probes was said of this version, and of the object as it is."""
    known = statuses.facts_of(attempt.status)
    # A failed step had its say about the routing; only a probe can take it back.
    said = all(k in known and known[k].reason in SAID_BY_PROBES for k in (ROUTED, HEALTHY))
    probed = not attempt.memory.unconfirmed or attempt.memory.misses > 0
    return said and probed and attempt.was_tried and attempt.status.stable == version
