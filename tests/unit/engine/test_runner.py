"""The runner: so many at once and no more, failures again with growing pauses, and nothing that ends it."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from support.clock import ManualClock, idle
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.engine.queue import WorkQueue
from workers_operator.engine.retry import Backoff
from workers_operator.engine.runner import Result, Runner
from workers_operator.engine.slots import Slots

pytestmark = pytest.mark.usefixtures("ended_tasks")
NOBODY = Priority(Urgency.EDIT)  # the tenant of all keys here
BACKOFF = Backoff(base=1.0, cap=60.0, floor=0.1)


class Longest(random.Random):
    """Draws the upper end, so that delays are the ceilings."""

    def uniform(self, low: float, high: float) -> float:
        return high


@dataclass
class Told:
    """What the runner tells its observer."""

    finished_as: list[tuple[str, str]] = field(default_factory=list)
    retries: int = 0
    panics: int = 0

    def started(self, controller: str, waited: float) -> None:
        return None

    def finished(self, controller: str, outcome: str, seconds: float) -> None:
        self.finished_as.append((controller, outcome))

    def retried(self, controller: str) -> None:
        self.retries += 1

    def panicked(self, controller: str) -> None:
        self.panics += 1


@dataclass
class Bench:
    clock: ManualClock = field(default_factory=ManualClock)
    told: Told = field(default_factory=Told)
    passes: list[tuple[str, Urgency, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.queue: WorkQueue[str] = WorkQueue(self.clock)

    def times(self, key: str) -> list[float]:
        return [round(at, 3) for k, _, at in self.passes if k == key]

    @asynccontextmanager
    async def running(
        self, reconcile: Callable[[str], Awaitable[Result]], *, concurrency: int = 2
    ) -> AsyncIterator[Runner[str]]:
        start = self.clock.monotonic()

        async def noted(key: str, priority: Priority) -> Result:
            self.passes.append((key, priority.urgency, self.clock.monotonic() - start))
            return await reconcile(key)

        self.slots = Slots(concurrency)
        runner = Runner(
            self.queue, noted, slots=self.slots, backoff=BACKOFF, rng=Longest(),
            observer=self.told, name_of=lambda key: key.rstrip("0123456789"),
        )  # fmt: skip
        task = asyncio.ensure_future(runner.run())
        yield runner
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_no_more_at_once_than_allowed() -> None:
    bench = Bench()
    at_once: list[int] = []
    running = 0

    async def reconcile(key: str) -> Result:
        nonlocal running
        running += 1
        at_once.append(running)
        await bench.clock.sleep(1)
        running -= 1
        return Result()

    async with bench.running(reconcile, concurrency=3):
        for number in range(10):
            bench.queue.add(f"key{number}", Urgency.CREATE)
        await bench.clock.advance(3.5)
        assert max(at_once) == 3
        assert len(bench.passes) == 10
        await bench.clock.advance(1)
    assert bench.told.finished_as == [("key", "success")] * 10


async def test_an_edit_that_arrives_meanwhile_goes_before_resyncs_that_became_due_together() -> (
    None
):
    """It arrives over many turns of the event loop, as a watch's line does, in each of which there is work."""
    bench, began = Bench(), time.perf_counter()

    def busy(seconds: float) -> None:
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            pass

    async def arrive() -> None:
        for _ in range(20):
            busy(0.0001)
            await asyncio.sleep(0)
        bench.queue.add("edit", Urgency.EDIT)

    async def reconcile(key: str) -> Result:
        if len(bench.passes) == 1:
            asyncio.ensure_future(arrive())  # noqa: RUF006 - it ends before the test
        busy(0.0005)
        return Result()

    async with bench.running(reconcile, concurrency=50):
        for number in range(40):
            bench.queue.add(f"resync{number}", Urgency.RESYNC)
        await idle()
    assert len(bench.passes) == 41
    before = [key for key, _, _ in bench.passes].index("edit")
    # In a process that has to wait for a core, a resync begins every 50 ms all the same.
    assert before <= 2 + (time.perf_counter() - began) / 0.05


