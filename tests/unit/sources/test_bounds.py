"""What a source may cost: the event loop goes on, memory is bounded, and a refusal names the file and the limit."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from support.bounds import MIB, peak, responsive
from support.platforms import slotless
from support.storage import Stored
from unit.sources.test_loading import MANIFEST, OWN_JS, OWN_YAML, SCRIPT, Loading
from workers_operator.domain.content import Code, Module
from workers_operator.domain.errors import Stalled
from workers_operator.engine.offload import LARGE, Room
from workers_operator.engine.priority import Priority
from workers_operator.sources import resolve
from workers_operator.sources.loading import MAX_FILES, Loaded
from workers_operator.sources.resolve import MAX_MODULES, from_folder, single
from workers_operator.sources.templates import ES_MODULE

BUNDLE = "multipart/form-data; boundary=b"
METADATA = {"main_module": "a.js"}


def bundle(*modules: tuple[str, str, bytes], metadata: Any = METADATA) -> Stored:
    text = metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode()
    parts = [("metadata", "application/json", text), *modules]
    heads = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\nContent-Type: {kind}\r\n\r\n'
        for name, kind, _ in parts
    ]
    body = (h.encode() + data + b"\r\n" for h, (_, _, data) in zip(heads, parts, strict=True))
    return Stored(b"".join(body) + b"--b--\r\n", BUNDLE)


INDEX = ("a.js", ES_MODULE, SCRIPT)


async def listed(**files: Stored) -> Loading:
    bench = Loading(**files)
    await bench.look()
    return bench


# --- bundles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"\n" * (20 * MIB), b"'\"`/" * (2 * MIB), os.urandom(9 * MIB)],
    ids=["newlines", "quotes", "noise"],
)
async def test_the_loop_goes_on_while_a_large_bundle_is_read(content: bytes) -> None:
    bench = await listed(w=bundle(INDEX, ("a.bin", "application/octet-stream", content)))
    async with responsive():
        code = (await bench.load(r2={"key": "w"})).code
        assert [len(module.data) for module in code.modules] == [len(SCRIPT), len(content)]
        assert "digest" in vars(code)  # nobody has to compute it on the loop
        assert "digest" in vars(code.compatible("2026-01-01", ("a",)))


async def test_a_large_bundle_takes_its_memory_twice() -> None:
    stored = bundle(INDEX, ("a.txt", "text/plain", b"\n" * (20 * MIB)))
    bench = await listed(w=stored)
    with peak() as cost:
        await bench.load(r2={"key": "w"})
    assert cost.memory < 2 * len(stored.data) + 5 * MIB


async def test_a_bundle_of_newlines_is_refused_in_words() -> None:
    bench = await listed(w=Stored(b"\n" * (20 * MIB), BUNDLE))
    async with responsive():
        error = await bench.refused("ModuleInvalid", "r2/workers-data/w", r2={"key": "w"})
    assert isinstance(error, Stalled)


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        (b"[" * 100_000, "no part 'metadata' with valid JSON"),
        (b"[]".ljust(MIB + 1), "metadata have 1048577 bytes, more than 1048576"),
        (METADATA | {f"s{n}": 1 for n in range(10_000)}, "s0, which the operator does not support"),
    ],
    ids=["deep", "large", "many settings"],
)
async def test_metadata_that_are_too_much(metadata: Any, words: str) -> None:
    bench = await listed(w=bundle(INDEX, metadata=metadata))
    with pytest.raises(Stalled) as caught:
        await bench.load(r2={"key": "w"})
    assert caught.value.message.startswith("r2/workers-data/w: ")
    assert words in caught.value.message
    assert len(caught.value.message) < 500


# --- what is not read -------------------------------------------------------------------------------------------------


async def test_a_folder_of_many_files_is_not_read() -> None:
    files = {f"w/{n}.txt": Stored(b"x", "text/plain") for n in range(MAX_FILES)}
    bench = await listed(**files, **{"w/a.js": Stored(SCRIPT, ES_MODULE)})
    source = {"key": "w/", "main": "a.js"}
    error = await bench.refused("ScriptTooLarge", "w/ has 251 objects, more than 250", r2=source)
    assert isinstance(error, Stalled)
    assert "bundle" in error.message
    assert bench.reads == []


async def test_a_template_that_is_too_large_is_not_read() -> None:
    files = {OWN_JS: Stored(SCRIPT, ES_MODULE), OWN_YAML: Stored(MANIFEST.ljust(64 * 1024 + 1))}
    bench = await listed(**files)
    words = f"{OWN_YAML} has 65537 bytes, more than 65536"
    await bench.refused("TemplateInvalid", words, template="own")
    bench = await listed(**{OWN_JS: Stored(bytes(66 * MIB)), OWN_YAML: Stored(MANIFEST)})
    await bench.refused("ScriptTooLarge", "template 'own' has 66.0 MiB", template="own")
    assert bench.reads == []


async def test_an_object_that_has_grown_since_it_was_listed_is_not_read_to_its_end() -> None:
    files = {f"w/{name}": Stored(b"x", ES_MODULE) for name in ("a.js", "b.js")}
    bench = await listed(**files)
    grown = bench.storage.buckets["workers-data"]
    grown["w/a.js"] = grown["w/b.js"] = Stored(bytes(40 * MIB), ES_MODULE)
    source = {"key": "w/", "main": "a.js"}
    await bench.refused("ScriptTooLarge", "'w/b.js'", "more than 26214400 bytes", r2=source)


# --- modules ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [MIB, 20 * MIB])
def test_json_takes_no_more_memory_than_it_has_bytes(size: int) -> None:
    text = b"[" + b"[]," * (size // 3 - 1) + b"0]"
    module = Module("a.json", "application/json", text.ljust(size))
    with peak() as cost:
        resolve.check_module("inline", module)
    assert cost.memory < 30 * MIB


def test_json_may_not_be_deep() -> None:
    module = Module("a.json", "application/json", b"[" * 500_000)
    with pytest.raises(Stalled, match=r"'a\.json' is JSON that is nested"):
        resolve.check_module("inline", module)


def test_text_is_decoded_in_parts() -> None:
    text = b"x" * (20 * MIB) + "\U0001f600".encode()  # as one string, four bytes a character
    with peak() as cost:
        single(text, "ESModule", "inline")
    assert cost.memory < 30 * MIB
    with pytest.raises(Stalled, match="not UTF-8"):
        single(b"x" * (2 * MIB - 1) + "é".encode()[:1], "ESModule", "inline")
    assert single(b"x" * (MIB - 1) + "é".encode(), "ESModule", "inline").size == MIB + 1


def test_a_script_is_compressed_in_parts() -> None:
    code = single(os.urandom(6 * MIB).hex().encode(), "ESModule", "inline")
    with peak() as cost:
        resolve.check_size(code)
    assert cost.memory < 3 * MIB


def test_a_script_has_so_many_modules_and_no_more() -> None:
    blobs = {f"{n}.txt": resolve.Blob(b"x", "text/plain") for n in range(MAX_MODULES)}
    blobs["a.js"] = resolve.Blob(SCRIPT, ES_MODULE)
    with pytest.raises(Stalled, match="r2/b/w/: the script has 1001 modules, more than 1000"):
        from_folder(blobs, "a.js", "r2/b/w/")


async def test_files_beside_the_modules_are_looked_for_in_one_go() -> None:
    files = {f"w/{'a' * 900}{n}": Stored(b"x", "image/png") for n in range(200)}
    files["w/a.js"] = Stored(b'"' + b"a" * (8 * MIB), ES_MODULE)
    bench = await listed(**files)
    async with responsive():
        code = (await bench.load(r2={"key": "w/", "main": "a.js"})).code
    assert len(code.left_out) == 200


async def test_modules_of_one_key_of_a_config_map_share_its_bytes() -> None:
    bench = Loading()
    text = base64.b64encode(bytes(700_000)).decode()
    items = [{"key": "a", "path": f"m{n}", "type": "Data"} for n in range(49)]
    items.append({"key": "main", "path": "a.js"})
    bench.cluster.config_maps["code"] = {"data": {"main": "export {}"}, "binaryData": {"a": text}}
    async with responsive():
        with peak() as cost:
            source = {"name": "code", "items": items, "main": "a.js"}
            loaded = await bench.load(configMap=source)
    assert loaded.code.size > 30 * MIB
    assert cost.memory < 5 * MIB


# --- templates --------------------------------------------------------------------------------------------------------


async def test_the_loop_goes_on_while_a_manifest_is_parsed() -> None:
    values = ",".join(["0"] * 9000)
    schema = (
        f"{{type: object, additionalProperties: false, properties: {{a: {{enum: [{values}]}}}}}}"
    )
    text = MANIFEST.replace(b"{type: object, properties: {}, additionalProperties: false}", b"@")
    manifest = text.replace(b"@", schema.encode())
    bench = await listed(**{OWN_JS: Stored(SCRIPT, ES_MODULE), OWN_YAML: Stored(manifest)})
    async with responsive():
        loaded = await bench.load(template="own")
    assert loaded.template is not None
    assert len(loaded.template.rules.parameters["properties"]["a"]["enum"]) == 9000


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_small_things_have_a_weight_in_the_cache() -> None:
    nothing = Loaded(Code("inline", "a.js", (Module("a.js", ES_MODULE, b""),)), None)
    assert nothing.weight >= 4096


class Passes:
    """Counts who holds something large, and who waits without a slot."""

    def __init__(self) -> None:
        self.room = Room(self.unslotted)
        self.holding = self.most = self.waiting = 0

    @asynccontextmanager
    async def unslotted(self, priority: Priority) -> AsyncIterator[None]:
        self.waiting += 1
        yield
        self.waiting -= 1

    async def hold(self, size: int, end: asyncio.Event) -> None:
        async with self.room.holding(size, Priority.EDIT):
            self.holding += 1
            self.most = max(self.most, self.holding)
            await end.wait()
            self.holding -= 1


async def test_one_large_content_is_in_memory_at_a_time_and_others_wait_without_a_slot() -> None:
    passes, end = Passes(), asyncio.Event()
    tasks = [asyncio.ensure_future(passes.hold(LARGE + 1, end)) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (passes.holding, passes.waiting) == (1, 2)
    tasks[1].cancel()
    end.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (passes.most, passes.holding) == (1, 0)
    async with passes.room.holding(LARGE + 1, Priority.EDIT):  # who was cancelled has not kept it
        pass


async def test_small_contents_wait_for_nobody() -> None:
    passes, end = Passes(), asyncio.Event()
    sizes = [LARGE + 1, LARGE, LARGE, 0]
    tasks = [asyncio.ensure_future(passes.hold(size, end)) for size in sizes]
    await asyncio.sleep(0)
    assert passes.holding == 4
    end.set()
    await asyncio.gather(*tasks)


async def test_a_room_is_left_when_the_work_fails() -> None:
    room = Room(slotless)
    for _ in range(2):
        with pytest.raises(LookupError):
            async with room.holding(LARGE + 1, Priority.EDIT):
                raise LookupError
