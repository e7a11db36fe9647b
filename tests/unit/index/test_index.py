"""What an observed worker claims and names, as far as it can be read, and what is left when it goes."""

from typing import Any

import pytest

from workers_operator.desired import references
from workers_operator.domain.routes import Route
from workers_operator.domain.services import Callee
from workers_operator.domain.tenancy.grants import Tenancy
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.index import Index

EVERYBODY = Tenancy(single_tenant=True)


def key(name: str, kind: str = "CustomerWorker") -> ObjectKey:
    return ObjectKey(kind, "shop", name)


def body(name: str, *, ready: str | None = None, **spec: Any) -> dict[str, Any]:
    """A worker; ``ready``: the reason of its Ready, which is True."""
    given = {"customerId": name, "subdomain": name, "template": "ecommerce", **spec}
    given = {field: value for field, value in given.items() if value is not None}
    condition = {"type": "Ready", "status": "True", "reason": ready}
    status = {"conditions": [condition]} if ready is not None else {}
    metadata = {"name": name, "namespace": "shop", "uid": name, "creationTimestamp": "2026"}
    return {"metadata": metadata, "spec": given, "status": status}


def calling(name: str) -> dict[str, Any]:
    return {"name": "PEER", "type": "service", "worker": {"kind": "CustomerWorker", "name": name}}


def observe(index: Index, name: str, **spec: Any) -> frozenset[references.Reference]:
    seen = body(name, **spec)
    index.objects.observe(key(name), seen)
    return index.put(key(name), seen, "2027")


@pytest.fixture
def index() -> Index:
    index = Index()
    observe(index, "a", scriptName="shop", bindings=[calling("b")])
    observe(index, "b")
    return index


def test_a_worker_claims_and_names_what_its_spec_says(index: Index) -> None:
    known = index.claims.find(key("a"))
    assert known is not None
    platform, claim = known
    assert (platform, claim.script_name, claim.uid) == ("default", "shop", "a")
    assert [route.host for route in claim.routes] == ["a."]
    assert references.worker(key("b")) in index.references.of(key("a"))
    assert index.references.to(references.worker(key("b"))) == [key("a")]
    assert set(index.hosts("default", EVERYBODY)) == {"a.", "b."}
    assert index.hosts("elsewhere", EVERYBODY) == set()
    assert index.buckets("default", EVERYBODY, "data") == {"": "templates/customer/ecommerce."}


def test_an_edit_takes_the_former_claims_and_references_away(index: Index) -> None:
    observe(
        index, "a", subdomain="c", template=None, source={"r2": {"bucket": "own", "key": "x.js"}}
    )
    assert set(index.hosts("default", EVERYBODY)) == {"b.", "c."}
    assert index.references.to(references.worker(key("b"))) == []
    assert index.buckets("default", EVERYBODY, "data")["own"] == "x.js"


@pytest.mark.parametrize(
    ("spec", "moved"), [({}, False), ({"subdomain": "c"}, False), ({"platform": "other"}, True)]
)
def test_callers_are_told_of_a_worker_that_moves_to_another_platform(
    index: Index, spec: dict[str, Any], moved: bool
) -> None:
    assert observe(index, "new") == frozenset()
    expected = {references.worker(key("b"))} if moved else set()
    assert observe(index, "b", **spec) == expected


def test_an_object_that_cannot_be_read_claims_nothing(index: Index) -> None:
    assert observe(index, "a", instances="many") == frozenset()
    assert index.claims.find(key("a")) is None
    assert set(index.hosts("default", EVERYBODY)) == {"b."}
    assert observe(index, "a", platform="other") == frozenset()  # nothing is known of where it was
    assert set(index.hosts("other", EVERYBODY)) == {"a."}


def test_a_route_that_cannot_be_served_is_not_claimed(index: Index) -> None:
    observe(index, "a", routes=[{"pattern": "a..example.com/*"}])
    known = index.claims.find(key("a"))
    assert known is not None
    assert [route.host for route in known[1].routes] == ["a."]


def test_a_worker_that_is_gone_leaves_nothing(index: Index) -> None:
    remembered = index.memories.of(key("a"))
    remembered.mark_stale()
    index.forget(key("a"))
    assert index.claims.find(key("a")) is None
    assert index.references.of(key("a")) == frozenset()
    assert index.references.to(references.worker(key("b"))) == []
    assert not index.memories.of(key("a")).stale
    index.forget(key("nobody"))


def test_workers_of_a_platform_are_counted(index: Index) -> None:
    def counts(platform: str) -> tuple[int, int, int]:
        found = index.count_workers(platform)
        return found.total, found.ready, found.suspended

    assert counts("default") == (2, 0, 0)
    observe(index, "c", ready="Succeeded")
    observe(index, "d", ready="Parked", platform="other")
    assert counts("default") == (3, 1, 0)
    assert counts("other") == (1, 1, 0)
    assert counts("none") == (0, 0, 0)
    observe(index, "e", ready="Suspended")
    observe(index, "f", ready="PlatformSuspended")
    assert counts("default") == (5, 1, 2)
    index.objects.remove(key("c"), "c")  # its claim goes a moment later
    assert counts("default") == (5, 0, 2)


def test_callees_of_a_platform_are_its_own_workers_that_others_call(index: Index) -> None:
    observe(index, "b", scriptName="prices")
    observe(index, "c", bindings=[calling("b"), calling("nobody") | {"name": "NONE"}])
    observe(index, "d", platform="other", bindings=[calling("a")])
    assert index.callees("default", bool) == [Callee("prices", "b"), Callee("shop", "a")]
    assert index.callees("other", bool) == []


def test_a_route_is_asked_for_since_the_edit_that_added_it(index: Index) -> None:
    observe(index, "d", subdomain="d")
    observe(index, "d", subdomain="d", routes=[{"pattern": "shop.example.com/*"}])

    assert index.claims.since(key("d")) == {Route("shop.example.com"): "2027"}

    observe(index, "d", subdomain="d")
    assert index.claims.since(key("d")) == {}


def test_on_another_platform_all_routes_are_asked_for_anew(index: Index) -> None:
    observe(index, "d", subdomain="d")
    observe(index, "d", subdomain="d", platform="elsewhere")

    assert index.claims.since(key("d")) == {Route("d."): "2027"}


def test_an_object_of_the_same_name_begins_anew(index: Index) -> None:
    observe(index, "d", subdomain="d")
    successor = body("d", subdomain="other")
    successor["metadata"] |= {"uid": "successor", "creationTimestamp": "2028", "generation": 1}
    index.put(key("d"), successor, "2028")

    found = index.claims.find(key("d"))
    assert found is not None
    assert found[1].asked_for(Route("other.")) == "2028"
