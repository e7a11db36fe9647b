"""Work on megabytes: kept off the event loop, and a few of them in memory at a time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, ParamSpec, TypeVar

from workers_operator.engine.priority import Priority
from workers_operator.engine.slots import Unslotted

AT_ONCE: Final = 128 * 1024  # bytes that take the event loop a few milliseconds at most
LARGE: Final = 1024 * 1024  # bytes that every pass may hold
P = ParamSpec("P")
T = TypeVar("T")


async def off_loop(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return ``work(…)`` over ``size`` bytes: computed at once if they are few, in a thread otherwise.

    A thread cannot be stopped, so that the time of the work must be linear in the size, and the size limited.
    """
    if size <= AT_ONCE:
        return work(*args, **kwargs)
    return await asyncio.to_thread(work, *args, **kwargs)


class Room:
    """Has room for many small contents and one large one: whoever wants another large one waits.

    ``unslotted``: inside, a pass that only waits holds no slot.
    """

    def __init__(self, unslotted: Unslotted) -> None:
        self._unslotted = unslotted
        self._large = asyncio.Lock()

    @asynccontextmanager
    async def holding(self, size: int, priority: Priority) -> AsyncIterator[None]:
        """Hold ``size`` bytes inside the block. ``priority``: of the pass that waits."""
        if size <= LARGE:
            yield
            return
        async with AsyncExitStack() as held:
            if self._large.locked():
                async with self._unslotted(priority):
                    await held.enter_async_context(self._large)
            else:
                await held.enter_async_context(self._large)
            yield
