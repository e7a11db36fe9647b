"""An operator that dies, or is lied to, at any call of a template's rollout: another one goes on from there."""

from collections.abc import Iterator
from typing import Final

import pytest

from support.interruptions import FATES, Fate, Interruption
from support.world import World
from unit.reconcilers.fleets import BAD, TEMPLATE, fleet, publish, revisions, rollout, said

SIZE: Final = 3
SECONDS: Final = 40.0
LONG: Final = 500.0
ORDERS: Final = {"roll out": "", "abort": "abort now"}


async def started(case: str) -> World:
    world = await World.ready()
    await fleet(world, SIZE, rollout={"waves": [1], **({"pause": {}} if ORDERS[case] else {})})
    if ORDERS[case]:
        publish(world, "two")
        await world.settle(SECONDS)
        assert rollout(world)["phase"] == "Paused"
    world.forget_calls()
    return world


def change(world: World, case: str) -> None:
    if ORDERS[case]:
        world.order(TEMPLATE, ORDERS[case])
    else:
        publish(world, "two")


async def cuts(case: str) -> Iterator[tuple[str, int, Fate]]:
    world, interruption = await started(case), Interruption()
    change(world, case)
    await world.interrupt(interruption, SECONDS)
    await world.close()
    lines = list(interruption.lines)
    return ((line, number, fate) for number, line in enumerate(lines) for fate in FATES)


@pytest.mark.parametrize("case", ORDERS)
async def test_it_goes_on_from_what_is_written(case: str) -> None:
    wrong = {}
    points = list(await cuts(case))
    assert len(points) > 5 * SIZE
    for line, number, fate in points:
        world = await started(case)
        keys = list(world.api.keys("CustomerWorker"))
        old = world.status(TEMPLATE)["version"]
        if ORDERS[case]:
            old = world.status(TEMPLATE)["previousVersion"]
        change(world, case)
        await world.interrupt(Interruption(number, fate))
        await world.settle(LONG)
        reached = SIZE - said(world, keys)[old]
        ended = (rollout(world)["phase"], reached, all(map(world.is_ready, keys)))
        wanted = ("Aborted", 0, True) if ORDERS[case] else ("Succeeded", SIZE, True)
        kept = revisions(world)
        if ended != wanted or len(kept) != 2:
            wrong[f"{fate}: {number} {line}"] = (ended, kept)
        await world.close()
    assert not wrong


async def test_a_bad_version_reaches_no_more_than_its_wave_wherever_the_operator_dies() -> None:
    wrong = {}
    world, interruption = await started("roll out"), Interruption()
    publish(world, BAD)
    await world.interrupt(interruption, SECONDS)
    await world.close()
    for number, line in enumerate(interruption.lines):
        world = await started("roll out")
        keys = list(world.api.keys("CustomerWorker"))
        old = world.status(TEMPLATE)["version"]
        publish(world, BAD)
        await world.interrupt(Interruption(number, "killed after"))
        await world.settle(LONG)
        if (rollout(world)["phase"], said(world, keys)[old]) != ("Stopped", SIZE - 1):
            wrong[f"{number} {line}"] = (rollout(world), said(world, keys))
        await world.close()
    assert not wrong
