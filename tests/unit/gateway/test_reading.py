"""Lists and single workers: what a caller may see, in pages, without a call to the API server."""

import time
from typing import Any

import pytest
import yaml

from support.rest_api import ADMIN, TENANT, RestApi, ready
from workers_operator.kube.errors import from_status

SECRET = "other-tenants-worker"


async def names(rest: RestApi, token: str = ADMIN, **query: str | int) -> list[str]:
    async with rest.client(token) as client:
        answer = await client.get("/api/workers/", params=query)
    assert answer.status_code == 200, answer.text
    return [worker["script_name"] for worker in answer.json()["workers"]]


async def test_a_worker_as_the_document_has_it(rest: RestApi) -> None:
    history = [{"version": "11111111", "createdAt": "2026-01-31T08:02:00Z", "result": "Serving"}]
    rest.put("brand-worker-c1", kind="EliteWorker", status=ready(history=history))
    async with rest.client() as client:
        answer = (await client.get("/api/workers/")).json()
    [worker] = answer["workers"]
    assert (answer["success"], answer["total"]) == (True, 1)
    assert worker["code24Metadata"] == {
        "type": "elite-worker",
        "eliteWorkerType": "brand",
        "customerId": "c1",
        "environment": "staging",
        "template": "brand",
        "deploymentInfo": {"version": "11111111", "lastDeployment": "2026-01-31T08:02:00Z"},
    }
    assert worker["created_on"] == "2026-01-31T08:00:00Z"
    assert worker["modified_on"] == "2026-01-31T08:02:00Z"
    assert worker["id"] == "uid-tenant-brand-worker-c1"


async def test_pages_hold_every_worker_once(rest: RestApi) -> None:
    for number in range(25):
        rest.put(f"w{number:02}", namespace=f"n{number % 3}")
    found: list[str] = []
    cursor: dict[str, str] = {}
    async with rest.client() as client:
        while True:
            page = (await client.get("/api/workers/", params={"limit": "10"} | cursor)).json()
            assert page["total"] == 25
            found += [worker["script_name"] for worker in page["workers"]]
            if "cursor" not in page:
                break
            cursor = {"cursor": page["cursor"]}
    assert found == [f"w{number:02}" for number in range(25)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["a", "b", "c"]),
        ({"type": "elite-worker"}, ["c"]),
        ({"type": "brand"}, ["c"]),
        ({"customerId": "c2"}, ["b"]),
        ({"template": "static"}, ["b"]),
        ({"environment": "staging"}, ["a", "b", "c"]),
        ({"environment": "dev"}, []),
        ({"ready": "false"}, ["b"]),
        ({"namespace": "two"}, ["c"]),
        ({"labelSelector": "team=shop"}, ["a"]),
        ({"labelSelector": "!team", "ready": "true"}, ["c"]),
    ],
)
async def test_filters(rest: RestApi, query: dict[str, str], expected: list[str]) -> None:
    rest.put("a", metadata={"labels": {"team": "shop"}})
    rest.put("b", customerId="c2", template="static", status={})
    rest.put("c", namespace="two", kind="EliteWorker")
    assert await names(rest, **query) == expected


async def test_a_status_of_an_older_spec_is_not_ready(rest: RestApi) -> None:
    rest.put("a", metadata={"generation": 2})
    assert await names(rest, ready="true") == []


async def test_a_caller_sees_the_own_namespace_only(rest: RestApi) -> None:
    rest.put("mine")
    rest.put(SECRET, namespace="other")
    assert await names(rest, TENANT) == ["mine"]
    async with rest.client(TENANT) as client:
        assert (await client.get("/api/workers/")).json()["total"] == 1
        health = (await client.get("/api/monitor/health")).json()
        assert health["workers"]["total"] == 1
        status = (await client.get("/api/status")).json()
        assert status["workers"]["total"] == 1
        assert "platforms" not in status


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/workers/{}"),
        ("GET", "/api/workers/{}?namespace=other"),
        ("GET", "/api/workers/{}/versions"),
        ("GET", "/api/workers/{}/object"),
        ("GET", "/api/workers/{}/events"),
        ("GET", "/api/monitor/{}/metrics"),
        ("GET", "/api/monitor/{}/logs"),
        ("PUT", "/api/workers/{}"),
        ("PATCH", "/api/workers/{}"),
        ("DELETE", "/api/workers/{}"),
        ("POST", "/api/scale/{}"),
        ("POST", "/api/workers/{}/rollout/abort"),
    ],
)
async def test_a_guess_at_another_tenants_worker_is_as_one_that_is_absent(
    rest: RestApi, method: str, path: str
) -> None:
    key = rest.put(SECRET, namespace="other")
    body: dict[str, Any] = {"json": {}} if method in ("PUT", "PATCH", "POST") else {}
    async with rest.client(TENANT) as client:
        there = await client.request(method, path.format(SECRET), **body)
        absent = await client.request(method, path.format("absent-tenants-worker"), **body)
    assert there.status_code == absent.status_code == 404
    assert there.text.replace(SECRET, "absent-tenants-worker") == absent.text
    assert rest.server.objects[key]["metadata"]["namespace"] == "other"


