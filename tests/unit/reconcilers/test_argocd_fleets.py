"""Argo CD shows of every status of a template what kstatus makes of it, and its actions are orders that are obeyed."""

import copy
from typing import Any

from support.argocd import actions, annotations_after, health
from support.conditions import kstatus
from support.world import World
from unit.reconcilers.fleets import BAD, TEMPLATE, fleet, publish, rollout, said

ORDER = "workers.code24.dev/rollout"
MEANT = {
    "Current": {"Healthy"},
    "InProgress": {"Progressing", "Suspended"},
    "Failed": {"Degraded"},
}


def shown(world: World) -> dict[str, Any]:
    return copy.deepcopy(world.api[TEMPLATE])


def act(world: World, action: str) -> None:
    """A click on an action that is offered."""
    assert action in actions(shown(world))
    world.order(TEMPLATE, annotations_after(shown(world), action)[ORDER])


def watch(world: World) -> None:
    """Each state of the template is shown to Argo CD."""

    def check(event: str, body: dict[str, Any]) -> None:
        if body["kind"] == "WorkerTemplate":
            state, message = health(body)
            assert state in MEANT[kstatus(body)], body["status"]
            assert message

    world.api.subscribe(check)


async def test_a_wave_that_waits_is_suspended_until_it_is_promoted(world: World) -> None:
    watch(world)
    keys = await fleet(world, 4, rollout={"waves": [1], "pause": {}})
    assert health(shown(world))[0] == "Healthy"
    assert actions(shown(world)) == set()
    publish(world, "two")
    await world.settle(60)
    assert health(shown(world))[0] == "Suspended"
    assert "rollout promote goes on" in health(shown(world))[1]
    assert actions(shown(world)) == {"promote", "promote-full", "pause", "resume", "abort"}
    act(world, "promote")
    await world.settle(60)
    assert health(shown(world))[0] == "Healthy"
    assert said(world, keys) == {world.status(TEMPLATE)["version"]: 4}


async def test_a_bad_version_is_degraded_and_can_be_taken_back(world: World) -> None:
    watch(world)
    keys = await fleet(world, 3, rollout={"waves": [1]})
    old = world.status(TEMPLATE)["version"]
    publish(world, BAD)
    await world.settle(60)
    assert health(shown(world))[0] == "Degraded"
    assert actions(shown(world)) == {"abort", "retry"}
    act(world, "abort")
    await world.settle(30)
    assert said(world, keys) == {old: 3}
    assert (rollout(world)["phase"], health(shown(world))[0]) == ("Aborted", "Degraded")
    assert actions(shown(world)) == {"retry"}
    assert "problem" not in world.status(TEMPLATE)["rolloutOrder"]
