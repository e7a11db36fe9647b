"""Whoever may write WorkersPlatforms gets neither Secrets of others nor another platform's part of the account."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from support.arena import Arena, Attempt
from support.bed import Place
from support.clusters import OPERATOR_NAMESPACE
from support.handles import Platform
from support.proxy import Proxy
from support.scripts import says


@pytest.fixture
def stranger(arena: Arena) -> Iterator[Proxy]:
    """An address that the operator was not told of; ``calls`` says what it was sent."""
    proxy = Proxy(arena.edge.base_url)
    yield proxy
    proxy.close()


@pytest.fixture
def place(arena: Arena) -> Iterator[Place]:
    """A corner of a platform's administrator."""
    made = Place(arena.bed)
    yield made
    made.clear()


@pytest.mark.parametrize("namespace", ["team-b", "kube-system"])
def test_a_secret_of_another_namespace(
    arena: Arena, place: Place, stranger: Proxy, namespace: str
) -> None:
    secret = {
        "metadata": {"name": f"payments-{place.slug}"},
        "stringData": {"password": place.new_token()},
    }
    arena.admin.access.api.create(f"/api/v1/namespaces/{namespace}/secrets", secret)
    reference = {"namespace": namespace, "name": f"payments-{place.slug}", "key": "password"}
    platform = place.platform(stranger, credentials={"apiTokenSecretRef": reference})
    platform.wait_condition("Authenticated", "False", "SecretNamespaceNotAllowed")
    assert stranger.calls() == []


@pytest.mark.parametrize(
    "address",
    [
        "$url",
        "http://127.0.0.1:$port@example.com",
        "http://localhost:$port/client/v4",
        "http://[::1]:$port/client/v4",
        "http://169.254.169.254/latest",
        "https://api.cloudflare.com.example.com/client/v4",
        "https://api.cloudflare.com/client/v4/../../evil",
    ],
)
def test_an_address_of_its_own(place: Place, stranger: Proxy, address: str) -> None:
    port = stranger.url.rpartition(":")[2].partition("/")[0]
    url = address.replace("$url", stranger.url).replace("$port", port)
    if "@" in url:
        with pytest.raises(AssertionError, match=r"spec\.baseUrl"):
            place.platform(stranger, baseUrl=url)
        return
    platform = place.platform(stranger, baseUrl=url)
    platform.wait_condition("Authenticated", "False", "AddressNotAllowed")
    assert stranger.calls() == []


def _taking(arena: Arena) -> Mapping[str, tuple[Mapping[str, Any], str, str]]:
    taken = arena.production.body["spec"]["storage"]
    own = {"namespace": "evil", "dispatcher": "evil-dispatcher"}
    free = {"metadataNamespace": "EVIL", "dataBucket": "evil", "analyticsDataset": "evil"}
    conflict = ("Provisioned", "PlatformConflict")
    return {
        "dispatch namespace": (
            {"dispatch": {**own, "namespace": arena.production.space}},
            *conflict,
        ),
        "dispatcher": (
            {"dispatch": {**own, "dispatcher": arena.production.dispatcher}},
            *conflict,
        ),
        "bucket": ({"storage": {**free, "dataBucket": taken["dataBucket"]}}, *conflict),
        "dataset": (
            {"storage": {**free, "analyticsDataset": taken["analyticsDataset"]}},
            *conflict,
        ),
        "routing table": (
            {"storage": {**free, "metadataNamespace": taken["metadataNamespace"]}},
            "Provisioned",
            "StorageNotOwned",
        ),
    }


@pytest.mark.parametrize(
    "what", ["dispatch namespace", "dispatcher", "bucket", "dataset", "routing table"]
)
def test_what_production_has(arena: Arena, place: Place, what: str) -> None:
    spec, condition, reason = _taking(arena)[what]
    platform: Platform = place.platform(arena.proxy, token=arena.production.token, **spec)
    platform.wait_condition(condition, "False", reason)


def test_what_is_wrong_with_a_platform_is_told_to_no_team(arena: Arena, place: Place) -> None:
    secret = f"payments-{place.slug}"
    reference = {"namespace": OPERATOR_NAMESPACE, "name": secret, "key": "password"}
    own = {"namespaces": ["team-b"], "customers": ["b"], "hosts": ["*"]}
    platform = place.platform(
        arena.proxy, credentials={"apiTokenSecretRef": reference}, tenancy={"grants": [own]}
    )
    said = platform.wait_condition("Authenticated", "False", "SecretNotFound")["message"]
    assert secret in said
    source = {"inline": {"script": says("A was here")}}
    spec = {"customerId": "a", "subdomain": "curious", "source": source}
    worker = arena.a.create(spec, platform)
    told = worker.wait_condition("Deployed", "False", "SecretNotFound")["message"]
    assert secret not in json.dumps(worker.status)
    assert "its administrator sees why" in told
    events = arena.a.api.get(f"/api/v1/namespaces/{worker.namespace}/events")
    assert secret not in json.dumps(events)


ON_STAGING: Mapping[str, Attempt] = {
    "host": Attempt(
        "Routed RouteReserved", {"routes": [{"pattern": "bshop.code24.dev/*"}]}, on="staging"
    ),
    "routing table": Attempt(
        "Deployed BindingNotAllowed",
        {"bindings": [{"name": "X", "type": "kvNamespace", "title": "$production_title"}]},
        on="staging",
    ),
    "id of the routing table": Attempt(
        "Deployed BindingNotAllowed",
        {"bindings": [{"name": "X", "type": "kvNamespace", "id": "$production_id"}]},
        on="staging",
    ),
    "bucket": Attempt(
        "Deployed BindingNotAllowed",
        {"bindings": [{"name": "X", "type": "r2Bucket", "bucket": "$production_bucket"}]},
        on="staging",
    ),
}


def test_a_platform_that_is_suspended_keeps_what_it_has(arena: Arena) -> None:
    """Also for an operator that was started since, and has never connected to it."""
    arena.production.apply(suspend=True)
    try:
        arena.restart()
        for attempt in ON_STAGING.values():
            arena.try_in_vain(attempt)
        arena.a.clear()
    finally:
        arena.production.apply(suspend=None)
        arena.production.wait_ready()
