"""Objects that nobody could handle get a condition or are ignored; all others are handled, also after a restart."""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.hostile import HostileWorld, nested
from support.world import PLATFORM
from support.world_bodies import customer, elite, platform
from workers_operator.domain.worker import ObjectKey
from workers_operator.resources import FINALIZER

BASE: Final = {"customerId": "h", "subdomain": "hostile", "source": {"inline": {"script": "x"}}}


def spec(**fields: str) -> str:
    """A well-formed spec with these fields, which are JSON, in place of its own."""
    stated = {name: json.dumps(value) for name, value in BASE.items()} | fields
    members = ", ".join(f"{json.dumps(name)}: {text}" for name, text in stated.items())
    return f"{{{members}}}"


def parameters(text: str) -> str:
    return spec(parameters=text)


# Name → spec, and words of the message of SourceResolved.
REFUSED: Final[Mapping[str, tuple[str, str]]] = {
    "deep": (parameters(nested(3000)), "spec.parameters: is nested more than 32 levels deep"),
    "deep-list": (parameters(f'{{"a": {nested(9990, "[", "]")}}}'), "nested more than 32 levels"),
    "deep-for-python": (parameters(nested(900)), "nested more than 32 levels"),
    "deep-for-pydantic": (parameters(nested(260)), "nested more than 32 levels"),
    "one-too-deep": (parameters(nested(33)), "nested more than 32 levels"),
    "deep-elsewhere": (spec(vars=nested(3000)), "spec.vars.a"),
    "deep-source": (spec(source=nested(3000)), "spec.source"),
    "wide": (parameters(json.dumps({str(n): n for n in range(50_000)})), "spec.parameters"),
    "large": (parameters(json.dumps({"a": "x" * 1_400_000})), "has 1400"),
    "large-list": (parameters(json.dumps({"a": [0] * 400_000})), "at most 65536 are possible"),
    "surrogate": (parameters('{"a": "\\ud800"}'), "half of a surrogate pair"),
    "surrogate-var": (spec(vars='{"A": "\\udfff"}'), "spec.vars.A"),
    "nan": (parameters('{"a": NaN}'), "a number that JSON does not have"),
    "infinity": (parameters('{"a": [-Infinity]}'), "a number that JSON does not have"),
    "float": (parameters('{"a": 1e999}'), "a number that JSON does not have"),
    "integer": (parameters('{"a": ' + "9" * 5000 + "}"), "a number that JSON does not have"),
    "instances": (spec(instances="9" * 5000), "spec.instances"),
    "long-name": (spec(**{"x" * 100_000: "1"}), "Extra inputs are not permitted"),
    "many-names": (spec(**{f"x{n}": "1" for n in range(20_000)}), "Extra inputs"),
    "null": ("null", "spec"),
    "number": ("5", "spec"),
    "text": ('"x"', "spec"),
    "list": ("[{}]", "spec"),
    "true": ("true", "spec"),
}
WRONG: Final = ("5", "1.5", '"x"', '""', "[]", "[[]]", "{}", '{"a": {}}', "true", "[null]", "[5]")
FIELDS: Final = (
    "customerId", "subdomain", "scriptName", "platform", "source", "parameters", "vars", "bindings",
    "secrets", "compatibility", "limits", "routes", "instances", "health", "interval", "suspend",
    "policies", "template", "configuration",
)  # fmt: skip
_REQUEST: Final = "workers.code24.dev/requestedAt"
_METADATA: Final[Mapping[str, tuple[Any, ...]]] = {
    "annotations": (5, "x", [], {_REQUEST: {}}, {_REQUEST: "x" * 250_000}),
    "labels": (5, "x", [1], {"a": None}),
    "finalizers": (5, "x", {}, [1, None, FINALIZER], [FINALIZER] * 9),
    "generation": ("1", -1, 1.5, True, None, []),
    "resourceVersion": (5, "abc", "", None, [], "9" * 5000),
    "uid": (5, None, []),
    "creationTimestamp": (5, None, {}),
    "deletionTimestamp": (5, [], {}),
    "namespace": ("other",),
}
METADATA: Final = [{name: value} for name, values in _METADATA.items() for value in values]
STATUSES: Final = (
    "null", "5", '"x"', "[]", "true", nested(3000), '{"conditions": 5}', '{"observedGeneration": "x"}',
    '{"conditions": [1, null, {}, {"type": 5}, {"type": "Ready"}, {"type": "Ready", "status": []}]}',
    '{"platform": {}}', '{"platform": "elsewhere"}', '{"versions": "x"}', '{"versions": {"stable": 5}}',
    '{"resources": [1, {}, {"name": "x"}]}', '{"urls": {}}', '{"health": {"state": "Sick"}}',
    '{"instances": "x", "lastHandledReconcileAt": []}', json.dumps({"note": "x" * 1_000_000}),
)  # fmt: skip


@pytest.fixture
async def world() -> AsyncIterator[HostileWorld]:
    world = await HostileWorld.ready()
    yield world
    await world.close()


