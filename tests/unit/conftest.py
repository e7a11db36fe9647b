"""How much the property tests try, the same every time unless --hypothesis-profile=thorough; worlds for passes.

A world is one whose platform is set up, or one in which nothing has happened yet.
"""

from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from support.world import World

settings.register_profile(
    "default", max_examples=50, deadline=None, database=None, derandomize=True
)
settings.register_profile("thorough", max_examples=2000, deadline=None, database=None)
settings.load_profile("default")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = await World.ready()
    yield world
    await world.close()


@pytest.fixture
async def fresh() -> AsyncIterator[World]:
    world = World()
    yield world
    await world.close()
