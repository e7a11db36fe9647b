"""Customers, script names, plans, templates and platforms: a team has those that a grant lists for its namespace."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from support.arena import Arena, Attempt
from support.scripts import says

NOT_GRANTED: Final = "Deployed NotGranted"
NO_SOURCE: Final = "SourceResolved NotGranted"
# Two script names with one 32-bit hash.
LONG: Final = "customer-worker-customer-123-storefront-production-blue"
PREIMAGE: Final = "customer-worker-customer-123-storefront-aaaaa0j0bh4"


def named(refused: str, script_name: str, on: str = "production") -> Attempt:
    """A worker with a script name of its choice."""
    return Attempt(refused, {"scriptName": script_name}, on=on)


def planned(refused: str, **spec: Any) -> Attempt:
    """A worker that asks for more than its customer's plan."""
    return Attempt(refused, spec)


ATTEMPTS: Final[Mapping[str, Attempt]] = {
    # customers
    "a customer at a path": Attempt(
        NOT_GRANTED, {"customerId": "b", "routes": [{"pattern": "bshop.code24.dev/login*"}]}
    ),
    "a customer at an exact path": Attempt(
        NOT_GRANTED, {"customerId": "b", "routes": [{"pattern": "bshop.code24.dev/account"}]}
    ),
    "a customer's host": Attempt(
        NOT_GRANTED,
        {"customerId": "b", "subdomain": "bshop", "type": "brand"},
        kind="EliteWorker",
    ),
    "a customer that begins with its own": Attempt(NOT_GRANTED, {"customerId": "a-b"}),
    "another customer of the same team": Attempt(NOT_GRANTED, {"customerId": "customer-123"}),
    "a customer that nobody has": Attempt(NOT_GRANTED, {"customerId": "free"}),
    # script names
    "the default name of a customer's worker": named(NOT_GRANTED, "customer-worker-b--shop"),
    "the name of a customer": named(NOT_GRANTED, "customer-worker-b"),
    "the name of an elite worker": named(NOT_GRANTED, "brand-worker-b"),
    "a name that looks like a version": named(NOT_GRANTED, "customer-worker-b--shop--0a1b2c3d--0"),
    "a name with the same 32-bit hash": named(NOT_GRANTED, PREIMAGE),
    "the dispatcher's name": named(NOT_GRANTED, "$production_title-dispatcher"),
    "a name that begins otherwise": named(NOT_GRANTED, "xa-shop"),
    "a name that serves on staging": named(
        "Deployed ScriptNameConflict", "customer-worker-b--stage", "staging"
    ),
    # plans
    "a higher plan": planned(
        NO_SOURCE, configuration={"plan": "enterprise", "features": []}, instances=20
    ),
    "another team's plan": planned(NO_SOURCE, configuration={"plan": "premium"}),
    "a plan that does not exist": planned(NO_SOURCE, configuration={"plan": "gold"}),
    "more instances without a plan": planned("SourceResolved InstancesNotInPlan", instances=21),
    "more instances than its plan": planned(
        "SourceResolved InstancesNotInPlan", configuration={"plan": "basic"}, instances=4
    ),
    # templates
    "a template": Attempt(NO_SOURCE, {"template": "content", "source": None}),
    "a template by its source": Attempt(NO_SOURCE, {"source": {"template": "api"}}),
    "an elite template": Attempt(
        NO_SOURCE, {"type": "brand", "source": None}, kind="EliteWorker"
    ),
    "a template that does not exist": Attempt(NO_SOURCE, {"source": {"template": "other"}}),
    # platforms
    "a platform of other namespaces": Attempt(NOT_GRANTED, {}, on="closed"),
    "a platform that does not exist": Attempt(
        "Deployed PlatformNotFound", {"platform": "nowhere"}
    ),
    "no platform at all": Attempt("Deployed PlatformNotFound", {"platform": "default"}),
}  # fmt: skip


@pytest.mark.parametrize("what", ATTEMPTS)
def test_names_of_others(arena: Arena, what: str) -> None:
    arena.try_in_vain(ATTEMPTS[what])


def test_the_plans_limits_hold_without_the_workers_word(arena: Arena) -> None:
    worker = arena.attack(limits={"cpu": "5m", "subRequests": 10_000_000})
    worker.wait_ready()
    assert worker.status["limits"] == {"cpuMs": 50, "subRequests": 50}


def test_a_worker_does_not_change_its_customer(arena: Arena) -> None:
    worker = arena.attack()
    answer = arena.a.api.answer("PATCH", worker.path, {"spec": {"customerId": "b"}})
    assert answer.status_code == 422
    assert "customerId is immutable" in answer.text


def test_names_with_one_short_hash_are_two_workers(arena: Arena) -> None:
    """Script names are granted to all on staging; deleting the one leaves the other's scripts."""
    staging = arena.platforms["staging"]
    spec = {"customerId": "customer-123", "subdomain": "bstore", "instances": 2, "scriptName": LONG}
    source = {"source": {"inline": {"script": says("storefront")}}}
    own = arena.b.create({**spec, **source}, staging)
    own.wait_ready()
    twin = arena.attack("staging", scriptName=PREIMAGE)
    twin.wait_ready()
    assert (own.visit().text, twin.visit().text) == ("storefront", "A was here")
    scripts = own.scripts()
    assert scripts == own.expected_scripts()
    assert len(scripts) == 2
    assert not scripts & twin.scripts()
    twin.delete()
    twin.wait_gone()
    assert own.visit().text == "storefront"
    assert own.scripts() == scripts
    own.leave()


def test_the_same_name_in_another_namespace_is_another_worker(arena: Arena) -> None:
    spec = {
        "customerId": "a",
        "subdomain": "a-shop",
        "source": {"inline": {"script": says("A's own shop")}},
    }
    worker = arena.a.create(spec, arena.production, name="shop")
    worker.wait_ready()
    assert worker.visit().text == "A's own shop"
    worker.leave()


def test_a_platform_of_others_deploys_nothing_for_it(arena: Arena) -> None:
    """Neither what confines workers nor what leads calls to them, which all workers of the platform would get."""
    closed, before = arena.platforms["closed"], arena.edge.account_scripts()
    peer = {"name": "PEER", "type": "service", "worker": {"name": "callee"}}
    for spec in ({"egress": {"allow": ["example.com"]}}, {"bindings": [peer]}):
        arena.attack("closed", **spec).wait_condition("Deployed", "False", "NotGranted")
    callee = {
        "customerId": "a",
        "subdomain": "a-callee",
        "source": {"inline": {"script": says("")}},
    }
    arena.a.create(callee, closed, name="callee")
    closed.check_now()
    closed.wait_ready()
    assert arena.edge.account_scripts() == before
