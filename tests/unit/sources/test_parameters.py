"""Checks of parameters: they find what other programs find, whatever schema and values, and never take long."""

import itertools
import json
import re
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from support.bounds import MIB, peak
from workers_operator.sources.parameters import patterns, schemas
from workers_operator.sources.parameters.validation import MAX_STEPS, Checker, Problem

NAMES = st.sampled_from(["a", "b", "cd"])
NUMBERS = st.integers(-3, 3) | st.sampled_from([0.0, 1.0, 1.5, -2.0])
SCALARS = st.none() | st.booleans() | NUMBERS | st.sampled_from(["", "a", "ab", "1"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)
COUNTS = st.integers(0, 3)
PATTERNS = st.sampled_from(["a", "^a", "b$", "^$", "[0-9]", "^.{2}$", "(a|b)+"])


def _keywords(inner: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    several = st.lists(inner, min_size=1, max_size=3)
    types = st.sampled_from(schemas.TYPES)
    return {
        "type": types | st.lists(types, min_size=1, max_size=3, unique=True),
        "enum": st.lists(VALUES, max_size=4),
        "const": VALUES,
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), NUMBERS),
        **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), COUNTS),
        **dict.fromkeys(("minContains", "maxContains", "minProperties", "maxProperties"), COUNTS),
        "pattern": PATTERNS,
        "required": st.lists(NAMES, max_size=2, unique=True),
        "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True)),
        "properties": st.dictionaries(NAMES, inner, max_size=3),
        "patternProperties": st.dictionaries(PATTERNS, inner, max_size=2),
        "dependentSchemas": st.dictionaries(NAMES, inner, max_size=2),
        **dict.fromkeys(("prefixItems", "allOf", "anyOf", "oneOf"), several),
        **dict.fromkeys(("items", "contains", "additionalProperties", "propertyNames"), inner),
        **dict.fromkeys(("not", "if", "then", "else"), inner),
    }


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({}, optional=_keywords(inner))


SCHEMAS = st.recursive(
    st.booleans() | st.fixed_dictionaries({}, optional={"type": st.sampled_from(schemas.TYPES)}),
    _schemas,
    max_leaves=6,
)


def problems(schema: Any, value: Any) -> list[Problem]:
    return Checker().problems(schema, value)


def template_schema(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


@given(SCHEMAS, VALUES)
def test_other_programs_accept_the_same_values(schema: Any, value: Any) -> None:
    assert (problems(schema, value) == []) == Draft202012Validator(schema).is_valid(value)


@given(st.lists(VALUES, max_size=6))
@example([1, True])
@example([1, 1.0])
@example([0, False, "0", None, [], {}])
@example([[1, True], [1.0, True]])
@example([{"a": 1, "b": [False]}, {"b": [False], "a": 1.0}])
@example([{"a": False}, {"a": 0}])
@example([[1], [True], [1.0]])
def test_duplicates_are_those_of_json(items: list[Any]) -> None:
    pairs = itertools.combinations(items, 2)
    are_unique = not any(Draft202012Validator({"const": a}).is_valid(b) for a, b in pairs)
    assert (problems({"uniqueItems": True}, items) == []) == are_unique
    assert problems({"uniqueItems": False}, items) == []


@given(SCHEMAS)
def test_a_schema_that_is_taken_is_one(inner: Any) -> None:
    schema = template_schema(a=inner)
    assert schemas.problem_of(schema) is None
    Draft202012Validator.check_schema(schema)


@given(st.dictionaries(st.sampled_from(sorted(_keywords(SCHEMAS))), VALUES, max_size=2))
def test_a_schema_that_is_none_is_not_taken(inner: dict[str, Any]) -> None:
    schema = template_schema(a=inner)
    if schemas.problem_of(schema) is None:
        Draft202012Validator.check_schema(schema)
        problems(schema, {"a": [1]})


@pytest.mark.parametrize(
    "keyword", ["$ref", "$dynamicRef", "$defs", "$id", "unevaluatedProperties", "patern"]
)
def test_keywords_without_a_meaning_here_are_refused(keyword: str) -> None:
    found = schemas.problem_of(template_schema(a={"items": {keyword: {}}}))
    assert found is not None
    assert found.startswith(f"properties.a.items.{keyword} is not supported")


def test_a_schema_nests_so_deep_and_no_deeper() -> None:
    def nested(depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in range(depth):
            found = {"not": found}
        return template_schema(a=found)

    assert schemas.problem_of(nested(schemas.MAX_DEPTH - 2)) is None
    words = f"the schema is nested more than {schemas.MAX_DEPTH} levels deep"
    assert schemas.problem_of(nested(schemas.MAX_DEPTH - 1)) == words


# --- bounds -----------------------------------------------------------------------------------------------------------


def test_many_items_are_compared_in_as_many_steps() -> None:
    unique = {"type": "array", "uniqueItems": True}
    numbers: list[Any] = list(range(12_000))
    checker = Checker(13_000)
    assert checker.problems(unique, numbers) == []
    pairs: list[Any] = [[n, {"a": n}] for n in range(12_000)]
    assert Checker(4 * 13_000).problems(unique, pairs) == []
    [problem] = Checker(13_000).problems(unique, [*numbers, 7.0])
    assert problem.text == "must not contain duplicate items"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"items": {"allOf": [{"type": "integer"}] * 1000}}, list(range(10_000))),
        ({"items": {"enum": list(range(1000))}}, list(range(10_000))),
        ({"contains": {"anyOf": [{"const": n} for n in range(1000)]}}, ["x"] * 10_000),
        ({"propertyNames": {"pattern": "(x+x+)+y"}}, {"x" * 50 + str(n): n for n in range(50_000)}),
        ({"not": {"pattern": "(.{1,20}){10}y"}}, "x" * 1_000_000),
        ({"additionalProperties": False}, {str(n): n for n in range(200_000)}),
    ],
    ids=["allOf", "enum", "contains", "propertyNames", "pattern", "names"],
)
def test_a_check_ends_after_its_steps_and_says_so(schema: Any, value: Any) -> None:
    found = problems(schema, value)
    assert found[-1] == Problem((), found[-1].text)
    assert f"takes more than {MAX_STEPS} steps; use fewer or smaller values" in found[-1].text


