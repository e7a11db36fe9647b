"""Background work: one piece after the other, and only while the event loop has nothing else to do."""

import asyncio
import itertools
from collections.abc import Callable

from workers_operator.engine.turns import BackgroundTurns

STEP = 0.001  # seconds that a piece of other work takes
PIECES = 40  # of background work


class Loop:
    """Other work of the event loop takes time; nothing else does."""

    def __init__(self) -> None:
        self.now = 0.0
        self.begun_at: list[float] = []
        self.turns = BackgroundTurns(lambda: self.now, self.begin)

    def begin(self) -> None:
        if len(self.begun_at) == PIECES:
            return
        self.begun_at.append(self.now)
        self.turns.take()

    def work(self, steps: int, then: Callable[[], object] = lambda: None) -> None:
        """Work for a step in each of so many turns."""
        if not steps:
            then()
            return
        self.now += STEP
        asyncio.get_running_loop().call_soon(self.work, steps - 1, then)


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_work_begins_one_by_one() -> None:
    loop = Loop()
    loop.begin()
    assert not loop.turns.is_free
    assert len(loop.begun_at) == 1
    await turns(10)
    assert 3 <= len(loop.begun_at) <= 10


async def test_it_waits_for_other_work_to_end() -> None:
    loop, ended = Loop(), asyncio.Event()
    loop.begin()
    loop.work(20, ended.set)
    await ended.wait()
    await turns(4)
    assert len(loop.begun_at) > 1
    assert loop.begun_at[1] >= 20 * STEP - STEP / 2


async def test_in_a_loop_that_is_always_busy_it_begins_all_the_same() -> None:
    loop, ended = Loop(), asyncio.Event()
    loop.begin()
    loop.work(200, ended.set)
    await ended.wait()
    pauses = [b - a for a, b in itertools.pairwise(loop.begun_at)][:3]
    assert len(pauses) == 3
    assert all(0.05 <= pause < 0.055 for pause in pauses)


async def test_it_is_free_again_once_nothing_is_left_to_begin() -> None:
    free = asyncio.Event()
    background = BackgroundTurns(asyncio.get_running_loop().time, free.set)
    background.take()
    async with asyncio.timeout(10):
        await free.wait()
    assert background.is_free
