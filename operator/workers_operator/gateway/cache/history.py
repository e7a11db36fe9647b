"""Recent metrics of workers, from their statuses, in little memory.

A status tells of one window only, and is renewed every five minutes at most: the points reach back some hours.
"""

import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from workers_operator.domain.timestamps import parse_timestamp
from workers_operator.domain.worker import ObjectKey
from workers_operator.resources.observed.glance import StatusGlance

MOST_POINTS: Final = 60
"""How many points of a worker are kept."""
_POINT: Final = struct.Struct("<Iff")
_NUMBER: Final = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,9})?)%?", re.ASCII)


@dataclass(frozen=True, slots=True)
class MetricsPoint:
    """One window of metrics. ``until``: its end, as Unix time. ``error_rate``: in percent; None: not known."""

    until: int
    requests_per_second: float
    error_rate: float | None


class MetricsHistory:
    """The points of all workers. Twelve bytes each: thousands of workers have tens of them."""

    def __init__(self) -> None:
        self._points: dict[ObjectKey, bytes] = {}

    def observe(self, key: ObjectKey, body: Mapping[str, object]) -> None:
        """Take in the metrics that a worker's status tells, if they are newer than those that are known."""
        found = _point_of(body)
        known = self._points.get(key, b"")
        if found is None or (known and found.until <= _POINT.unpack_from(known, -_POINT.size)[0]):
            return
        errors = math.nan if found.error_rate is None else found.error_rate
        packed = known + _POINT.pack(found.until, found.requests_per_second, errors)
        self._points[key] = packed[-MOST_POINTS * _POINT.size :]

    def forget(self, key: ObjectKey) -> None:
        """Forget a worker that is gone."""
        self._points.pop(key, None)

    def points(self, key: ObjectKey) -> list[MetricsPoint]:
        """Return what is known of a worker, the oldest first."""
        return [
            MetricsPoint(until, rate, None if math.isnan(errors) else errors)
            for until, rate, errors in _POINT.iter_unpack(self._points.get(key, b""))
        ]


def _point_of(body: Mapping[str, object]) -> MetricsPoint | None:
    metrics = StatusGlance.of(body.get("status")).metrics
    until, rate = parse_timestamp(metrics.until), _number(metrics.requests_per_second)
    if until is None or rate is None or not 0 <= until < 2**32:
        return None
    return MetricsPoint(int(until), rate, _number(metrics.error_rate))


def _number(value: str) -> float | None:
    """Return the number of a text such as 41 or 0.19%; None for anything else."""
    found = _NUMBER.fullmatch(value)
    return float(found[1]) if found is not None else None
