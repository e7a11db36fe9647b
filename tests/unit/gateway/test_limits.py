"""Rates: a quota may be spent at once, comes back evenly, and no longer wait than Retry-After says is needed."""

from hypothesis import given
from hypothesis import strategies as st

from workers_operator.gateway.access.limits import Rate, RateBucket, RequestLimiter, take


def test_a_quota_may_be_spent_at_once_and_comes_back() -> None:
    limiter = RequestLimiter(Rate(3, 60))
    assert [limiter.take("me", 0).passes for _ in range(4)] == [True, True, True, False]
    assert limiter.take("you", 0).passes
    refused = limiter.take("me", 1)
    assert not refused.passes
    assert refused.headers("caller")["Retry-After"] == "19"
    assert limiter.take("me", 1 + refused.reset).passes


@given(st.integers(1, 50), st.floats(1, 100), st.lists(st.floats(0, 10), min_size=1, max_size=200))
def test_nobody_gets_more_than_a_quota_and_what_comes_back(
    quota: int, window: float, gaps: list[float]
) -> None:
    rate, bucket, now, passed = Rate(quota, window), None, 0.0, 0
    for gap in gaps:
        now += gap
        bucket, decision = take(bucket, rate, now)
        passed += decision.passes
    assert passed <= quota + now * quota / window + 1e-6


def test_a_clock_that_goes_back_gives_nothing() -> None:
    bucket, decision = take(RateBucket(0, 100), Rate(60), 50)
    assert not decision.passes
    assert bucket.left == 0
