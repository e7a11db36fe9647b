"""How much the property tests try, the same every time unless --hypothesis-profile=thorough; worlds for passes.

A world is one whose platform is set up, or one in which nothing has happened yet.
"""

import asyncio
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


@pytest.fixture
async def ended_tasks() -> AsyncIterator[None]:
    """Tasks end with their test: collected in a later one, they would log there that they were never ended."""
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
