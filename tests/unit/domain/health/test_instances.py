"""When an instance is taken out of balancing, replaced, and put back."""

from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.health.instances import BACK_AFTER, MOST_A_DAY, Instances

NONE: frozenset[int] = frozenset()


def probed(instances: Instances, *rounds: dict[int, bool]) -> Instances:
    for outcomes in rounds:
        instances = instances.after(outcomes)
    return instances


def test_one_that_fails_as_often_as_allowed_is_taken_out() -> None:
    twice = probed(Instances(), *[{0: True, 1: False}] * 2)
    assert twice.out(2, NONE, 3) == NONE
    assert twice.after({0: True, 1: False}).out(2, NONE, 3) == {1}


def test_it_is_probed_again_soon_until_it_is_decided() -> None:
    nothing = frozenset[int]()
    known = Instances().after({0: True, 1: False})
    assert known.is_undecided(2, nothing, 3)
    assert not known.is_undecided(1, nothing, 3), "it is there no more"
    assert not known.after({1: True}).is_undecided(2, nothing, 3)
    certain = known.after({1: False}).after({1: False})
    assert not certain.is_undecided(2, nothing, 3)
    assert not certain.is_undecided(2, frozenset({1}), 3), "what still fails may take its time"
    answering = certain.after({1: True})
    assert answering.is_undecided(2, frozenset({1}), 3)
    assert not answering.after({1: True}).after({1: True}).is_undecided(2, frozenset({1}), 3)


def test_it_comes_back_after_good_probes_in_a_row() -> None:
    failed = probed(Instances(), *[{0: True, 1: False}] * 3)
    almost = probed(failed, *[{0: True, 1: True}] * (BACK_AFTER - 1))
    assert almost.out(2, frozenset({1}), 3) == {1}
    assert almost.after({0: True, 1: True}).out(2, frozenset({1}), 3) == NONE
    again = almost.after({0: True, 1: False})
    assert again.out(2, frozenset({1}), 3) == {1}


def test_after_a_restart_one_that_is_out_stays_so_until_it_answers() -> None:
    assert Instances().out(3, frozenset({2}), 3) == {2}


@given(
    st.integers(1, 8),
    st.sets(st.integers(0, 7)),
    st.lists(st.dictionaries(st.integers(0, 7), st.booleans()), max_size=12),
    st.integers(1, 4),
)
def test_one_always_gets_requests(
    count: int, before: set[int], rounds: list[dict[int, bool]], threshold: int
) -> None:
    out = probed(Instances(), *rounds).out(count, frozenset(before), threshold)
    assert out < set(range(count))


def test_replacing_takes_longer_each_time_and_has_a_limit_a_day() -> None:
    out = frozenset({1})
    known = probed(Instances(), {0: True, 1: False})
    now, at = 0.0, []
    while now < 86_400:
        if known.due(out, now):
            at.append(now)
            known = known.uploaded(out, now)
        now += 10
    assert at[:4] == [0.0, 60.0, 180.0, 420.0]
    assert len(at) == MOST_A_DAY
    assert known.due(out, 86_400.0)
    assert not known.after({1: True}).due(out, 86_400.0)
