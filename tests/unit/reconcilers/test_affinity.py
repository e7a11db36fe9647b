"""spec.sessionAffinity changes how requests are spread, and nothing else."""

from support.world import World
from support.world_bodies import ROUTED, SHOP, customer


async def test_an_affinity_is_one_write_and_no_upload(world: World) -> None:
    world.apply(customer(instances=2))
    await world.settle(400)
    version = world.version(SHOP)
    world.forget_calls()
    world.edit(SHOP, sessionAffinity="Cookie")
    await world.settle(400)
    assert [line for line in world.writes if "apply_status" not in line] == [ROUTED]
    assert world.version(SHOP) == version
    await world.restart()
    await world.settle(400)
    assert [line for line in world.writes if "apply_status" not in line] == []
    world.edit(SHOP, sessionAffinity=None)
    await world.settle(400)
    assert [line for line in world.writes if "apply_status" not in line] == [ROUTED]
