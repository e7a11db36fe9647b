"""The queue: each key once, the most urgent first, at its time, and by one worker at a time."""

import asyncio
import weakref
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.clock import ManualClock, idle
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.engine.queue import WorkQueue

_, EDIT, CREATE, RETRY, _, RESYNC = Urgency


def take(queue: WorkQueue[str]) -> tuple[str, Urgency, float] | None:
    """The next key that is due."""
    taken = queue.take()
    return None if taken is None else (taken[0], taken[1].urgency, taken[2])


async def get(queue: WorkQueue[str]) -> tuple[str, Urgency, float]:
    """The next key, as soon as there is one."""
    while (taken := take(queue)) is None:
        await queue.changed()
    return taken


class Worker:
    """Takes one key after another and notes them with the time; works for ``seconds`` on each."""

    def __init__(self, queue: WorkQueue[str], clock: ManualClock, seconds: float = 0.0) -> None:
        self.taken: list[tuple[str, Urgency, float]] = []
        self._queue, self._clock, self._seconds = queue, clock, seconds
        self._start = clock.monotonic()
        self.task = asyncio.ensure_future(self._work())

    async def _work(self) -> None:
        while True:
            key, priority, _ = await get(self._queue)
            self.taken.append((key, priority, round(self._clock.monotonic() - self._start, 3)))
            await self._clock.sleep(self._seconds)
            self._queue.done(key)

    @property
    def keys(self) -> list[str]:
        return [key for key, _, _ in self.taken]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def queue(clock: ManualClock) -> WorkQueue[str]:
    return WorkQueue(clock)


@pytest.fixture
async def worker(queue: WorkQueue[str], clock: ManualClock) -> AsyncIterator[Worker]:
    worker = Worker(queue, clock)
    yield worker
    worker.task.cancel()


async def test_a_key_that_is_added_often_is_handed_out_once(
    queue: WorkQueue[str], clock: ManualClock, worker: Worker
) -> None:
    for priority in (RESYNC, EDIT, RETRY):
        queue.add("a", priority)
    assert len(queue) == 1
    await clock.advance(1)
    assert worker.taken == [("a", EDIT, 0)]
    assert len(queue) == 0


async def test_keys_that_are_far_from_due_come_together(clock: ManualClock) -> None:
    queue: WorkQueue[str] = WorkQueue(clock, tick=0.5)
    worker = Worker(queue, clock)
    for key, after in (("a", 10.1), ("b", 10.3), ("c", 10.6), ("soon", 0.3)):
        queue.add(key, RESYNC, after=after)
    await clock.advance(12)
    worker.task.cancel()
    taken = {key: seconds for key, _, seconds in worker.taken}
    assert taken["soon"] == 0.3
    assert taken["a"] == taken["b"] < taken["c"]
    assert all(0 <= taken[key] - after < 0.5 for key, after in (("a", 10.1), ("c", 10.6)))


async def test_the_most_urgent_goes_first_then_who_came_first(
    queue: WorkQueue[str], clock: ManualClock
) -> None:
    for key, priority in [("d", RESYNC), ("b", CREATE), ("c", RETRY), ("a", EDIT), ("b2", CREATE)]:
        queue.add(key, priority)
    worker = Worker(queue, clock)
    await clock.advance(0)
    worker.task.cancel()
    assert worker.keys == ["a", "b", "b2", "c", "d"]


async def test_a_delayed_key_comes_at_its_time(
    queue: WorkQueue[str], clock: ManualClock, worker: Worker
) -> None:
    queue.add("late", RESYNC, after=30)
    queue.add("soon", RETRY, after=0.5)
    assert queue.due() == []
    await clock.advance(0.4)
    assert worker.taken == []
    await clock.advance(100)
    assert worker.taken == [("soon", RETRY, 0.5), ("late", RESYNC, 30)]


