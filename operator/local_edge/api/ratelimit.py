"""The rate limit of a token: a fixed window that starts at its first request.

`quota` requests are allowed per `window` seconds. The first request above the quota blocks the token: all its requests
are rejected for a whole window. Source: developers.cloudflare.com/fundamentals/api/reference/limits.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

UNLIMITED = 1_000_000
"""The quota in the headers when there is no limit."""


@dataclass(frozen=True)
class Policy:
    quota: int
    window: int
    """In seconds."""
    enforced: bool = True


NO_LIMIT = Policy(UNLIMITED, 300, enforced=False)


@dataclass
class _Window:
    ends: float
    used: int = 0
    blocked: bool = False


@dataclass(frozen=True)
class Verdict:
    allowed: bool
    remaining: int
    seconds: int
    """Time until the window or the block ends, rounded up."""


class RateLimiter:
    def __init__(self, policy: Policy, clock: Callable[[], float]) -> None:
        self.policy = policy
        self._clock = clock
        self._windows: dict[str, _Window] = {}

    def count(self, token: str) -> Verdict:
        """Count one request of a token, which may be any string that identifies it."""
        now = self._clock()
        window = self._windows.get(token)
        if window is None or now >= window.ends:
            window = self._windows[token] = _Window(now + self.policy.window)
        if self.policy.enforced and not window.blocked and window.used >= self.policy.quota:
            window.blocked = True
            window.ends = now + self.policy.window
        if not window.blocked:
            window.used += 1
        remaining = 0 if window.blocked else max(0, self.policy.quota - window.used)
        return Verdict(not window.blocked, remaining, math.ceil(window.ends - now))

    def headers(self, verdict: Verdict) -> dict[str, str]:
        """Return the headers of a response; a rejection also has retry-after."""
        headers = {
            "ratelimit": f'"default";r={verdict.remaining};t={verdict.seconds}',
            "ratelimit-policy": f'"default";q={self.policy.quota};w={self.policy.window}',
        }
        if not verdict.allowed:
            headers["retry-after"] = str(verdict.seconds)
        return headers
