"""When things happen: the clock, the spread of intervals, and how long a KV write takes to be seen everywhere."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from workers_operator.engine.clock import Clock

_JITTER: Final = 0.1  # of an interval: the passes of many objects spread out


@dataclass(frozen=True)
class Pacing:
    """``kv_window``: seconds until a KV write is seen everywhere, and a margin."""

    clock: Clock
    rng: random.Random = field(repr=False)
    kv_window: float

    def monotonic(self) -> float:
        """Return the clock's monotonic seconds."""
        return self.clock.monotonic()

    def now(self) -> datetime:
        """Return the time of day in UTC."""
        return self.clock.now()

    def unix(self) -> int:
        """Return the Unix time in whole seconds."""
        return int(self.now().timestamp())

    def jittered(self, seconds: float) -> float:
        """Return ``seconds``, a tenth more or less."""
        return seconds * self.rng.uniform(1 - _JITTER, 1 + _JITTER)

    def within(self, seconds: float) -> float:
        """Return a moment between 0 and ``seconds``."""
        return self.rng.uniform(0.0, seconds)
