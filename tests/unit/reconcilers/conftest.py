"""Worlds for tests: one whose platform is set up, and one in which nothing has happened yet."""

from collections.abc import AsyncIterator

import pytest

from support.world import World


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
