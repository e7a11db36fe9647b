"""Analysis between two waves: whether followers do worse with the new version than each did with its former one. Pure.

Customers differ, and so do their visitors: the requests to several followers are never added up for a comparison. There
is a table for each, and the p-values are combined by Fisher's method, as those of a rollout's steps are. What befalls
followers that were not reached, too, is no fault of the version.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from workers_operator.domain.metrics.tally import Tally
from workers_operator.domain.rollout.analysis import (
    NOTICEABLE_RATE,
    Counts,
    Judgement,
    PValues,
    against,
    requests_told,
    share_told,
    table,
)
from workers_operator.domain.rollout.criteria import Criteria, Criterion

Pair = tuple[Tally, Tally]
"""What is judged, and what it is compared with."""


@dataclass(frozen=True, slots=True)
class FleetEvidence:
    """``reached``: the requests to the new and the former version of each follower that was reached. ``others``: those
    to each follower that was not, since the wave began and before. ``share``: the risk that each criterion may take.
    """

    criteria: Criteria
    reached: tuple[Pair, ...]
    others: tuple[Pair, ...]
    share: float


def questions(evidence: FleetEvidence) -> Sequence[Counts]:
    """Return the counts whose p-values a verdict needs."""
    if _what_lacks(evidence):
        return ()
    found = (
        _counts(criterion, pairs)
        for criterion in evidence.criteria.criteria
        for pairs in (evidence.reached, evidence.others)
    )
    return [counts for counts in found if counts]


def judge(evidence: FleetEvidence, p_value: PValues) -> Judgement:
    """Return what the evidence says. ``p_value``: of each of the ``questions``."""
    if lacks := _what_lacks(evidence):
        return Judgement("Inconclusive", lacks)
    verdicts = [_judge(criterion, evidence, p_value) for criterion in evidence.criteria.criteria]
    for finding in ("Failed", "Inconclusive"):
        found = [v.message for v in verdicts if v.finding == finding]
        if found:
            return Judgement(finding, "; ".join(found))
    return Judgement("Passed")


def _what_lacks(evidence: FleetEvidence) -> str:
    """Return which requests are too few to say anything; "" if there are enough."""
    asked, pairs = evidence.criteria.min_requests, _both(evidence.reached)
    new, former = (sum(pair[side].requests for pair in pairs) for side in (0, 1))
    if min(new, former) >= asked:
        return ""
    which = "the new version" if new < asked else "the former versions"
    told = requests_told(min(new, former) if new >= asked else new)
    return (
        f"{told} to {which} of the {asked} that are asked for, of followers with requests to both"
    )


def _judge(criterion: Criterion, evidence: FleetEvidence, p_value: PValues) -> Judgement:
    if _is_worse(criterion, evidence.reached, evidence.share, p_value):
        complaint = _complaint(criterion, evidence.reached)
        if _is_worse(criterion, evidence.others, evidence.share, p_value):
            message = f"{complaint}, and followers that were not reached do worse as well"
            return Judgement("Inconclusive", message)
        return Judgement("Failed", complaint)
    if criterion.most is not None:
        bad, requests, limit = _counts(criterion, evidence.reached)
        if bad > limit * requests:
            by_chance = f"{_complaint(criterion, evidence.reached)}, which may be chance"
            return Judgement("Inconclusive", by_chance)
    return Judgement("Passed")


def _is_worse(criterion: Criterion, pairs: Sequence[Pair], share: float, p_value: PValues) -> bool:
    counts = _counts(criterion, pairs)
    if not counts or p_value(counts) >= share:
        return False
    return criterion.most is not None or _excess(counts) >= NOTICEABLE_RATE


def _both(pairs: Sequence[Pair]) -> Sequence[Pair]:
    """Return those with requests to compare."""
    return [pair for pair in pairs if pair[0].requests and pair[1].requests]


def _counts(criterion: Criterion, pairs: Sequence[Pair]) -> Counts:
    """Return what the test of a criterion is about; empty if there is nothing to test."""
    if criterion.most is not None:
        new = sum((new for new, _ in pairs), Tally())
        return against(criterion.metric, new, criterion.most) if new.requests else ()
    found = [table(criterion.metric, new, former) for new, former in _both(pairs)]
    return tuple(count for one in found for count in one)


def _rates(counts: Counts) -> tuple[float, float, int]:
    """Return which share of the requests failed or was slow, which would have, as before, and the requests."""
    tables = [counts[first : first + 4] for first in range(0, len(counts), 4)]
    requests = sum(n for _, n, _, _ in tables)
    seen = sum(bad for bad, *_ in tables)
    expected = sum(n * (was_bad / before) for _, n, was_bad, before in tables)
    return seen / requests, expected / requests, round(requests)


def _excess(counts: Counts) -> float:
    seen, expected, _ = _rates(counts)
    return seen - expected


def _complaint(criterion: Criterion, pairs: Sequence[Pair]) -> str:
    counts, metric = _counts(criterion, pairs), criterion.metric
    if criterion.most is not None:
        bad, requests, limit = counts
        what = metric if metric == "ErrorRate" else f"the share above the limit of {metric}"
        over = f"over {requests_told(round(requests))}; at most {share_told(limit)} is allowed"
        return f"{what} is {share_told(bad / requests)} {over}"
    seen, expected, requests = _rates(counts)
    count = len(_both(pairs))
    of = f"{requests_told(requests)} to {'1 follower' if count == 1 else f'{count} followers'}"
    if metric == "ErrorRate":
        return f"ErrorRate is {share_told(seen)} over {of}; with their former versions it was {share_told(expected)}"
    was = f"their {metric} with the former versions, instead of {share_told(expected)}"
    return f"{share_told(seen)} of {of} take longer than {was}"
