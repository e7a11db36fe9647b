"""Requests by version since a step began: asked for once, and counted once."""

from workers_operator.account.metrics.comparisons import Comparison, Comparisons
from workers_operator.domain.metrics.tally import Tally

NEW, OLD = "1b1b1b1b", "0a0a0a0a"
SOME = {"shop": {NEW: Tally(10, 1), OLD: Tally(90, 2)}}


def test_what_is_there_is_asked_for_up_to_when_data_is_complete() -> None:
    known = Comparisons()
    known.want("shop", 1000, 1003, 1060)
    assert dict(known.lacking(1060, 20)) == {(1003, 1040): ["shop"]}
    known.add(["shop"], (1003, 1040), SOME)
    assert dict(known.lacking(1065, 20)) == {}
    assert dict(known.lacking(1075, 20)) == {(1040, 1050): ["shop"]}
    known.add(["shop"], (1040, 1050), SOME)
    found = known.want("shop", 1000, 1003, 1080)
    assert (found.of(NEW), found.of(OLD)) == (Tally(20, 2), Tally(180, 4))
    assert found.until == 1050


def test_workers_at_the_same_point_share_a_query() -> None:
    known = Comparisons()
    for name in ("shop", "blog"):
        known.want(name, 1000, 1000, 1060)
    known.want("late", 1000, 1030, 1060)
    assert dict(known.lacking(1060, 0)) == {(1000, 1060): ["shop", "blog"], (1030, 1060): ["late"]}


def test_a_worker_without_requests_is_known_to_have_none() -> None:
    known = Comparisons()
    known.want("shop", 1000, 1000, 1060)
    known.add(["shop"], (1000, 1060), {})
    assert known.want("shop", 1000, 1000, 1061) == Comparison(1000, 1000, 1060)


def test_the_next_step_counts_anew_and_keeps_the_former_one() -> None:
    known = Comparisons()
    known.want("shop", 1000, 1000, 1060)
    known.add(["shop"], (1000, 1060), SOME)
    known.looked("shop", 3)
    found = known.want("shop", 1000, 1060, 1061)
    assert found == Comparison(1000, 1060, 1060, former=(SOME["shop"],))
    known.add(["shop"], (1000, 1060), SOME)  # the answer to a query of the step before
    assert known.want("shop", 1000, 1060, 1062) == found


def test_another_rollout_knows_nothing_of_the_one_before() -> None:
    known = Comparisons()
    known.want("shop", 1000, 1000, 1060)
    known.add(["shop"], (1000, 1060), SOME)
    assert known.want("shop", 2000, 2000, 2001) == Comparison(2000, 2000, 2000)


def test_what_is_kept_is_not_forgotten_and_soon_not_counted() -> None:
    known = Comparisons()
    known.want("shop", 1000, 1000, 1060)
    known.add(["shop"], (1000, 1060), SOME)
    for now in range(1300, 9000, 300):
        known.keep("shop", now)
        assert bool(known.lacking(now, 0)) == (now <= 1960)
    assert known.want("shop", 1000, 9000, 9000).former == (SOME["shop"],)
    known.keep("other", 9000)
    assert dict(known.lacking(20_000, 0)) == {}
    assert known.want("shop", 1000, 9000, 20_000).former == ()


def test_versions_differ_whose_errors_or_times_do() -> None:
    known = Comparisons()
    slow = {"slow": {NEW: Tally(10, 0, {80: 10}), OLD: Tally(90, 0, {20: 90})}}
    alike = {"alike": {NEW: Tally(10, 1), OLD: Tally(90, 9)}, "one": {NEW: Tally(10, 10)}}
    names = ["shop", "slow", "alike", "one"]
    for name in names:
        known.want(name, 1000, 1000, 1060)
    known.add(names, (1000, 1060), SOME | slow | alike)
    assert known.uneven([*names, "unknown"]) == {"shop", "slow"}


def test_who_is_not_wanted_any_more_is_forgotten() -> None:
    known = Comparisons()
    known.want("shop", 1000, 1000, 1000)
    assert dict(known.lacking(1900, 0)) != {}
    assert dict(known.lacking(1901, 0)) == {}
    known.looked("shop", 1)
    known.add(["shop"], (1000, 1060), SOME)
    assert dict(known.lacking(1901, 0)) == {}
