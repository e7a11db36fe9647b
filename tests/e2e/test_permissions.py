"""The operator's permissions, by the API server's audit log: it uses every grant, and lacks none.

One scenario does everything that needs a grant: a whole run of these tests would say the same only in one process.
What is refused for want of a grant fails every session that has a cluster (``support.bed``).
"""

import pytest

from local_cluster.audit import AuditedRequest, AuditReader
from support.bed import Bed, Place
from support.clusters import OPERATOR_NAMESPACE
from support.handles import Worker
from support.kube import Object
from support.permissions import granted, of_operator
from support.scripts import says
from support.tenancy import everything
from support.waiting import until

_LEASES = f"/apis/coordination.k8s.io/v1/namespaces/{OPERATOR_NAMESPACE}/leases"


@pytest.fixture
def requests(folder_bed: Bed) -> list[AuditedRequest]:
    """All requests of an operator that elects itself, does all that it can do, and stops."""
    log = folder_bed.cluster.audit_log
    if log is None:
        pytest.skip("only a local cluster shows its audit log")
    folder_bed.pause()
    folder_bed.access.api.delete(f"{_LEASES}/workers-operator")
    audit = AuditReader(log)
    place = Place(folder_bed)
    operator = folder_bed.start_operator({"WORKERS_LEADER_ELECT": "true", "POD_NAME": "only"})
    _do_everything(place)
    operator.stop()
    made: list[AuditedRequest] = []

    def all_watches_are_logged() -> bool:
        made.extend(of_operator(audit.read()))
        return {r.resource for r in made if r.verb == "watch"} == {
            g.resource for g in granted() if g.verb == "watch"
        }

    until(all_watches_are_logged, lambda: f"watches: {[r for r in made if r.verb == 'watch']}")
    return made


def _do_everything(place: Place) -> None:
    grant = {**everything()["grants"][0]}
    del grant["namespaces"]
    grant["namespaceSelector"] = {"matchLabels": {"team": "shop"}}
    platform = place.platform(place.proxy(), tenancy={"grants": [grant]})
    place.config_map("code", worker_js=says("one"))
    secret: Object = {"metadata": {"name": "api"}, "stringData": {"token": place.new_token()}}
    place.access.api.create(f"/api/v1/namespaces/{place.namespace}/secrets", secret)
    reference = {"name": "TOKEN", "secretKeyRef": {"name": "api", "key": "token"}}
    source = {"configMap": {"name": "code", "key": "worker.js"}}
    customer = place.customer("customer", on=platform, source=source, secrets=[reference])
    elite = place.elite("elite", "brand", on=platform, source={"inline": {"script": says("x")}})
    customer.wait_condition("Ready", "False", "NotGranted")
    _label(place, "shop")
    _change_what_is_watched(place, customer)
    _roll_templates_out(place)
    for worker in (customer, elite):
        worker.wait_ready()
        worker.delete()
        worker.wait_gone()
    platform.delete()
    platform.wait_gone()
    place.clear()


def _change_what_is_watched(place: Place, customer: Worker) -> None:
    """What is seen of these changes is seen by a watch."""
    customer.wait_ready()
    place.config_map("code", worker_js=says("two"))
    until(lambda: customer.visit().text == "two", "the change of the ConfigMap is not followed")
    _label(place, None)
    customer.wait_condition("Ready", "False", "NotGranted")
    _label(place, "shop")


def _roll_templates_out(place: Place) -> None:
    """The first version is deleted once there are two newer ones."""
    place.template("all", says("one"), kind="ClusterWorkerTemplate").wait_ready()
    template = place.template("shop", says("one"))
    for text in ("one", "two", "three"):
        template.apply(source={"inline": {"script": says(text)}})
        template.wait_ready()
    path = f"/apis/apps/v1/namespaces/{place.namespace}/controllerrevisions"
    until(lambda: len(place.access.api.items(path)) == 2, "an old version is kept")


def _label(place: Place, team: str | None) -> None:
    path = f"/api/v1/namespaces/{place.namespace}"
    place.access.api.patch(path, {"metadata": {"labels": {"team": team}}})


def test_every_grant_is_used_and_none_is_missing(requests: list[AuditedRequest]) -> None:
    unused = {grant for grant in granted() if not any(grant.covers(r) for r in requests)}
    assert unused == set()
    # Nobody may create an Event in a namespace that is being deleted.
    refused = [r for r in requests if r.code == 403 and r.resource != "events"]
    assert refused == []
    uncovered = {
        (r.verb, r.group, r.resource, r.subresource, r.namespace)
        for r in requests
        if not any(grant.covers(r) for grant in granted())
    }
    assert uncovered == set(), "granted to everybody: should it be?"
