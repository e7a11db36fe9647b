"""Whose a zone route is, and who gets the requests of a route, case by case."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from workers_operator.domain.errors import Stalled
from workers_operator.domain.routes import Route
from workers_operator.domain.tenancy.ownership import ClaimConflict
from workers_operator.domain.tenancy.reach import check_requests, check_zone_route


@pytest.mark.parametrize(
    ("observed", "leads_to"),
    [
        ({}, None),
        ({"example.com/*": "dispatcher"}, None),
        ({"example.com/*": "somebody-elses"}, "somebody-elses"),
        ({"example.com/*": None}, "no Worker"),
        ({"example.com/other/*": "somebody-elses"}, None),
    ],
)
def test_a_zone_route_of_somebody_elses_is_not_taken(
    observed: Mapping[str, str | None], leads_to: str | None
) -> None:
    if leads_to is None:
        check_zone_route("example.com/*", observed, "dispatcher")
        return
    with pytest.raises(Stalled) as caught:
        check_zone_route("example.com/*", observed, "dispatcher")
    assert caught.value.reason == "RouteNotOwned"
    assert f"example.com/* leads to {leads_to}" in caught.value.message


DEFAULT, ELITE_ROUTE = Route("shop.code24.dev"), Route("shop.code24.dev", "/elite/brand")
SHADOWS: Final[Sequence[tuple[Route, str, str | None, bool]]] = [
    # route, zone route, script, whether it takes all requests
    (DEFAULT, "shop.code24.dev/*", "legacy", True),
    (DEFAULT, "SHOP.code24.dev/*", "legacy", True),
    (DEFAULT, "https://shop.code24.dev/*", "legacy", True),
    (DEFAULT, "shop.code24.dev/*", None, True),
    (DEFAULT, "shop.code24.dev/*", "dispatcher", False),
    (DEFAULT, "*shop.code24.dev/*", "legacy", True),
    (DEFAULT, "http://shop.code24.dev/*", "legacy", False),
    (DEFAULT, "shop.code24.dev/a/*", "legacy", False),
    (DEFAULT, "shop.code24.dev/", "legacy", False),
    (DEFAULT, "shop.code24.dev", "legacy", False),
    (DEFAULT, "blog.code24.dev/*", "legacy", False),
    (DEFAULT, "*.shop.code24.dev/*", "legacy", False),
    (DEFAULT, "*code24.dev/*", "legacy", False),
    (DEFAULT, "*/*", "legacy", False),
    (ELITE_ROUTE, "shop.code24.dev/elite/*", "legacy", True),
    (ELITE_ROUTE, "shop.code24.dev/elite/brand*", "legacy", True),
    (ELITE_ROUTE, "shop.code24.dev/elite/brand/*", "legacy", False),
    (ELITE_ROUTE, "*.code24.dev/elite/*", "legacy", True),
    (Route("a.example.com"), "*.example.com/*", "legacy", False),
    (Route("*.example.com"), "*.example.com/a*", "legacy", False),
    (Route("*.a.example.com"), "*.example.com/*", "legacy", False),
    (Route("*.a.code24.dev"), "*.a.code24.dev/*", "legacy", True),
    (Route("*.a.code24.dev"), "x.a.code24.dev/*", "legacy", False),
    (Route("x.code24.dev", "=/a"), "x.code24.dev/a", "legacy", True),
    (Route("x.code24.dev", "=/a"), "x.code24.dev/a/*", "legacy", False),
    (Route("x.code24.dev", "/a/*"), "x.code24.dev/a*", "legacy", True),
    (Route("x.code24.dev", "/a*"), "x.code24.dev/a/*", "legacy", False),
]


@pytest.mark.parametrize(("route", "pattern", "script", "takes"), SHADOWS)
def test_who_gets_the_requests_of_a_route(
    route: Route, pattern: str, script: str | None, takes: bool
) -> None:
    zone_routes = {"*.code24.dev/*": "dispatcher", pattern: script}
    if not takes:
        check_requests(route, "code24.dev", zone_routes, "dispatcher")
        return
    with pytest.raises(Stalled) as caught:
        check_requests(route, "code24.dev", zone_routes, "dispatcher")
    assert caught.value.reason == "RouteNotOwned"
    assert f"{pattern} leads to {'another' if script else 'no'} Worker" in caught.value.message


WILDCARD: Final = "*.example.com/*"
BEHIND: Final[Sequence[tuple[Route, Mapping[str, str | None], bool]]] = [
    # route, zone routes, whether it gets no request unless its host is granted by name
    (Route("a.example.com"), {WILDCARD: "legacy"}, True),
    (Route("a.example.com", "/elite"), {WILDCARD: "legacy"}, True),
    (Route("a.example.com"), {WILDCARD: None}, True),
    (Route("*.a.example.com"), {WILDCARD: "legacy"}, True),
    (Route("a.example.com"), {"*/*": "legacy"}, True),
    (Route("a.example.com"), {WILDCARD: "dispatcher"}, False),
    (Route("a.example.com"), {"*.b.example.com/*": "legacy"}, False),
    (Route("*.example.com"), {"a.example.com/*": "legacy"}, False),
    # what serves already goes on, whatever somebody else adds
    (Route("a.example.com"), {WILDCARD: "legacy", "a.example.com/*": "dispatcher"}, False),
    (Route("a.example.com", "/b"), {WILDCARD: "legacy", "a.example.com/b/*": "dispatcher"}, False),
    (Route("x.a.example.com"), {WILDCARD: "legacy", "*.a.example.com/*": "dispatcher"}, False),
    # the platform's own zone route is there
    (Route("a.code24.dev"), {"*code24.dev/*": "legacy"}, False),
]


@pytest.mark.parametrize(("route", "zone_routes", "needs_name"), BEHIND)
def test_no_requests_are_taken_from_another_worker_unless_a_grant_names_the_host(
    route: Route, zone_routes: Mapping[str, str | None], needs_name: bool
) -> None:
    check_requests(route, "code24.dev", zone_routes, "dispatcher", is_named=True)
    if not needs_name:
        check_requests(route, "code24.dev", zone_routes, "dispatcher", is_named=False)
        return
    with pytest.raises(Stalled) as caught:
        check_requests(route, "code24.dev", zone_routes, "dispatcher", is_named=False)
    assert caught.value.reason == "RouteNotOwned"
    assert caught.value.message.endswith("or have a grant name the host as it is")
    assert "legacy" not in caught.value.message


@pytest.mark.parametrize("pattern", ["a.example.com/*", WILDCARD])
def test_what_leads_to_another_platform_of_the_operator_is_waited_for(pattern: str) -> None:
    zone_routes = {pattern: "production"}
    with pytest.raises(ClaimConflict) as caught:
        check_requests(
            Route("a.example.com"),
            "code24.dev",
            zone_routes,
            "dispatcher",
            is_named=False,
            operated={"production"},
        )
    assert caught.value.reason == "HostnameConflict"
    assert "production" not in caught.value.message
    assert "wait for that" in caught.value.message


def test_a_more_specific_zone_route_of_ours_wins_back_what_another_takes() -> None:
    zone_routes = {"*.code24.dev/*": "dispatcher", "*.a.code24.dev/*": "legacy"}
    with pytest.raises(Stalled):
        check_requests(Route("x.a.code24.dev"), "code24.dev", zone_routes, "dispatcher")
    zone_routes["x.a.code24.dev/*"] = "dispatcher"
    check_requests(Route("x.a.code24.dev"), "code24.dev", zone_routes, "dispatcher")
