"""What hangs in one namespace is not felt in another."""

from collections.abc import Iterator
from typing import Final

import pytest

from support.bed import SHARED_SPACE, Bed, Place
from support.handles import API_VERSION, Worker
from support.kube import path_of
from support.scripts import says
from support.waiting import until

HANGS: Final = "export default { fetch() { return scheduler.wait(60_000) } }"
WORKERS: Final = 48  # more than passes and probes at once
TIMEOUT_SECONDS: Final = 20
FELT_SECONDS: Final = 8.0


@pytest.fixture
def neighbour(shared: Bed) -> Iterator[Place]:
    made = Place(shared)
    yield made
    made.clear()


def _create_hanging(place: Place) -> None:
    """Create many workers at once; ``kubectl`` would take longer than the first of them hang."""
    for number in range(WORKERS):
        spec = {
            "customerId": place.customer_id,
            "subdomain": f"{place.slug}-{number}",
            "source": {"inline": {"script": HANGS}},
            "health": {"timeout": f"{TIMEOUT_SECONDS}s"},
        }
        body = {
            "apiVersion": API_VERSION,
            "kind": "CustomerWorker",
            "metadata": {"name": f"w{number}", "namespace": place.namespace},
            "spec": spec,
        }
        place.access.api.create(path_of("CustomerWorker", place.namespace), body)
        edge = place.bed.edge
        place.workers.append(Worker(place.access, body, domain=edge.domain, space=SHARED_SPACE))


def test_workers_that_hang_do_not_hold_up_another_namespace(
    shared: Bed, place: Place, neighbour: Place
) -> None:
    worker = neighbour.customer("hello", says("one"))
    worker.wait_ready()
    _create_hanging(place)
    mine = f"customer-worker-{place.customer_id}-"

    def hanging() -> bool:
        return sum(name.startswith(mine) for name in shared.edge.scripts(SHARED_SPACE)) >= 32

    until(hanging, "the workers are not uploaded")
    worker.apply(source={"inline": {"script": says("two")}})
    worker.wait_ready(FELT_SECONDS)
    assert worker.visit().text == "two"
    neighbour.customer("new", says("three")).wait_ready(FELT_SECONDS)
