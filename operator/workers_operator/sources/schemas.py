"""JSON Schemas (draft 2020-12) of templates' parameters: are they usable, and what is wrong with a value, for people.

jsonschema is imported when the first schema is looked at: an operator without templates does not pay for it. Values may
be secrets, so that no message ever holds one; numbers and texts in messages are the schema's own.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

Schema = Mapping[str, Any]
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# Written out, a schema can be shown as a table, never fetches anything and never recurses.
_REFERENCES: Final = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "$id"})
_MAX_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a value. ``path`` leads to it: property names and indexes; ``missing``: it isn't there."""

    path: tuple[str | int, ...]
    text: str
    missing: bool = False


def short(name: str, limit: int = _MAX_NAME) -> str:
    """A name that fits into a message."""
    return name if len(name) <= limit else f"{name[: limit - 1]}…"


def problem_of(schema: Schema) -> str | None:
    """Why ``schema`` can't be one of parameters, or None."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    if schema.get("type") != "object":
        return "type has to be object"
    if schema.get("additionalProperties") is not False:
        return "additionalProperties has to be false, so that a misspelt parameter is noticed"
    if schema.get("$schema", _DIALECT) != _DIALECT:
        return "the dialect has to be JSON Schema 2020-12"
    try:
        if found := sorted(_REFERENCES & set(_keys(schema))):
            return f"{found[0]} is not supported: write the schema out"
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        place = ".".join(short(str(part)) for part in error.absolute_path)
        return f"{place or 'it'} is not as JSON Schema 2020-12 has it ({error.validator})"
    except RecursionError:
        return "it is nested too deeply"
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
    """A validator to ask many times. References are refused (problem_of), so that it never looks anything up."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema)


def problems(validator: "Draft202012Validator", value: Any) -> list[Problem]:
    """All that is wrong with ``value``, in the order of the schema's properties; empty: nothing."""
    try:
        errors = list(validator.iter_errors(value))
    except (ArithmeticError, RecursionError, ValueError):
        # e.g. a remainder of numbers beyond floating point: nobody can say that it fits.
        return [Problem((), "the template's schema can't judge these values")]
    return [problem for error in errors for problem in _read(error)]


def _read(error: "ValidationError") -> Iterator[Problem]:
    path = tuple(error.absolute_path)
    instance: Any = error.instance
    if error.validator == "required":
        # There is one error for each name, but only its text tells which: each yields all, the caller sorts it out.
        required: Any = error.validator_value
        yield from (
            Problem((*path, n), "is missing", missing=True) for n in required if n not in instance
        )
    elif error.validator == "additionalProperties":
        schema: Any = error.schema
        known = sorted(schema.get("properties", {}))
        there_are = f"there are: {', '.join(known)}" if known else "it takes none"
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
        return f"does not fulfil the template's rule {error.validator}"
    return (
        write(rule) if error.validator != "type" else f"{write(rule)}, not {_kind(error.instance)}"
    )


def _types(rule: str | Sequence[str]) -> str:
    names = [rule] if isinstance(rule, str) else list(rule)
    return "must be " + " or ".join(_ARTICLES[name] for name in names)


_ARTICLES: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a text",
}


def _kind(value: Any) -> str:
    """What a value is, without the value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list | tuple) else "an object"


def _listed(values: Sequence[Any]) -> str:
    return "must be one of: " + ", ".join(short(str(value)) for value in values)


_WORDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "type": _types,
    "enum": _listed,
    "const": lambda rule: f"must be {short(str(rule))}",
    "pattern": lambda rule: f"must match {rule}",
    "minLength": lambda rule: f"must have {rule} characters or more",
    "maxLength": lambda rule: f"must have {rule} characters at most",
    "minimum": lambda rule: f"must be {rule} or more",
    "maximum": lambda rule: f"must be {rule} or less",
    "exclusiveMinimum": lambda rule: f"must be more than {rule}",
    "exclusiveMaximum": lambda rule: f"must be less than {rule}",
    "multipleOf": lambda rule: f"must be a multiple of {rule}",
    "minItems": lambda rule: f"must have {rule} items or more",
    "maxItems": lambda rule: f"must have {rule} items at most",
    "uniqueItems": lambda rule: "must not have an item twice",
    "minProperties": lambda rule: f"must have {rule} fields or more",
    "maxProperties": lambda rule: f"must have {rule} fields at most",
    "anyOf": lambda rule: "has none of the forms that the template allows",
    "oneOf": lambda rule: "must have exactly one of the forms that the template allows",
    "not": lambda rule: "has a form that the template excludes",
}
