"""Sources become code, or an error that says what is missing and who has to act."""

import base64
import json
import os
from collections.abc import Callable, Mapping
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.content import Code, Module
from workers_operator.domain.errors import ReconcileError, Stalled, Waiting
from workers_operator.resources import (
    ConfigMapItem,
    ConfigMapSource,
    InlineModule,
    InlineSpec,
    R2Source,
)
from workers_operator.resources.source import ModuleType
from workers_operator.sources import resolve as module
from workers_operator.sources.resolve import (
    Blob,
    check_size,
    from_config_map,
    from_folder,
    from_inline,
    from_object,
    single,
)
from workers_operator.sources.templates import ES_MODULE

SCRIPT = "export default { fetch() { return new Response('zwölf') } }"
WASM = b"\0asm\1\0\0\0"
FROM_MAP = ConfigMapSource(name="code", key="worker.js")


def refused(work: Callable[[], object], reason: str, *words: str) -> ReconcileError:
    with pytest.raises(ReconcileError) as caught:
        work()
    assert caught.value.reason == reason
    for word in words:
        assert word in caught.value.message
    return caught.value


# --- ConfigMaps -------------------------------------------------------------------------------------------------


def test_a_config_map() -> None:
    found = from_config_map({"data": {"worker.js": SCRIPT, "other": "x"}}, FROM_MAP)
    assert found == Code(
        "ConfigMap/code:worker.js",
        "worker.js",
        (Module("worker.js", ES_MODULE, SCRIPT.encode()),),
    )


def test_items_of_a_config_map_are_modules_by_their_paths() -> None:
    source = ConfigMapSource(
        name="code",
        items=(
            ConfigMapItem(key="index.js", path="index.js"),
            ConfigMapItem(key="lib-prices.js", path="lib/prices.js"),
            ConfigMapItem(key="sum.wasm", path="sum.wasm", type="Wasm"),
        ),
        main="index.js",
    )
    config_map = {
        "data": {"index.js": SCRIPT, "lib-prices.js": "export const a = 1"},
        "binaryData": {"sum.wasm": base64.b64encode(WASM).decode()},
    }
    found = from_config_map(config_map, source)
    assert found.main == "index.js"
    assert {m.name: (m.content_type, m.data) for m in found.modules} == {
        "index.js": (ES_MODULE, SCRIPT.encode()),
        "lib/prices.js": (ES_MODULE, b"export const a = 1"),
        "sum.wasm": ("application/wasm", WASM),
    }


@pytest.mark.parametrize(
    "config_map", [{}, {"data": None}, {"data": {"other": "x"}}, {"binaryData": {"other": "eA=="}}]
)
def test_a_key_that_is_not_there_is_waited_for(config_map: Mapping[str, Any]) -> None:
    error = refused(
        lambda: from_config_map(config_map, FROM_MAP),
        "ConfigMapKeyNotFound",
        "'worker.js'",
        "'code'",
    )
    assert isinstance(error, Waiting)
    assert 0 < error.after <= 60


# --- inline -----------------------------------------------------------------------------------------------------


def test_an_inline_script() -> None:
    found = from_inline(InlineSpec(script=SCRIPT))
    assert found.modules == (Module("worker.js", ES_MODULE, SCRIPT.encode()),)
    assert (found.origin, found.main, found.service_worker) == ("inline", "worker.js", False)


def test_an_inline_service_worker() -> None:
    found = from_inline(InlineSpec(script="addEventListener('fetch', f)", type="ServiceWorker"))
    assert found.service_worker
    assert found.modules[0].content_type == "application/javascript"


def test_inline_modules_of_every_type() -> None:
    modules = (
        InlineModule(name="index.js", text="export default {}"),
        InlineModule(name="old.cjs", type="CommonJS", text="module.exports = 1"),
        InlineModule(name="a.txt", type="Text", text="ü"),
        InlineModule(name="a.json", type="Json", text="{}"),
        InlineModule(name="a.bin", type="Data", base64="AP8="),
        InlineModule(name="a.wasm", type="Wasm", base64="AGFz\n bQEAAAA="),
    )
    found = from_inline(InlineSpec(modules=modules, main="index.js"))
    assert found.main == "index.js"
    assert [(m.name, m.content_type, m.data) for m in found.modules] == [
        ("index.js", "application/javascript+module", b"export default {}"),
        ("old.cjs", "application/javascript", b"module.exports = 1"),
        ("a.txt", "text/plain", "ü".encode()),
        ("a.json", "application/json", b"{}"),
        ("a.bin", "application/octet-stream", b"\0\xff"),
        ("a.wasm", "application/wasm", WASM),
    ]
    said = {m.type for m in modules} | {"ServiceWorker"}
    assert said == set(get_args(ModuleType)) == set(module.CONTENT_TYPES)


