"""Rollouts in a world: what is asked for, and what is seen of them."""

from collections.abc import Mapping
from typing import Any

from support.scripts import says
from support.world import World
from support.world_bodies import SHOP

STEPS = [
    {"weight": 10, "pause": {"duration": "1m"}},
    {"weight": 50, "pause": {"duration": "2m"}},
]
CANARY: Mapping[str, Any] = {"strategy": "Canary", "steps": STEPS}
MANUAL: Mapping[str, Any] = {"strategy": "Canary", "steps": [{"weight": 10, "pause": {}}]}
TWO: Mapping[str, Any] = {"inline": {"script": says("two")}}
THREE: Mapping[str, Any] = {"inline": {"script": says("three")}}
BAD: Mapping[str, Any] = {"inline": {"script": says("exception!")}}  # throws at every request
ROUTED = "PUT kv routes host:shop.code24.dev worker:customer-worker-c1--shop"


def condition(world: World, kind: str) -> Mapping[str, Any]:
    found = world.status(SHOP)["conditions"]
    return next((c for c in found if c["type"] == kind), {"status": "absent", "reason": ""})


def rollout(world: World) -> Mapping[str, Any]:
    found: Mapping[str, Any] = world.status(SHOP)["rollout"]
    return found


def shares(world: World) -> dict[str, float]:
    """What percentage of the requests each version gets, as the routing table says."""
    mark = world.platform().snapshot.mark("customer-worker-c1--shop")
    [target] = world.platform().snapshot.paths("shop.code24.dev").values()
    assert mark is not None
    assert mark.serving == target.serving
    canary = mark.serving.canary
    found = {mark.serving.hash: 100.0}
    if canary is not None:
        found = {mark.serving.hash: 100.0 - canary.weight, canary.hash: canary.weight}
    return found


def versions_there(world: World) -> set[str]:
    return {name.split("--")[-2] for name in world.scripts()}


def routings(world: World) -> int:
    return sum(line.startswith("PUT kv routes") for line in world.writes)


async def begun(world: World, rollout: Mapping[str, Any], source: Mapping[str, Any] = TWO) -> str:
    """An edit that begins a rollout; the version that serves."""
    one = world.version(SHOP)
    world.edit(SHOP, rollout=rollout, source=source)
    await world.settle(5)
    return one
