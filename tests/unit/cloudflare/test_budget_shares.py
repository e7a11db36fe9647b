"""Calls are scarce: tenants take turns, and nobody's urgency keeps the others waiting for ever."""

import asyncio
import random

import pytest

from support.clock import ManualClock
from support.limiter import Client, Limiter, Network
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.engine.priority import Priority, Urgency

ABORT, EDIT, CREATE, _, _, RESYNC = Urgency
QUOTA, WINDOW = 60, 60


@pytest.fixture
def client() -> Client:
    clock = ManualClock()
    budget = Budget(clock, quota=QUOTA, window=WINDOW)
    return Client(budget, Limiter(clock, QUOTA, WINDOW), clock, Network(0, 0), random.Random(1))


class Callers:
    """Calls that wait because the window is used up."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.tasks: list[asyncio.Task[None]] = []

    async def exhaust(self) -> None:
        """Use up the window."""
        self.ask("others", EDIT, QUOTA)
        await self.client.clock.advance(1)
        self.client.served.clear()

    def ask(self, tenant: str, urgency: Urgency, count: int) -> None:
        for _ in range(count):
            call = self.client.request(Priority(urgency, tenant))
            self.tasks.append(asyncio.ensure_future(call))

    async def served(self) -> list[str]:
        """Whose calls were sent in the windows that followed, in order."""
        await self.client.clock.advance(10 * WINDOW)
        await asyncio.gather(*self.tasks)
        assert self.client.limiter.refused == 0
        return [
            priority.tenant for priority, _ in self.client.served if priority.tenant != "others"
        ]


@pytest.fixture
async def callers(client: Client) -> Callers:
    callers = Callers(client)
    await callers.exhaust()
    return callers


async def test_a_flood_of_one_tenant_does_not_hold_up_another(callers: Callers) -> None:
    callers.ask("flood", EDIT, 200)
    callers.ask("shop", EDIT, 3)
    order = await callers.served()
    assert order[:7] == ["flood", "shop", "flood", "shop", "flood", "shop", "flood"]
    assert len(order) == 203


async def test_what_is_done_on_behalf_of_all_takes_turns_as_well(callers: Callers) -> None:
    callers.ask("flood", EDIT, 50)
    callers.ask("", EDIT, 1)
    assert "" in (await callers.served())[:2]


async def test_edits_of_one_tenant_do_not_keep_another_from_creating(callers: Callers) -> None:
    callers.ask("flood", EDIT, 100)
    callers.ask("shop", CREATE, 5)
    callers.ask("", RESYNC, 5)
    order = await callers.served()
    assert {"shop", ""} <= set(order[:8])
    assert order[:40].count("flood") == 30


async def test_a_single_tenants_calls_go_by_urgency_alone(callers: Callers) -> None:
    for urgency in (RESYNC, CREATE, EDIT, RESYNC, ABORT, EDIT):
        callers.ask("shop", urgency, 3)
    await callers.served()
    urgencies = [p.urgency for p, _ in callers.client.served if p.tenant == "shop"]
    assert urgencies == sorted(urgencies)


async def test_an_abort_is_never_behind_what_may_not_use_the_reserve(client: Client) -> None:
    budget = client.budget
    await client.request(Priority(RESYNC))
    for _ in range(QUOTA - 5):  # what is left is reserved
        client.limiter.count()
    await client.request(Priority(ABORT))
    waiting = [asyncio.ensure_future(budget.acquire(Priority(EDIT, t))) for t in "abcdefgh"]
    abort = asyncio.ensure_future(budget.acquire(Priority(ABORT, "a")))
    await client.clock.advance(0)
    assert abort.done()
    assert not any(task.done() for task in waiting)
    for task in waiting:
        task.cancel()
