"""Deletion: routing first, then scripts, then the object; and nothing is forgotten when the API is away."""

from support.bed import SHARED_TITLE, Bed, Place
from support.handles import FINALIZER, now
from support.proxy import Fault, failing
from support.scripts import says
from support.waiting import holds, until
from workers_operator.domain.names import MANAGED_BY_TAG


def test_a_deleted_worker_leaves_nothing_behind(shared: Bed, place: Place) -> None:
    worker = place.customer("hello", says("x"), instances=2)
    worker.wait_ready()
    scripts = worker.scripts()
    assert len(scripts) == 2
    began = now()
    worker.delete()
    gone = worker.wait_gone()
    assert worker.visit().status_code == 404
    assert not worker.scripts()
    left = {
        k for k in shared.edge.keys(SHARED_TITLE) if worker.host in k or worker.script_name in k
    }
    assert not left

    routing = shared.proxy.calls("POST", "/bulk/delete$", began)
    removals = shared.proxy.calls("DELETE", f"/scripts/{worker.script_name}--", began)
    assert len(removals) == len(scripts)
    assert max(c.at for c in routing) < min(c.at for c in removals), "scripts before routing"
    assert max(c.at for c in removals) < gone, "the object before its scripts"


def test_a_worker_without_its_object_is_reported_and_removed_by_policy(place: Place) -> None:
    platform = place.platform(place.proxy())
    worker = place.customer("hello", says("x"), on=platform, policies={"deletion": "Orphan"})
    worker.wait_ready()
    worker.delete()
    worker.wait_gone()
    platform.check_now()
    found = platform.wait(lambda obj: "orphans" in obj["status"], "the orphan is not reported")
    orphan = {
        "name": worker.script_name,
        "owner": f"CustomerWorker {worker.namespace}/{worker.name}",
        "hosts": [worker.host],
    }
    assert found["status"]["orphans"] == {"total": 1, "workers": [orphan]}
    assert worker.visit().text == "x", "somebody may rely on it"

    platform.apply(policies={"orphans": "Remove"})

    def is_removed() -> bool:
        platform.check_now()
        return not worker.scripts()

    until(is_removed, "the orphan is still there")
    assert worker.visit().status_code == 404
    assert "orphans" not in platform.status


def test_scripts_that_nobody_uses_are_named_until_they_are_gone(place: Place) -> None:
    platform, edge = place.platform(place.proxy()), place.bed.edge
    platform.wait_ready()
    ours, theirs = (f"customer-worker-{name}--11111111--0" for name in ("ours", "theirs"))
    edge.put_script(platform.space, ours, tags=[MANAGED_BY_TAG])
    edge.put_script(platform.space, theirs)
    platform.check_now()
    told = [seen.obj["status"].get("leftovers") for seen in platform.history()]
    assert {"total": 1, "scripts": [ours]} in told
    until(lambda: edge.scripts(platform.space) == {theirs}, "it is still there")
    platform.wait(lambda obj: "leftovers" not in obj["status"], "it is still named")
    edge.delete_script(platform.space, theirs)


def test_an_unreachable_api_holds_a_deletion_up_and_nothing_is_forgotten(place: Place) -> None:
    proxy = place.proxy()
    platform = place.platform(proxy)
    worker = place.customer("hello", says("x"), on=platform)
    worker.wait_ready()
    proxy.refuse()
    worker.delete()
    found = worker.wait_condition("Routed", "False", "CloudflareUnreachable")
    assert "cannot be deleted yet" in found["message"]
    assert "Orphan" in found["message"], "it says how to let the object go"
    holds(lambda: FINALIZER in worker.obj["metadata"]["finalizers"], "the finalizer is gone", 1)
    proxy.clear()
    worker.wait_gone()
    assert not worker.scripts()
    assert f"host:{worker.host}" not in place.bed.edge.keys(platform.title)


def test_lost_answers_hold_nothing_back(place: Place) -> None:
    proxy = place.proxy()
    platform = place.platform(proxy)
    worker = place.customer("hello", says("x"), instances=2, on=platform)
    worker.wait_ready()
    routing = proxy.fault(Fault("lose"), methods="POST", path="/bulk/delete$", times=1)
    removal = proxy.fault(Fault("lose"), methods="DELETE", path="/scripts/", times=1)
    worker.delete()
    worker.wait_gone()
    assert (routing.hits, removal.hits) == (1, 1)
    assert not worker.scripts()
    assert set(place.bed.edge.keys(platform.title)) == {"platform"}  # whose it is


def test_a_namespace_can_be_deleted_once_the_api_is_back(place: Place) -> None:
    proxy = place.proxy()
    platform = place.platform(proxy)
    workers = [place.customer(name, says(name), on=platform) for name in ("one", "two", "three")]
    for worker in workers:
        worker.wait_ready()
    proxy.fault(failing(503))
    kubectl = place.access.kubectl
    kubectl("delete", "namespace", place.namespace, "--wait=false")
    for worker in workers:
        worker.wait_condition("Routed", "False", "CloudflareError")
    proxy.clear()
    kubectl("wait", "--for=delete", f"namespace/{place.namespace}", "--timeout=30s")
    assert not place.bed.edge.scripts(platform.space)
    assert set(place.bed.edge.keys(platform.title)) == {"platform"}  # whose it is


def test_an_orphan_keeps_serving(place: Place) -> None:
    platform = place.platform(place.proxy())
    worker = place.customer("hello", says("still here"), on=platform)
    worker.wait_ready()
    scripts = worker.scripts()
    worker.apply(policies={"deletion": "Orphan"})
    worker.wait_ready()
    worker.delete()
    worker.wait_gone()
    assert worker.visit().text == "still here"
    assert worker.scripts() == scripts


def test_orphan_lets_a_deletion_go_that_is_held_up(place: Place) -> None:
    proxy = place.proxy()
    platform = place.platform(proxy)
    worker = place.customer("hello", says("x"), on=platform)
    worker.wait_ready()
    proxy.fault(failing(503))
    worker.delete()
    worker.wait_condition("Routed", "False", "CloudflareError")
    patch = '{"spec":{"policies":{"deletion":"Orphan"}}}'
    place.access.kubectl(*worker.scope, "patch", "cw", worker.name, "--type=merge", "-p", patch)
    worker.wait_gone()
    assert worker.visit().text == "x"


def test_an_object_deleted_before_it_was_deployed_goes_at_once(place: Place) -> None:
    worker = place.customer("hello", says("x"), platform="nowhere")
    worker.wait_condition("Ready", "False", "PlatformNotFound")
    worker.delete()
    until(lambda: not place.access.api.items(worker.path.rpartition("/")[0]), "it stays", 10)
