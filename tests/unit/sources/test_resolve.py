"""Sources become code, or an error that says what is missing and who has to act."""

from collections.abc import Mapping
from typing import Any

import pytest

from workers_operator.domain.desired import Code, Module
from workers_operator.domain.handling import Stalled, Waiting
from workers_operator.resources import ConfigMapKey, Inline, InlineModule, Source
from workers_operator.sources import resolve as module
from workers_operator.sources import templates
from workers_operator.sources.templates import ES_MODULE, Kind, Template

SCRIPT = "export default { fetch() { return new Response('zwölf') } }"


async def resolve(
    source: Source, *, kind: Kind = "customer", config_map: Mapping[str, Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> Template:  # fmt: skip
    asked: list[tuple[str, str]] = []

    async def read(namespace: str, name: str) -> Mapping[str, Any] | None:
        asked.append((namespace, name))
        return config_map

    found = await module.resolve(
        source, kind=kind, namespace="shop", parameters=parameters or {}, read=read
    )
    assert asked == ([("shop", source.config_map.name)] if source.config_map else [])
    return found


FROM_MAP = Source(config_map=ConfigMapKey(name="code", key="worker.js"))


async def test_a_config_map() -> None:
    found = await resolve(FROM_MAP, config_map={"data": {"worker.js": SCRIPT, "other": "x"}})
    assert found.code == Code(
        "ConfigMap/code:worker.js",
        "worker.js",
        (Module("worker.js", ES_MODULE, SCRIPT.encode()),),
    )
    assert found.health_path == "/"


@pytest.mark.parametrize(
    ("config_map", "reason", "word"),
    [
        (None, "ConfigMapNotFound", "'shop'"),
        ({}, "ConfigMapKeyNotFound", "'worker.js'"),
        ({"data": None}, "ConfigMapKeyNotFound", "'worker.js'"),
        ({"data": {"other": "x"}}, "ConfigMapKeyNotFound", "'worker.js'"),
    ],
)
async def test_a_config_map_that_is_not_there_is_waited_for(
    config_map: Mapping[str, Any] | None, reason: str, word: str
) -> None:
    with pytest.raises(Waiting) as caught:
        await resolve(FROM_MAP, config_map=config_map)
    assert caught.value.reason == reason
    assert word in caught.value.message
    assert "'code'" in caught.value.message
    assert 0 < caught.value.after <= 60


async def test_an_inline_script() -> None:
    found = await resolve(Source(inline=Inline(script=SCRIPT)))
    assert found.code.modules == (Module("worker.js", ES_MODULE, SCRIPT.encode()),)
    assert (found.code.origin, found.code.main) == ("inline", "worker.js")


async def test_inline_modules_of_every_type() -> None:
    modules = (
        InlineModule(name="index.js", text="export default {}"),
        InlineModule(name="old.cjs", type="CommonJS", text="module.exports = 1"),
        InlineModule(name="a.txt", type="Text", text="ü"),
        InlineModule(name="a.json", type="Json", text="{}"),
    )
    found = await resolve(Source(inline=Inline(modules=modules, main="index.js")))
    assert found.code.main == "index.js"
    assert [(m.name, m.content_type) for m in found.code.modules] == [
        ("index.js", "application/javascript+module"),
        ("old.cjs", "application/javascript"),
        ("a.txt", "text/plain"),
        ("a.json", "application/json"),
    ]
    assert found.code.modules[2].data == "ü".encode()


async def test_the_same_text_is_the_same_version_wherever_it_comes_from() -> None:
    inline = await resolve(Source(inline=Inline(script=SCRIPT)))
    mapped = await resolve(FROM_MAP, config_map={"data": {"worker.js": SCRIPT}})
    assert inline.code.digest == mapped.code.digest


@pytest.mark.parametrize(
    ("source", "size", "refused"),
    [
        (Source(inline=Inline(script="x" * 10)), 10, False),
        (Source(inline=Inline(script="x" * 11)), 10, True),
        (Source(inline=Inline(script="ü" * 6)), 10, True),
        (FROM_MAP, 10, True),
    ],
)
async def test_a_script_that_cloudflare_would_not_take_is_refused(
    source: Source, size: int, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_SCRIPT_BYTES", size)
    if not refused:
        await resolve(source)
        return
    with pytest.raises(Stalled) as caught:
        await resolve(source, config_map={"data": {"worker.js": "x" * 11}})
    assert caught.value.reason == "ScriptTooLarge"


@pytest.mark.parametrize("kind", ["elite", "customer"])
async def test_every_template_comes_with_what_a_worker_needs(kind: Kind) -> None:
    assert templates.names(kind)
    for name in templates.names(kind):
        template = templates.find(kind, name)
        given = dict.fromkeys(template.required_parameters, "https://x.example")
        found = await resolve(Source(template=name), kind=kind, parameters=given)
        assert found.code.origin == f"template/{name}"
        assert found.health_path.startswith("/")
        assert found.code.compatibility_date is not None
        assert b"export default" in found.code.modules[0].data


@pytest.mark.parametrize("given", [{}, {"origin": ""}, {"site": "https://x.example"}])
async def test_a_parameter_that_is_missing_is_named(given: dict[str, str]) -> None:
    with pytest.raises(Stalled) as caught:
        await resolve(Source(template="ecommerce"), parameters=given)
    assert caught.value.reason == "ParameterMissing"
    assert "spec.parameters.origin" in caught.value.message


@pytest.mark.parametrize(
    ("kind", "name"), [("customer", "brand"), ("elite", "ecommerce"), ("elite", "none")]
)
async def test_a_template_that_there_is_not_comes_with_those_that_there_are(
    kind: Kind, name: str
) -> None:
    with pytest.raises(Stalled) as caught:
        await resolve(Source(template=name), kind=kind)
    assert caught.value.reason == "TemplateNotFound"
    for existing in templates.names(kind):
        assert existing in caught.value.message


def test_the_dispatcher_is_shipped() -> None:
    code = templates.dispatcher()
    assert code.main == code.modules[0].name
    assert code.compatibility_date is not None
