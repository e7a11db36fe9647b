"""The budget's promises one by one: who goes first, what is kept, what happens at the edges of a window."""

import asyncio
import random
from collections.abc import Mapping

import pytest

from support.clock import ManualClock, idle
from support.limiter import Client, Limiter, Network
from workers_operator.cloudflare.errors import TooManyRequests
from workers_operator.cloudflare.pacing.budget import Budget, Ticket
from workers_operator.engine.priority import Priority, Urgency

pytestmark = pytest.mark.usefixtures("ended_tasks")
ABORT, EDIT, CREATE, _, _, RESYNC = map(Priority, Urgency)


def headers(left: int, seconds: int = 60, quota: int = 100) -> Mapping[str, str]:
    return {
        "ratelimit": f'"default";r={left};t={seconds}',
        "ratelimit-policy": f'"default";q={quota};w=60',
    }


class Teller(Budget):
    """A budget whose requests are answered in the order in which they were let through."""

    def __init__(
        self, clock: ManualClock, *, quota: int, window: float, reserve_percent: int = 5
    ) -> None:
        super().__init__(clock, quota=quota, window=window, reserve_percent=reserve_percent)
        self.given: list[Ticket] = []

    async def acquire(self, priority: Priority) -> Ticket:
        ticket = await super().acquire(priority)
        self.given.append(ticket)
        return ticket

    def answer(self, headers: Mapping[str, str], which: int = 0) -> None:
        self.release(self.given.pop(which), headers)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def budget(clock: ManualClock) -> Teller:
    return Teller(clock, quota=100, window=60, reserve_percent=5)


def start(budget: Teller, *urgencies: Priority) -> list["asyncio.Future[Ticket]"]:
    return [asyncio.ensure_future(budget.acquire(priority)) for priority in urgencies]


async def let_through(tasks: list["asyncio.Future[Ticket]"]) -> list[bool]:
    """Which of the callers may send by now."""
    await idle()
    return [task.done() for task in tasks]


