"""The platform of the environment variables says that it is for a single tenant, and no fleet pays for that."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from support.calls import ACCOUNT, TOKEN
from support.scripts import says
from support.tenancy import everything
from support.world import PLATFORM, World
from support.world_bodies import OPERATOR_NAMESPACE, SHOP, ZONE, customer
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


PLATFORMS_OWN = ("WorkersPlatform", f"{OPERATOR_NAMESPACE}/default")
TEAMS = 4
EACH = 8
GRANTS = [
    {
        "namespaces": [f"team-{team}"],
        "customers": [f"c{team}"],
        "hosts": [f"{team}-{n}.code24.dev" for n in range(EACH)],
        "plans": ["premium"],
        "limits": {"workers": EACH, "scripts": 2 * EACH},
    }
    for team in range(TEAMS)
]


async def test_workers_that_are_granted_cost_as_many_calls(implied: World, world: World) -> None:
    """Rights, ownership of hosts and quotas are judged by what is known anyway."""
    world.apply(customer())
    world.edit(PLATFORM, tenancy={"grants": [*GRANTS, *everything_for("shop")]})
    await world.settle(100)
    granted, single = await calls_of_a_fleet(world), await calls_of_a_fleet(implied)
    assert granted == single
    assert granted["PUT script"] == 2 * TEAMS * EACH


def everything_for(namespace: str) -> list[Mapping[str, Any]]:
    [grant] = everything()["grants"]
    return [{**grant, "namespaces": [namespace]}]


async def calls_of_a_fleet(world: World) -> Counter[str]:
    """The calls to both APIs, by method and kind, that workers of several teams cost: created, and edited once."""
    keys = []
    with world.calls() as calls:
        for team in range(TEAMS):
            for number in range(EACH):
                own: dict[str, Any] = {"customerId": f"c{team}", "subdomain": f"{team}-{number}"}
                keys.append(world.apply(customer(f"w{number}", namespace=f"team-{team}", **own)))
        await world.settle(100)
        for key in keys:
            world.edit(key, source={"inline": {"script": says("two")}})
        await world.settle(100)
    assert all(map(world.is_ready, keys))
    kinds = (line.split()[:2] for line in (*calls.writes, *calls.reads))
    # Only a platform with an object has a status and a Secret.
    return Counter(" ".join(kind) for kind in kinds if kind[1] not in PLATFORMS_OWN)
