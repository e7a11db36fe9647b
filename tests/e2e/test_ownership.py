"""What is ours comes back; what is not ours is never touched."""

import pytest

from support.bed import SHARED_SPACE, SHARED_TITLE, Bed, Place
from support.handles import now
from support.scripts import says
from support.waiting import holds, until


def test_a_script_that_was_deleted_behind_our_back_comes_back_on_request(place: Place) -> None:
    worker = place.customer("hello", says("x"))
    worker.wait_ready()
    [script] = worker.scripts()
    place.bed.edge.delete_script(worker.space, script)
    assert worker.visit().status_code == 503
    worker.annotate(workers_code24_dev__requestedAt="now")
    until(lambda: worker.scripts() == {script}, "the script does not come back", 10)
    worker.wait_ready()
    assert worker.visit().text == "x"


def test_a_route_that_was_changed_behind_our_back_comes_back_on_request(place: Place) -> None:
    worker = place.customer("hello", says("x"))
    worker.wait_ready()
    edge, key = place.bed.edge, f"host:{worker.host}"
    good = edge.value(SHARED_TITLE, key)
    edge.put_value(SHARED_TITLE, key, '{"v":1,"routes":[]}')
    assert worker.visit().status_code == 404
    worker.annotate(workers_code24_dev__requestedAt="now")
    until(lambda: edge.value(SHARED_TITLE, key) == good, "the route does not come back", 10)
    assert worker.visit().text == "x"


def test_what_others_have_in_the_account_is_never_touched(shared: Bed, place: Place) -> None:
    edge, slug = shared.edge, place.slug
    first = place.customer("hello", says("x"))
    first.wait_ready()
    edge.put_script(SHARED_SPACE, f"foreign-{slug}")
    edge.put_account_script(f"foreign-{slug}")
    edge.put_route(f"foreign-{slug}.{edge.domain}/*", f"foreign-{slug}")
    edge.put_value(SHARED_TITLE, f"foreign:{slug}", "theirs")
    edge.put_value(SHARED_TITLE, f"host:foreign-{slug}.example.org", '{"v":1,"routes":[]}')
    etag = edge.account_scripts()[f"foreign-{slug}"]
    before = edge.inventory()

    began = now()
    first.annotate(workers_code24_dev__requestedAt="now")
    second = place.customer("second", says("y"))
    second.wait_ready()
    for worker in (first, second):
        worker.delete()
        worker.wait_gone()
    after = edge.inventory()
    foreign = [
        *(s for s in before.scripts if slug in s and "foreign" in s),
        *(k for k in before.keys if f"foreign-{slug}" in k or f"foreign:{slug}" in k),
    ]
    assert len(foreign) == 3
    assert set(foreign) <= after.scripts | after.keys
    assert edge.account_scripts()[f"foreign-{slug}"] == etag
    assert (f"foreign-{slug}.{edge.domain}/*", f"foreign-{slug}") in after.routes
    assert edge.visit(f"foreign-{slug}.{edge.domain}").text == "foreign"
    touched = [c for c in shared.proxy.calls(since=began) if c.mutating and "foreign" in c.path]
    assert not touched


def test_scripts_of_another_worker_with_a_longer_name_are_not_taken_for_ours(place: Place) -> None:
    short = place.customer("short", says("short"), scriptName=f"s-{place.slug}")
    longer = place.customer("long", says("long"), scriptName=f"s-{place.slug}--extra")
    short.wait_ready()
    longer.wait_ready()
    short.delete()
    short.wait_gone()
    assert longer.visit().text == "long"
    assert longer.scripts() == longer.expected_scripts()


def test_a_dispatcher_of_somebody_else_is_not_overwritten(place: Place) -> None:
    edge, proxy = place.bed.edge, place.proxy()
    name = f"{place.slug}-theirs"
    edge.put_account_script(name)
    etag = edge.account_scripts()[name]
    platform = place.platform(proxy, dispatch={"namespace": place.slug, "dispatcher": name})
    found = platform.wait_condition("DispatcherReady", "False", "DispatcherNotOwned")
    assert name in found["message"]
    assert platform.condition("Stalled")["status"] == "True"
    worker = place.customer("hello", says("x"), on=platform)
    worker.wait_condition("Ready", "False", "DispatcherNotOwned")
    holds(lambda: edge.account_scripts()[name] == etag, "it was overwritten", 1)
    assert not proxy.calls("PUT", "/workers/scripts/")
    assert not proxy.calls("POST", "/workers/routes")
    assert not worker.scripts()

    dispatch = {"namespace": place.slug, "dispatcher": f"{place.slug}-ours"}
    platform.apply(dispatch=dispatch)
    platform.wait_ready()
    worker.wait_ready()


@pytest.mark.parametrize("same", ["dispatcher", "namespace"])
def test_a_second_platform_does_not_take_what_the_first_one_has(place: Place, same: str) -> None:
    proxy = place.proxy()
    first = place.platform(proxy)
    worker = place.customer("hello", says("first"), on=first)
    worker.wait_ready()
    dispatch = {"namespace": f"{place.slug}-2", "dispatcher": f"{place.slug}-2-dispatcher"}
    dispatch[same] = {"dispatcher": first.dispatcher, "namespace": first.space}[same]
    second = place.platform(proxy, dispatch=dispatch)
    found = second.wait_condition("Provisioned", "False", "PlatformConflict")
    assert first.name in found["message"]
    holds(lambda: worker.visit().text == "first", "it does not answer any more", 2)
    first.wait_ready()


def test_another_operators_platform_does_not_take_a_dispatcher(place: Place) -> None:
    first = place.platform(place.proxy())
    worker = place.customer("hello", says("first"), on=first)
    worker.wait_ready()
    # Another address of the API is another account to the operator, as if it were another operator.
    dispatch = {"namespace": f"{place.slug}-2", "dispatcher": first.dispatcher}
    second = place.platform(place.proxy(), dispatch=dispatch)
    found = second.wait_condition("DispatcherReady", "False", "DispatcherNotOwned")
    assert "KV namespace" in found["message"]
    holds(lambda: worker.visit().text == "first", "it does not answer any more", 2)


def test_a_route_of_somebody_else_is_not_taken(place: Place) -> None:
    edge, proxy = place.bed.edge, place.proxy()
    theirs = f"{place.slug}-theirs"
    edge.put_account_script(theirs)
    domain = f"{place.slug}-0.{edge.domain}"
    edge.put_route(f"*.{domain}/*", theirs)
    platform = place.platform(proxy)
    found = platform.wait_condition("DispatcherReady", "False", "RouteNotOwned")
    assert theirs in found["message"]
    holds(lambda: (f"*.{domain}/*", theirs) in edge.routes(), "the route has moved", 1)
    assert not proxy.calls("PUT|POST|DELETE", "/workers/routes")
    assert edge.visit(f"www.{domain}").text == "foreign"
