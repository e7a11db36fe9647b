"""A worker that is deleted, and what is left of it."""

from typing import Any

from support.world import World
from support.world_bodies import SHOP, customer


async def deployed(world: World, **spec: Any) -> str:
    """A worker that serves; its version."""
    await world.reconcile(world.apply(customer(**spec)))
    assert world.is_ready(SHOP)
    world.forget_calls()
    return world.version(SHOP)


def nothing_is_left(world: World) -> bool:
    return (world.scripts(), world.routes()) == ({}, set()) and SHOP not in world.api
