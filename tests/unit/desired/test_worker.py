"""What an object wants: names, routes and content follow from its spec."""

from typing import Any

import pytest

from workers_operator.desired import worker as desired
from workers_operator.desired.worker import Malformed, WorkerObject
from workers_operator.domain.content import Version
from workers_operator.domain.errors import Stalled
from workers_operator.domain.routes import Route
from workers_operator.domain.tenancy.customer_plans import NO_LIMITS
from workers_operator.domain.worker import ObjectKey

SPEC = {"customerId": "customer-123", "subdomain": "shop"}
DOMAIN = "code24.dev"


def _parsed(kind: str, name: str, spec: Any) -> tuple[ObjectKey, WorkerObject]:
    key = ObjectKey(kind, "shop", name)
    obj = desired.read(key, {"metadata": {"name": name, "uid": "u"}, "spec": SPEC | spec})
    assert not isinstance(obj, Malformed)
    return key, obj


def elite(**spec: Any) -> tuple[ObjectKey, WorkerObject]:
    return _parsed("EliteWorker", "mine", {"type": "brand"} | spec)


def customer(name: str = "mine", **spec: Any) -> tuple[ObjectKey, WorkerObject]:
    return _parsed("CustomerWorker", name, {"template": "ecommerce"} | spec)


@pytest.mark.parametrize(
    ("obj", "script", "route"),
    [
        (elite(), "brand-worker-customer-123", Route("shop.code24.dev", "/elite/brand")),
        (elite(scriptName="x"), "x", Route("shop.code24.dev", "/elite/brand")),
        (customer(), "customer-worker-customer-123--mine", Route("shop.code24.dev")),
        (customer("customer-123"), "customer-worker-customer-123", Route("shop.code24.dev")),
    ],
)
def test_names_and_routes(obj: tuple[ObjectKey, WorkerObject], script: str, route: Route) -> None:
    worker, claim = desired.worker(*obj, DOMAIN, NO_LIMITS), desired.claim(*obj, DOMAIN)
    assert worker.script_name == claim.script_name == script
    assert worker.routes == claim.routes == (route,)
    assert (worker.instances, worker.uid, worker.customer_id) == (1, "u", "customer-123")


def hash_of(obj: tuple[ObjectKey, WorkerObject], environment: str = "staging") -> str:
    return Version("00000000", desired.own_bindings(obj[1], environment)).hash


@pytest.mark.parametrize(
    "other",
    [
        customer(parameters={"origin": "https://x"}),
        customer(vars={"A": "1"}),
        customer(customerId="other"),
        customer(configuration={"plan": "premium"}),
        customer(configuration={"features": ["analytics"]}),
    ],
    ids=["parameters", "vars", "customer", "plan", "features"],
)
def test_what_the_script_can_see_makes_a_new_version(
    other: tuple[ObjectKey, WorkerObject],
) -> None:
    assert hash_of(other) != hash_of(customer())
    assert hash_of(other, "production") != hash_of(other)


@pytest.mark.parametrize(
    "other",
    [customer(instances=3), customer(subdomain="b"), customer("renamed"), customer(interval="1h"),
     customer(health={"path": "/x"}), customer(suspend=True)],
    ids=["instances", "subdomain", "name", "interval", "health", "suspend"],
)  # fmt: skip
def test_what_it_can_not_see_does_not(other: tuple[ObjectKey, WorkerObject]) -> None:
    assert hash_of(other) == hash_of(customer())


@pytest.mark.parametrize(
    ("spec", "what", "size"),
    [
        ({"parameters": {"text": "x" * 5043}}, "CONFIG, which holds spec.parameters,", 5121),
        ({"parameters": {"text": "ä" * 2600}}, "CONFIG, which holds spec.parameters,", 5278),
        ({"vars": {"LONG": "ä" * 2561}}, "var 'LONG'", 5122),
    ],
    ids=["parameters", "parameters in bytes", "vars in bytes"],
)
def test_a_variable_that_cloudflare_would_not_take_is_refused(
    spec: Any, what: str, size: int
) -> None:
    with pytest.raises(Stalled) as caught:
        desired.own_bindings(customer(**spec)[1], "staging")
    assert caught.value.reason == "VariableTooLarge"
    assert caught.value.message.startswith(f"{what} has {size} bytes; Cloudflare takes 5120")


def test_a_variable_may_be_as_large_as_cloudflare_takes() -> None:
    own = desired.own_bindings(customer(vars={"A": "ä" * 2560})[1], "staging")
    assert len(own) == 2
    desired.own_bindings(customer(parameters={"text": "x" * 5042})[1], "staging")


def test_tags_are_few_and_say_whose_it_is() -> None:
    worker = desired.worker(*elite(), DOMAIN, NO_LIMITS)
    tags = desired.tags(worker, "11111111")
    assert len(tags) <= 8
    assert {"customer-customer-123", "version-11111111"} <= set(tags)


def test_metadata_of_the_rest_api() -> None:
    def metadata(obj: WorkerObject) -> Any:
        return desired.code24_metadata(obj, environment="staging", version_hash="1", deployed_at="now")  # fmt: skip

    assert metadata(elite()[1]) == {
        "type": "elite-worker", "eliteWorkerType": "brand", "customerId": "customer-123",
        "environment": "staging", "deploymentInfo": {"version": "1", "lastDeployment": "now"},
    }  # fmt: skip
    assert "eliteWorkerType" not in metadata(customer()[1])
    assert metadata(customer()[1])["type"] == "customer-worker"


SERVED = ["https://mine.code24.dev/", "https://example.com/a/"]
CREATED, WAITED, NOW = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"


@pytest.mark.parametrize(
    ("generation", "observed", "routed", "urls", "since"),
    [
        (1, -1, None, [], CREATED),
        (1, 1, "False", [], CREATED),
        (2, 2, "True", SERVED, CREATED),
        (2, 2, "False", [], WAITED),
        (2, 1, "True", SERVED, NOW),
        (2, -1, None, [], NOW),
        (2, 2, "True", ["https://other.code24.dev/", "https://example.com/b/"], NOW),
    ],
    ids=[
        "new",
        "never edited",
        "served",
        "waits",
        "edited unseen",
        "edited, no status",
        "edited, and the pass ended before it came to routes",
    ],
)
def test_since_when_an_unknown_object_asks_for_its_routes(
    generation: int, observed: int, routed: str | None, urls: list[str], since: str
) -> None:
    key = ObjectKey("CustomerWorker", "shop", "mine")
    condition = {
        "type": "Routed", "status": routed, "reason": "HostnameConflict", "message": "",
        "lastTransitionTime": WAITED,
    }  # fmt: skip
    body = {
        "metadata": {
            "name": "mine", "uid": "u", "generation": generation, "creationTimestamp": CREATED,
        },
        "spec": SPEC | {"template": "ecommerce"},
        "status": {
            "observedGeneration": observed, "conditions": [condition] if routed else [],
            "urls": urls,
        },
    }  # fmt: skip
    obj = desired.read(key, body)
    assert not isinstance(obj, Malformed)
    for route in (Route("mine."), Route("example.com", "/a")):
        assert desired.asked_since(obj, route, NOW) == since
