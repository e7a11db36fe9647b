"""Hosts and paths of another team: no spelling of them leads to a worker of team A."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from support.arena import Arena, Attempt
from support.handles import Worker
from support.visitors import Visitors

TAKEN: Final = "Routed HostnameConflict"
NOT_GRANTED: Final = "Routed NotGranted"
NOT_OWNED: Final = "Routed RouteNotOwned"
RESERVED: Final = "Routed RouteReserved"
INVALID: Final = "Routed InvalidRoute"


def route(refused: str, *patterns: str, on: str = "production", **spec: Any) -> Attempt:
    """A worker at a host of its own that asks for these patterns, too."""
    return Attempt(refused, {"routes": [{"pattern": p} for p in patterns], **spec}, on=on)


def host(refused: str, subdomain: str, on: str = "production", **spec: Any) -> Attempt:
    """A worker whose own host is another's."""
    return Attempt(refused, {"subdomain": subdomain, **spec}, on=on)


ATTEMPTS: Final[Mapping[str, Attempt]] = {
    # paths of a live host
    "all paths": route(TAKEN, "bshop.code24.dev/*"),
    "a longer path": route(TAKEN, "bshop.code24.dev/login*"),
    "an exact path": route(TAKEN, "bshop.code24.dev/account"),
    "a path that nobody serves": route(TAKEN, "bshop.code24.dev/.well-known/acme-challenge/*"),
    "a path in another spelling": route(TAKEN, "bshop.code24.dev/%6Cogin//../login*"),
    "the path of an elite worker": route(TAKEN, "bshop.code24.dev/elite/brand/*"),
    "the default host": host(TAKEN, "bshop"),
    "the default path of an elite worker": Attempt(
        TAKEN, {"subdomain": "bshop", "type": "design"}, kind="EliteWorker"
    ),
    # spellings of a live host
    "upper case": route(TAKEN, "BSHOP.Code24.DEV/*"),
    "a trailing dot": route(TAKEN, "bshop.code24.dev./*"),
    "an ideographic full stop": route(TAKEN, "bshop\u3002code24.dev/*"),
    "full-width letters": route(TAKEN, "\uff42shop.code24.dev/*"),
    "a soft hyphen": route(TAKEN, "bs\u00adhop.code24.dev/*"),
    "a zero-width joiner": route(INVALID, "bs\u200dhop.code24.dev/*"),
    "percent-encoding": route(INVALID, "%62shop.code24.dev/*"),
    "punycode of ASCII": route(INVALID, "xn--bshop-.code24.dev/*"),
    "an empty label": route(INVALID, "bshop..code24.dev/*"),
    "a null character": route(INVALID, "bshop\\u0000.code24.dev/*"),
    # hosts that people take for a live one
    "a zero for an o": route(TAKEN, "bsh0p.code24.dev/*"),
    "a Cyrillic letter": route(TAKEN, "b\u0455hop.code24.dev/*"),
    "a Greek letter": route(TAKEN, "bsh\u03bfp.code24.dev/*"),
    "r and n for m": route(TAKEN, "bpayrnents.code24.dev/*"),
    "one for l": host(TAKEN, "b1edger"),
    "punycode of a Cyrillic letter": host(TAKEN, "xn--bhop-g9d"),
    # hosts above and below a live one
    "all hosts below": route(TAKEN, "*.bshop.code24.dev/*"),
    "a host below": route(TAKEN, "login.bshop.code24.dev/*"),
    "a host far below": route(TAKEN, "a.b.c.bshop.code24.dev/*"),
    "all hosts far below": route(TAKEN, "*.login.bshop.code24.dev/*"),
    "the host and all below": route(TAKEN, "*bshop.code24.dev/*"),
    "all hosts of the platform": route(RESERVED, "*.code24.dev/*"),
    "all hosts of the platform and the apex": route(NOT_GRANTED, "*code24.dev/*"),
    "all hosts of the world": route(INVALID, "*.dev/*"),
    "more labels than are served": route(INVALID, f"{'a.' * 9}code24.dev/*"),
    # the platform's own
    "the apex": route(NOT_GRANTED, "code24.dev/*"),
    "a longer path than the apex's zone route": route(NOT_GRANTED, "code24.dev/login*"),
    "www": route(NOT_GRANTED, "www.code24.dev/*"),
    "www as a subdomain": host(NOT_GRANTED, "www"),
    # zones and zone routes
    "another zone": route(NOT_GRANTED, "shop.example.net/*"),
    "a host below one in another zone": route(NOT_GRANTED, "x.shop.example.net/*"),
    "the apex of another zone": route(NOT_GRANTED, "example.net/*"),
    "a zone that is not the account's": route("Routed RouteOutsideZones", "example.org/*"),
    "a zone that ends alike": route("Routed RouteOutsideZones", "evilcode24.dev/*"),
    "the zone route of another Worker": route(NOT_OWNED, "billing.code24.dev/*"),
    "a longer path than another Worker's": route(NOT_OWNED, "billing.code24.dev/invoices/*"),
    "an exact path of another Worker's": route(NOT_OWNED, "billing.code24.dev/pay"),
    "another Worker's host as a subdomain": host(NOT_OWNED, "billing"),
    # other platforms on the account
    "production's host from staging": route(RESERVED, "bshop.code24.dev/*", on="staging"),
    "production's zone host from staging": route(TAKEN, "shop.example.net/*", on="staging"),
    "a longer path of it from staging": route(TAKEN, "shop.example.net/pay*", on="staging"),
    "its zone host as its customer": route(
        TAKEN, "shop.example.net/*", on="staging", customerId="b"
    ),
    "a host below its zone host": route(TAKEN, "login.shop.example.net/*", on="staging"),
    "all hosts below its zone host": route(TAKEN, "*.shop.example.net/*", on="staging"),
    "a host that looks like its zone host": route(TAKEN, "sh0p.example.net/*", on="staging"),
    "all hosts of a zone, www among them": route(NOT_GRANTED, "*.example.net/*", on="staging"),
    "the apex from staging": route(RESERVED, "code24.dev/*", on="staging"),
    "staging's host from production": route(RESERVED, "bstage.staging.code24.dev/*"),
    "all of staging's hosts": route(RESERVED, "*.staging.code24.dev/*"),
    "staging's domain as a subdomain": host(RESERVED, "staging"),
    "a free host of a closed platform": route(RESERVED, "free.closed.code24.dev/*"),
    "a host on staging": host(TAKEN, "bstage", on="staging"),
    "a host on staging as its customer": host(TAKEN, "bstage", on="staging", customerId="b"),
}


