"""What work costs others: how long the event loop was busy without a break, the time of all threads, and memory.

Time is CPU time, so that a busy machine makes no test fail.
"""

import asyncio
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

MIB: Final = 1024 * 1024
_BEAT_SECONDS: Final = 0.005


@dataclass
class Cost:
    """``seconds``: the longest time between two breaks of the loop; ``memory``: bytes at the peak, above the start."""

    seconds: float = 0.0
    memory: int = 0


@asynccontextmanager
async def responsive(longest: float = 1.0, altogether: float = 10.0) -> AsyncIterator[None]:
    """Fail if the event loop is busy inside for longer without a break, or all threads for longer altogether."""
    cost, began = Cost(), time.process_time()
    beating = asyncio.ensure_future(_beat(cost))
    await asyncio.sleep(0)
    try:
        yield
        await asyncio.sleep(_BEAT_SECONDS)
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
    assert cost.seconds < longest
    assert time.process_time() - began < altogether


@contextmanager
def peak() -> Iterator[Cost]:
    """Measure the memory that Python's objects take inside, above what they took before."""
    cost = Cost()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield cost
        _, highest = tracemalloc.get_traced_memory()
        cost.memory = highest - before
    finally:
        tracemalloc.stop()


async def _beat(cost: Cost) -> None:
    last = time.thread_time()
    while True:
        await asyncio.sleep(_BEAT_SECONDS)
        now = time.thread_time()
        cost.seconds, last = max(cost.seconds, now - last), now