def test_what_is_found_of_a_large_value_is_small() -> None:
    value = {"name": "x" * MIB}
    schema = {"anyOf": [{"type": "string"}] * 1000, "allOf": [{"type": "array"}] * 1000}
    with peak() as cost:
        found = problems(schema, value)
    assert len(found) == 1001
    assert cost.memory < MIB


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(.*){20}b", "a*a*a*a*b"])
def test_a_pattern_that_others_backtrack_on_is_matched_at_once(pattern: str) -> None:
    """Otherwise this test takes until the end of time."""
    assert patterns.problem_of(pattern) is None
    assert not patterns.matches(pattern, "a" * 60_000 + "!")


@pytest.mark.parametrize(
    "pattern",
    ["(", "a**", r"(a)\1", "(?=a)", "(?<!a)b", "[z-a]", "\\", "\ud83d", "((a{100}){100}){100}"],
)
def test_what_takes_more_than_linear_time_is_no_pattern(pattern: str) -> None:
    found = schemas.problem_of(template_schema(a={"pattern": pattern}))
    assert found is not None
    assert found.startswith("properties.a.pattern must be a regular expression that RE2 takes")


def test_a_pattern_is_short() -> None:
    assert patterns.problem_of("a" * patterns.MAX_LENGTH) is None
    found = patterns.problem_of("a" * (patterns.MAX_LENGTH + 1))
    assert found == "must not be longer than 1000 characters"


LITERALS = st.sampled_from(["a", "b", "0", "-", "é", "\\.", "[a-c]", "[^a]", "\\d", "."])
REGEXPS = st.recursive(
    LITERALS,
    lambda inner: (
        st.tuples(inner, inner).map("".join)
        | st.tuples(inner, inner).map(lambda p: f"({p[0]}|{p[1]})")
        | st.tuples(inner, st.sampled_from("*+?")).map(lambda p: f"({p[0]}){p[1]}")
        | st.tuples(inner, st.integers(0, 3)).map(lambda p: f"({p[0]}){{{p[1]}}}")
    ),
    max_leaves=6,
)


@given(REGEXPS, st.booleans(), st.booleans(), st.text("ab0-éc.", max_size=8))
def test_patterns_mean_what_they_mean_in_python(
    pattern: str, starts: bool, ends: bool, text: str
) -> None:
    assume(patterns.problem_of(pattern) is None)
    whole = f"{'^' if starts else ''}{pattern}{'$' if ends else ''}"
    assert patterns.matches(whole, text) == (re.search(whole, text) is not None)


def test_the_end_of_a_pattern_is_the_end_of_the_text() -> None:
    assert not patterns.matches("^a$", "a\n")


@given(VALUES)
def test_values_are_told_apart_as_json_tells_them_apart(value: Any) -> None:
    again = json.loads(json.dumps(value))
    checker = Checker()
    assert checker.identity(value) == checker.identity(again)
