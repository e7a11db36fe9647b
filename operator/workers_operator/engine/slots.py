"""Slots: how much work goes on at once, and how it is shared between tenants.

While others wait, a tenant gets no slot beyond its share: an equal part of what is not held by tenants that want no
more, and an eighth at least. What nobody else wants, it may have. A tenant without any slot need not wait for one that
others hold: some spare slots are for such tenants alone. Nor does what is as urgent as an abort: there is one more slot
for that.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from itertools import chain
from typing import Final

from workers_operator.engine.clock import Clock
from workers_operator.engine.fair import Admits, FairQueue, everybody
from workers_operator.engine.priority import Priority, Urgency

_PART: Final = 8

Begin = Callable[[Admits, Urgency], str | None]
"""Begins the next work of the tenants that are admitted, and returns its tenant; None if they have none as urgent."""

Unslotted = Callable[[Priority], AbstractAsyncContextManager[None]]
"""Releases the slot that a priority's tenant holds, inside a block that only waits."""


def _nothing(admits: Admits, least: Urgency) -> None:
    return None


class Slots:
    """``number`` slots, a few spare ones, and one more for what is most urgent. Single-threaded."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._part = max(1, number // _PART)
        self._held: Counter[str] = Counter()  # of all sorts
        self._spared: set[str] = set()  # tenants with a spare slot
        self._hurried: str | None = None  # the tenant with the slot for what is most urgent
        self._waiting: FairQueue[asyncio.Future[None]] = FairQueue(lambda waiter: not waiter.done())
        self._beginners: Collection[str] = ()
        self._begin: Begin = _nothing

    @asynccontextmanager
    async def slot(
        self, priority: Priority, *, clock: Clock, patience: float
    ) -> AsyncIterator[bool]:
        """Hold a slot inside the block, unless none gets free within ``patience`` seconds; yield whether it does."""
        if not await self._take_within(priority, clock, patience):
            yield False
            return
        try:
            yield True
        finally:
            self.give_back(priority)

    @asynccontextmanager
    async def held(self, priority: Priority) -> AsyncIterator[None]:
        """Hold a slot inside the block, however long it takes until one is free."""
        await self._take(priority)
        try:
            yield
        finally:
            self.give_back(priority)

    @asynccontextmanager
    async def unslotted(self, priority: Priority) -> AsyncIterator[None]:
        """Release a slot of the tenant inside the block, and take one again at its end."""
        self.give_back(priority)
        try:
            yield
        finally:
            await self._take(priority)

    @contextmanager
    def serving(self, tenants: Collection[str], begin: Begin) -> Iterator[None]:
        """Let work begin in free slots inside the block, after work that wants to go on.

        ``tenants``: a view of those that have work to begin. Whenever there is more of it, call ``fill``.
        """
        self._beginners, self._begin = tenants, begin
        try:
            yield
        finally:
            self._beginners, self._begin = (), _nothing

    def give_back(self, priority: Priority) -> None:
        """Release a slot that the priority's tenant holds."""
        tenant = priority.tenant
        # These are the first to go: others may need them.
        if self._hurried == tenant:
            self._hurried = None
        else:
            self._spared.discard(tenant)
        self._held[tenant] -= 1
        if not self._held[tenant]:
            del self._held[tenant]
        self.fill()

    def fill(self) -> None:
        """Give the slots that are free to who waits for them."""
        while self._fill_one():
            pass

    # --- waiting ----------------------------------------------------------------------------------------------------

    async def _take(self, priority: Priority) -> None:
        waiter = self._wait(priority)
        try:
            await waiter
        except asyncio.CancelledError:
            self._abandon(waiter, priority)
            raise

    async def _take_within(self, priority: Priority, clock: Clock, seconds: float) -> bool:
        waiter = self._wait(priority)
        if waiter.done():
            return True
        timer = asyncio.ensure_future(clock.sleep(seconds))
        try:
            await asyncio.wait((waiter, timer), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._abandon(waiter, priority)
            raise
        finally:
            timer.cancel()
        return waiter.done() or not waiter.cancel()

    def _wait(self, priority: Priority) -> asyncio.Future[None]:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.push(waiter, priority)
        self.fill()
        return waiter

    def _abandon(self, waiter: asyncio.Future[None], priority: Priority) -> None:
        """Give up waiting; pass on a slot that was given meanwhile."""
        if not waiter.cancel() and not waiter.cancelled():
            self.give_back(priority)

    # --- sharing ----------------------------------------------------------------------------------------------------

    def _fill_one(self) -> bool:
        if self._held.total() - len(self._spared) - (self._hurried is not None) < self.number:
            share = self._share()
            tenant = self._give(lambda tenant: self._held[tenant] < share)
            return tenant is not None or self._give(everybody) is not None
        if len(self._spared) < self._part:
            tenant = self._give(lambda tenant: tenant not in self._held)
            if tenant is not None:
                self._spared.add(tenant)
                return True
        if self._hurried is None:
            self._hurried = self._give(everybody, Urgency.ABORT)
            return self._hurried is not None
        return False

    def _give(self, admits: Admits, least: Urgency = Urgency.RESYNC) -> str | None:
        """Give a slot to work that wants to go on, or else to work that begins; return its tenant."""
        tenant = self._go_on(admits, least)
        if tenant is None:
            tenant = self._begin(admits, least)
        if tenant is not None:
            self._held[tenant] += 1
        return tenant

    def _go_on(self, admits: Admits, least: Urgency) -> str | None:
        taken = self._waiting.take(admits, least)
        if taken is None:
            return None
        priority, waiter = taken
        waiter.set_result(None)
        return priority.tenant

    def _share(self) -> int:
        """Return how many slots a tenant may hold while others wait."""
        contenders: set[str] = set()
        for tenant in chain(self._waiting.tenants, self._beginners):
            contenders.add(tenant)
            if len(contenders) >= _PART:
                return self._part  # more of them do not make it smaller
        idle = sum(n for tenant, n in self._held.items() if tenant not in contenders)
        return max(self._part, (self.number - idle) // max(1, len(contenders)))
