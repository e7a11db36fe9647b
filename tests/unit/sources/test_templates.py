"""Templates: what their packages may say, and which parameters and features they take."""

import json
import math
import subprocess
import sys
from contextlib import suppress
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unit.sources.packages import ORIGIN, SCRIPT, SHOP, changed, parsed
from workers_operator.domain.errors import ReconcileError, Stalled
from workers_operator.sources import templates
from workers_operator.sources.manifest import MAX_BYTES, Kind
from workers_operator.sources.templates import RequiredBinding, Template

SECRET = "hunter2-hunter2-hunter2-hunter2-hunter2-hunter2"
FINE = {"origin": "https://x.example"}


def test_a_package_becomes_a_template() -> None:
    found = parsed()
    assert (found.kind, found.name, found.version) == ("customer", "shop", "1.2.3")
    assert (found.description, found.health_path) == ("Sells things.", "/health")
    assert found.rules.minimum_plan == "premium"
    assert (found.code.origin, found.code.main) == (ORIGIN, "worker.js")
    assert [module.data for module in found.code.modules] == [SCRIPT]
    assert found.code.compatibility_date == "2026-10-01"
    assert found.code.compatibility_flags == ("nodejs_compat",)
    assert found.rules.bindings == (RequiredBinding("SESSIONS", "kvNamespace", "Who is there."),)
    assert found.rules.features["search"].bindings == (RequiredBinding("INDEX", "r2Bucket", ""),)
    assert found.rules.features["counting"].parameters is None
    assert found.example == SHOP["example"]
    assert b"Sells things." in found.manifest


def test_what_may_be_left_out() -> None:
    few = {k: SHOP[k] for k in ("name", "kind", "version", "description", "compatibility")}
    found = parsed(few | {"parameters": {"type": "object", "additionalProperties": False}})
    assert (found.health_path, found.rules.minimum_plan, found.example) == ("/", None, {})
    templates.check(found, parameters={}, features=[])


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        ("name", "other", "name: is other"),
        ("name", "A B", "name: "),
        ("kind", "elite", "kind: is elite"),
        ("kind", "pet", "kind: "),
        ("version", "1.2", "version: "),
        ("version", 1.2, "version: "),
        ("description", ..., "description: "),
        ("description", "", "description: "),
        ("compatibility", ..., "compatibility: "),
        ("compatibility.date", "tomorrow", "compatibility.date: "),
        ("compatibility.since", "x", "compatibility.since: "),
        ("healthPath", "health", "healthPath: "),
        ("health_path", "/", "health_path: "),
        ("minimumPlan", "", "minimumPlan: "),
        ("surprise", SECRET, "surprise: "),
        ("parameters", ..., "parameters: "),
        ("parameters.type", "array", "parameters: type must be object"),
        ("parameters.additionalProperties", ..., "parameters: additionalProperties"),
        ("parameters.additionalProperties", True, "parameters: additionalProperties"),
        (
            "parameters.$schema",
            "http://json-schema.org/draft-07/schema#",
            "parameters: $schema must be",
        ),
        ("parameters.properties.ttl.minimum", "0", "parameters: properties.ttl.minimum"),
        ("parameters.properties.origin.pattern", "(", "parameters: properties.origin.pattern"),
        (
            "parameters.patternProperties",
            {"(": {}},
            "parameters: patternProperties.( must be a regu",
        ),
        (
            "parameters.patternProperties",
            {f"^{n}": {"pattern": f"{n}$"} for n in range(51)},
            "103 different patterns exceed the limit of 100",
        ),
        (
            "parameters.properties.ttl",
            {"$ref": "#"},
            "parameters: properties.ttl.$ref is not supported",
        ),
        ("parameters.properties.search", {}, "parameters.properties.search: "),
        ("features.Search", {"description": "x"}, "features.Search"),
        ("features.search.description", ..., "features.search.description: "),
        ("features.search.parameters.type", "string", "features.search.parameters: type"),
        ("bindings", [{"name": "A", "type": "d1"}], "bindings.0.type: "),
        ("bindings", [{"name": "A B", "type": "service"}], "bindings.0.name: "),
        (
            "bindings",
            [{"name": "CONFIG", "type": "service"}],
            "bindings.0.name: CONFIG is reserved",
        ),
        (
            "bindings",
            [{"name": "POINTS", "type": "service"}],
            "bindings: POINTS is declared with two types",
        ),
        ("example.parameters.origin", ..., "example: "),
        ("example.parameters.ttl", 7, "example: spec.parameters.ttl: must be a multiple of 5"),
        ("example.features", [], "example: spec.parameters.search: feature search is not enabled"),
    ],
)
def test_what_a_manifest_may_not_say(path: str, value: Any, word: str) -> None:
    with pytest.raises(Stalled) as caught:
        parsed(changed(path, value))
    assert caught.value.reason == "TemplateInvalid"
    assert caught.value.message.startswith(f"{ORIGIN}: ")
    assert word in caught.value.message
    assert SECRET not in caught.value.message


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"", "mapping"),
        (b"- a", "mapping"),
        (b"a: [", "line 1"),
        (b"a: 1\na: 2", "line 2: duplicate key a"),
        (b"1: a", "keys must be strings"),
        (b"a: &x 1\nb: *x", "line 2: aliases are not supported"),
        (b"a: !!python/object/apply:os.system [ls]", "line 1"),
        (b"a: !!binary aGk=", "line 1"),
        (b"a: .inf", "finite"),
        (b"\xff", "UTF-8"),
        (b"a: " + b"[" * 5000, "nested more than 64 levels deep"),
        (b"a: [" + b"0," * 10_000 + b"]", "line 1: the file has more than 10000 keys and values"),
        (b"a: 0x8" + b"0" * 15, "line 1: integers must have 64 bits"),
        (b"a: 1" + b":1" * 500 + b":1.5", "YAML"),
        (b"a: " + b"9" * 5000, "YAML"),
        (b"#" * (MAX_BYTES + 1), "65537 bytes"),
    ],
)
def test_text_that_is_no_manifest(text: bytes, word: str) -> None:
    with pytest.raises(Stalled) as caught:
        parsed(text)
    assert caught.value.reason == "TemplateInvalid"
    assert word in caught.value.message


