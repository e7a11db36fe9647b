"""The load of the last seasons is asked for once, and kept up in steps of five minutes."""

from workers_operator.account.metrics.seasons import STEP, SeasonalLoads

DAY = 86_400
T0 = 1_790_000_100 // STEP * STEP


def known(*, since: int = T0 - 2 * DAY, until: int = T0 + 120) -> SeasonalLoads:
    seasons = SeasonalLoads()
    seasons.want("shop", DAY, until)
    (lacking,) = seasons.lacking(until).items()
    assert lacking == (T0 - 3 * DAY, ["shop"])
    seasons.add(["shop"], {("shop", since): 3000, ("shop", T0 - STEP): 600, ("blog", T0): 1}, until)
    return seasons


def test_steps_without_requests_count_as_none() -> None:
    series = known().series("shop", T0 + 150)
    assert series is not None
    assert (len(series.values), series.step, series.age) == (2 * DAY // STEP, STEP, 150)
    assert (series.values[0], series.values[1], series.values[-1]) == (10.0, 0.0, 2.0)


def test_afterwards_only_new_steps_are_lacking() -> None:
    seasons = known()
    assert seasons.lacking(T0 + 299) == {}
    assert seasons.lacking(T0 + 301) == {T0: ["shop"]}


def test_what_is_older_than_three_seasons_goes() -> None:
    seasons = known()
    seasons.want("shop", DAY, T0 + 2 * DAY)
    seasons.add(["shop"], {("shop", T0 + 2 * DAY - STEP): 300}, T0 + 2 * DAY)
    series = seasons.series("shop", T0 + 2 * DAY)
    assert series is not None
    assert len(series.values) == 2 * DAY // STEP + 1
    assert series.values[0] == 2.0


def test_what_nobody_wants_any_more_is_forgotten() -> None:
    seasons = known()
    assert seasons.lacking(T0 + 2 * 3600) == {}
    assert seasons.series("shop", T0 + 2 * 3600) is None


def test_a_worker_that_is_not_known_has_none() -> None:
    seasons = SeasonalLoads()
    seasons.want("shop", DAY, T0)
    assert seasons.series("shop", T0) is None
    seasons.add(["shop"], {}, T0)
    assert seasons.series("shop", T0) is None
