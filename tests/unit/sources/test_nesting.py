"""Content that is nested more deeply than can be decoded is refused by name, as every other malformed content is."""

import pytest

from workers_operator.domain.errors import Stalled
from workers_operator.resources import InlineSpec
from workers_operator.sources import metadata
from workers_operator.sources.ledger import Ledger
from workers_operator.sources.resolve import from_inline

DEEP = "[" * 100_000 + "]" * 100_000


def json_module(text: str) -> InlineSpec:
    modules = [
        {"name": "index.js", "text": "export default {}"},
        {"name": "data.json", "type": "Json", "text": text},
    ]
    return InlineSpec.model_validate({"modules": modules, "main": "index.js"})


def test_a_json_module() -> None:
    with pytest.raises(Stalled, match=r"'data\.json' is JSON that is nested too deeply") as caught:
        from_inline(json_module(DEEP))
    assert caught.value.reason == "ModuleInvalid"


def test_a_json_module_may_hold_numbers_of_any_length() -> None:
    assert from_inline(json_module("9" * 10_000)).modules[1].data == b"9" * 10_000


def test_the_metadata_of_a_bundle() -> None:
    with pytest.raises(Stalled, match="no part 'metadata' with valid JSON"):
        metadata.parse(b'{"main_module": ' + DEEP.encode() + b"}", "r2/b/w.js")


def test_a_ledger() -> None:
    assert Ledger.parse(DEEP.encode()) == Ledger()
