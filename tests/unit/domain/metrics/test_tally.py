"""Requests counted by outcome and response time."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.metrics.tally import Tally, first_above, upper_ms

tallies = st.dictionaries(st.integers(0, 130), st.integers(1, 1000), max_size=12).map(
    lambda times: Tally(sum(times.values()), 0, times)
)


@given(st.floats(0.01, 60_000), st.floats(0.01, 60_000))
def test_a_bucket_above_a_limit_holds_nothing_below_it(limit: float, time: float) -> None:
    first = first_above(limit)
    assert upper_ms(first - 1) >= limit or first == 1
    assert upper_ms(first - 2) < limit * 1.1 or first == 1
    assert first >= 1


@given(tallies, st.sampled_from([0.5, 0.9, 0.99]))
def test_a_quantile_has_its_share_at_or_below_it(tally: Tally, level: float) -> None:
    bucket = tally.bucket_at(level)
    above = tally.from_bucket(bucket + 1)
    assert above <= (1 - level) * tally.requests
    if tally.requests:
        assert tally.from_bucket(bucket) > (1 - level) * tally.requests - 1e-9


@given(tallies, tallies)
def test_a_sum_counts_both(one: Tally, other: Tally) -> None:
    both = one + other
    assert both.requests == one.requests + other.requests
    assert both.times == Counter(one.times) + Counter(other.times)


def test_nothing_has_no_error_rate() -> None:
    assert Tally().error_rate == 0
    assert Tally(200, 5).error_rate == 0.025
