"""Holt and Winters: statsmodels' results as vectors, and what a forecast must never do."""

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.scaling.forecast import (
    Fit,
    Series,
    Smoothing,
    fit,
    greatest_ahead,
    initial,
)


@dataclass(frozen=True)
class Vector:
    """What statsmodels 0.15.0 makes of values: each one's forecast by those before it, and the next ones.

    ``ExponentialSmoothing(trend="add", seasonal="add")`` with our initial state and fixed factors. Its forecast for a
    whole season ahead uses the season before last, a known oddity, and is left out.
    """

    values: tuple[float, ...]
    period: int
    smoothing: Smoothing
    fitted: tuple[float, ...]
    ahead: tuple[float, ...]


VECTORS = {
    "rising, four values a season": Vector(
        (10.0, 20.0, 30.0, 15.0, 12.0, 22.0, 33.0, 16.0, 14.0, 25.0, 36.0, 18.0),
        4,
        Smoothing(0.5, 0.1, 0.2),
        fitted=(
            10.5,
            20.725,
            31.3012,
            15.0243,
            10.7846,
            21.7806,
            32.7192,
            17.5733,
            12.8142,
            23.6018,
            35.2067,
            20.0364,
        ),
        ahead=(15.6646, 25.9095, 36.6322),
    ),
    "no trend, level only": Vector(
        (100.0, 120.0, 80.0, 100.0, 110.0, 130.0, 90.0, 105.0, 95.0, 118.0, 84.0, 99.0),
        4,
        Smoothing(0.3, 0.0, 0.0),
        fitted=(
            102.8125,
            124.1562,
            85.0969,
            103.2553,
            106.9662,
            130.0639,
            92.2322,
            111.25,
            114.0625,
            130.5313,
            88.9594,
            107.1591,
        ),
        ahead=(109.3989, 131.5864, 93.7739),
    ),
    "noisy, six values a season": Vector(
        (
            0.0,
            48.2,
            96.4,
            124.4,
            172.6,
            200.6,
            8.8,
            57.0,
            85.0,
            133.2,
            161.2,
            209.4,
            17.6,
            45.6,
            93.8,
            121.8,
            170.0,
            218.2,
            6.2,
            54.4,
            82.4,
            130.6,
            178.8,
            206.8,
        ),
        6,
        Smoothing(0.1, 0.0, 0.3),
        fitted=(
            3.7111,
            51.8844,
            89.9604,
            129.0488,
            167.0284,
            206.03,
            4.1181,
            53.1388,
            95.0065,
            129.1238,
            171.042,
            205.2018,
            7.2863,
            56.6239,
            92.8428,
            132.2813,
            168.5683,
            208.0675,
            12.5801,
            53.847,
            94.8179,
            129.4874,
            170.5076,
            213.3031,
        ),
        ahead=(11.1984, 55.1833, 92.2076, 132.178, 175.2409),
    ),
    "incomplete last season": Vector(
        (
            0.0,
            49.2,
            98.4,
            127.4,
            176.6,
            205.6,
            14.8,
            64.0,
            93.0,
            142.2,
            171.2,
            220.4,
            29.6,
            58.6,
            107.8,
            136.8,
            186.0,
            235.2,
            24.2,
            73.4,
            102.4,
            151.6,
            200.8,
            229.8,
            39.0,
            68.0,
            117.2,
        ),
        6,
        Smoothing(0.4, 0.2, 0.6),
        fitted=(
            4.7111,
            52.9942,
            91.2406,
            134.4411,
            171.3981,
            213.6685,
            2.4586,
            58.5768,
            108.2836,
            133.3925,
            184.7085,
            210.7094,
            19.4468,
            70.9614,
            100.1301,
            149.7111,
            178.0487,
            227.3684,
            36.3064,
            64.2943,
            114.6719,
            142.9355,
            193.1548,
            242.9897,
            30.5842,
            80.1778,
            108.1823,
        ),
        ahead=(158.1937, 204.3125, 237.9536, 44.2078, 77.8261),
    ),
    "everything at once": Vector(
        (5.0, 9.0, 1.0, 7.0, 5.0, 8.0, 2.0, 7.0, 6.0, 9.0, 1.0),
        3,
        Smoothing(1.0, 1.0, 1.0),
        fitted=(
            5.7222,
            5.8333,
            9.5,
            -3.7222,
            17.1111,
            -16.0556,
            45.1667,
            -41.9444,
            51.9444,
            -64.2222,
            133.3889,
        ),
        ahead=(-154.0556, -164.2778),
    ),
    "jump": Vector(
        (
            50.0,
            60.0,
            50.0,
            40.0,
            50.0,
            60.0,
            50.0,
            40.0,
            150.0,
            160.0,
            150.0,
            140.0,
            150.0,
            160.0,
            150.0,
            140.0,
        ),
        4,
        Smoothing(0.2, 0.05, 0.5),
        fitted=(
            50.0,
            60.0,
            50.0,
            40.0,
            50.0,
            60.0,
            50.0,
            40.0,
            50.0,
            81.0,
            88.59,
            93.2761,
            165.4922,
            164.6102,
            147.5635,
            133.4024,
        ),
        ahead=(166.3745, 174.0762, 161.5652),
    ),
}


