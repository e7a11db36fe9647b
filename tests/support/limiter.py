"""Cloudflare's request limit and its callers, simulated on a manual clock: what the budget is measured by."""

import asyncio
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from support.clock import ManualClock
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.engine.priority import Priority


@dataclass
class Limiter:
    """``quota`` requests in ``seconds``; the one after them blocks the token for a whole window.

    A window begins with its first request, or (``aligned``) with the clock. ``windows`` counts the requests of each.
    """

    clock: ManualClock
    quota: int
    seconds: int
    aligned: bool = False
    silent: bool = False  # no Ratelimit headers
    refused: int = 0
    windows: list[int] = field(default_factory=list)
    _ends: float = 0.0
    _blocked_until: float = 0.0

    def count(self) -> Mapping[str, str]:
        """Takes in one request; the headers of its answer."""
        now = self.clock.monotonic()
        if now < self._blocked_until:
            self.refused += 1
            return self._headers(0, self._blocked_until - now)
        if now >= self._ends:
            begin = now - now % self.seconds if self.aligned else now
            self._ends = begin + self.seconds
            self.windows.append(0)
        if self.windows[-1] >= self.quota:
            self.refused += 1
            self._blocked_until = self._ends = now + self.seconds
            return self._headers(0, self.seconds)
        self.windows[-1] += 1
        return self._headers(self.quota - self.windows[-1], self._ends - now)

    def _headers(self, left: int, seconds: float) -> Mapping[str, str]:
        if self.silent:
            return {"content-type": "application/json"}
        return {
            "ratelimit": f'"default";r={left};t={math.ceil(seconds)}',
            "ratelimit-policy": f'"default";q={self.quota};w={self.seconds}',
        }


@dataclass(frozen=True)
class Network:
    """Seconds on the way there, from which the limiter counts, and back; some answers take much longer."""

    there: float = 0.05
    back: float = 0.1
    slow: float = 0.0  # at most, of one answer in twenty

    def draw(self, rng: random.Random) -> tuple[float, float]:
        late = self.slow if self.slow and rng.random() < 0.05 else 0.0
        return rng.uniform(0, self.there), rng.uniform(0, self.back) + rng.uniform(0, late)


@dataclass
class Client:
    """Requests through a budget. ``served`` notes the urgencies in the order in which they were let through."""

    budget: Budget
    limiter: Limiter
    clock: ManualClock
    network: Network
    rng: random.Random
    served: list[tuple[Priority, float]] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0

    async def request(self, priority: Priority) -> None:
        """One request, from the wait for its turn to its answer."""
        ticket = await self.budget.acquire(priority)
        self.served.append((priority, self.clock.monotonic()))
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        there, back = self.network.draw(self.rng)
        await self.clock.sleep(there)
        headers = self.limiter.count()
        await self.clock.sleep(back)
        self.in_flight -= 1
        self.budget.release(ticket, headers)

    async def demand(
        self, callers: int, draw: Callable[[], Priority], *, until: float, pause: float = 0.0
    ) -> None:
        """``callers`` that make one request after another until that time, then end."""

        async def caller() -> None:
            while self.clock.monotonic() < until:
                await self.request(draw())
                if pause:
                    await self.clock.sleep(self.rng.uniform(0, pause))

        tasks = [asyncio.ensure_future(caller()) for _ in range(callers)]
        await self.clock.advance(until - self.clock.monotonic())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
