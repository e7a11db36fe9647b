"""What answers tell of templates, of the steps of rollouts, and of platforms."""

from typing import Any

from support.rest_api import TENANT, RestApi, ready
from workers_operator.domain.worker import ObjectKey


async def test_the_steps_of_a_rollout_are_those_that_apply(rest: RestApi) -> None:
    smoke = {"smoke": True}
    own = {
        "strategy": "Canary",
        "steps": [
            {"weight": 10, "pause": {"duration": "5m"}, "analysis": {}},
            {"weight": 50, "pause": {}},
        ],
    }
    canary = {"strategy": "Canary", "steps": [{"weight": 20, "pause": {"duration": "90s"}}]}

    async def steps(name: str) -> list[dict[str, Any]]:
        async with rest.client() as client:
            answer = (await client.get(f"/api/workers/{name}")).json()
        found: list[dict[str, Any]] = answer["worker"]["rolloutSteps"]
        return found

    rest.put("own", rollout=own)
    rest.put("other")
    rest.put("broken", rollout={"strategy": "Canary"})
    assert await steps("own") == [
        smoke,
        {"smoke": False, "weight": 10, "pauseSeconds": 300, "analysis": ["ErrorRate"]},
        {"smoke": False, "weight": 50},
    ]
    assert await steps("other") == [smoke]
    put_platform(rest, rollout=canary)
    twenty = {"smoke": False, "weight": 20, "pauseSeconds": 90}
    assert await steps("other") == [smoke, twenty]
    assert await steps("broken") == [smoke, twenty]
    assert len(await steps("own")) == 3
    put_platform(rest)
    assert await steps("other") == [smoke]


async def test_a_worker_tells_which_template_it_follows(rest: RestApi) -> None:
    followed = {"kind": "WorkerTemplate", "name": "shop", "version": "4f2a91c0"}
    rest.put("shop", status=ready(template=followed))
    async with rest.client() as client:
        answer = (await client.get("/api/workers/shop")).json()
    assert answer["worker"]["follows"] == followed


async def test_a_template_is_shown_with_its_wave_to_who_may_get_it(rest: RestApi) -> None:
    followed = {"kind": "WorkerTemplate", "name": "base", "version": "4f2a91c0"}
    rest.put("shop", status=ready(template=followed))
    rest.put("plain")
    rollout = {"version": "5a08c7d1", "phase": "Progressing", "wave": "2/3"}
    followers = {"total": 100, "updated": 40, "ready": 38, "failed": 1}
    status = {"version": "5a08c7d1", "rollout": rollout, "followers": followers}
    key = ObjectKey("WorkerTemplate", "tenant", "base")
    async with rest.client() as client:
        gone = await client.get("/api/workers/shop/template")
        none = await client.get("/api/workers/plain/template")
        rest.server.objects[key] = {"metadata": {"name": "base"}, "status": status}
        shown = (await client.get("/api/workers/shop/template")).json()["template"]
    assert {(a.status_code, a.json()["errors"][0]["code"]) for a in (gone, none)} == {
        (404, "TemplateNotFound")
    }
    assert (shown["kind"], shown["name"], shown["version"]) == (
        "WorkerTemplate",
        "base",
        "5a08c7d1",
    )
    assert shown["followers"] == followers
    assert shown["rollout"]["wave"] == "2/3"
    granted = rest.server.reviews.granted
    granted["system:serviceaccount:tenant:app"] = {("tenant", "get/customerworkers")}
    async with rest.client(TENANT) as client:
        answer = await client.get("/api/workers/shop/template")
    assert answer.status_code == 403


def put_platform(rest: RestApi, status: dict[str, Any] | None = None, **spec: Any) -> None:
    """The platform that workers are on."""
    metadata = {
        "name": "default",
        "uid": "uid-default",
        "generation": 1,
        "resourceVersion": rest.server.version(),
    }
    spec = {"accountId": "0" * 32, "environment": "staging", **spec}
    body = {"metadata": metadata, "spec": spec, "status": status or {}}
    rest.cache.observe(ObjectKey("WorkersPlatform", "", "default"), body)


async def test_a_platform_tells_of_its_webhooks_and_its_metrics(rest: RestApi) -> None:
    hooks = [{"name": "ops", "open": ["a", "b"]}, {"name": "chat", "failure": "status 500"}]
    put_platform(rest, {"notifications": hooks, "metrics": {"failure": "it may not read them"}})
    async with rest.client() as client:
        [platform] = (await client.get("/api/platforms")).json()["platforms"]
    assert platform["notifications"] == [
        {"name": "ops", "open": 2},
        {"name": "chat", "open": 0, "failure": "status 500"},
    ]
    assert platform["metricsFailure"] == "it may not read them"


async def test_events_of_a_platform_need_both_permissions(rest: RestApi) -> None:
    put_platform(rest)
    event = {"type": "Warning", "reason": "TokenRejected", "message": "renew the token"}
    rest.server.events = [{**event, "metadata": {"creationTimestamp": "2026-01-31T08:00:00Z"}}]
    granted = rest.server.reviews.granted
    for grants, status in (
        ({("default", "list/events")}, 403),
        ({("*", "list/workersplatforms")}, 403),
        ({("*", "list/workersplatforms"), ("default", "list/events")}, 200),
    ):
        granted["system:serviceaccount:tenant:app"] = grants
        await rest.clock.advance(20)
        async with rest.client(TENANT) as client:
            answer = await client.get("/api/platforms/default/events")
        assert answer.status_code == status
    assert [found["reason"] for found in answer.json()["events"]] == ["TokenRejected"]
    [call] = [call for call in rest.server.calls if "/events?" in call]
    assert "/namespaces/default/events?" in call
    assert "uid-default" in call


async def test_a_platform_without_an_object_has_no_events(rest: RestApi) -> None:
    async with rest.client() as client:
        implied = await client.get("/api/platforms/default/events")
        absent = await client.get("/api/platforms/none/events")
    assert (implied.status_code, implied.json()["events"]) == (200, [])
    assert absent.status_code == 404
    assert absent.json()["errors"][0]["code"] == "PlatformNotFound"
