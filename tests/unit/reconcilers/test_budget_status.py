"""What a platform says of its API budget: what matters, and not each call."""

import asyncio

import pytest

from support.clock import ManualClock
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.reconcilers.platform.report import budget_status
from workers_operator.resources import BudgetStatus


async def spent(calls: int, quota: int = 1200) -> Budget:
    """A budget of which so many calls are used up."""
    budget = Budget(ManualClock(), quota=quota)
    ticket = await budget.acquire(Priority(Urgency.EDIT, ""))
    state = {"ratelimit": f'"default";r={quota - calls};t=200'}
    budget.release(ticket, state)
    return budget


@pytest.mark.parametrize(
    ("calls", "former", "left"),
    [
        (1, None, 1200),
        (130, None, 1080),
        (1200, None, 0),
        (130, 1200, 1200),  # not a fifth yet
        (240, 1200, 960),
        (300, 960, 960),
        (10, 960, 1200),
    ],
)
async def test_what_is_left_is_told_in_large_steps(
    calls: int, former: int | None, left: int
) -> None:
    known = BudgetStatus(limit=1200, window_seconds=300, left=former)
    found = budget_status(await spent(calls), known)
    assert (found.limit, found.left, found.seconds_per_call) == (1200, left, "0.25")


async def test_another_limit_is_told_of_at_once() -> None:
    known = BudgetStatus(limit=1200, window_seconds=300, left=1200)
    assert budget_status(await spent(1, quota=60), known).left == 60


async def test_what_waits_is_told_in_powers_of_two() -> None:
    budget = await spent(1199)
    assert budget_status(budget, None).waiting == 0
    waiting = [
        asyncio.create_task(budget.acquire(Priority(Urgency.EDIT, str(n)))) for n in range(5)
    ]
    await asyncio.sleep(0)
    assert budget_status(budget, None).waiting == 8
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
