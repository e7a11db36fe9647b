"""An object that nobody can read harms nobody else."""

import json
import sys
from collections.abc import Iterator

import pytest

from support.bed import Place
from support.handles import API_VERSION, Worker
from support.scripts import says

DEPTH = 9000  # the API server takes 10,000 levels


@pytest.fixture
def _deep() -> Iterator[None]:
    """Let the test itself read what it has written."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(5 * DEPTH)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.usefixtures("_deep")
def test_an_object_as_deep_as_can_be_is_refused_and_others_go_on(place: Place) -> None:
    body = {
        "apiVersion": API_VERSION,
        "kind": "CustomerWorker",
        "metadata": {"name": "deep", "namespace": place.namespace},
        "spec": {
            "customerId": place.customer_id,
            "subdomain": f"{place.slug}-deep",
            "source": {"inline": {"script": says("deep")}},
            "parameters": {"a": json.loads("[" * DEPTH + "]" * DEPTH)},
        },
    }
    deep = Worker(place.access, body, domain="", space="")
    place.access.api.create(deep.path.rpartition("/")[0], body)
    found = deep.wait_condition("SourceResolved", "False", "InvalidSpec")
    assert found["message"] == "spec.parameters: is nested more than 32 levels deep"
    other = place.customer("other", says("one"))
    other.wait_ready()
    other.apply(source={"inline": {"script": says("two")}})
    other.wait_ready()
    assert other.visit().text == "two"
