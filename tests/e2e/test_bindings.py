"""What a worker may use: variables, KV, R2, Analytics Engine, other workers, limits."""

import json
import re
from typing import Any

import pytest

from support.bed import SHARED_TITLE, Place
from support.handles import now
from support.scripts import says
from support.waiting import until

COUNTER = """export default { async fetch(request, env) {
  const n = Number(await env.STORE.get("n") ?? 0) + 1
  await env.STORE.put("n", String(n))
  return new Response(String(n))
} }
"""
BUCKET = """export default { async fetch(request, env) {
  await env.FILES.put("a", "kept")
  return new Response(await (await env.FILES.get("a")).text())
} }
"""
CALLER = "export default { fetch(request, env) { return env.PRICES.fetch(request) } }\n"


def kv(**more: Any) -> list[dict[str, Any]]:
    return [{"name": "STORE", "type": "kvNamespace", **more}]


def calls(name: str) -> list[dict[str, Any]]:
    return [{"name": "PRICES", "type": "service", "worker": {"name": name}}]


def test_a_kv_namespace_by_id_and_by_title(place: Place) -> None:
    identifier = place.bed.edge.create_kv_namespace(f"{place.slug}-counts")
    first = place.customer("by-id", COUNTER, bindings=kv(id=identifier))
    second = place.customer("by-title", COUNTER, bindings=kv(title=f"{place.slug}-counts"))
    first.wait_ready()
    second.wait_ready()
    before = int(first.visit().text)
    assert int(second.visit().text) == before + 1


def test_a_title_that_is_not_there_is_named_and_taken_up_later(place: Place) -> None:
    worker = place.customer("hello", COUNTER, bindings=kv(title=f"{place.slug}-late"))
    found = worker.wait_condition("Deployed", "False", "KVNamespaceNotFound")
    assert f"{place.slug}-late" in found["message"]
    place.bed.edge.create_kv_namespace(f"{place.slug}-late")
    worker.wait_ready()


@pytest.mark.parametrize("deletion", ["Retain", "Delete"])
def test_what_is_created_for_a_worker_is_kept_or_goes_with_it(place: Place, deletion: str) -> None:
    bindings = [
        *kv(create=True, deletion=deletion),
        {"name": "FILES", "type": "r2Bucket", "create": True, "deletion": deletion},
    ]
    worker = place.customer("hello", COUNTER, bindings=bindings)
    worker.wait_ready()
    worker.visit()
    made = {r["binding"]: r["name"] for r in worker.status["resources"]}
    edge = place.bed.edge
    assert len(edge.kv_namespaces(made["STORE"])) == 1
    assert made["FILES"] in edge.buckets()
    worker.delete()
    worker.wait_gone()
    kept = deletion == "Retain"
    assert (len(edge.kv_namespaces(made["STORE"])) == 1, made["FILES"] in edge.buckets()) == (kept, kept)  # fmt: skip


def test_a_created_bucket_that_holds_data_outlives_its_worker(place: Place) -> None:
    bindings = [{"name": "FILES", "type": "r2Bucket", "create": True, "deletion": "Delete"}]
    worker = place.customer("hello", BUCKET, bindings=bindings)
    worker.wait_ready()
    assert worker.visit().text == "kept"
    [made] = worker.status["resources"]
    worker.delete()
    worker.wait_gone()
    assert "a" in place.bed.edge.objects(made["name"])


def test_a_created_namespace_that_another_is_bound_to_outlives_its_worker(place: Place) -> None:
    worker = place.customer("hello", COUNTER, bindings=kv(create=True, deletion="Delete"))
    worker.wait_ready()
    [made] = worker.status["resources"]
    [identifier] = place.bed.edge.kv_namespaces(made["name"])
    other = place.customer("other", COUNTER, bindings=kv(id=identifier))
    other.wait_ready()
    other.visit()
    worker.delete()
    worker.wait_gone()
    assert other.visit().status_code == 200
    assert place.bed.edge.kv_namespaces(made["name"]) == [identifier]


def test_data_points_go_to_the_dataset(place: Place) -> None:
    script = """export default { fetch(request, env) {
      env.EVENTS.writeDataPoint({ blobs: ["seen"], doubles: [1], indexes: ["i"] })
      return new Response("ok") } }"""
    dataset = f"{place.slug}_events"
    bindings = [{"name": "EVENTS", "type": "analyticsEngine", "dataset": dataset}]
    worker = place.customer("hello", script, bindings=bindings)
    worker.wait_ready()
    worker.visit()
    until(lambda: place.bed.edge.points(dataset), "no data point")


@pytest.mark.parametrize("what", ["kv", "bucket", "dataset"])
def test_the_platforms_own_storage_is_not_for_workers(place: Place, what: str) -> None:
    [identifier] = place.bed.edge.kv_namespaces(SHARED_TITLE)
    binding = {
        "kv": {"type": "kvNamespace", "id": identifier},
        "bucket": {"type": "r2Bucket", "bucket": "workers-data"},
        "dataset": {"type": "analyticsEngine", "dataset": "workers_analytics"},
    }[what]
    worker = place.customer("hello", says("x"), bindings=[{"name": "OWN", **binding}])
    worker.wait_condition("Deployed", "False", "BindingNotAllowed")
    assert not worker.scripts()


