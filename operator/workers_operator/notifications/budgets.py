"""Judge whether a platform's API budget is exhausted, as the alert WorkersApiBudgetExhausted does. Pure."""

import math
from dataclasses import dataclass
from typing import Final

_LOW: Final = 0.1  # share of the calls that is left
_MEMORY_SECONDS: Final = 360.0  # a window of the budget, and a minute
_FOR_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class BudgetLevel:
    """Last time at which few calls were left, and the beginning of that phase. Monotonic seconds."""

    last_low: float = -math.inf
    since: float = math.inf

    def seen(self, left: int, quota: int, now: float) -> "BudgetLevel":
        """Return the level after observing ``left`` of ``quota`` calls."""
        if left < _LOW * quota:
            return BudgetLevel(now, min(self.since, now))
        is_over = now - self.last_low > _MEMORY_SECONDS
        return BudgetLevel() if is_over else self

    def is_exhausted(self, now: float) -> bool:
        """Return whether few calls have been left for long enough."""
        return now - self.since >= _FOR_SECONDS


def exhausted_before(now: float) -> BudgetLevel:
    """Return the level of a budget that an earlier process has reported."""
    return BudgetLevel(now, now - _FOR_SECONDS)