@pytest.mark.parametrize("what", ATTEMPTS)
def test_a_host_of_others(arena: Arena, what: str) -> None:
    arena.try_in_vain(ATTEMPTS[what])


def test_a_good_host_brings_no_taken_one_along(arena: Arena) -> None:
    hosts = ("a-good.code24.dev", "bshop.code24.dev")
    worker = arena.attack(routes=[{"pattern": f"{host}/*"} for host in hosts])
    worker.wait_condition("Routed", "False", "HostnameConflict")
    assert arena.entries_of(worker) == {worker.host, hosts[0]}


def test_what_serves_does_not_move_to_a_host_of_others(arena: Arena, visitors: Visitors) -> None:
    worker = arena.attack()
    worker.wait_ready()
    own = worker.host
    arena.a.edit(worker, subdomain="bshop")
    message = worker.wait_condition("Routed", "False", "HostnameConflict")["message"]
    visitors.come_again()
    assert arena.edge.visit(own).text == "A was here"
    assert "customer-worker-b" not in message
    assert arena.entries_of(worker) == {own}


def test_a_host_that_is_given_up_rests(arena: Arena) -> None:
    source = {"inline": {"script": "export default { fetch() { return new Response('gone') } }"}}
    spec = {"customerId": "b", "subdomain": "bgone", "source": source}
    own = arena.b.create(spec, arena.production)
    own.wait_ready()
    near = ["bg0ne", "login.bgone", "*.bgone"]
    waiting = [arena.attack(subdomain="bgone"), *(_asking(arena, host) for host in near)]
    for worker in waiting:
        worker.wait_condition("Routed", "False", "HostnameConflict")
    own.delete()
    own.wait_gone()
    waiting[0].check_now()
    later = [arena.attack(subdomain="bgone"), *(_asking(arena, host) for host in near)]
    for worker in (*waiting, *later):
        worker.wait(lambda o: "rests until" in _routed(o), "it does not say that the host rests")
    assert arena.edge.visit(own.host).status_code == 404
    again = arena.b.create(spec, arena.production)
    again.wait_ready()
    assert again.visit().text == "gone"
    again.delete()
    again.wait_gone()


def _asking(arena: Arena, host: str) -> Worker:
    return arena.attack(routes=[{"pattern": f"{host}.code24.dev/*"}])


def _routed(obj: Mapping[str, Any]) -> str:
    conditions = (obj.get("status") or {}).get("conditions") or ()
    return next((str(c["message"]) for c in conditions if c["type"] == "Routed"), "")


def test_a_claim_without_a_grant_keeps_its_owner_out_for_no_moment(arena: Arena) -> None:
    squatters = [
        arena.attack(customerId="b", subdomain="bsoon"),
        arena.attack(routes=[{"pattern": "*.bsoon.code24.dev/*"}], customerId="b"),
    ]
    for squatter in squatters:
        squatter.wait_condition("Deployed", "False", "NotGranted")
    source = {"inline": {"script": "export default { fetch() { return new Response('soon') } }"}}
    spec = {"customerId": "b", "subdomain": "bsoon", "source": source}
    mine = arena.b.create(spec, arena.production)
    mine.wait_ready()
    assert mine.visit().text == "soon"
    mine.delete()
    mine.wait_gone()
