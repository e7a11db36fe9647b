"""JSON Schemas (draft 2020-12) of template parameters: checks schemas, and describes the problems of values.

jsonschema is imported on first use, so an operator without templates does not load it. Parameter values may be secrets:
messages never contain them, only values of the schema.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from workers_operator.domain.egress import addresses, policy

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.exceptions import ValidationError

Schema = Mapping[str, Any]
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# A schema without references can be shown as a table, never fetches other schemas and never recurses.
_REFERENCES: Final = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "$id"})
_MAX_NAME: Final = 64
PUBLIC_URL: Final = "public-url"
"""The format of URLs that a worker fetches on its visitors' behalf; the only format that is checked."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem of a value. ``path``: property names and indexes that lead to it. ``missing``: it is absent."""

    path: tuple[str | int, ...]
    text: str
    missing: bool = False


def short(name: str, limit: int = _MAX_NAME) -> str:
    """Return ``name``, truncated to ``limit`` characters for a message."""
    return name if len(name) <= limit else f"{name[: limit - 1]}…"


def problem_of(schema: Schema) -> str | None:
    """Return why ``schema`` cannot describe parameters, or None if it can."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    if schema.get("type") != "object":
        return "type must be object"
    if schema.get("additionalProperties") is not False:
        return "additionalProperties must be false, so that misspelt parameters are rejected"
    if schema.get("$schema", _DIALECT) != _DIALECT:
        return f"$schema must be {_DIALECT}"
    try:
        if found := sorted(_REFERENCES & set(_keys(schema))):
            return f"{found[0]} is not supported; write the schema out"
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        place = ".".join(short(str(part)) for part in error.absolute_path)
        return f"{place or 'the schema'} is not valid in JSON Schema 2020-12 ({error.validator})"
    except RecursionError:
        return "the schema is nested too deeply"
    return None


def _keys(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield key
            yield from _keys(value)
    elif isinstance(node, list):
        for item in node:
            yield from _keys(item)


def compiled(schema: Schema) -> "Draft202012Validator":
    """Return a reusable validator. Schemas have no references (``problem_of``), so it never resolves any."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema)


def problems(
    validator: "Draft202012Validator", value: Any, private: Sequence[str] = ()
) -> list[Problem]:
    """Return all problems of ``value``, in the order of the schema's properties.

    ``private``: the private hosts that URLs may name.
    """
    try:
        errors = list(validator.evolve(format_checker=_formats(tuple(private))).iter_errors(value))
    except (ArithmeticError, RecursionError, ValueError):
        # For example, multipleOf with numbers beyond floating point.
        return [Problem((), "the template's schema cannot validate these values")]
    return [problem for error in errors for problem in _read(error)]


@lru_cache
def _formats(private: tuple[str, ...]) -> "FormatChecker":
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())

    @checker.checks(PUBLIC_URL)
    def is_public(value: object) -> bool:
        if not isinstance(value, str):
            return True
        host = addresses.host_of(value)
        return host is not None and (
            not addresses.is_private(host) or policy.is_named(host, private)
        )

    return checker


def _read(error: "ValidationError") -> Iterator[Problem]:
    path = tuple(error.absolute_path)
    instance: Any = error.instance
    if error.validator == "required":
        # jsonschema reports one error per missing name, but the name is only in its message. Yield all missing names
        # for each error; the caller removes duplicates.
        required: Any = error.validator_value
        yield from (
            Problem((*path, n), "is missing", missing=True) for n in required if n not in instance
        )
    elif error.validator == "additionalProperties":
        schema: Any = error.schema
        known = sorted(schema.get("properties", {}))
        there_are = f"there are: {', '.join(known)}" if known else "there are none"
        patterns = schema.get("patternProperties", {})
        unknown = (n for n in instance if not any(re.search(pattern, n) for pattern in patterns))
        for name in sorted(set(unknown) - set(known)):
            yield Problem((*path, name), f"there is no such parameter; {there_are}")
    else:
        yield Problem(path, _words(error))


def _words(error: "ValidationError") -> str:
    rule = error.validator_value
    write = _WORDS.get(str(error.validator))
    if write is None:
        return f"violates the rule {error.validator} of the template's schema"
    return (
        write(rule) if error.validator != "type" else f"{write(rule)}, not {_kind(error.instance)}"
    )


def _types(rule: str | Sequence[str]) -> str:
    names = [rule] if isinstance(rule, str) else list(rule)
    return "must be " + " or ".join(_ARTICLES[name] for name in names)


_ARTICLES: Final = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}


def _kind(value: Any) -> str:
    """Return the JSON type of a value, with its article."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list | tuple) else "an object"


def _listed(values: Sequence[Any]) -> str:
    return "must be one of: " + ", ".join(short(str(value)) for value in values)


_WORDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "type": _types,
    "enum": _listed,
    "const": lambda rule: f"must be {short(str(rule))}",
    "pattern": lambda rule: f"must match {rule}",
    "format": lambda rule: (
        "must be the URL of a public host, or of one that the WorkersPlatform names in "
        "spec.egress.allowPrivate"
    ),
    "minLength": lambda rule: f"must have at least {rule} characters",
    "maxLength": lambda rule: f"must have at most {rule} characters",
    "minimum": lambda rule: f"must be {rule} or more",
    "maximum": lambda rule: f"must be {rule} or less",
    "exclusiveMinimum": lambda rule: f"must be more than {rule}",
    "exclusiveMaximum": lambda rule: f"must be less than {rule}",
    "multipleOf": lambda rule: f"must be a multiple of {rule}",
    "minItems": lambda rule: f"must have at least {rule} items",
    "maxItems": lambda rule: f"must have at most {rule} items",
    "uniqueItems": lambda rule: "must not contain duplicate items",
    "minProperties": lambda rule: f"must have at least {rule} fields",
    "maxProperties": lambda rule: f"must have at most {rule} fields",
    "anyOf": lambda rule: "matches none of the forms that the template allows",
    "oneOf": lambda rule: "must match exactly one of the forms that the template allows",
    "not": lambda rule: "matches a form that the template excludes",
}
