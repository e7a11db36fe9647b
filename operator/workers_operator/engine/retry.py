"""Exponential backoff with full jitter, which spreads retries over time."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential backoff; delays in seconds. ``floor`` is the shortest delay."""

    base: float = 1.0
    cap: float = 60.0
    floor: float = 0.1

    def ceiling(self, attempt: int) -> float:
        """Return the longest delay before retry number ``attempt`` (the first is 1)."""
        # 2**30 s exceeds every cap; without the bound, a long outage would overflow the float.
        return min(self.cap, self.base * 2.0 ** min(attempt - 1, 30))

    def delay(self, attempt: int, rng: random.Random) -> float:
        """Return a random delay, uniform between the floor and the ceiling."""
        return rng.uniform(self.floor, max(self.floor, self.ceiling(attempt)))
