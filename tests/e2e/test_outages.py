"""Cloudflare's API fails in every way that a network and an API can: named, retried with patience, nothing lost."""

import re
from collections import Counter

import pytest

from support.bed import Place
from support.handles import Platform, Worker, now
from support.proxy import Fault, Proxy, Rule, failing, html, too_many
from support.scripts import says
from support.waiting import until

OUTAGE_SECONDS = 2.0
# Full jitter over 1, 2, 4 … s: after an outage of a few seconds the next try comes within this.
STEP_SECONDS = 15.0


@pytest.fixture
def proxy(place: Place) -> Proxy:
    return place.proxy()


@pytest.fixture
def platform(place: Place, proxy: Proxy) -> Platform:
    made = place.platform(proxy)
    made.wait_ready()
    return made


@pytest.fixture
def worker(place: Place, platform: Platform) -> Worker:
    made = place.customer("hello", says("one"), on=platform)
    made.wait_ready()
    return made


def _edit(worker: Worker) -> float:
    """Has a second version deployed; the moment before that."""
    began = now()
    worker.apply(source={"inline": {"script": says("two")}})
    return began


def _recovers(proxy: Proxy, worker: Worker, seconds: float = STEP_SECONDS) -> None:
    assert worker.visit().text == "one", "the outage has cost visitors their worker"
    proxy.clear()
    worker.wait_ready(seconds)
    assert worker.visit().text == "two"
    until(lambda: worker.scripts() == worker.expected_scripts(), "scripts are left over")


def _nothing_twice(proxy: Proxy, since: float) -> None:
    """No script was carried out twice, nor under two names."""
    uploads = Counter(c.path for c in proxy.calls("PUT", "/scripts/", since) if c.carried_out)
    assert len(uploads) == 1, uploads
    assert set(uploads.values()) == {1}, uploads


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (failing(500), "CloudflareError"),
        (failing(502), "CloudflareError"),
        (failing(503), "CloudflareError"),
        (html(502), "CloudflareError"),
        (Fault("cut"), "CloudflareUnreachable"),
        (Fault("cut", seconds=1.0), "CloudflareUnreachable"),
    ],
    ids=["500", "502", "503", "HTML", "cut", "hanging"],
)
def test_a_failing_api_is_named_and_retried_with_patience(
    proxy: Proxy, worker: Worker, fault: Fault, reason: str
) -> None:
    proxy.fault(fault)
    began = _edit(worker)
    found = worker.wait_condition("Deployed", "False", reason)
    assert found["message"]
    assert worker.condition("Reconciling")["status"] == "True"
    until(lambda: now() - began > OUTAGE_SECONDS, "time stands still")
    tried = [c for c in proxy.calls(since=began) if not c.asks_for_metrics]
    assert 1 <= len(tried) <= 12, "retries without patience"
    _recovers(proxy, worker)
    _nothing_twice(proxy, began)


def test_an_unreachable_api_is_named_and_come_back_to(proxy: Proxy, worker: Worker) -> None:
    proxy.refuse()
    began = _edit(worker)
    worker.wait_condition("Deployed", "False", "CloudflareUnreachable")
    until(lambda: now() - began > OUTAGE_SECONDS, "time stands still")
    _recovers(proxy, worker)
    _nothing_twice(proxy, began)


def test_a_rate_limited_token_rests_for_as_long_as_it_was_told(
    proxy: Proxy, worker: Worker
) -> None:
    rule = proxy.fault(too_many(retry_after=4), times=1)
    began = _edit(worker)
    worker.wait_condition("Deployed", "False", "RateLimited")
    assert rule.hits == 1
    worker.wait_ready(4 + STEP_SECONDS)
    assert worker.visit().text == "two"
    # A query for metrics may have been under way beside the first.
    first, second = [c for c in proxy.calls(since=began) if not c.asks_for_metrics][:2]
    assert second.at - first.at >= 4
    queries = [c.at - first.at for c in proxy.calls(since=began) if c.asks_for_metrics]
    assert not [after for after in queries if 1 < after < 4]


