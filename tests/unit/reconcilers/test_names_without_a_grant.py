"""A script name that nobody granted: it takes nothing from the worker of that name, and says nothing about it."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.handles import condition
from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer, elite
from workers_operator.domain.worker import ObjectKey

NAME = "customer-worker-c1--shop"
DECOY = ObjectKey("CustomerWorker", "other", "decoy")
THIEF = ObjectKey("CustomerWorker", "other", "thief")
SECOND = ObjectKey("WorkersPlatform", "", "second")
OURS = {"namespaces": ["shop"], "customers": ["c1"], "hosts": ["*.code24.dev"], "plans": ["*"]}
GRANTS = [
    {**OURS, "templates": ["elite/*"]},
    {"namespaces": ["other"], "customers": ["c2"], "hosts": ["*.code24.dev"], "plans": ["*"]},
]


def other(name: str, **spec: Any) -> Mapping[str, Any]:
    """An object of the other team."""
    return customer(name, namespace="other", **{"customerId": "c2", **spec})


@pytest.fixture
async def shared(world: World) -> World:
    """A platform with grants of customers and hosts, and of no script names."""
    world.edit(PLATFORM, tenancy={"grants": GRANTS, "hostCooldown": "0s"})
    await world.settle()
    return world


async def decoy(world: World, name: str = NAME, **spec: Any) -> None:
    """The other team asks for a name that is not its own."""
    world.apply(other("decoy", scriptName=name, **spec))
    await world.settle(40)
    assert condition(world.api[DECOY], "Deployed")["reason"] == "NotGranted"


@pytest.mark.parametrize("body", [customer(), elite()], ids=["customer", "elite"])
async def test_it_keeps_nobody_out_who_comes_later(shared: World, body: Mapping[str, Any]) -> None:
    names = {"CustomerWorker": NAME, "EliteWorker": "brand-worker-c1"}
    await decoy(shared, names[body["kind"]])
    await shared.advance(5)
    key = shared.apply(body)
    await shared.settle(5)
    assert shared.is_ready(key)


async def orphaned(world: World) -> None:
    world.edit(SHOP, policies={"deletion": "Orphan"})
    await world.settle(5)
    world.delete(SHOP)
    await world.settle(30)
    assert SHOP not in world.api


async def unreadable(world: World) -> None:
    body = dict(world.api[SHOP])
    body["spec"] = {**body["spec"], "instances": "many"}
    world.api.update(SHOP, body)
    await world.settle(5)


async def without_grant(world: World) -> None:
    world.edit(PLATFORM, tenancy={"grants": GRANTS[1:], "hostCooldown": "0s"})
    await world.settle(5)


@pytest.mark.parametrize("happens", [orphaned, unreadable, without_grant])
async def test_it_frees_no_host_of_a_worker_that_nobody_answers_for(
    shared: World, happens: Any
) -> None:
    shared.apply(customer())
    await shared.settle(5)
    before = shared.answer("shop").version
    assert before
    await happens(shared)
    await decoy(shared)
    shared.apply(other("thief", subdomain="shop"))
    await shared.settle(120)
    assert not shared.is_ready(THIEF)
    assert shared.answer("shop").version == before


async def test_it_frees_none_of_another_platform() -> None:
    world = await World.ready("second")
    hosts = ["*.example.com"]
    ours = [{**OURS, "hosts": [*hosts, "*.second.code24.dev"]}]
    theirs = [{**GRANTS[1], "hosts": [*hosts, "*.code24.dev"]}]
    world.edit(PLATFORM, tenancy={"grants": theirs})
    world.edit(SECOND, tenancy={"grants": ours})
    await world.settle(5)
    world.apply(customer(platform="second", routes=[{"pattern": "a.example.com/*"}]))
    await world.settle(20)
    assert world.is_ready(SHOP)
    await orphaned(world)
    await decoy(world, platform="second")
    world.apply(other("thief", routes=[{"pattern": "login.a.example.com/*"}]))
    await world.settle(60)
    urls = world.status(THIEF).get("urls", ())
    assert [url for url in urls if "example.com" in url] == []
    await world.close()


async def test_its_deletion_removes_nothing_of_the_worker(shared: World) -> None:
    """Not even if the mark that says whose the worker is was lost."""
    shared.apply(customer())
    await shared.settle(5)
    before = shared.answer("shop").version
    await orphaned(shared)
    shared.cloudflare.kv_titled("routes").pairs.pop(f"worker:{NAME}")
    await shared.settle(700)
    await decoy(shared)
    shared.delete(DECOY)
    await shared.settle(30)
    assert DECOY not in shared.api
    assert shared.answer("shop").version == before
    assert shared.scripts()
