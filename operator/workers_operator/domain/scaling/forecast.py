"""Holt and Winters' exponential smoothing: level, trend and a season, all additive. Pure.

Source: Winters, "Forecasting Sales by Exponentially Weighted Moving Averages", Management Science 6 (1960). The
smoothing factors are constants: fitting them takes a hundred times longer than a forecast, for each worker.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Smoothing:
    """How much the newest value counts, 0 to 1, in level, trend and season."""

    level: float
    trend: float
    season: float


# Chosen on the load shapes of bench/scaling.
DEFAULT_SMOOTHING: Final = Smoothing(level=0.1, trend=0.0, season=0.3)


@dataclass(frozen=True, slots=True)
class Series:
    """A load at equal steps of ``step`` seconds, oldest first. ``age``: seconds since the end of the newest one."""

    values: tuple[float, ...]
    step: float
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class Fit:
    """The state after the last value. ``season``: deviations from the level, that of the next value first."""

    level: float
    trend: float
    season: tuple[float, ...]

    def at(self, steps: int) -> float:
        """Return the forecast for ``steps`` after the last value, 1 or more; never negative."""
        seasonal = self.season[(steps - 1) % len(self.season)]
        return max(0.0, self.level + steps * self.trend + seasonal)


def initial(values: Sequence[float], period: int) -> Fit:
    """Return the state before the first value, from the first two seasons of at least two."""
    first, second = values[:period], values[period : 2 * period]
    means = (sum(first) / period, sum(second) / period)
    season = [
        (one - means[0] + other - means[1]) / 2 for one, other in zip(first, second, strict=True)
    ]
    return Fit(means[0], (means[1] - means[0]) / period, tuple(season))


def fit(values: Sequence[float], period: int, smoothing: Smoothing, start: Fit) -> Fit:
    """Return the state after all values. ``period``: values in a season."""
    level, trend, season = start.level, start.trend, list(start.season)
    for step, value in enumerate(values):
        expected, seasonal = level + trend, season[step % period]
        former, level = level, _mix(smoothing.level, value - seasonal, expected)
        trend = _mix(smoothing.trend, level - former, trend)
        season[step % period] = _mix(smoothing.season, value - expected, seasonal)
    turn = len(values) % period
    return Fit(level, trend, tuple(season[turn:] + season[:turn]))


def greatest_ahead(
    series: Series, period: int, horizon: float, smoothing: Smoothing = DEFAULT_SMOOTHING
) -> float | None:
    """Return the greatest load that is expected within ``horizon`` seconds from now.

    ``period``: values in a season. None with fewer than two seasons, or with a value that is no load.
    """
    values = series.values
    if period < 1 or len(values) < 2 * period:
        return None
    if not all(math.isfinite(value) and value >= 0.0 for value in values):
        return None
    state = fit(values, period, smoothing, initial(values, period))
    first = int(series.age // series.step) + 1
    last = max(first, math.ceil((series.age + horizon) / series.step))
    return max(state.at(steps) for steps in range(first, last + 1))


def _mix(share: float, newer: float, older: float) -> float:
    return share * newer + (1.0 - share) * older
