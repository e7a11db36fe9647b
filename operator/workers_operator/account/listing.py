"""A listing: what one kind of thing in an account looked like, kept up to date by what we have written since.

Every listing merges in the same way: what we write while a listing is under way is laid over its result, so that a page
read before a write cannot undo the write.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar

from workers_operator.account.writes import Write
from workers_operator.engine.clock import Clock


class ListingContent(Protocol):
    """The content of a listing."""

    def apply(self, write: Write) -> None:
        """Take in a write; one that concerns something else changes nothing."""


C = TypeVar("C", bound=ListingContent)


class Listing(Generic[C]):
    """The content as last listed, and as written since. Single-threaded.

    ``taken``: monotonic second at which the last complete listing began; None before the first. ``revision``: another
    number whenever the content may have changed, or is in doubt.
    """

    def __init__(self, empty: C) -> None:
        self.content = empty
        self.taken: float | None = None
        self.revision = 0
        self._unconfirmed = False
        self._confirming = False  # a listing is under way that confirms what was not
        self._journals: list[list[Write]] = []
        self._lock = asyncio.Lock()

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the answer to a write was lost since the last listing: list again before planning on this."""
        return self._unconfirmed or self._confirming

    def taken_after(self, moment: float) -> bool:
        """Return whether the last complete listing began after a moment."""
        return self.taken is not None and self.taken > moment

    def record(self, write: Write) -> None:
        """Take in a write, here and in the listing that is under way."""
        self.content.apply(write)
        self.revision += 1
        for journal in self._journals:
            journal.append(write)

    def mark_unconfirmed(self) -> None:
        """Note that the answer to a write was lost. A mark that is set during a listing outlives it."""
        self._unconfirmed = True
        self.revision += 1

    async def refresh(
        self,
        fresh: C,
        fill: Callable[[C], Awaitable[None]],
        clock: Clock,
        *,
        not_before: float | None = None,
    ) -> C | None:
        """List anew: ``fill`` puts everything into ``fresh``. Return the former content, None if nothing was listed.

        Callers share a listing that began at ``not_before`` or later. Raises what ``fill`` raises.
        """
        async with self._lock:
            if not_before is not None and self.taken is not None and self.taken >= not_before:
                return None
            started, was_unconfirmed, journal = clock.monotonic(), self._unconfirmed, list[Write]()
            self._journals.append(journal)
            self._unconfirmed, self._confirming = False, was_unconfirmed
            try:
                await fill(fresh)
            except BaseException:
                self._unconfirmed = self._unconfirmed or was_unconfirmed
                raise
            finally:
                self._confirming = False
                self._journals = [other for other in self._journals if other is not journal]
            for write in journal:
                fresh.apply(write)
            former, self.content, self.taken = self.content, fresh, started
            self.revision += 1
            return former


class Looks:
    """When the looks at an account began. ``complete``: the last one that came to its end."""

    def __init__(self) -> None:
        self.complete: float | None = None
        self._under_way: float | None = None
        self._wanted = -math.inf  # what waits for a look does with none that began before

    def want(self, moment: float) -> None:
        """Note that somebody waits for a look that begins at ``moment`` or later."""
        self._wanted = max(self._wanted, moment)

    @contextmanager
    def look(self, now: float) -> Iterator[None]:
        """Look inside the block, for all who have waited so far."""
        self._under_way, self._wanted = now, -math.inf
        try:
            yield
            self.complete = now
        finally:
            self._under_way = None

    def will_show(self, moment: float) -> bool:
        """Return whether a look that began at ``moment`` or later is done, under way or waited for."""
        known = (began for began in (self.complete, self._under_way) if began is not None)
        latest = max(known, default=-math.inf)
        return latest >= moment or self._wanted > latest
