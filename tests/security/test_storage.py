"""Storage and other resources of the account: what team A is not granted, or was made for others, is out of reach."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from support.arena import Arena, Attempt
from support.handles import Worker, now
from support.scripts import says

NOT_GRANTED: Final = "Deployed NotGranted"
NOT_ALLOWED: Final = "Deployed BindingNotAllowed"
NO_SOURCE: Final = "SourceResolved NotGranted"
BY_ID: Final = ("d1", "hyperdrive", "mtlsCertificate", "pipeline", "queue", "vectorize", "vpcService")  # fmt: skip
READS: Final = """export default { async fetch(request, env) {
  if (new URL(request.url).pathname === "/plant") {
    await env.STORE.put("config", "planted")
    await env.FILES.put("invoice", "planted")
  }
  const file = await env.FILES.get("invoice")
  return new Response(`${await env.STORE.get("config")} ${await file?.text()}`)
} }
"""
OWN: Final = [
    {"name": "STORE", "type": "kvNamespace", "create": True},
    {"name": "FILES", "type": "r2Bucket", "create": True},
]


def bind(refused: str, kind: str, on: str = "production", **names: str) -> Attempt:
    """A worker that binds something by its id or its name."""
    return Attempt(refused, {"bindings": [{"name": "X", "type": kind, **names}]}, on=on)


def read(refused: str, bucket: str | None, on: str = "production") -> Attempt:
    """A worker that takes its code from a bucket; None: from the platform's."""
    r2 = {"key": "site.js"} | ({"bucket": bucket} if bucket else {})
    return Attempt(refused, {"source": {"r2": r2}}, on=on)


