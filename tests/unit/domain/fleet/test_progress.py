"""A new version of a template reaches its followers wave by wave."""

from dataclasses import replace

import pytest

from unit.domain.fleet.fleets import NEW, NEXT, OLD, Fleet, fleet, key, phases
from workers_operator.domain.fleet.forecast import seconds_left
from workers_operator.domain.fleet.members import ALL, FleetTrial, FollowerCounts, Portion, count
from workers_operator.domain.fleet.progress import FleetState, FleetStrategy
from workers_operator.domain.worker import ObjectKey

WAVES = FleetStrategy((Portion(1), Portion(25, True), ALL))


def test_each_wave_waits_for_the_one_before() -> None:
    shop = Fleet(WAVES, fleet(8))
    sizes = []
    while shop.decide().state.phase == "Progressing":
        sizes.append(len(shop.having(NEW)))
        assert shop.decide().state.wave == len(sizes) - 1  # nothing happens meanwhile
        shop.finish()
    assert sizes == [1, 2, 8]
    assert phases(shop.seen) == ["Progressing", "Succeeded"]


def test_a_pause_counts_from_when_all_of_a_wave_are_ready() -> None:
    shop = Fleet(FleetStrategy((Portion(1), ALL), pause=60.0), fleet(3))
    shop.decide()
    shop.now += 500
    shop.finish()
    assert shop.decide().due == 60
    [first] = shop.having(NEW)
    shop.now += 30
    shop.turn(first, "OnTheWay")
    shop.decide()
    shop.now += 60
    shop.finish()
    assert shop.decide().due == 60  # it was not ready all the time
    shop.now += 60
    shop.decide()
    assert len(shop.having(NEW)) == 3


def test_a_pause_without_end_waits_for_a_promotion() -> None:
    shop = Fleet(FleetStrategy((Portion(1), ALL), pause=None), fleet(3))
    shop.decide()
    shop.finish()
    assert shop.decide().state.phase == "Paused"
    shop.now += 1_000_000
    assert len(shop.having(NEW)) == 1
    assert shop.decide("promote").state.wave == 1
    assert len(shop.having(NEW)) == 3


def test_no_more_than_may_be_unavailable_are_under_way() -> None:
    shop = Fleet(FleetStrategy(most_unavailable=Portion(2)), fleet(7))
    while shop.decide().state.phase != "Succeeded":
        assert 1 <= shop.on_the_way() <= 2
        shop.finish(1)
    assert len(shop.having(NEW)) == 7


def test_a_bad_version_stops_in_the_first_wave_and_the_others_keep_what_they_have() -> None:
    shop = Fleet(WAVES, fleet(8), bad=frozenset({NEW}))
    shop.decide()
    shop.finish()
    course = shop.decide()
    assert course.state.phase == "Stopped"
    [failed] = shop.having(NEW)
    assert course.state.message == f"1 follower has failed: shop/{failed.name}"
    shop.now += 1_000_000
    shop.decide()
    assert len(shop.having(OLD)) == 7
    assert count(shop.followers, FleetTrial(NEW)) == FollowerCounts(8, 1, 0, 1)


def test_a_wave_in_which_every_follower_fails_stops_it() -> None:
    strategy = FleetStrategy((Portion(4), ALL), most_failures=Portion(3))
    shop = Fleet(strategy, fleet(9), bad=frozenset({NEW}))
    shop.decide()
    shop.finish()
    assert shop.decide().state.phase == "Stopped"
    assert len(shop.having(OLD)) == 5


def test_fewer_failures_are_tolerated() -> None:
    shop = Fleet(FleetStrategy((Portion(2), ALL), most_failures=Portion(2)), fleet(5))
    shop.decide()
    shop.turn(min(shop.having(NEW)), "Failed")
    shop.finish()
    shop.decide()
    shop.finish()
    assert shop.decide().state.phase == "Succeeded"
    assert count(shop.followers, FleetTrial(NEW)) == FollowerCounts(5, 5, 4, 1)


def test_retry_tries_what_has_failed_again_and_goes_on() -> None:
    shop = Fleet(WAVES, fleet(8), bad=frozenset({NEW}))
    shop.decide()
    shop.finish()
    shop.decide()
    shop.bad = frozenset()
    assert shop.decide("retry").state.phase == "Progressing"
    assert len(shop.having(NEW)) == 1
    while shop.decide().state.phase == "Progressing":
        shop.finish()
    assert shop.seen[-1].state.phase == "Succeeded"
    assert len(shop.having(NEW)) == 8


