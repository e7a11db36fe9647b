"""Every kind of source and module, pins, and following a source that changes."""

import base64
import hashlib
import json
from typing import Any

import pytest

from support.bed import Place
from support.handles import Platform, now
from support.scripts import says
from support.waiting import holds, until

# (module (func (export "answer") (result i32) i32.const 42))
WASM = bytes.fromhex(
    "0061736d010000000105016000017f03020100070a0106616e7377657200000a06010400412a0b"
)
WASM_MAIN = """import module from "./answer.wasm"
import text from "./words.txt"
import data from "./bytes.bin"
import config from "./config.json"
import legacy from "./legacy.js"
const instance = new WebAssembly.Instance(module)
export default { fetch() { return Response.json({ answer: instance.exports.answer(), text,
  bytes: [...new Uint8Array(data)], port: config.port, legacy: legacy.word }) } }
"""
ANSWER = {"answer": 42, "text": "words", "bytes": [0, 255], "port": 8080, "legacy": "common"}
SERVICE_WORKER = """const instance = new WebAssembly.Instance(ANSWER)
addEventListener("fetch", (event) => {
  event.respondWith(new Response(`${GREETING} ${instance.exports.answer()}`))
})
"""
RECHECK_SECONDS = 5.0


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sha256(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def platform(place: Place) -> Platform:
    """A platform with a bucket of its own, looked at often."""
    made = place.platform(place.proxy(), interval="10s")
    made.wait_ready()
    return made


def r2(key: str, **more: Any) -> dict[str, Any]:
    return {"r2": {"key": key, **more}}


def test_inline_modules_of_every_type(place: Place) -> None:
    modules = [
        {"name": "index.js", "text": WASM_MAIN},
        {"name": "answer.wasm", "type": "Wasm", "base64": encoded(WASM)},
        {"name": "words.txt", "type": "Text", "text": "words"},
        {"name": "bytes.bin", "type": "Data", "base64": encoded(b"\x00\xff")},
        {"name": "config.json", "type": "Json", "text": '{"port": 8080}'},
        {"name": "legacy.js", "type": "CommonJS", "text": "module.exports = { word: 'common' }"},
    ]
    worker = place.customer("hello", source={"inline": {"modules": modules, "main": "index.js"}})
    worker.wait_ready()
    assert worker.visit().json() == ANSWER


@pytest.mark.parametrize("kind", ["inline", "configMap"])
def test_modules_with_every_name_that_an_import_can_have(place: Place, kind: str) -> None:
    names = (
        "node_modules/@scope/pkg/index.js",
        "routes/[id].js",
        "chunk-a+b.js",
        "größe.js",
        "with spaces.js",
        "a/../b.js",
        "语/😀.js",
    )
    imports = "".join(f"import v{n} from {json.dumps(f'./{m}')}\n" for n, m in enumerate(names))
    said = ", ".join(f"v{number}" for number in range(len(names)))
    texts = {
        "./index.js": imports
        + f"import wasm from './yoga.wasm?module'\nimport text from './words/a.txt'\n"
        f"export default {{ fetch() {{ return Response.json([{said}, text,"
        " new WebAssembly.Instance(wasm).exports.answer()]) } }",
        **{name: f"export default {number}" for number, name in enumerate(names)},
    }
    more = {"yoga.wasm?module": ("Wasm", WASM), "words/a.txt": ("Text", b"words")}
    if kind == "inline":
        modules = [{"name": name, "text": text} for name, text in texts.items()]
        modules += [
            {"name": name, "type": type, "base64": encoded(data)}
            for name, (type, data) in more.items()
        ]
        source: dict[str, Any] = {"inline": {"modules": modules, "main": "./index.js"}}
    else:
        items = [{"key": f"k{n}", "path": name} for n, name in enumerate(texts)]
        items += [{"key": t, "path": name, "type": t} for name, (t, _) in more.items()]
        place.access.kubectl.apply(
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "code", "namespace": place.namespace},
                "data": {f"k{number}": text for number, text in enumerate(texts.values())},
                "binaryData": {type: encoded(data) for type, data in more.values()},
            }
        )
        source = {"configMap": {"name": "code", "items": items, "main": "./index.js"}}
    worker = place.customer("hello", source=source)
    worker.wait_ready()
    assert worker.visit().json() == [*range(len(names)), "words", 42]


