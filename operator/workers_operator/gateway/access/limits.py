"""Rate limits: a bucket of requests for each caller and address. Pure but for the caller's clock."""

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

_MOST: Final = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """``quota`` requests in ``window`` seconds, in a burst or spread out."""

    quota: int
    window: float = 60.0


@dataclass(frozen=True, slots=True)
class RateBucket:
    """Requests that are left, as of a moment (monotonic seconds)."""

    left: float
    at: float


@dataclass(frozen=True, slots=True)
class RateDecision:
    """Whether a request passes, and how many are left. ``reset``: seconds until a full quota, or the next request."""

    passes: bool
    left: int
    reset: int
    rate: Rate

    def headers(self, name: str) -> dict[str, str]:
        """Return the RateLimit headers (draft-ietf-httpapi-ratelimit-headers), and Retry-After for a refusal."""
        found = {
            "RateLimit-Policy": f'"{name}";q={self.rate.quota};w={self.rate.window:.0f}',
            "RateLimit": f'"{name}";r={self.left};t={self.reset}',
        }
        return found if self.passes else found | {"Retry-After": str(self.reset)}


def take(bucket: RateBucket | None, rate: Rate, now: float) -> tuple[RateBucket, RateDecision]:
    """Take a request out of a bucket; a new one is full."""
    speed = rate.quota / rate.window
    left = float(rate.quota)
    if bucket is not None:
        left = min(left, bucket.left + max(0.0, now - bucket.at) * speed)
    if left < 1:
        return RateBucket(left, now), RateDecision(
            False, 0, max(1, math.ceil((1 - left) / speed)), rate
        )
    left -= 1
    reset = math.ceil((rate.quota - left) / speed)
    return RateBucket(left, now), RateDecision(True, int(left), reset, rate)


class RequestLimiter:
    """The buckets of callers or addresses."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: OrderedDict[str, RateBucket] = OrderedDict()

    def next(self, who: str, now: float) -> RateDecision:
        """Return what would become of a request of somebody, and take none."""
        return take(self._buckets.get(who), self._rate, now)[1]

    def take(self, who: str, now: float) -> RateDecision:
        """Take a request out of a caller's bucket."""
        self._buckets[who], decision = take(self._buckets.get(who), self._rate, now)
        self._buckets.move_to_end(who)
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        return decision