@pytest.mark.parametrize(
    ("first", "then", "taken"),
    [
        ((RESYNC, 30), (EDIT, 0), (EDIT, 0)),
        ((RESYNC, 30), (RETRY, 5), (RETRY, 5)),
        ((RETRY, 5), (RESYNC, 30), (RETRY, 5)),
        ((EDIT, 0), (RESYNC, 30), (EDIT, 0)),
        ((EDIT, 9), (RESYNC, 1), (EDIT, 1)),
        ((RESYNC, 1), (EDIT, 9), (EDIT, 1)),
    ],
)
async def test_adding_again_keeps_the_more_urgent_and_the_earlier(
    queue: WorkQueue[str], clock: ManualClock, worker: Worker,
    first: tuple[Urgency, float], then: tuple[Urgency, float], taken: tuple[Urgency, float],
) -> None:  # fmt: skip
    queue.add("a", first[0], after=first[1])
    queue.add("a", then[0], after=then[1])
    await clock.advance(100)
    assert worker.taken == [("a", *taken)]


async def test_a_key_is_worked_on_by_one_at_a_time(
    queue: WorkQueue[str], clock: ManualClock
) -> None:
    workers = [Worker(queue, clock, seconds=10) for _ in range(3)]
    queue.add("a", EDIT)
    await clock.advance(1)
    queue.add("a", RETRY, after=2)  # due while the first pass goes on
    queue.add("a", CREATE)
    await clock.advance(100)
    assert sorted(taken for w in workers for taken in w.taken) == [("a", EDIT, 0), ("a", CREATE, 10)]  # fmt: skip
    for worker in workers:
        worker.task.cancel()


async def test_a_key_in_work_is_not_handed_out_by_what_was_added_before(
    queue: WorkQueue[str], clock: ManualClock
) -> None:
    queue.add("a", RESYNC)
    queue.add("a", EDIT)
    assert await get(queue) == ("a", EDIT, 0)
    queue.add("a", RESYNC)  # at the same instant, with the same priority as the first time
    getter = asyncio.ensure_future(get(queue))
    await clock.advance(1)
    assert not getter.done()
    queue.done("a")
    assert (await getter)[:2] == ("a", RESYNC)


async def test_what_is_delayed_during_work_waits_for_its_time(
    queue: WorkQueue[str], clock: ManualClock
) -> None:
    worker = Worker(queue, clock, seconds=10)
    queue.add("a", EDIT)
    await clock.advance(1)
    queue.add("a", RETRY, after=60)
    await clock.advance(100)
    worker.task.cancel()
    assert worker.taken == [("a", EDIT, 0), ("a", RETRY, 61)]


async def test_a_forgotten_key_does_not_come(
    queue: WorkQueue[str], clock: ManualClock, worker: Worker
) -> None:
    queue.add("a", EDIT)
    queue.add("b", RESYNC, after=5)
    queue.forget("a")
    queue.forget("b")
    queue.forget("never there")
    await clock.advance(100)
    assert worker.taken == []


class Key:
    """A key whose end can be seen."""


async def test_keys_that_are_gone_or_come_earlier_take_no_memory(clock: ManualClock) -> None:
    queue: WorkQueue[Key] = WorkQueue(clock)
    steady = Key()
    gone: weakref.WeakSet[Key] = weakref.WeakSet()
    for number in range(2000):
        queue.add(steady, RESYNC, after=3000 - number)  # each time a little earlier
        passing = Key()
        gone.add(passing)
        queue.add(passing, RESYNC, after=300)
        queue.forget(passing)
    del passing
    assert len(gone) < 200, "kept until they would have been due"
    await clock.advance(1500)
    taken = queue.take()
    assert taken is not None
    assert taken[0] is steady
    assert queue.take() is None


async def test_a_cancelled_getter_takes_nothing_along(
    queue: WorkQueue[str], clock: ManualClock
) -> None:
    getters = [asyncio.ensure_future(get(queue)) for _ in range(3)]
    await idle()
    queue.add("a", EDIT)  # wakes the first, which is cancelled before it can take the key
    getters[0].cancel()
    await idle()
    assert getters[1].done()
    assert getters[1].result()[0] == "a"
    getters[2].cancel()
    queue.add("b", EDIT)
    assert (await get(queue))[0] == "b"


async def test_it_tells_how_long_a_due_key_waited(
    queue: WorkQueue[str], clock: ManualClock
) -> None:
    queue.add("now", EDIT)
    queue.add("later", RESYNC, after=5)
    await clock.advance(8)
    assert sorted(queue.due()) == ["later", "now"]
    assert queue.due(since=4) == ["now"]
    assert await get(queue) == ("now", EDIT, 8)
    assert await get(queue) == ("later", RESYNC, 3)


