"""Probes workers at rest without reading their objects: most passes of a fleet, at a part of their price.

A probe that finds anything but a healthy worker is left, with its answers, to a pass that reads the object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workers_operator.account.metrics.recent import RecentMetrics
from workers_operator.account.platforms import Platform, Platforms
from workers_operator.desired.fleet import templates
from workers_operator.desired.metrics import is_due_after, told_until
from workers_operator.desired.report import Report
from workers_operator.domain.health.probes import ProbeAnswer, is_good, pause
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.engine.runner import Result
from workers_operator.index.memory import AtRest, Memories, Memory, Resolved, Routine
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.worker.asking import ask_all
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.reconcilers.worker.following import TemplateFollower
from workers_operator.reconcilers.worker.upkeep.probing import HealthProbe, health_path
from workers_operator.reconcilers.worker.upkeep.resting import RestKeeper
from workers_operator.resources import WorkerStatus


@dataclass(frozen=True)
class RoutineOutcome:
    """What has come of a pass. ``result``: None if the object has to be read; ``answers``: what is left to judge."""

    result: Result | None
    answers: Mapping[int, ProbeAnswer] = field(default_factory=dict)


NOT_ROUTINE = RoutineOutcome(None)


def keep_routine(attempt: Attempt, platforms: Platforms, report: Report) -> None:
    """Keep what the next probe needs, if a pass has only probed and found a healthy worker; it had nothing to say."""
    platform = platforms.provisioned(attempt.obj.spec.platform)
    if platform is not None and report.rests and report.is_conclusive:
        attempt.memory.keep_routine(_routine(attempt, platform, report.status))


def _routine(attempt: Attempt, platform: Platform, status: WorkerStatus) -> Routine | None:
    resolved = attempt.memory.resolved
    if resolved is None:
        return None
    template = templates.followed(attempt.key, attempt.obj)
    spec, metrics = attempt.obj.spec.health, status.metrics
    has_traffic = platform.metrics.has_traffic(status.script_name or "")
    return Routine(
        platform=platform.config.name,
        followed=template and (template, templates.own_version(attempt.key, attempt.obj)),
        path=health_path(attempt, resolved),
        timeout=spec.timeout_seconds,
        interval=spec.interval_seconds,
        expected=spec.expected,
        measured=told_until(metrics),
        looked=platform.metrics.until,
        is_idle=not has_traffic and (metrics is None or metrics.requests == 0),
    )


class RoutineProbes:
    """Probes one worker at a time."""

    def __init__(
        self,
        memories: Memories,
        platforms: Platforms,
        follower: TemplateFollower,
        rests: RestKeeper,
        probe: HealthProbe,
        pacing: Pacing,
    ) -> None:
        self._memories = memories
        self._platforms = platforms
        self._follower = follower
        self._rests = rests
        self._probe = probe
        self._pacing = pacing

    async def probe(
        self, key: ObjectKey, resource_version: int, priority: Priority
    ) -> RoutineOutcome:
        """Run the pass of a worker at rest whose probe is due, if nothing has changed that was looked at."""
        memory = self._memories.of(key)
        rest = memory.rest
        if rest is None or rest.routine is None or memory.resolved is None:
            return NOT_ROUTINE
        if priority.urgency is not Urgency.RESYNC or self._pacing.monotonic() < memory.next_probe:
            return NOT_ROUTINE
        platform = self._unchanged(key, str(resource_version), memory, rest.routine)
        if platform is None or self._is_news(rest, rest.routine, platform.metrics):
            return NOT_ROUTINE
        return await self._ask(memory, rest, rest.routine, memory.resolved, platform, priority)

    def _unchanged(
        self, key: ObjectKey, resource_version: str, memory: Memory, routine: Routine
    ) -> Platform | None:
        """Return the platform of a worker if all is as a pass has found it."""
        if not self._platforms.is_usable(routine.platform):
            return None
        platform, template = self._platforms.usable(routine.platform), None
        if routine.followed is not None:
            template = self._follower.known(key, *routine.followed)
            if template is None:
                return None
        now = self._pacing.monotonic()
        still = self._rests.still(memory, key, resource_version, template, platform, now)
        return platform if still is not None else None

    @staticmethod
    def _is_news(rest: AtRest, routine: Routine, metrics: RecentMetrics) -> bool:
        """Whether metrics may tell something that status does not."""
        if metrics.until == routine.looked:
            return False
        if routine.is_idle:
            return metrics.has_traffic(rest.worker.script_name)
        return is_due_after(routine.measured, metrics.until)

    async def _ask(
        self,
        memory: Memory,
        rest: AtRest,
        routine: Routine,
        resolved: Resolved,
        platform: Platform,
        priority: Priority,
    ) -> RoutineOutcome:
        worker, prober, clock = rest.worker, platform.connection.data_plane, self._pacing.clock
        question = self._probe.question(platform, worker, routine.path, routine.timeout)
        async with self._probe.slot(priority) as is_free:
            if not is_free:
                return NOT_ROUTINE
            answers = await ask_all(question, prober, clock)
        good = {i: is_good(a, resolved.version, routine.expected) for i, a in answers.items()}
        if question.out or not all(good.values()):
            return RoutineOutcome(None, answers)
        self._probe.got_through(platform, worker, is_well=True)
        if worker.instances > 1:
            memory.learn(memory.probes.instances.after(good))
        wait = self._pacing.jittered(pause(0, routine.interval))
        now = self._pacing.monotonic()
        memory.probed(is_conclusive=True, failures=0, next_probe=now + wait)
        due = min(wait, rest.until - now, resolved.until - now)
        return RoutineOutcome(Result(requeue_after=max(0.0, due)))
