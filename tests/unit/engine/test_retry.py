"""Delays grow, stay within their bounds, and spread."""

import random

from hypothesis import given
from hypothesis import strategies as st

from workers_operator.engine.retry import Backoff

seconds = st.floats(0.01, 100)
backoffs = st.builds(Backoff, base=seconds, cap=seconds, floor=seconds)


@given(backoffs, st.integers(1, 10**9), st.integers())
def test_a_delay_lies_between_floor_and_cap(backoff: Backoff, attempt: int, seed: int) -> None:
    delay = backoff.delay(attempt, random.Random(seed))
    assert backoff.floor <= delay <= max(backoff.floor, backoff.cap)


@given(backoffs, st.integers(1, 100))
def test_the_ceiling_doubles_until_the_cap(backoff: Backoff, attempt: int) -> None:
    before, after = backoff.ceiling(attempt), backoff.ceiling(attempt + 1)
    assert after in (backoff.cap, before * 2)
    assert backoff.ceiling(1) == min(backoff.base, backoff.cap)


def test_retries_of_many_spread_over_the_whole_time() -> None:
    backoff, rng = Backoff(), random.Random(1)
    delays = sorted(backoff.delay(5, rng) for _ in range(1000))
    assert delays[100] < backoff.ceiling(5) * 0.2
    assert delays[900] > backoff.ceiling(5) * 0.8
