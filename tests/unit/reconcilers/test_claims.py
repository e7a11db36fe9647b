"""What a worker claims is refused by the operator exactly if the admission policy refuses it."""

from collections.abc import AsyncIterator

import pytest

from support.claims import GRANTS, REFUSED, TAKEN
from support.cloudflare import Zone
from support.shapes import Object
from support.world import World
from support.world_bodies import DOMAIN, ZONE

ZONES = {
    ZONE: DOMAIN,
    "3" * 32: "acme.com",
    "4" * 32: "other.com",
    "5" * 32: "x.dev",
}


@pytest.fixture
async def granted() -> AsyncIterator[World]:
    world = World(with_platform=False)
    world.cloudflare.zones |= {id_: Zone(name) for id_, name in ZONES.items() if id_ != ZONE}
    zones = [{"name": name, "id": id_} for id_, name in ZONES.items()]
    world.add_platform("granted", domain=DOMAIN, zones=zones, tenancy={"grants": GRANTS})
    await world.settle()
    assert world.operator.platforms.is_usable("granted")
    yield world
    await world.close()


async def reasons(world: World, obj: Object) -> set[str]:
    done = await world.reconcile(world.apply(obj))
    return {condition["reason"] for condition in done.status["conditions"]}


@pytest.mark.parametrize("what", TAKEN)
async def test_what_is_granted_is_not_refused(granted: World, what: str) -> None:
    assert "NotGranted" not in await reasons(granted, TAKEN[what])


@pytest.mark.parametrize("what", REFUSED)
async def test_anything_else_is_refused(granted: World, what: str) -> None:
    obj, _ = REFUSED[what]
    assert "NotGranted" in await reasons(granted, obj)