async def test_a_name_that_several_have_is_decided_by_namespace(rest: RestApi) -> None:
    rest.put("one", scriptName="shop")
    rest.put("two", namespace="other", scriptName="shop")
    async with rest.client() as client:
        refused = await client.get("/api/workers/shop")
        assert refused.status_code == 409
        assert refused.json()["errors"][0]["code"] == "AmbiguousName"
        found = await client.get("/api/workers/shop", params={"namespace": "other"})
        assert found.json()["worker"]["name"] == "two"
    async with rest.client(TENANT) as client:  # whom the other one is no matter of
        assert (await client.get("/api/workers/shop")).json()["worker"]["name"] == "one"


async def test_a_name_that_a_tenant_asks_for_many_times_costs_others_nothing(rest: RestApi) -> None:
    rest.put("shop", namespace="other")
    for number in range(200):
        rest.put(f"w{number}", scriptName="shop")
    rest.server.reviews.tokens["other"] = "system:serviceaccount:other:app"
    grants = rest.server.reviews.granted["system:serviceaccount:other:app"] = {("other", "*")}
    async with rest.client("other") as client:
        assert (await client.get("/api/workers/shop")).json()["worker"]["name"] == "shop"
        first = len(rest.server.calls)
        grants.clear()
        await rest.clock.advance(10)
        assert (await client.get("/api/workers/shop")).status_code == 404
    assert first < 15
    assert len(rest.server.calls) - first < 15


async def test_a_list_of_one_namespace_asks_about_no_other(rest: RestApi) -> None:
    rest.put("shop")
    for number in range(50):
        rest.put("shop", namespace=f"n{number}")
    async with rest.client(TENANT) as client:
        answer = await client.get("/api/workers/", params={"namespace": "tenant"})
    assert answer.json()["total"] == 1
    assert len(rest.server.calls) < 10


async def test_reads_cost_no_call_once_the_caller_is_known(rest: RestApi) -> None:
    rest.put("shop")
    paths = (
        "/api/workers/",
        "/api/workers/shop",
        "/api/workers/shop/versions",
        "/api/workers/shop/object",
        "/api/monitor/shop/metrics",
        "/api/monitor/health",
        "/api/status",
        "/api/platforms",
    )
    async with rest.client() as client:
        for path in paths:
            assert (await client.get(path)).status_code == 200, path
        before = len(rest.server.calls)
        for path in paths * 5:
            await client.get(path)
    assert len(rest.server.calls) == before


async def test_reads_go_on_while_the_api_server_is_away_and_say_so(rest: RestApi) -> None:
    rest.put("shop")
    async with rest.client() as client:
        await client.get("/api/workers/shop")
        await client.get("/api/workers/")
        rest.server.fault = from_status(503, "GET /", "")
        rest.connect(False)
        await rest.clock.advance(60)
        for path in ("/api/workers/shop", "/api/workers/"):
            answer = await client.get(path)
            assert answer.status_code == 200
            assert answer.json()["stale"] is True
        assert (await client.get("/api/status")).json()["status"] == "degraded"
        written = await client.patch("/api/workers/shop", json={"instances": 2})
    assert written.status_code == 503
    assert written.headers["Retry-After"]
    assert written.json()["errors"][0]["code"] == "KubernetesUnavailable"


async def test_an_etag_saves_an_answer(rest: RestApi) -> None:
    rest.put("shop")
    async with rest.client() as client:
        tag = (await client.get("/api/workers/shop")).headers["ETag"]
        same = await client.get("/api/workers/shop", headers={"If-None-Match": tag})
        assert (same.status_code, same.content) == (304, b"")
        rest.put("shop", instances=2)
        other = await client.get("/api/workers/shop", headers={"If-None-Match": tag})
    assert other.status_code == 200


async def test_versions_tell_the_share_of_the_requests(rest: RestApi) -> None:
    rollout = {"version": "22222222", "phase": "Progressing", "step": "1/2", "weight": 10}
    history = [
        {"version": "22222222", "createdAt": "2026-01-31T09:00:00Z", "result": "RollingOut"},
        {
            "version": "11111111",
            "createdAt": "2026-01-31T08:00:00Z",
            "result": "Serving",
            "by": "kubectl",
        },
    ]
    versions = {"stable": "11111111", "canary": "22222222"}
    rest.put("shop", status=ready(versions=versions, rollout=rollout, history=history))
    async with rest.client() as client:
        found = (await client.get("/api/workers/shop/versions")).json()["versions"]
    assert [(v["number"], v["hash"], v["share"], v["state"]) for v in found] == [
        (2, "22222222", 10, "RollingOut"),
        (1, "11111111", 90, "Serving"),
    ]
    assert found[1]["by"] == "kubectl"