async def test_it_tells_of_each_key_that_was_not_in_it_before(clock: ManualClock) -> None:
    told: list[str] = []
    queue: WorkQueue[str] = WorkQueue(clock, on_add=told.append)
    queue.add("a", RESYNC)
    queue.add("a", EDIT)
    assert told == ["a"]
    await get(queue)
    queue.add("a", RETRY)
    assert told == ["a", "a"]


adds = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(Urgency), st.sampled_from([0, 0, 1, 2.5, 7])),
    max_size=12,
)  # fmt: skip


@given(st.lists(st.tuples(adds, st.sampled_from([0, 0.5, 3])), max_size=5), st.integers(1, 3))
def test_no_key_is_lost_and_none_is_in_two_hands(
    rounds: list[tuple[list[tuple[str, Urgency, float]], float]], count: int
) -> None:
    async def scenario() -> None:
        clock = ManualClock()
        queue: WorkQueue[str] = WorkQueue(clock)
        busy: set[str] = set()
        last_taken: dict[str, float] = {}

        async def work() -> None:
            while True:
                key, _, _ = await get(queue)
                assert key not in busy
                busy.add(key)
                last_taken[key] = clock.monotonic()
                await clock.sleep(1)
                busy.discard(key)
                queue.done(key)

        workers = [asyncio.ensure_future(work()) for _ in range(count)]
        wanted: dict[str, float] = {}
        for batch, pause in rounds:
            for key, priority, after in batch:
                queue.add(key, priority, after=after)
                wanted[key] = clock.monotonic()  # it has to be worked on at this time or later
            await clock.advance(pause)
        await clock.advance(100)
        assert {key for key, at in wanted.items() if last_taken.get(key, -1) < at} == set()
        assert len(queue) == 0
        for worker in workers:
            worker.cancel()
            assert not worker.done()

    asyncio.run(scenario())


async def test_it_tells_when_a_key_has_become_due(
    queue: WorkQueue[str], clock: ManualClock
) -> None:
    assert take(queue) is None
    told = asyncio.ensure_future(queue.changed())
    queue.add("later", CREATE, after=5)
    await clock.advance(4)
    assert not told.done()
    await clock.advance(1)
    assert told.done()
    assert take(queue) == ("later", CREATE, 0)
    assert take(queue) is None
    queue.add("later", CREATE)  # in work: not there to be taken
    assert take(queue) is None
    queue.done("later")
    await queue.changed()
    assert take(queue) == ("later", CREATE, 0)


def shared(clock: ManualClock) -> WorkQueue[str]:
    """A queue whose keys are ``<tenant>/<name>``."""
    return WorkQueue(clock, tenant_of=lambda key: key.partition("/")[0])


def taken(queue: WorkQueue[str], count: int) -> list[str]:
    return [key for key, _, _ in filter(None, (queue.take() for _ in range(count)))]


async def test_tenants_take_turns(clock: ManualClock) -> None:
    queue = shared(clock)
    for number in range(3):
        queue.add(f"many/{number}", EDIT)
    queue.add("few/0", EDIT)
    assert taken(queue, 9) == ["many/0", "few/0", "many/1", "many/2"]


async def test_a_key_says_whose_it_is(clock: ManualClock) -> None:
    queue = shared(clock)
    queue.add("shop/a", EDIT)
    assert queue.take() == ("shop/a", Priority(EDIT, "shop"), 0)


async def test_tenants_that_are_not_admitted_keep_their_keys(clock: ManualClock) -> None:
    queue = shared(clock)
    queue.add("a/0", EDIT)
    queue.add("b/0", RESYNC)
    found = queue.take(lambda tenant: tenant == "b")
    assert found is not None
    assert found[0] == "b/0"
    assert queue.take(lambda tenant: tenant == "b") is None
    assert set(queue.tenants) == {"a"}
    assert taken(queue, 9) == ["a/0"]


async def test_what_was_forgotten_has_no_turn(clock: ManualClock) -> None:
    queue = shared(clock)
    for key in ("a/0", "b/0", "a/1"):
        queue.add(key, EDIT)
    queue.forget("b/0")
    assert taken(queue, 9) == ["a/0", "a/1"]
    assert not queue.tenants