@pytest.mark.parametrize("text", ["A", "AAA", "A===", "A=AA", "=AAA", "AA-_", "ÄÖÜß", "x'$"])
def test_malformed_base64_is_refused_by_the_modules_name(text: str) -> None:
    modules = (
        InlineModule(name="index.js", text=""),
        InlineModule(name="a.bin", type="Data", base64=text),
    )
    error = refused(
        lambda: from_inline(InlineSpec(modules=modules, main="index.js")),
        "ModuleInvalid",
        "module 'a.bin': the base64",
    )
    assert isinstance(error, Stalled)


@given(st.binary(), st.integers(1, 80))
def test_base64_may_be_wrapped(data: bytes, width: int) -> None:
    text = base64.b64encode(data).decode()
    wrapped = "\n".join(text[i : i + width] for i in range(0, len(text), width))
    modules = (
        InlineModule(name="index.js", text=""),
        InlineModule(name="a", type="Data", base64=wrapped),
    )
    assert from_inline(InlineSpec(modules=modules, main="index.js")).modules[1].data == data


def _service_worker(name: str) -> InlineSpec:
    return InlineSpec(
        modules=(
            InlineModule(name="sw.js", type="ServiceWorker", text="addEventListener('fetch', f)"),
            InlineModule(name=name, type="Text", text="x"),
        ),
        main="sw.js",
    )


def test_modules_of_a_service_worker_are_named_like_variables() -> None:
    assert from_inline(_service_worker("NOTE")).service_worker
    refused(lambda: from_inline(_service_worker("a.txt")), "ModuleInvalid", "'a.txt'", "variable")


def test_what_is_said_to_be_wasm_has_to_begin_as_such() -> None:
    wrong = InlineSpec(
        modules=(
            InlineModule(name="index.js", text=""),
            InlineModule(name="a.wasm", type="Wasm", base64="AAAA"),
        ),
        main="index.js",
    )
    refused(lambda: from_inline(wrong), "ModuleInvalid", "'a.wasm'", "Wasm")


def test_the_same_text_is_the_same_version_wherever_it_comes_from() -> None:
    inline = from_inline(InlineSpec(script=SCRIPT))
    mapped = from_config_map({"data": {"worker.js": SCRIPT}}, FROM_MAP)
    stored = from_object(Blob(SCRIPT.encode(), ""), R2Source(key="a.js"), "r2/b/a.js")
    assert inline.digest == mapped.digest == stored.digest
    assert inline.revision == mapped.revision == stored.revision


# --- R2 objects -------------------------------------------------------------------------------------------------


def bundle(metadata: object, *parts: tuple[str, str, bytes]) -> Blob:
    named = [("metadata", "application/json", json.dumps(metadata).encode()), *parts]
    body = b""
    for name, kind, data in named:
        file = f'; filename="{name}"' if name != "metadata" else ""
        head = (
            f'Content-Disposition: form-data; name="{name}"{file}\r\nContent-Type: {kind}\r\n\r\n'
        )
        body += b"--b0undary\r\n" + head.encode() + data + b"\r\n"
    return Blob(body + b"--b0undary--\r\n", "multipart/form-data; boundary=b0undary")


def from_r2(blob: Blob, source: R2Source | None = None) -> Code:
    return from_object(blob, source or R2Source(key="w"), "r2/b/w")


INDEX = ("index.js", ES_MODULE, SCRIPT.encode())


def test_an_object_is_a_script_of_the_type_that_is_said() -> None:
    plain = from_r2(Blob(b"x", "text/plain"))
    assert (plain.modules[0].content_type, plain.service_worker) == (ES_MODULE, False)
    worker = from_r2(Blob(b"x", ""), R2Source(key="w", type="ServiceWorker"))
    assert (worker.modules[0].content_type, worker.service_worker) == ("application/javascript", True)  # fmt: skip


