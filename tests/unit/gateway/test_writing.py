"""Changes: permissions, preconditions, field managers, repeated requests, and what becomes of them."""

import asyncio
from typing import Any

from support.clock import idle
from support.rest_api import TENANT, RestApi, ready
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.errors import from_status

NEW: dict[str, Any] = {
    "name": "my-worker",
    "script": "export default {}",
    "metadata": {"type": "custom", "customerId": "customer-123", "environment": "staging"},
}
FLUX = [
    {
        "manager": "kustomize-controller",
        "operation": "Apply",
        "fieldsV1": {"f:spec": {"f:instances": {}}},
    }
]


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


async def test_a_new_worker_is_an_object_in_the_callers_namespace(rest: RestApi) -> None:
    async with rest.client(TENANT) as client:
        answer = await client.post("/api/workers/", json=NEW)
        assert answer.status_code == 202
        assert answer.headers["Location"] == "/api/workers/my-worker?namespace=tenant"
        assert (await client.get(answer.headers["Location"])).status_code == 200  # its own write
    body = rest.server.objects[ObjectKey("CustomerWorker", "tenant", "my-worker")]
    assert body["spec"]["customerId"] == "customer-123"


async def test_nothing_is_created_where_the_caller_may_not(rest: RestApi) -> None:
    async with rest.client(TENANT) as client:
        answer = await client.post("/api/workers/?namespace=other", json=NEW)
    assert code(answer) == (403, "Forbidden")
    assert not rest.server.objects


async def test_a_held_answer_tells_that_it_is_ready(rest: RestApi) -> None:
    async with rest.client() as client:
        asked = asyncio.create_task(client.post("/api/workers/?wait=30&namespace=tenant", json=NEW))
        await idle()
        assert not asked.done()
        rest.put("my-worker", customerId="customer-123")
        answer = await asked
    assert (answer.status_code, answer.json()["status"]) == (201, "ready")


async def test_a_held_answer_tells_why_it_failed(rest: RestApi) -> None:
    stalled = {
        "type": "Stalled",
        "status": "True",
        "reason": "ScriptRejected",
        "message": "no",
        "lastTransitionTime": "2026-01-31T08:00:00Z",
    }
    async with rest.client() as client:
        asked = asyncio.create_task(
            client.post("/api/workers/?namespace=tenant", headers={"Prefer": "wait=30"}, json=NEW)
        )
        await idle()
        rest.put("my-worker", status={"observedGeneration": 1, "conditions": [stalled]})
        answer = await asked
    assert code(answer) == (422, "ScriptRejected")
    assert answer.json()["worker"]["script_name"] == "my-worker"


async def test_a_repeated_request_makes_no_second_object(rest: RestApi) -> None:
    headers = {"Idempotency-Key": "once"}
    async with rest.client() as client:
        first = await client.post("/api/workers/", json=NEW, headers=headers)
        again = await client.post("/api/workers/", json=NEW, headers=headers)
        assert (first.status_code, again.status_code) == (202, 202)
        assert again.headers["Idempotency-Replayed"] == "true"
        other = await client.post("/api/workers/", json=NEW | {"name": "other"}, headers=headers)
        assert code(other) == (422, "IdempotencyKeyReused")
        changed = await client.post("/api/workers/", json=NEW | {"script": "x"}, headers=headers)
        assert code(changed) == (422, "IdempotencyKeyReused")
        plain = await client.post("/api/workers/", json=NEW)
        assert code(plain) == (409, "AlreadyExists")
    assert len(rest.server.objects) == 1


async def test_another_process_knows_a_repeated_request_by_the_object(rest: RestApi) -> None:
    headers = {"Idempotency-Key": "once"}
    async with rest.client() as client:
        await client.post("/api/workers/", json=NEW, headers=headers)
    restarted = RestApi()
    restarted.server.objects = rest.server.objects
    async with restarted.client() as client:
        again = await client.post("/api/workers/", json=NEW, headers=headers)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(restarted.server.objects) == 1


async def test_a_key_of_one_caller_is_none_of_another(rest: RestApi) -> None:
    headers = {"Idempotency-Key": "once"}
    async with rest.client() as client:
        await client.post("/api/workers/?namespace=tenant", json=NEW, headers=headers)
    async with rest.client(TENANT) as client:
        answer = await client.post("/api/workers/?namespace=tenant", json=NEW, headers=headers)
    assert code(answer) == (409, "AlreadyExists")


async def test_a_key_that_another_namespace_has_planted_refuses_nothing(rest: RestApi) -> None:
    headers, path = {"Idempotency-Key": "once"}, "/api/workers/?namespace=tenant"
    async with rest.client() as client:
        await client.post(path, json=NEW, headers=headers)
    [body] = rest.server.objects.values()
    attacked = RestApi()
    attacked.put(
        "planted", namespace="other", metadata={"annotations": body["metadata"]["annotations"]}
    )
    async with attacked.client() as client:
        answer = await client.post(path, json=NEW, headers=headers)
    assert answer.status_code == 202


