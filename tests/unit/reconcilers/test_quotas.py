"""Quotas of namespaces: one worker more is refused in plain words, and nothing that serves changes."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.scripts import says
from support.tenancy import everything
from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer
from workers_operator.domain.worker import ObjectKey

TOYS = ObjectKey("CustomerWorker", "shop", "toys")
OTHER = ObjectKey("CustomerWorker", "other", "third")


def limited(**limits: int) -> Mapping[str, Any]:
    tenancy = everything()
    tenancy["grants"][0]["limits"] = limits
    return tenancy


async def limit(world: World, **limits: int) -> None:
    world.edit(PLATFORM, tenancy=limited(**limits))
    await world.settle(5)


def serves(world: World, host: str, text: str) -> bool:
    """Whether the version that answers at a host has this text in its code."""
    ending = f"--{world.answer(host).version}--0"
    found = (script for name, script in world.scripts().items() if name.endswith(ending))
    return any(says(text) in script.text for script in found)


def refused(world: World, key: ObjectKey) -> str:
    found = next(c for c in world.status(key)["conditions"] if c["type"] == "Deployed")
    assert (found["status"], found["reason"]) == ("False", "QuotaExceeded")
    return str(found["message"])


class TestWorkers:
    """The number of workers."""

    async def test_one_more_is_refused_and_served_when_there_is_room(self, world: World) -> None:
        await limit(world, workers=1)
        world.apply(customer())
        await world.settle(5)
        with world.calls() as calls:
            world.apply(customer("toys"))
            await world.settle(5)
        assert "'shop' may have 1 worker and has them" in refused(world, TOYS)
        assert not [line for line in calls.writes if "script" in line or " kv " in line]

        world.delete(SHOP)
        await world.settle(60)
        assert world.is_ready(TOYS)

    async def test_the_elder_of_two_that_come_together_is_served(self, world: World) -> None:
        await limit(world, workers=1)
        world.apply(customer())
        world.apply(customer("toys"))
        await world.settle(5)
        assert world.is_ready(SHOP)
        refused(world, TOYS)

    async def test_a_namespace_has_what_others_do_not_use(self, world: World) -> None:
        await limit(world, workers=1)
        world.apply(customer())
        world.apply(customer("third", namespace="other", customerId="c2"))
        await world.settle(5)
        assert world.is_ready(SHOP)
        assert world.is_ready(OTHER)

    @pytest.mark.parametrize("how", ["released", "finalizer"])
    async def test_what_serves_without_an_object_counts_and_is_taken_back(
        self, world: World, how: str
    ) -> None:
        world.apply(customer(policies={"deletion": "Orphan"}))
        await world.settle(5)
        await limit(world, workers=1)
        if how == "released":
            world.delete(SHOP)
        else:
            world.api.remove(SHOP)
        await world.settle(400)
        assert serves(world, "shop", "one")
        world.apply(customer("toys"))
        await world.settle(5)
        assert "(1 without an object)" in refused(world, TOYS)

        world.apply(customer(script="two"))
        await world.settle(5)
        assert world.is_ready(SHOP)
        assert serves(world, "shop", "two")

    async def test_what_serves_can_be_edited_when_the_limit_is_lowered(self, world: World) -> None:
        world.apply(customer(instances=2))
        await world.settle(5)
        await limit(world, workers=0, scripts=0)
        world.edit(SHOP, source={"inline": {"script": says("two")}})
        await world.settle(5)
        assert world.is_ready(SHOP)
        assert serves(world, "shop", "two")

    async def test_a_restart_changes_nothing(self, world: World) -> None:
        await limit(world, workers=1, scripts=1)
        world.apply(customer())
        world.apply(customer("toys"))
        await world.settle(5)
        await world.restart()
        with world.calls() as calls:
            await world.settle(30)
        assert not [line for line in calls.writes if "script" in line or " kv " in line]
        assert world.is_ready(SHOP)
        refused(world, TOYS)


class TestScripts:
    """The number of scripts."""

    async def test_more_instances_than_there_is_room_for(self, world: World) -> None:
        await limit(world, scripts=3)
        world.apply(customer(instances=2))
        await world.settle(5)
        world.edit(SHOP, instances=4, source={"inline": {"script": says("two")}})
        await world.settle(400)
        assert "leaves room for 3 of 4 instances" in refused(world, SHOP)
        assert serves(world, "shop", "one")
        assert len(world.scripts()) == 2

        world.edit(SHOP, instances=3)
        await world.settle(5)
        assert world.is_ready(SHOP)
        assert serves(world, "shop", "two")

    async def test_two_that_come_together_do_not_exceed_it(self, world: World) -> None:
        await limit(world, scripts=3)
        world.apply(customer(instances=2))
        world.apply(customer("toys", instances=2))
        await world.settle(5)
        assert world.is_ready(SHOP)
        refused(world, TOYS)
        assert len(world.scripts()) == 2

    async def test_versions_that_pile_up_wait_until_there_is_room(self, world: World) -> None:
        """Three edits right after each other would keep four versions for a while; the former one stays anyway."""
        await limit(world, scripts=1)
        world.apply(customer())
        await world.settle(5)
        for text in ("two", "three", "four"):
            world.edit(SHOP, source={"inline": {"script": says(text)}})
            await world.settle(5)
        refused(world, SHOP)
        assert serves(world, "shop", "three")
        assert len(world.scripts()) == 3
        await world.settle(400)
        assert world.is_ready(SHOP)
        assert serves(world, "shop", "four")

    async def test_an_autoscaled_worker_gets_what_is_left(self, world: World) -> None:
        await limit(world, scripts=3)
        world.apply(customer())
        await world.settle(5)
        metrics = [{"type": "RequestsPerSecond", "averageValue": "1"}]
        scaling = {"minInstances": 4, "maxInstances": 9, "metrics": metrics}
        world.apply(customer("toys", autoscaling=scaling))
        await world.settle(5)
        assert world.is_ready(TOYS)
        assert world.status(TOYS)["instances"] == 2
