"""What is said, and left alone, while a change has not reached the edge everywhere."""

from collections.abc import Iterator

import pytest

from support.bed import Place
from support.front import Front
from support.proxy import failing
from support.scripts import says
from support.waiting import holds, until


@pytest.fixture
def front(place: Place) -> Iterator[Front]:
    served = Front(place.bed.edge.data_url, place.bed.ports.take())
    yield served
    served.close()


@pytest.mark.parametrize("change", [{}, {"vars": {"A": "b"}}], ids=["same version", "new version"])
def test_a_worker_leaves_its_place_when_it_answers_at_the_new_one(
    place: Place, front: Front, change: dict[str, object]
) -> None:
    edge, old = place.bed.edge, place.platform(place.proxy())
    new = place.platform(place.proxy(), dataPlane={"address": front.url})
    worker = place.customer("hello", says("here"), on=old)
    worker.wait_ready()
    former = worker.host
    worker.apply(platform=new.name, **change)
    worker.wait_condition("Routed", "False", "AwaitingPropagation")
    holds(lambda: edge.visit(former).text == "here", "it stopped before the new one answered", 2)
    front.lagging = False
    worker.wait_ready()
    until(lambda: not edge.scripts(old.space), "the old ones are left", 10)
    assert edge.visit(former).status_code == 404


def test_another_host_is_asked_before_it_is_said_to_answer(place: Place, front: Front) -> None:
    front.lagging = False
    platform = place.platform(place.proxy(), dataPlane={"address": front.url})
    worker = place.customer("hello", says("here"), on=platform)
    worker.wait_ready()
    front.lagging = True
    worker.apply(subdomain=f"{place.slug}-other")
    worker.wait_condition("Ready", "False", "AwaitingPropagation")
    front.lagging = False
    worker.wait_ready()


def test_a_platform_that_was_refused_something_once_is_looked_at_again(place: Place) -> None:
    proxy = place.proxy()
    platform = place.platform(proxy, interval="10s")
    platform.wait_ready()
    proxy.fault(
        failing(403, 10001, "the token lacks a permission"), path="/workers/scripts$", times=1
    )
    platform.wait_condition("Ready", "False", "RequestRejected", 20)
    platform.wait_ready(20)


def test_a_worker_with_a_route_in_no_zone_of_the_platform_can_go(place: Place) -> None:
    platform = place.platform(place.proxy())
    worker = place.customer("hello", says("x"), on=platform)
    worker.wait_ready()
    worker.apply(routes=[{"pattern": f"{place.slug}.example.com/*"}])
    worker.wait_condition("Routed", "False", "RouteOutsideZones")
    worker.delete()
    worker.wait_gone()
    assert not place.bed.edge.scripts(platform.space)
