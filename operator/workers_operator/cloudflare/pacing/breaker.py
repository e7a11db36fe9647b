"""The circuit breaker of one token: while the API is not available, one call at a time finds out whether it is again.

After three different calls in a row that found it unavailable, further ones fail at once, without being sent, with the
reason and the message of the last failure, so that conditions stay true. After each pause the first caller is let
through; a good answer lets everybody through again. What only one tenant's calls have found may be due to what they ask
for: it holds back that tenant alone.
"""

import random
from typing import Final

from workers_operator.cloudflare.errors import HeldBack, Unavailable
from workers_operator.domain.text.words import ReasonWord
from workers_operator.engine.clock import Clock

FAILURES: Final = 3
# Somebody notices the end within a pause and the jitter, and everybody else within as much again.
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 2.0
_JITTER: Final = 0.5


class Breaker:
    """Single-threaded. ``rng``: spreads those who are held back."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        self._clock = clock
        self._rng = rng
        # (tenant, call): the different ones that failed in a row
        self._failed: set[tuple[str, str]] = set()
        self._last: tuple[ReasonWord, str] | None = None
        self._next_probe = 0.0
        self._pause = _FIRST_PAUSE

    def is_open(self, tenant: str) -> bool:
        """Whether a tenant's calls are held back."""
        tenants = {whose for whose, _ in self._failed}
        return len(self._failed) >= FAILURES and (len(tenants) > 1 or tenant in tenants)

    def check(self, tenant: str) -> bool:
        """Raise HeldBack unless a tenant's call may be sent; return whether it is the one that finds out for others."""
        if not self.is_open(tenant) or self._last is None:
            return False
        left = self._next_probe - self._clock.monotonic()
        if left > 0:
            raise HeldBack(*self._last, after=left + self._rng.uniform(0.0, _JITTER))
        self._hold_back()
        return True

    def failed(self, tenant: str, call: str, error: Unavailable) -> None:
        """Take in that a tenant's call found the API unavailable."""
        self._failed.add((tenant, call))
        self._last = (error.reason, error.message)
        if self.is_open(tenant):
            self._hold_back()

    def answered(self) -> None:
        """Take in an answer of the API, be it a refusal."""
        self._failed.clear()
        self._pause = _FIRST_PAUSE

    def _hold_back(self) -> None:
        """Hold calls back for a pause, each one longer than the former up to a limit."""
        self._next_probe = self._clock.monotonic() + self._pause
        self._pause = min(_LONGEST_PAUSE, self._pause * 2)