def test_a_date_without_quotes_is_text() -> None:
    text = b"""{name: shop, kind: customer, version: 1.0.0, description: x,
    compatibility: {date: 2026-10-01}, parameters: {type: object, additionalProperties: false}}"""
    assert parsed(text).code.compatibility_date == "2026-10-01"


def test_an_empty_script() -> None:
    with pytest.raises(Stalled, match="the script is empty"):
        parsed(script=b" \n")


SHOP_TEMPLATE = parsed()


@pytest.mark.parametrize(
    ("more", "features"),
    [
        ({}, []),
        ({"ttl": 60, "level": "low", "paths": ["/a", "/b"], "ratio": 0.5, "who": None}, []),
        ({"x-mine": "a"}, ["counting"]),
        ({"search": {"index": "a", "size": 3}}, ["search", "counting"]),
    ],
)
def test_what_a_template_takes(more: dict[str, Any], features: list[str]) -> None:
    templates.check(SHOP_TEMPLATE, parameters=FINE | more, features=features)


@pytest.mark.parametrize(
    ("more", "features", "reason", "message"),
    [
        (
            {"origin": ...},
            [],
            "ParameterMissing",
            "template 'shop' requires spec.parameters.origin",
        ),
        ({"origin": ""}, [], "ParameterMissing", "spec.parameters.origin"),
        ({"origin": None}, [], "ParameterMissing", "spec.parameters.origin"),
        ({}, ["search"], "ParameterMissing", "requires spec.parameters.search.index"),
        ({"origin": SECRET}, [], "ParameterInvalid", "spec.parameters.origin: must match ^https"),
        (
            {"origin": 7},
            [],
            "ParameterInvalid",
            "spec.parameters.origin: must be a string, not a n",
        ),
        ({"ttl": "60"}, [], "ParameterInvalid", "spec.parameters.ttl: must be an integer, no"),
        ({"ttl": True}, [], "ParameterInvalid", "ttl: must be an integer, not a boolean"),
        ({"ttl": None}, [], "ParameterInvalid", "ttl: must be an integer, not null"),
        ({"ttl": -5}, [], "ParameterInvalid", "spec.parameters.ttl: must be 0 or more"),
        ({"ttl": 65}, [], "ParameterInvalid", "spec.parameters.ttl: must be 60 or less"),
        ({"ttl": 7}, [], "ParameterInvalid", "spec.parameters.ttl: must be a multiple of 5"),
        ({"level": SECRET}, [], "ParameterInvalid", "level: must be one of: low, high"),
        (
            {"paths": ["/a", {}]},
            [],
            "ParameterInvalid",
            "paths[1]: must be a string, not an object",
        ),
        (
            {"paths": ["/a", "/a"]},
            [],
            "ParameterInvalid",
            "paths: must not contain duplicate items",
        ),
        ({"ratio": 1}, [], "ParameterInvalid", "spec.parameters.ratio: must be less than 1"),
        ({"who": "x"}, [], "ParameterInvalid", "spec.parameters.who: matches none of the forms"),
        ({"orgin": SECRET}, [], "ParameterInvalid", "spec.parameters.orgin: there is no such para"),
        ({"x-a": "", "y": 1}, [], "ParameterInvalid", "spec.parameters.y: there is no such para"),
        ({"x-a": 1}, [], "ParameterInvalid", "spec.parameters.x-a: must be a string, not a number"),
        ({"x" * 500: 1}, [], "ParameterInvalid", f"{'x' * 63}…: there is no such parameter"),
        (
            {"search": {"index": 1}},
            ["search"],
            "ParameterInvalid",
            "search.index: must be a string",
        ),
        ({"search": [SECRET]}, ["search"], "ParameterInvalid", "search: must be an object, not a"),
        ({"search": {"index": "a", "a": 1}}, ["search"], "ParameterInvalid", "search.a: there is"),
        ({"counting": {}}, ["counting"], "ParameterInvalid", "counting: feature counting takes no"),
        ({"search": {"index": "a"}}, [], "FeatureNotEnabled", "spec.parameters.search: feature se"),
        ({}, ["teleport"], "FeatureNotFound", "'teleport' in this template; there are: counting,"),
        ({}, ["y" * 500], "FeatureNotFound", f"{'y' * 63}…'"),
    ],
)
def test_what_a_template_does_not_take(
    more: dict[str, Any], features: list[str], reason: str, message: str
) -> None:
    parameters = {k: v for k, v in (FINE | more).items() if v is not ...}
    with pytest.raises(Stalled) as caught:
        templates.check(SHOP_TEMPLATE, parameters=parameters, features=features)
    assert caught.value.reason == reason
    assert message in caught.value.message
    assert SECRET not in caught.value.message
    assert len(caught.value.message) < 300


