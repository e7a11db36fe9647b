"""What watches tell the cache, beside the answers to writes that are there before them."""

from typing import Any

from support.rest_api import RestApi
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.cache.feeding import feed
from workers_operator.kube.watch import Changed

KEY = ObjectKey("CustomerWorker", "tenant", "shop")


def body(uid: str, version: int) -> dict[str, Any]:
    metadata = {
        "name": "shop",
        "namespace": "tenant",
        "uid": uid,
        "generation": 1,
        "resourceVersion": str(version),
        "creationTimestamp": "2026-01-31T08:00:00Z",
    }
    return {"metadata": metadata, "spec": {"customerId": "c1", "scriptName": "shop"}}


def watched(rest: RestApi) -> Changed:
    return feed("CustomerWorker", rest.cache)


async def test_a_worker_that_is_created_anew_outlives_the_end_of_the_former_one(
    rest: RestApi,
) -> None:
    changed = watched(rest)
    changed("tenant", "shop", body("old", 1))
    rest.cache.observe(KEY, body("new", 5))  # the answer to a POST
    changed("tenant", "shop", body("old", 2))  # the events about the former one come late
    changed("tenant", "shop", None)
    async with rest.client() as client:
        assert (await client.get("/api/workers/shop")).json()["worker"]["id"] == "new"
        changed("tenant", "shop", body("new", 5))
        changed("tenant", "shop", body("new", 6))
        assert (await client.get("/api/workers/shop")).json()["worker"]["id"] == "new"
        changed("tenant", "shop", None)
        assert (await client.get("/api/workers/shop")).status_code == 404


async def test_an_answer_that_comes_after_the_end_brings_nothing_back(rest: RestApi) -> None:
    changed = watched(rest)
    changed("tenant", "shop", body("old", 1))
    changed("tenant", "shop", None)
    rest.cache.observe(KEY, body("old", 2))
    async with rest.client() as client:
        assert (await client.get("/api/workers/shop")).status_code == 404
