"""Slots: so many at once, shared between tenants while several want them, and never empty while somebody waits."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.clock import ManualClock, idle
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.engine.queue import WorkQueue
from workers_operator.engine.retry import Backoff
from workers_operator.engine.runner import Result, Runner
from workers_operator.engine.slots import Slots


class Nobody:
    """Whom the runner tells what it does."""

    def started(self, controller: str, waited: float) -> None: ...
    def finished(self, controller: str, outcome: str, seconds: float) -> None: ...
    def retried(self, controller: str) -> None: ...
    def panicked(self, controller: str) -> None: ...


@dataclass
class Floor:
    """Work in slots. Keys are ``<tenant>/<name>``.

    Each tenant's work takes its ``seconds``; if ``parked``, then so long without a slot, and ``seconds`` again.
    """

    number: int = 8
    seconds: dict[str, float] = field(default_factory=dict)
    parked: dict[str, float] = field(default_factory=dict)
    clock: ManualClock = field(default_factory=ManualClock)
    working: Counter[str] = field(default_factory=Counter)
    begun: list[str] = field(default_factory=list)
    ended: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        self.slots = Slots(self.number)
        self.queue: WorkQueue[str] = WorkQueue(
            self.clock, tenant_of=lambda key: key.partition("/")[0]
        )

    def add(self, tenant: str, count: int, urgency: Urgency = Urgency.EDIT) -> None:
        for number in range(count):
            self.queue.add(f"{tenant}/{urgency.name}{number}", urgency)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Let work begin inside the block."""
        runner = Runner(
            self.queue, self._work, slots=self.slots, backoff=Backoff(), rng=random.Random(1),
            observer=Nobody(), name_of=str,
        )  # fmt: skip
        running = asyncio.ensure_future(runner.run())
        await idle()
        try:
            yield
            assert not running.done()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def _work(self, key: str, priority: Priority) -> Result:
        self.begun.append(key)
        tenant = priority.tenant
        await self._stay(tenant)
        if tenant in self.parked:
            async with self.slots.unslotted(priority):
                await self.clock.sleep(self.parked[tenant])
            await self._stay(tenant)
        self.ended += 1
        return Result()

    async def _stay(self, tenant: str) -> None:
        self.working[tenant] += 1
        self.most = max(self.most, self.working.total())
        await self.clock.sleep(self.seconds.get(tenant, 1.0))
        self.working[tenant] -= 1

    def count(self, tenant: str) -> int:
        """How much of a tenant's work has begun."""
        return sum(1 for key in self.begun if key.startswith(f"{tenant}/"))


async def test_a_tenant_alone_has_all_of_them() -> None:
    floor = Floor(8)
    async with floor.open():
        floor.add("a", 20)
        await floor.clock.advance(0.5)
        assert floor.working == {"a": 8}
        await floor.clock.advance(2)
        assert floor.ended == 16
    assert floor.most == 8


async def test_who_has_none_does_not_wait_for_those_that_others_hold() -> None:
    floor = Floor(8, seconds={"a": 1000.0})
    async with floor.open():
        floor.add("a", 20)
        await floor.clock.advance(1)
        floor.add("b", 3)
        await floor.clock.advance(0.1)
        assert floor.working == {"a": 8, "b": 1}
        await floor.clock.advance(3)
        assert floor.count("b") == 3


async def test_what_is_most_urgent_has_one_more_slot() -> None:
    floor = Floor(8, seconds={"a": 1000.0})
    async with floor.open():
        floor.add("a", 20)
        await floor.clock.advance(1)
        floor.add("a", 1, Urgency.ABORT)
        floor.queue.add("a/another", Urgency.ABORT)
        await floor.clock.advance(1)
        assert floor.begun[8:] == ["a/ABORT0"]
        assert floor.working == {"a": 9}
        await floor.clock.advance(998)  # the first eight end
        assert floor.begun[9] == "a/another"
        await floor.clock.advance(10_000)
        assert floor.ended == 22
    assert floor.most == 9


async def test_who_is_most_urgent_goes_on_in_that_slot_after_it_has_waited() -> None:
    slots = Slots(1)
    abort = Priority(Urgency.ABORT, "a")
    async with slots.held(Priority(Urgency.EDIT, "a")), slots.held(abort):
        async with slots.unslotted(abort):
            pass
        waiting = asyncio.ensure_future(slots.held(Priority(Urgency.EDIT, "a")).__aenter__())
        await idle()
        assert not waiting.done()
        waiting.cancel()


async def test_slots_that_get_free_are_shared() -> None:
    floor = Floor(8, seconds={"a": 10.0, "b": 10.0})
    async with floor.open():
        floor.add("a", 100)
        await floor.clock.advance(1)
        floor.add("b", 100)
        await floor.clock.advance(10)
        assert floor.working == {"a": 4, "b": 4}


async def test_slow_work_does_not_take_over_what_fast_work_waits_for() -> None:
    floor = Floor(8, seconds={"slow": 1000.0, "fast": 0.1})
    async with floor.open():
        floor.add("fast", 400)
        floor.add("slow", 100)
        await floor.clock.advance(5)
        assert floor.working["slow"] == 4
        assert floor.ended >= 4 * 5 / 0.1 * 0.9
        await floor.clock.advance(20)  # the fast work is done: nobody else wants the rest
        assert floor.working["slow"] == 8