def test_several_problems_are_told_at_once_but_not_all() -> None:
    with pytest.raises(Stalled) as caught:
        templates.check(SHOP_TEMPLATE, parameters=FINE | {"ttl": "x", "ratio": "x"}, features=[])
    assert "spec.parameters.ttl: " in caught.value.message
    assert "; spec.parameters.ratio: " in caught.value.message
    many = {f"unknown{n}": 1 for n in range(50)}
    with pytest.raises(Stalled, match=r"; and 45 more$"):
        templates.check(SHOP_TEMPLATE, parameters=FINE | many, features=[])


def test_numbers_beyond_arithmetic_are_refused_and_not_raised() -> None:
    odd = parsed(changed("parameters.properties.ttl", {"type": "number", "multipleOf": 0.1}))
    templates.check(odd, parameters=FINE | {"ttl": 0.3}, features=[])
    templates.check(odd, parameters=FINE | {"ttl": 10**400}, features=[])
    for number in (10**5000, math.inf):
        with pytest.raises(Stalled) as caught:
            templates.check(odd, parameters=FINE | {"ttl": number}, features=[])
        assert caught.value.reason == "ParameterInvalid"


@pytest.mark.parametrize(
    ("features", "expected"),
    [
        ([], ["SESSIONS"]),
        (["search"], ["SESSIONS", "INDEX"]),
        (["counting", "search"], ["SESSIONS", "POINTS", "INDEX"]),
    ],
)
def test_required_bindings_are_the_templates_and_those_of_features(
    features: list[str], expected: list[str]
) -> None:
    found = templates.required_bindings(SHOP_TEMPLATE, features)
    assert [binding.name for binding in found] == expected
    assert found[0].description == "Who is there."


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda values: (
        st.lists(values, max_size=4) | st.dictionaries(st.text(max_size=10), values, max_size=4)
    ),
    max_leaves=15,
)
PLACES = [
    *SHOP, "parameters.properties", "parameters.properties.ttl", "parameters.properties.ttl.type",
    "parameters.properties.origin.pattern", "features.search", "features.search.parameters",
    "features.search.parameters.properties.size.enum", "bindings", "example.parameters",
]  # fmt: skip