ATTEMPTS: Final[Mapping[str, Attempt]] = {
    # without a grant
    "a namespace by its title": bind(NOT_GRANTED, "kvNamespace", title="B_STORE"),
    "a namespace by its id": bind(NOT_GRANTED, "kvNamespace", id="$store_id"),
    "a created namespace by its title": bind(NOT_GRANTED, "kvNamespace", title="$ledger_title"),
    "a created namespace by its id": bind(NOT_GRANTED, "kvNamespace", id="$ledger_id"),
    "the routing table by its title": bind(NOT_GRANTED, "kvNamespace", title="$production_title"),
    "the routing table by its id": bind(NOT_GRANTED, "kvNamespace", id="$production_id"),
    "a title that begins like a granted one": bind(NOT_GRANTED, "kvNamespace", title="A"),
    "a bucket": bind(NOT_GRANTED, "r2Bucket", bucket="team-b-workers"),
    "a created bucket": bind(NOT_GRANTED, "r2Bucket", bucket="$ledger_bucket"),
    "the platform's bucket": bind(NOT_GRANTED, "r2Bucket", bucket="$production_bucket"),
    "a dataset": bind(NOT_GRANTED, "analyticsEngine", dataset="${production_dataset}_events_b"),
    **{f"{kind} by id": bind(NOT_GRANTED, kind, id="b-resource") for kind in BY_ID},
    "a queue whose name begins otherwise": bind(NOT_GRANTED, "queue", id="xa-queue"),
    # where everything is granted to all
    "production's routing table": bind(NOT_ALLOWED, "kvNamespace", "staging", title="$production_title"),
    "production's by its id": bind(NOT_ALLOWED, "kvNamespace", "staging", id="$production_id"),
    "staging's own routing table": bind(NOT_ALLOWED, "kvNamespace", "staging", title="$staging_title"),
    "staging's own by its id": bind(NOT_ALLOWED, "kvNamespace", "staging", id="$staging_id"),
    "production's bucket": bind(NOT_ALLOWED, "r2Bucket", "staging", bucket="$production_bucket"),
    "another's created namespace": bind(NOT_ALLOWED, "kvNamespace", "staging", title="$ledger_title"),
    "another's created namespace by id": bind(NOT_ALLOWED, "kvNamespace", "staging", id="$ledger_id"),
    "another's created bucket": bind(NOT_ALLOWED, "r2Bucket", "staging", bucket="$ledger_bucket"),
    "the platform's dataset": bind(NOT_ALLOWED, "analyticsEngine", "staging", dataset="$production_dataset"),
    "a dataset in another case": bind(
        NOT_ALLOWED, "analyticsEngine", "staging", dataset="$production_dataset_in_capitals"
    ),
    "a customer's events": bind(
        NOT_ALLOWED, "analyticsEngine", "staging", dataset="${production_dataset}_events_b"
    ),
    # code
    "code from a bucket": read(NO_SOURCE, "team-b-workers"),
    "code from the platform's bucket": read(NO_SOURCE, None),
    "code from production's bucket": read(NO_SOURCE, "$production_bucket", "staging"),
    "code from a created bucket": read(NO_SOURCE, "$ledger_bucket", "staging"),
    "code from a ConfigMap of others": Attempt(
        "SourceResolved ConfigMapNotFound",
        {"source": {"configMap": {"name": "b-code", "key": "site.js"}}},
    ),
    # Secrets
    "a Secret of others": Attempt(
        "Deployed SecretNotFound",
        {"secrets": [{"name": "X", "secretKeyRef": {"name": "b-secret", "key": "token"}}]},
    ),
    "the token of a platform": Attempt(
        "Deployed SecretNotFound",
        {"secrets": [{"name": "X", "secretKeyRef": {"name": "$production_title", "key": "token"}}]},
    ),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def belongings(arena: Arena) -> None:
    """A ConfigMap and a Secret of team B."""
    for plural, kind, data in (
        ("configmaps", "ConfigMap", {"data": {"site.js": says("B's code")}}),
        ("secrets", "Secret", {"stringData": {"token": arena.admin.new_token()}}),
    ):
        metadata = {"name": f"b-{'code' if kind == 'ConfigMap' else 'secret'}"}
        body = {"apiVersion": "v1", "kind": kind, "metadata": metadata, **data}
        arena.b.api.create(f"/api/v1/namespaces/{arena.b.namespace}/{plural}", body)


@pytest.mark.parametrize("what", ATTEMPTS)
def test_storage_of_others(arena: Arena, what: str) -> None:
    arena.try_in_vain(ATTEMPTS[what])


def test_a_grant_of_titles_grants_no_ids_that_begin_alike(arena: Arena) -> None:
    """Team A may bind titles that begin with a letter, and B's namespace has such an id."""
    begin = arena.names["store_id"][0]
    grants = arena.production.body["spec"]["tenancy"]["grants"]
    more = {**grants[0], "storage": {"kvNamespaces": [f"{begin}*"]}}
    arena.production.apply(tenancy={"grants": [more, *grants]})
    try:
        arena.production.wait_ready()
        arena.try_in_vain(ATTEMPTS["a namespace by its id"])
    finally:
        arena.production.apply(tenancy={"grants": grants})
        arena.production.wait_ready()


def test_a_successor_of_a_name_reads_nothing_of_its_predecessor(arena: Arena) -> None:
    """Script names are granted to all on staging: what a name has retained stays out of reach."""
    own = _keeper(arena)
    own.wait_ready()
    assert own.visit("/plant").text == "planted planted"
    own.delete()
    own.wait_gone()
    heir = arena.attack(
        "staging", customerId="b", scriptName="keeper", source=_code(), bindings=OWN
    )
    heir.wait_ready()
    assert heir.visit().text == "null undefined"
    heir.leave()


def test_nothing_is_planted_for_a_later_worker(arena: Arena) -> None:
    early = arena.attack(
        "staging", customerId="b", scriptName="keeper", source=_code(), bindings=OWN
    )
    early.wait_ready()
    assert early.visit("/plant").text == "planted planted"
    early.leave()
    own = _keeper(arena)
    own.wait_ready()
    assert own.visit().text == "null undefined"
    own.leave()


def test_a_key_in_its_own_bucket_leads_nowhere_else(arena: Arena) -> None:
    key = f"y/../../../../storage/kv/namespaces/{arena.names['production_id']}/values/platform"
    arena.edge.create_bucket("team-a-code")
    arena.edge.put_object("team-a-code", "y/i.js", says("x"))
    arena.edge.put_object("team-a-code", key.replace("..", "%2e%2e"), says("y"))
    began = now()
    source = {"r2": {"bucket": "team-a-code", "key": "y/", "main": "i.js"}}
    worker = arena.attack(source=source)
    message = worker.wait_condition("SourceResolved", "False", "ModuleInvalid")["message"]
    assert "must not contain the segments . and .." in message
    assert arena.uploads(worker, began) == []
    assert arena.proxy.calls("GET", "/values/|/objects/y", since=began) == []


def _code() -> dict[str, Any]:
    return {"inline": {"script": READS}}


def _keeper(arena: Arena) -> Worker:
    spec = {
        "customerId": "b",
        "subdomain": "bkeeper",
        "scriptName": "keeper",
        "source": _code(),
        "bindings": OWN,
    }
    return arena.b.create(spec, arena.platforms["staging"])


def test_a_bucket_that_is_not_granted_is_not_even_listed(arena: Arena) -> None:
    """Listing one costs calls of everybody's budget, one for each thousand of its objects."""
    arena.edge.create_bucket("archive")
    began = now()
    for key in ("a.js", "b.js"):
        source = {"r2": {"bucket": "archive", "key": key}}
        arena.attack(source=source).wait_condition("SourceResolved", "False", "NotGranted")
    arena.production.check_now()
    arena.production.wait_ready()
    assert arena.proxy.calls("GET", "/workers/dispatch/", since=began), "nothing was listed"
    assert not arena.proxy.calls("GET", "/archive/", since=began)
