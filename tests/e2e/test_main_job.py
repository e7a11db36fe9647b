"""The main job: objects become workers that answer, stay up while they change, and share their load."""

import json
import threading
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from support.bed import KV_WINDOW_SECONDS, SHARED_SPACE, SHARED_TITLE, Bed, Place
from support.scripts import says
from support.visitors import Visitors
from support.waiting import until
from support.website import website

PAGE = """<!doctype html><html lang="en"><head><title>Teapots of Jena</title>
<meta name="description" content="Hand-made teapots from Jena, fired twice and sold since 1890.">
</head><body><h1>Teapots of Jena</h1></body></html>"""
SHOP = "<!doctype html><title>Shop</title><h1>All teapots</h1>"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with website(PAGE) as url:
        yield url


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    with website(SHOP) as url:
        yield url


def test_three_kinds_of_workers_become_ready_and_answer(
    shared: Bed, place: Place, site: str, shop: str
) -> None:
    brand = place.elite("brand", "brand", parameters={"site": site})
    store = place.customer("shop", template="ecommerce", parameters={"origin": shop})
    hello = place.customer("hello", says("hello from the edge"))
    for worker in (brand, store, hello):
        worker.wait_ready()

    report = brand.visit()
    assert report.status_code == 200
    assert "Teapots of Jena" in report.text
    assert "All teapots" in store.visit().text
    assert hello.visit().text == "hello from the edge"
    for worker in (brand, store, hello):
        assert worker.visit().headers["Code24-Version"] == worker.version
        assert worker.scripts() == worker.expected_scripts()

    keys = shared.edge.keys(SHARED_TITLE)
    for worker in (brand, store, hello):
        assert f"host:{worker.host}" in keys
        about = shared.edge.value(SHARED_TITLE, f"worker:{worker.script_name}")
        assert about["customerId"] == place.customer_id
        assert about["deploymentInfo"]["version"] == worker.version
    about = shared.edge.value(SHARED_TITLE, f"worker:{brand.script_name}")
    assert (about["type"], about["eliteWorkerType"]) == ("elite-worker", "brand")


def test_kubectl_shows_and_explains_workers(place: Place) -> None:
    kubectl = place.access.kubectl
    hello = place.customer("hello", says("hello"))
    hello.wait_ready()
    shown = [line.split() for line in kubectl("-n", place.namespace, "get", "workers").splitlines()]
    assert shown[0] == ["NAME", "READY", "REASON", "INSTANCES", "HEALTH", "URL", "AGE"]
    name = "customerworker.workers.code24.dev/hello"
    assert shown[1][0] in ("hello", name)
    assert shown[1][1:-1] == ["True", "Succeeded", "1", "Healthy", hello.host]
    assert "scale subresource" not in kubectl("explain", "customerworker")
    assert "parks the worker" in " ".join(kubectl("explain", "cw.spec.instances").split())


def test_kubectl_apply_goes_on_from_what_was_applied(place: Place) -> None:
    """Most tests apply by HTTP, as kubectl would: it finds nothing to change, and takes back what was set."""
    kubectl = place.access.kubectl
    hello = place.customer("hello", says("one"), vars={"KEPT": "1", "LEFT": "2"})
    hello.wait_ready()
    assert kubectl("apply", "-f", "-", stdin=hello.body).split()[1] == "unchanged"
    spec = {**hello.body["spec"], "vars": {"KEPT": "1"}}
    stored = kubectl.apply({**hello.body, "spec": spec})
    assert stored["spec"]["vars"] == {"KEPT": "1"}
    hello.apply(source={"inline": {"script": says("two")}}, vars=None)
    hello.wait_ready()
    assert hello.visit().text == "two"
    assert "vars" not in hello.obj["spec"]


def test_events_tell_of_transitions_only(shared: Bed, place: Place) -> None:
    hello = place.customer("hello", says("one"))
    hello.wait_ready()
    assert until(hello.events, "no event").count("Deployed") == 1
    before = hello.events()
    hello.annotate(workers_code24_dev__requestedAt="again")
    hello.wait(
        lambda o: o["status"].get("lastHandledReconcileAt") == "again", "the check is not handled"
    )
    assert hello.events() == before, "nothing had changed"
    hello.apply(source={"inline": {"script": says("two")}})
    hello.wait_ready()
    until(lambda: hello.events().count("Deployed") == 2, lambda: str(hello.events()))


class Visitor:
    """Asks for the same page without a pause, from a thread of its own."""

    def __init__(self, base: str, host: str) -> None:
        self.answers: Counter[tuple[int, str]] = Counter()
        self._base, self._host = base, host
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Visitor":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        with httpx.Client(base_url=self._base, headers={"Host": self._host}) as client:
            while not self._end.is_set():
                answer = client.get("/")
                self.answers[answer.status_code, answer.text] += 1
                self._end.wait(0.002)


def test_an_update_fails_no_request_and_leaves_no_old_script(shared: Bed, place: Place) -> None:
    hello = place.customer("hello", says("one"), instances=2, rollout={"historyLimit": 0})
    hello.wait_ready()
    old = hello.scripts()
    with Visitor(shared.edge.data_url, hello.host) as visitor:
        until(lambda: visitor.answers[200, "one"] > 20, "no visitor")
        hello.apply(source={"inline": {"script": says("two")}})
        hello.wait_ready()
        until(lambda: visitor.answers[200, "two"] > 20, "the new version does not answer")
        until(
            lambda: not hello.scripts() & old,
            "the old scripts stay",
            KV_WINDOW_SECONDS + 10,
        )
        seen = visitor.answers[200, "two"]
        until(lambda: visitor.answers[200, "two"] > seen + 20, "no visitor any more")
    assert set(visitor.answers) == {(200, "one"), (200, "two")}
    assert hello.scripts() == hello.expected_scripts()
    assert len(hello.scripts()) == 2


def test_kubectl_scale_spreads_requests_over_instances(shared: Bed, place: Place) -> None:
    hello = place.customer("hello", says("hello"))
    hello.wait_ready()
    visitors = Visitors(shared.edge.data_url, {f"{hello.host}/": "200 hello"})
    visitors.come_again()
    hello.scale(3)
    hello.wait(lambda o: o["status"].get("instances") == 3, "not scaled up")
    hello.wait_ready()
    assert len(hello.scripts()) == 3
    answers = Counter(hello.visit().headers["Code24-Instance"] for _ in range(90))
    assert set(answers) == {"0", "1", "2"}
    assert min(answers.values()) >= 10, "three instances share the load"
    hello.scale(1)
    hello.wait(lambda o: o["status"].get("instances") == 1, "not scaled down")
    until(lambda: len(hello.scripts()) == 1, "the surplus instances stay")
    visitors.leave()
    assert visitors.strange() == [], "no request fails, neither on the way up nor on the way down"
    assert {hello.visit().headers["Code24-Instance"] for _ in range(20)} == {"0"}


def test_scaling_to_nothing_parks_the_worker(place: Place) -> None:
    hello = place.customer("hello", says("hello"))
    hello.wait_ready()
    hello.scale(0)
    hello.wait(lambda o: o["status"].get("instances") == 0, "not parked")
    hello.wait_ready()
    answer = hello.visit()
    assert answer.status_code == 503
    assert answer.headers["Code24-Error"] == "parked"
    assert int(answer.headers["Retry-After"]) > 0
    assert json.loads(answer.text)["error"]["code"] == "parked"
    hello.scale(1)
    hello.wait(lambda o: o["status"].get("instances") == 1, "still parked")
    hello.wait_ready()
    assert hello.visit().text == "hello"
    assert hello.space == SHARED_SPACE
