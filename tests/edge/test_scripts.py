"""Account scripts through the REST API: upload, settings, bindings that are kept, refusals."""

import asyncio
import json
import os
from datetime import UTC, datetime
from typing import Any

import pytest

from edge.rig import Edge, code, module, result
from local_edge.runtime.code import ACCOUNT_OWNER, code_of
from local_edge.storage.versions import ScriptModule, ScriptVersion, VersionConfig

ANSWER = "export default { fetch() { return new Response('one'); } };"


def scripts(edge: Edge) -> str:
    return f"{edge.account}/workers/scripts"


async def test_upload_read_list_delete(edge: Edge, name: str) -> None:
    uploaded = result(await edge.upload(f"/scripts/{name}", ANSWER, tags=["b", "a"]))
    assert uploaded["id"] == name
    assert uploaded["handlers"] == ["fetch"]
    path = f"{scripts(edge)}/{name}"
    assert (await edge.api.get(path)).text == ANSWER
    content = await edge.api.get(f"{path}/content/v2")
    assert content.headers["content-type"].startswith("multipart/form-data")
    assert ANSWER in content.text
    listed = [
        script for script in result(await edge.api.get(scripts(edge))) if script["id"] == name
    ]
    assert [(script["etag"], script["tags"]) for script in listed] == [
        (uploaded["etag"], ["a", "b"])
    ]
    assert (await edge.api.delete(path)).json()["result"] is None
    assert code(await edge.api.get(path)) == (404, 10007)
    assert code(await edge.api.delete(path)) == (404, 10007)


