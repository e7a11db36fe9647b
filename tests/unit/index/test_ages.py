"""Ages: a window runs from when something was first present, and anew once it was absent."""

from hypothesis import given
from hypothesis import strategies as st

from workers_operator.index import ages


def test_counts_from_when_a_thing_was_first_present() -> None:
    first, second = "a", "b"
    since, expired, due = ages.track({}, frozenset({first}), 10.0, 90.0)
    assert (since, expired, due) == ({first: 10.0}, frozenset(), 90.0)
    since, expired, due = ages.track(since, frozenset({first, second}), 99.0, 90.0)
    assert (since, expired, due) == ({first: 10.0, second: 99.0}, frozenset(), 1.0)
    since, expired, due = ages.track(since, frozenset({first, second}), 100.0, 90.0)
    assert (since, expired, due) == ({first: 10.0, second: 99.0}, frozenset({first}), 89.0)


def test_begins_anew_for_a_thing_that_was_absent_in_between() -> None:
    thing = "a"
    since, _, _ = ages.track({thing: 10.0}, frozenset(), 50.0, 90.0)
    assert ages.track(since, frozenset({thing}), 60.0, 90.0) == ({thing: 60.0}, frozenset(), 90.0)


@given(
    st.dictionaries(st.text("ab", max_size=3), st.floats(0, 500)),
    st.floats(500, 1000),
    st.floats(0, 200),
)
def test_waits_for_exactly_those_that_have_not_expired(
    since: dict[str, float], now: float, window: float
) -> None:
    after, expired, due = ages.track(since, frozenset(since), now, window)
    assert after == since
    assert expired == {thing for thing, start in since.items() if now - start >= window}
    assert (due is None) == (expired == set(since))
    assert due is None or 0 < due <= window + 1e-6
