"""What holds of every fleet, whatever its waves, whoever fails, and in whatever order it is listed."""

import random

from hypothesis import given
from hypothesis import strategies as st

from unit.domain.fleet.fleets import NEW, OLD, Fleet, fleet
from workers_operator.domain.fleet.members import ALL, Portion, in_order, size_of
from workers_operator.domain.fleet.progress import FleetStrategy, decide
from workers_operator.domain.rollout.orders import Verb

portions = st.builds(Portion, st.integers(1, 100), st.booleans())
waves = st.lists(portions, max_size=4).map(lambda found: (*found, ALL))
strategies = st.builds(
    FleetStrategy,
    waves=waves,
    pause=st.sampled_from((0.0, 30.0)),
    most_unavailable=portions,
    most_failures=portions,
)
sizes = st.integers(0, 40)
seeds = st.integers(0, 2**32)


def run(shop: Fleet, rng: random.Random, failing: float = 0.0) -> None:
    """Passes until it is over; followers arrive and fail at random, and the order of the list changes."""
    for _ in range(2_000):
        rng.shuffle(shop.followers)
        if shop.decide().state.phase in ("Succeeded", "Stopped"):
            return
        shop.now += rng.randrange(40)
        for follower in [f for f in shop.followers if f.state == "OnTheWay"]:
            if rng.random() < 0.6:
                shop.turn(follower.key, "Failed" if rng.random() < failing else "Ready")
    raise AssertionError(f"it does not end: {shop.state}")


@given(strategies, sizes, seeds)
def test_it_ends_with_all_at_the_new_version(strategy: FleetStrategy, size: int, seed: int) -> None:
    shop = Fleet(strategy, fleet(size))
    run(shop, random.Random(seed))
    assert shop.seen[-1].state.phase == "Succeeded"
    assert len(shop.having(NEW)) == size


@given(strategies, sizes, seeds, st.floats(0, 1))
def test_it_never_exceeds_its_wave_its_limit_or_its_failures(
    strategy: FleetStrategy, size: int, seed: int, failing: float
) -> None:
    shop, rng = Fleet(strategy, fleet(size)), random.Random(seed)
    limit = max(1, strategy.most_unavailable.of(size))
    for _ in range(60):
        rng.shuffle(shop.followers)
        reached = len(shop.having(NEW))
        state = shop.decide().state
        if state.phase != "Succeeded":
            assert len(shop.having(NEW)) <= size_of(strategy.waves, state.wave, size)
        assert shop.on_the_way() <= limit
        if state.phase == "Stopped":
            assert len(shop.having(NEW)) == reached
        shop.now += 40
        for follower in [f for f in shop.followers if f.state == "OnTheWay"]:
            shop.turn(follower.key, "Failed" if rng.random() < failing else "Ready")
    failed = sum(f.state == "Failed" for f in shop.followers)
    assert (shop.state is not None and shop.state.phase == "Stopped") == (
        0 < failed >= strategy.most_failures.of(size)
    )


@given(strategies, sizes, seeds)
def test_the_order_of_a_list_means_nothing(strategy: FleetStrategy, size: int, seed: int) -> None:
    shop, rng = Fleet(strategy, fleet(size)), random.Random(seed)
    for _ in range(5):
        before = decide(shop.situation())
        rng.shuffle(shop.followers)
        assert decide(shop.situation()) == before
        assert in_order(shop.followers, NEW) == in_order(reversed(shop.followers), NEW)
        shop.decide()
        shop.finish(rng.randrange(4))


@given(strategies, sizes, seeds)
def test_asked_again_after_a_crash_it_decides_the_same(
    strategy: FleetStrategy, size: int, seed: int
) -> None:
    shop, rng = Fleet(strategy, fleet(size)), random.Random(seed)
    for _ in range(10):
        first = shop.decide()
        # Some have begun, and nobody has been told of the others.
        again = decide(shop.situation())
        assert again.version == first.version
        if first.released is not None and again.released is not None:
            assert first.released <= again.released
        shop.finish(rng.randrange(4))


@given(
    strategies,
    st.integers(1, 30),
    seeds,
    st.lists(st.sampled_from(["promote", "pause", "resume", "abort", "retry", "promote-full"])),
)
def test_whatever_is_ordered_an_abort_leaves_nobody_at_the_new_version(
    strategy: FleetStrategy, size: int, seed: int, orders: list[Verb]
) -> None:
    shop, rng = Fleet(strategy, fleet(size)), random.Random(seed)
    for order in orders:
        shop.decide(order)
        shop.finish(rng.randrange(5))
        shop.now += 10
    course = shop.decide("abort")
    if not course.refused:
        assert len(shop.having(OLD)) == size
    else:
        assert course.state.phase in ("Succeeded", "Aborted")