def test_a_service_worker_with_wasm_as_a_variable(place: Place) -> None:
    modules = [
        {"name": "worker.js", "type": "ServiceWorker", "text": SERVICE_WORKER},
        {"name": "ANSWER", "type": "Wasm", "base64": encoded(WASM)},
    ]
    source = {"inline": {"modules": modules, "main": "worker.js"}}
    worker = place.customer("hello", source=source, vars={"GREETING": "it is"})
    worker.wait_ready()
    assert worker.visit().text == "it is 42"


def test_config_map_items_with_binary_data_and_folders(place: Place) -> None:
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "code", "namespace": place.namespace},
        "data": {"main": 'import w from "./lib/answer.wasm"\nexport default { fetch() { return '
                 "new Response(String(new WebAssembly.Instance(w).exports.answer())) } }"},
        "binaryData": {"wasm": encoded(WASM)},
    }  # fmt: skip
    place.access.kubectl.apply(body)
    items = [
        {"key": "main", "path": "index.js"},
        {"key": "wasm", "path": "lib/answer.wasm", "type": "Wasm"},
    ]
    config_map = {"name": "code", "items": items, "main": "index.js"}
    worker = place.customer("hello", source={"configMap": config_map})
    worker.wait_ready()
    assert worker.visit().text == "42"


def test_a_config_map_of_a_megabyte_by_server_side_apply(place: Place) -> None:
    script = f"// {'x' * 1_000_000}\n" + says("large")
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "code", "namespace": place.namespace},
        "data": {"worker.js": script},
    }
    place.access.kubectl("apply", "--server-side", "-f", "-", stdin=body)
    worker = place.customer("hello", source={"configMap": {"name": "code", "key": "worker.js"}})
    worker.wait_ready()
    assert worker.visit().text == "large"
    assert worker.status["source"]["digest"] == sha256(script)


def test_a_changed_config_map_is_deployed_within_seconds_without_waiting_for_the_interval(
    place: Place,
) -> None:
    place.config_map("code", worker_js=says("one"))
    source = {"configMap": {"name": "code", "key": "worker.js"}}
    worker = place.customer("hello", source=source, interval="1h")
    worker.wait_ready()
    place.config_map("code", worker_js=says("two"))
    until(lambda: worker.visit().text == "two", "not deployed", RECHECK_SECONDS)


def test_a_config_map_deleted_while_serving_is_said_and_keeps_serving(place: Place) -> None:
    place.config_map("code", worker_js=says("still here"))
    source = {"configMap": {"name": "code", "key": "worker.js"}}
    worker = place.customer("hello", source=source, interval="1h")
    worker.wait_ready()
    place.access.kubectl("-n", place.namespace, "delete", "configmap", "code")
    worker.wait_condition("SourceResolved", "False", "ConfigMapNotFound")
    assert worker.visit().text == "still here"


def test_r2_objects_are_followed_by_one_listing(place: Place, platform: Platform) -> None:
    edge, proxy = place.bed.edge, place.proxies[0]
    edge.put_object(platform.name, "team/worker.js", says("one"))
    workers = [
        place.customer(name, source=r2("team/worker.js"), on=platform) for name in ("a", "b", "c")
    ]
    for worker in workers:
        worker.wait_ready()
        assert worker.visit().text == "one"
    began = now()
    edge.put_object(platform.name, "team/worker.js", says("two"))
    platform.check_now()
    for worker in workers:
        until(lambda w=worker: w.visit().text == "two", "not followed")  # type: ignore[misc]
    gets = [c for c in proxy.calls("GET", "/objects/team/worker.js$") if c.at > began]
    assert len(gets) == 1


