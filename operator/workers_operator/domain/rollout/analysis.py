"""Analysis: judge a new version by its requests. Pure.

Two one-sided tests tell a difference from chance. Fisher's exact test: did more of the new version's requests fail (or
take long) than of the serving version's in the same time? The exact binomial test: did more than a limit allows? The
caller computes the p-values of the counts in ``questions``.

A rollout that is no worse than what serves is aborted in one of a hundred cases at most: that risk is divided equally
among all criteria of all steps (Bonferroni). Three quarters of a criterion's share are for the end of its step. The
last one is for looks before it, so that a very bad version need not be waited for: the first look, once there are as
many requests as are asked for, has half of that, and the next, at twice as many, half of the rest.

At the end of a step the evidence of the former ones counts, too. A table for each is tested, and the p-values are
combined by Fisher's method: the shares differ from step to step, and so may the traffic, so that a sum of the tables
could show a difference where none of them does (Simpson's paradox).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, log2
from typing import Final, Literal

from workers_operator.domain.metrics.tally import Tally, first_above, upper_ms
from workers_operator.domain.rollout.criteria import LEVELS, AnalysisMetric, Criteria, Criterion

FALSE_ABORTS: Final = 0.01
"""Probability that a rollout is aborted although its version is no worse."""

NOTICEABLE_RATE: Final = 0.001
"""The least difference of two shares of requests that somebody would mind."""
_NOTICEABLE_BUCKETS: Final = 2  # 9 to 19 percent slower
# Of CPU time Cloudflare gives quantiles only: there is nothing to test.
_NOTICEABLE_CPU: Final = 1.5
_NOTICEABLE_CPU_MS: Final = 1.0

Finding = Literal["Passed", "Failed", "Inconclusive", "Pending"]
Counts = tuple[float, ...]
"""Counts of a test: (failed, requests, limit), or (failed, requests, failed, requests) of two versions, one such
table after the other."""
PValues = Callable[[Counts], float]


@dataclass(frozen=True, slots=True)
class CpuTimes:
    """Quantiles of the CPU time of invocations, in milliseconds, by metric; empty if they are not known."""

    canary: dict[str, float]
    stable: dict[str, float]


NO_CPU_TIMES: Final = CpuTimes({}, {})


@dataclass(frozen=True, slots=True)
class Evidence:
    """Requests to two versions since a step began. ``version``: the one that serves.

    ``share``: the risk that each criterion may take. ``looked``: the last look, 0 for none. ``is_final``:
    the step is over, and all of its requests are counted. ``former``: the requests of former steps, to the new version
    and to the one that serves.
    """

    criteria: Criteria
    version: str
    canary: Tally
    stable: Tally
    share: float
    looked: int = 0
    is_final: bool = False
    cpu: CpuTimes = NO_CPU_TIMES
    former: tuple[tuple[Tally, Tally], ...] = ()

    @property
    def tables(self) -> Sequence[tuple[Tally, Tally]]:
        """The requests that count, to the new and to the serving version, by step."""
        return ((self.canary, self.stable), *(self.former if self.is_final else ()))

    @property
    def totals(self) -> tuple[Tally, Tally]:
        """The sums of both: for words and limits, not for a comparison."""
        canaries, stables = zip(*self.tables, strict=True)
        return sum(canaries, Tally()), sum(stables, Tally())

    @property
    def is_due(self) -> bool:
        """Whether a look is due: at the end of the step, and before it after enough further requests."""
        return self.is_final or self.look > self.looked

    @property
    def look(self) -> int:
        """Number of the look that the requests allow: 1 from ``min_requests``, one more with every doubling."""
        asked = self.criteria.min_requests
        if self.canary.requests < asked:
            return 0
        return floor(log2(self.canary.requests / asked)) + 1

    @property
    def significance(self) -> float:
        """p-values below this are significant."""
        return 0.75 * self.share if self.is_final else self.share / 2 ** (self.look + 2)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A finding. ``message``: the failure of a Failed version, or what an Inconclusive one lacks."""

    finding: Finding
    message: str = ""


PENDING: Final = Judgement("Pending")
PASSED: Final = Judgement("Passed")


def questions(evidence: Evidence) -> Sequence[Counts]:
    """Return the counts whose p-values a judgement needs; none before a look is due."""
    if not evidence.is_due or evidence.look == 0:
        return ()
    found = [_counts(c, evidence) for c in evidence.criteria.criteria if c.is_counted]
    return [counts for counts in found if counts is not None]


def judge(evidence: Evidence, p_value: PValues) -> Judgement:
    """Judge the evidence. ``p_value``: of each of the ``questions``."""
    if not evidence.is_due:
        return PENDING
    if evidence.look == 0:
        seen, asked = requests_told(evidence.canary.requests), evidence.criteria.min_requests
        return Judgement("Inconclusive", f"{seen} of the {asked} that are asked for")
    verdicts = [_judge(criterion, evidence, p_value) for criterion in evidence.criteria.criteria]
    for finding in ("Failed", "Inconclusive"):
        found = [v.message for v in verdicts if v.finding == finding]
        if found and (finding == "Failed" or evidence.is_final):
            return Judgement(finding, "; ".join(found))
    return PASSED if evidence.is_final else PENDING


