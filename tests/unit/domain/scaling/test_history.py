"""The autoscaler's memory: small, and as good as a list of everything."""

from hypothesis import given
from hypothesis import strategies as st

from unit.domain.scaling.tasks import NOW
from workers_operator.domain.scaling.history import Recommendation, ScaleEvent, ScalingHistory

numbers = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 90)), max_size=60)


@given(numbers, st.integers(1, 3600), st.integers(0, 50))
def test_what_is_dropped_does_not_matter_to_any_window(
    steps: list[tuple[int, int]], window: int, wanted: int
) -> None:
    history, everything, now = ScalingHistory(), [], NOW
    for number, pause in steps:
        now += pause
        history = history.recommended(number, now, keep=3600.0)
        everything.append((number, now))
        recent = [n for n, time in everything if time > now - window]
        assert history.greatest(wanted, now - window) == max([wanted, *recent])
        assert history.least(wanted, now - window) == min([wanted, *recent])
        later = now + window / 2
        recent = [n for n, time in everything if time > later - window]
        assert history.greatest(wanted, later - window) == max([wanted, *recent])
    assert len(history.recommendations) <= 2 * 51


def test_steady_numbers_take_one_entry() -> None:
    history = ScalingHistory()
    for minute in range(100):
        history = history.recommended(3, NOW + 60 * minute, keep=300.0)
    assert history.recommendations == (Recommendation(3, NOW + 60 * 99),)


def test_changes_are_summed_up_within_a_period() -> None:
    history = ScalingHistory().scaled(3, NOW - 100, keep=120.0).scaled(-1, NOW - 50, keep=120.0)
    assert history.changed(NOW - 120) == 2
    assert history.changed(NOW - 60) == -1
    assert history.changed(NOW - 50) == 0
    assert history.scaled(0, NOW + 30, keep=120.0).events == (ScaleEvent(-1, NOW - 50),)


def test_what_lies_ahead_counts_as_now() -> None:
    ahead = ScalingHistory((Recommendation(9, NOW + 600),), (ScaleEvent(9, NOW + 600),))
    assert ahead.recommended(3, NOW, keep=300.0).recommendations == (
        Recommendation(3, NOW),
        Recommendation(9, NOW),
    )
    assert ahead.scaled(0, NOW, keep=60.0).events == (ScaleEvent(9, NOW),)


def test_a_restart_adds_the_current_number() -> None:
    known = ScalingHistory((Recommendation(9, NOW - 200),), burst=NOW - 10)
    seeded = known.seeded(5, NOW)
    assert seeded.recommendations == (Recommendation(9, NOW - 200), Recommendation(5, NOW))
    assert seeded.burst == NOW - 10


def test_metrics_are_missing_since_they_were_missing_first() -> None:
    history = ScalingHistory().missing(NOW).missing(NOW + 60)
    assert history.missing_since == NOW
    assert history.complete().missing_since is None


def test_the_newest_recommendation_lasts_for_an_interval_at_most() -> None:
    history = ScalingHistory((Recommendation(9, NOW - 100), Recommendation(3, NOW - 50)))
    soon = history.lasting(NOW, 60.0).recommendations
    assert soon[0] == Recommendation(9, NOW - 100)
    assert NOW - 1e-3 < soon[1].time < NOW
    assert history.lasting(NOW + 60, 60.0).recommendations[1] == Recommendation(3, NOW + 10)
    assert history.lasting(NOW, 0.0) == history
    assert ScalingHistory().lasting(NOW, 60.0) == ScalingHistory()