async def test_retries_come_with_growing_pauses_up_to_the_cap() -> None:
    bench = Bench()

    async def reconcile(key: str) -> Result:
        return Result(retry=True)

    async with bench.running(reconcile) as runner:
        bench.queue.add("a", Urgency.EDIT)
        await bench.clock.advance(190)
        assert runner.failures("a") == 9
    assert bench.times("a") == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert [p for _, p, _ in bench.passes[1:]] == [Urgency.RETRY] * 8
    assert bench.told.retries == 9


async def test_what_somebody_changes_is_no_retry_and_fails_for_the_first_time() -> None:
    """Such as a deletion: a conflict with its first pass holds it up for no minute, whatever failed before."""
    bench = Bench()

    async def reconcile(key: str) -> Result:
        return Result(retry=True)

    async with bench.running(reconcile) as runner:
        bench.queue.add("a", Urgency.CREATE)
        await bench.clock.advance(130)
        assert bench.times("a")[-1] == 123
        bench.queue.add("a", Urgency.EDIT)
        await bench.clock.advance(5)
        assert bench.times("a")[-3:] == [130, 131, 133]
        assert runner.failures("a") == 3


async def test_what_is_most_urgent_stays_so_when_it_is_retried() -> None:
    bench = Bench()
    results = iter([Result(retry=True), Result()])

    async def reconcile(key: str) -> Result:
        return next(results)

    async with bench.running(reconcile):
        bench.queue.add("a", Urgency.ABORT)
        await bench.clock.advance(10)
    assert [urgency for _, urgency, _ in bench.passes] == [Urgency.ABORT] * 2


async def test_a_success_makes_the_next_pause_short_again() -> None:
    bench = Bench()
    results = iter([Result(retry=True)] * 3 + [Result()] + [Result(retry=True)] * 2 + [Result()])

    async def reconcile(key: str) -> Result:
        return next(results)

    async with bench.running(reconcile) as runner:
        bench.queue.add("a", Urgency.EDIT)
        await bench.clock.advance(100)
        assert runner.failures("a") == 0
        bench.queue.add("a", Urgency.EDIT)
        await bench.clock.advance(100)
    assert bench.times("a") == [0, 1, 3, 7, 100, 101, 103]


async def test_an_edit_does_not_wait_for_the_retry() -> None:
    bench = Bench()
    results = iter([Result(retry=True)] * 5 + [Result()])

    async def reconcile(key: str) -> Result:
        return next(results)

    async with bench.running(reconcile):
        bench.queue.add("a", Urgency.EDIT)
        await bench.clock.advance(10)
        bench.queue.add("a", Urgency.EDIT)
        await bench.clock.advance(100)
    assert bench.times("a") == [0, 1, 3, 7, 10, 11]


async def test_an_unexpected_error_is_logged_and_retried_and_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = Bench()

    async def reconcile(key: str) -> Result:
        if len(bench.passes) < 3:
            raise ZeroDivisionError("a defect")
        return Result()

    with caplog.at_level(logging.ERROR):
        async with bench.running(reconcile, concurrency=1):
            bench.queue.add("a", Urgency.EDIT)
            await bench.clock.advance(10)
            bench.queue.add("b", Urgency.EDIT)
            await bench.clock.advance(1)
    assert bench.times("a") == [0, 1, 3]
    assert bench.times("b") == [10]
    assert bench.told.panics == 2
    assert [o for _, o in bench.told.finished_as] == ["error", "error", "success", "success"]
    ours = [r for r in caplog.records if r.name.startswith("workers_operator.")]
    assert [r.exc_info is not None for r in ours] == [True, True]


@pytest.mark.parametrize(
    ("result", "outcome", "again"),
    [
        (Result(), "success", []),
        (Result(terminal=True), "terminal_error", []),
        (Result(requeue_after=30), "requeue_after", [30.0]),
        (Result(requeue_after=30, terminal=True), "terminal_error", [30.0]),
    ],
)
async def test_when_the_next_pass_comes(result: Result, outcome: str, again: list[float]) -> None:
    bench = Bench()
    results = iter([result, Result()])

    async def reconcile(key: str) -> Result:
        return next(results)

    async with bench.running(reconcile):
        bench.queue.add("a", Urgency.EDIT)
        await bench.clock.advance(1000)
    assert bench.told.finished_as[0] == ("a", outcome)
    assert bench.times("a")[1:] == again