async def test_a_deployment_reaches_no_object_that_another_namespace_has_planted(
    rest: RestApi,
) -> None:
    name = "customer-worker-acme"
    planted = rest.put("acme", namespace="other", scriptName=name, customerId="acme", status={})
    before = rest.server.objects[planted]
    body = {"customerId": "acme", "subdomain": "acme", "template": "ecommerce"}
    async with rest.client() as client:
        answer = await client.post("/api/deploy/customer-worker", json=body)
        assert answer.json()["worker"]["namespace"] == "default"
        named = await client.post("/api/deploy/customer-worker?namespace=other", json=body)
    assert rest.server.objects[planted] != before
    assert named.json()["worker"]["namespace"] == "other"


async def test_if_match_holds(rest: RestApi) -> None:
    rest.put("shop")
    async with rest.client() as client:
        tag = (await client.get("/api/workers/shop")).headers["ETag"]
        done = await client.patch(
            "/api/workers/shop", json={"instances": 2}, headers={"If-Match": tag}
        )
        assert done.status_code == 202
        late = await client.patch(
            "/api/workers/shop", json={"instances": 3}, headers={"If-Match": tag}
        )
        assert code(late) == (412, "PreconditionFailed")
        gone = await client.delete("/api/workers/shop", headers={"If-Match": tag})
        assert code(gone) == (412, "PreconditionFailed")
        assert (await client.delete("/api/workers/shop")).status_code == 202


async def test_a_field_of_git_is_not_fought_over(rest: RestApi) -> None:
    key = rest.put("shop", instances=2, metadata={"managedFields": FLUX})
    async with rest.client(TENANT) as client:
        refused = await client.post("/api/scale/shop", json={"instances": 5})
        assert code(refused) == (409, "FieldOwned")
        assert "kustomize-controller" in refused.json()["errors"][0]["message"]
        assert refused.json()["errors"][0]["field"] == "spec.instances"
        beside = await client.patch("/api/workers/shop", json={"vars": {"A": "1"}})
        assert beside.status_code == 202
        grants = {("tenant", f"{verb}/customerworkers") for verb in ("get", "update", "patch")}
        rest.server.reviews.granted["system:serviceaccount:tenant:app"] = grants
        await rest.clock.advance(20)
        alone = await client.patch("/api/workers/shop?force=true", json={"instances": 5})
        assert code(alone) == (403, "Forbidden")
    async with rest.client() as client:
        forced = await client.patch("/api/workers/shop?force=true", json={"instances": 5})
    assert forced.status_code == 202
    assert rest.server.objects[key]["spec"]["instances"] == 5


async def test_a_dry_run_changes_nothing(rest: RestApi) -> None:
    rest.put("shop", instances=1)
    async with rest.client() as client:
        answer = await client.patch("/api/workers/shop?dryRun=true", json={"instances": 5})
        assert (answer.status_code, answer.json()["dryRun"]) == (200, True)
        new = await client.post("/api/workers/?dryRun=true&namespace=tenant", json=NEW)
        assert new.status_code == 200
        gone = await client.delete("/api/workers/shop?dryRun=true")
        assert gone.json()["dryRun"] is True
        assert (await client.get("/api/workers/my-worker")).status_code == 404
    assert [key.name for key in rest.server.objects] == ["shop"]


async def test_memory_has_one_size_and_the_answer_says_why(rest: RestApi) -> None:
    rest.put("shop")
    async with rest.client() as client:
        answer = await client.post("/api/scale/shop", json={"memoryLimit": "256MB"})
    assert code(answer) == (422, "InvalidSpec")
    [error] = answer.json()["errors"]
    assert "there is no other size" in error["message"]
    assert error["field"] == "memoryLimit"


async def test_scaling_needs_no_more_than_the_scale_subresource(rest: RestApi) -> None:
    rest.put("shop")
    rest.server.reviews.granted["system:serviceaccount:tenant:app"] = {
        ("tenant", "get/customerworkers"),
        ("tenant", "update/customerworkers/scale"),
    }
    async with rest.client(TENANT) as client:
        assert (await client.post("/api/scale/shop", json={"instances": 2})).status_code == 202
        limited = await client.post("/api/scale/shop", json={"instances": 2, "cpuLimit": "50ms"})
    assert code(limited) == (403, "Forbidden")


