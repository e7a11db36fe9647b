"""PATCH as a JSON merge patch: what is named changes, null removes it, and what results is checked as a whole."""

from typing import Any

import pytest

from support.rest_api import RestApi
from unit.gateway.test_writing import code

POLICY = {"maxInstances": 5, "metrics": [{"type": "RequestsPerSecond", "averageValue": "100"}]}
MODULES = [{"name": "index.js", "text": "export default {}"}, {"name": "other.js", "text": ""}]
INLINE = {"inline": {"modules": MODULES, "main": "index.js"}}


async def patched(rest: RestApi, patch: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """What a patch makes of a worker."""
    key = rest.put("shop", **spec)
    async with rest.client() as client:
        answer = await client.patch("/api/workers/shop", json=patch)
    assert answer.status_code in (200, 202), answer.text
    return rest.server.objects[key]


async def test_a_part_of_an_object_changes_alone(rest: RestApi) -> None:
    body = await patched(rest, {"autoscaling": {"minInstances": 2}}, autoscaling=POLICY)
    assert body["spec"]["autoscaling"] == {**POLICY, "minInstances": 2}


async def test_null_removes_what_is_in_an_object(rest: RestApi) -> None:
    body = await patched(
        rest,
        {"vars": {"A": None, "B": "2"}, "limits": {"cpu": None}},
        vars={"A": "1", "C": "3"},
        limits={"cpu": "50ms"},
    )
    assert body["spec"]["vars"] == {"B": "2", "C": "3"}
    assert body["spec"]["limits"] == {}


@pytest.mark.parametrize(
    ("labels", "left"),
    [
        ({"tier": "web"}, {"team": "a", "app": "shop", "tier": "web"}),
        ({"team": None}, {"app": "shop"}),
        ({}, {"team": "a", "app": "shop"}),
        (None, {}),
    ],
)
async def test_labels_that_are_not_named_stay(rest: RestApi, labels: Any, left: Any) -> None:
    former = {"team": "a", "app": "shop"}
    body = await patched(rest, {"metadata": {"labels": labels}}, metadata={"labels": former})
    assert body["metadata"]["labels"] == left


async def test_a_put_replaces_the_labels(rest: RestApi) -> None:
    key = rest.put("shop", metadata={"labels": {"team": "a"}})
    async with rest.client() as client:
        asked = {"script": "export default {}", "metadata": {"labels": {"app": "shop"}}}
        assert (await client.put("/api/workers/shop", json=asked)).status_code == 200
    assert rest.server.objects[key]["metadata"]["labels"] == {"app": "shop"}


@pytest.mark.parametrize(
    ("patch", "source"),
    [
        ({"main": "other.js"}, {"inline": {"modules": MODULES, "main": "other.js"}}),
        ({"modules": MODULES[:1]}, {"inline": {"modules": MODULES[:1], "main": "index.js"}}),
        ({"script": "x"}, {"inline": {"script": "x"}}),
        ({"r2": {"key": "a.js"}}, {"r2": {"key": "a.js"}}),
        ({"template": None}, INLINE),
    ],
)
async def test_code_that_is_not_named_stays(rest: RestApi, patch: Any, source: Any) -> None:
    assert (await patched(rest, patch, source=INLINE))["spec"]["source"] == source


async def test_an_elite_worker_without_code_of_its_own_has_the_template_of_its_type(
    rest: RestApi,
) -> None:
    source = {"inline": {"script": "x"}}
    body = await patched(rest, {"script": None}, kind="EliteWorker", source=source)
    assert "source" not in body["spec"]


@pytest.mark.parametrize(
    ("patch", "field"),
    [
        ({"script": None}, ""),
        ({"vars": {"A": 5}}, "vars.A"),
        ({"autoscaling": {"minInstances": 2}}, "autoscaling.maxInstances"),
        ({"limits": {"memory": "256MB"}}, "limits.memory"),
        ({"limits": {"unknown": 1}}, "limits.unknown"),
        ({"metadata": {"customerId": None}}, "metadata.customerId"),
        ({"metadata": {"type": "elite-worker"}}, "metadata.type"),
        ({"metadata": {"eliteWorkerType": "brand"}}, "metadata.eliteWorkerType"),
        ({"subdomain": None}, "subdomain"),
        ({"vars": "x"}, "vars"),
        ({"unknown": 1}, "unknown"),
    ],
)
async def test_what_results_is_no_worker(rest: RestApi, patch: Any, field: str) -> None:
    key = rest.put("shop")
    before = rest.server.objects[key]
    async with rest.client() as client:
        answer = await client.patch("/api/workers/shop", json=patch)
    assert code(answer) == (422, "InvalidSpec")
    assert (answer.json()["errors"][0]["field"] or "") == field
    assert rest.server.objects[key] == before


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"configuration": {"plan": "premium"}}, "configuration"),
        ({"metadata": {"type": "custom"}}, "metadata.type"),
        ({"metadata": {"type": "customer-worker"}}, "metadata.type"),
    ],
)
async def test_an_elite_worker_stays_one(
    rest: RestApi, method: str, asked: Any, field: str
) -> None:
    rest.put("brand", kind="EliteWorker")
    async with rest.client() as client:
        answer = await client.request(method, "/api/workers/brand", json=asked)
        assert code(answer) == (422, "InvalidSpec")
        assert answer.json()["errors"][0]["field"] == field
        fits = {"metadata": {"type": "elite-worker", "eliteWorkerType": "brand"}}
        assert (await client.patch("/api/workers/brand", json=fits)).status_code < 300


async def test_a_patch_is_no_deeper_than_can_be_walked_through(rest: RestApi) -> None:
    rest.put("shop")
    content = b'{"vars":' + b'{"a":' * 900 + b"null" + b"}" * 901
    headers = {"Content-Type": "application/merge-patch+json"}
    async with rest.client() as client:
        answer = await client.patch("/api/workers/shop", content=content, headers=headers)
    assert code(answer) == (422, "InvalidSpec")
