"""What the requests to a new version say of it."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis import SCENARIOS, Scenario, simulate
from workers_operator.domain.metrics.tally import Tally, first_above
from workers_operator.domain.rollout.analysis import (
    CpuTimes,
    Evidence,
    Judgement,
    judge,
    questions,
)
from workers_operator.domain.rollout.criteria import AnalysisMetric, Criteria, Criterion
from workers_operator.statistics.exact import p_value

FEW: Final = 50


def asked(metric: AnalysisMetric = "ErrorRate", most: float | None = None) -> Criteria:
    return Criteria((Criterion(metric, most),), FEW)


def evidence(
    canary: Tally, stable: Tally, criteria: Criteria | None = None, **more: object
) -> Evidence:
    known = Evidence(criteria or asked(), "0a0a0a0a", canary, stable, 0.01, is_final=True)
    return replace(known, **more)  # type: ignore[arg-type]


def verdict(known: Evidence) -> Judgement:
    return judge(known, p_value)


def timed(milliseconds: float, count: int, slow: int = 0) -> Tally:
    """Requests that take as long, and some that take ten times as long."""
    times = {first_above(milliseconds): count - slow, first_above(10 * milliseconds): slow}
    return Tally(count, 0, {at: n for at, n in times.items() if n})


def test_a_version_that_fails_more_often_is_found() -> None:
    found = verdict(evidence(Tally(1000, 120), Tally(9000, 45)))
    assert found.finding == "Failed"
    assert found.message == (
        "ErrorRate is 12 % over 1000 requests; version 0a0a0a0a has 0.5 % over 9000 requests"
    )


def test_what_may_be_chance_passes() -> None:
    assert verdict(evidence(Tally(100, 1), Tally(900, 0))).finding == "Passed"
    assert verdict(evidence(Tally(1000, 10), Tally(9000, 90))).finding == "Passed"


def test_a_difference_that_nobody_notices_passes() -> None:
    """With millions of requests every difference is one."""
    known = evidence(Tally(10_000_000, 15_000), Tally(10_000_000, 10_000))
    assert p_value((15_000, 10_000_000, 10_000, 10_000_000)) < 1e-9
    assert verdict(known).finding == "Passed"


@pytest.mark.parametrize(
    ("canary", "stable", "message"),
    [
        (Tally(12), Tally(900), "12 requests of the 50 that are asked for"),
        (Tally(1, 1), Tally(900), "1 request of the 50 that are asked for"),
        (Tally(900), Tally(12), "12 requests to version 0a0a0a0a of the 50 that are asked for"),
        (Tally(900), Tally(), "0 requests to version 0a0a0a0a of the 50 that are asked for"),
    ],
)
def test_too_few_requests_say_nothing(canary: Tally, stable: Tally, message: str) -> None:
    found = verdict(evidence(canary, stable))
    assert found == Judgement("Inconclusive", message)


def test_a_limit_needs_no_other_version() -> None:
    limit = asked("ErrorRate", 0.01)
    assert verdict(evidence(Tally(1000, 5), Tally(), limit)).finding == "Passed"
    found = verdict(evidence(Tally(1000, 100), Tally(), limit))
    assert found.message == "ErrorRate is 10 % over 1000 requests; at most 1 % is allowed"
    assert found.finding == "Failed"


def test_a_limit_that_is_passed_by_chance_is_inconclusive() -> None:
    found = verdict(evidence(Tally(100, 2), Tally(), asked("ErrorRate", 0.01)))
    assert found.finding == "Inconclusive"
    assert "which may be chance" in found.message


def test_no_errors_allowed_is_meant() -> None:
    none = asked("ErrorRate", 0.0)
    assert verdict(evidence(Tally(1000, 1), Tally(), none)).finding == "Failed"
    assert verdict(evidence(Tally(1000, 0), Tally(), none)).finding == "Passed"


@pytest.mark.parametrize("metric", ["ResponseTimeP50", "ResponseTimeP99"])
def test_a_slower_version_is_found(metric: AnalysisMetric) -> None:
    slow, fast = timed(60, 1000), timed(40, 9000)
    assert verdict(evidence(slow, fast, asked(metric))).finding == "Failed"
    assert verdict(evidence(fast, slow, asked(metric))).finding == "Passed"
    assert verdict(evidence(fast, fast, asked(metric))).finding == "Passed"
    slightly = timed(42, 1000)
    assert verdict(evidence(slightly, fast, asked(metric))).finding == "Passed"


def test_a_few_slow_requests_are_the_percentile_and_not_the_median() -> None:
    canary, stable = timed(40, 1000, slow=60), timed(40, 9000, slow=45)
    assert verdict(evidence(canary, stable, asked("ResponseTimeP50"))).finding == "Passed"
    found = verdict(evidence(canary, stable, asked("ResponseTimeP99")))
    assert found.finding == "Failed"
    assert found.message.startswith("ResponseTimeP99 is up to 4")


def test_a_limit_on_response_times() -> None:
    limit = asked("ResponseTimeP99", 300.0)
    assert verdict(evidence(timed(40, 1000, slow=9), Tally(), limit)).finding == "Passed"
    found = verdict(evidence(timed(40, 1000, slow=50), Tally(), limit))
    assert found.finding == "Failed"
    assert found.message.endswith("at most 300 ms is allowed")


def test_cpu_times_are_compared_as_they_are() -> None:
    def cpu(canary: float, stable: float | None) -> CpuTimes:
        return CpuTimes({"CpuTimeP99": canary}, {} if stable is None else {"CpuTimeP99": stable})

    def found(criteria: Criteria, times: CpuTimes) -> Judgement:
        return verdict(evidence(Tally(1000), Tally(1000), criteria, cpu=times))

    compared, limited = asked("CpuTimeP99"), asked("CpuTimeP99", 20.0)
    assert found(compared, cpu(10, 8)).finding == "Passed"
    assert found(compared, cpu(0.9, 0.2)).finding == "Passed"  # less than a millisecond more
    assert found(compared, cpu(13, 8)) == Judgement(
        "Failed", "CpuTimeP99 is 13 ms; version 0a0a0a0a has 8 ms"
    )
    assert found(compared, cpu(13, None)).finding == "Inconclusive"
    assert found(limited, cpu(19, None)).finding == "Passed"
    assert found(limited, cpu(21, None)).message == "CpuTimeP99 is 21 ms; at most 20 ms is allowed"
    assert found(limited, CpuTimes({}, {})) == Judgement("Inconclusive", "CpuTimeP99 is not known")


# --- before the end of a step -----------------------------------------------------------------------------------------


def test_a_very_bad_version_is_not_waited_for() -> None:
    known = evidence(Tally(60, 30), Tally(500, 1), is_final=False)
    assert verdict(known).finding == "Failed"


def test_a_step_under_way_passes_nothing_and_pauses_nothing() -> None:
    for canary in (Tally(10), Tally(60), Tally(1000, 10)):
        for stable in (Tally(), Tally(9000, 90)):
            assert verdict(evidence(canary, stable, is_final=False)).finding == "Pending"


@given(st.integers(0, 5000), st.integers(0, 8))
def test_one_looks_once_for_every_doubling(requests: int, looked: int) -> None:
    known = evidence(Tally(requests, requests), Tally(900), is_final=False, looked=looked)
    assert bool(questions(known)) == (known.look > looked)
    if not questions(known):
        assert verdict(known).finding == "Pending"
    assert (known.look == 0) == (requests < FEW)
    if known.look:
        assert FEW * 2 ** (known.look - 1) <= requests < FEW * 2**known.look


def test_all_looks_together_risk_no_more_than_their_share() -> None:
    looks = [evidence(Tally(FEW * 2**k), Tally(), is_final=False) for k in range(12)]
    risk = sum(known.significance for known in looks)
    assert risk + evidence(Tally(FEW), Tally()).significance <= 0.01


# --- over several steps -----------------------------------------------------------------------------------------------


def test_what_former_steps_showed_counts() -> None:
    step = (Tally(1000, 36), Tally(2000, 45))
    assert verdict(evidence(*step)).finding == "Passed"
    found = verdict(evidence(*step, former=(step, step)))
    assert found.finding == "Failed"
    assert "over 3000 requests" in found.message


def test_an_outage_of_both_while_the_share_is_large_is_no_difference() -> None:
    """The sums of both steps would say so: 10 % of the new version's requests failed, and 2 % of the others."""
    calm, outage = (Tally(100, 0), Tally(9900, 0)), (Tally(5000, 1000), Tally(5000, 1000))
    sums = p_value((1000, 5100, 1000, 14_900))
    assert sums < 1e-9
    assert verdict(evidence(*outage, former=(calm,))).finding == "Passed"


tallies = st.integers(FEW, 3000).flatmap(
    lambda requests: st.integers(0, requests).map(lambda failed: Tally(requests, failed))
)


@given(tallies, tallies)
def test_a_version_that_does_better_is_never_aborted(one: Tally, other: Tally) -> None:
    better, worse = sorted((one, other), key=lambda tally: tally.error_rate)
    assert verdict(evidence(better, worse)).finding == "Passed"


# --- how often it is wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: str(scenario.name))
def test_it_is_seldom_wrong(scenario: Scenario) -> None:
    """``make bench-analysis`` has the figures; here are fewer rollouts, and so a margin."""
    outcome = simulate(scenario, 150)
    if scenario.is_bad:
        assert outcome.aborted + outcome.paused >= 0.96
    else:
        assert outcome.aborted <= 0.02