@pytest.mark.parametrize("depth", [50, 150, 300, 1000, 5000])
def test_a_schema_as_deep_as_can_be(depth: int) -> None:
    nested = '{"not": ' * depth + "{}" + "}" * depth
    text = json.dumps(changed("parameters.properties.ttl", "@")).replace('"@"', nested)
    try:
        templates.check(parsed(text.encode()), parameters=FINE | {"ttl": 1}, features=[])
    except Stalled as error:
        message = error.message
    else:
        message = ""
    assert len(message) < 700


def test_values_as_deep_as_can_be() -> None:
    nested: Any = "x"
    for _ in range(5000):
        nested = [nested]
    with pytest.raises(Stalled) as caught:
        templates.check(SHOP_TEMPLATE, parameters={"origin": nested}, features=[])
    assert caught.value.reason == "ParameterInvalid"


@given(st.sampled_from(PLACES), JSON)
def test_any_manifest_is_parsed_or_refused(path: str, value: Any) -> None:
    with suppress(ReconcileError):
        templates.check(parsed(changed(path, value)), parameters=FINE, features=[])


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_text_is_parsed_or_refused(text: bytes) -> None:
    with pytest.raises(Stalled) as caught:
        parsed(text)
    assert caught.value.reason == "TemplateInvalid"


NAMES = st.sampled_from(["origin", "ttl", "level", "paths", "ratio", "who", "search", "counting"])


@given(
    st.dictionaries(NAMES | st.text(max_size=10), JSON, max_size=6),
    st.lists(st.sampled_from(["search", "counting"]) | st.text(max_size=10), max_size=3),
)
def test_any_parameters_are_taken_or_refused(
    parameters: dict[str, Any], features: list[str]
) -> None:
    with suppress(ReconcileError):
        templates.check(SHOP_TEMPLATE, parameters=parameters, features=features)
        assert parameters["origin"].startswith("https://")
        assert set(features) <= {"search", "counting"}


@given(st.text(min_size=8, max_size=80), NAMES)
def test_no_message_holds_a_value(value: str, name: str) -> None:
    marked = f"<{value}>"
    for given_value in (marked, [marked], {"index": [marked]}):
        with pytest.raises(Stalled) as caught:
            templates.check(
                SHOP_TEMPLATE,
                parameters={"origin": marked, name: given_value},
                features=["search", "counting"],
            )
        assert marked not in caught.value.message


def every_template() -> list[Template]:
    return [t for kind in get_args(Kind) for t in templates.built_in(kind).values()]


@pytest.mark.parametrize("template", every_template(), ids=lambda t: f"{t.kind}/{t.name}")
def test_built_in_templates_are_described(template: Template) -> None:
    assert template.example
    for schema in (
        template.rules.parameters,
        *(f.parameters for f in template.rules.features.values()),
    ):
        for name, about in (schema or {}).get("properties", {}).items():
            assert about.get("description"), name


@pytest.mark.parametrize("template", every_template(), ids=lambda t: f"{t.kind}/{t.name}")
def test_built_in_templates_hold_where_they_are_not_trusted(template: Template) -> None:
    (script,) = template.code.modules
    again = templates.parse(
        template.kind,
        template.name,
        manifest=template.manifest,
        script=script.data,
        origin=template.code.origin,
    )
    assert again == template


def test_built_in_templates_are_found_by_kind() -> None:
    assert templates.names("elite") == ("brand", "design", "develop")
    assert templates.names("customer") == ("api", "content", "ecommerce", "static")
    assert templates.built_in("elite") is templates.built_in("elite")


def test_the_operator_starts_without_the_patterns_library() -> None:
    code = "import sys, workers_operator.app; sys.exit('re2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
