"""What each tenant may do so often and no more: so many times at once, and then once in so many seconds."""

from collections import OrderedDict

from workers_operator.engine.clock import Clock


class Allowance:
    """A token bucket per tenant: ``burst`` times at once, then once in ``seconds``."""

    def __init__(self, clock: Clock, *, burst: int, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._ahead = (burst - 1) * seconds
        # Monotonic second at which a bucket is full again; the tenants in the order of their last use.
        self._full: OrderedDict[str, float] = OrderedDict()

    def spend(self, tenant: str) -> float:
        """Spend one; return 0.0, or the seconds until the tenant has one to spend."""
        now = self._clock.monotonic()
        full = max(now, self._full.get(tenant, now))
        if full - now > self._ahead:
            return full - now - self._ahead
        self._full[tenant] = full + self._seconds
        self._full.move_to_end(tenant)
        self._drop_full(now)
        return 0.0

    def _drop_full(self, now: float) -> None:
        while self._full and next(iter(self._full.values())) <= now:
            self._full.popitem(last=False)
