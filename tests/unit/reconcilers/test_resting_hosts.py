"""A host that a worker gives up rests before a worker in another namespace may have it."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer
from workers_operator.domain.worker import ObjectKey

HOST = "shop.code24.dev"
OTHERS = ObjectKey("CustomerWorker", "other", "waiting")
SUCCESSOR = ObjectKey("CustomerWorker", "shop", "successor")
GRANTS = [
    {"namespaces": ["shop"], "customers": ["c1"], "hosts": ["*.code24.dev"]},
    {"namespaces": ["other"], "customers": ["c2"], "hosts": ["*.code24.dev"]},
]


def others(**spec: Any) -> Mapping[str, Any]:
    return customer("waiting", namespace="other", customerId="c2", **({"subdomain": "shop"} | spec))


def routed(world: World, key: ObjectKey) -> Mapping[str, str]:
    return next(c for c in world.status(key)["conditions"] if c["type"] == "Routed")


async def served(world: World, **tenancy: Any) -> None:
    world.edit(PLATFORM, tenancy={"grants": GRANTS} | tenancy)
    await world.settle()
    world.apply(customer())
    await world.settle(5)
    assert world.is_ready(SHOP)


@pytest.fixture
async def resting(world: World) -> World:
    """A host that its worker has just given up, and a worker in another namespace that waits for it."""
    await served(world)
    world.apply(others())
    await world.settle(5)
    world.delete(SHOP)
    await world.settle(60)
    return world


async def test_who_waits_in_another_namespace_does_not_get_it_at_once(resting: World) -> None:
    assert resting.answer("shop").status == 404
    found = routed(resting, OTHERS)
    assert found["reason"] == "HostnameConflict"
    assert found["message"].startswith(
        f"{HOST}/*: the host was given up by another worker and rests until 2"
    )


async def test_who_waits_gets_it_once_it_has_rested(resting: World) -> None:
    await resting.settle(600)
    assert resting.is_ready(OTHERS)
    assert resting.answer("shop").version == resting.version(OTHERS)


async def test_its_namespace_may_have_it_at_once(resting: World) -> None:
    resting.apply(customer("successor", subdomain="shop"))
    await resting.settle(5)
    assert resting.is_ready(SUCCESSOR)


async def test_it_rests_after_a_restart(resting: World) -> None:
    await resting.restart()
    await resting.settle(120)
    assert resting.answer("shop").status == 404
    await resting.settle(600)
    assert resting.answer("shop").version == resting.version(OTHERS)


@pytest.mark.parametrize("host", ["*.shop", "login.shop", "a.b.shop", "sh0p", "*"])
async def test_what_is_near_it_rests_with_it(resting: World, host: str) -> None:
    """Who waits gets none of them, and so does not keep its namespace out of it either."""
    routes = [{"pattern": f"{host}.code24.dev/*"}]
    resting.edit(OTHERS, subdomain="elsewhere", routes=routes)
    await resting.settle(5)
    assert routed(resting, OTHERS)["status"] == "False"
    resting.apply(customer("successor", subdomain="shop"))
    await resting.settle(5)
    assert resting.is_ready(SUCCESSOR)


@pytest.mark.parametrize("host", ["xshop", "sh0ps"])
async def test_other_hosts_are_free(resting: World, host: str) -> None:
    resting.edit(OTHERS, subdomain=host)
    await resting.settle(5)
    assert resting.is_ready(OTHERS)


async def test_a_host_that_is_given_up_in_an_edit_rests(world: World) -> None:
    await served(world)
    world.edit(SHOP, subdomain="moved")
    await world.settle(5)
    world.apply(others())
    await world.settle(60)
    assert "rests until" in routed(world, OTHERS)["message"]


async def test_a_platform_may_turn_this_off(world: World) -> None:
    await served(world, hostCooldown="0s")
    world.delete(SHOP)
    await world.settle(5)
    world.apply(others())
    await world.settle(5)
    assert world.is_ready(OTHERS)