async def others_are_handled(world: HostileWorld, caplog: pytest.LogCaptureFixture) -> None:
    """Others become Ready, are updated, and are handled by an operator that starts anew."""
    await world.settle(15)
    shop = world.apply(customer(f"shop{len(world.api.hostile)}"))
    await world.settle(15)
    assert world.is_ready(shop)
    await world.restart()
    brand = world.apply(elite(subdomain="other", customerId="c2"))
    world.edit(shop, instances=2)
    await world.settle(15)
    assert world.is_ready(PLATFORM)
    assert world.is_ready(brand)
    assert world.status(shop)["instances"] == 2
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("name", REFUSED)
async def test_a_spec_that_cannot_be_handled_is_named_and_others_are(
    world: HostileWorld, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    text, words = REFUSED[name]
    world.put(name, text, managed=nested(3000))
    await others_are_handled(world, caplog)
    assert world.reason(name) == "InvalidSpec"
    assert words in world.message(name, "SourceResolved")
    assert len(json.dumps(world.api.stated[name])) < 4096


async def test_parameters_at_the_bounds_are_deployed(world: HostileWorld) -> None:
    key = world.put("most", parameters(nested(32)))
    await world.settle(15)
    assert world.reason(key.name) == "Succeeded"
    wide = {str(n): "x" * 11 for n in range(250)}
    world.put("wide", spec(subdomain='"wide"', parameters=json.dumps(wide)))
    larger = json.dumps(dict.fromkeys(wide, "x" * 245))
    assert 60_000 < len(larger) < 64 * 1024
    world.put("larger", spec(subdomain='"larger"', parameters=larger))
    await world.settle(15)
    assert world.reason("wide") == "Succeeded"
    assert world.reason("larger") == "VariableTooLarge"


@pytest.mark.parametrize("field", FIELDS)
async def test_fields_of_any_type_harm_nobody(
    world: HostileWorld, caplog: pytest.LogCaptureFixture, field: str
) -> None:
    for number, text in enumerate(WRONG):
        world.put(f"n{number}", spec(**{"subdomain": f'"n{number}"', field: text}))
    await others_are_handled(world, caplog)
    assert len(world.api.stated) == len(WRONG)


async def test_metadata_of_any_type_harms_nobody(
    world: HostileWorld, caplog: pytest.LogCaptureFixture
) -> None:
    for number, metadata in enumerate(METADATA):
        world.put(f"n{number}", spec(subdomain=f'"n{number}"'), metadata=dict(metadata))
    await others_are_handled(world, caplog)
    ready = {name for name in world.api.stated if world.reason(name) == "Succeeded"}
    assert ready == {f"n{number}" for number in range(len(METADATA))}
    assert max(len(json.dumps(status)) for status in world.api.stated.values()) < 4096


async def test_a_status_that_somebody_else_wrote_harms_nobody(
    world: HostileWorld, caplog: pytest.LogCaptureFixture
) -> None:
    for number, status in enumerate(STATUSES):
        world.put(f"n{number}", spec(subdomain=f'"n{number}"'), status=status)
        world.put(f"m{number}", spec(subdomain="5"), status=status)
    await others_are_handled(world, caplog)
    for number, status in enumerate(STATUSES):
        assert world.reason(f"m{number}") == "InvalidSpec"
        if "elsewhere" not in status:  # it cannot leave a platform that is not there
            assert world.reason(f"n{number}") == "Succeeded"


async def test_of_a_duplicate_key_the_last_one_counts(world: HostileWorld) -> None:
    world.put("twice", spec().replace('"subdomain"', '"subdomain": "first", "subdomain"'))
    await world.settle(15)
    assert world.reason("twice") == "Succeeded"
    assert world.api.stated["twice"]["url"] == "https://hostile.code24.dev/"


async def test_a_platform_that_cannot_be_handled_harms_no_other(world: HostileWorld) -> None:
    body = platform("broken") | {"spec": {"zones": 5, "credentials": [], "plans": {"x": {"a": []}}}}
    world.api.apply(body)
    shop = world.apply(customer())
    await world.settle(15)
    assert world.is_ready(shop)
    conditions = world.status(ObjectKey("WorkersPlatform", "", "broken"))["conditions"]
    assert {c["reason"] for c in conditions if c["type"] == "Ready"} == {"InvalidSpec"}


async def test_one_that_was_never_deployed_is_let_go(world: HostileWorld) -> None:
    """Its spec does not say where anything of it would be; nothing was ever sent."""
    key = world.put("deep", parameters(nested(3000)))
    await world.settle(5)
    raw = world.api.hostile[key]
    assert raw.metadata["finalizers"] == [FINALIZER]
    raw.metadata |= {"deletionTimestamp": "2026-01-31T09:00:00Z"}
    raw.version += 1
    world.operator.controller.observed(key, raw.read())
    await world.settle(5)
    assert raw.metadata["finalizers"] == []


async def test_an_error_that_nobody_has_thought_of_concerns_one_object(
    world: HostileWorld, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    put = world.operator.index.put

    def broken(key: ObjectKey, body: Mapping[str, Any], now: str) -> Any:
        if key.name == "cursed":
            raise RuntimeError("nobody has thought of this")
        return put(key, body, now)

    monkeypatch.setattr(world.operator.index, "put", broken)
    world.put("cursed", spec())
    shop = world.apply(customer())
    await world.settle(15)
    assert world.is_ready(shop)
    assert "hostile/cursed cannot be taken in" in caplog.text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
anything = st.dictionaries(st.sampled_from([*FIELDS, "conditions", "versions", "x"]), json_values)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(anything | json_values, anything, anything | json_values)
async def test_nothing_that_json_can_say_stops_the_operator(
    caplog: pytest.LogCaptureFixture, wanted: Any, metadata: Any, status: Any
) -> None:
    caplog.clear()
    world = await HostileWorld.ready()
    mixed = BASE | wanted if isinstance(wanted, dict) else wanted
    for name, value in (("wanted", wanted), ("mixed", mixed)):
        world.put(name, json.dumps(value), metadata=dict(metadata), status=json.dumps(status))
    shop = world.apply(customer())
    await world.settle(10)
    assert world.is_ready(shop)
    assert set(world.api.stated) == {"wanted", "mixed"}
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR] == []
    await world.close()
