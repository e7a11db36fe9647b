"""Base classes of the models, and validation rules that become CEL rules in the CRDs.

A rule has two forms: the API server evaluates the CEL expression, the model the Python check. An object read from a
file is therefore validated by the same rules, with the same messages, as an object sent to the API server.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from workers_operator.resources import durations
from workers_operator.resources.durations import parse_duration

VALIDATIONS: Final = "x-kubernetes-validations"
LIST_TYPE: Final = "x-kubernetes-list-type"
LIST_KEYS: Final = "x-kubernetes-list-map-keys"

_IS_DURATION: Final = f"self.matches(r'{durations.PATTERN}')"

Reason = Literal["FieldValueForbidden", "FieldValueRequired"]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Rule:
    """A validation rule: an annotation of a type, or an item of a model's ``rules``.

    ``check`` is the Python form, called with the parsed value. A rule without it compares the new object with the
    old one, which only the API server can do. ``field_path`` (``.domain``) is the field that the error names if the
    rule spans several fields. ``reason`` is the reason that kubectl prints; the default is ``Invalid value``.
    """

    cel: str
    message: str
    check: Callable[[Any], bool] | None = None
    field_path: str | None = None
    reason: Reason | None = None

    def schema(self) -> dict[str, str]:
        """Return the rule as an item of ``x-kubernetes-validations``."""
        place = {} if self.field_path is None else {"fieldPath": self.field_path}
        reason = {} if self.reason is None else {"reason": self.reason}
        return {**place, "message": self.message, **reason, "rule": self.cel}

    def enforce(self, value: Value) -> Value:
        """Return ``value``. Raises a validation error with the rule's message if ``check`` fails."""
        if self.check is not None and not self.check(value):
            if self.field_path is None:
                raise PydanticCustomError("rule", "{problem}", {"problem": self.message})
            context = {"field": self.field_path.lstrip("."), "problem": self.message}
            raise PydanticCustomError("rule", "{field}: {problem}", context)
        return value

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.enforce, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        json_schema = handler(schema)
        rules = [*json_schema.get(VALIDATIONS, []), self.schema()]
        return {**json_schema, VALIDATIONS: rules}


def shaped(pattern: str, words: str) -> Rule:
    """Return the rule that the annotated text matches ``pattern`` from ``^`` to ``$``; ``words`` say what that means.

    The keyword ``pattern`` of a schema would have the API server quote the expression instead.
    """
    whole = re.compile(pattern.removeprefix("^").removesuffix("$"), re.ASCII)
    return Rule(
        f"self.matches(r'{pattern}')", words, lambda text: whole.fullmatch(text) is not None
    )


def immutable(field: str) -> Rule:
    """Return the rule that the annotated field keeps its first value."""
    return Rule("self == oldSelf", f"{field} is immutable")


def at_least(duration: str) -> Rule:
    """Return the rule that the annotated duration is ``duration`` or longer."""
    return Rule(
        f"!{_IS_DURATION} || duration(self) >= duration('{duration}')",
        f"must be at least {duration}",
        lambda text: parse_duration(text) >= parse_duration(duration),
    )


def at_most(duration: str) -> Rule:
    """Return the rule that the annotated duration is ``duration`` or shorter."""
    return Rule(
        f"!{_IS_DURATION} || duration(self) <= duration('{duration}')",
        f"must be at most {duration}",
        lambda text: parse_duration(text) <= parse_duration(duration),
    )


@dataclass(frozen=True, slots=True)
class ListSet:
    """Annotates a sequence of unique items, which server-side apply merges item by item."""

    def _key(self, item: object) -> object:
        return item

    def _schema(self) -> dict[str, object]:
        return {LIST_TYPE: "set"}

    def enforce(self, value: Sequence[object]) -> Sequence[object]:
        """Return ``value``. Raises a validation error that names the first duplicate."""
        seen: set[object] = set()
        for item in value:
            key = self._key(item)
            if key in seen:
                raise PydanticCustomError("duplicate", "duplicate {key}", {"key": repr(key)})
            seen.add(key)
        return value

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.enforce, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), **self._schema()}


@dataclass(frozen=True, slots=True)
class ListMap(ListSet):
    """Annotates a sequence of models with a unique ``key``, by which server-side apply merges them."""

    key: str

    def _key(self, item: object) -> object:
        return getattr(item, self.key)

    def _schema(self) -> dict[str, object]:
        return {LIST_TYPE: "map", LIST_KEYS: [to_camel(self.key)]}


class Model(BaseModel):
    """A frozen value in a custom resource, with snake_case fields in Python and camelCase fields in YAML.

    Errors do not repeat the input, because a user may have pasted a secret into the wrong field.
    """

    model_config = ConfigDict(
        # Most models are only parts of others, and never validate or dump anything by themselves.
        defer_build=True,
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        hide_input_in_errors=True,
    )
    rules: ClassVar[tuple[Rule, ...]] = ()
    all_rules: ClassVar[tuple[Rule, ...]] = ()
    """The inherited rules, followed by the model's own."""

    @classmethod
    def __pydantic_init_subclass__(cls, **options: object) -> None:
        super().__pydantic_init_subclass__(**options)
        own = (vars(base).get("rules", ()) for base in reversed(cls.__mro__))
        cls.all_rules = tuple(rule for rules in own for rule in rules)

    @model_validator(mode="after")
    def _obey_rules(self) -> Self:
        for rule in self.all_rules:
            rule.enforce(self)
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        json_schema = handler.resolve_ref_schema(handler(schema))
        if rules := [rule.schema() for rule in cls.all_rules]:
            json_schema[VALIDATIONS] = rules
        return json_schema


def without_nulls(value: object) -> object:
    """Return a mapping without the fields that are null, which mean the same as absent ones; anything else as it is."""
    if not isinstance(value, Mapping):
        return value
    return {name: item for name, item in value.items() if item is not None}


class SpecModel(Model):
    """A part of a spec. Unknown fields are errors; null means absent."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, value: object) -> object:
        return without_nulls(value)


class StatusModel(Model):
    """A part of a status. Fields of older or newer operators are ignored."""

    model_config = ConfigDict(extra="ignore")

    @classmethod
    def tolerant(cls, value: object) -> Self:
        """Return a status as far as it can be read: an object is never refused for what its status holds."""
        return readable(cls.model_validate, value)

    def dump(self) -> dict[str, Any]:
        """Return the status as JSON for the API server: in camelCase, without None and empty lists."""
        found: dict[str, Any] = _pruned(
            self.model_dump(mode="json", by_alias=True, exclude_none=True)
        )
        return found


def readable(validate: Callable[[Mapping[str, object]], Value], value: object) -> Value:
    """Return what ``validate`` makes of a mapping without the fields that it refuses, of {} for anything else."""
    left = dict(value) if isinstance(value, Mapping) else {}
    while left:
        try:
            return validate(left)
        except ValidationError as error:
            refused = {e["loc"][0] for e in error.errors(include_url=False) if e["loc"]}
            if not refused & left.keys():
                break
            left = {name: item for name, item in left.items() if name not in refused}
    return validate({})


def _pruned(value: Any) -> Any:
    """Drop empty lists, at any depth."""
    if isinstance(value, dict):
        return {name: _pruned(item) for name, item in value.items() if item != []}
    return [_pruned(item) for item in value] if isinstance(value, list) else value
