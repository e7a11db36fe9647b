"""Conversion of a model's JSON schema into the structural schema of a CRD. Pure.

A structural schema (kubernetes.io/docs, "Specifying a structural schema") has no references, no unions with null, and a
type at every level. A keyword that a structural schema does not allow raises an error, so that the conversion loses no
constraint of a model.

An optional field is ``nullable``: clients that apply on the server side, such as Helm, state nulls for what is not set,
and the API server drops them only from other requests and from fields with a default.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from workers_operator.resources.formats import INT_OR_STRING
from workers_operator.resources.model import LIST_KEYS, LIST_TYPE, VALIDATIONS, Model

Schema = dict[str, Any]

PRESERVE: Final = "x-kubernetes-preserve-unknown-fields"

_KEPT: Final = (
    "description",
    "type",
    "format",
    "enum",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "required",
    INT_OR_STRING,
    LIST_TYPE,
    LIST_KEYS,
    VALIDATIONS,
)
_MAX_LISTED: Final = (
    63  # characters that a word of an enumeration may have, for the cost of its rule
)
_CONVERTED: Final = frozenset(("default", "properties", "items", "additionalProperties", "anyOf"))
_DROPPED: Final = frozenset(("title", "$ref"))


def structural_schema(model: type[Model], *, defaults: bool = True) -> Schema:
    """Return the structural schema of ``model``. Without ``defaults``: no defaults and no nulls."""
    schema = model.model_json_schema(by_alias=True)
    return _convert(schema, schema.get("$defs", {}), defaults)


def walk(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield every field of a structural schema with its path; ``[]`` and ``{}`` mark items and values."""
    for name, field in schema.get("properties", {}).items():
        yield f"{path}.{name}", field
        yield from walk(field, f"{path}.{name}")
    for keyword, suffix in (("items", "[]"), ("additionalProperties", "{}")):
        if keyword in schema:
            yield from walk(schema[keyword], path + suffix)


def _convert(schema: Schema, defs: Mapping[str, Schema], defaults: bool) -> Schema:
    schema = _resolve(schema, defs)
    unknown = schema.keys() - {*_KEPT, *_CONVERTED, *_DROPPED, "$defs"}
    if unknown:
        raise ValueError(f"no place in a structural schema for {sorted(unknown)}: {schema}")
    result: Schema = {key: schema[key] for key in _KEPT if key in schema}
    if "properties" in schema:
        required = schema.get("required", ())
        result["properties"] = {
            name: _optional(_convert(field, defs, defaults), defaults and name not in required)
            for name, field in schema["properties"].items()
        }
    if "items" in schema:
        result["items"] = _convert(schema["items"], defs, defaults)
    if values := schema.get("additionalProperties"):
        typed = {} if values is True else _optional(_convert(values, defs, defaults), defaults)
        result |= {"additionalProperties": typed} if typed else {PRESERVE: True}
    if defaults:
        result.update(_default(schema, result))
    return result


def _optional(converted: Schema, nullable: bool) -> Schema:
    """Return a field's schema that takes null like absence, if the field has no default that takes its place."""
    if not converted or not nullable or "default" in converted:
        return converted
    if "enum" in converted:
        converted = _listed(converted)
    return {**converted, "nullable": True}


def _listed(converted: Schema) -> Schema:
    """Return the schema of an enumeration as one with a rule: the API server takes null for no value of an enum."""
    values = [str(value) for value in converted["enum"]]
    rule = {"message": f"must be {' or '.join(values)}", "rule": f"self in {values}"}
    rules = [*converted.get(VALIDATIONS, ()), rule]
    return {
        **{key: value for key, value in converted.items() if key != "enum"},
        "maxLength": _MAX_LISTED,
        VALIDATIONS: rules,
    }


def _resolve(schema: Schema, defs: Mapping[str, Schema]) -> Schema:
    """Return ``schema`` with references and unions with null resolved; keywords beside them take precedence."""
    if "anyOf" in schema:
        options = [option for option in schema["anyOf"] if option != {"type": "null"}]
        if len(options) != 1:
            raise ValueError(f"a union has no place in a structural schema: {schema}")
        beside = {key: value for key, value in schema.items() if key != "anyOf"}
        return _resolve({**options[0], **beside}, defs)
    if "$ref" in schema:
        target = defs[schema["$ref"].removeprefix("#/$defs/")]
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _resolve({**target, **beside}, defs)
    return schema


def _default(schema: Schema, converted: Schema) -> Schema:
    """Return the default keyword; ``{}`` for a model, so that the API server applies the defaults of its fields."""
    value = schema.get("default")
    if "properties" in converted and value is not None:
        nested = any("default" in field for _, field in walk(converted))
        return {"default": {}} if nested else {}
    return {} if value in (None, [], {}) else {"default": value}
