"""Fleets as visitors and people at a terminal see them: a real cluster, and followers that really run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest

from support.bed import Place
from support.conditions import kstatus
from support.handles import Handle, Platform, Worker, said
from support.scripts import says
from support.visitors import Visitors
from support.waiting import until

FOLLOWERS: Final = 12
SECONDS: Final = 90.0
THROWS: Final = "export default { fetch() { throw new Error('boom') } }\n"
FOLLOWS: Final = {"templateRef": {"name": "shop"}}


def fleet(place: Place, size: int, on: Platform, **spec: Any) -> tuple[Handle, list[Worker]]:
    """A template that says ``one``, and its followers, all Ready."""
    template = place.template("shop", says("one"), platform=on.name, **spec)
    names = [f"w{number}" for number in range(size)]
    workers = [place.customer(name, on=on, source=FOLLOWS) for name in names]
    for worker in workers:
        worker.wait_ready(SECONDS)
    wait_for(template, total=size, ready=size)
    return template, workers


def wait_for(template: Handle, **counts: int) -> None:
    def fits(obj: Mapping[str, Any]) -> bool:
        found = (obj.get("status") or {}).get("followers") or {}
        return all(found.get(name) == number for name, number in counts.items())

    template.wait(fits, f"the followers are not {counts}", SECONDS)


def having(workers: Sequence[Worker]) -> Counter[str]:
    """How many followers have which version of their template."""
    return Counter(str(worker.status["template"]["version"]) for worker in workers)


def phase(template: Handle) -> str:
    return str(template.status["rollout"]["phase"])


def waves_of(template: Handle) -> list[str]:
    """The waves that the status has told of, each once in a row."""
    found: list[str] = []
    for seen in template.history():
        wave = str(((seen.obj.get("status") or {}).get("rollout") or {}).get("wave", ""))
        if wave and (not found or found[-1] != wave):
            found.append(wave)
    return found


def test_a_new_version_reaches_a_fleet_in_waves_and_no_visitor_notices(place: Place) -> None:
    on = place.platform(place.proxy())
    rollout = {"waves": [1, "50%"], "maxUnavailable": 4}
    template, workers = fleet(place, FOLLOWERS, on, rollout=rollout)
    [old] = having(workers)
    visitors = Visitors(place.bed.edge.data_url, {f"{w.host}/": "200 one" for w in workers})
    visitors.come_again()

    template.apply(source={"inline": {"script": says("two")}})
    template.wait_ready(SECONDS)
    assert waves_of(template)[-3:] == ["1/3", "2/3", "3/3"]
    for worker in workers:
        until(lambda w=worker: w.visit().text == "two", f"{worker.name} answers as before")  # type: ignore[misc]
    visitors.leave()
    assert {answer.said for answer in visitors.strange()} == {"200 two"}
    [new] = having(workers)
    assert new != old
    wait_for(template, total=FOLLOWERS, updated=FOLLOWERS, ready=FOLLOWERS, failed=0)
    revisions = place.access.api.items(
        f"/apis/apps/v1/namespaces/{place.namespace}/controllerrevisions"
    )
    assert {r["metadata"]["name"].rpartition("-")[2] for r in revisions} == {old, new}


def test_a_bad_version_stops_in_the_first_wave(place: Place) -> None:
    on = place.platform(place.proxy())
    template, workers = fleet(place, 4, on, rollout={"waves": [1, "50%"]})
    [old] = having(workers)
    visitors = Visitors(place.bed.edge.data_url, {f"{w.host}/": "200 one" for w in workers})
    template.apply(source={"inline": {"script": THROWS}})
    stalled = template.wait_condition("Stalled", "True", "FleetStopped", SECONDS)
    assert f"keep version {old}" in stalled["message"]
    assert kstatus(template.obj) == "Failed"
    visitors.come_again()
    visitors.leave()
    assert visitors.strange() == []
    assert having(workers)[old] == 3
    [failed] = [w for w in workers if said(w.obj, "Stalled") == ("True", "RolloutAborted")]
    assert failed.name in stalled["message"]

    template.apply(source={"inline": {"script": says("one")}})
    template.wait_ready(SECONDS)
    for worker in workers:
        worker.wait_ready(SECONDS)
    assert having(workers) == {old: 4}


def test_a_template_that_is_deleted_while_followed_leaves_its_followers_serving(
    place: Place,
) -> None:
    on = place.platform(place.proxy())
    template, workers = fleet(place, 2, on)
    template.delete()
    template.wait_gone(SECONDS)
    for worker in workers:
        found = worker.wait_condition("Ready", "False", "WorkerTemplateNotFound", SECONDS)
        assert "what serves stays" in found["message"]
        assert worker.visit().text == "one"
    again = place.template("shop", says("two"), platform=on.name)
    again.wait_ready(SECONDS)
    for worker in workers:
        worker.wait_ready(SECONDS)
        until(lambda w=worker: w.visit().text == "two", f"{worker.name} answers as before")  # type: ignore[misc]


def test_a_cluster_template_is_followed_where_it_is_granted(place: Place) -> None:
    on = place.platform(place.proxy())
    template = place.template("all", says("one"), kind="ClusterWorkerTemplate", platform=on.name)
    template.wait_ready(SECONDS)
    source = {"templateRef": {"kind": "ClusterWorkerTemplate", "name": template.name}}
    worker = place.customer("w", on=on, source=source)
    worker.wait_ready(SECONDS)
    assert worker.visit().text == "one"
    tenancy = on.body["spec"]["tenancy"]
    [grant] = tenancy["grants"]
    on.apply(tenancy={"grants": [{**grant, "templates": ["customer/*"]}]})
    refused = worker.wait_condition("SourceResolved", "False", "NotGranted", SECONDS)
    assert f"cluster/{template.name}" in refused["message"]
    assert worker.visit().text == "one"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"source": {"inline": {"script": "x"}}, "rollout": {"waves": ["0%"]}}, "above 0"),
        ({"source": {"inline": {"script": "x"}}, "rollout": {"waves": []}}, "at least 1 items"),
        ({"source": {"template": "static", "inline": {"script": "x"}}}, "exactly one of template"),
        ({"source": {"templateRef": {"name": "other"}}}, "unknown field"),
        (
            {
                "source": {"inline": {"script": "x"}},
                "defaults": {
                    "bindings": [{"name": "A", "type": "service", "worker": {"name": "w"}}]
                },
            },
            "a template cannot bind workers",
        ),
    ],
)
def test_a_malformed_template_is_refused(place: Place, spec: Mapping[str, Any], words: str) -> None:
    body = {
        "apiVersion": "workers.code24.dev/v1alpha1",
        "kind": "WorkerTemplate",
        "metadata": {"name": "bad", "namespace": place.namespace},
        "spec": spec,
    }
    assert words in place.access.kubectl.refused(
        "apply", "--validate=strict", "-f", "-", stdin=body
    )