def test_a_new_version_starts_at_the_first_wave_and_reaches_first_who_had_the_one_before() -> None:
    shop = Fleet(WAVES, fleet(8))
    shop.decide()
    shop.finish()
    shop.decide()
    shop.finish()
    shop.target = NEXT
    assert shop.decide().state.wave == 0
    assert shop.previous == OLD
    assert len(shop.having(NEXT)) == 1
    while shop.decide().state.phase == "Progressing":
        shop.finish()
    assert len(shop.having(NEXT)) == 8


@pytest.mark.parametrize("had_all", [True, False])
def test_the_way_back_is_one_wave(*, had_all: bool) -> None:
    shop = Fleet(FleetStrategy((Portion(1), ALL), most_unavailable=Portion(1)), fleet(6))
    while shop.decide().state.phase == "Progressing":
        shop.finish()
        if not had_all and len(shop.having(NEW)) == 3:
            break
    shop.target = OLD
    shop.decide()
    assert len(shop.having(OLD)) == 6
    shop.finish()
    assert shop.decide().state.phase == "Succeeded"


def test_an_abort_gives_all_the_former_version() -> None:
    shop = Fleet(WAVES, fleet(8))
    shop.decide()
    shop.finish()
    shop.decide()
    assert shop.decide("abort").state.phase == "Aborted"
    assert len(shop.having(OLD)) == 8
    shop.finish()
    shop.now += 1_000_000
    assert shop.decide().state.phase == "Aborted"
    assert len(shop.having(OLD)) == 8
    shop.decide("retry")
    assert len(shop.having(NEW)) == 1


def test_a_paused_rollout_reaches_nobody_until_it_is_resumed() -> None:
    shop = Fleet(FleetStrategy(most_unavailable=Portion(1)), fleet(4))
    shop.decide()
    shop.finish()
    assert shop.decide("pause").state.phase == "Paused"
    shop.finish()
    shop.decide()
    assert len(shop.having(NEW)) == 1
    shop.decide("resume")
    assert len(shop.having(NEW)) == 2


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ("undo", "a template has no undo"),
        ("retry", "neither stopped nor aborted"),
        ("resume", "not paused"),
        ("promote", "the last wave is under way"),
    ],
)
def test_an_order_that_cannot_be_obeyed_is_refused_and_changes_nothing(order, why) -> None:  # type: ignore[no-untyped-def]
    shop = Fleet(FleetStrategy(), fleet(3))
    plain = shop.decide()
    refused = shop.decide(order)
    assert why in refused.refused
    assert (refused.state, refused.version) == (plain.state, plain.version)


def test_orders_need_a_rollout() -> None:
    shop = Fleet(WAVES, fleet(3, NEW), state=FleetState(NEW, "Succeeded"))
    for order in ("promote", "pause", "resume", "abort"):
        assert shop.decide(order).refused == "no rollout is under way"


def test_the_first_version_reaches_all_at_once() -> None:
    shop = Fleet(WAVES, fleet(5, ""), state=None)
    shop.decide()
    assert len(shop.having(NEW)) == 5
    assert shop.decide("abort").refused == "there is no former version to return to"


def test_a_first_version_that_has_not_done_all_of_them_good_is_kept_until_the_next_one_comes() -> (
    None
):
    shop = Fleet(WAVES, fleet(6, ""), target=OLD, state=None)
    shop.decide()
    shop.turn(key(3), "Failed")
    shop.finish()
    assert shop.decide().state.phase == "Stopped"
    shop.target = NEW
    shop.decide()
    assert shop.previous == OLD
    assert len(shop.having(NEW)) == 1
    shop.finish()
    assert shop.decide("abort").refused == ""
    assert len(shop.having(OLD)) == 6


def test_a_first_version_that_did_nobody_good_is_not_kept() -> None:
    shop = Fleet(WAVES, fleet(6, ""), target=OLD, state=None, bad=frozenset({OLD}))
    shop.decide()
    shop.finish()
    shop.decide()
    shop.target = NEW
    shop.decide()
    assert len(shop.having(NEW)) == 6


def test_a_template_without_followers_has_nothing_to_wait_for() -> None:
    shop = Fleet(FleetStrategy((Portion(1), ALL), pause=0.0), [])
    assert shop.decide().state.phase == "Succeeded"


