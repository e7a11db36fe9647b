"""Orders: about rollouts, about all autoscalers, and about the end of a worker."""

import asyncio
from typing import Any

import pytest

from support.clock import idle
from support.rest_api import RestApi, ready
from unit.gateway.test_writing import code
from workers_operator.domain.worker import ObjectKey

POLICY: dict[str, Any] = {
    "maxInstances": 5,
    "metrics": [{"type": "RequestsPerSecond", "averageValue": "100"}],
}
ROLLOUT = "workers.code24.dev/rollout"
PAUSED = {"version": "22222222", "phase": "Paused", "step": "1/2", "weight": 10}


def annotations(rest: RestApi, key: ObjectKey) -> dict[str, str]:
    found: dict[str, str] = rest.server.objects[key]["metadata"].get("annotations") or {}
    return found


@pytest.mark.parametrize(
    ("order", "given"),
    [
        ("promote", "promote:22222222"),
        ("pause", "pause:22222222"),
        ("resume", "resume:22222222"),
        ("abort", "abort:22222222"),
        ("retry", "retry"),
        ("undo", "undo"),
    ],
)
async def test_an_order_is_the_annotation_that_the_operator_reads(
    rest: RestApi, order: str, given: str
) -> None:
    key = rest.put("shop", status=ready(rollout=PAUSED))
    async with rest.client() as client:
        answer = await client.post(f"/api/workers/shop/rollout/{order}")
        assert answer.status_code == 202
        assert answer.headers["Location"] == "/api/workers/shop?namespace=tenant"
        unknown = await client.post("/api/workers/shop/rollout/begin")
    assert annotations(rest, key)[ROLLOUT].startswith(given)
    assert unknown.status_code == 400


async def test_an_order_that_is_repeated_is_given_once(rest: RestApi) -> None:
    key = rest.put("shop", status=ready(rollout=PAUSED))
    path, headers = "/api/workers/shop/rollout/promote", {"Idempotency-Key": "once"}
    async with rest.client() as client:
        first = await client.post(path, headers=headers)
        order = annotations(rest, key)[ROLLOUT]
        await rest.clock.advance(5)
        again = await client.post(path, headers=headers)
        assert (first.status_code, again.status_code) == (202, 202)
        assert "Idempotency-Replayed" not in first.headers
        assert again.headers["Idempotency-Replayed"] == "true"
        assert annotations(rest, key)[ROLLOUT] == order
        told = {"id": order, "problem": "no rollout is under way"}
        rest.put(
            "shop",
            status=ready(rolloutOrder=told),
            metadata={"annotations": annotations(rest, key)},
        )
        waited = await client.post(f"{path}?wait=5", headers=headers)
        assert code(waited) == (409, "OrderRefused")
        other = await client.post(path, headers=headers, json={"full": True})
        assert code(other) == (422, "IdempotencyKeyReused")


async def test_a_policy_leaves_autoscalers_as_they_are(rest: RestApi) -> None:
    own = POLICY | {"maxInstances": 9}
    scaled, plain = rest.put("scaled", autoscaling=own), rest.put("plain")
    async with rest.client() as client:
        answer = (await client.post("/api/scale/auto", json={"policy": POLICY})).json()
    turned_on = {d["script_name"]: d["turnedOn"] for d in answer["decisions"]}
    assert turned_on == {"scaled": False, "plain": True}
    assert rest.server.objects[scaled]["spec"]["autoscaling"] == own
    assert rest.server.objects[plain]["spec"]["autoscaling"] == POLICY


@pytest.mark.parametrize(
    "flux",
    [
        "2026-01-31T21:59:59+14:00",  # later as a text, earlier as a time
        "2099-01-01T00:00:00Z",  # of a clock that is ahead
    ],
)
async def test_a_check_that_somebody_else_has_asked_for_answers_ours_too(
    rest: RestApi, flux: str
) -> None:
    asked = {"reconcile.fluxcd.io/requestedAt": flux}
    key = rest.put("shop", autoscaling=POLICY, metadata={"annotations": asked})
    async with rest.client() as client:
        answer = asyncio.create_task(client.post("/api/scale/auto?wait=30"))
        await idle()
        assert not answer.done()
        ours = annotations(rest, key)
        later = flux if flux.startswith("2099") else ours["workers.code24.dev/requestedAt"]
        rest.put(
            "shop",
            autoscaling=POLICY,
            metadata={"annotations": ours},
            status=ready(lastHandledReconcileAt=later),
        )
        found = await asyncio.wait_for(answer, 10)
    assert (found.status_code, found.json()["pending"]) == (200, 0)


async def test_what_is_still_to_come_is_at_the_location(rest: RestApi) -> None:
    rest.put("shop", autoscaling=POLICY)
    async with rest.client() as client:
        answer = await client.post(
            "/api/scale/auto", json={"customerId": "c1", "labelSelector": "!a,!b"}
        )
        assert answer.status_code == 202
        [worker] = (await client.get(answer.headers["Location"])).json()["workers"]
        assert worker["script_name"] == "shop"
        every = await client.post("/api/scale/auto")
        assert every.headers["Location"] == "/api/workers/"


async def test_a_worker_of_the_name_auto_is_scaled_by_patch(rest: RestApi) -> None:
    key = rest.put("auto")
    async with rest.client() as client:
        assert (await client.patch("/api/workers/auto", json={"instances": 3})).status_code == 202
    assert rest.server.objects[key]["spec"]["instances"] == 3


async def test_a_deletion_says_what_it_waits_for(rest: RestApi) -> None:
    rest.put("shop")
    waiting = {
        "type": "Ready",
        "status": "False",
        "reason": "Deleting",
        "message": "2 scripts are removed once no request can reach them",
        "lastTransitionTime": "2026-01-31T08:01:00Z",
    }

    async with rest.client() as client:
        answer = await client.delete("/api/workers/shop")
        assert answer.status_code == 202
        assert answer.headers["Location"] == "/api/workers/shop?namespace=tenant"
        assert "is being deleted" in answer.json()["message"]
        rest.put(
            "shop",
            metadata={"deletionTimestamp": "2026-01-31T08:01:00Z"},
            status={"observedGeneration": 1, "conditions": [waiting]},
        )
        again = await client.delete("/api/workers/shop")
    assert again.json()["message"] == waiting["message"]
