"""Worlds that several modules begin with."""

import pytest

from support.world import World
from support.world_bodies import SHOP, customer


@pytest.fixture
async def two(world: World) -> World:
    """A world with another platform, ``eu``, and a worker on ``default``."""
    world.add_platform("eu")
    await world.reconcile(world.apply(customer()))
    await world.settle(15)
    assert world.operator.platforms.is_usable("eu")
    world.forget_calls()
    return world


@pytest.fixture
async def served(world: World) -> World:
    """Version one serves, with two instances."""
    world.apply(customer(instances=2))
    await world.settle(200)
    assert world.is_ready(SHOP)
    world.forget_calls()
    return world