@dataclass
class Parking:
    """Passes that work for a second, wait for others without a slot for ``waits`` seconds, and work for another one."""

    bench: Bench
    waits: float = 10.0
    working: int = 0
    most: int = 0
    begun: int = 0
    ended: int = 0

    async def reconcile(self, key: str) -> Result:
        self.begun += 1
        await self.work()
        async with self.bench.slots.unslotted(NOBODY):
            await self.bench.clock.sleep(self.waits)
        await self.work()
        self.ended += 1
        return Result()

    async def work(self) -> None:
        self.working += 1
        self.most = max(self.most, self.working)
        await self.bench.clock.sleep(1)
        self.working -= 1


async def test_a_parked_pass_leaves_its_slot_to_others() -> None:
    bench = Bench()
    parking = Parking(bench)
    async with bench.running(parking.reconcile, concurrency=2):
        for number in range(8):
            bench.queue.add(f"key{number}", Urgency.CREATE)
        await bench.clock.advance(4.5)
        assert (parking.begun, parking.ended) == (8, 0)


@pytest.mark.parametrize("concurrency", [1, 2, 3])
async def test_as_many_as_allowed_work_when_parked_passes_come_back(concurrency: int) -> None:
    bench = Bench()
    parking = Parking(bench)
    async with bench.running(parking.reconcile, concurrency=concurrency):
        for number in range(12):
            bench.queue.add(f"key{number}", Urgency.CREATE)
        await bench.clock.advance(11)  # all are parked, and come back together
        await bench.clock.advance(50)
        assert (parking.ended, parking.most) == (12, concurrency)
        # Every slot is there again, and no more than that.
        for number in range(12):
            bench.queue.add(f"again{number}", Urgency.CREATE)
        await bench.clock.advance(60)
        assert (parking.ended, parking.most) == (24, concurrency)


async def test_the_last_slot_is_not_kept_from_a_pass_that_comes_back() -> None:
    """With nothing else to do, waiting for work must not hold what the work that there is waits for."""
    bench = Bench()
    parking = Parking(bench)
    async with bench.running(parking.reconcile, concurrency=1):
        bench.queue.add("a", Urgency.EDIT)
        await bench.clock.advance(12.5)
        assert parking.ended == 1


async def test_a_pass_that_fails_while_parked_gives_back_no_more_than_it_had() -> None:
    bench = Bench()
    most = working = 0

    async def reconcile(key: str) -> Result:
        nonlocal most, working
        if key.startswith("bad"):
            async with bench.slots.unslotted(NOBODY):
                raise ZeroDivisionError("a defect")
        working += 1
        most = max(most, working)
        await bench.clock.sleep(1)
        working -= 1
        return Result()

    async with bench.running(reconcile, concurrency=2):
        for number in range(5):
            bench.queue.add(f"bad{number}", Urgency.EDIT)
        await bench.clock.advance(0.5)
        for number in range(6):
            bench.queue.add(f"good{number}", Urgency.EDIT)
        await bench.clock.advance(60)
    assert bench.told.panics >= 5
    assert most == 2


async def test_what_is_forgotten_while_it_waits_for_a_slot_is_not_worked_on() -> None:
    bench = Bench()

    async def reconcile(key: str) -> Result:
        await bench.clock.sleep(1)
        return Result()

    async with bench.running(reconcile, concurrency=1):
        bench.queue.add("a", Urgency.EDIT)
        await bench.clock.advance(0.5)
        bench.queue.add("b", Urgency.EDIT)
        await bench.clock.advance(0.1)
        bench.queue.forget("b")
        await bench.clock.advance(1)
        bench.queue.add("c", Urgency.EDIT)
        await bench.clock.advance(2)
    assert [key for key, _, _ in bench.passes] == ["a", "c"]


async def test_the_most_urgent_goes_first_when_a_slot_becomes_free() -> None:
    bench = Bench()

    async def reconcile(key: str) -> Result:
        await bench.clock.sleep(1)
        return Result()

    async with bench.running(reconcile, concurrency=1):
        bench.queue.add("first", Urgency.RESYNC)
        await bench.clock.advance(0.2)
        bench.queue.add("resync", Urgency.RESYNC)
        await bench.clock.advance(0.2)
        bench.queue.add("edit", Urgency.EDIT)
        await bench.clock.advance(5)
    assert [key for key, _, _ in bench.passes] == ["first", "edit", "resync"]
