"""What the models share: their settings, and rules of shape that go into the CRDs as CEL.

A rule is declared once and holds twice: the API server evaluates its CEL form, the model its Python
form. So a file that never met an API server is judged by the same rules, in the same words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from workers_operator.resources.durations import parse_duration

VALIDATIONS: Final = "x-kubernetes-validations"
LIST_TYPE: Final = "x-kubernetes-list-type"
LIST_KEYS: Final = "x-kubernetes-list-map-keys"

Reason = Literal["FieldValueForbidden", "FieldValueRequired"]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of shape: annotates a type, or stands in a model's ``rules``.

    ``check`` is its Python form on the parsed value; a rule without one compares with the old
    object, which only the API server has. ``field_path`` (``.domain``) names the field to blame
    where the rule spans several; ``reason`` is what kubectl prints for it, ``Invalid value`` by
    default.
    """

    cel: str
    message: str
    check: Callable[[Any], bool] | None = None
    field_path: str | None = None
    reason: Reason | None = None

    def schema(self) -> dict[str, str]:
        """As an item of ``x-kubernetes-validations``."""
        place = {} if self.field_path is None else {"fieldPath": self.field_path}
        reason = {} if self.reason is None else {"reason": self.reason}
        return {**place, "message": self.message, **reason, "rule": self.cel}

    def enforce(self, value: Value) -> Value:
        """``value``, or a validation error with the rule's message."""
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


def immutable(field: str) -> Rule:
    """The annotated field keeps its first value."""
    return Rule("self == oldSelf", f"{field} is immutable")


def at_least(duration: str) -> Rule:
    """The annotated duration is ``duration`` or longer."""
    return Rule(
        f"duration(self) >= duration('{duration}')",
        f"must be at least {duration}",
        lambda text: parse_duration(text) >= parse_duration(duration),
    )


def at_most(duration: str) -> Rule:
    """The annotated duration is ``duration`` or shorter."""
    return Rule(
        f"duration(self) <= duration('{duration}')",
        f"must be at most {duration}",
        lambda text: parse_duration(text) <= parse_duration(duration),
    )


@dataclass(frozen=True, slots=True)
class ListSet:
    """Annotates a sequence whose items are unique; server-side apply merges it item by item."""

    def _key(self, item: Any) -> object:
        return item

    def _schema(self) -> dict[str, Any]:
        return {LIST_TYPE: "set"}

    def enforce(self, value: Sequence[Any]) -> Sequence[Any]:
        """``value``, or a validation error that names the first repeated item."""
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
    """Annotates a sequence of models with unique ``key``; server-side apply merges it by key."""

    key: str

    def _key(self, item: Any) -> object:
        return getattr(item, self.key)

    def _schema(self) -> dict[str, Any]:
        return {LIST_TYPE: "map", LIST_KEYS: [to_camel(self.key)]}


class Model(BaseModel):
    """A frozen value in a custom resource: snake_case here, camelCase in YAML.

    Errors don't repeat the input: what a user pasted into the wrong field may be a secret.
    """

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        hide_input_in_errors=True,
    )
    rules: ClassVar[tuple[Rule, ...]] = ()

    @classmethod
    def all_rules(cls) -> tuple[Rule, ...]:
        """The model's rules and those it inherits, the inherited first."""
        own = (vars(base).get("rules", ()) for base in reversed(cls.__mro__))
        return tuple(rule for rules in own for rule in rules)

    @model_validator(mode="after")
    def _obey_rules(self) -> Self:
        for rule in self.all_rules():
            rule.enforce(self)
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        json_schema = handler.resolve_ref_schema(handler(schema))
        if rules := [rule.schema() for rule in cls.all_rules()]:
            json_schema[VALIDATIONS] = rules
        return json_schema


class SpecModel(Model):
    """A part of a spec: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


class StatusModel(Model):
    """A part of a status: fields of an older or newer operator are ignored."""

    model_config = ConfigDict(extra="ignore")

    def dump(self) -> dict[str, Any]:
        """As JSON for the API server: camelCase, without the fields that are None."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)
