"""Background work gives way: it begins one piece at a time, and only while the event loop has nothing else to do.

Keys that become due at once would otherwise take their first steps in one turn of the loop, one after the other, and an
edit that arrives meanwhile would wait for all of them.
"""

import asyncio
from collections.abc import Callable
from typing import Final

# A turn with nothing to do takes some 3 µs, a step of a task 10 µs at least.
_IDLE_SECONDS: Final = 20e-6
_PATIENCE_SECONDS: Final = 0.05


class BackgroundTurns:
    """Lets one piece of work begin, and the next once a turn of the event loop has passed without other work.

    In a loop that is always busy, work begins after 50 ms all the same. ``now``: monotonic seconds; ``on_free``: called
    when the next piece may begin.
    """

    def __init__(self, now: Callable[[], float], on_free: Callable[[], None]) -> None:
        self._now = now
        self._on_free = on_free
        self.is_free = True
        """Whether a piece of work may begin."""

    def take(self) -> None:
        """Begin a piece of work."""
        self.is_free = False
        asyncio.get_running_loop().call_soon(self._observe, self._now() + _PATIENCE_SECONDS)

    def _observe(self, latest: float) -> None:
        # What the loop has to do runs between this callback and the next.
        asyncio.get_running_loop().call_soon(self._conclude, self._now(), latest)

    def _conclude(self, since: float, latest: float) -> None:
        now = self._now()
        if now - since > _IDLE_SECONDS and now < latest:
            self._observe(latest)
            return
        self.is_free = True
        self._on_free()
