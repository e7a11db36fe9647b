"""Quantiles of groups come to quantiles of all requests."""

import random
from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.metrics.distribution import NO_VALUES, Distribution, Group


def group_of(values: list[float]) -> Group:
    """What analytics tell of these values."""
    cuts = quantiles(values, n=100, method="inclusive")
    found = [(cuts[49], 0.5), (cuts[89], 0.9), (cuts[98], 0.99), (max(values), 1.0)]
    return Group(len(values), tuple(found))


def test_one_group_says_it_exactly() -> None:
    found = Distribution((Group(100, ((7.0, 0.5), (9.0, 0.9), (20.0, 0.99), (80.0, 1.0))),))
    assert [found.quantile(level) for level in (0.5, 0.9, 0.99, 1.0)] == [7.0, 9.0, 20.0, 80.0]


@pytest.mark.parametrize(
    "groups", [(), (Group(0, ()),), (Group(0, ((5.0, 1.0),)),)], ids=["none", "empty", "no request"]
)
def test_without_values_there_is_none(groups: tuple[Group, ...]) -> None:
    assert Distribution(groups).quantile(0.5) is None
    assert NO_VALUES.requests == 0


def test_alike_groups_come_close_to_what_all_values_say() -> None:
    rng = random.Random(7)
    groups = [[rng.lognormvariate(3, 0.6) for _ in range(400)] for _ in range(5)]
    found = sum((Distribution((group_of(values),)) for values in groups), Distribution())
    cuts = quantiles([value for values in groups for value in values], n=100, method="inclusive")

    assert found.requests == 2000
    assert found.quantile(0.5) == pytest.approx(cuts[49], rel=0.05)
    assert found.quantile(0.99) == pytest.approx(cuts[98], rel=0.1)


def test_a_small_slow_group_weighs_as_much_as_it_has_requests() -> None:
    quick = Group(990, ((10.0, 0.5), (12.0, 0.9), (14.0, 0.99), (15.0, 1.0)))
    slow = Group(10, ((900.0, 0.5), (950.0, 0.9), (990.0, 0.99), (1000.0, 1.0)))
    found = Distribution((quick, slow))

    median, last = found.quantile(0.5), found.quantile(0.995)
    assert median is not None
    assert last is not None
    assert median < 12
    assert last >= 850


_GROUPS = st.lists(
    st.tuples(
        st.integers(0, 1000), st.lists(st.floats(0, 1e6), min_size=4, max_size=4).map(sorted)
    ).map(lambda g: Group(g[0], tuple(zip(g[1], (0.5, 0.9, 0.99, 1.0), strict=True)))),
    max_size=6,
)


@given(_GROUPS, st.floats(0.01, 1), st.floats(0.01, 1))
def test_quantiles_rise_with_their_level_and_stay_within_the_values(
    groups: list[Group], one: float, other: float
) -> None:
    found, (low, high) = Distribution(tuple(groups)), sorted((one, other))
    below, above = found.quantile(low), found.quantile(high)
    if below is None or above is None:
        assert not any(group.requests for group in groups)
        return
    longest = max(group.longest for group in groups if group.requests)
    assert 0 <= below <= above * (1 + 1e-6) + 1e-6
    assert above <= longest
