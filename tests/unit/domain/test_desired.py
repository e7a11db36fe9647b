"""A version's hash names its content: every ingredient counts, no order does."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.desired import (
    Code,
    Module,
    ObjectKey,
    Route,
    Version,
    Worker,
    config_binding,
    var_bindings,
)

MAIN = Module("index.js", "application/javascript+module", b"export default {}")
TEXT = Module("note.txt", "text/plain", b"hello")
CODE = Code("inline", "index.js", (MAIN, TEXT), "2026-10-01", ("nodejs_compat",))
CONFIG = config_binding({"customerId": "c1", "parameters": {"color": "teal", "size": 3}})
VERSION = Version(CODE, (CONFIG, *var_bindings({"A": "1", "B": "2"})))


def _code(**changes: Any) -> Version:
    return Version(replace(CODE, **changes), VERSION.bindings)


def _bindings(*bindings: Mapping[str, Any]) -> Version:
    return Version(CODE, bindings)


OTHERS = {
    "code": _code(modules=(replace(MAIN, data=b"export default { }"), TEXT)),
    "module name": _code(modules=(MAIN, replace(TEXT, name="n.txt"))),
    "content type": _code(modules=(MAIN, replace(TEXT, content_type="application/json"))),
    "main": _code(main="note.txt"),
    "one module less": _code(modules=(MAIN,)),
    "bytes moved from name to data": _code(
        modules=(MAIN, replace(TEXT, name="note.tx", content_type="ttext/plain"))
    ),
    "date": _code(compatibility_date="2026-10-02"),
    "no date": _code(compatibility_date=None),
    "flags": _code(compatibility_flags=()),
    "var": _bindings(CONFIG, *var_bindings({"A": "1", "B": "3"})),
    "var name": _bindings(CONFIG, *var_bindings({"A": "1", "C": "2"})),
    "var type": _bindings(CONFIG, {"type": "json", "name": "A", "json": "1"}, *var_bindings({"B": "2"})),
    "one var less": _bindings(CONFIG, *var_bindings({"A": "1"})),
    "customer": _bindings(config_binding({"customerId": "c2"}), *var_bindings({"A": "1", "B": "2"})),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_every_ingredient_changes_the_hash(name: str) -> None:
    assert OTHERS[name].hash != VERSION.hash


def test_different_contents_have_different_hashes() -> None:
    assert len({version.hash for version in OTHERS.values()}) == len(OTHERS)


def test_where_code_came_from_does_not_count() -> None:
    assert _code(origin="ConfigMap/shop:worker.js").hash == VERSION.hash


@given(st.permutations(VERSION.bindings), st.permutations(CODE.modules))
def test_no_order_changes_the_hash(
    bindings: list[Mapping[str, Any]], modules: list[Module]
) -> None:
    other = Version(replace(CODE, modules=tuple(modules)), tuple(bindings))
    assert other.hash == VERSION.hash


@given(st.permutations(["customerId", "parameters"]), st.permutations(["color", "size"]))
def test_no_order_of_keys_changes_the_hash(outer: list[str], inner: list[str]) -> None:
    parameters = {key: {"color": "teal", "size": 3}[key] for key in inner}
    config = {key: {"customerId": "c1", "parameters": parameters}[key] for key in outer}
    other = _bindings(config_binding(config), *var_bindings({"B": "2", "A": "1"}))
    assert other.hash == VERSION.hash


def test_a_hash_is_the_same_in_every_process() -> None:
    """It names scripts at the edge: another value for the same content would upload everything anew."""
    assert VERSION.hash == "af2d56e8"


def test_digest_is_a_full_sha256() -> None:
    assert CODE.digest.startswith("sha256:")
    assert len(CODE.digest) == len("sha256:") + 64


def test_words_for_people() -> None:
    key = ObjectKey("EliteWorker", "shop", "brand")
    assert str(key) == "EliteWorker shop/brand"
    assert str(ObjectKey("WorkersPlatform", "", "default")) == "WorkersPlatform default"
    assert Route("a.code24.dev", "/elite/brand").url == "https://a.code24.dev/elite/brand/"
    worker = Worker(key, "u1", "c1", "x" * 60, (), 1)
    assert len(worker.base) < 60
