"""The way back waits for nobody: neither in the queue, nor for a slot, nor for calls."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from support.scripts import says
from support.world import World
from support.world_bodies import BASE, SHOP, customer
from unit.reconcilers.rolling import MANUAL, THREE, begun, rollout, shares
from workers_operator.cloudflare.pacing.budget import Ticket
from workers_operator.domain.metrics.tally import Tally
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.engine.retry import Backoff
from workers_operator.engine.runner import Runner
from workers_operator.engine.slots import Slots

SLOTS = 4
ONE: dict[str, Any] = {"inline": {"script": says("one")}}
ANALYSED = {
    "strategy": "Canary",
    "steps": [{"weight": 10, "pause": {"duration": "10m"}, "analysis": {}}],
}


class Nobody:
    """Whom the runner tells what it does."""

    def started(self, controller: str, waited: float) -> None: ...
    def finished(self, controller: str, outcome: str, seconds: float) -> None: ...
    def retried(self, controller: str) -> None: ...
    def panicked(self, controller: str) -> None: ...


@asynccontextmanager
async def crowded(world: World) -> AsyncIterator[None]:
    """All slots are held by uploads of the worker's own namespace that wait for calls, and others wait for slots."""
    world.cloudflare.requests_left = 20  # fewer than the reserve, which only a way back may use
    world.request_check(SHOP)
    await world.reconcile(SHOP)
    runner = Runner(
        world.operator.queue,
        world.operator.controller.reconcile,
        slots=Slots(SLOTS),
        backoff=Backoff(),
        rng=random.Random(1),
        observer=Nobody(),
        name_of=str,
    )
    for number in range(4 * SLOTS):
        world.apply(customer(f"other{number}"))
    running = asyncio.ensure_future(runner.run())
    await world.clock.advance(2.0)
    assert world.platform().api.budget.waiting >= SLOTS
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("order", ["abort", "undo"])
async def test_an_order_to_go_back_is_obeyed_while_uploads_hold_all_slots(
    served: World, order: str
) -> None:
    one = await begun(served, MANUAL)
    async with crowded(served):
        served.order(SHOP, order)
        await served.clock.advance(2.0)
        assert shares(served) == {one: 100}
        assert served.status(SHOP)["rolloutOrder"] == {"id": order}


async def test_a_version_that_seems_worse_is_judged_while_uploads_hold_all_slots(
    served: World,
) -> None:
    one = await begun(served, ANALYSED)
    two = rollout(served)["version"]
    async with crowded(served):
        comparisons, now = served.platform().metrics.comparisons, served.clock.now().timestamp()
        for span, names in comparisons.lacking(now + 60, 0.0).items():
            comparisons.add(names, span, {BASE: {two: Tally(100, 90), one: Tally(900, 1)}})
        served.operator.scheduler.compared("default", [BASE], comparisons.uneven([BASE]))
        await served.clock.advance(2.0)
        assert shares(served) == {one: 100}


async def test_versions_that_do_alike_are_judged_in_turn(served: World) -> None:
    await begun(served, ANALYSED)
    served.operator.queue.forget(SHOP)
    served.operator.scheduler.compared("default", [BASE], frozenset())
    taken = served.operator.queue.take()
    assert taken is not None
    assert taken[1].urgency is Urgency.CREATE


@pytest.mark.parametrize("source", [ONE, dict(THREE)])
async def test_an_edit_takes_requests_back_when_calls_are_scarce(
    served: World, source: dict[str, Any]
) -> None:
    await begun(served, MANUAL)
    two = rollout(served)["version"]
    served.cloudflare.requests_left = 20
    served.request_check(SHOP)
    await served.reconcile(SHOP)
    served.edit(SHOP, source=source)
    passing = asyncio.ensure_future(served.operator.controller.reconcile(SHOP, Priority.EDIT))
    await served.clock.advance(3.0)
    assert two not in shares(served)
    passing.cancel()
    await asyncio.gather(passing, return_exceptions=True)


async def test_a_tenant_that_goes_back_all_the_time_is_as_urgent_as_edits_are(
    served: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [served.apply(customer(f"loud-{number}", namespace="loud")) for number in range(40)]
    await served.settle(30)
    for key in keys:
        served.edit(key, source={"inline": {"script": says("two")}})
    await served.settle(200)
    budget, asked = served.platform().api.budget, list[Urgency]()
    acquire = budget.acquire

    async def noted(priority: Priority) -> Ticket:
        asked.append(priority.urgency)
        return await acquire(priority)

    monkeypatch.setattr(budget, "acquire", noted)
    for key in keys:
        served.order(key, "undo")
        await served.settle()
        assert served.status(key)["rolloutOrder"] == {"id": "undo"}
    assert 20 <= asked.count(Urgency.ABORT) <= 25