async def end(tasks: list["asyncio.Future[Ticket]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def learn(budget: Teller, left: int, seconds: int = 60) -> None:
    """One request whose answer tells what is left."""
    await budget.acquire(RESYNC)
    budget.answer(headers(left, seconds))


async def test_until_the_first_answer_one_request_is_alone(budget: Teller) -> None:
    tasks = start(budget, *[RESYNC] * 20)
    assert sum(await let_through(tasks)) == 1
    budget.answer(headers(99))
    assert sum(await let_through(tasks)) == 20
    assert budget.waiting == 0


async def test_a_lost_first_answer_lets_the_next_one_try_alone(budget: Teller) -> None:
    tasks = start(budget, *[RESYNC] * 5)
    assert sum(await let_through(tasks)) == 1
    budget.answer({})
    assert sum(await let_through(tasks)) == 2
    await end(tasks)


async def test_the_most_urgent_goes_first_then_who_came_first(
    clock: ManualClock, budget: Teller
) -> None:
    client = Client(budget, Limiter(clock, 100, 60), clock, Network(0, 1), random.Random(1))
    await learn(budget, left=0, seconds=10)
    wanted = [RESYNC, CREATE, EDIT, ABORT, RESYNC, EDIT]
    tasks = [asyncio.ensure_future(client.request(priority)) for priority in wanted]
    await clock.advance(30)
    assert [priority for priority, _ in client.served] == sorted(wanted)
    await asyncio.gather(*tasks)


async def test_only_aborts_use_the_reserve(budget: Teller) -> None:
    await learn(budget, left=5)
    tasks = start(budget, RESYNC, EDIT, ABORT, ABORT)
    assert await let_through(tasks) == [False, False, True, True]
    await end(tasks)


async def test_the_reserve_melts_towards_the_end_of_the_window(
    clock: ManualClock, budget: Teller
) -> None:
    await learn(budget, left=5)
    tasks = start(budget, RESYNC)
    assert await let_through(tasks) == [False]
    await clock.advance(59)
    assert await let_through(tasks) == [True]


async def test_at_the_reset_one_goes_ahead_to_look(clock: ManualClock, budget: Teller) -> None:
    await learn(budget, left=0, seconds=20)
    tasks = start(budget, *[EDIT] * 10)
    await clock.advance(19)
    assert sum(await let_through(tasks)) == 0
    await clock.advance(1)
    assert sum(await let_through(tasks)) == 1
    budget.answer(headers(99))
    assert sum(await let_through(tasks)) == 10
    assert tasks[0].result().waited == 20


async def test_a_window_that_was_not_new_is_waited_for(clock: ManualClock, budget: Teller) -> None:
    await learn(budget, left=0, seconds=20)
    tasks = start(budget, *[EDIT] * 5)
    await clock.advance(20)
    budget.answer(headers(0, seconds=15))  # the one that went ahead: somebody else has spent it all
    await clock.advance(14)
    assert sum(await let_through(tasks)) == 1
    await clock.advance(1)
    assert sum(await let_through(tasks)) == 2
    await end(tasks)


async def test_an_answer_that_was_long_on_its_way_does_not_give_back_what_is_spent(
    clock: ManualClock, budget: Teller
) -> None:
    await learn(budget, left=99)
    await budget.acquire(EDIT)
    slow = headers(98)  # counted now, answered 5 s later
    for left in range(97, 20, -1):
        await budget.acquire(EDIT)
        budget.answer(headers(left), -1)
    await clock.advance(5)
    budget.answer(slow)
    assert budget.left <= 21


async def test_what_is_in_flight_counts_as_sent(budget: Teller) -> None:
    await learn(budget, left=20)
    for _ in range(10):
        await budget.acquire(EDIT)
    assert budget.left == 10
    budget.answer(headers(19))
    assert budget.left <= 10


async def test_an_outage_does_not_stop_the_queue_for_ever(clock: ManualClock) -> None:
    budget = Teller(clock, quota=10, window=60)
    served = 0

    async def caller() -> None:
        nonlocal served
        await budget.acquire(RESYNC)
        await clock.sleep(0.1)
        budget.answer({})  # no connection
        served += 1

    tasks = [asyncio.ensure_future(caller()) for _ in range(30)]
    await clock.advance(600)
    for task in tasks:
        task.cancel()
    assert served == 30


async def test_blocked_means_that_nobody_sends_and_everybody_is_told(
    clock: ManualClock, budget: Teller
) -> None:
    await learn(budget, left=0)
    waiting = start(budget, EDIT, ABORT)
    await let_through(waiting)
    budget.block(30)
    for task in waiting:
        with pytest.raises(TooManyRequests) as told:
            await task
        assert told.value.after == 30
    await clock.advance(12)
    with pytest.raises(TooManyRequests) as later:
        await budget.acquire(ABORT)
    assert later.value.after == 18
    await clock.advance(18)
    tasks = start(budget, EDIT, EDIT)
    assert sum(await let_through(tasks)) == 1
    budget.answer(headers(99))
    assert sum(await let_through(tasks)) == 2


async def test_a_429_with_its_headers_blocks_no_longer_than_it_says(
    clock: ManualClock, budget: Teller
) -> None:
    await budget.acquire(EDIT)
    budget.block(30)
    budget.answer(headers(0, seconds=30))
    await clock.advance(30)
    assert (await clock.finish(budget.acquire(EDIT))).waited < 1


async def test_a_server_without_headers_is_asked_as_often_as_configured(
    clock: ManualClock,
) -> None:
    budget = Budget(clock, quota=100, window=60)
    limiter = Limiter(clock, 100, 60, silent=True)
    client = Client(budget, limiter, clock, Network(0, 0.05), random.Random(1))
    await client.demand(10, lambda: RESYNC, until=clock.monotonic() + 200)
    assert limiter.refused == 0
    assert min(limiter.windows[:-1]) >= 95


@pytest.mark.parametrize("state", ["waiting", "let through"])
async def test_a_caller_who_gives_up_passes_its_turn_on(budget: Teller, state: str) -> None:
    tasks = start(budget, EDIT, EDIT, EDIT)
    await let_through(tasks)
    if state == "let through":
        budget.answer({})  # the second may send, and is cancelled before it knows
    tasks[1].cancel()
    await idle()
    if state == "waiting":
        budget.answer({})
    assert await let_through(tasks) == [True, True, True]
    assert tasks[1].cancelled()
    assert budget.waiting == 0


async def test_what_it_tells(budget: Teller) -> None:
    assert (budget.quota, budget.window_seconds, budget.seconds_per_call()) == (100, 60, 0.6)
    await budget.acquire(EDIT)
    budget.answer(headers(41, quota=200))
    assert (budget.left, budget.quota, budget.seconds_per_call()) == (41, 200, 0.3)
