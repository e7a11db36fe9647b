"""Backoff with full jitter: retries spread out instead of coming back together."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential backoff; delays in seconds.

    ``floor`` keeps full jitter from drawing a delay of nothing.
    """

    base: float = 1.0
    cap: float = 60.0
    floor: float = 0.1

    def ceiling(self, attempt: int) -> float:
        """The longest delay before retry number ``attempt`` (the first is 1)."""
        # 2**30 s is beyond any cap; without the bound a long outage would build huge integers.
        return min(self.cap, self.base * 2.0 ** min(attempt - 1, 30))

    def delay(self, attempt: int, rng: random.Random) -> float:
        """A delay between the floor and the ceiling, uniformly drawn."""
        return rng.uniform(self.floor, max(self.floor, self.ceiling(attempt)))
