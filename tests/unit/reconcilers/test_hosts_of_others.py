"""A host that serves is its worker's until that has given it up, whoever waits for it meanwhile, and however."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from support.handles import condition
from support.world import PLATFORM, World
from support.world_bodies import BASE, SHOP, customer
from workers_operator.domain.worker import ObjectKey

SECOND = ObjectKey("WorkersPlatform", "", "second")
WAITING = ObjectKey("CustomerWorker", "other", "waiting")
OLD = ObjectKey("CustomerWorker", "third", "old")
ABSENT = {"configMap": {"name": "absent", "key": "worker.js"}}
HOSTS = ["*.code24.dev", "*.example.com"]


def grants(**customers: str) -> list[Mapping[str, Any]]:
    """Each namespace may claim all hosts for its customer."""
    return [{"namespaces": [n], "customers": [c], "hosts": HOSTS} for n, c in customers.items()]


GRANTS = grants(shop="c1", other="c2", third="c3")


def waiting(**spec: Any) -> Mapping[str, Any]:
    """A worker of another team that asks for the host of the shop."""
    asked = {"customerId": "c2", "subdomain": "shop", **spec}
    return customer("waiting", "two", namespace="other", **asked)


async def serving(world: World, grants: Sequence[Mapping[str, Any]], **tenancy: Any) -> None:
    """The shop serves on a platform with grants."""
    world.edit(PLATFORM, tenancy={"grants": grants, **tenancy})
    await world.settle()
    world.apply(customer())
    await world.settle(5)
    assert world.is_ready(SHOP)


def serves(world: World, key: ObjectKey) -> bool:
    """Whether the shop's host is served by an object's worker."""
    versions = world.status(key).get("versions")
    return versions is not None and world.answer("shop").version == versions["stable"]


class TestTheMomentItIsGivenUp:
    """Who waits in another namespace gets it once it has rested, and not at the moment of an edit."""

    @pytest.fixture
    async def shop(self, world: World) -> World:
        await serving(world, GRANTS)
        return world

    async def test_by_an_edit(self, shop: World) -> None:
        shop.apply(waiting())
        await shop.settle(5)
        shop.edit(SHOP, subdomain="moved")
        await shop.settle(60)
        found = condition(shop.api[WAITING], "Routed")
        assert "rests until" in found["message"]
        assert shop.answer("shop").status == 404
        await shop.settle(700)
        assert serves(shop, WAITING)

    @pytest.mark.parametrize(
        "edit",
        [
            {"subdomain": "moved", "suspend": True},
            {"subdomain": "moved", "source": ABSENT},
            {"subdomain": "taken"},
        ],
        ids=["suspended", "without a source", "refused"],
    )
    async def test_by_an_edit_that_is_not_carried_out(
        self, shop: World, edit: Mapping[str, Any]
    ) -> None:
        shop.apply(customer("taken", "three", namespace="third", customerId="c3"))
        await shop.settle(5)
        shop.edit(SHOP, **edit)
        await shop.settle(5)
        shop.apply(waiting())
        await shop.settle(60)
        assert "until it gets that one" in condition(shop.api[WAITING], "Routed")["message"]
        assert serves(shop, SHOP)

    async def test_within_a_namespace_at_once(self, shop: World) -> None:
        successor = shop.apply(customer("successor", "two", subdomain="shop"))
        shop.apply(waiting())
        await shop.settle(5)
        memories = shop.operator.index.memories
        assert [memories.of(key).waits for key in (successor, WAITING, SHOP)] == [True, True, False]
        shop.edit(SHOP, subdomain="moved", suspend=True)
        await shop.settle()
        assert serves(shop, successor)
        assert not memories.of(successor).waits


class TestANamesake:
    """An object of the same customer in another namespace has the same script name, and speaks for nobody."""

    async def take(self, world: World) -> None:
        world.apply(customer("shop", "two", namespace="other", subdomain="elsewhere"))
        world.apply(waiting(customerId="c1"))
        await world.settle(120)
        assert not world.is_ready(WAITING)
        assert world.answer("shop").status == 200
        assert not serves(world, WAITING)

    async def test_of_an_orphan(self, world: World) -> None:
        await serving(world, grants(shop="c1", other="c1"), hostCooldown="0s")
        world.edit(SHOP, policies={"deletion": "Orphan"})
        await world.settle(5)
        world.delete(SHOP)
        await world.settle(5)
        await self.take(world)

    async def test_of_a_worker_that_moves(self) -> None:
        world = await World.ready("second")
        both = grants(shop="c1", other="c1")
        world.edit(SECOND, tenancy={"grants": both, "hostCooldown": "0s"}, suspend=True)
        await serving(world, both, hostCooldown="0s")
        world.edit(SHOP, platform="second")
        await world.settle(30)
        await self.take(world)
        assert serves(world, SHOP)
        await world.close()


class TestTheLine:
    """Who has asked first comes first, after a restart as well."""

    @pytest.mark.parametrize("edit", [{"suspend": True}, {"source": ABSENT}], ids=str)
    async def test_an_old_object_whose_pass_did_not_come_to_its_routes(
        self, world: World, edit: Mapping[str, Any]
    ) -> None:
        await serving(world, GRANTS, hostCooldown="0s")
        world.apply(customer("old", "three", namespace="third", customerId="c3"))
        await world.settle(100)
        await world.advance(3600)
        routes = [{"pattern": "shop.code24.dev/*"}]
        world.apply(waiting(subdomain="waiting", routes=routes))
        await world.settle(60)
        await world.advance(3600)
        world.edit(OLD, routes=routes, **edit)
        await world.settle(60)
        await world.restart()
        await world.settle(60)
        world.delete(SHOP)
        await world.settle(120)
        assert serves(world, WAITING)


class TestWhatNobodyGranted:
    """A claim without a grant is no work for others."""

    async def test_a_wildcard_wakes_nobody_who_is_ready(self, world: World) -> None:
        await serving(world, GRANTS)
        names = [f"shop-{number}" for number in range(30)]
        for name in names:
            world.apply(customer(name, routes=[{"pattern": f"{name}.example.com/*"}]))
        wild = customer("wild", namespace="nobody", routes=[{"pattern": "*.example.com/*"}])
        key = world.apply(wild)
        await world.settle(200)
        world.edit(key, routes=[])
        assert await world.settle() == [key]

    async def test_its_zones_are_not_listed(self, world: World) -> None:
        await serving(world, GRANTS)
        world.apply(customer("nobody", namespace="nobody", routes=[{"pattern": "a.example.com/*"}]))
        await world.settle(5)
        with world.calls() as calls:
            await world.settle(1300)
        assert [line for line in calls.reads if "example.com" in line] == []
        world.edit(SHOP, routes=[{"pattern": "b.example.com/*"}])
        with world.calls() as calls:
            await world.settle(1300)
        assert [line for line in calls.reads if "example.com" in line]


class TestAnOrphan:
    """Only the object that its mark names answers for what serves, and one that is made anew in its place."""

    @pytest.fixture
    async def orphaned(self, world: World) -> World:
        await serving(world, GRANTS)
        world.edit(SHOP, policies={"deletion": "Orphan"})
        await world.settle(5)
        world.delete(SHOP)
        await world.settle(700)
        return world

    @pytest.mark.parametrize("spec", [{}, {"platform": "nowhere"}], ids=str)
    async def test_is_not_hidden_by_who_claims_its_name(
        self, orphaned: World, spec: Mapping[str, Any]
    ) -> None:
        decoy = customer("decoy", namespace="nobody", customerId="c9", scriptName=BASE, **spec)
        orphaned.apply(decoy)
        await orphaned.settle(700)
        [listed] = orphaned.status(PLATFORM)["orphans"]["workers"]
        assert listed["name"] == BASE
        orphaned.edit(PLATFORM, policies={"orphans": "Remove"})
        await orphaned.settle(1400)
        assert orphaned.answer("shop").status == 404

    async def test_is_taken_back_by_its_successor(self, orphaned: World) -> None:
        orphaned.apply(customer())
        await orphaned.settle(700)
        assert orphaned.is_ready(SHOP)
        assert orphaned.status(PLATFORM).get("orphans") is None
