"""Suspending a worker, and asking for a check."""

from support.bed import Bed, Place
from support.handles import Worker, now
from support.scripts import says
from support.waiting import holds, until


def _wait_handled(worker: Worker, value: str) -> None:
    worker.wait(
        lambda o: o["status"].get("lastHandledReconcileAt") == value, f"{value} is not handled"
    )


def test_a_suspended_worker_is_left_alone_until_it_is_resumed(shared: Bed, place: Place) -> None:
    worker = place.customer("hello", says("one"))
    worker.wait_ready()
    mine = worker.script_name
    worker.apply(suspend=True)
    began = now()
    worker.apply(source={"inline": {"script": says("two")}}, instances=3)
    neighbour = place.customer("neighbour", says("x"))
    neighbour.wait_ready()
    holds(lambda: worker.visit().text == "one", "a suspended worker was changed", 1)
    assert not shared.proxy.calls("PUT|POST|DELETE", f"/scripts/{mine}--", began)
    worker.apply(suspend=None)
    worker.wait_ready()
    assert worker.visit().text == "two"
    assert worker.status["instances"] == 3


def test_a_suspended_worker_can_be_deleted(place: Place) -> None:
    worker = place.customer("hello", says("one"))
    worker.wait_ready()
    worker.apply(suspend=True)
    worker.delete()
    worker.wait_gone()
    assert not worker.scripts()


def test_an_object_that_is_born_suspended_says_so(place: Place) -> None:
    worker = place.customer("hello", says("one"), suspend=True)
    worker.wait(lambda o: bool(o["status"].get("conditions")), "it says nothing")
    assert worker.condition("Ready")["reason"] == "Suspended"
    assert not worker.scripts()


def test_a_change_waits_until_its_platform_is_resumed_and_nobody_waits_for_it(
    place: Place,
) -> None:
    platform = place.platform(place.proxy())
    worker = place.customer("hello", says("one"), on=platform)
    worker.wait_ready()
    platform.apply(suspend=True)
    platform.wait_condition("Ready", "True", "Suspended")
    worker.apply(source={"inline": {"script": says("two")}})
    worker.wait_condition("Ready", "True", "PlatformSuspended")
    target = f"cw/{worker.name}"
    kubectl = place.access.kubectl
    kubectl(*worker.scope, "wait", "--for=condition=Ready", target, "--timeout=0")
    assert worker.visit().text == "one"
    platform.apply(suspend=None)
    worker.wait_condition("Ready", "True", "Succeeded")
    assert worker.visit().text == "two"


def test_a_requested_check_is_acknowledged_once(shared: Bed, place: Place) -> None:
    worker = place.customer("hello", says("one"))
    worker.wait_ready()
    for second, annotation in enumerate(
        ("workers_code24_dev__requestedAt", "reconcile_fluxcd_io__requestedAt")
    ):
        value = f"2026-01-31T08:00:0{second}Z"  # the later one counts
        worker.annotate(**{annotation: value})
        _wait_handled(worker, value)
    listings = shared.proxy.calls("GET", "/keys$")
    states = len(worker.history())
    worker.annotate(reconcile_fluxcd_io__requestedAt=value)
    place.customer("neighbour", says("x")).wait_ready()
    holds(lambda: len(worker.history()) == states, "the same value was handled again", 1)
    assert len(shared.proxy.calls("GET", "/keys$")) == len(listings)


def test_a_stalled_worker_is_tried_again_on_request(shared: Bed, place: Place) -> None:
    worker = place.customer("hello", "export default { fetch( }")
    worker.wait_condition("Deployed", "False", "ScriptRejected")
    uploads = f"/scripts/{worker.script_name}--"
    assert len(shared.proxy.calls("PUT", uploads)) == 1
    worker.annotate(workers_code24_dev__requestedAt="once more")
    until(lambda: len(shared.proxy.calls("PUT", uploads)) == 2, "not tried again")
    _wait_handled(worker, "once more")
    assert worker.condition("Stalled")["status"] == "True"


def test_a_script_that_hangs_is_said_to(place: Place) -> None:
    script = "export default { fetch() { return scheduler.wait(20_000) } }"
    worker = place.customer("hello", script, health={"timeout": "1s", "failureThreshold": 2})
    found = worker.wait_condition("Ready", "False", "ProbeFailed")
    assert "spec.health.timeout" in found["message"]
    assert worker.status["health"]["state"] == "Unhealthy"
    worker.apply(source={"inline": {"script": says("x")}})
    worker.wait_ready()