@pytest.mark.parametrize("with_boundary", [True, False])
def test_a_bundle(with_boundary: bool) -> None:
    metadata = {
        "main_module": "./index.js",
        "compatibility_date": "2026-10-01",
        "compatibility_flags": ["nodejs_compat"],
        "bindings": [{"type": "plain_text", "name": "A", "text": "for the spec to give"}],
        "observability": {"enabled": True},
        "migrations": None,
    }
    blob = bundle(
        metadata,
        INDEX,
        ("./sum.wasm", "application/wasm", WASM + b"\r\n\r\n--b0undar\n\r"),
        ("index.js.map", "application/source-map", b"{}"),
    )
    found = from_r2(blob if with_boundary else Blob(blob.data, "multipart/form-data"))
    assert found.main == "index.js"
    assert found.modules == (
        Module("index.js", ES_MODULE, SCRIPT.encode()),
        Module("sum.wasm", "application/wasm", WASM + b"\r\n\r\n--b0undar\n\r"),
    )
    assert (found.compatibility_date, found.compatibility_flags) == ("2026-10-01", ("nodejs_compat",))  # fmt: skip
    assert found.asks == (("A", "plain_text"),)
    assert found.left_out == ("observability", "index.js.map")


def test_modules_of_a_service_worker_are_bound_anyway() -> None:
    bindings = [{"type": "wasm_module", "name": "SUM", "part": "SUM"}]
    other = [{"type": "wasm_module", "name": "SUM", "part": "sum"}]
    parts = (("sw.js", "application/javascript", b"x"), ("SUM", "application/wasm", WASM))
    assert from_r2(bundle({"body_part": "sw.js", "bindings": bindings}, *parts)).asks == ()
    found = from_r2(bundle({"body_part": "sw.js", "bindings": other}, *parts))
    assert found.asks == (("SUM", "wasm_module"),)


def test_a_bundle_of_a_service_worker() -> None:
    found = from_r2(bundle({"body_part": "sw.js"}, ("sw.js", "application/javascript", b"x")))
    assert found.service_worker
    assert found.main == "sw.js"


@pytest.mark.parametrize(
    ("blob", "reason"),
    [
        (Blob(b"no form at all", "multipart/form-data; boundary=b"), "ModuleInvalid"),
        (Blob(b"", "multipart/form-data"), "ModuleInvalid"),
        (bundle([], INDEX), "ModuleInvalid"),
        (bundle({}, INDEX), "ModuleInvalid"),
        (bundle({"main_module": 3}, INDEX), "ModuleInvalid"),
        (bundle({"main_module": "index.js", "bindings": "x"}, INDEX), "ModuleInvalid"),
        (bundle({"main_module": "index.js", "bindings": ["x"]}, INDEX), "ModuleInvalid"),
        (bundle({"main_module": "index.js", "bindings": [{"name": "A"}]}, INDEX), "ModuleInvalid"),
        (bundle({"main_module": "other.js"}, INDEX), "ModuleNotFound"),
        (bundle({"main_module": "index.js"}, ("index.js", ES_MODULE, b"\xff")), "ModuleInvalid"),
        (bundle({"main_module": "index.js", "compatibility_flags": [{}]}, INDEX), "ModuleInvalid"),
        (bundle({"main_module": "index.js", "compatibility_flags": [1]}, INDEX), "ModuleInvalid"),
        (bundle({"main_module": "index.js", "compatibility_flags": "a"}, INDEX), "ModuleInvalid"),
        (bundle({"main_module": "index.js", "compatibility_date": 2026}, INDEX), "ModuleInvalid"),
    ],
    ids=str,
)
def test_a_bundle_that_is_none_is_refused_by_its_place(blob: Blob, reason: str) -> None:
    assert isinstance(refused(lambda: from_r2(blob), reason, "r2/b/w"), Stalled)


@pytest.mark.parametrize("kind", ["text/html", "application/x-elf", "text/plain\x01", "x" * 300])
def test_a_part_of_a_bundle_is_of_a_module_type(kind: str) -> None:
    blob = bundle({"main_module": "index.js"}, INDEX, ("odd", kind, b"x"))
    words = ("module 'odd': its Content-Type", "is not a module type; set one of: application/java")
    error = refused(lambda: from_r2(blob), "ModuleInvalid", "r2/b/w", *words)
    assert len(error.message) < 500


@given(
    st.binary(max_size=200), st.sampled_from(["", "; boundary=b", "; boundary=", '; boundary="'])
)
def test_any_bytes_are_a_bundle_or_refused(data: bytes, parameter: str) -> None:
    with pytest.raises(Stalled):
        from_r2(Blob(data, f"multipart/form-data{parameter}"))


