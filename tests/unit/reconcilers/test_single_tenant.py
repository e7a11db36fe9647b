"""The platform of the environment variables says that it is for a single tenant, and no fleet pays for that."""

from collections.abc import AsyncIterator

import pytest

from support.calls import ACCOUNT, TOKEN
from support.world import PLATFORM, World
from support.world_bodies import SHOP, ZONE, customer
from workers_operator.desired.platform import (
    DispatchNames,
    DomainConfig,
    PlatformConfig,
    StorageNames,
)
from workers_operator.domain.tenancy.grants import Tenancy

IMPLIED = PlatformConfig(
    name="default",
    account_id=ACCOUNT,
    environment="staging",
    domain=DomainConfig(ZONE),
    dispatch=DispatchNames("ns", "dispatcher"),
    storage=StorageNames("routes", "data"),
    tenancy=Tenancy(single_tenant=True),
)


@pytest.fixture
async def implied() -> AsyncIterator[World]:
    """A world whose platform is that of the variables, with a worker."""
    world = World(implied=IMPLIED, with_platform=False)
    world.cloudflare.tokens.add(TOKEN)
    world.operator.controller.see_implied()
    world.apply(customer())
    await world.settle(100)
    assert world.is_ready(SHOP)
    yield world
    await world.close()


async def test_its_workers_say_so(implied: World) -> None:
    assert implied.status(SHOP)["tenancy"] == "SingleTenant"


async def test_workers_of_a_platform_with_grants_do_not(world: World) -> None:
    world.apply(customer())
    await world.settle(100)
    assert "tenancy" not in world.status(SHOP)


async def test_workers_that_were_there_before_say_so_with_their_next_status(
    implied: World,
) -> None:
    body = implied.api[SHOP]
    del body["status"]["tenancy"]
    implied.api.update(SHOP, body)
    await implied.restart()
    with implied.calls() as calls:
        await implied.settle(1000)
    assert not [line for line in calls.writes if line.startswith("apply_status")]
    assert implied.is_ready(SHOP)
    implied.edit(SHOP, instances=2)
    await implied.settle(10)
    assert implied.status(SHOP)["tenancy"] == "SingleTenant"


async def test_it_is_not_said_any_longer_than_it_holds(implied: World) -> None:
    implied.add_platform()
    await implied.settle(400)
    assert implied.is_ready(SHOP)
    assert "tenancy" not in implied.status(SHOP)


async def test_the_log_warns_of_it(caplog: pytest.LogCaptureFixture) -> None:
    world = World(implied=IMPLIED, with_platform=False)
    world.cloudflare.tokens.add(TOKEN)
    world.operator.controller.see_implied()
    await world.settle()
    said = [r.levelname for r in caplog.records if "SingleTenant" in r.getMessage()]
    assert said == ["WARNING"]
    assert world.operator.platforms.is_usable(PLATFORM.name)
    await world.close()