def test_a_new_follower_gets_what_those_have_that_are_not_reached() -> None:
    shop = Fleet(WAVES, fleet(8))
    plan = shop.plan(shop.decide())
    [first] = shop.having(NEW)
    assert plan.version_of(first, OLD) == NEW
    assert plan.version_of(key(99), "") == OLD


def test_a_suspended_follower_is_not_waited_for() -> None:
    shop = Fleet(FleetStrategy(), fleet(3))
    shop.turn(key(1), "Suspended")
    shop.decide()
    shop.finish()
    assert shop.decide().state.phase == "Succeeded"
    assert shop.having(OLD) == {key(1)}


def test_a_follower_that_fails_already_is_reached_last() -> None:
    shop = Fleet(FleetStrategy((Portion(3), ALL)), fleet(4))
    shop.turn(key(2), "Failed")
    shop.decide()
    assert key(2) not in shop.having(NEW)


def late(most_failures: int = 1) -> tuple[Fleet, ObjectKey]:
    """A fleet, and the follower of its first wave, which has just stopped getting ready."""
    strategy = FleetStrategy(
        (Portion(1), ALL), most_failures=Portion(most_failures), deadline=120.0
    )
    shop = Fleet(strategy, fleet(4))
    shop.decide()
    [first] = shop.having(NEW)
    shop.now += 30
    shop.wait(first, "KVNamespaceNotFound")
    return shop, first


def test_a_follower_that_does_not_become_ready_in_time_has_failed() -> None:
    shop, first = late()
    assert shop.decide().due == 120
    shop.now += 119
    assert shop.decide().state.phase == "Progressing"
    shop.now += 1
    course = shop.decide()
    assert course.state.phase == "Stopped"
    why = f"1 follower has failed: shop/{first.name} (not Ready for 2 min: KVNamespaceNotFound)"
    assert course.state.message == why
    assert len(shop.having(NEW)) == 1
    assert count(shop.followers, shop.situation().trial(course.state)).failed == 1


def test_late_followers_that_are_tolerated_hold_nothing_and_may_become_ready_yet() -> None:
    shop, first = late(most_failures=2)
    shop.now += 120
    assert shop.decide().state.wave == 1
    shop.decide()
    assert len(shop.having(NEW)) == 4
    for follower in shop.having(NEW) - {first}:
        shop.turn(follower, "Ready")
    done = shop.decide()
    assert done.state.phase == "Succeeded"
    counts = count(shop.followers, shop.situation().trial(done.state))
    assert (counts.ready, counts.failed) == (3, 1)
    shop.turn(first, "Ready")
    counts = count(shop.followers, shop.situation().trial(done.state))
    assert (counts.ready, counts.failed) == (4, 0)


def test_one_that_was_not_ready_before_has_the_time_of_its_wave() -> None:
    shop, first = late()
    shop.followers = [replace(f, unready=1) if f.key == first else f for f in shop.followers]
    assert shop.decide().due == 90
    shop.now += 90
    assert shop.decide().state.phase == "Stopped"


def test_retry_gives_the_late_as_much_time_again() -> None:
    shop, _ = late()
    shop.now += 120
    shop.decide()
    course = shop.decide("retry")
    assert (course.state.phase, course.due) == ("Progressing", 120)


def test_a_pause_of_a_followers_own_is_waited_for_and_told() -> None:
    shop, first = late()
    shop.wait(first, "RolloutPaused", in_rollout=True)
    shop.now += 1_000_000
    course = shop.decide()
    assert course.state.phase == "Progressing"
    assert course.state.message == (
        f"1 follower waits for a promotion of its own: shop/{first.name}"
    )
    shop.turn(first, "Ready")
    assert shop.decide().state.message == ""


def test_the_forecast_counts_calls_and_pauses() -> None:
    strategy = FleetStrategy((Portion(1), ALL), pause=60.0)
    counts = FollowerCounts(total=101, updated=1, ready=1, failed=0)
    going = FleetState(NEW)
    assert seconds_left(going, strategy, counts, 0.25) == 113  # 100 x 2.1 calls, and a pause
    assert seconds_left(FleetState(NEW, "Succeeded"), strategy, counts, 0.25) is None
    assert seconds_left(FleetState(NEW, held=True), strategy, counts, 0.25) is None
    endless = FleetStrategy((Portion(1), ALL), pause=None)
    assert seconds_left(going, endless, counts, 0.25) is None
