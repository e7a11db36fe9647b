"""Two operators on one cluster: one makes changes, the other takes over, and never do both."""

import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from support.bed import Bed, Place
from support.operators import Operator
from support.proxy import Proxy
from support.scripts import says
from support.waiting import Stopwatch, holds, until

KILLED_SECONDS = 15.0
STOPPED_SECONDS = 2.0
LEASE = "workers-operator"


class Replica:
    """An operator that takes part in the election, with a way to the edge of its own."""

    def __init__(self, bed: Bed, name: str) -> None:
        self.name = name
        self.proxy = Proxy(bed.edge.base_url)
        variables = {
            **bed.edge.variables,
            "CLOUDFLARE_BASE_URL": self.proxy.url,
            "ENVIRONMENT": "dev",
            "WORKERS_LEADER_ELECT": "true",
            "POD_NAME": name,
        }
        self.operator: Operator = bed.start_operator(variables)

    @property
    def leads(self) -> bool:
        with suppress(httpx.TransportError):
            status = self.operator.metric("leader_election_master_status", name=LEASE)
            return status == 1
        return False

    def changes(self, since: float = 0.0) -> list[str]:
        """What it has asked the edge to change."""
        return [f"{c.method} {c.path}" for c in self.proxy.calls(since=since) if c.mutating]

    def close(self) -> None:
        self.operator.stop()
        self.proxy.close()


class Pair:
    """A leader and a standby; whoever leads at the end takes everything away again."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.place = Place(bed)
        self.leader = Replica(bed, f"{self.place.slug}-a")
        self.replicas = [self.leader]
        until(lambda: self.leader.leads, self.leader.operator.process.tail)
        self.standby = Replica(bed, f"{self.place.slug}-b")
        self.replicas.append(self.standby)
        assert not self.standby.leads

    def wait_succession(self) -> None:
        """Waits until the standby leads."""
        until(lambda: self.standby.leads, self.standby.operator.process.tail)

    def close(self) -> None:
        for worker in self.place.workers:
            worker.delete()
        for worker in self.place.workers:
            worker.wait_gone()
        self.place.clear()
        self.bed.wait_empty()
        for replica in self.replicas:
            replica.close()


@pytest.fixture
def pair(folder_bed: Bed) -> Iterator[Pair]:
    folder_bed.pause()
    made = Pair(folder_bed)
    yield made
    made.close()


@pytest.mark.timeout(180)
def test_a_leader_that_is_killed(pair: Pair) -> None:
    worker = pair.place.customer("hello", says("one"))
    worker.wait_ready()
    assert pair.standby.changes() == []
    watch = Stopwatch()
    pair.leader.operator.process.signal(signal.SIGKILL)
    worker.apply(source={"inline": {"script": says("two")}})
    pair.wait_succession()
    assert watch.wall_seconds > 5, "it did not wait for the lease to end"
    assert watch.seconds <= KILLED_SECONDS
    worker.wait_ready()
    until(lambda: worker.visit().text == "two", "the edit is lost")


@pytest.mark.timeout(180)
def test_a_leader_that_is_stopped_and_every_change_made_once(pair: Pair) -> None:
    workers = [pair.place.customer(f"w{i}", says("one")) for i in range(5)]
    for worker in workers:
        worker.wait_ready()
    holds(lambda: pair.standby.changes() == [], "the standby changes something", 1)
    assert pair.standby.operator.get("/readyz").status_code == 200
    assert pair.standby.operator.metric("controller_runtime_reconcile_total") == 0
    for worker in workers:
        worker.apply(source={"inline": {"script": says("two")}})
    watch = Stopwatch()
    pair.leader.operator.process.signal(signal.SIGTERM)
    pair.wait_succession()
    assert watch.seconds <= STOPPED_SECONDS
    taken_over = time.monotonic()
    for worker in workers:
        worker.wait_ready()
        until(lambda w=worker: w.visit().text == "two", "the edit is lost")  # type: ignore[misc]
    until(lambda: not pair.leader.operator.process.alive, pair.leader.operator.process.tail)
    assert pair.leader.operator.process.exit_code == 0
    assert pair.leader.changes(since=taken_over) == []
    uploads = Counter(
        c.path.rpartition("/")[2]
        for replica in pair.replicas
        for c in replica.proxy.calls("PUT", "/dispatch/.*/scripts/")
        if c.carried_out and c.path.rpartition("/")[2].startswith("customer-worker-")
    )
    assert len(uploads) == 10
    assert set(uploads.values()) == {1}, uploads


@pytest.mark.timeout(180)
def test_a_leader_that_sleeps_through_its_lease(pair: Pair) -> None:
    worker = pair.place.customer("hello", says("one"))
    worker.wait_ready()
    former = pair.leader.operator.process
    # It sleeps with calls under way and passes to come.
    more = [pair.place.customer(f"w{i}", says("x")) for i in range(5)]
    former.signal(signal.SIGSTOP)
    pair.wait_succession()
    for other in (worker, *more):
        other.wait_ready()
    awake = time.monotonic()
    worker.apply(source={"inline": {"script": says("two")}})
    former.signal(signal.SIGCONT)
    until(lambda: not former.alive, former.tail)
    assert former.exit_code == 1
    assert "the lease is held by" in former.text
    assert "Traceback" not in former.text
    assert pair.leader.changes(since=awake) == []
    worker.wait_ready()
    until(lambda: worker.visit().text == "two", "the edit is lost")
