"""Wrong objects are refused by kubectl apply, with a message that names the field."""

from typing import Any, Final

import pytest

from support.bed import Place
from support.handles import API_VERSION
from support.scripts import says

_INLINE: Final = {"source": {"inline": {"script": says("x")}}}

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
    ("CustomerWorker", {}, "exactly one of template and source"),
    (
        "CustomerWorker",
        {"source": {"configMap": {"name": "code"}}},
        "spec.source.configMap.key",
    ),
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
