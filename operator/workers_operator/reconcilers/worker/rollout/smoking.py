"""Smoke tests a new version: requests that reach it before any visitor's does."""

from typing import Final

from workers_operator.account.connection import Prober
from workers_operator.account.platforms import Platform
from workers_operator.domain.health.selection import ProbeSigner
from workers_operator.domain.rollout.smoke import PASSED, SmokeOutcome, judge
from workers_operator.domain.rollout.strategy import SmokeRequest, SmokeStep
from workers_operator.domain.worker import Worker
from workers_operator.engine.slots import Slots, Unslotted
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.worker.attempt import Attempt

_TRIES: Final = (0.0, 0.2, 0.5)  # seconds before each
_PATIENCE_SECONDS: Final = 1.0


class SmokeTester:
    """Sends the requests of a smoke test, in the slots that probes have."""

    def __init__(self, pacing: Pacing, slots: Slots, unslotted: Unslotted) -> None:
        self._pacing = pacing
        self._slots = slots
        self._unslotted = unslotted

    async def test(
        self, attempt: Attempt, platform: Platform, worker: Worker, version: str, step: SmokeStep
    ) -> SmokeOutcome:
        """Return what has come of a step: of the first request that did not pass, if there is one."""
        key = platform.observer.known_key
        if key is None or not worker.routes:
            return SmokeOutcome(unknown="no request can select the version")
        signer, priority = ProbeSigner.of(key), attempt.priority
        async with (
            self._unslotted(priority),
            self._slots.slot(
                priority, clock=self._pacing.clock, patience=_PATIENCE_SECONDS
            ) as is_free,
        ):
            if not is_free:
                return SmokeOutcome(unknown="other workers are slow to answer their probes")
            for request in step.requests:
                outcome = await self._try(
                    platform.connection.data_plane, signer, worker, version, request
                )
                if not outcome.has_passed:
                    return outcome
        return PASSED

    async def _try(
        self,
        prober: Prober,
        signer: ProbeSigner,
        worker: Worker,
        version: str,
        request: SmokeRequest,
    ) -> SmokeOutcome:
        route = min(worker.routes, key=lambda r: r.host.startswith("*"))
        host, path = route.request_to(request.path)
        outcome = PASSED
        for pause in _TRIES:
            await self._pacing.clock.sleep(pause)
            selection = signer.select(host, 0, self._pacing.now().timestamp(), version)
            outcome = judge(request, await prober.smoke(host, path, request, selection), version)
            if outcome.has_passed:
                break
        return outcome
