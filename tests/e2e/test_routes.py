"""Routes besides the default one: patterns, specificity, ownership, and hosts that move."""

import pytest

from support.bed import Place
from support.handles import Platform, now
from support.proxy import failing
from support.scripts import says
from support.waiting import holds, until


@pytest.fixture
def platform(place: Place) -> Platform:
    """Its domain is ``<name>.<zone>``: hosts of the zone beside it need zone routes of their own."""
    made = place.platform(place.proxy())
    made.wait_ready()
    return made


def patterns(*found: str) -> list[dict[str, str]]:
    return [{"pattern": pattern} for pattern in found]


def text(place: Place, host: str, path: str = "/") -> str:
    answer = place.bed.edge.visit(host, path)
    return answer.text if answer.status_code == 200 else f"{answer.status_code}"


def test_a_route_in_the_zone_gets_a_zone_route_and_loses_it(
    place: Place, platform: Platform
) -> None:
    edge, host = place.bed.edge, f"{place.slug}-shop.{place.bed.edge.other_domain}"
    worker = place.customer("hello", says("routed"), on=platform, routes=patterns(f"{host}/*"))
    worker.wait_ready()
    assert text(place, host, "/any/path") == "routed"
    assert (f"{host}/*", platform.dispatcher) in edge.routes()
    assert f"https://{host}/" in worker.status["urls"]
    worker.apply(routes=None)
    worker.wait_ready()
    until(lambda: text(place, host) != "routed", "it still answers")
    assert f"{host}/*" not in dict(edge.routes())
    assert f"host:{host}" not in edge.keys(platform.title)
    assert worker.visit().text == "routed"


def test_a_zone_that_the_token_has_no_access_to_concerns_what_is_in_it(place: Place) -> None:
    edge, proxy = place.bed.edge, place.proxy()
    zone = edge.zones[edge.other_domain]
    host = f"{place.slug}-shop.{edge.other_domain}"
    proxy.fault(failing(403, 10000, "Authentication error"), path=f"/zones/{zone}/workers/routes")
    platform = place.platform(proxy)
    within = place.customer("within", says("in"), on=platform, routes=patterns(f"{host}/*"))
    beside = place.customer("beside", says("beside"), on=platform)
    within.wait_condition("Routed", "False", "ZoneUnavailable")
    beside.wait_ready()
    assert (within.visit().text, beside.visit().text) == ("in", "beside")
    platform.check_now()
    platform.wait_ready()
    told = f"zone {edge.other_domain} is not available"
    assert told in platform.condition("Provisioned")["message"]

    proxy.clear()
    platform.check_now()
    within.wait_ready()
    assert text(place, host) == "in"
    assert told not in platform.condition("Provisioned")["message"]


def test_routes_below_the_platforms_domain_cost_no_zone_route(
    place: Place, platform: Platform
) -> None:
    host = f"special.{platform.domain}"
    before = place.bed.edge.routes()
    worker = place.customer("hello", says("x"), on=platform, routes=patterns(f"{host}/*"))
    worker.wait_ready()
    assert text(place, host) == "x"
    assert place.bed.edge.routes() == before


def test_two_workers_share_a_host_by_path_and_the_most_specific_pattern_wins(
    place: Place, platform: Platform
) -> None:
    host = f"site.{platform.domain}"
    routes = {
        "all": [f"{host}/*"],
        "blog": [f"{host}/blog/*"],
        "exact": [f"{host}/blog/about"],
        "prefix": [f"{host}/shop*"],
        "below": [f"*.{host}/*"],
        "one": [f"one.{host}/*"],
    }
    for name, wanted in routes.items():
        place.customer(name, says(name), on=platform, routes=patterns(*wanted))
    for worker in place.workers:
        worker.wait_ready()
    expected = {
        (host, "/"): "all",
        (host, "/blog"): "all",
        (host, "/blog/x"): "blog",
        (host, "/blog/about"): "exact",
        (host, "/blog/about/"): "blog",
        (host, "/shopping"): "prefix",
        (f"any.{host}", "/"): "below",
        (f"a.b.{host}", "/blog/about"): "below",
        (f"one.{host}", "/x"): "one",
    }
    found = {where: text(place, *where) for where in expected}
    assert found == expected


