"""Search in log events: filters, and the keys and values that occur.

A key is a path such as `$workers.scriptName`. The fields of `source` are also found without that prefix.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from local_edge.jsontypes import Json, JsonObject

Test = Callable[[JsonObject], bool]
MAX_DEPTH = 4
"""How deep groups of filters may be nested."""
_ALIASES = {
    "=": "eq", "!=": "neq", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte",
    "match_regex": "regex", "does_not_include": "not_includes", "does_not_exist": "is_null",
}  # fmt: skip
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "boolean": bool,
}
Scalar: TypeAlias = str | int | float | bool


class InvalidSearch(Exception):
    """The search cannot be understood; the text says why."""


def flattened(event: JsonObject) -> dict[str, Scalar]:
    """Return the fields of an event by their paths."""
    found = dict(_fields(event, ""))
    prefix = "source."
    for key, value in list(found.items()):
        if key.startswith(prefix):
            found.setdefault(key.removeprefix(prefix), value)
    return found


def _fields(value: Json, path: str) -> Iterator[tuple[str, Scalar]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _fields(inner, f"{path}.{index}")
    elif value is not None:
        yield path, value


def kind_of(value: Scalar) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "string" if isinstance(value, str) else "number"


@dataclass(frozen=True)
class Needle:
    """A text to find anywhere in an event."""

    text: str
    is_regex: bool = False
    match_case: bool = False

    def test(self) -> Test:
        pattern = _pattern(
            self.text if self.is_regex else re.escape(self.text),
            re.NOFLAG if self.match_case else re.IGNORECASE,
        )
        return lambda event: any(pattern.search(str(v)) for v in flattened(event).values())


def needle_of(value: Json) -> Test:
    """Return the test of a needle, as JSON. Raises InvalidSearch."""
    if value is None:
        return lambda event: True
    if not isinstance(value, dict) or not isinstance(value.get("value"), str | int | float):
        raise InvalidSearch("needle needs a 'value'")
    return Needle(
        str(value["value"]), value.get("isRegex") is True, value.get("matchCase") is True
    ).test()


def filter_of(filters: Json, combination: Json, depth: int = 0) -> Test:
    """Return the test of filters, as JSON. Raises InvalidSearch."""
    if depth > MAX_DEPTH:
        raise InvalidSearch(f"filters are nested more than {MAX_DEPTH} deep")
    if filters is not None and not isinstance(filters, list):
        raise InvalidSearch("filters must be an array")
    if str(combination or "and").lower() not in ("and", "or"):
        raise InvalidSearch("filterCombination must be 'and' or 'or'")
    tests = [_one(item, depth) for item in filters or []]
    if str(combination or "and").lower() == "or" and tests:
        return lambda event: any(test(event) for test in tests)
    return lambda event: all(test(event) for test in tests)


def _one(item: Json, depth: int) -> Test:
    if not isinstance(item, dict):
        raise InvalidSearch("each filter must be an object")
    if item.get("kind") == "group":
        return filter_of(item.get("filters"), item.get("filterCombination"), depth + 1)
    key, kind = item.get("key"), item.get("type")
    if not isinstance(key, str) or kind not in _TYPES:
        raise InvalidSearch("each filter needs 'key', 'operation' and 'type'")
    name = str(item.get("operation")).lower()
    name = _ALIASES.get(name, name)
    if name in ("exists", "is_null"):
        return lambda event: (key in flattened(event)) is (name == "exists")
    if name not in _OPERATIONS:
        raise InvalidSearch(f"there is no operation '{item.get('operation')}'")
    wanted = item.get("value")
    if isinstance(wanted, dict | list) or wanted is None:
        raise InvalidSearch(f"the filter of '{key}' needs a value")
    test, negated = _OPERATIONS[name](wanted), name.startswith("n")

    def passes(event: JsonObject) -> bool:
        value = flattened(event).get(key)
        return negated if value is None else test(value)

    return passes


def _pattern(text: str, flags: re.RegexFlag = re.NOFLAG) -> "re.Pattern[str]":
    try:
        return re.compile(text, flags)
    except re.error as error:
        raise InvalidSearch(f"'{text}' is not a regular expression: {error}") from None


def _number(value: Scalar) -> float:
    try:
        return float(value)
    except ValueError:
        raise InvalidSearch(f"'{value}' is not a number") from None


def _numeric(
    compare: Callable[[float, float], bool],
) -> Callable[[Scalar], Callable[[Scalar], bool]]:
    def test_of(wanted: Scalar) -> Callable[[Scalar], bool]:
        bound = _number(wanted)
        return lambda value: not isinstance(value, str) and compare(value, bound)

    return test_of


def _members(wanted: Scalar) -> set[str]:
    return {part.strip() for part in _text(wanted).split(",")}


def _text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_OPERATIONS: Mapping[str, Callable[[Scalar], Callable[[Scalar], bool]]] = {
    "eq": lambda wanted: lambda value: _text(value) == _text(wanted),
    "neq": lambda wanted: lambda value: _text(value) != _text(wanted),
    "gt": _numeric(lambda a, b: a > b),
    "gte": _numeric(lambda a, b: a >= b),
    "lt": _numeric(lambda a, b: a < b),
    "lte": _numeric(lambda a, b: a <= b),
    "in": lambda wanted: lambda value: _text(value) in _members(wanted),
    "not_in": lambda wanted: lambda value: _text(value) not in _members(wanted),
    "includes": lambda wanted: lambda value: _text(wanted) in _text(value),
    "not_includes": lambda wanted: lambda value: _text(wanted) not in _text(value),
    "starts_with": lambda wanted: lambda value: _text(value).startswith(_text(wanted)),
    "ends_with": lambda wanted: lambda value: _text(value).endswith(_text(wanted)),
    "regex": lambda wanted: _matches(_pattern(_text(wanted))),
}


def _matches(pattern: "re.Pattern[str]") -> Callable[[Scalar], bool]:
    return lambda value: pattern.search(_text(value)) is not None


def keys_of(events: Iterable[JsonObject]) -> list[tuple[str, str, int]]:
    """Return the keys that occur, with their types and when they did last, in milliseconds."""
    found: dict[tuple[str, str], int] = {}
    for event in events:
        at = event["timestamp"]
        for key, value in flattened(event).items():
            seen = found.get((key, kind_of(value)), 0)
            found[key, kind_of(value)] = max(seen, at if isinstance(at, int) else 0)
    return [(key, kind, at) for (key, kind), at in sorted(found.items())]


def values_of(events: Iterable[JsonObject], key: str, kind: str) -> Sequence[Scalar]:
    """Return the different values of a key, most frequent first."""
    counts: dict[Scalar, int] = {}
    for event in events:
        value = flattened(event).get(key)
        if value is not None and kind_of(value) == kind:
            counts[value] = counts.get(value, 0) + 1
    return sorted(counts, key=lambda value: (-counts[value], str(value)))
