"""An instance that fails while others answer gets no requests, is uploaded anew, and comes back."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.world import World
from support.world_bodies import SHOP, customer
from workers_operator.domain.health.probes import ProbeAnswer

HOST = "host:shop.code24.dev"


class Fleet:
    """A worker with three instances, of which some fail."""

    def __init__(self, world: World) -> None:
        self.world, self.failing = world, set[int]()
        world.prober.instances = self._answer

    def _answer(self, host: str, instance: int) -> ProbeAnswer | None:
        version = self.world.version(SHOP)
        error = "worker_exception" if instance in self.failing else ""
        return ProbeAnswer(500 if error else 200, version, error, instance)

    @property
    def out(self) -> list[int]:
        """The instances that the dispatcher leaves out."""
        entry = self.world.cloudflare.kv_titled("routes").pairs[HOST]
        listed = entry.metadata["targets"][0]
        return list(listed[8]) if len(listed) > 8 else []

    @property
    def health(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.world.status(SHOP)["health"]
        return found

    @property
    def uploads(self) -> list[str]:
        return [line.rsplit("--")[-1] for line in self.world.writes if "PUT script" in line]


@pytest.fixture
async def fleet(world: World) -> Fleet:
    world.apply(customer(instances=3, health={"interval": "30s"}))
    await world.settle(120)
    assert world.is_ready(SHOP)
    made = Fleet(world)
    await world.settle(60)
    world.forget_calls()
    return made


async def test_a_failing_instance_gets_no_requests_and_is_replaced(fleet: Fleet) -> None:
    world = fleet.world
    fleet.failing = {1}
    await world.settle(45)  # an interval until it is seen, and some seconds until it is certain
    assert fleet.out == [1]
    assert fleet.uploads[:1] == ["1"]
    assert sum("PUT kv" in line for line in world.writes) == 1
    assert (fleet.health["state"], fleet.health["out"]) == ("Degraded", [1])
    assert world.is_ready(SHOP)
    healthy = next(c for c in world.status(SHOP)["conditions"] if c["type"] == "Healthy")
    assert healthy["reason"] == "Degraded"
    assert "of 3 instances, these get no requests: 1" in healthy["message"]
    told = [e.partition(":")[0] for e in world.events.about(SHOP)]
    assert {"Warning InstancesBalanced", "Warning InstanceReplaced"} <= set(told)
    assert world.operator.repairs[:2] == ["default balance", "default replace"]
    fleet.failing = set()
    await world.settle(180)
    assert fleet.out == []
    assert fleet.health["state"] == "Healthy"
    assert "out" not in fleet.health
    assert fleet.health.get("outages") is None
    [recovered] = [e for e in world.events.about(SHOP) if "Recovered" in e]
    assert recovered.endswith("all instances get requests again")


async def test_one_that_fails_for_good_is_not_replaced_for_ever(fleet: Fleet) -> None:
    fleet.failing = {2}
    for _ in range(6):
        await fleet.world.settle(1800)
    assert fleet.out == [2]
    assert len(fleet.uploads) == 5
    assert sum("PUT kv" in line for line in fleet.world.writes) == 1


async def test_if_all_fail_it_is_the_worker(fleet: Fleet) -> None:
    fleet.failing = {0, 1, 2}
    await fleet.world.settle(300)
    assert fleet.out == []
    assert fleet.uploads == []
    assert fleet.health["state"] == "Unhealthy"
    assert not fleet.world.is_ready(SHOP)


async def test_after_a_restart_it_stays_out_and_comes_back(fleet: Fleet) -> None:
    fleet.failing = {1}
    await fleet.world.settle(110)
    await fleet.world.restart()
    await fleet.world.settle(20)
    assert fleet.out == [1]
    assert not any("PUT kv" in line for line in fleet.world.writes)
    fleet.failing = set()
    await fleet.world.settle(180)
    assert fleet.out == []


async def test_a_new_version_begins_with_all_instances(fleet: Fleet) -> None:
    fleet.failing = {1}
    await fleet.world.settle(110)
    fleet.failing = set()
    fleet.world.edit(SHOP, source={"inline": {"script": "export default {}"}})
    await fleet.world.settle(10)
    assert fleet.out == []
    assert fleet.health["state"] == "Healthy"


async def test_scaling_to_one_leaves_the_one_in(fleet: Fleet) -> None:
    fleet.failing = {0}
    await fleet.world.settle(110)
    assert fleet.out == [0]
    fleet.world.edit(SHOP, instances=1)
    await fleet.world.settle(10)
    assert fleet.out == []


async def test_parking_a_worker_ends_its_healing(fleet: Fleet) -> None:
    world = fleet.world
    fleet.failing = {1}
    await world.settle(45)
    assert fleet.out == [1]
    world.edit(SHOP, instances=0)
    await world.settle(10)
    assert world.status(SHOP)["instances"] == 0
    world.forget_calls()
    await world.settle(300)
    assert fleet.uploads == []
    assert world.is_ready(SHOP)
    fleet.failing = set()
    world.edit(SHOP, instances=3)
    await world.settle(90)
    assert fleet.out == []
    assert fleet.health["state"] == "Healthy"
    assert world.status(SHOP)["instances"] == 3


async def test_what_has_vanished_is_put_back_and_told(fleet: Fleet) -> None:
    world = fleet.world
    del world.cloudflare.kv_titled("routes").pairs[HOST]
    name = next(n for n in world.scripts() if n.endswith("--2"))
    del world.cloudflare.scripts["ns"][name]
    await world.settle(400)
    assert name in world.scripts()
    assert HOST in world.routes()
    told = {e.partition(":")[0] for e in world.events.about(SHOP)}
    assert {"Warning ScriptRestored", "Warning RoutesRestored"} <= told
    assert {"default upload", "default route"} <= set(world.operator.repairs)


async def test_what_has_vanished_is_noticed_by_the_probes(fleet: Fleet) -> None:
    """The account is listed every five minutes; by then, visitors would have seen it for long."""
    world = fleet.world
    world.prober.instances = lambda host, instance: None
    await world.settle(40)
    del world.cloudflare.kv_titled("routes").pairs[HOST]
    await world.settle(80)
    assert HOST in world.routes()
    assert world.is_ready(SHOP)
    for name in list(world.scripts()):
        del world.cloudflare.scripts["ns"][name]
    await world.settle(80)
    assert len(world.scripts()) == 3


async def test_many_workers_that_miss_something_share_the_listings(world: World) -> None:
    keys = [world.apply(customer(f"w{n}", subdomain=f"w{n}")) for n in range(20)]
    await world.settle(200)
    assert all(map(world.is_ready, keys))
    world.forget_calls()
    for key in list(world.routes()):
        if key.startswith("host:"):
            del world.cloudflare.kv_titled("routes").pairs[key]
    await world.settle(150)
    assert sum(key.startswith("host:") for key in world.routes()) == 20
    assert all(map(world.is_ready, keys))
    assert sum("keys" in line for line in world.reads) <= 5, world.reads


async def test_a_worker_that_is_deleted_while_it_is_probed(fleet: Fleet) -> None:
    world = fleet.world

    def deleted(host: str, instance: int) -> ProbeAnswer | None:
        if SHOP in world.api:
            world.delete(SHOP)
        return ProbeAnswer(0, None, "no connection")

    world.prober.instances = deleted
    await world.settle(120)
    assert world.status(SHOP) == {}
    assert world.scripts() == {}
    assert HOST not in world.routes()
