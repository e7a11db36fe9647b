"""Deployments: what is not given stays, and what is wrong is called as it was sent."""

from typing import Any

import pytest

from support.rest_api import RestApi
from unit.gateway.test_writing import code

STORED = {"r2Key": "a.js", "workerName": "stored"}


async def test_a_repeated_deployment_from_r2_leaves_what_it_does_not_name(rest: RestApi) -> None:
    first = STORED | {"customerId": "c1", "subdomain": "shop", "bucket": "code"}
    async with rest.client() as client:
        assert (await client.post("/api/deploy/from-r2", json=first)).status_code == 202
        again = await client.post("/api/deploy/from-r2", json=STORED | {"r2Key": "b.js"})
    assert again.status_code == 202, again.text
    [body] = rest.server.objects.values()
    spec = body["spec"]
    assert (spec["customerId"], spec["subdomain"]) == ("c1", "shop")
    assert spec["source"] == {"r2": {"key": "b.js", "bucket": "code"}}


async def test_a_new_worker_from_r2_is_named_after_itself(rest: RestApi) -> None:
    async with rest.client() as client:
        await client.post("/api/deploy/from-r2", json=STORED)
    [body] = rest.server.objects.values()
    assert (body["spec"]["customerId"], body["spec"]["subdomain"]) == ("stored", "stored")


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/api/deploy/from-r2", STORED),
        (
            "/api/workers/",
            {"name": "w", "script": "x", "metadata": {"customerId": "c"}},
        ),
    ],
)
async def test_what_is_not_there_has_no_state_to_match(
    rest: RestApi, path: str, asked: dict[str, Any]
) -> None:
    async with rest.client() as client:
        for tag in ('"a.1"', "*"):
            answer = await client.post(path, json=asked, headers={"If-Match": tag})
            assert code(answer) == (412, "PreconditionFailed")
    assert not rest.server.objects


@pytest.mark.parametrize(
    ("path", "asked", "field"),
    [
        ("from-r2", STORED | {"workerName": "no/name"}, "workerName"),
        ("from-r2", STORED | {"subdomain": "-"}, "subdomain"),
        ("customer-worker", {"customerId": "a b", "subdomain": "s", "template": "t"}, "customerId"),
        ("elite-worker", {"type": "brand", "customerId": "c", "subdomain": "_"}, "subdomain"),
    ],
)
async def test_an_error_names_the_field_that_was_sent(
    rest: RestApi, path: str, asked: dict[str, Any], field: str
) -> None:
    async with rest.client() as client:
        answer = await client.post(f"/api/deploy/{path}", json=asked)
    assert code(answer) == (422, "InvalidSpec")
    assert field in {error["field"] for error in answer.json()["errors"]}
