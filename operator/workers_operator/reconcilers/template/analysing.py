"""Analyses a wave: what the requests to followers say of the version that has reached them."""

import logging
from collections.abc import Iterable, Sequence
from typing import Final

from workers_operator.account.metrics.comparisons import Comparison
from workers_operator.account.platforms import Platform, Platforms
from workers_operator.domain.fleet.analysis import FleetEvidence, Pair, judge, questions
from workers_operator.domain.fleet.members import FleetMember, FollowerVersions
from workers_operator.domain.fleet.progress import FleetSituation, WaveAnalysis
from workers_operator.domain.rollout.analysis import Judgement
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.priority import Priority
from workers_operator.engine.slots import Unslotted
from workers_operator.reconcilers.judging import FAILURES, StatisticalTests
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.statistics.process import TestsUnavailable

logger = logging.getLogger(__name__)

_WAITS: Final = "the analysis waits for the metrics of the followers' last requests"


class FleetAnalyst:
    """Judges versions of templates by the requests to their followers."""

    def __init__(
        self, tests: StatisticalTests, platforms: Platforms, pacing: Pacing, unslotted: Unslotted
    ) -> None:
        self._tests = tests
        self._platforms = platforms
        self._pacing = pacing
        self._unslotted = unslotted

    async def judge(
        self, key: ObjectKey, at: FleetSituation, analysis: WaveAnalysis, priority: Priority
    ) -> Judgement:
        """Return what is known by now of a version that has reached a wave."""
        now = self._pacing.now().timestamp()
        reached: list[Pair] = []
        others: list[Pair] = []
        missing: list[Platform] = []
        for follower, served, platform in self._seen(at.followers):
            before, during = _counted(platform, served, analysis, now)
            if before.until < analysis.began or during.until < analysis.until:
                missing.append(platform)
            elif follower.version == at.target:
                former = before.of(served.previous) + during.of(served.previous)
                reached.append((during.of(served.stable), former))
            else:
                others.append((during.of(served.stable), before.of(served.stable)))
        if missing:
            return _waiting(missing, at, analysis, now)
        evidence = FleetEvidence(analysis.criteria, tuple(reached), tuple(others), analysis.share)
        asked = questions(evidence)
        try:
            async with self._unslotted(priority):
                values = await self._tests.p_values(asked)
        except TestsUnavailable as error:
            logger.warning("%s: %s", key, error)
            is_over = now - analysis.until > at.strategy.deadline
            return Judgement("Inconclusive" if is_over else "Pending", str(error))
        return judge(evidence, dict(zip(asked, values, strict=True)).__getitem__)

    def _seen(
        self, followers: Iterable[FleetMember]
    ) -> Iterable[tuple[FleetMember, FollowerVersions, Platform]]:
        """Yield the followers that serve well, with what they serve, on platforms that can be asked."""
        for follower in followers:
            served = follower.served
            platform = self._platforms.provisioned(served.platform) if served is not None else None
            if served is not None and platform is not None and follower.state == "Ready":
                yield follower, served, platform


def _counted(
    platform: Platform, served: FollowerVersions, analysis: WaveAnalysis, now: float
) -> tuple[Comparison, Comparison]:
    """Return the requests to a follower before its wave and since."""
    metrics, name, rollout = platform.metrics, served.script_name, analysis.rollout
    began, until = analysis.began, analysis.until
    return (
        metrics.before_waves.want(name, rollout, analysis.since, now, began),
        metrics.since_waves.want(name, rollout, began, now, until),
    )


def _waiting(
    missing: Sequence[Platform], at: FleetSituation, analysis: WaveAnalysis, now: float
) -> Judgement:
    """Return what is to be said while metrics are missing."""
    for platform in missing:
        recent, delay = platform.metrics, platform.config.observation.metrics_delay
        if recent.since_waves.failures >= FAILURES:
            message = f"its metrics could not be had {FAILURES} times in a row: {recent.failure}"
            return Judgement("Inconclusive", message)
        if now - analysis.until > at.strategy.deadline + delay:
            message = f"there are no metrics after {at.strategy.deadline:.0f} s"
            return Judgement("Inconclusive", message)
    return Judgement("Pending", _WAITS)