def test_a_kind_that_the_edge_lacks_is_said_in_its_words(place: Place) -> None:
    bindings = [{"name": "DB", "type": "d1", "id": "3c1b9f2e-0000-4000-8000-000000000000"}]
    worker = place.customer("hello", says("x"), bindings=bindings)
    found = worker.wait_condition("Deployed", "False", "ScriptRejected")
    assert "'d1'" in found["message"]


# --- services ---------------------------------------------------------------------------------------------------------


def test_a_worker_calls_another_which_goes_first(place: Place) -> None:
    caller = place.customer("shop", CALLER, bindings=calls("prices"))
    found = caller.wait_condition("Deployed", "False", "ServiceNotFound")
    assert "prices" in found["message"]
    callee = place.customer("prices", says("seven"), instances=2)
    callee.wait_ready()
    caller.wait_ready()
    assert caller.visit().text == "seven"


def test_a_callees_update_reaches_its_callers_without_their_redeployment(place: Place) -> None:
    callee = place.customer("prices", says("seven"))
    caller = place.customer("shop", CALLER, bindings=calls("prices"))
    callee.wait_ready()
    caller.wait_ready()
    version = caller.version
    callee.apply(source={"inline": {"script": says("eight")}})
    callee.wait_ready()
    until(lambda: caller.visit().text == "eight", "the caller still gets the old one")
    assert caller.version == version
    callee.apply(instances=0)
    callee.wait_ready()
    assert callee.condition("Ready")["reason"] == "Parked"
    until(lambda: caller.visit().status_code == 503, "a parked callee is asked")


def test_a_caller_says_at_once_that_its_callee_is_gone(place: Place) -> None:
    callee = place.customer("prices", says("seven"))
    caller = place.customer("shop", CALLER, bindings=calls("prices"))
    callee.wait_ready()
    caller.wait_ready()
    callee.delete()
    callee.wait_gone()
    found = caller.wait_condition("Deployed", "False", "ServiceNotFound")
    assert "prices" in found["message"]


def test_workers_that_would_wait_for_one_another_are_named_as_a_circle(place: Place) -> None:
    script = "export default { fetch(request, env) { return new Response('x') } }"
    ring = ("a", "b", "c")
    workers = [
        place.customer(name, script, bindings=calls(after))
        for name, after in zip(ring, (*ring[1:], ring[0]), strict=True)
    ]
    for worker in workers:
        found = worker.wait_condition("Deployed", "False", "ServiceCycle")
        assert re.search(r"a → b → c → a|b → c → a → b|c → a → b → c", found["message"])
    workers[2].apply(bindings=None)
    for worker in reversed(workers):
        worker.wait_ready(40)


# --- limits -----------------------------------------------------------------------------------------------------------


def test_of_plan_and_worker_the_stricter_limit_holds(place: Place) -> None:
    plans = {"small": {"limits": {"cpu": "50ms", "subRequests": 10}, "level": 5}}
    platform = place.platform(place.proxy(), plans=plans)
    worker = place.customer(
        "hello",
        says("x"),
        on=platform,
        configuration={"plan": "small"},
        limits={"cpu": "80ms", "memory": "128MB", "subRequests": 5},
    )
    worker.wait_ready()
    assert worker.status["limits"] == {"cpuMs": 50, "subRequests": 5}
    [script] = worker.scripts()
    uploaded = place.bed.edge.settings(worker.space, script)["limits"]
    assert uploaded == {"cpu_ms": 50, "subrequests": 5}
    entry = place.bed.edge.value(platform.title, f"host:{worker.host}")
    assert entry["routes"][0]["limits"] == {"cpuMs": 50, "subRequests": 5}
    platform.apply(plans={"small": {"limits": {"cpu": "20ms"}, "level": 5}})
    until(lambda: worker.status["limits"]["cpuMs"] == 20, "the plan's change is not taken up", 30)


def test_parameters_are_data_and_never_code(place: Place) -> None:
    script = "export default { fetch(r, env) { return Response.json(env.CONFIG.parameters) } }"
    hostile = {"name": "`;throw 1;//${process}</script>\"'\\\u2028", "deep": [{"x": "*/"}]}
    worker = place.customer("hello", script, parameters=hostile)
    worker.wait_ready()
    assert worker.visit().json() == hostile


def test_many_callers_of_one_callee_cost_one_router(place: Place) -> None:
    """The service router is uploaded for callees, not for callers."""
    proxy = place.proxy()
    platform = place.platform(proxy)
    callee = place.customer("prices", says("seven"), on=platform)
    callee.wait_ready()
    began = now()
    callers = [place.customer(f"s{n}", CALLER, bindings=calls("prices"), on=platform) for n in range(5)]  # fmt: skip
    for caller in callers:
        caller.wait_ready()
    routers = [c for c in proxy.calls("PUT", "/workers/scripts/.*-services$") if c.at > began]
    assert len(routers) == 1
    assert json.dumps(callers[0].visit().text) == '"seven"'