def _judge(criterion: Criterion, evidence: Evidence, p_value: PValues) -> Judgement:
    if not criterion.is_counted:
        return _judge_cpu(criterion, evidence) if evidence.is_final else PASSED
    counts = _counts(criterion, evidence)
    if counts is None:
        few, asked = requests_told(evidence.stable.requests), evidence.criteria.min_requests
        message = f"{few} to version {evidence.version} of the {asked} that are asked for"
        return Judgement("Inconclusive", message)
    if p_value(counts) < evidence.significance and _is_noticeable(criterion, evidence):
        return Judgement("Failed", _complaint(criterion, evidence))
    if criterion.most is not None and counts[0] > counts[2] * counts[1]:
        by_chance = "which may be chance"
        return Judgement("Inconclusive", f"{_complaint(criterion, evidence)}, {by_chance}")
    return PASSED


def _counts(criterion: Criterion, evidence: Evidence) -> Counts | None:
    """Return the counts for a criterion's test; None if the serving version got too few requests."""
    if criterion.most is not None:
        return against(criterion.metric, evidence.totals[0], criterion.most)
    if evidence.stable.requests < evidence.criteria.min_requests:
        return None
    found = [table(criterion.metric, canary, stable) for canary, stable in evidence.tables]
    return tuple(count for one in found for count in one)


def against(metric: AnalysisMetric, tally: Tally, limit: float) -> Counts:
    """Return what the test of a version against a limit is about."""
    if metric == "ErrorRate":
        return (tally.failed, tally.requests, limit)
    slow = tally.from_bucket(first_above(limit))
    return (slow, tally.requests, 1 - LEVELS[metric])


def table(metric: AnalysisMetric, canary: Tally, stable: Tally) -> Counts:
    """Return what the test of two versions is about: how many requests to each failed, or were slow."""
    if metric == "ErrorRate":
        return (canary.failed, canary.requests, stable.failed, stable.requests)
    slow = stable.bucket_at(LEVELS[metric]) + _NOTICEABLE_BUCKETS
    return (
        canary.from_bucket(slow),
        canary.requests,
        stable.from_bucket(slow),
        stable.requests,
    )


def _is_noticeable(criterion: Criterion, evidence: Evidence) -> bool:
    """Whether a difference is large enough to abort: with many requests even a tiny one is significant."""
    if criterion.most is not None:
        return True
    canary, stable = evidence.totals
    if criterion.metric == "ErrorRate":
        return canary.error_rate - stable.error_rate >= NOTICEABLE_RATE
    level = LEVELS[criterion.metric]
    return canary.bucket_at(level) - stable.bucket_at(level) >= _NOTICEABLE_BUCKETS


def differ(one: Tally, other: Tally) -> bool:
    """Whether one version seems to do worse than another by what somebody would notice, chance included."""
    if one.error_rate - other.error_rate >= NOTICEABLE_RATE:
        return True
    levels = {LEVELS["ResponseTimeP50"], LEVELS["ResponseTimeP99"]}
    return any(one.bucket_at(n) - other.bucket_at(n) >= _NOTICEABLE_BUCKETS for n in levels)


def _judge_cpu(criterion: Criterion, evidence: Evidence) -> Judgement:
    canary = evidence.cpu.canary.get(criterion.metric)
    stable = evidence.cpu.stable.get(criterion.metric)
    if canary is None or (criterion.most is None and stable is None):
        return Judgement("Inconclusive", f"{criterion.metric} is not known")
    if criterion.most is not None:
        limit, bound = criterion.most, f"at most {_ms(criterion.most)} is allowed"
    else:
        serving = stable or 0.0
        limit = max(serving * _NOTICEABLE_CPU, serving + _NOTICEABLE_CPU_MS)
        bound = f"version {evidence.version} has {_ms(serving)}"
    if canary > limit:
        return Judgement("Failed", f"{criterion.metric} is {_ms(canary)}; {bound}")
    return PASSED


# --- words ------------------------------------------------------------------------------------------------------------


def _complaint(criterion: Criterion, evidence: Evidence) -> str:
    (canary, stable), metric = evidence.totals, criterion.metric
    if metric == "ErrorRate":
        has, serving = share_told(canary.error_rate), share_told(stable.error_rate)
        limit = share_told(criterion.most or 0.0)
    else:
        level = LEVELS[metric]
        has = "up to " + _ms(upper_ms(canary.bucket_at(level)))
        serving = "up to " + _ms(upper_ms(stable.bucket_at(level)))
        limit = _ms(criterion.most or 0.0)
    text = f"{metric} is {has} over {requests_told(canary.requests)}"
    if criterion.most is not None:
        return f"{text}; at most {limit} is allowed"
    return f"{text}; version {evidence.version} has {serving} over {requests_told(stable.requests)}"


def requests_told(count: int) -> str:
    """Return a number of requests in words."""
    return "1 request" if count == 1 else f"{count} requests"


def share_told(share: float) -> str:
    """Return a share of requests in words."""
    return f"{100 * share:.2g} %" if share < 0.995 else "100 %"


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:.3g} ms" if milliseconds < 999.5 else f"{milliseconds / 1000:.3g} s"
