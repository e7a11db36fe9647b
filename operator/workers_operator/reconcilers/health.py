"""A pass's last step: asks through the data plane whether the version answers, and well."""

import random

from workers_operator.domain.desired import Worker
from workers_operator.engine.clock import Clock
from workers_operator.reconcilers import probing
from workers_operator.reconcilers.memory import Resolved
from workers_operator.reconcilers.platforms import Platform
from workers_operator.reconcilers.resolving import jittered
from workers_operator.reconcilers.worker_pass import HEALTHY, ROUTED, Pass


class HealthStep:
    """Sets the Routed and Healthy facts and the health field, and when to ask again."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        self._clock = clock
        self._rng = rng

    async def probe(self, p: Pass, platform: Platform, worker: Worker, resolved: Resolved) -> None:
        """One look, if one is due."""
        before = probing.Health.of(p.status)
        stable = (p.status.get("versions") or {}).get("stable")
        known_good = (
            stable == resolved.version and before.state == "Healthy" and not p.memory.unseen
        )
        if worker.instances == 0:
            result = probing.parked()
        elif not self._is_due(p, known_good):
            p.again_in(p.memory.next_probe - p.started)
            return
        else:
            result = await self._ask(p, platform, worker, resolved, before, known_good)
        p.facts[ROUTED], p.facts[HEALTHY] = result.routed, result.healthy
        p.fields["health"] = result.health.field()
        p.settled = result.settled
        p.memory.unseen = p.memory.unseen and not result.settled
        p.memory.looks = 0 if result.settled else p.memory.looks + 1
        pause = probing.pause(p.memory.looks, p.obj.spec.health.interval_seconds)
        p.memory.next_probe = self._clock.monotonic() + jittered(pause, self._rng)
        p.again_in(p.memory.next_probe - self._clock.monotonic())

    async def _ask(
        self,
        p: Pass,
        platform: Platform,
        worker: Worker,
        resolved: Resolved,
        before: probing.Health,
        known_good: bool,
    ) -> probing.ProbeResult:
        health = p.obj.spec.health
        ask = probing.probe if known_good else probing.wait_for_version
        answer = await ask(
            platform.data_plane,
            worker,
            resolved.version,
            health.path or resolved.source.health_path,
            health.timeout_seconds,
            self._clock,
        )
        return probing.judge(
            answer,
            resolved.version,
            before,
            health.failure_threshold,
            known_good=known_good,
            strict=health.path is not None,
        )

    def _is_due(self, p: Pass, known_good: bool) -> bool:
        if p.memory.next_probe == 0.0 and known_good and p.observed_generation and not p.forced:
            # First look after a restart: what was healthy is asked some time within its interval, not all at once.
            spread = self._rng.uniform(0.0, p.obj.spec.health.interval_seconds)
            p.memory.next_probe = p.started + spread
        # A version that has not been asked for yet: the write that routed it may have been an earlier pass's.
        unseen = not known_good and p.memory.looks == 0
        return p.forced or unseen or p.started >= p.memory.next_probe
