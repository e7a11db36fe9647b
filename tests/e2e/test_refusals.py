"""Wrong objects are refused by kubectl apply, with a message that names the field."""

from typing import Any, Final

import pytest

from support.bed import Place
from support.handles import API_VERSION
from support.scripts import says

_INLINE: Final[dict[str, Any]] = {"source": {"inline": {"script": says("x")}}}

_KV: Final = {"name": "KV", "type": "kvNamespace", "id": "0f2ac74b498b48028cb68387c421e279"}


def _modules(module: dict[str, str]) -> dict[str, Any]:
    modules = [{"name": "i.js", "text": says("x")}, module]
    return {"source": {"inline": {"modules": modules, "main": "i.js"}}}


def _route(pattern: str) -> dict[str, Any]:
    return {**_INLINE, "routes": [{"pattern": pattern}]}


REFUSED: Final[list[tuple[str, dict[str, Any], str]]] = [
    ("EliteWorker", {"type": "shop"}, "spec.type"),
    ("CustomerWorker", {**_INLINE, "customerId": "No_Good"}, "spec.customerId"),
    ("CustomerWorker", {**_INLINE, "subdomain": "two.labels"}, "spec.subdomain"),
    ("CustomerWorker", {**_INLINE, "instances": 51}, "spec.instances"),
    ("CustomerWorker", {**_INLINE, "instance": 2}, "spec.instance"),
    ("CustomerWorker", {**_INLINE, "scriptName": "-x"}, "spec.scriptName"),
    ("CustomerWorker", {**_INLINE, "interval": "soon"}, "spec.interval"),
    ("CustomerWorker", {**_INLINE, "vars": {"CONFIG": "x"}}, "spec.vars"),
    ("CustomerWorker", {**_INLINE, "health": {"path": "no-slash"}}, "spec.health.path"),
    ("CustomerWorker", {**_INLINE, "policies": {"deletion": "Keep"}}, "spec.policies.deletion"),
    ("CustomerWorker", {**_INLINE, "health": {"path": "/a/%2e%2E/b"}}, "spec.health.path"),
    ("CustomerWorker", {"source": {"r2": {"key": "a/../../b.js"}}}, "the segments . and .."),
    ("CustomerWorker", {**_INLINE, "parameters": {f"p{n}": n for n in range(257)}}, "at most 256"),
    ("CustomerWorker", {}, "exactly one of template and source"),
    (
        "CustomerWorker",
        {"source": {"configMap": {"name": "code"}}},
        "exactly one of key and items",
    ),
    ("CustomerWorker", {**_INLINE, "bindings": [_KV, _KV]}, "spec.bindings[1]"),
    ("CustomerWorker", {**_INLINE, "bindings": [_KV], "vars": {"KV": "x"}}, "must be unique among"),
    (
        "CustomerWorker",
        {**_INLINE, "bindings": [_KV], "vars": {f"V{n}": "" for n in range(127)}},
        "at most 128 variables",
    ),
    ("CustomerWorker", {**_INLINE, "vars": {"LARGE": "x" * 5121}}, "spec.vars.LARGE"),
    (
        "CustomerWorker",
        _modules({"name": "a.wasm", "type": "Wasm", "text": "(module)"}),
        "use base64 instead of text",
    ),
    (
        "CustomerWorker",
        {"source": {**_INLINE["source"], "digest": f"sha256:{'A' * 64}"}},
        "spec.source.digest",
    ),
    ("CustomerWorker", {**_INLINE, "limits": {"memory": "256MB"}}, "there is no other size"),
    (
        "CustomerWorker",
        _route("me@shop.example.com/*"),
        "a route must not contain user information",
    ),
    ("CustomerWorker", _route("shop.example.com:8443/*"), "a route must not contain a port"),
    ("CustomerWorker", _route("shop .example.com/*"), "a route must not contain whitespace"),
    ("CustomerWorker", _route("shop.*.example.com/*"), "* is allowed only at the start"),
    ("CustomerWorker", _route("https://shop.example.com/*"), "a route must not contain a scheme"),
    ("CustomerWorker", _route("shop.example.com"), "a host and a path"),
    (
        "CustomerWorker",
        {"source": {"inline": {"modules": [{"name": "a.js", "text": ""}], "main": "b.js"}}},
        "spec.source.inline.main",
    ),
]


@pytest.mark.parametrize(
    ("kind", "spec", "named"), REFUSED, ids=[f"{kind} {named}" for kind, _, named in REFUSED]
)
def test_an_invalid_object_is_refused_by_the_name_of_its_field(
    place: Place, kind: str, spec: dict[str, Any], named: str
) -> None:
    body = {
        "apiVersion": API_VERSION,
        "kind": kind,
        "metadata": {"name": "wrong", "namespace": place.namespace},
        "spec": {"customerId": place.customer_id, "subdomain": place.slug, **spec},
    }
    assert named in place.access.kubectl.refused("apply", "-f", "-", stdin=body)


def test_what_is_immutable_stays(place: Place) -> None:
    worker = place.customer("hello", says("x"))
    changed = {**worker.body, "spec": {**worker.body["spec"], "customerId": "somebody-else"}}
    answer = place.access.kubectl.refused("apply", "-f", "-", stdin=changed)
    assert "spec.customerId" in answer
    assert "customerId is immutable" in answer
    assert worker.obj["spec"]["customerId"] == place.customer_id


@pytest.mark.parametrize(
    "text", ["😀", "größe", "gro\u0308ße", "\u202eabc", "\ud83d", "a\x00\x7f\x85"]
)
def test_whatever_characters_a_name_has_it_is_named(place: Place, text: str) -> None:
    """The API server reads a status as YAML."""
    plan = place.customer("plan", **_INLINE, configuration={"plan": text})
    title = [{"name": "KV", "type": "kvNamespace", "title": text}]
    namespace = place.customer("title", **_INLINE, bindings=title)
    key = place.customer("key", source={"r2": {"key": text}})
    plan.wait_condition("SourceResolved", "False", "PlanNotFound")
    namespace.wait_condition("Deployed", "False", "KVNamespaceNotFound")
    key.wait_condition("SourceResolved", "False", "R2ObjectNotFound")
