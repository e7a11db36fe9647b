"""Probes a worker through the data plane, when it is due, and reports what the answer means."""

from typing import Final

from workers_operator.account.connection import Prober
from workers_operator.account.platforms import Platform
from workers_operator.desired import status as statuses
from workers_operator.desired.report import Report, health_of
from workers_operator.domain import health
from workers_operator.domain.conditions import HEALTHY, ROUTED
from workers_operator.domain.health import SAID_BY_PROBES, Health, ProbeAnswer, ProbeResult
from workers_operator.domain.worker import Worker
from workers_operator.engine.clock import Clock
from workers_operator.index.memory import Resolved
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.worker.attempt import Attempt

# A new version is probed quickly at first (local edges, warm caches), then at the pace of KV's propagation.
_FIRST_PROBES: Final = (0.0, 0.05, 0.1, 0.2, 0.4)
_PROBING_SECONDS: Final = 1.0


class HealthProbe:
    """Probes one worker at a time."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing

    async def probe(
        self, a: Attempt, platform: Platform, worker: Worker, resolved: Resolved, report: Report
    ) -> Report:
        """Return the report with a probe's outcome, if one is due, and with the time of the next."""
        before = health_of(report.status)
        known_good = (
            a.status.stable == resolved.version
            and before.state == "Healthy"
            and not a.memory.unconfirmed
            and a.obj.is_observed  # another generation may have another path
        )
        if worker.instances == 0:
            result = health.parked()
        elif not self._is_due(a, known_good):
            return report.again_in(a.memory.next_probe - a.started)
        else:
            result = await self._ask(a, platform, worker, resolved, before, known_good)
        misses = 0 if result.settled else a.memory.misses + 1
        pause = health.pause(misses, a.obj.spec.health.interval_seconds)
        next_probe = self._pacing.monotonic() + self._pacing.jittered(pause)
        a.memory.probed(settled=result.settled, next_probe=next_probe)
        return report.probed(result).again_in(next_probe - self._pacing.monotonic())

    async def _ask(
        self,
        a: Attempt,
        platform: Platform,
        worker: Worker,
        resolved: Resolved,
        before: Health,
        known_good: bool,
    ) -> ProbeResult:
        spec, prober = a.obj.spec.health, platform.connection.data_plane
        path = spec.path or resolved.source.health_path
        if known_good:
            answer = await probe(prober, worker, path, spec.timeout_seconds)
        else:
            answer = await wait_for_version(
                prober, worker, resolved.version, path, spec.timeout_seconds, self._pacing.clock
            )
        return health.judge(
            answer,
            resolved.version,
            before,
            spec.failure_threshold,
            known_good=known_good,
            strict=spec.path is not None,
        )

    def _is_due(self, a: Attempt, known_good: bool) -> bool:
        if a.memory.next_probe == 0.0 and known_good and not a.forced:
            # First look after a restart: healthy workers are probed over their interval, not all at once.
            spread = self._pacing.within(a.obj.spec.health.interval_seconds)
            a.memory.schedule_probe(a.started + spread)
        # A version that was never probed: the write that routed it may have been an earlier pass's.
        unprobed = not known_good and a.memory.misses == 0
        known = statuses.facts_of(a.status)
        # A failed step had its say about the routing; only a probe can take it back.
        unsaid = any(
            k not in known or known[k].reason not in SAID_BY_PROBES for k in (ROUTED, HEALTHY)
        )
        is_new = not a.obj.is_observed
        return a.forced or is_new or unprobed or unsaid or a.started >= a.memory.next_probe


async def wait_for_version(
    prober: Prober, worker: Worker, version: str, path: str, timeout: float, clock: Clock
) -> ProbeAnswer:
    """Probe until ``version`` answers, for about a second besides the last probe; return the last answer."""
    deadline = clock.monotonic() + _PROBING_SECONDS
    answer = ProbeAnswer(0, None, "not probed yet")
    for pause in _FIRST_PROBES:
        if pause:
            await clock.sleep(pause)
        answer = await probe(prober, worker, path, timeout)
        if answer.version == version or clock.monotonic() >= deadline:
            break
    return answer


async def probe(prober: Prober, worker: Worker, path: str, timeout: float) -> ProbeAnswer:
    """Probe the worker's first route once, of those without a wildcard if there are any."""
    route = min(worker.routes, key=lambda r: r.host.startswith("*"))
    return await prober.probe(*route.request_to(path), timeout)
