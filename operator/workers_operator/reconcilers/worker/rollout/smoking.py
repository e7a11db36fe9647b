"""Smoke test new versions before visitors reach them."""

import asyncio
from dataclasses import dataclass
from typing import Final

from workers_operator.account.connection import Prober
from workers_operator.account.platforms import Platform
from workers_operator.domain.health.selection import ProbeSigner
from workers_operator.domain.rollout.smoke import PASSED, SmokeAnswer, SmokeOutcome, judge
from workers_operator.domain.rollout.strategy import SmokeRequest, SmokeStep
from workers_operator.domain.worker import Worker
from workers_operator.engine.slots import Slots, Unslotted
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.worker.attempt import Attempt

_TRIES: Final = (0.0, 0.2, 0.5)  # seconds before each
_PATIENCE_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 2.0  # a rollback does not wait longer for a version that hangs


class SmokeTester:
    """Send the requests of a smoke test, in the slots of probes."""

    def __init__(self, pacing: Pacing, slots: Slots, unslotted: Unslotted) -> None:
        self._pacing = pacing
        self._slots = slots
        self._unslotted = unslotted

    async def test(
        self, attempt: Attempt, platform: Platform, worker: Worker, version: str, step: SmokeStep
    ) -> SmokeOutcome:
        """Return what has come of a step, on every instance: of a request that did not pass, if there is one."""
        key = platform.observer.known_key
        if key is None or not worker.routes:
            return SmokeOutcome(unknown="no request can select the version")
        signer, priority = ProbeSigner.of(key), attempt.slot
        async with (
            self._unslotted(priority),
            self._slots.slot(
                priority, clock=self._pacing.clock, patience=_PATIENCE_SECONDS
            ) as is_free,
        ):
            if not is_free:
                return SmokeOutcome(unknown="other workers are slow to answer their probes")
            prober = platform.connection.data_plane
            asked = _Asked(prober, signer, worker, version)
            first = await self._test_instance(asked, 0, step)
            if not first.has_passed:
                return first
            # Each is a script of its own, and would get its share of the requests.
            others = range(1, worker.instances)
            tests = [self._test_instance(asked, instance, step) for instance in others]
            outcomes = await asyncio.gather(*tests)
        return next((found for found in outcomes if not found.has_passed), PASSED)

    async def is_missing(
        self, attempt: Attempt, platform: Platform, worker: Worker, version: str, path: str
    ) -> bool:
        """Return whether the edge reports that a version's script is missing."""
        key = platform.observer.known_key
        if key is None or not worker.routes:
            return False
        request = SmokeRequest(path, within=_LOOK_SECONDS)
        async with self._unslotted(attempt.slot):
            asked = _Asked(platform.connection.data_plane, ProbeSigner.of(key), worker, version)
            answer = await self._ask(asked, 0, request)
        return answer.probe.is_missing

    async def _test_instance(self, asked: "_Asked", instance: int, step: SmokeStep) -> SmokeOutcome:
        """Return what has come of a step on one instance."""
        for request in step.requests:
            outcome = await self._try(asked, instance, request)
            if not outcome.has_passed:
                return outcome if instance == 0 else outcome.on_instance(instance)
        return PASSED

    async def _try(self, asked: "_Asked", instance: int, request: SmokeRequest) -> SmokeOutcome:
        outcome = PASSED
        for pause in _TRIES:
            await self._pacing.clock.sleep(pause)
            answer = await self._ask(asked, instance, request)
            outcome = judge(request, answer, asked.version)
            if outcome.has_passed:
                break
        return outcome

    async def _ask(self, asked: "_Asked", instance: int, request: SmokeRequest) -> SmokeAnswer:
        route = min(asked.worker.routes, key=lambda r: r.host.startswith("*"))
        host, path = route.request_to(request.path)
        now = self._pacing.now().timestamp()
        selection = asked.signer.select(host, instance, now, asked.version)
        return await asked.prober.smoke(host, path, request, selection)


@dataclass(frozen=True)
class _Asked:
    """Whose answers a test is about, and how they are asked."""

    prober: Prober
    signer: ProbeSigner
    worker: Worker
    version: str