async def test_the_urgency_of_one_tenant_does_not_keep_another_from_its_share() -> None:
    floor = Floor(8, seconds={"a": 10.0, "b": 10.0})
    async with floor.open():
        floor.add("a", 100, Urgency.EDIT)
        floor.add("b", 100, Urgency.RESYNC)
        await floor.clock.advance(25)
        assert floor.working == {"a": 4, "b": 4}


async def test_among_many_tenants_the_urgent_goes_first() -> None:
    """A share is an eighth at least: an edit does not wait for the resync of everybody who has less."""
    floor = Floor(16, seconds={"edited": 3.0})
    async with floor.open():
        floor.add("edited", 1, Urgency.RESYNC)
        for number in range(100):
            floor.add(f"t{number}", 10, Urgency.RESYNC)
        await floor.clock.advance(0.5)
        floor.add("edited", 1, Urgency.EDIT)
        await floor.clock.advance(1)
        assert "edited/EDIT0" in floor.begun


async def test_work_that_goes_on_shares_like_work_that_begins() -> None:
    floor = Floor(8, seconds={"a": 10.0, "b": 10.0}, parked={"a": 5.0})
    async with floor.open():
        floor.add("a", 8)
        await floor.clock.advance(11)  # all of them wait without a slot
        floor.add("b", 100)
        await floor.clock.advance(9.5)  # and want one again
        assert floor.working == {"a": 1, "b": 8}
        await floor.clock.advance(10)
        assert floor.working == {"a": 4, "b": 4}


async def test_work_that_goes_on_goes_before_work_that_begins() -> None:
    floor = Floor(2, parked={"a": 0.5})
    async with floor.open():
        floor.add("a", 20)
        await floor.clock.advance(4.5)
        assert floor.ended == 4


@dataclass(frozen=True)
class Afternoon:
    """Work that arrives: (seconds before the next arrives, tenant, how much)."""

    number: int
    seconds: dict[str, float]
    parked: dict[str, float]
    arrivals: list[tuple[float, str, int]]


tenants = st.sampled_from("abc")
afternoons = st.builds(
    Afternoon,
    number=st.integers(1, 16),
    seconds=st.dictionaries(tenants, st.sampled_from([0.5, 7.0])),
    parked=st.dictionaries(tenants, st.sampled_from([0.0, 2.0])),
    arrivals=st.lists(
        st.tuples(st.sampled_from([0.0, 0.5, 3.0]), tenants, st.integers(1, 30)), max_size=6
    ),
)


@given(afternoons)
def test_no_slot_is_lost_or_made_and_everybody_gets_through(plan: Afternoon) -> None:
    async def scenario() -> None:
        floor = Floor(plan.number, plan.seconds, plan.parked)
        wanted = 0
        async with floor.open():
            for index, (pause, tenant, count) in enumerate(plan.arrivals):
                for number in range(count):
                    floor.queue.add(f"{tenant}/{index}.{number}", Urgency.EDIT)
                wanted += count
                await floor.clock.advance(pause)
                waits = set(floor.queue.tenants)
                # Nothing stays empty while somebody waits, and who has none waits for spare ones only.
                assert not waits or floor.working.total() >= plan.number
            await floor.clock.advance(5000)
            assert floor.ended == wanted
            assert floor.most <= plan.number + max(1, plan.number // 8)
            floor.add("z", 100)  # every slot is there again
            await floor.clock.advance(0.1)
            assert floor.working["z"] == plan.number

    asyncio.run(scenario())


@pytest.mark.parametrize("ends", ["in time", "too late"])
async def test_waiting_for_a_slot_has_an_end(ends: str) -> None:
    clock, slots = ManualClock(), Slots(1)
    seconds = {"in time": 0.5, "too late": 1.5}[ends]

    async def hold(seconds: float) -> bool:
        async with slots.slot(Priority.EDIT, clock=clock, patience=1.0) as has_slot:
            if has_slot:
                await clock.sleep(seconds)
            return has_slot

    first, second = (asyncio.ensure_future(hold(seconds)) for _ in range(2))
    await clock.advance(10)
    assert await first
    assert await second == (ends == "in time")
    assert await clock.finish(hold(0.1))


@pytest.mark.parametrize("when", ["while it waits", "once it has one"])
async def test_who_is_cancelled_keeps_no_slot(when: str) -> None:
    clock, slots = ManualClock(), Slots(1)
    order: list[str] = []

    async def hold(name: str, tenant: str = "") -> None:
        priority = Priority(Urgency.EDIT, tenant)
        async with slots.slot(priority, clock=clock, patience=100.0):
            order.append(name)
            await clock.sleep(1)

    first, second, third = (asyncio.ensure_future(hold(n)) for n in ("one", "two", "three"))
    await idle()
    if when == "while it waits":
        second.cancel()
    await clock.advance(1)
    second.cancel()
    await clock.advance(0.1)
    assert order[-1] == "three"
    await clock.advance(5)
    await asyncio.gather(first, second, third, return_exceptions=True)
    await clock.finish(hold("four"))
    assert order[-1] == "four"
