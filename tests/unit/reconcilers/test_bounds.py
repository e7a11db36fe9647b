"""What is too much of anything is refused by a condition that names the field and the limit; others go on."""

import json
from typing import Any

import pytest

from support.bounds import MIB
from support.cloudflare import Stored
from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer, secret
from workers_operator.domain.text.lines import MAX_MESSAGE
from workers_operator.engine import offload
from workers_operator.sources.templates import ES_MODULE

OWN = "templates/customer/own"
FINE = "export default {} // one"


def nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


def manifest(**properties: Any) -> bytes:
    """The manifest of a template with these parameters: JSON is YAML."""
    about = {
        "name": "own",
        "kind": "customer",
        "version": "1.0.0",
        "description": "d",
        "compatibility": {"date": "2026-10-01"},
        "parameters": {"type": "object", "additionalProperties": False, "properties": properties},
    }
    return json.dumps(about).encode()


async def with_template(world: World, **properties: Any) -> None:
    """Have the bucket hold a template."""
    files = {
        f"{OWN}.js": Stored(FINE.encode(), ES_MODULE),
        f"{OWN}.yaml": Stored(manifest(**properties)),
    }
    world.cloudflare.buckets["data"] |= files
    world.request_check(PLATFORM, str(world.clock.now()))
    await world.settle()


async def refused(world: World, reason: str, **spec: Any) -> str:
    """The message for an object that is refused, without a call, until it changes."""
    done = await world.reconcile(world.apply(customer(script=None, **spec)))
    assert done.calls == []
    assert done.conditions["SourceResolved"] == f"False {reason}"
    assert done.conditions["Stalled"] == f"True {reason}"
    assert done.result.terminal
    message = done.message("SourceResolved")
    assert len(message) <= MAX_MESSAGE
    assert message.isprintable()
    return message


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (
            {"a": "x" * 65_536},
            "spec.parameters: has 65545 bytes as JSON; at most 65536 are possible",
        ),
        ({"a": nested(32)}, "spec.parameters: is nested more than 32 levels deep"),
        ({"a": nested(200)}, "spec.parameters: is nested more than 32 levels deep"),
    ],
    ids=["large", "deep", "very deep"],
)
async def test_parameters_that_are_too_much(
    world: World, parameters: dict[str, Any], words: str
) -> None:
    spec = {"source": {"inline": {"script": FINE}}, "parameters": parameters}
    assert await refused(world, "InvalidSpec", **spec) == words


async def test_parameters_as_large_as_they_may_be_are_deployed(world: World) -> None:
    parameters = {"a": "x" * 4_800, "b": nested(31)}
    await world.reconcile(world.apply(customer(parameters=parameters)))
    assert world.is_ready(SHOP)


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"type": "string", "pattern": "^(a+)+$"}, "a" * 60_000 + "!", "a: must match ^(a+)+$"),
        ({"uniqueItems": True}, [*range(10_000), 0], "a: must not contain duplicate items"),
        (
            {"items": {"allOf": [{"type": "integer"}] * 20}},
            [*range(10_000)],
            ": checking these values against the template's schema takes more than 100000 steps",
        ),
    ],
    ids=["pattern", "uniqueItems", "allOf"],
)
async def test_parameters_that_take_long_to_check(
    world: World, schema: Any, value: Any, words: str
) -> None:
    await with_template(world, a=schema)
    spec = {"template": "own", "parameters": {"a": value}}
    assert words in await refused(world, "ParameterInvalid", **spec)


async def test_a_template_whose_pattern_takes_long_is_refused(world: World) -> None:
    await with_template(world, a={"pattern": r"^(a|b)\1$"})
    message = await refused(world, "TemplateInvalid", template="own")
    assert message.startswith(
        "template/own: parameters: properties.a.pattern must be a regular exp"
    )


async def test_one_that_is_mended_is_used(world: World) -> None:
    await with_template(world, a={"pattern": "("})
    await refused(world, "TemplateInvalid", template="own")
    await with_template(world, a={"pattern": "a"})
    await world.settle(1)
    assert world.is_ready(SHOP)


async def test_what_cloudflare_says_becomes_one_line(world: World) -> None:
    said = "Uncaught Error: no\n  at a.js:1:1\n\x1b[2J\u202e" + "x" * 5000
    world.cloudflare.fail("PUT script", status=400, code=10021, message=said)
    done = await world.reconcile(world.apply(customer(source={"inline": {"script": "x"}})))
    message = done.message("Deployed")
    assert message.startswith(r"Uncaught Error: no at a.js:1:1 \x1b[2J\u202exxx")
    assert message.endswith(
        "x…; an ES module needs a default export with handlers, e.g. export de"
        "fault { fetch(request) { … } }"
    )
    assert len(message) == MAX_MESSAGE
    assert done.events == [f"Warning ScriptRejected: {message}"]


async def test_what_a_script_says_at_length_is_not_shown_in_part(world: World) -> None:
    """A secret that is cut would not be found, and so not be hidden."""
    world.api.put_secret("shop", "shop", {"token": "a-secret-value"})
    said = "Uncaught Error: " + "a-secret-value" * 2000
    world.cloudflare.fail("PUT script", status=400, code=10021, message=said)
    done = await world.reconcile(world.apply(customer(secrets=[secret("TOKEN", "shop")])))
    assert done.message("Deployed").startswith("HTTP 400, with a message of 28016 characters")


async def test_many_files_beside_the_modules_are_told_of_in_short(world: World) -> None:
    files = {f"w/{n}.md": Stored(b"x", "text/markdown") for n in range(200)}
    world.cloudflare.buckets["data"] |= files | {"w/a.js": Stored(FINE.encode(), ES_MODULE)}
    source = {"r2": {"key": "w/", "main": "a.js"}}
    done = await world.reconcile(world.apply(customer(script=None, source=source)))
    assert done.message("SourceResolved").endswith(" and 180 more")


@pytest.mark.parametrize(("size", "reads"), [(1000, 1), (9 * MIB, 2)])
async def test_a_large_script_is_read_again_instead_of_being_held(
    world: World, monkeypatch: pytest.MonkeyPatch, size: int, reads: int
) -> None:
    monkeypatch.setattr(
        offload, "AT_ONCE", 100 * MIB
    )  # time stands still, and no thread ends in it
    world.cloudflare.buckets["data"]["w.js"] = Stored(FINE.encode().ljust(size))
    body = customer(script=None, source={"r2": {"key": "w.js"}}, instances=3)
    with world.calls() as calls:
        await world.reconcile(world.apply(body))
    assert world.is_ready(SHOP)
    assert len([line for line in calls.reads if line.endswith("w.js")]) == reads
