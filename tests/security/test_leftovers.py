"""What serves without an object: it is listed, it keeps what it has, and its administrator can remove it."""

import signal
from collections.abc import Iterator
from typing import Any, Final

import pytest

from support.arena import Arena
from support.handles import Worker
from support.scripts import says
from support.waiting import until

TAKEN: Final = ("Routed", "False", "HostnameConflict")


@pytest.fixture(autouse=True)
def tidy(arena: Arena) -> Iterator[None]:
    """Afterwards nothing is left without an object."""
    yield
    _remove_all(arena)
    arena.production.apply(policies=None)
    arena.production.wait_ready()


def test_a_worker_that_is_released_is_listed_and_can_be_removed(arena: Arena) -> None:
    """Team A leaves a worker behind on a host that team B wants later."""
    worker = arena.attack(subdomain="bleft", policies={"deletion": "Orphan"})
    worker.wait_ready()
    worker.delete()
    worker.wait_gone()
    _is_listed(arena, worker)
    assert arena.edge.visit(worker.host).text == "A was here"

    own = _create(arena, "bleft")
    own.wait_condition(*TAKEN)
    _remove_all(arena)
    own.check_now()
    assert "rests until" in own.wait_condition(*TAKEN)["message"]
    assert arena.edge.visit(own.host).status_code == 404
    own.delete()
    own.wait_gone()


def test_a_worker_whose_finalizer_is_removed_is_listed(arena: Arena) -> None:
    worker = arena.attack()
    worker.wait_ready()
    _forget(arena, worker)
    _is_listed(arena, worker)


def test_what_another_team_serves_without_an_object_is_not_taken(arena: Arena) -> None:
    own = _create(arena, "bfuture")
    own.wait_ready()
    _forget(arena, own)
    assert arena.edge.visit(own.host).text == "bfuture"

    thief = arena.attack(subdomain="bfuture")
    thief.wait_condition(*TAKEN)
    below = arena.attack(routes=[{"pattern": "login.bfuture.code24.dev/*"}])
    below.wait_condition(*TAKEN)
    assert arena.edge.visit(own.host).text == "bfuture"

    heir = _create(arena, "bfuture")
    heir.wait_ready()
    assert heir.visit().text == "bfuture"
    heir.delete()
    heir.wait_gone()


def _create(arena: Arena, name: str) -> Worker:
    """A worker of team B at the host of its name, which it says."""
    source = {"inline": {"script": says(name)}}
    spec = {"customerId": "b", "subdomain": name, "source": source}
    return arena.b.create(spec, arena.production, name=name)


def _forget(arena: Arena, worker: Worker) -> None:
    """Has its team remove the object by hand, so fast that the operator has no chance to remove the worker."""
    process = arena.operator.process
    process.signal(signal.SIGSTOP)
    try:
        worker.access.api.patch(worker.path, {"metadata": {"finalizers": None}})
        worker.delete()
        worker.wait_gone()
    finally:
        process.signal(signal.SIGCONT)


def _is_listed(arena: Arena, worker: Worker) -> None:
    """The operator may hear of a requested check before it hears that the object is gone."""

    def is_listed() -> bool:
        arena.production.check_now()
        return worker.script_name in _orphans(arena)

    until(is_listed, "it is not listed")
    assert worker.host in _orphans(arena)[worker.script_name]["hosts"]


def _remove_all(arena: Arena) -> None:
    """Has what no object answers for removed: after two listings, a KV window apart."""
    arena.production.apply(policies={"orphans": "Remove"})
    until(lambda: _none_is_left(arena), lambda: f"left: {_orphans(arena)}")


def _none_is_left(arena: Arena) -> bool:
    arena.production.check_now()
    return _orphans(arena) == {}


def _orphans(arena: Arena) -> dict[str, Any]:
    listed = (arena.production.status.get("orphans") or {}).get("workers", ())
    return {str(orphan["name"]): orphan for orphan in listed}
