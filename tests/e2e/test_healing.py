"""What fails is mended: an instance is replaced, and a version that never was healthy is rolled back."""

import time

from support.bed import Bed, Place
from support.scripts import says
from support.visitors import Visitors
from support.waiting import until

BROKEN = "export default { fetch() { throw new Error('broken') } }"
BREAKS = """
let asked = 0
export default { fetch() {
  if (asked++) throw new Error('broken')
  return new Response('well, as long as nobody asks again')
} }
"""
INTERVAL = 5.0
BUSY = 10.0  # seconds that a busy machine may add


def test_an_instance_that_fails_gets_no_requests_and_is_replaced(shared: Bed, place: Place) -> None:
    platform = place.platform(place.proxy())
    worker = place.customer(
        "shop", says("well"), on=platform, instances=3, health={"interval": f"{INTERVAL:g}s"}
    )
    worker.wait_ready()
    broken = next(name for name in worker.scripts() if name.endswith("--1"))
    visitors = Visitors(shared.edge.data_url, {f"{worker.host}/": "200 well"})
    visitors.come_again()
    assert not visitors.strange()

    shared.edge.put_script(platform.space, broken, BROKEN)
    began = time.monotonic()
    worker.wait(lambda o: o["status"]["health"].get("out") == [1], "the instance stays in balance")
    assert time.monotonic() - began <= 2 * INTERVAL + BUSY
    assert visitors.strange(), "the visitors did not meet it"
    count = visitors.count + 1  # one may be under way
    assert worker.condition("Ready")["status"] == "True"
    assert worker.status["health"]["state"] == "Degraded"

    worker.wait(lambda o: o["status"]["health"]["state"] == "Healthy", "it does not come back")
    assert "out" not in worker.status["health"]
    until(lambda: worker.visit().headers["code24-instance"] == "1", "it gets no requests")
    visitors.leave()
    assert visitors.strange(count) == []
    assert {"InstancesBalanced", "InstanceReplaced", "Recovered"} <= set(worker.events())
    assert worker.scripts() == worker.expected_scripts()


def test_a_version_that_never_was_healthy_is_rolled_back(shared: Bed, place: Place) -> None:
    platform = place.platform(place.proxy())
    health = {"path": "/health", "interval": "1s", "failureThreshold": 2}
    worker = place.customer("shop", says("good"), on=platform, health=health)
    worker.wait_ready()
    good = worker.version
    worker.apply(source={"inline": {"script": BREAKS}})
    wanted = worker.access.api.get(worker.path)
    assert wanted is not None
    worker.wait_condition("Ready", "False", "RolledBackUnhealthy")
    versions = worker.status["versions"]
    assert versions["stable"] == good
    assert worker.status["rollout"]["phase"] == "RolledBack"
    assert worker.status["rollout"]["version"] != good
    until(lambda: worker.visit().text == "good", "the previous version does not serve")
    assert worker.obj["spec"] == wanted["spec"], "the spec is its owner's"
    assert worker.obj["metadata"]["generation"] == worker.generation

    worker.apply(source={"inline": {"script": says("better")}})
    worker.wait_ready()
    assert worker.visit().text == "better"
    assert worker.status["rollout"]["phase"] == "Succeeded"
