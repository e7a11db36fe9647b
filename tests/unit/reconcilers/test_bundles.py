"""What a bundle's metadata ask for is given by the spec, or the worker says what it lacks and where to write it."""

import json
from typing import Any

import pytest

from support.cloudflare import KVNamespace, Stored
from support.scripts import says
from support.world import Pass, World
from support.world_bodies import SHOP, customer, secret

BOUNDARY = "----FormBoundaryXyZ"  # boundaries are case-sensitive
SOURCE = {"r2": {"key": "b/one"}}
GREETING = {"name": "GREETING", "type": "plain_text", "text": "hi"}
CACHE = {"name": "CACHE", "type": "kv_namespace", "namespace_id": "0" * 32}
TOKEN = {"name": "TOKEN", "type": "secret_text", "text": "x"}
ROOM = {"name": "ROOM", "type": "durable_object_namespace", "class_name": "Room"}


async def deploy(world: World, *bindings: dict[str, Any], spec: Any = None, **more: Any) -> Pass:
    """The pass over a worker whose source is a bundle that asks for ``bindings``."""
    metadata = {"main_module": "index.js", "bindings": list(bindings), **more}
    disposition = "Content-Disposition: form-data; name="
    lines = [
        f"--{BOUNDARY}", f'{disposition}"metadata"', "", json.dumps(metadata),
        f"--{BOUNDARY}", f'{disposition}"index.js"; filename="index.js"',
        "Content-Type: application/javascript+module", "", says("one"),
        f"--{BOUNDARY}--", "",
    ]  # fmt: skip
    kind = f"Multipart/Form-Data; boundary={BOUNDARY}"
    world.cloudflare.buckets["data"]["b/one"] = Stored("\r\n".join(lines).encode(), kind)
    return await world.reconcile(world.apply(customer(script=None, source=SOURCE, **spec or {})))


@pytest.mark.parametrize(
    ("binding", "words"),
    [
        (GREETING, "GREETING (plain_text) has to be in spec.vars"),
        ({"name": "N", "type": "json", "json": 1}, "N (json) has to be in spec.vars"),
        (TOKEN, "TOKEN (secret_text) has to be in spec.secrets"),
        (CACHE, "CACHE (kv_namespace) has to be in spec.bindings, with the type kvNamespace"),
        ({"name": "Q", "type": "queue", "queue_name": "q"}, "spec.bindings, with the type queue"),
        (ROOM, "ROOM (durable_object_namespace) is of a type that the operator does not support"),
        (
            {"name": "S", "type": "service", "service": "s", "entrypoint": "Admin"},
            "S (service with the entrypoint Admin) is of a type that the operator does not support",
        ),
        ({"name": "CONFIG", "type": "json", "json": {}}, "CONFIG (json) is reserved"),
    ],
)
async def test_what_the_spec_lacks_is_named(
    world: World, binding: dict[str, Any], words: str
) -> None:
    done = await deploy(world, binding)
    assert done.calls == []
    assert done.conditions["SourceResolved"] == "False BundleNotSupported"
    assert done.message().startswith("r2/data/b/one: the bundle's metadata ask for bindings: ")
    assert words in done.message()


async def test_what_the_spec_gives_is_bound(world: World) -> None:
    world.cloudflare.kv["0" * 32] = KVNamespace("CACHE")
    await world.advance(10)  # the last listing is too old to tell that it is not there
    world.api.put_secret("shop", "shop", {"token": "y"})
    spec = {
        "vars": {"GREETING": "hello"},
        "bindings": [{"name": "CACHE", "type": "kvNamespace", "id": "0" * 32}],
        "secrets": [secret("TOKEN", "shop")],
    }
    done = await deploy(
        world, GREETING, CACHE, TOKEN, spec=spec, compatibility_date="2026-01-01", assets=None
    )
    assert done.conditions["Ready"] == "True Succeeded", done.message()
    [script] = world.scripts().values()
    assert script.bindings["GREETING"]["text"] == "hello"
    assert script.bindings["CACHE"]["namespace_id"] == "0" * 32
    assert world.status(SHOP)["compatibility"] == {"date": "2026-01-01"}


async def test_a_binding_of_another_type_is_not_the_one(world: World) -> None:
    done = await deploy(world, CACHE, spec={"bindings": [{"name": "CACHE", "type": "ai"}]})
    assert done.conditions["SourceResolved"] == "False BundleNotSupported"
    done = await deploy(world, CACHE, spec={"vars": {"CACHE": "x"}})
    assert done.conditions["SourceResolved"] == "False BundleNotSupported"


async def test_settings_that_change_no_answer_are_left_out_and_said(world: World) -> None:
    done = await deploy(world, observability={"enabled": True}, tags=["a"])
    assert done.conditions["Ready"] == "True Succeeded"
    assert done.message("SourceResolved").endswith("; left out: observability, tags")


@pytest.mark.parametrize(
    ("setting", "advice"),
    [
        ({"migrations": {"new_tag": "v1"}}, "which the operator does not support"),
        ({"assets": {"jwt": "x"}}, "which the operator does not support"),
        ({"anything": {"new": 1}}, "which the operator does not support"),
        ({"limits": {"cpu_ms": 50}}, "which belongs into spec.limits"),
    ],
)
async def test_settings_that_would_not_take_effect_are_refused(
    world: World, setting: dict[str, Any], advice: str
) -> None:
    done = await deploy(world, **setting)
    assert done.calls == []
    assert done.conditions["SourceResolved"] == "False BundleNotSupported"
    assert f"ask for {next(iter(setting))}, {advice}" in done.message()