def test_an_r2_folder_takes_each_module_as_its_content_type_says(
    place: Place, platform: Platform
) -> None:
    edge, bucket = place.bed.edge, platform.name
    edge.put_object(bucket, "app/index.js", WASM_MAIN)
    edge.put_object(bucket, "app/answer.wasm", WASM, "application/wasm")
    edge.put_object(bucket, "app/words.txt", "words", "text/plain")
    edge.put_object(bucket, "app/bytes.bin", b"\x00\xff", "application/octet-stream")
    edge.put_object(bucket, "app/config.json", '{"port": 8080}', "application/json")
    edge.put_object(
        bucket, "app/legacy.js", "module.exports = {word: 'common'}", "application/javascript"
    )
    worker = place.customer("hello", source=r2("app/", main="index.js"), on=platform)
    worker.wait_ready()
    assert worker.visit().json() == ANSWER
    worker.apply(source=r2("app/", main="missing.js"))
    found = worker.wait_condition("SourceResolved", "False", "ModuleNotFound")
    assert "'missing.js'" in found["message"]
    assert worker.visit().json() == ANSWER


def test_a_bundle_as_wrangler_writes_it(place: Place, platform: Platform) -> None:
    metadata = json.dumps({"main_module": "index.js", "compatibility_date": "2024-01-01"})
    parts = (
        ("metadata", "application/json", metadata.encode()),
        ("index.js", "application/javascript+module", WASM_MAIN.encode()),
        ("./answer.wasm", "application/wasm", WASM),
        ("words.txt", "text/plain", b"words"),
        ("bytes.bin", "application/octet-stream", b"\x00\xff"),
        ("config.json", "application/json", b'{"port": 8080}'),
        ("legacy.js", "application/javascript", b"module.exports = {word: 'common'}"),
    )
    body = b"".join(
        b"--b0undary\r\nContent-Disposition: form-data; "
        + f'name="{name}"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'.encode()
        + data
        + b"\r\n"
        for name, kind, data in parts
    )
    place.bed.edge.put_object(
        platform.name,
        "bundle",
        body + b"--b0undary--\r\n",
        "multipart/form-data; boundary=b0undary",
    )
    worker = place.customer("hello", source=r2("bundle"), on=platform)
    worker.wait_ready()
    assert worker.visit().json() == ANSWER
    assert worker.status["compatibility"] == {"date": "2024-01-01"}


def test_a_missing_bucket_or_object_is_named_and_taken_up_later(
    place: Place, platform: Platform
) -> None:
    other = f"{place.slug}-more"
    worker = place.customer("hello", source=r2("w.js", bucket=other), on=platform)
    found = worker.wait_condition("SourceResolved", "False", "R2BucketNotFound")
    assert repr(other) in found["message"]
    place.bed.edge.create_bucket(other)
    worker.check_now()
    found = worker.wait_condition("SourceResolved", "False", "R2ObjectNotFound")
    assert "'w.js'" in found["message"]
    place.bed.edge.put_object(other, "w.js", says("there at last"))
    worker.check_now()
    worker.wait_ready()
    assert worker.visit().text == "there at last"
    place.bed.edge.delete_bucket(other)
    platform.check_now()
    worker.wait_condition("SourceResolved", "False", "R2BucketNotFound")
    assert worker.visit().text == "there at last"


def test_a_digest_refuses_anything_else_and_the_old_version_keeps_serving(place: Place) -> None:
    place.config_map("code", worker_js=says("pinned"))
    source = {"configMap": {"name": "code", "key": "worker.js"}, "digest": sha256(says("pinned"))}
    worker = place.customer("hello", source=source)
    worker.wait_ready()
    place.config_map("code", worker_js=says("other"))
    found = worker.wait_condition("SourceResolved", "False", "DigestMismatch")
    assert sha256(says("other")) in found["message"]
    assert worker.condition("Stalled")["status"] == "True"
    assert worker.visit().text == "pinned"
    worker.apply(source={**source, "digest": sha256(says("other"))})
    worker.wait_ready()
    assert worker.visit().text == "other"


