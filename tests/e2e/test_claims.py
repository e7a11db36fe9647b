"""Two objects that want one thing: the first keeps it, the second says so and touches nothing."""

from support.bed import Bed, Place
from support.handles import Worker
from support.scripts import says
from support.waiting import holds, until

TAKEOVER_SECONDS = 20.0


def _keeps(first: Worker, second: Worker, reason: str, named: str) -> None:
    found = second.wait_condition("Ready", "False", reason)
    assert named in found["message"]
    holds(lambda: first.visit().text == "first", "a live route has moved", 1)
    assert first.condition("Ready")["status"] == "True"


def _takes_over(first: Worker, second: Worker) -> None:
    first.delete()
    first.wait_gone()
    second.wait_ready(TAKEOVER_SECONDS)
    assert second.visit().text == "second"
    assert second.scripts() == second.expected_scripts()


def test_a_script_name_stays_with_the_first(shared: Bed, place: Place) -> None:
    name = f"script-{place.slug}"
    first = place.customer("first", says("first"), scriptName=name)
    first.wait_ready()
    before = shared.edge.inventory()
    second = place.customer("second", says("second"), scriptName=name)
    _keeps(first, second, "ScriptNameConflict", f"{name!r} belongs to CustomerWorker 'first'")
    assert first.scripts() == first.expected_scripts()
    assert f"WORKER_METADATA/host:{second.host}" not in shared.edge.inventory().since(before).keys
    _takes_over(first, second)


def test_a_hostname_stays_with_the_first_of_a_customer(place: Place) -> None:
    first = place.customer("first", says("first"), subdomain=place.slug)
    first.wait_ready()
    second = place.customer("second", says("second"), subdomain=place.slug)
    _keeps(first, second, "HostnameConflict", second.host)
    assert not second.scripts(), "it has uploaded what it may not serve"
    _takes_over(first, second)


def test_a_hostname_stays_with_its_customer(place: Place) -> None:
    first = place.customer("first", says("first"), subdomain=place.slug)
    first.wait_ready()
    second = place.customer(
        "second", says("second"), subdomain=place.slug, customerId=f"other-{place.slug}"
    )
    _keeps(first, second, "HostnameConflict", second.host)
    assert not second.scripts(), "it has uploaded what it may not serve"
    _takes_over(first, second)


def test_a_worker_that_asks_for_a_taken_hostname_stays_where_it_is(place: Place) -> None:
    first = place.customer("first", says("first"))
    second = place.customer("second", says("second"))
    first.wait_ready()
    second.wait_ready()
    host = second.host
    second.apply(
        subdomain=first.body["spec"]["subdomain"], source={"inline": {"script": says("updated")}}
    )
    found = second.wait_condition("Routed", "False", "HostnameConflict")
    assert f"keeps {host}/*" in found["message"]
    assert first.visit().text == "first"
    until(lambda: place.bed.edge.visit(host).text == "updated", "the worker is not updated")
    first.apply(subdomain=f"{place.slug}-elsewhere")
    first.wait_ready()
    second.wait_ready(TAKEOVER_SECONDS)
    until(lambda: second.visit().text == "updated", "it has not taken the hostname over")


def test_deleting_the_second_leaves_the_first_alone(place: Place) -> None:
    name = f"script-{place.slug}"
    first = place.customer("first", says("first"), scriptName=name)
    first.wait_ready()
    second = place.customer("second", says("second"), scriptName=name)
    second.wait_condition("Ready", "False", "ScriptNameConflict")
    second.delete()
    second.wait_gone()
    assert first.visit().text == "first"
    assert first.scripts() == first.expected_scripts()


def test_paths_of_one_host_belong_to_workers_of_one_customer(place: Place) -> None:
    page = place.customer("page", says("page"), subdomain=place.slug)
    source = {"inline": {"script": says("brand")}}
    brand = place.elite("brand", "brand", subdomain=place.slug, source=source)
    page.wait_ready()
    brand.wait_ready()
    assert page.visit().text == "page"
    assert brand.visit().text == "brand"
    brand.delete()
    brand.wait_gone()
    assert page.visit("/elite/brand/").text == "page"