async def test_an_encoded_slash_is_part_of_a_name(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", ANSWER)
    path = f"{scripts(edge)}/{name}"
    assert code(await edge.api.get(f"{path}%2Fsettings")) == (404, 10007)
    assert code(await edge.api.delete(f"{scripts(edge)}%2F{name}")) == (404, 7003)
    assert (await edge.api.get(f"{path}/settings")).status_code == 200


async def test_the_list_is_filtered_by_tags(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}a", ANSWER, tags=[name, "x"])
    await edge.upload(f"/scripts/{name}b", ANSWER, tags=[name])
    for wanted, names in ((f"{name}:yes", ["a", "b"]), (f"{name}:yes,x:no", ["b"])):
        found = result(await edge.api.get(scripts(edge), params={"tags": wanted}))
        assert [script["id"] for script in found] == [f"{name}{suffix}" for suffix in names]


async def test_the_etag_is_that_of_the_content(edge: Edge, name: str) -> None:
    first = result(await edge.upload(f"/scripts/{name}", ANSWER))
    again = result(await edge.upload(f"/scripts/{name}", ANSWER, tags=["x"]))
    other = result(await edge.upload(f"/scripts/{name}", ANSWER + "\n"))
    assert first["etag"] == again["etag"] != other["etag"]
    assert first["tag"] == other["tag"]


async def test_an_upload_is_visible_at_once(edge: Edge, name: str) -> None:
    for number in range(10):
        source = f"export default {{ fetch() {{ return new Response('v{number}'); }} }};"
        await edge.script(name, source)
        assert (await edge.get(name)).text == f"v{number}"


@pytest.mark.parametrize(
    ("source", "metadata", "expected", "words"),
    [
        ("export default { fetch( }", {}, (400, 10021), "Uncaught SyntaxError: Unexpected token"),
        ("throw new Error('no way')", {}, (400, 10021), "no way\n  at index.js:1:7"),
        ("const a = 1;", {}, (400, 10068), "no registered event handlers"),
        (f"export const a = 1; {ANSWER}", {}, (400, 10021), "Incorrect type for map entry 'a'"),
        ("export default class { fetch() {} }", {}, (400, 10068), "no registered event handlers"),
        (
            ANSWER,
            {"compatibility_date": "9999-12-31"},
            (400, 10021),
            "compatibility date in the future",
        ),
        (ANSWER, {"compatibility_date": ""}, (400, 10021), "Invalid compatibility date"),
        (ANSWER, {"compatibility_date": "20260101"}, (400, 10021), "Invalid compatibility date"),
        (ANSWER, {"compatibility_date": "2026-02-30"}, (400, 10021), "Invalid compatibility date"),
        (ANSWER, {"main_module": "other.js"}, (400, 10021), "other.js"),
        (ANSWER, {"bindings": [{"type": "d1", "name": "DB", "id": "x"}]}, (400, 10021), "'d1'"),
        (ANSWER, {"bindings": [{"type": "plain_text", "text": "x"}]}, (400, 10052), "no name"),
        (
            ANSWER,
            {"bindings": [{"type": "plain_text", "name": "A", "text": "x"}] * 2},
            (400, 10053),
            "'A'",
        ),
        (
            ANSWER,
            {"bindings": [{"type": "plain_text", "name": "A", "text": "x" * 6000}]},
            (400, 10054),
            "'A'",
        ),
        (
            ANSWER,
            {"bindings": [{"type": "json", "name": "J", "json": {"text": "x" * 5110}}]},
            (400, 10054),
            "'J'",
        ),
        (
            ANSWER,
            {"bindings": [{"type": "plain_text", "name": f"V{n}", "text": ""} for n in range(129)]},
            (400, 10055),
            "129",
        ),
        (
            ANSWER,
            {"bindings": [{"type": "kv_namespace", "name": "KV", "namespace_id": "nope"}]},
            (400, 10041),
            "nope",
        ),
        (
            ANSWER,
            {"bindings": [{"type": "r2_bucket", "name": "R2", "bucket_name": "nope"}]},
            (404, 10006),
            "nope",
        ),
        (
            ANSWER,
            {"bindings": [{"type": "service", "name": "S", "service": "nope"}]},
            (400, 10143),
            "nope",
        ),
        (ANSWER, {"tags": [f"t{n}" for n in range(9)]}, (400, 100103), "8"),
        (ANSWER, {"limits": {"cpu_ms": 300_001}}, (400, 10206), "300000"),
    ],
)
async def test_refused_uploads(
    edge: Edge,
    name: str,
    source: str,
    metadata: dict[str, Any],
    expected: tuple[int, int],
    words: str,
) -> None:
    answer = await edge.upload(f"/scripts/{name}", source, **metadata)
    assert code(answer) == expected
    assert words in answer.json()["errors"][0]["message"]
    assert (await edge.api.get(f"{scripts(edge)}/{name}")).status_code == 404


async def test_the_date_of_today_is_taken_though_workerd_is_older(edge: Edge, name: str) -> None:
    """And shown as it was given; workerd runs the script with the newest date that it knows."""
    today = str(datetime.now(UTC).date())
    await edge.script(name, ANSWER, compatibility_date=today)
    assert (await edge.get(name)).text == "one"
    settings = result(await edge.api.get(f"{scripts(edge)}/{name}/settings"))
    assert settings["compatibility_date"] == today


def test_a_date_that_workerd_does_not_know_is_not_asked_of_it() -> None:
    config = VersionConfig(main="index.js", syntax="modules", compatibility_date="2026-11-02")
    version = ScriptVersion("id", "", "", config, [], (ScriptModule("index.js", "js", "", b""),))
    for newest, expected in (("2026-11-01", "2026-11-01"), ("2026-12-01", "2026-11-02")):
        code = code_of(version, ACCOUNT_OWNER, newest_date=newest)
        assert code["compatibilityDate"] == expected


async def test_names_that_are_not_allowed(edge: Edge) -> None:
    for bad in ("Upper", "-dash", "a" * 64, "dot.ted"):
        assert code(await edge.upload(f"/scripts/{bad}", ANSWER)) == (400, 10016)


async def test_names_that_are_allowed(edge: Edge, name: str) -> None:
    for good in (f"1-{name}", f"{name}_a", f"_{name}-", f"{name}{'a' * 63}"[:63]):
        await edge.script(good, ANSWER)
        assert (await edge.get(good)).text == "one"


async def test_a_script_that_is_too_large(edge: Edge, name: str) -> None:
    big = module("big.bin", os.urandom(11 << 20), "application/octet-stream")
    metadata = {"main_module": "index.js"}
    answer = await edge.put(f"/scripts/{name}", [module("index.js", ANSWER), big], metadata)
    assert code(answer) == (400, 10027)


async def test_a_script_that_hangs_at_its_start(edge: Edge, name: str) -> None:
    answer = await edge.upload(f"/scripts/{name}", "for (;;) {}")
    assert code(answer) == (400, 10021)
    assert "CPU time limit" in answer.json()["errors"][0]["message"]
    assert (await edge.upload(f"/scripts/{name}", ANSWER)).status_code == 200


async def test_bindings_are_kept_inherited_or_dropped(edge: Edge, name: str) -> None:
    path = f"/scripts/{name}"

    async def bound() -> list[tuple[str, str]]:
        settings = result(await edge.api.get(f"{edge.account}/workers{path}/settings"))
        assert all(
            "text" not in binding
            for binding in settings["bindings"]
            if binding["type"] == "secret_text"
        )
        return [(binding["name"], binding["type"]) for binding in settings["bindings"]]

    def text(key: str) -> dict[str, str]:
        return {"type": "plain_text", "name": key, "text": key}

    secret = {"type": "secret_text", "name": "S", "text": "hidden"}
    await edge.upload(path, ANSWER, bindings=[text("B"), text("A"), secret])
    assert await bound() == [("A", "plain_text"), ("B", "plain_text"), ("S", "secret_text")]
    await edge.upload(path, ANSWER, bindings=[{"type": "inherit", "name": "A"}])
    assert await bound() == [("A", "plain_text"), ("S", "secret_text")]
    await edge.upload(path, ANSWER, bindings=[text("C")], keep_bindings=["plain_text"])
    assert await bound() == [("A", "plain_text"), ("C", "plain_text")]
    await edge.upload(path, ANSWER, bindings=[{"type": "inherit", "name": "X"}])
    assert await bound() == []
    strict = await edge.api.put(
        f"{edge.account}/workers{path}?bindings_inherit=strict",
        files=[
            module("index.js", ANSWER),
            (
                "metadata",
                (
                    None,
                    json.dumps(
                        {"main_module": "index.js", "bindings": [{"type": "inherit", "name": "X"}]}
                    ),
                    "",
                ),
            ),
        ],
    )
    assert code(strict) == (400, 10057)


async def test_a_binding_without_a_value_keeps_it(edge: Edge, name: str) -> None:
    source = "export default { fetch: (request, env) => Response.json([env.A, env.S, env.J]) };"
    bound: list[dict[str, Any]] = [
        {"type": "plain_text", "name": "A", "text": "a"},
        {"type": "secret_text", "name": "S", "text": "s"},
        {"type": "json", "name": "J", "json": [1]},
    ]
    await edge.script(name, source, bindings=bound)
    path = f"{scripts(edge)}/{name}/settings"

    async def patch(*bindings: dict[str, Any]) -> Any:
        part = (None, json.dumps({"bindings": bindings}), "application/json")
        return await edge.api.patch(path, files={"settings": part})

    bare = [{"type": binding["type"], "name": binding["name"]} for binding in bound]
    new = {"type": "secret_text", "name": "T", "text": "t"}
    assert len(result(await patch(*bare, new))["bindings"]) == 4
    assert (await edge.get(name)).json() == ["a", "s", [1]]
    for kind, key, word in (
        ("secret_text", "A", "'text'"),
        ("plain_text", "S", "'text'"),
        ("kv_namespace", "A", "'namespace_id'"),
        ("secret_text", "new", "'text'"),
        ("secret_key", "S", "does not have"),
    ):
        answer = await patch({"type": kind, "name": key})
        assert code(answer) == (400, 10021)
        assert word in answer.json()["errors"][0]["message"]


async def test_settings_are_changed_by_multipart_only(edge: Edge, name: str) -> None:
    source = "export default { fetch(request, env) { return new Response(env.A); } };"
    await edge.script(name, source, bindings=[{"type": "plain_text", "name": "A", "text": "old"}])
    path = f"{scripts(edge)}/{name}/settings"
    assert code(await edge.api.patch(path, json={})) == (415, 10001)
    patch = {"bindings": [{"type": "plain_text", "name": "A", "text": "new"}], "tags": ["t"]}
    part = (None, json.dumps(patch), "application/json")
    changed = result(await edge.api.patch(path, files={"settings": part}))
    assert (changed["tags"], changed["compatibility_date"]) == (["t"], "2026-01-01")
    assert (await edge.get(name)).text == "new"


async def test_script_settings_hold_what_is_not_versioned(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", ANSWER)
    path = f"{scripts(edge)}/{name}/script-settings"
    assert set(result(await edge.api.get(path))) == {
        "logpush",
        "observability",
        "tags",
        "tail_consumers",
    }
    changed = result(
        await edge.api.patch(path, json={"observability": {"enabled": True}, "tags": ["z"]})
    )
    assert (changed["observability"], changed["tags"]) == ({"enabled": True}, ["z"])


# Takes a while to start, so that an upload of it is in flight for as long.
SLOW = "for (let i = 0; i < 100_000_000; i++); " + ANSWER


@pytest.mark.parametrize("dispatched", [False, True])
async def test_a_change_during_an_upload_is_not_lost(
    edge: Edge, name: str, dispatched: bool
) -> None:
    path = f"{await edge.namespace(name) if dispatched else '/scripts'}/{name}"
    await edge.upload(path, ANSWER, tags=["old"])
    uploads = [asyncio.create_task(edge.upload(path, SLOW)) for _ in range(4)]
    await asyncio.sleep(0.1)
    url = f"{edge.account}/workers{path}"
    if dispatched:
        for answer in (
            await edge.api.put(f"{url}/tags", json=["a", "b"]),
            await edge.api.put(f"{url}/tags/c"),
            await edge.api.delete(f"{url}/tags/b"),
        ):
            assert answer.status_code == 200
    else:
        patch = {"tags": ["a", "c"], "logpush": True}
        assert (await edge.api.patch(f"{url}/script-settings", json=patch)).status_code == 200
    assert [answer.status_code for answer in await asyncio.gather(*uploads)] == [200] * 4
    settings = result(await edge.api.get(f"{url}/settings"))
    assert (settings["tags"], settings["logpush"]) == (["a", "c"], not dispatched)


async def test_a_script_in_use_is_deleted_by_force_only(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}a", ANSWER)
    binding = {"type": "service", "name": "S", "service": f"{name}a"}
    await edge.upload(f"/scripts/{name}b", ANSWER, bindings=[binding])
    path = f"{scripts(edge)}/{name}a"
    assert code(await edge.api.delete(path)) == (400, 10142)
    assert (await edge.api.delete(path, params={"force": "true"})).status_code == 200


async def test_content_alone_is_replaced(edge: Edge, name: str) -> None:
    await edge.script(name, ANSWER, bindings=[{"type": "plain_text", "name": "A", "text": "kept"}])
    source = "export default { fetch(request, env) { return new Response(env.A); } };"
    before = result(await edge.api.get(f"{scripts(edge)}/{name}/settings"))
    metadata = {
        "main_module": "other.js",
        "compatibility_date": "2024-01-01",
        "compatibility_flags": ["nodejs_compat"],
        "limits": {"cpu_ms": 10},
        "bindings": [],
        "tags": ["t"],
    }
    answer = await edge.put(f"/scripts/{name}/content", [module("other.js", source)], metadata)
    assert answer.status_code == 200
    assert (await edge.get(name)).text == "kept"
    assert result(await edge.api.get(f"{scripts(edge)}/{name}/settings")) == before


@pytest.mark.parametrize(
    "metadata",
    [
        {"bindings": "x"},
        {"bindings": [1]},
        {"limits": []},
        {"limits": {"cpu_ms": "1"}},
        {"observability": {}},
        {"compatibility_flags": "nodejs_compat"},
        {"compatibility_date": 2026},
        {"keep_bindings": "secret_text"},
        {"tags": "a"},
        {"usage_model": "huge"},
        {"usage_model": 7},
        {"placement": {"mode": "off"}},
        {"placement": {"mode": ["smart"]}},
        {"logpush": "yes"},
    ],
)
async def test_metadata_of_the_wrong_kind_is_named(
    edge: Edge, name: str, metadata: dict[str, Any]
) -> None:
    answer = await edge.upload(f"/scripts/{name}", ANSWER, **metadata)
    assert answer.status_code == 400
    key = next(iter(metadata))
    assert key.lower().removesuffix("s") in answer.json()["errors"][0]["message"].lower()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("assets", {"jwt": "x"}),
        ("containers", [{"class_name": "A"}]),
        ("exports", {"A": {"type": "worker"}}),
        ("migrations", {"new_sqlite_classes": ["A"], "new_tag": "v1"}),
    ],
)
async def test_what_is_not_there_is_refused_and_not_ignored(
    edge: Edge, name: str, key: str, value: object
) -> None:
    answer = await edge.upload(f"/scripts/{name}", ANSWER, **{key: value})
    assert code(answer) == (400, 10021)
    assert f"the local edge has no {key}" in answer.json()["errors"][0]["message"]
    for empty in (None, type(value)()):
        answer = await edge.upload(f"/scripts/{name}", ANSWER, **{key: empty}, unknown_key={"a": 1})
        assert answer.status_code == 200
