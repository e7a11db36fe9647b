"""A version's hash names its content: every ingredient counts, no order does."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.content import (
    Code,
    Content,
    Module,
    Sealed,
    Version,
    config_binding,
    var_bindings,
)
from workers_operator.domain.routes import Route
from workers_operator.domain.tenancy.customer_plans import Limits
from workers_operator.domain.worker import ObjectKey, Worker

MAIN = Module("index.js", "application/javascript+module", b"export default {}")
TEXT = Module("note.txt", "text/plain", b"hello")
CODE = Code("inline", "index.js", (MAIN, TEXT), "2026-10-01", ("nodejs_compat",))
CONFIG = config_binding({"customerId": "c1", "parameters": {"color": "teal", "size": 3}})
VERSION = Version(CODE.revision, (CONFIG, *var_bindings({"A": "1", "B": "2"})))


def _code(**changes: Any) -> Version:
    return Version(replace(CODE, **changes).revision, VERSION.bindings)


def _bindings(*bindings: Mapping[str, Any]) -> Version:
    return Version(CODE.revision, bindings)


def _version(**changes: Any) -> Version:
    return replace(VERSION, **changes)


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
    "service worker": _code(service_worker=True),
    "one flag more": _code(compatibility_flags=("nodejs_compat", "b")),
    "secret": _version(secrets=(("TOKEN", "f1"),)),
    "secret's value": _version(secrets=(("TOKEN", "f2"),)),
    "secret's name": _version(secrets=(("T", "f1"),)),
    "CPU time": _version(limits=Limits(cpu_ms=50)),
    "requests": _version(limits=Limits(sub_requests=50)),
    "trust": _version(trusted=True),
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
    other = Version(replace(CODE, modules=tuple(modules)).revision, tuple(bindings))
    assert other.hash == VERSION.hash


@given(st.permutations(["customerId", "parameters"]), st.permutations(["color", "size"]))
def test_no_order_of_keys_changes_the_hash(outer: list[str], inner: list[str]) -> None:
    parameters = {key: {"color": "teal", "size": 3}[key] for key in inner}
    config = {key: {"customerId": "c1", "parameters": parameters}[key] for key in outer}
    other = _bindings(config_binding(config), *var_bindings({"B": "2", "A": "1"}))
    assert other.hash == VERSION.hash


def test_a_hash_is_the_same_in_every_process() -> None:
    """It names scripts at the edge: another value for the same content would upload everything anew."""
    assert VERSION.hash == "2955cbac"


def test_digest_is_a_full_sha256() -> None:
    assert CODE.digest.startswith("sha256:")
    assert len(CODE.digest) == len("sha256:") + 64


@given(st.binary(), st.text())
def test_the_digest_of_a_single_module_is_what_sha256sum_says(data: bytes, name: str) -> None:
    single = Code("inline", name, (Module(name, "application/javascript", data),))
    assert single.digest == "sha256:" + hashlib.sha256(data).hexdigest()


@given(st.text(min_size=1))
def test_a_sealed_value_never_shows(value: str) -> None:
    value = f"<{value}>"
    sealed = Sealed(value)
    content = Content(CODE, (), {"TOKEN": sealed})
    shown = [f"{sealed}", f"{sealed!r}", f"{content}", f"{content!r}", f"{content.secrets}"]
    assert all(value not in text for text in shown)
    assert sealed.reveal() == value
    with pytest.raises(TypeError):
        json.dumps(sealed)


def test_compatibility_that_is_not_said_stays() -> None:
    assert CODE.compatible(None, ()) == CODE
    other = CODE.compatible("2027-01-01", ("b", "nodejs_compat"))
    assert other.compatibility_date == "2027-01-01"
    assert other.compatibility_flags == ("nodejs_compat", "b")


@pytest.mark.parametrize(
    ("route", "url", "pattern"),
    [
        (Route("a.dev"), "https://a.dev/", "a.dev/*"),
        (Route("a.dev", "/elite/brand"), "https://a.dev/elite/brand/", "a.dev/elite/brand/*"),
        (Route("a.dev", "/blog/*"), "https://a.dev/blog/", "a.dev/blog/*"),
        (Route("a.dev", "/b*"), "https://a.dev/b", "a.dev/b*"),
        (Route("a.dev", "=/robots.txt"), "https://a.dev/robots.txt", "a.dev/robots.txt"),
        (Route("*.a.dev"), "https://*.a.dev/", "*.a.dev/*"),
    ],
)
def test_where_a_route_leads_from(route: Route, url: str, pattern: str) -> None:
    assert (route.url, route.zone_pattern) == (url, pattern)


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("shop.code24.dev", True),
        ("a.b.code24.dev", True),
        ("*.shop.code24.dev", True),
        ("code24.dev", False),
        ("notcode24.dev", False),
        ("code24.dev.example.com", False),
    ],
)
def test_hosts_below_the_domain_need_no_zone_route(host: str, covered: bool) -> None:
    assert Route(host).covered_by("code24.dev") is covered
    worker = Worker(
        ObjectKey("CustomerWorker", "s", "a"), "u", "c", "a", (Route(host),), 1, "code24.dev"
    )
    assert worker.zone_patterns == (frozenset() if covered else {f"{host}/*"})


def test_words_for_people() -> None:
    key = ObjectKey("EliteWorker", "shop", "brand")
    assert str(key) == "EliteWorker shop/brand"
    assert str(ObjectKey("WorkersPlatform", "", "default")) == "WorkersPlatform default"
    assert Route("a.code24.dev", "/elite/brand").url == "https://a.code24.dev/elite/brand/"
    worker = Worker(key, "u1", "c1", "x" * 60, (), 1, "code24.dev")
    assert len(worker.base) < 60
