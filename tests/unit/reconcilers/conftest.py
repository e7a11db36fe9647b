"""Worlds that several modules begin with."""

import pytest

from support.world import World
from support.world_bodies import customer


@pytest.fixture
async def two(world: World) -> World:
    """A world with another platform, ``eu``, and a worker on ``default``."""
    world.add_platform("eu")
    await world.reconcile(world.apply(customer()))
    await world.settle(15)
    assert world.operator.platforms.is_usable("eu")
    world.forget_calls()
    return world
