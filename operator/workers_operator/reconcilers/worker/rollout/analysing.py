"""Analyse rollouts by the requests to new versions."""

import logging

from workers_operator.account.metrics.comparisons import Comparison
from workers_operator.account.platforms import Platform
from workers_operator.domain.metrics.tally import Tally
from workers_operator.domain.metrics.window import MetricsWindow
from workers_operator.domain.rollout.analysis import (
    NO_CPU_TIMES,
    CpuTimes,
    Evidence,
    Judgement,
    judge,
    questions,
)
from workers_operator.domain.rollout.criteria import LEVELS
from workers_operator.domain.rollout.progress import Analysis
from workers_operator.engine.slots import Unslotted
from workers_operator.reconcilers.judging import FAILURES, StatisticalTests
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.reconcilers.worker.rollout.charting import Lineup
from workers_operator.statistics.process import TestsUnavailable

logger = logging.getLogger(__name__)


class Analyst:
    """Judge new versions by their requests."""

    def __init__(self, tests: StatisticalTests, pacing: Pacing, unslotted: Unslotted) -> None:
        self._tests = tests
        self._pacing = pacing
        self._unslotted = unslotted

    async def judge(
        self, attempt: Attempt, platform: Platform, lineup: Lineup, analysis: Analysis
    ) -> Judgement:
        """Judge the candidate by the requests known so far."""
        recent, script_name = platform.metrics, lineup.worker.script_name
        now = self._pacing.now().timestamp()
        known = recent.comparisons.want(script_name, analysis.rollout, analysis.since, now)
        evidence = _evidence(lineup, analysis, known, recent.window(script_name))
        missing = _missing(platform, lineup, analysis, known, now)
        asked = questions(evidence)
        try:
            async with self._unslotted(attempt.slot):
                values = await self._tests.p_values(asked)
        except TestsUnavailable as error:
            logger.warning("%s: %s", attempt.key, error)
            is_over = _is_overdue(platform, lineup, analysis, now)
            return missing or Judgement("Inconclusive" if is_over else "Pending", str(error))
        verdict = judge(evidence, dict(zip(asked, values, strict=True)).__getitem__)
        recent.comparisons.looked(script_name, evidence.look)
        return missing if missing is not None and verdict.finding != "Failed" else verdict


def _evidence(
    lineup: Lineup, analysis: Analysis, known: Comparison, window: MetricsWindow | None
) -> Evidence:
    candidate, stable = lineup.resolved.version, lineup.version
    return Evidence(
        criteria=analysis.criteria,
        version=stable,
        canary=known.of(candidate),
        stable=known.of(stable),
        share=analysis.share,
        looked=known.looked,
        is_final=analysis.until is not None and known.until >= analysis.until,
        cpu=_cpu_times(window, candidate, stable, analysis.criteria.min_requests),
        former=tuple(
            (tallies.get(candidate, Tally()), tallies.get(stable, Tally()))
            for tallies in known.former
        ),
    )


def _missing(
    platform: Platform, lineup: Lineup, analysis: Analysis, known: Comparison, now: float
) -> Judgement | None:
    """Return the judgement of a finished step whose metrics have not arrived."""
    if analysis.until is None or known.until >= analysis.until:
        return None
    recent = platform.metrics
    if recent.comparisons.failures >= FAILURES:
        message = f"its metrics could not be had {FAILURES} times in a row: {recent.failure}"
        return Judgement("Inconclusive", message)
    if _is_overdue(platform, lineup, analysis, now):
        deadline = lineup.at.strategy.deadline
        return Judgement("Inconclusive", f"there are no metrics after {deadline:.0f} s")
    return Judgement("Pending", "the analysis waits for the metrics of its last requests")


def _is_overdue(platform: Platform, lineup: Lineup, analysis: Analysis, now: float) -> bool:
    """Whether a step has been over for as long as it may go without a verdict."""
    patience = lineup.at.strategy.deadline + platform.config.observation.metrics_delay
    return analysis.until is not None and now - analysis.until > patience


def _cpu_times(window: MetricsWindow | None, candidate: str, stable: str, asked: int) -> CpuTimes:
    """Return CPU times of the last minutes, for versions with enough calls."""
    if window is None:
        return NO_CPU_TIMES
    found: list[dict[str, float]] = []
    for version in (candidate, stable):
        used = window.of_version(version).all_consumption
        times = {
            metric: quantile / 1000
            for metric, level in LEVELS.items()
            if used.invocations >= asked and (quantile := used.cpu.quantile(level)) is not None
        }
        found.append(times)
    return CpuTimes(*found)
