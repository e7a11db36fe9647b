"""Values against schemas: a check that takes a bounded number of steps, and describes the problems of values. Pure.

Both sides are untrusted: a template's author writes the schema, a tenant the values. Values may be secrets: messages
never contain them, only values of the schema.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from workers_operator.domain.egress import addresses
from workers_operator.domain.routes import is_named
from workers_operator.domain.text.lines import listed, short
from workers_operator.sources.parameters import patterns
from workers_operator.sources.parameters.schemas import MAX_DEPTH, PUBLIC_URL, Place, Schema

MAX_STEPS: Final = 100_000  # about a tenth of a second
_PROBLEM_STEPS: Final = 10
_DIVISION_STEPS: Final = 5
_ENDLESS: Final = (
    f"checking these values against the template's schema takes more than {MAX_STEPS} steps; "
    "use fewer or smaller values"
)
_UNCOUNTABLE: Final = "the template's schema cannot validate these values"


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of a value. ``path``: property names and indexes that lead to it. ``missing``: it is absent."""

    path: Place
    text: str
    missing: bool = False


class _TooManySteps(Exception):
    """The budget is spent."""


class Checker:
    """Checks values until its budget of steps is spent. ``private``: the private hosts that URLs may name."""

    def __init__(self, steps: int = MAX_STEPS, *, private: Sequence[str] = ()) -> None:
        self._left = steps
        self._private = private

    def problems(self, schema: Schema, value: Any) -> list[Problem]:
        """Return the problems of ``value``, in the order of the schema."""
        found: list[Problem] = []
        try:
            found.extend(self.descend(schema, value, ()))
        except _TooManySteps:
            found.append(Problem((), _ENDLESS))
        except (ArithmeticError, ValueError):  # for example, a number beyond floating point
            found.append(Problem((), _UNCOUNTABLE))
        return found

    def descend(self, schema: Schema | bool, value: Any, path: Place) -> Iterator[Problem]:
        """Yield the problems of a part of the value."""
        self.spend(1)
        if isinstance(schema, bool):
            if not schema:
                yield Problem(path, "is not allowed")
            return
        part = _Part(value, path, schema)
        for keyword, rule in schema.items():
            check = _CHECKS.get(keyword)
            if check is None:
                continue
            self.spend(1)
            for problem in check(self, part, rule):
                self.spend(_PROBLEM_STEPS)
                yield problem

    def accepts(self, schema: Schema | bool, value: Any) -> bool:
        """Return whether a part of the value has no problem."""
        return next(self.descend(schema, value, ()), None) is None

    def matches(self, pattern: str, text: str) -> bool:
        """Return whether a part of ``text`` matches."""
        self.spend(patterns.cost(pattern, text))
        return patterns.matches(pattern, text)

    def is_public(self, url: str) -> bool:
        """Return whether a URL names a public host, or a private one that it may name."""
        self.spend(len(url) + len(self._private))
        host = addresses.host_of(url)
        return host is not None and (
            not addresses.is_private(host) or is_named(host, self._private)
        )

    def identity(self, value: Any, depth: int = 0) -> Hashable:
        """Return what two values have in common if and only if they are equal as JSON: 1 is 1.0, and not true."""
        self.spend(1)
        if depth > MAX_DEPTH:
            raise _TooManySteps
        if isinstance(value, list):
            return ("array", tuple(self.identity(item, depth + 1) for item in value))
        if isinstance(value, Mapping):
            return (
                "object",
                frozenset((n, self.identity(item, depth + 1)) for n, item in value.items()),
            )
        return ("boolean", value) if isinstance(value, bool) else value

    def spend(self, steps: int) -> None:
        """Take steps from the budget."""
        self._left -= steps
        if self._left < 0:
            raise _TooManySteps


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a value, where it is, and the schema that it is checked against."""

    value: Any
    path: Place
    schema: Schema

    def problem(self, text: str) -> Problem:
        return Problem(self.path, text)


_Check = Callable[[Checker, _Part, Any], Iterator[Problem]]

# --- types and values -------------------------------------------------------------------------------------------------


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return _is_number(value) and (isinstance(value, int) or value.is_integer())


_IS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "null": lambda value: value is None,
    "number": _is_number,
    "object": lambda value: isinstance(value, Mapping),
    "string": lambda value: isinstance(value, str),
}
_ARTICLES: Final = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def _type(checker: Checker, part: _Part, rule: str | Sequence[str]) -> Iterator[Problem]:
    names = [rule] if isinstance(rule, str) else rule
    if not any(_IS[name](part.value) for name in names):
        kind = next(name for name in reversed(_ARTICLES) if _IS[name](part.value))
        wanted = " or ".join(_ARTICLES[name] for name in names)
        yield part.problem(f"must be {wanted}, not {_ARTICLES[kind]}")


def _enum(checker: Checker, part: _Part, rule: Sequence[Any]) -> Iterator[Problem]:
    own = checker.identity(part.value)
    if all(checker.identity(value) != own for value in rule):
        yield part.problem(f"must be one of: {listed(str(value) for value in rule)}")


def _const(checker: Checker, part: _Part, rule: Any) -> Iterator[Problem]:
    if checker.identity(rule) != checker.identity(part.value):
        yield part.problem(f"must be {short(str(rule))}")


def _pattern(checker: Checker, part: _Part, rule: str) -> Iterator[Problem]:
    if isinstance(part.value, str) and not checker.matches(rule, part.value):
        yield part.problem(f"must match {short(rule, 200)}")


def _format(checker: Checker, part: _Part, rule: str) -> Iterator[Problem]:
    if rule == PUBLIC_URL and isinstance(part.value, str) and not checker.is_public(part.value):
        yield part.problem(
            "must be the URL of a public host, or of one that the WorkersPlatform names in "
            "spec.egress.allowPrivate"
        )


def _multiple_of(checker: Checker, part: _Part, rule: float) -> Iterator[Problem]:
    checker.spend(_DIVISION_STEPS)
    # By their decimals: 0.3 is a multiple of 0.1.
    if _is_number(part.value) and Fraction(str(part.value)) % Fraction(str(rule)):
        yield part.problem(f"must be a multiple of {rule}")


def _limit(
    kind: str, measure: Callable[[Any], Any], holds: Callable[[Any, Any], bool], words: str
) -> _Check:
    """Return the check of a limit on values of a kind; ``words`` with {} for the limit."""

    def check(checker: Checker, part: _Part, rule: Any) -> Iterator[Problem]:
        if _IS[kind](part.value) and not holds(measure(part.value), rule):
            yield part.problem(words.format(rule))

    return check


# --- arrays -----------------------------------------------------------------------------------------------------------


def _items(checker: Checker, part: _Part, rule: Schema | bool) -> Iterator[Problem]:
    if isinstance(part.value, list):
        first = len(part.schema.get("prefixItems", ()))
        for number, item in enumerate(part.value[first:], first):
            yield from checker.descend(rule, item, (*part.path, number))


def _prefix_items(checker: Checker, part: _Part, rule: Sequence[Schema]) -> Iterator[Problem]:
    if isinstance(part.value, list):
        for number, (schema, item) in enumerate(zip(rule, part.value, strict=False)):
            yield from checker.descend(schema, item, (*part.path, number))


def _contains(checker: Checker, part: _Part, rule: Schema | bool) -> Iterator[Problem]:
    if not isinstance(part.value, list):
        return
    found = sum(checker.accepts(rule, item) for item in part.value)
    least, most = part.schema.get("minContains", 1), part.schema.get("maxContains")
    if found < least:
        yield part.problem(f"must contain at least {least} items of the template's form")
    if most is not None and found > most:
        yield part.problem(f"must contain at most {most} items of the template's form")


def _unique_items(checker: Checker, part: _Part, rule: bool) -> Iterator[Problem]:
    if not rule or not isinstance(part.value, list):
        return
    seen: set[Hashable] = set()
    for item in part.value:
        seen.add(checker.identity(item))
    if len(seen) < len(part.value):
        yield part.problem("must not contain duplicate items")


# --- objects ----------------------------------------------------------------------------------------------------------


def _required(checker: Checker, part: _Part, rule: Sequence[str]) -> Iterator[Problem]:
    if isinstance(part.value, Mapping):
        checker.spend(len(rule))
        for name in rule:
            if name not in part.value:
                yield Problem((*part.path, name), "is missing", missing=True)


def _dependent_required(
    checker: Checker, part: _Part, rule: Mapping[str, Sequence[str]]
) -> Iterator[Problem]:
    if isinstance(part.value, Mapping):
        for name, names in rule.items():
            checker.spend(1)
            if name in part.value:
                yield from _required(checker, part, names)


def _properties(checker: Checker, part: _Part, rule: Mapping[str, Schema]) -> Iterator[Problem]:
    if isinstance(part.value, Mapping):
        for name, schema in rule.items():
            checker.spend(1)
            if name in part.value:
                yield from checker.descend(schema, part.value[name], (*part.path, name))


def _pattern_properties(
    checker: Checker, part: _Part, rule: Mapping[str, Schema]
) -> Iterator[Problem]:
    if isinstance(part.value, Mapping):
        for pattern, schema in rule.items():
            for name, item in part.value.items():
                if checker.matches(pattern, name):
                    yield from checker.descend(schema, item, (*part.path, name))


def _additional_properties(checker: Checker, part: _Part, rule: Schema | bool) -> Iterator[Problem]:
    if not isinstance(part.value, Mapping):
        return
    known = part.schema.get("properties", {})
    shapes = part.schema.get("patternProperties", ())
    others = [
        name
        for name in part.value
        if name not in known and not any(checker.matches(pattern, name) for pattern in shapes)
    ]
    checker.spend(len(part.value))
    if rule is not False:
        for name in others:
            yield from checker.descend(rule, part.value[name], (*part.path, name))
        return
    there_are = f"there are: {listed(sorted(known))}" if known else "there are none"
    for name in sorted(others):
        yield Problem((*part.path, name), f"there is no such parameter; {there_are}")


def _property_names(checker: Checker, part: _Part, rule: Schema | bool) -> Iterator[Problem]:
    if isinstance(part.value, Mapping):
        for name in part.value:
            for problem in checker.descend(rule, name, (*part.path, name)):
                yield Problem(problem.path, f"the name {problem.text}")


def _dependent_schemas(
    checker: Checker, part: _Part, rule: Mapping[str, Schema]
) -> Iterator[Problem]:
    if isinstance(part.value, Mapping):
        for name, schema in rule.items():
            checker.spend(1)
            if name in part.value:
                yield from checker.descend(schema, part.value, part.path)


# --- combinations -----------------------------------------------------------------------------------------------------


def _all_of(checker: Checker, part: _Part, rule: Sequence[Schema]) -> Iterator[Problem]:
    for schema in rule:
        yield from checker.descend(schema, part.value, part.path)


def _any_of(checker: Checker, part: _Part, rule: Sequence[Schema]) -> Iterator[Problem]:
    if not any(checker.accepts(schema, part.value) for schema in rule):
        yield part.problem("matches none of the forms that the template allows")


def _one_of(checker: Checker, part: _Part, rule: Sequence[Schema]) -> Iterator[Problem]:
    if sum(checker.accepts(schema, part.value) for schema in rule) != 1:
        yield part.problem("must match exactly one of the forms that the template allows")


def _not(checker: Checker, part: _Part, rule: Schema | bool) -> Iterator[Problem]:
    if checker.accepts(rule, part.value):
        yield part.problem("matches a form that the template excludes")


def _if(checker: Checker, part: _Part, rule: Schema | bool) -> Iterator[Problem]:
    branch = "then" if checker.accepts(rule, part.value) else "else"
    if branch in part.schema:
        yield from checker.descend(part.schema[branch], part.value, part.path)


def _itself(value: Any) -> Any:
    return value


def _at_least(value: Any, rule: Any) -> bool:
    return bool(value >= rule)


def _at_most(value: Any, rule: Any) -> bool:
    return bool(value <= rule)


_CHECKS: Final[Mapping[str, _Check]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "format": _format,
    "minLength": _limit("string", len, _at_least, "must have at least {} characters"),
    "maxLength": _limit("string", len, _at_most, "must have at most {} characters"),
    "minimum": _limit("number", _itself, _at_least, "must be {} or more"),
    "maximum": _limit("number", _itself, _at_most, "must be {} or less"),
    "exclusiveMinimum": _limit("number", _itself, lambda v, r: v > r, "must be more than {}"),
    "exclusiveMaximum": _limit("number", _itself, lambda v, r: v < r, "must be less than {}"),
    "multipleOf": _multiple_of,
    "items": _items,
    "prefixItems": _prefix_items,
    "contains": _contains,
    "minItems": _limit("array", len, _at_least, "must have at least {} items"),
    "maxItems": _limit("array", len, _at_most, "must have at most {} items"),
    "uniqueItems": _unique_items,
    "required": _required,
    "dependentRequired": _dependent_required,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "propertyNames": _property_names,
    "dependentSchemas": _dependent_schemas,
    "minProperties": _limit("object", len, _at_least, "must have at least {} fields"),
    "maxProperties": _limit("object", len, _at_most, "must have at most {} fields"),
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
}
