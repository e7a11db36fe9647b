"""A restart changes nothing by itself, and an operator that is told to end does so."""

import json

import pytest

from local_cluster.audit import AuditedRequest, AuditReader
from support.clusters import OPERATOR_USER
from support.handles import now
from support.lab import Lab
from support.operators import Operator
from support.scripts import says
from support.waiting import holds, until

STOP_SECONDS = 3.0


def _at_rest(operator: Operator) -> bool:
    """Whether it has looked at every object and has nothing left to do."""
    counts = {"workersplatform": 1, "customerworker": 2, "eliteworker": 1}
    passes = "controller_runtime_reconcile_total"
    return (
        all(operator.metric(passes, controller=kind) >= n for kind, n in counts.items())
        and operator.metric("workqueue_depth") == 0
        and operator.metric("controller_runtime_active_workers") == 0
    )


def _deploy(lab: Lab) -> None:
    platform = lab.place.platform(lab.proxy)
    workers = [
        lab.place.customer("one", says("one"), on=platform),
        lab.place.customer("two", says("two"), on=platform, instances=2),
        lab.place.elite("brand", "brand", on=platform, parameters={"site": "https://example.com"}),
    ]
    for worker in workers:
        worker.wait_ready()


def test_a_restart_with_nothing_changed_writes_nothing(lab: Lab) -> None:
    if lab.bed.cluster.audit_log is None:
        pytest.skip("only a local cluster has an audit log to read")
    lab.start()
    _deploy(lab)
    # The counts of workers follow some seconds later; a platform's status is at rest when they are there.
    counts = {"total": 3, "ready": 3, "suspended": 0}
    [platform] = lab.place.platforms
    platform.wait(lambda o: o["status"].get("workers") == counts, "no counts of workers", 20)
    lab.stop()
    audit, began = AuditReader(lab.bed.cluster.audit_log), now()
    states = len(lab.bed.recorder.everything())

    operator = lab.start()
    until(lambda: _at_rest(operator), lambda: operator.get("/metrics").text)
    holds(lambda: _at_rest(operator), "it does not come to rest", 1)
    lab.stop()

    seen: list[AuditedRequest] = []

    def heard() -> bool:
        seen.extend(r for r in audit.read() if r.user == OPERATOR_USER)
        return bool(seen)

    until(heard, "the audit log knows of no request")
    assert [r for r in seen if r.writes] == []
    assert len(lab.bed.recorder.everything()) == states
    calls = lab.proxy.calls(since=began)
    assert calls
    assert [str(c) for c in calls if c.mutating] == []
    # Analytics Engine knows no dataset that nobody has written to: a question about it may come at a full minute.
    failed = [str(c) for c in calls if c.status >= 400 and not c.path.endswith("/sql")]
    assert failed == []


def test_it_ends_soon_after_sigterm(lab: Lab) -> None:
    operator = lab.start()
    _deploy(lab)
    began = now()
    lab.stop()
    assert now() - began < STOP_SECONDS
    assert "Traceback" not in operator.process.text


def test_what_changed_meanwhile_is_taken_up(lab: Lab) -> None:
    lab.start()
    _deploy(lab)
    lab.stop()
    one, two, brand = lab.place.workers
    one.apply(source={"inline": {"script": says("changed")}})
    two.delete()
    lab.start()
    one.wait_ready()
    two.wait_gone()
    assert one.visit().text == "changed"
    assert not two.scripts()
    until(
        lambda: one.scripts() == one.expected_scripts(), lambda: json.dumps(sorted(one.scripts()))
    )
    assert brand.condition("Ready")["status"] == "True"
