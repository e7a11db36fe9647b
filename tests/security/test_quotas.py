"""What a team may have: no more than its quota, whatever it leaves behind, and at nobody else's expense."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from support.arena import ATTACK, GRANTS, Arena
from support.handles import Worker
from support.scripts import says
from support.waiting import until

LIMITS: Final = {"workers": 3, "scripts": 4}
FULL: Final = ("Deployed", "False", "QuotaExceeded")


@pytest.fixture(autouse=True)
def limited(arena: Arena) -> Iterator[None]:
    """Team A has a quota; afterwards it has none, and nothing is left without an object."""
    mine, *others = GRANTS
    arena.production.apply(tenancy={"grants": [{**mine, "limits": LIMITS}, *others]})
    arena.production.wait_ready()
    yield
    arena.production.apply(tenancy={"grants": GRANTS}, policies={"orphans": "Remove"})
    until(lambda: not _orphans(arena), lambda: f"left: {_orphans(arena)}")
    arena.production.apply(policies=None)
    arena.production.wait_ready()


def test_a_team_gets_no_more_than_its_quota(arena: Arena) -> None:
    first = arena.attack(instances=2)
    first.wait_ready()

    # It leaves two behind.
    for left in (_orphan(arena), _orphan(arena)):
        left.delete()
        left.wait_gone()

    more = arena.attack()
    message = more.wait_condition(*FULL)["message"]
    assert "'team-a' may have 3 workers and has them (2 without an object)" in message
    assert "team-b" not in message
    assert more.scripts() == set()
    assert arena.edge.visit(left.host).text == ATTACK

    # Nor by an edit, which takes nothing away.
    arena.a.edit(first, instances=3, source={"inline": {"script": says("A has more")}})
    first.wait_condition(*FULL)
    assert first.visit().text == ATTACK
    assert len(first.scripts()) == 2
    arena.a.edit(first, instances=2)
    first.wait_ready()
    assert first.visit().text == "A has more"

    own = _edit_of_b(arena)
    assert own == "edited"

    # What it has left behind it can have back.
    again = arena.a.create(left.body["spec"], arena.production, name=left.name)
    again.wait_ready()
    assert more.condition("Deployed")["reason"] == "QuotaExceeded"


def _orphan(arena: Arena) -> Worker:
    worker = arena.attack(policies={"deletion": "Orphan"})
    worker.wait_ready()
    return worker


def _edit_of_b(arena: Arena) -> str:
    """What a worker of team B answers that is created and edited meanwhile."""
    spec = {"customerId": "b", "subdomain": "bquota", "source": {"inline": {"script": says("new")}}}
    worker: Worker = arena.b.create(spec, arena.production)
    worker.wait_ready()
    arena.b.edit(worker, source={"inline": {"script": says("edited")}})
    worker.wait_ready()
    text = worker.visit().text
    worker.delete()
    worker.wait_gone()
    return text


def _orphans(arena: Arena) -> list[Any]:
    arena.production.check_now()
    listed = (arena.production.status.get("orphans") or {}).get("workers", ())
    return [orphan["name"] for orphan in listed]
