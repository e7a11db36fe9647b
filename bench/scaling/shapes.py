"""Loads over time, in requests per second, and whether metrics can be had. All are deterministic."""

import functools
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 24 * HOUR

Load = Callable[[float], float]


@dataclass(frozen=True)
class Shape:
    """A load. ``load``: requests per second at a second, ``begin``: from when on it is judged, in seconds.

    ``outage``: seconds between which no metric can be had. ``burst``: whether the goal for bursts applies.
    """

    name: str
    says: str
    load: Load
    length: float
    begin: float = 10 * MINUTE
    outage: tuple[float, float] = (0.0, 0.0)
    burst: bool = False


def _step(second: float) -> float:
    return 1000.0 if second >= 20 * MINUTE else 100.0


def _spike(second: float) -> float:
    return 1000.0 if 20 * MINUTE <= second < 21 * MINUTE else 100.0


def _spikes(second: float) -> float:
    return 1000.0 if second >= 20 * MINUTE and second % (10 * MINUTE) < MINUTE else 100.0


def _sawtooth(second: float) -> float:
    return 100.0 + 900.0 * (second % (30 * MINUTE)) / (30 * MINUTE)


def _diurnal(second: float) -> float:
    """A day from 150 at night to 1,050 in the evening, with a steep morning."""
    hour = second % DAY / HOUR
    morning = 1 / (1 + math.exp(-4.0 * (hour - 8.0)))
    night = 1 / (1 + math.exp(2.0 * (hour - 22.0)))
    afternoon = 1.0 + 0.25 * math.sin(math.pi * (hour - 8.0) / 14.0) if 8 <= hour <= 22 else 1.0
    return 150.0 + 720.0 * morning * night * afternoon


def _outage(second: float) -> float:
    """A steady load that is half as high for the minutes before the outage, and back when it ends."""
    return 400.0 if 25 * MINUTE <= second < 32 * MINUTE else 800.0


def _noisy(load: Load, deviation: float, seed: int) -> Load:
    """The load with a Gaussian deviation that is anew each minute."""

    @functools.cache
    def draw(minute: int) -> float:
        return random.Random(seed * 1_000_003 + minute).gauss(0.0, deviation)

    def noisy(second: float) -> float:
        return max(0.0, load(second) * (1.0 + draw(int(second // MINUTE))))

    return noisy


SHAPES: Final = (
    Shape("step", "100 → 1,000 requests/s at once", _step, HOUR, burst=True),
    Shape("spike", "1,000 instead of 100 for one minute, once", _spike, HOUR, burst=True),
    Shape("spikes", "the same every 10 minutes", _spikes, 3 * HOUR, burst=True),
    Shape("sawtooth", "100 → 1,000 in 30 minutes, and down at once", _sawtooth, 4 * HOUR),
    Shape(
        "diurnal",
        "two days, 150 at night to 1,050, noise of 3 %; two more before",
        _noisy(_diurnal, 0.03, 1),
        4 * DAY,
        begin=2 * DAY,
    ),
    Shape(
        "noise",
        "500, with noise of 10 % anew each minute",
        _noisy(lambda _: 500.0, 0.1, 2),
        12 * HOUR,
    ),
    Shape(
        "outage",
        "800; 400 for 7 minutes; no metrics for 10 from then on",
        _outage,
        90 * MINUTE,
        outage=(30 * MINUTE, 40 * MINUTE),
    ),
)