def test_pinned_content_waits_until_its_digest_is_named(place: Place) -> None:
    place.config_map("code", worker_js=says("one"))
    source = {"configMap": {"name": "code", "key": "worker.js"}, "updatePolicy": "Pinned"}
    worker = place.customer("hello", source=source)
    worker.wait_ready()
    place.config_map("code", worker_js=says("two"))
    until(
        lambda: worker.status["source"].get("updateAvailable") == sha256(says("two")),
        "the update is not shown",
    )
    holds(lambda: worker.visit().text == "one", "it was deployed", 1)
    assert worker.condition("Ready")["status"] == "True"
    # The source does not hold the pinned content any more: another instance is made of what is deployed.
    worker.scale(2)
    worker.wait_ready()
    answers = {worker.visit(Code24_Instance=str(i)).text for i in (0, 1)}
    assert (answers, len(worker.scripts())) == ({"one"}, 2)
    worker.apply(source={**source, "digest": sha256(says("two"))})
    worker.wait_ready()
    assert worker.visit().text == "two"
    assert "updateAvailable" not in worker.status["source"]


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ({"type": "Wasm", "base64": encoded(b"not wasm")}, "declared as Wasm"),
        ({"type": "Text", "base64": encoded(b"\xff\xfe")}, "is not UTF-8"),
        ({"type": "Data", "base64": "AAA"}, "malformed"),
    ],
    ids=["wasm", "text", "base64"],
)
def test_a_module_that_is_not_what_it_is_said_to_be_is_named(
    place: Place, module: dict[str, str], words: str
) -> None:
    modules = [{"name": "i.js", "text": says("x")}, {"name": "odd", **module}]
    worker = place.customer("hello", source={"inline": {"modules": modules, "main": "i.js"}})
    found = worker.wait_condition("SourceResolved", "False", "ModuleInvalid")
    assert "'odd'" in found["message"]
    assert words in found["message"]


def test_a_script_over_ten_megabytes_compressed_is_refused_before_it_is_uploaded(
    place: Place, platform: Platform
) -> None:
    noise = hashlib.shake_256(b"noise").digest(11 * 1024 * 1024)
    edge, proxy = place.bed.edge, place.proxies[0]
    edge.put_object(platform.name, "big/index.js", says("x"))
    edge.put_object(platform.name, "big/noise.bin", noise, "application/octet-stream")
    began = now()
    worker = place.customer("hello", source=r2("big/", main="index.js"), on=platform)
    found = worker.wait_condition("SourceResolved", "False", "ScriptTooLarge", 30)
    assert "11.0 MiB compressed; Cloudflare's limit is 10 MiB" in found["message"]
    assert not [c for c in proxy.calls("PUT", "/dispatch/.*/scripts/") if c.at > began]


def test_compatibility_is_passed_on_and_one_from_the_future_is_explained(place: Place) -> None:
    worker = place.customer("hello", says("x"))
    worker.wait_ready()
    assert worker.status["compatibility"] == {"date": "2021-11-02"}
    assert place.bed.edge.settings(worker.space, next(iter(worker.scripts())))[
        "compatibility_date"
    ] in (None, "2021-11-02")
    worker.apply(compatibility={"date": "2026-01-01", "flags": ["nodejs_compat"]})
    worker.wait_ready()
    assert worker.status["compatibility"] == {"date": "2026-01-01", "flags": ["nodejs_compat"]}
    worker.apply(compatibility={"date": "2035-01-01"})
    found = worker.wait_condition("Deployed", "False", "ScriptRejected")
    assert "2035-01-01" in found["message"]
    assert worker.visit().text == "x"
