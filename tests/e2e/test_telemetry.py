"""What the operator tells of itself: metrics, health, and never a token."""

import json

import pytest

from support.bed import Bed, Place, all_objects
from support.scripts import says
from support.waiting import until

GENERIC = (
    "controller_runtime_reconcile_total",
    "controller_runtime_reconcile_errors_total",
    "controller_runtime_reconcile_time_seconds",
    "controller_runtime_active_workers",
    "controller_runtime_max_concurrent_reconciles",
    "workqueue_depth",
    "workqueue_adds_total",
    "workqueue_queue_duration_seconds",
    "workqueue_work_duration_seconds",
    "workqueue_retries_total",
)
OURS = (
    "cloudflare_worker_api_requests_total",
    "cloudflare_worker_api_request_seconds",
    "cloudflare_worker_api_budget_remaining",
    "cloudflare_worker_count",
    "cloudflare_worker_ready",
    "cloudflare_worker_suspended",
)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_told(shared: Bed, path: str) -> None:
    answer = shared.operator.get(path)
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_metrics_have_the_names_that_dashboards_know(shared: Bed, place: Place) -> None:
    platform = place.platform(place.proxy())
    worker = place.customer("hello", says("x"), on=platform)
    worker.wait_ready()
    broken = place.customer("broken", "export default { fetch( }", on=platform)
    broken.wait_condition("Deployed", "False", "ScriptRejected")
    shown = shared.operator.get("/metrics").text
    assert [name for name in (*GENERIC, *OURS) if f"# TYPE {name} " not in shown] == []
    metric = shared.operator.metric
    assert metric("controller_runtime_reconcile_total", controller="customerworker") > 0
    assert metric("controller_runtime_terminal_reconcile_errors_total") > 0
    assert metric("cloudflare_worker_count", platform=platform.name) == 2
    assert metric("cloudflare_worker_ready", platform=platform.name) == 1
    assert place.customer_id not in shown, "a label for each customer would be endless"


def test_the_token_is_nowhere(shared: Bed, place: Place) -> None:
    platform = place.platform(place.proxy())
    worker = place.customer("hello", says("x"), on=platform)
    worker.wait_ready()
    shared.edge.set_token(platform.token, "disabled")
    worker.apply(source={"inline": {"script": says("y")}})
    worker.wait_condition("Ready", "False", "CredentialsRejected")
    until(lambda: "CredentialsRejected" in worker.events(), "no event")
    events = shared.access.api.items("/api/v1/events")
    assert events
    told = {
        "log": "".join(operator.process.text for operator in shared.operators),
        "metrics": shared.operator.get("/metrics").text,
        "objects": json.dumps(all_objects(shared.access)),
        "states": json.dumps([seen.obj for seen in shared.recorder.everything()]),
        "events": json.dumps(events),
        "visitors": worker.visit().text + str(worker.visit().headers),
    }
    for secret in (shared.edge.token, platform.token):
        assert [where for where, text in told.items() if secret in text] == []
