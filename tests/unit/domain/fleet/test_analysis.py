"""Followers are compared with themselves: customers differ, and an outage is no fault of a version."""

from workers_operator.domain.fleet.analysis import FleetEvidence, Pair, judge, questions
from workers_operator.domain.metrics.tally import Tally
from workers_operator.domain.rollout.analysis import Judgement
from workers_operator.domain.rollout.criteria import Criteria, Criterion
from workers_operator.statistics.exact import p_value

ERRORS = Criteria((Criterion("ErrorRate"),))
CALM: Pair = (Tally(1000, 10), Tally(1000, 10))


def pair(new: tuple[int, int], former: tuple[int, int]) -> Pair:
    return (Tally(*new), Tally(*former))


def found(
    reached: list[Pair], others: list[Pair] | None = None, criteria: Criteria = ERRORS
) -> Judgement:
    evidence = FleetEvidence(criteria, tuple(reached), tuple(others or [CALM]), 0.005)
    values = {counts: p_value(counts) for counts in questions(evidence)}
    return judge(evidence, values.__getitem__)


def test_versions_that_do_alike_pass() -> None:
    assert found([CALM, pair((200, 1), (300, 2))]).finding == "Passed"


def test_followers_that_do_worse_each_fail_together() -> None:
    """None of them says enough alone."""
    some = pair((100, 7), (100, 1))
    assert found([some]).finding == "Passed"
    assert found([some] * 4) == Judgement(
        "Failed",
        "ErrorRate is 7 % over 400 requests to 4 followers; with their former versions it was 1 %",
    )


def test_customers_that_differ_are_not_added_up() -> None:
    """Visitors have moved from a shop that never fails to one that always did: together that looks like a fault."""
    reached = [pair((100, 0), (900, 0)), pair((900, 90), (100, 10))]
    assert found(reached).finding == "Passed"


def test_an_outage_of_all_is_no_fault_of_the_version() -> None:
    worse = pair((500, 50), (500, 5))
    verdict = found([worse], [worse])
    assert verdict.finding == "Inconclusive"
    assert "followers that were not reached do worse as well" in verdict.message
    assert found([worse], []).finding == "Failed"


def test_a_difference_that_nobody_would_mind_is_none() -> None:
    assert found([pair((4_000_000, 40_900), (4_000_000, 40_000))]).finding == "Passed"


def test_too_few_requests_say_nothing() -> None:
    assert found([pair((20, 0), (900, 0))]) == Judgement(
        "Inconclusive",
        "20 requests to the new version of the 50 that are asked for, of followers with requests to both",
    )
    assert "30 requests to the former versions" in found([pair((900, 0), (30, 0))]).message
    assert found([pair((900, 0), (0, 0))]).finding == "Inconclusive"
    assert found([]).finding == "Inconclusive"


def test_limits_hold_for_all_followers_together() -> None:
    limited = Criteria((Criterion("ErrorRate", 0.02),))
    assert found([pair((1000, 10), (1000, 10))], criteria=limited).finding == "Passed"
    assert "which may be chance" in found([pair((1000, 22), (1000, 10))], criteria=limited).message
    verdict = found([pair((1000, 60), (1000, 60))], criteria=limited)
    assert verdict == Judgement(
        "Failed", "ErrorRate is 6 % over 1000 requests; at most 2 % is allowed"
    )


def test_response_times_are_compared_by_the_requests_that_are_slow() -> None:
    slow = Criteria((Criterion("ResponseTimeP99"),))
    former = Tally(1000, 0, {40: 990, 60: 10})
    same, worse = Tally(1000, 0, {40: 990, 60: 10}), Tally(1000, 0, {40: 900, 70: 100})
    assert found([(same, former)], criteria=slow).finding == "Passed"
    verdict = found([(worse, former)], criteria=slow)
    assert verdict.finding == "Failed"
    assert "take longer than their ResponseTimeP99 with the former versions" in verdict.message