async def test_a_deployment_that_is_repeated_changes_the_object_that_there_is(
    rest: RestApi,
) -> None:
    rest.put(
        "elsewhere",
        kind="EliteWorker",
        scriptName="brand-worker-c1",
        subdomain="old",
        parameters={"site": "https://a.example"},
    )
    asked = {"type": "brand", "customerId": "c1", "subdomain": "new"}
    async with rest.client() as client:
        answer = await client.post("/api/deploy/elite-worker", json=asked)
    assert answer.status_code == 202
    assert answer.json()["name"] == "brand-worker-c1"
    [(key, body)] = rest.server.objects.items()
    assert key.name == "elsewhere"
    assert body["spec"]["subdomain"] == "new"
    assert body["spec"]["parameters"] == {"site": "https://a.example"}


async def test_an_environment_without_a_platform_is_refused(rest: RestApi) -> None:
    asked = {"r2Key": "a.js", "workerName": "w", "environment": "production"}
    async with rest.client() as client:
        answer = await client.post("/api/deploy/from-r2", json=asked)
    assert code(answer) == (422, "PlatformNotFound")
    assert not rest.server.objects


async def test_an_order_about_a_rollout_names_the_version_that_is_meant(rest: RestApi) -> None:
    rollout = {"version": "22222222", "phase": "Paused", "step": "1/2", "weight": 10}
    key = rest.put("shop", status=ready(rollout=rollout))
    async with rest.client() as client:
        asked = asyncio.create_task(
            client.post("/api/workers/shop/rollout/promote?wait=30", json={"full": True})
        )
        await idle()
        order = rest.server.objects[key]["metadata"]["annotations"]["workers.code24.dev/rollout"]
        assert order.startswith("promote-full:22222222 ")
        told = {"id": order, "problem": "no rollout is under way"}
        rest.put(
            "shop",
            status=ready(rolloutOrder=told),
            metadata={"annotations": {"workers.code24.dev/rollout": order}},
        )
        answer = await asked
    assert code(answer) == (409, "OrderRefused")


async def test_nothing_is_ordered_of_a_suspended_worker(rest: RestApi) -> None:
    rest.put("shop", suspend=True)
    async with rest.client() as client:
        answer = await client.post("/api/workers/shop/rollout/abort")
    assert code(answer) == (409, "Suspended")


async def test_autoscalers_of_others_are_left_out(rest: RestApi) -> None:
    policy = {"maxInstances": 5, "metrics": [{"type": "RequestsPerSecond", "averageValue": "100"}]}
    scaling = {"current": 1, "desired": 3, "reason": "RequestsPerSecond is above target"}
    rest.put("scaled", autoscaling=policy, status=ready(scaling=scaling))
    rest.put("plain")
    rest.put("theirs", namespace="other", autoscaling=policy)
    async with rest.client(TENANT) as client:
        answer = (await client.post("/api/scale/auto")).json()
        [decision] = answer["decisions"]
        assert (decision["script_name"], decision["desired"]) == ("scaled", 3)
        assert decision["reason"] == "RequestsPerSecond is above target"
        turned_on = (await client.post("/api/scale/auto", json={"policy": policy})).json()
    assert {d["script_name"]: d["turnedOn"] for d in turned_on["decisions"]} == {
        "scaled": False,
        "plain": True,
    }
    assert (
        rest.server.objects[ObjectKey("CustomerWorker", "tenant", "plain")]["spec"]["autoscaling"]
        == policy
    )


async def test_a_deletion_is_told_of_once_it_is_done(rest: RestApi) -> None:
    key = rest.put("shop")
    async with rest.client() as client:
        asked = asyncio.create_task(client.delete("/api/workers/shop?wait=30"))
        await idle()
        assert not asked.done()
        rest.remove(key)
        answer = await asked
    assert (answer.status_code, answer.json()["deleted"]) == (200, True)


async def test_what_the_api_server_refuses_is_said_in_terms_of_the_request(rest: RestApi) -> None:
    rest.put("shop")
    message = (
        'CustomerWorker "shop" is invalid: spec.customerId: Invalid value: "c2": it is immutable'
    )

    def refuse(method: str) -> None:
        if method == "PUT":
            raise from_status(422, "PUT /x", message)

    rest.server.before = refuse
    async with rest.client() as client:
        answer = await client.patch("/api/workers/shop", json={"metadata": {"customerId": "c2"}})
    assert code(answer) == (422, "InvalidSpec")
    assert answer.json()["errors"][0]["field"] == "metadata.customerId"


async def test_a_write_that_finds_the_object_changed_is_made_again(rest: RestApi) -> None:
    key = rest.put("shop")
    times: list[str] = []

    def change(method: str) -> None:
        if method == "PUT" and not times:
            times.append(method)
            rest.put("shop", vars={"A": "1"})  # somebody else is quicker

    rest.server.before = change
    async with rest.client() as client:
        done = await client.patch("/api/workers/shop", json={"instances": 2})
    assert done.status_code == 202
    spec = rest.server.objects[key]["spec"]
    assert (spec["vars"], spec["instances"]) == ({"A": "1"}, 2)
