"""The template.yaml of a template: its model, and a parser for untrusted text. Pure."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.domain.text.lines import short
from workers_operator.resources.formats import LABEL
from workers_operator.resources.health import HealthPath
from workers_operator.sources.parameters import patterns, schemas

MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 64
MAX_VALUES: Final = 10_000
_MAX_INTEGER: Final = 2**63
Kind = Literal["elite", "customer"]
BindingType = Literal["kvNamespace", "r2Bucket", "analyticsEngine", "service"]
_RESERVED: Final = "CONFIG"
_MAX_SHOWN_ERRORS: Final = 3
_MAX_PLACE: Final = 200
_TRUSTED: Final = {"trusted": True}


def _usable_schema(schema: dict[str, JsonValue], info: ValidationInfo) -> dict[str, JsonValue]:
    problem = None if info.context is _TRUSTED else schemas.problem_of(schema)
    if problem is not None:
        raise PydanticCustomError("schema", "{problem}", {"problem": problem})
    return schema


def _not_reserved(name: str) -> str:
    if name == _RESERVED:
        raise PydanticCustomError("reserved", f"{_RESERVED} is reserved for the parameters")
    return name


Text = Annotated[str, Field(min_length=1, max_length=1000)]
Schema = Annotated[dict[str, JsonValue], AfterValidator(_usable_schema)]
FeatureName = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9-]*$", max_length=63)]
BindingName = Annotated[
    str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=64), AfterValidator(_not_reserved)
]


class _Strict(BaseModel):
    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        hide_input_in_errors=True,
    )


class ManifestCompatibility(_Strict):
    """The runtime version that the script requires."""

    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    flags: list[Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=100)]] = []


class ManifestBinding(_Strict):
    """A binding that the script requires."""

    name: BindingName
    type: BindingType
    description: Annotated[str, Field(max_length=1000)] = ""


class ManifestFeature(_Strict):
    """A feature that can be enabled, with its own parameters and bindings."""

    description: Text
    parameters: Schema | None = None
    bindings: list[ManifestBinding] = []


class Example(_Strict):
    """Valid parameters and features, shown in the documentation."""

    parameters: dict[str, JsonValue] = {}
    features: list[str] = []


class Manifest(_Strict):
    """A complete template.yaml."""

    name: Annotated[str, Field(pattern=LABEL, max_length=63)]
    kind: Kind
    version: Annotated[
        str,
        Field(
            pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$",
            max_length=64,
        ),
    ]
    description: Text
    compatibility: ManifestCompatibility
    health_path: HealthPath = "/"
    parameters: Schema
    features: Annotated[dict[FeatureName, ManifestFeature], Field(max_length=32)] = {}
    bindings: list[ManifestBinding] = []
    minimum_plan: Annotated[str, Field(min_length=1, max_length=63)] | None = None
    example: Example | None = None

    @model_validator(mode="after")
    def _has_few_patterns(self) -> Self:
        known = (self.parameters, *(f.parameters for f in self.features.values()))
        count = len({pattern for s in known if s is not None for pattern in schemas.patterns_of(s)})
        if count > patterns.MAX_PATTERNS:
            text = f"{count} different patterns exceed the limit of {patterns.MAX_PATTERNS}"
            raise PydanticCustomError("patterns", "{text}", {"text": text})
        return self

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        properties = self.parameters.get("properties", {})
        if isinstance(properties, dict) and (both := sorted(set(properties) & set(self.features))):
            text = (
                f"parameters.properties.{both[0]}: a feature has the same name; rename one of them"
            )
            raise PydanticCustomError("names", "{text}", {"text": text})
        types: dict[str, str] = {}
        for binding in (*self.bindings, *(b for f in self.features.values() for b in f.bindings)):
            if types.setdefault(binding.name, binding.type) != binding.type:
                text = f"bindings: {binding.name} is declared with two types; use one type per name"
                raise PydanticCustomError("names", "{text}", {"text": text})
        return self


def load(text: bytes, origin: str, *, trusted: bool = False) -> Manifest:
    """Parse a manifest. Raises Stalled(TemplateInvalid), naming ``origin`` and the field.

    ``trusted`` skips the validation of its schemas, which needs memory.
    """
    context = _TRUSTED if trusted else None
    try:
        found = read_yaml(text, origin)
        return Manifest.model_validate(found, by_alias=True, by_name=False, context=context)
    except ValidationError as error:
        raise invalid(origin, in_words(error)) from None


def in_words(error: ValidationError) -> str:
    """Return the message of a validation error: field and problem, without values."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    shown = [
        ": ".join(filter(None, [_place(e["loc"]), e["msg"]])) for e in found[:_MAX_SHOWN_ERRORS]
    ]
    more = len(found) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _place(location: tuple[str | int, ...]) -> str:
    return short(".".join(short(str(part)) for part in location), _MAX_PLACE)


def invalid(origin: str, problem: str) -> Stalled:
    """Return the error for an invalid template."""
    return Stalled(Reason.TEMPLATE_INVALID, f"{origin}: {problem}")


def read_yaml(text: bytes, origin: str) -> Mapping[str, Any]:
    """Parse a YAML mapping that contains only JSON values: no aliases (a "billion laughs" attack), dates or objects.

    Raises Stalled(TemplateInvalid) for any other text.
    """
    if len(text) > MAX_BYTES:
        raise invalid(origin, f"{len(text)} bytes exceed the limit of {MAX_BYTES} bytes")
    try:
        loaded = yaml.load(text.decode(), Loader=_Loader)  # noqa: S506 - a SafeLoader with less
    except yaml.MarkedYAMLError as error:
        place = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise invalid(origin, f"{place}{error.problem}") from None
    except (yaml.YAMLError, ValueError, ArithmeticError):
        raise invalid(origin, "the file is not valid YAML in UTF-8") from None
    if not isinstance(loaded, dict):
        raise invalid(origin, "the top level must be a mapping")
    return loaded


class _Loader(yaml.SafeLoader):
    """A safe loader that only accepts JSON values, neither deep ones nor numbers that take long to compute with."""

    _depth = 0
    _values = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise _refused("aliases are not supported; write the value out", mark)
        if self._depth > MAX_DEPTH:
            raise _refused(f"values are nested more than {MAX_DEPTH} levels deep", mark)
        self._values += 1
        if self._values > MAX_VALUES:
            raise _refused(f"the file has more than {MAX_VALUES} keys and values", mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            problem = None
            if key.tag != "tag:yaml.org,2002:str":
                problem = "keys must be strings; put the key in quotes"
            elif key.value in seen:
                problem = f"duplicate key {short(key.value)}"
            if problem:
                raise _refused(problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def integer(self, node: yaml.ScalarNode) -> int:
        number = int(self.construct_yaml_int(node))
        if not -_MAX_INTEGER <= number < _MAX_INTEGER:
            raise _refused("integers must have 64 bits at most", node.start_mark)
        return number

    def finite(self, node: yaml.ScalarNode) -> float:
        number = float(self.construct_yaml_float(node))
        if not math.isfinite(number):
            raise _refused("numbers must be finite", node.start_mark)
        return number


def _refused(problem: str, mark: yaml.Mark) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


_JSON_TAGS: Final = ("null", "bool", "int", "float", "str", "seq", "map")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] in _JSON_TAGS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.yaml_constructors = {
    tag: make
    for tag, make in yaml.SafeLoader.yaml_constructors.items()
    if tag is None or tag.rpartition(":")[2] in _JSON_TAGS
}
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.integer)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.finite)
