"""Load makes a worker scale, and what its status says of the load is what was sent."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest

from support.bed import Bed, Place
from support.handles import Worker
from support.mixes import mix, script
from support.proxy import failing
from support.truths import Experiment
from support.waiting import until

_MINUTE: Final = 60
_LATE: Final = 100.0  # seconds: a whole minute of analytics, its delay, and a busy machine
_RATE: Final = 40.0  # requests a second
SAMPLING: Final[Mapping[str, Any]] = {"metrics": {"interval": "10s", "delay": "4s"}}

_PER_WORKER: Final[Mapping[str, Any]] = {"metrics": {**SAMPLING["metrics"], "perWorker": True}}


def _await_minute(seconds: float) -> None:
    """Return while a minute has so much left."""
    until(lambda: time.time() % _MINUTE < _MINUTE - seconds, "no minute begins", seconds + 5)


def _send(worker: Worker, path: str, count: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: worker.visit(path), range(count)))


def test_load_makes_a_worker_scale_and_every_instance_serves(shared: Bed, place: Place) -> None:
    platform = place.platform(place.proxy(), **SAMPLING)
    autoscaling: dict[str, Any] = {
        "maxInstances": 4,
        "metrics": [{"type": "RequestsPerSecond", "averageValue": "0.5"}],
    }
    worker = place.customer("busy", script(1), on=platform, autoscaling=autoscaling)
    worker.wait_ready()
    assert worker.status["instances"] == 1
    # A burst is met before its minute is complete: eight a second, over ten of them. Of one that two minutes share, the
    # first minute tells a part.
    _await_minute(25)
    began = time.time()
    _send(worker, "/?sleep=20&spin=0", 80)
    until(lambda: worker.status["instances"] == 4, lambda: str(worker.status), _LATE)
    assert time.time() - began < 2 * 10 + 20  # two intervals, and a busy machine
    assert worker.status["scaling"]["desired"] == 4
    assert worker.status["scaling"]["lastBurstTime"]
    assert worker.condition("ScalingActive")["status"] == "True"
    worker.wait_ready()
    instances = {worker.visit().headers["code24-instance"] for _ in range(100)}
    assert instances == {"0", "1", "2", "3"}


@pytest.mark.timeout(200)  # a whole minute of analytics, on a machine with something else to do
def test_what_is_told_equals_what_was_sent(shared: Bed, place: Place) -> None:
    platform = place.platform(place.proxy(), **_PER_WORKER)
    sizes = {"steady": (2, 160, 8), "updated": (2, 100, 5), "single": (1, 40, 2)}
    workers = {
        name: place.customer(
            name,
            script(1),
            on=platform,
            customerId=f"{place.customer_id}-{name}",
            instances=instances,
            health={"interval": "1h"},
        )
        for name, (instances, _, _) in sizes.items()
    }
    for worker in workers.values():
        worker.wait_ready()
    experiment = Experiment(place, platform, workers)
    asked = [
        one
        for name, (_, count, errors) in sizes.items()
        for one in mix(name, count, errors=errors, sleep=100, spin=10)
    ]

    _await_minute(25)
    experiment.send(asked[::2], _RATE)
    workers["updated"].apply(source={"inline": {"script": script(2)}})
    workers["updated"].wait_ready()
    experiment.send(asked[1::2], _RATE)
    assert not experiment.sent.unexpected
    for worker in workers.values():
        until(lambda w=worker: "metrics" in w.status, lambda w=worker: str(w.status), _LATE)  # type: ignore[misc]
    rows = list(experiment.told(shared.operator).rows(experiment.sent))
    assert len({key[1:] for key in experiment.sent.answered}) == 7
    assert [row for row in rows if not row.tolerance and row.wrong] == []
    # A busy machine adds to times, and takes nothing from them.
    totals = [row for row in rows if row.tolerance and row.what.startswith("all:")]
    short = [r for r in totals if min(r.told.values()) < (1 - r.tolerance) * r.sent]
    assert short == []


def test_without_the_right_to_read_analytics_a_platform_works_and_says_so(place: Place) -> None:
    proxy = place.proxy()
    proxy.fault(failing(403, 10000, "denied"), methods="POST", path="/analytics_engine/sql$")
    platform = place.platform(proxy, **SAMPLING)
    worker = place.customer("hello", script(1), on=platform)
    worker.wait_ready()
    platform.wait(
        lambda o: "analytics_engine" in (o["status"].get("metrics") or {}).get("failure", ""),
        "it does not say that metrics cannot be read",
    )
    platform.wait_ready()