FOLDER: Mapping[str, Blob] = {
    "index.js": Blob(SCRIPT.encode(), "application/javascript+module"),
    "lib/old.cjs": Blob(b"module.exports = 1", "application/javascript"),
    "a.txt": Blob(b"x", "text/plain; charset=utf-8"),
    "a.json": Blob(b"{}", "application/json"),
    "a.bin": Blob(b"\0\xff", "application/octet-stream"),
    "a.wasm": Blob(WASM, "application/wasm"),
}


def test_a_folder_says_by_content_type_what_each_object_is() -> None:
    found = from_folder(FOLDER, "index.js", "r2/b/w/")
    assert not found.service_worker
    assert {m.name: m.content_type for m in found.modules} == {
        "index.js": ES_MODULE,
        "lib/old.cjs": "application/javascript",
        "a.txt": "text/plain",
        "a.json": "application/json",
        "a.bin": "application/octet-stream",
        "a.wasm": "application/wasm",
    }


@pytest.mark.parametrize(
    "kind", ["text/javascript+module", "application/javascript+module;charset=utf-8"]
)
def test_other_names_of_a_type_are_understood(kind: str) -> None:
    found = from_folder({"index.js": Blob(b"", kind)}, "index.js", "r2/b/w/")
    assert found.modules[0].content_type == ES_MODULE


def test_a_folder_whose_main_module_is_no_javascript_is_refused() -> None:
    blobs = {**FOLDER, "index.js": Blob(b"hello", "text/plain")}
    refused(lambda: from_folder(blobs, "index.js", "r2/b/w/"), "ModuleInvalid", "text/plain")


def test_a_folder_of_a_service_worker() -> None:
    blobs = {"sw.js": Blob(b"", "application/javascript"), "NOTE": Blob(b"x", "text/plain")}
    assert from_folder(blobs, "sw.js", "r2/b/w/").service_worker


@pytest.mark.parametrize("kind", ["", "image/png"])
@pytest.mark.parametrize("name", ["b.mjs", "logo.png", "lib/data", "yoga.wasm?module"])
def test_a_module_that_does_not_say_what_it_is_is_refused(name: str, kind: str) -> None:
    """One by its extension, or because the code imports it."""
    index = b'import "./a.js"; import logo from "./logo.png"; import(`./lib/data`)'
    blobs = {**FOLDER, "index.js": Blob(index, ES_MODULE), name: Blob(b"", kind)}
    said = (
        f"its Content-Type {kind!r} is not a module type" if kind else "its Content-Type is not set"
    )
    refused(
        lambda: from_folder(blobs, "index.js", "r2/b/w/"), "ModuleInvalid", f"r2/b/w/{name}", said
    )


@pytest.mark.parametrize("kind", ["", "text/markdown"])
def test_what_lies_beside_the_modules_is_left_out(kind: str) -> None:
    """wrangler writes a README.md beside what it bundles."""
    blobs = {**FOLDER, "README.md": Blob(b"# index.js", kind), "index.js.map": Blob(b"{}", kind)}
    found = from_folder(blobs, "index.js", "r2/b/w/")
    assert found.left_out == ("README.md", "index.js.map")
    plain = from_folder(FOLDER, "index.js", "r2/b/w/")
    assert (found.modules, found.revision) == (plain.modules, plain.revision)


def test_a_main_module_that_is_not_there_comes_with_what_is() -> None:
    refused(
        lambda: from_folder(FOLDER, "main.js", "r2/b/w/"),
        "ModuleNotFound",
        "'main.js'",
        "lib/old.cjs",
    )


# --- sizes ------------------------------------------------------------------------------------------------------


def test_a_script_that_cloudflare_would_not_take_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_COMPRESSED_BYTES", 100)
    monkeypatch.setattr(module, "MAX_BYTES", 10_000)
    check_size(single(b"x" * 10_000, "ESModule", "inline"))  # it compresses well
    large = single(b"x" * 10_001, "ESModule", "inline")
    error = refused(lambda: check_size(large), "ScriptTooLarge", "before")
    assert isinstance(error, Stalled)
    noise = Code("inline", "a", (Module("a", "application/wasm", os.urandom(200)),))
    refused(lambda: check_size(noise), "ScriptTooLarge", "compressed")


def test_all_modules_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    parts = tuple(Module(name, "text/plain", b"12345") for name in "abc")
    check_size(Code("inline", "a", parts[:2]))
    refused(lambda: check_size(Code("inline", "a", parts)), "ScriptTooLarge")
