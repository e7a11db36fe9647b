"""Every source takes the names that an import can have, and refuses the others in the same words."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from support.shapes_sources import MODULE_NAMES
from workers_operator.domain.content import Code
from workers_operator.domain.errors import Stalled
from workers_operator.resources import ConfigMapSource, InlineSpec, R2Source
from workers_operator.sources import resolve
from workers_operator.sources.resolve import Blob
from workers_operator.sources.templates import ES_MODULE

MAIN = "export default { fetch() {} }"


def _inline(name: str) -> Code:
    modules = [{"name": "index.js", "text": MAIN}, {"name": name, "text": "x"}]
    return resolve.from_inline(InlineSpec.model_validate({"modules": modules, "main": "index.js"}))


def _config_map(name: str) -> Code:
    items = [{"key": "index", "path": "index.js"}, {"key": "other", "path": name}]
    source = {"name": "code", "items": items, "main": "index.js"}
    held: Mapping[str, Any] = {
        "data": {"index": MAIN},
        "binaryData": {"other": base64.b64encode(b"x").decode()},
    }
    return resolve.from_config_map(held, ConfigMapSource.model_validate(source))


def _folder(name: str) -> Code:
    blobs = {"index.js": Blob(MAIN.encode(), ES_MODULE), name: Blob(b"x", ES_MODULE)}
    return resolve.from_folder(blobs, "index.js", "r2/b/w/")


def _bundle(name: str) -> Code:
    parts = [
        ('name="metadata"', "application/json", '{"main_module": "index.js"}'),
        ('name="index.js"; filename="index.js"', ES_MODULE, MAIN),
        (f'name="{name}"; filename="{name}"', ES_MODULE, "x"),
    ]
    body = "".join(
        f"--B\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {kind}\r\n\r\n{text}\r\n"
        for disposition, kind, text in parts
    )
    blob = Blob(f"{body}--B--\r\n".encode(), "multipart/form-data; boundary=B")
    return resolve.from_object(blob, R2Source(key="w"), "r2/b/w")


SOURCES = pytest.mark.parametrize("code", [_inline, _config_map, _folder, _bundle])


@SOURCES
@pytest.mark.parametrize("name", MODULE_NAMES)
def test_a_name_that_an_import_can_have(code: Callable[[str], Code], name: str) -> None:
    found = code(name)
    assert [module.name for module in found.modules] == ["index.js", name.removeprefix("./")]


@SOURCES
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a/../../b.js", "above the root"),
        ("./index.js", "another module has the same name"),
    ],
)
def test_a_name_that_no_upload_can_have(code: Callable[[str], Code], name: str, words: str) -> None:
    with pytest.raises(Stalled) as caught:
        code(name)
    assert caught.value.reason == "ModuleInvalid"
    assert words in caught.value.message


@pytest.mark.parametrize("code", [_folder, _bundle])
@pytest.mark.parametrize(
    ("name", "words"), [("/b.js", "begin with a slash"), ("../b.js", "above the root")]
)
def test_what_the_schema_refuses_elsewhere(
    code: Callable[[str], Code], name: str, words: str
) -> None:
    with pytest.raises(Stalled) as caught:
        code(name)
    assert f"module {name!r}: " in caught.value.message
    assert words in caught.value.message


@pytest.mark.parametrize("code", [_inline, _config_map, _folder])
def test_the_other_part_of_an_upload_keeps_its_name(code: Callable[[str], Code]) -> None:
    with pytest.raises(Stalled, match="rename the module"):
        code("metadata")
