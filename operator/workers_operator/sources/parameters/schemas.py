"""JSON Schemas (draft 2020-12) of template parameters: what one may say, so that checks of values are bounded. Pure.

A schema without references can be shown as a table, never fetches other schemas and never recurses. Keywords whose
cost grows faster than schema and value (``unevaluatedProperties``) or that change how others are read are refused.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from workers_operator.domain.text.lines import short
from workers_operator.sources.parameters import patterns

Schema = Mapping[str, Any]
MAX_DEPTH: Final = 32
PUBLIC_URL: Final = "public-url"
"""The format of URLs that a worker fetches on its visitors' behalf; the only format that is checked."""
TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_EXTENSION: Final = "x-"  # keywords of other tools

Place = tuple[str | int, ...]
_Fault = tuple[Place, str]


def problem_of(schema: Schema) -> str | None:
    """Return why ``schema`` cannot describe parameters, or None if it can."""
    if schema.get("type") != "object":
        return "type must be object"
    if schema.get("additionalProperties") is not False:
        return "additionalProperties must be false, so that misspelt parameters are rejected"
    if schema.get("$schema", _DIALECT) != _DIALECT:
        return f"$schema must be {_DIALECT}"
    fault = next(_faults(schema, (), 1), None)
    if fault is None:
        return None
    place, text = fault
    return " ".join(filter(None, [".".join(short(str(part)) for part in place), text]))


def patterns_of(schema: Schema) -> Iterator[str]:
    """Yield the regular expressions of a schema."""
    if isinstance(schema.get("pattern"), str):
        yield schema["pattern"]
    yield from schema.get("patternProperties", ())
    for keyword, rule in schema.items():
        for _, inner in subschemas(keyword, rule):
            if isinstance(inner, Mapping):
                yield from patterns_of(inner)


def subschemas(keyword: str, rule: Any) -> Iterator[tuple[Place, Any]]:
    """Yield the schemas in a keyword's rule, with the place of each in the rule."""
    if keyword in _SCHEMA:
        yield (), rule
    elif keyword in _SCHEMAS and isinstance(rule, list):
        yield from (((number,), inner) for number, inner in enumerate(rule))
    elif keyword in _NAMED_SCHEMAS and isinstance(rule, Mapping):
        yield from (((name,), inner) for name, inner in rule.items())


def _faults(schema: Any, place: Place, depth: int) -> Iterator[_Fault]:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, Mapping):
        yield place, "must be a schema: an object, true or false"
        return
    if depth > MAX_DEPTH:
        yield (), f"the schema is nested more than {MAX_DEPTH} levels deep"
        return
    for keyword, rule in schema.items():
        if keyword in _RULES:
            is_fine, words = _RULES[keyword]
            if not is_fine(rule):
                yield (*place, keyword), words
                return
        elif keyword not in _ANNOTATIONS and not keyword.startswith(_EXTENSION):
            yield (*place, keyword), f"is not supported{_INSTEAD.get(keyword, '')}"
            return
        yield from _faulty_patterns(keyword, rule, (*place, keyword))
        for where, inner in subschemas(keyword, rule):
            yield from _faults(inner, (*place, keyword, *where), depth + 1)


def _faulty_patterns(keyword: str, rule: Any, place: Place) -> Iterator[_Fault]:
    if keyword == "pattern" and (problem := patterns.problem_of(rule)) is not None:
        yield place, problem
    elif keyword == "patternProperties":
        for pattern in rule:
            if (problem := patterns.problem_of(pattern)) is not None:
                yield (*place, pattern), problem


# --- rules ------------------------------------------------------------------------------------------------------------


def _is_number(rule: Any) -> bool:
    return isinstance(rule, int | float) and not isinstance(rule, bool) and math.isfinite(rule)


def _is_count(rule: Any) -> bool:
    return _is_number(rule) and rule >= 0 and rule == int(rule)


def _are_names(rule: Any) -> bool:
    strings = isinstance(rule, list) and all(isinstance(name, str) for name in rule)
    return strings and len(set(rule)) == len(rule)


def _are_types(rule: Any) -> bool:
    names = [rule] if isinstance(rule, str) else rule
    return _are_names(names) and len(names) > 0 and set(names) <= set(TYPES)


def _is_object(rule: Any) -> bool:
    return isinstance(rule, Mapping)


def _is_filled_list(rule: Any) -> bool:
    return isinstance(rule, list) and len(rule) > 0


_COUNT: Final = (_is_count, "must be a whole number, 0 or more")
_NUMBER: Final = (_is_number, "must be a number")
_ANY: Final[tuple[Callable[[Any], bool], str]] = (lambda rule: True, "")
_LIST: Final = (_is_filled_list, "must be a list of schemas")
_OBJECT: Final = (_is_object, "must be an object")
_RULES: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "type": (_are_types, f"must be one of {', '.join(TYPES)}, or a list of them"),
    "enum": (lambda rule: isinstance(rule, list), "must be a list"),
    "const": _ANY,
    "multipleOf": (lambda rule: _is_number(rule) and rule > 0, "must be a number above 0"),
    "minimum": _NUMBER,
    "maximum": _NUMBER,
    "exclusiveMinimum": _NUMBER,
    "exclusiveMaximum": _NUMBER,
    "pattern": (lambda rule: isinstance(rule, str), "must be a string"),
    "minLength": _COUNT,
    "maxLength": _COUNT,
    "minItems": _COUNT,
    "maxItems": _COUNT,
    "minContains": _COUNT,
    "maxContains": _COUNT,
    "minProperties": _COUNT,
    "maxProperties": _COUNT,
    "uniqueItems": (lambda rule: isinstance(rule, bool), "must be true or false"),
    "required": (_are_names, "must be a list of different names"),
    "dependentRequired": (
        lambda rule: _is_object(rule) and all(_are_names(names) for names in rule.values()),
        "must be an object of lists of different names",
    ),
    "properties": _OBJECT,
    "patternProperties": _OBJECT,
    "dependentSchemas": _OBJECT,
    "prefixItems": _LIST,
    "allOf": _LIST,
    "anyOf": _LIST,
    "oneOf": _LIST,
    "items": _ANY,
    "contains": _ANY,
    "additionalProperties": _ANY,
    "propertyNames": _ANY,
    "not": _ANY,
    "if": _ANY,
    "then": _ANY,
    "else": _ANY,
}
_SCHEMA: Final = frozenset(
    {"items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else"}
)
_SCHEMAS: Final = frozenset({"prefixItems", "allOf", "anyOf", "oneOf"})
_NAMED_SCHEMAS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})
_ANNOTATIONS: Final = frozenset(
    {
        *("$schema", "$comment", "title", "description", "default", "examples"),
        *("deprecated", "readOnly", "writeOnly", "format"),
        *("contentEncoding", "contentMediaType"),
    }
)
_INSTEAD: Final = {
    **dict.fromkeys(("$ref", "$dynamicRef", "$defs", "$id", "$anchor"), "; write the schema out"),
    "unevaluatedProperties": "; use additionalProperties",
    "unevaluatedItems": "; use items",
}
