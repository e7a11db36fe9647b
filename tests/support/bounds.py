"""What work costs others: the longest time for which the event loop stood still, and the memory that it took."""

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
    """``seconds``: the longest gap between two beats of the loop; ``memory``: bytes at the peak, above the start."""

    seconds: float = 0.0
    memory: int = 0


@asynccontextmanager
async def responsive(longest: float = 2.0) -> AsyncIterator[None]:
    """Fail if the event loop stands still inside for longer than some seconds: generous, for a busy machine."""
    cost = Cost()
    beating = asyncio.ensure_future(_beat(cost))
    await asyncio.sleep(0)
    try:
        yield
        await asyncio.sleep(_BEAT_SECONDS)
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)
    assert cost.seconds < longest


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
    last = time.perf_counter()
    while True:
        await asyncio.sleep(_BEAT_SECONDS)
        now = time.perf_counter()
        cost.seconds, last = max(cost.seconds, now - last), now
