"""Uptime from transitions: exact while there are few outages, bounded whatever the clock does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.health.uptime import (
    DAY,
    MONTH,
    MOST_OUTAGES,
    History,
    Outage,
    percent,
)

T0 = 1_800_000_000


def told(history: History, transitions: list[tuple[int, bool]]) -> History:
    """Return what comes of transitions: (Unix time, whether the worker is out from then on)."""
    for at, is_out in transitions:
        history = history.begun(at) if is_out else history.ended(at)
    return history


def test_an_outage_counts_until_it_ends_and_while_it_lasts() -> None:
    history = History(T0).begun(T0 + DAY)
    assert history.is_out
    assert history.uptime(DAY, T0 + DAY + 3600) == pytest.approx(1 - 3600 / DAY)
    history = history.ended(T0 + DAY + 7200)
    assert history.outages == (Outage(T0 + DAY, T0 + DAY + 7200),)
    assert history.uptime(DAY, T0 + DAY + 7200) == pytest.approx(1 - 7200 / DAY)
    assert history.uptime(DAY, T0 + 3 * DAY) == 1.0
    assert history.uptime(MONTH, T0 + 3 * DAY) == pytest.approx(1 - 7200 / (3 * DAY))


def test_a_young_worker_is_measured_by_its_own_time() -> None:
    history = History(T0).begun(T0 + 60).ended(T0 + 120)
    assert history.uptime(DAY, T0 + 120) == pytest.approx(0.5)
    assert History(T0).uptime(DAY, T0) == 1.0


def test_what_begins_or_ends_twice_does_so_once() -> None:
    history = told(
        History(T0), [(T0 + 10, True), (T0 + 20, True), (T0 + 30, False), (T0 + 40, False)]
    )
    assert history.outages == (Outage(T0 + 10, T0 + 30),)


@pytest.mark.parametrize("skew", [-600, 600])
def test_ten_minutes_of_clock_skew_make_ten_minutes_at_most(skew: int) -> None:
    """An outage that another process, with another clock, ends or begins."""
    ended = History(T0).begun(T0 + DAY).ended(T0 + DAY + 60 + skew)
    assert sum(o.downtime(0, T0 + 2 * DAY) for o in ended.outages) <= 60 + abs(skew)
    begun = History(T0).begun(T0 + DAY).ended(T0 + DAY + 60).begun(T0 + DAY + 120 + skew)
    assert begun.outages[-1].start >= T0 + DAY + 60
    assert 0.0 <= begun.uptime(DAY, T0 + DAY + 120) <= 1.0


@given(
    st.lists(st.tuples(st.integers(0, 2 * MONTH), st.booleans()), max_size=60),
    st.integers(0, 2 * MONTH),
)
def test_whatever_the_clock_does_the_history_is_short_and_in_order(
    transitions: list[tuple[int, bool]], now: int
) -> None:
    history = told(History(T0), [(T0 + at, is_out) for at, is_out in transitions])
    assert len(history.outages) <= MOST_OUTAGES
    assert all(o.end is None or o.start < o.end for o in history.outages)
    for one, other in zip(history.outages, history.outages[1:], strict=False):
        assert one.end is not None
        assert one.end <= other.start
    for seconds in (DAY, MONTH):
        assert 0.0 <= history.uptime(seconds, T0 + now) <= 1.0


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=400))
def test_no_downtime_is_lost_however_many_outages_are_merged(lengths: list[int]) -> None:
    """``lengths``: seconds of turns up and down, all within a month."""
    now, down, history = T0, 0, History(T0)
    for number, length in enumerate(lengths):
        history = history.begun(now) if number % 2 else history.ended(now)
        now += length
        down += length if number % 2 else 0
    history = history.ended(now)
    assert history.uptime(MONTH, now) == pytest.approx(1 - down / (now - T0))


@given(st.floats(0.0, 1.0))
def test_a_percentage_promises_no_more_than_there_was(share: float) -> None:
    shown = percent(share)
    assert float(shown.removesuffix("%")) <= 100 * share + 1e-3
    assert (shown == "100%") == (share == 1.0)
    assert len(shown) <= 6


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (1.0, "100%"),
        (0.999999, "99.99%"),
        (0.9995, "99.95%"),
        (0.999, "99.9%"),
        (0.5, "50%"),
        (0.0, "0%"),
    ],
)
def test_percentages(share: float, shown: str) -> None:
    assert percent(share) == shown
