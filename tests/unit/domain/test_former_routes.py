"""Routes that a worker has and asks for no more, and zone routes of its former platform, case by case."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pytest

from support.account import DISPATCHER, AccountModel
from support.serving import target
from workers_operator.domain.errors import Stalled
from workers_operator.domain.plan.actions import Attach, ReleaseRoute
from workers_operator.domain.plan.worker import ObservedWorker, plan_worker
from workers_operator.domain.routes import Route
from workers_operator.domain.tenancy.ownership import (
    Claim,
    LiveRoutes,
    of_former_route,
)
from workers_operator.domain.tenancy.reach import check_requests, is_reached
from workers_operator.domain.worker import ObjectKey, Worker

HOST: Final = "a.code24.dev"
NOTHING: Final = LiveRoutes({})
MINE: Final = Claim(
    key=ObjectKey("CustomerWorker", "shop", "mine"),
    uid="mine",
    created="2026-01-01T00:00:00Z",
    customer_id="c1",
    script_name="shop",
    routes=(Route("wanted.code24.dev"),),
)
OTHER: Final = replace(
    MINE,
    key=ObjectKey("CustomerWorker", "shop", "other"),
    uid="other",
    created="2026-01-02T00:00:00Z",
    script_name="blog",
)


@pytest.mark.parametrize(
    ("customer", "routes", "whose"),
    [
        ("c1", (Route("else.code24.dev"),), "ours"),
        ("c1", (Route(HOST, "/a"),), "ours"),
        ("c1", (Route(HOST),), "theirs"),
        ("c2", (Route("else.code24.dev"),), "ours"),
        ("c2", (Route(HOST, "/a"),), "theirs"),
        ("c2", (Route("*.code24.dev", "/b"),), "theirs"),
    ],
)
def test_it_is_anybodys_who_asks_for_it(
    customer: str, routes: tuple[Route, ...], whose: str
) -> None:
    rival = replace(OTHER, customer_id=customer, routes=routes)
    assert of_former_route(MINE, Route(HOST), [MINE, rival], NOTHING).state == whose
    assert of_former_route(MINE, Route(HOST), [MINE], NOTHING).state == "ours"


@pytest.mark.parametrize(
    ("route", "zone_routes", "reached"),
    [
        (Route(HOST), {}, True),
        (Route(HOST), {f"{HOST}/*": "theirs"}, False),
        (Route("b.example.com"), {"b.example.com/*": DISPATCHER}, True),
        (Route("b.example.com"), {"b.example.com/*": "theirs"}, False),
        (Route("b.example.com"), {"b.example.com/*": None}, False),
        (Route("b.example.com"), {"*.example.com/*": DISPATCHER}, False),
    ],
)
def test_whether_its_requests_reach_the_dispatcher(
    route: Route, zone_routes: Mapping[str, str | None], reached: bool
) -> None:
    assert is_reached(route, "code24.dev", zone_routes, DISPATCHER) is reached


def test_a_zone_route_that_leads_to_the_worker_elsewhere_is_nobody_elses() -> None:
    zone_routes, inherited = {f"{HOST}/*": "former"}, {f"{HOST}/*": "former"}
    check_requests(Route(HOST), "code24.dev", zone_routes, DISPATCHER, inherited)
    for others in ({}, {f"{HOST}/*": "another"}, {"b.code24.dev/*": "former"}):
        with pytest.raises(Stalled):
            check_requests(Route(HOST), "code24.dev", zone_routes, DISPATCHER, others)


@pytest.mark.parametrize("script", ["somebody-elses", None])
def test_a_worker_is_not_told_which_worker_has_a_zone_route(script: str | None) -> None:
    with pytest.raises(Stalled) as caught:
        check_requests(Route("example.com"), "code24.dev", {"example.com/*": script}, "dispatcher")
    leads_to = "another Worker" if script else "no Worker"
    assert caught.value.message.startswith(f"zone route example.com/* leads to {leads_to};")


SHOP: Final = Worker(
    key=MINE.key,
    uid="mine",
    customer_id="c1",
    script_name="shop",
    routes=(Route(HOST), Route("b.example.com")),
    instances=1,
    domain="code24.dev",
)


def observed(*patterns: str) -> ObservedWorker:
    """What a platform knows of a worker that has zone routes on its former one."""
    return ObservedWorker(
        zone_routes=dict.fromkeys(patterns, "former"),
        dispatcher=DISPATCHER,
        zones={"example.com": "z"},
        inherited=dict.fromkeys(patterns, "former"),
    )


def test_what_is_needed_is_switched_and_what_is_in_the_way_is_released() -> None:
    patterns = ("b.example.com/*", f"{HOST}/*", f"{HOST}/a/*", "c.code24.dev/*")
    plan = plan_worker(SHOP, "11111111", observed(*patterns))
    assert [a for a in plan.actions if isinstance(a, Attach)] == [
        Attach("b.example.com/*", "z", DISPATCHER, "former")
    ]
    assert [a for a in plan.actions if isinstance(a, ReleaseRoute)] == [
        ReleaseRoute(f"{HOST}/*", (HOST, ""), "shop", "former")
    ]
    assert isinstance(plan.actions[-1], ReleaseRoute)  # once the entry is there


def test_the_platforms_own_zone_route_is_not_given_up_by_a_worker() -> None:
    """It had all hosts of the domain before the domain was the platform's."""
    account = AccountModel()
    account.hosts["*.code24.dev"] = {"": target("shop", "c1", "11111111", 1)}
    account.zone_routes["*.code24.dev/*"] = DISPATCHER
    assert plan_worker(SHOP, "11111111", account.observed(SHOP)).detach == ()
