"""Load makes a worker scale, and what its status says of the load is what was sent."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from support.bed import Bed, Place
from support.handles import Worker
from support.proxy import failing
from support.waiting import until

_MINUTE: Final = 60
_LATE: Final = 100.0  # seconds: a whole minute of analytics, its delay, and a busy machine
SCRIPT: Final = """
export default {
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname === "/broken") throw new Error("broken");
    await scheduler.wait(Number(url.searchParams.get("wait") ?? 0));
    return new Response("ok");
  }
};
"""
SAMPLING: Final[Mapping[str, Any]] = {"metrics": {"interval": "10s", "delay": "4s"}}


def _within_a_minute(send: Callable[[], None], seconds: float) -> int:
    """Send when a minute has enough left for it; return the minute's end as Unix time."""
    until(lambda: time.time() % _MINUTE < _MINUTE - seconds, "no minute begins", seconds + 5)
    send()
    return int(time.time()) // _MINUTE * _MINUTE + _MINUTE


def _send(worker: Worker, path: str, count: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: worker.visit(path), range(count)))


def test_load_makes_a_worker_scale_and_every_instance_serves(shared: Bed, place: Place) -> None:
    platform = place.platform(place.proxy(), **SAMPLING)
    autoscaling: dict[str, Any] = {
        "maxInstances": 4,
        "metrics": [{"type": "RequestsPerSecond", "averageValue": "0.5"}],
    }
    worker = place.customer("busy", SCRIPT, on=platform, autoscaling=autoscaling)
    worker.wait_ready()
    assert worker.status["instances"] == 1
    ended = _within_a_minute(lambda: _send(worker, "/?wait=20", 80), 20)
    until(lambda: worker.status["instances"] == 3, lambda: str(worker.status), _LATE)
    assert time.time() - ended < 2 * 10 + 4 + 20  # two intervals, the delay, and a busy machine
    assert worker.status["scaling"]["desired"] == 3
    assert worker.condition("ScalingActive")["status"] == "True"
    worker.wait_ready()
    instances = {worker.visit().headers["code24-instance"] for _ in range(60)}
    assert instances == {"0", "1", "2"}


def test_status_says_what_was_sent(shared: Bed, place: Place) -> None:
    platform = place.platform(place.proxy(), **SAMPLING)
    worker = place.customer("counted", SCRIPT, on=platform, health={"interval": "1h"})
    worker.wait_ready()

    def send() -> None:
        _send(worker, "/?wait=100", 190)
        _send(worker, "/broken", 10)

    _within_a_minute(send, 30)
    # The probes that found the worker ready are among the requests.
    until(
        lambda: 200 <= (worker.status.get("metrics") or {}).get("requests", 0) <= 210,
        lambda: str(worker.status.get("metrics")),
        _LATE,
    )
    found = worker.status["metrics"]
    assert found["errors"] == 10
    assert 95 <= float(found["avgResponseTime"].removesuffix("ms")) <= 140
    assert 100 <= float(found["p99ResponseTime"].removesuffix("ms")) <= 400
    assert found["cpu"]["p50"].endswith("ms")
    metric = shared.operator.metric
    assert metric("cloudflare_worker_requests_total", platform=platform.name) >= 200
    assert metric("cloudflare_worker_request_errors_total", platform=platform.name) == 10


def test_without_the_right_to_read_analytics_a_platform_works_and_says_so(place: Place) -> None:
    proxy = place.proxy()
    proxy.fault(failing(403, 10000, "denied"), methods="POST", path="/analytics_engine/sql$")
    platform = place.platform(proxy, **SAMPLING)
    worker = place.customer("hello", SCRIPT, on=platform)
    worker.wait_ready()
    platform.wait(
        lambda o: "analytics_engine" in (o["status"].get("metrics") or {}).get("failure", ""),
        "it does not say that metrics cannot be read",
    )
    platform.wait_ready()
