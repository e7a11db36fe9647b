"""Argo CD shows of every status what kstatus makes of it, and its actions are orders that the operator obeys."""

import copy
from typing import Any

import pytest

from support.argocd import actions, annotations_after, health
from support.conditions import kstatus
from support.scripts import says
from support.world import PLATFORM, World
from support.world_bodies import SHOP
from unit.reconcilers.rolling import BAD, CANARY, MANUAL, TWO, begun, rollout, shares
from workers_operator.resources import KINDS

ORDER = "workers.code24.dev/rollout"
MEANT = {
    "Current": {"Healthy", "Suspended"},
    "InProgress": {"Progressing", "Suspended"},
    "Failed": {"Degraded"},
}


@pytest.fixture
async def watched(served: World) -> World:
    """A world in which each state of an object is shown to Argo CD."""

    def check(event: str, body: dict[str, Any]) -> None:
        if body["kind"] not in KINDS or body["metadata"].get("deletionTimestamp"):
            return  # Argo CD asks no script about what is being deleted
        shown, message = health(body)
        assert shown in MEANT[kstatus(body)], body["status"]
        assert message

    served.api.subscribe(check)
    return served


def shop(world: World) -> dict[str, Any]:
    return copy.deepcopy(world.api[SHOP])


def act(world: World, action: str) -> None:
    """A click on an action that is offered."""
    assert action in actions(shop(world))
    world.order(SHOP, annotations_after(shop(world), action)[ORDER])


async def test_a_rollout_is_progressing_and_suspended_while_it_waits(watched: World) -> None:
    assert health(shop(watched))[0] == "Healthy"
    await begun(watched, CANARY)
    assert health(shop(watched))[0] == "Progressing"
    act(watched, "pause")
    await watched.settle(5)
    assert health(shop(watched))[0] == "Suspended"
    assert "rollout resume goes on" in health(shop(watched))[1]
    act(watched, "resume")
    await watched.settle(200)
    assert health(shop(watched))[0] == "Healthy"


async def test_actions_are_orders_about_the_version_that_is_meant(watched: World) -> None:
    one = await begun(watched, MANUAL)
    two = rollout(watched)["version"]
    assert actions(shop(watched)) == {"promote", "promote-full", "pause", "resume", "abort"}
    given = annotations_after(shop(watched), "abort")[ORDER]
    assert given.startswith(f"abort:{two} 20")
    act(watched, "abort")
    await watched.settle(5)
    assert shares(watched) == {one: 100}
    assert health(shop(watched))[0] == "Degraded"
    assert actions(shop(watched)) == {"retry"}
    act(watched, "retry")
    await watched.settle(5)
    act(watched, "promote")
    await watched.settle(300)
    assert shares(watched) == {two: 100}
    assert actions(shop(watched)) == {"undo"}
    act(watched, "undo")
    await watched.settle(5)
    assert shares(watched) == {one: 100}
    assert "problem" not in watched.status(SHOP)["rolloutOrder"]
    await begun(watched, MANUAL, {"inline": {"script": says("four")}})
    act(watched, "promote-full")
    await watched.settle(60)
    assert health(shop(watched))[0] == "Healthy"


async def test_a_version_that_fails_is_degraded(watched: World) -> None:
    await begun(watched, {}, BAD)
    await watched.settle(60)
    assert health(shop(watched))[0] == "Degraded"
    assert "smoke test failed" in health(shop(watched))[1]


async def test_what_is_suspended_says_so_and_offers_nothing(watched: World) -> None:
    await begun(watched, MANUAL)
    watched.edit(SHOP, suspend=True)
    await watched.settle(5)
    assert health(shop(watched))[0] == "Suspended"
    assert actions(shop(watched)) == set()


async def test_a_suspended_platform_offers_nothing_of_its_workers(watched: World) -> None:
    await begun(watched, MANUAL)
    watched.edit(PLATFORM, suspend=True)
    await watched.settle(90)
    assert health(shop(watched))[0] == "Suspended"
    assert actions(shop(watched)) == set()


async def test_other_annotations_stay(watched: World) -> None:
    watched.api.annotate(SHOP, theirs="x")
    given = annotations_after(shop(watched), "undo")
    assert given["theirs"] == "x"


async def test_what_was_never_observed_is_progressing(watched: World) -> None:
    await begun(watched, MANUAL, TWO)
    body = shop(watched)
    body["status"] = {"observedGeneration": -1}
    assert health(body)[0] == "Progressing"
    del body["status"]
    assert health(body)[0] == "Progressing"
