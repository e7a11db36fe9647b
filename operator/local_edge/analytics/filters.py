"""The filters of the dataset: which invocations a query is about.

A filter is an object whose keys are a dimension and an operator, e.g. `datetime_geq`; all of them must hold. `AND` and
`OR` hold arrays of filters. Source: developers.cloudflare.com/analytics/graphql-api/features/filtering.
"""

import math
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from local_edge.analytics.aggregates import DIMENSIONS, Dimension, Value
from local_edge.storage.telemetry.invocations import GroupKey

Filter: TypeAlias = Mapping[str, object]
Test = Callable[[GroupKey], bool]


class InvalidFilter(Exception):
    """The filter cannot be understood; the text says why."""


def _like(value: str, pattern: str) -> bool:
    parts = re.split(r"([%_])", pattern)
    wild = {"%": ".*", "_": "."}
    return bool(re.fullmatch("".join(wild.get(p) or re.escape(p) for p in parts), value, re.S))


Comparison = Callable[[object, object], bool]
_ORDER: Mapping[str, Callable[[float, float], bool]] = {
    "": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "geq": operator.ge,
    "lt": operator.lt,
    "leq": operator.le,
}
_LISTS = ("in", "notin")
_PATTERNS = ("like", "notlike")


def operators_of(dimension: Dimension) -> list[str]:
    """Return the names of the operators of a dimension; the empty one means equality."""
    return [*_ORDER, *_LISTS, *(_PATTERNS if dimension.kind == "string" else ())]


FILTER_KEYS: Mapping[str, tuple[str, str]] = {
    f"{name}_{symbol}" if symbol else name: (name, symbol)
    for name, dimension in DIMENSIONS.items()
    for symbol in operators_of(dimension)
}
"""Key of a filter -> dimension and operator."""


def moment(value: object) -> float:
    """Read a Time or a Date as a Unix time. Raises InvalidFilter."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise InvalidFilter(f"'{value}' is not a time such as 2006-01-02T15:04:05Z") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def test_of(wanted: Filter) -> Test:
    """Return the test of a filter. Raises InvalidFilter."""
    tests = [_test(key, value) for key, value in wanted.items() if value is not None]
    return lambda group: all(test(group) for test in tests)


def _test(key: str, value: object) -> Test:
    if key in ("AND", "OR"):
        tests = [test_of(part) for part in _parts(value)]
        combine = all if key == "AND" else any
        return lambda group: combine(test(group) for test in tests)
    if key not in FILTER_KEYS:
        raise InvalidFilter(f"unknown arg {key}")
    name, symbol = FILTER_KEYS[key]
    dimension = DIMENSIONS[name]
    if symbol in _LISTS:
        values = {_comparable(dimension, item) for item in _list(value)}
        return lambda group: (_actual(dimension, group) in values) is (symbol == "in")
    if symbol in _PATTERNS:
        pattern = str(value)
        return lambda group: _like(str(dimension.of(group)), pattern) is (symbol == "like")
    compare, bound = _ORDER[symbol], _comparable(dimension, value)
    return lambda group: bool(compare(_actual(dimension, group), bound))  # type: ignore[arg-type]


def _comparable(dimension: Dimension, value: object) -> Value:
    """Return a value of a filter as that of a group is compared."""
    if dimension.width:
        return moment(value)
    if dimension.kind == "string":
        return str(value)
    if isinstance(value, int):
        return value
    raise InvalidFilter(f"'{value}' is not a number")


def _actual(dimension: Dimension, group: GroupKey) -> Value:
    return group.second - group.second % dimension.width if dimension.width else dimension.of(group)


def _parts(value: object) -> Iterator[Filter]:
    for part in _list(value):
        if not isinstance(part, Mapping):
            raise InvalidFilter("AND and OR need arrays of filters")
        yield part


def _list(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else [value]


@dataclass(frozen=True)
class Seconds:
    """The seconds that a filter may let pass, as Unix times."""

    first: float
    end: float
    """The first second that does not pass."""


def seconds_of(wanted: Filter) -> Seconds:
    """Return the seconds within which all conditions on times can hold. Raises InvalidFilter."""
    first, end = -math.inf, math.inf
    for key, value in wanted.items():
        if key == "AND":
            for part in _parts(value):
                inner = seconds_of(part)
                first, end = max(first, inner.first), min(end, inner.end)
        name, symbol = FILTER_KEYS.get(key, ("", ""))
        width = DIMENSIONS[name].width if name and value is not None else 0
        if not width or symbol in _LISTS:
            continue
        bound = moment(value)
        if symbol in ("", "geq", "gt"):
            first = max(first, math.floor(bound))
        if symbol in ("", "leq", "lt"):
            end = min(end, math.floor(bound) + width)
    return Seconds(first, end)