def test_patterns_are_normalised(place: Place, platform: Platform) -> None:
    written = f"BÜCHER.{platform.domain.upper()}./Straße*"
    worker = place.customer("hello", says("x"), on=platform, routes=patterns(written))
    worker.wait_ready()
    assert text(place, f"xn--bcher-kva.{platform.domain}", "/Stra%C3%9Fe/1") == "x"
    assert worker.status["urls"][1] == f"https://xn--bcher-kva.{platform.domain}/Stra%C3%9Fe"


def test_a_pattern_outside_the_zones_is_refused_by_name(place: Place, platform: Platform) -> None:
    worker = place.customer("hello", says("x"), on=platform)
    worker.wait_ready()
    worker.apply(routes=patterns("shop.example.org/*"))
    found = worker.wait_condition("Routed", "False", "RouteOutsideZones")
    assert "shop.example.org/*" in found["message"]
    assert worker.visit().text == "x"


def test_the_whole_domain_of_the_platform_is_not_to_be_had(
    place: Place, platform: Platform
) -> None:
    everything = patterns(f"*.{platform.domain}/*")
    worker = place.customer("hello", says("x"), on=platform, routes=everything)
    worker.wait_condition("Routed", "False", "RouteReserved")
    # It keeps nobody else out.
    other = place.customer("other", says("y"), on=platform, customerId="somebody-else")
    other.wait_ready()


def test_somebody_elses_zone_route_is_named_and_not_touched(
    place: Place, platform: Platform
) -> None:
    edge, host = place.bed.edge, f"{place.slug}-theirs.{place.bed.edge.other_domain}"
    edge.put_account_script(f"{place.slug}-theirs")
    edge.put_route(f"{host}/*", f"{place.slug}-theirs")
    platform.check_now()
    worker = place.customer("hello", says("x"), on=platform, routes=patterns(f"{host}/*"))
    found = worker.wait_condition("Routed", "False", "RouteNotOwned")
    assert f"{host}/*" in found["message"]
    assert (f"{host}/*", f"{place.slug}-theirs") in edge.routes()
    assert text(place, host) == "foreign"
    worker.delete()
    worker.wait_gone()
    assert (f"{host}/*", f"{place.slug}-theirs") in edge.routes()


@pytest.mark.parametrize("form", ["{host}/*", "{upper}/*", "{host}./x*", "*.{parent}/*"])
def test_another_tenants_host_is_not_to_be_had_in_any_form(
    place: Place, platform: Platform, form: str
) -> None:
    host = f"www.{place.slug}.{platform.domain}"
    place.customer("first", says("first"), on=platform, routes=patterns(f"{host}/*")).wait_ready()
    pattern = form.format(host=host, upper=host.upper(), parent=host.partition(".")[2])
    second = place.customer(
        "second", says("second"), on=platform, customerId="somebody-else", routes=patterns(pattern)
    )
    second.wait_condition("Routed", "False", "HostnameConflict")
    holds(lambda: text(place, host, "/x") == "first", "it moved", 1)


def test_a_host_moves_only_when_the_first_gave_it_up(place: Place, platform: Platform) -> None:
    host = f"{place.slug}-moving.{place.bed.edge.other_domain}"
    first = place.customer("first", says("first"), on=platform, routes=patterns(f"{host}/*"))
    first.wait_ready()
    second = place.customer("second", says("second"), on=platform, routes=patterns(f"{host}/*"))
    second.wait_condition("Routed", "False", "HostnameConflict")
    assert text(place, host) == "first"
    began = now()
    first.apply(routes=None)
    second.wait_ready(15)
    assert text(place, host) == "second"
    assert now() - began < 15
    assert (f"{host}/*", platform.dispatcher) in place.bed.edge.routes()


def test_routes_beyond_the_room_of_a_host_take_nothing_down(
    place: Place, platform: Platform
) -> None:
    host, other = f"many.{platform.domain}", f"other.{platform.domain}"
    long = [f"{host}/{'x' * 60}{number:02}/*" for number in range(19)]
    worker = place.customer("hello", says("x"), on=platform, routes=patterns(*long, f"{other}/*"))
    found = worker.wait_condition("Routed", "False", "TooManyRoutes")
    assert host in found["message"]
    assert worker.visit().text == text(place, other) == "x"
    assert text(place, host, f"/{'x' * 60}00/a") == "x"
    assert text(place, host, f"/{'x' * 60}18/a") == "404"
    worker.apply(routes=patterns(*long[:3]))
    worker.wait_ready()