def expected(state: Fit, steps: int) -> float:
    """The forecast, without the bound at 0."""
    return state.level + steps * state.trend + state.season[(steps - 1) % len(state.season)]


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_it_smooths_as_statsmodels_does(vector: Vector) -> None:
    start = initial(vector.values, vector.period)
    fitted = [
        expected(fit(vector.values[:count], vector.period, vector.smoothing, start), 1)
        for count in range(len(vector.values))
    ]
    assert fitted == pytest.approx(vector.fitted, abs=1e-4)
    state = fit(vector.values, vector.period, vector.smoothing, start)
    ahead = [expected(state, steps) for steps in range(1, vector.period)]
    assert ahead == pytest.approx(vector.ahead, abs=1e-4)


DAY = [100.0] * 12 + [400.0] * 6 + [200.0] * 6


def test_the_greatest_load_within_the_horizon_counts() -> None:
    past = Series((*DAY, *DAY, *DAY[:10]), 300.0)
    assert greatest_ahead(past, 24, 300.0) == pytest.approx(100.0)
    assert greatest_ahead(past, 24, 600.0) == pytest.approx(100.0)
    assert greatest_ahead(past, 24, 900.0) == pytest.approx(400.0)


def test_what_lies_between_the_newest_value_and_now_is_over() -> None:
    old = Series((*DAY, *DAY, *DAY[:17]), 300.0, age=300.0)
    assert greatest_ahead(old, 24, 300.0) == pytest.approx(200.0)
    new = Series((*DAY, *DAY, *DAY[:17]), 300.0, age=299.0)
    assert greatest_ahead(new, 24, 300.0) == pytest.approx(400.0)


@pytest.mark.parametrize(
    ("values", "period"),
    [
        ((1.0,) * 47, 24),
        ((), 24),
        ((1.0,) * 48, 0),
        ((1.0,) * 47 + (math.nan,), 24),
        ((1.0,) * 47 + (-1.0,), 24),
        ((1.0,) * 47 + (math.inf,), 24),
    ],
)
def test_without_two_seasons_of_loads_there_is_no_forecast(
    values: tuple[float, ...], period: int
) -> None:
    assert greatest_ahead(Series(values, 300.0), period, 600.0) is None


@given(st.lists(st.floats(0, 1e6), min_size=16, max_size=60), st.floats(0, 3600))
def test_a_forecast_is_a_load(values: list[float], age: float) -> None:
    found = greatest_ahead(Series(tuple(values), 300.0, age), 8, 600.0)
    assert found is not None
    assert math.isfinite(found)
    assert found >= 0.0


@given(st.floats(0, 1e6))
def test_a_steady_load_stays(load: float) -> None:
    found = greatest_ahead(Series((load,) * 60, 300.0), 24, 3600.0)
    assert found == pytest.approx(load)