def _lost(proxy: Proxy, methods: str, path: str) -> Rule:
    return proxy.fault(Fault("lose"), methods=methods, path=path, times=1)


def test_a_lost_answer_to_an_upload_uploads_nothing_twice(proxy: Proxy, worker: Worker) -> None:
    rule = _lost(proxy, "PUT", f"/scripts/{worker.script_name}--")
    began = _edit(worker)
    worker.wait_ready()
    assert rule.hits == 1
    assert worker.visit().text == "two"
    _nothing_twice(proxy, began)


def test_a_lost_answer_to_a_routing_write_writes_nothing_twice(
    proxy: Proxy, worker: Worker
) -> None:
    rule = _lost(proxy, "PUT", "/bulk$")
    began = _edit(worker)
    worker.wait_ready()
    assert rule.hits == 1
    assert worker.visit().text == "two"
    assert len(proxy.calls("PUT", "/bulk$", began)) == 1
    _nothing_twice(proxy, began)


@pytest.mark.parametrize(
    "path", ["/workers/dispatch/namespaces$", "/storage/kv/namespaces$", "/r2/buckets$"]
)
def test_a_lost_answer_to_a_creation_creates_nothing_twice(
    place: Place, proxy: Proxy, path: str
) -> None:
    rule = _lost(proxy, "POST", path)
    before = place.bed.edge.inventory()
    platform = place.platform(proxy)
    platform.wait_ready()
    assert rule.hits == 1
    assert len(proxy.calls("POST", path)) == 1
    made = place.bed.edge.inventory().since(before)
    assert made.containers == (platform.space,) * 3, "a namespace, a KV namespace and a bucket"


@pytest.mark.parametrize("path", ["/workers/scripts/", "/workers/routes$"], ids=["script", "route"])
def test_a_lost_answer_about_the_dispatcher_does_no_harm(
    place: Place, proxy: Proxy, path: str
) -> None:
    rule = _lost(proxy, "PUT|POST", path)
    before = place.bed.edge.inventory()
    platform = place.platform(proxy)
    platform.wait_ready()
    assert rule.hits == 1
    made = place.bed.edge.inventory().since(before)
    assert made.account_scripts == {platform.dispatcher}
    assert made.routes == {(f"*.{platform.domain}/*", platform.dispatcher)}
    worker = place.customer("hello", says("x"), on=platform)
    worker.wait_ready()
    assert worker.visit().text == "x"


@pytest.mark.parametrize("fault", [failing(503), Fault("cut")], ids=["503", "cut"])
def test_a_platform_that_can_not_be_reached_at_first_is_set_up_later(
    place: Place, proxy: Proxy, fault: Fault
) -> None:
    proxy.fault(fault)
    platform = place.platform(proxy)
    worker = place.customer("hello", says("x"), on=platform)
    reason = "CloudflareError" if fault.status else "CloudflareUnreachable"
    platform.wait_condition("Ready", "False", reason)
    worker.wait_condition("Ready", "False", reason)
    proxy.clear()
    platform.wait_ready(STEP_SECONDS)
    worker.wait_ready(STEP_SECONDS)


def test_an_outage_in_the_middle_of_many_loses_none(
    place: Place, proxy: Proxy, platform: Platform
) -> None:
    began = now()
    proxy.fault(failing(503), path="/scripts/", times=6)
    proxy.fault(Fault("lose"), methods="PUT", path="/bulk$", times=2)
    workers = [place.customer(f"w{n}", says(f"worker {n}"), on=platform) for n in range(6)]
    for number, worker in enumerate(workers):
        worker.wait_ready()
        assert worker.visit().text == f"worker {number}"
    uploads = Counter(c.path for c in proxy.calls("PUT", "/scripts/", began) if c.carried_out)
    assert set(uploads.values()) == {1}
    names = {re.sub(r".*/", "", path) for path in uploads}
    assert names == {name for worker in workers for name in worker.expected_scripts()}