async def test_metrics_as_the_document_has_them(rest: RestApi) -> None:
    metrics = {
        "window": "5m",
        "until": "2026-01-31T08:00:00Z",
        "requests": 12450,
        "errors": 23,
        "requestsPerSecond": "41",
        "avgResponseTime": "45ms",
        "cpu": {"p50": "3ms", "p99": "15ms", "usage": "15%"},
        "memory": "64MB",
    }
    uptime = {"day": "99.9%", "month": "99.95%", "until": "2026-01-31T08:00:00Z"}
    health = {"state": "Healthy", "uptime": uptime}
    rest.put("shop", status=ready(metrics=metrics, health=health))
    rest.put("new", status={})
    async with rest.client() as client:
        found = (await client.get("/api/monitor/shop/metrics")).json()["metrics"]
        unknown = (await client.get("/api/monitor/new/metrics")).json()["metrics"]
    expected = {
        "requests": 12450,
        "errors": 23,
        "avgResponseTime": "45ms",
        "cpuUsage": "15%",
        "memoryUsage": "64MB",
        "uptime": "99.9%",
    }
    assert expected.items() <= found.items()
    assert set(unknown.values()) == {None}


async def test_the_state_without_a_token_tells_nothing_of_the_cluster(rest: RestApi) -> None:
    rest.put("shop")
    async with rest.client(None) as client:
        anonymous = (await client.get("/api/status")).json()
        assert (await client.get("/healthz")).text == "ok\n"
    assert set(anonymous) == {
        "success",
        "platform",
        "timestamp",
        "status",
        "endpoints",
        "capabilities",
    }
    async with rest.client() as client:
        known = (await client.get("/api/status")).json()
    assert known["accountId"] == known["platforms"][0]["accountId"]
    assert known["workers"] == {"total": 1, "ready": 1, "suspended": 0, "notReady": 0}


async def test_nothing_is_answered_before_everything_is_read() -> None:
    rest = RestApi()
    rest.cache._connected.clear()  # noqa: SLF001
    async with rest.client() as client:
        answer = await client.get("/api/workers/")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, "Starting")
        assert (await client.get("/api/status")).json()["status"] == "starting"


async def test_an_object_is_shown_as_yaml(rest: RestApi) -> None:
    rest.put("shop")
    async with rest.client() as client:
        answer = await client.get(
            "/api/workers/shop/object", headers={"Accept": "application/yaml"}
        )
    assert answer.headers["content-type"].startswith("application/yaml")
    assert answer.text.startswith("apiVersion: workers.code24.dev/v1alpha1\nkind: CustomerWorker\n")


async def test_a_large_script_as_yaml_holds_nobody_up(rest: RestApi) -> None:
    script = "const a = 1;\n" * 30_000
    rest.put("shop", source={"inline": {"script": script}})
    path, accept = "/api/workers/shop/object", {"Accept": "application/yaml"}
    began = time.process_time()
    async with rest.client() as client:
        answer = await client.get(path, headers=accept)
    answered = time.process_time()
    assert yaml.load(answer.text, yaml.CSafeLoader)["spec"]["source"]["inline"]["script"] == script
    compared = time.process_time()
    yaml.safe_dump(script)
    assert answered - began < (time.process_time() - compared) / 2


async def test_a_name_that_others_ask_for_too_is_who_serves_it(rest: RestApi) -> None:
    rest.put("one", scriptName="shop")
    rest.put("planted", namespace="other", scriptName="shop", status={})
    async with rest.client() as client:
        assert (await client.get("/api/workers/shop")).json()["worker"]["name"] == "one"
        named = await client.get("/api/workers/shop", params={"namespace": "other"})
    assert named.json()["worker"]["name"] == "planted"


async def test_events_need_their_own_permission(rest: RestApi) -> None:
    rest.put("shop")
    rest.server.events = [
        {
            "type": "Normal",
            "reason": "Deployed",
            "message": "<b>x</b>",
            "lastTimestamp": "2026-01-31T08:00:00Z",
        }
    ]
    rest.server.reviews.granted["system:serviceaccount:tenant:app"] = {
        ("tenant", "get/customerworkers")
    }
    async with rest.client(TENANT) as client:
        assert (await client.get("/api/workers/shop/events")).status_code == 403
    async with rest.client() as client:
        [event] = (await client.get("/api/workers/shop/events")).json()["events"]
    assert event["message"] == "<b>x</b>"
