"""The API budget of one token: it holds back every request that would exceed Cloudflare's rate limit.

Cloudflare allows q requests per window (1,200 in 5 minutes) and blocks a token that exceeds the quota for a whole
window. Every response reports the rest: ``Ratelimit: "default";r=<left>;t=<seconds to the reset>`` and
``Ratelimit-Policy: "default";q=<quota>;w=<window>`` (developers.cloudflare.com/fundamentals/api/reference/limits).

``Window`` is the pure arithmetic; ``Budget`` queues callers by priority, tenant after tenant, and waits. After a reset,
one request is sent alone: its response verifies that a new window has started.
"""

import asyncio
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from workers_operator.cloudflare.errors import BLOCKED, TooManyRequests
from workers_operator.domain.reasons import Reason
from workers_operator.engine.clock import Clock
from workers_operator.engine.fair import FairQueue
from workers_operator.engine.priority import Priority, Urgency

_PARAMETER: Final = re.compile(r";\s*(\w+)=(\d+)")


@dataclass(frozen=True, slots=True)
class Ticket:
    """Permission to send one request. ``sent``: monotonic second; ``waited``: seconds in the queue."""

    sent: float
    waited: float
    opens: bool  # the request is sent alone, to open a new window


@dataclass(frozen=True, slots=True)
class Window:
    """The known state of the token's current window. Times are monotonic seconds.

    ``told``: the fewest remaining requests that a response of this window has reported. ``resets``: the latest time at
    which the window ends. ``opened``: responses to requests sent before this time belong to the previous window.
    ``verified``: a response of this window has arrived. ``guessed``: it had no rate limit headers, so that ``told`` and
    ``resets`` are assumptions.
    """

    quota: int
    seconds: float
    told: int
    resets: float
    opened: float
    verified: bool = False
    guessed: bool = False

    def roll(self, now: float) -> "Window":
        """Return the window at ``now``: a new, unverified one if this one has ended."""
        if now < self.resets:
            return self
        return Window(self.quota, self.seconds, self.quota, now + self.seconds, now)

    def reserve(self, now: float, share: float) -> int:
        """Return the number of requests reserved for aborts. It shrinks towards the end of the window."""
        remaining = max(0.0, min(1.0, (self.resets - now) / self.seconds))
        return math.ceil(self.quota * share * remaining)

    def may_send(self, urgency: Urgency, now: float, in_flight: int, share: float) -> bool:
        """Return whether one more request may be sent now, in a verified window.

        All requests in flight are subtracted, because the responses may not have counted each other. The last request
        of a window is kept for opening the next one.
        """
        kept = 1 if urgency is Urgency.ABORT else 1 + self.reserve(now, share)
        return self.told - in_flight > kept

    def learned(self, headers: Mapping[str, str], sent: float, now: float) -> "Window":
        """Return the window after the response to a request sent at ``sent``. Without headers, it only counts one."""
        policy = dict(_PARAMETER.findall(headers.get("ratelimit-policy", "")))
        state = dict(_PARAMETER.findall(headers.get("ratelimit", "")))
        window = self
        if "q" in policy and "w" in policy:
            window = replace(self, quota=int(policy["q"]), seconds=float(policy["w"]))
        if sent < self.opened:
            # Cloudflare may have counted the request in this window nevertheless.
            return replace(window, told=window.told - 1)
        if "r" not in state or "t" not in state:
            return replace(
                window,
                told=window.told - 1,
                verified=True,
                guessed=not self.verified or self.guessed,
            )
        # t is in whole seconds, rounded up by the API: the reset lies between these two times.
        earliest, latest = sent + int(state["t"]) - 1.0, now + max(1, int(state["t"]))
        if not self.verified or self.guessed:
            return replace(
                window, told=int(state["r"]), resets=latest, verified=True, guessed=False
            )
        if earliest > self.resets:  # a new window has started unnoticed
            return replace(window, told=int(state["r"]), resets=latest, opened=sent)
        return replace(
            window, told=min(self.told, int(state["r"])), resets=min(self.resets, latest)
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Caller:
    asked: float  # monotonic second
    ticket: asyncio.Future[Ticket]


class Budget:
    """Admits callers one by one, the most urgent first and tenants in turn, as far as the window allows."""

    def __init__(
        self,
        clock: Clock,
        *,
        quota: int = 1200,
        window: float = 300.0,
        reserve_percent: int = 5,
    ) -> None:
        self._clock = clock
        self._share = reserve_percent / 100
        now = clock.monotonic()
        self._window = Window(quota, window, quota, now + window, now)
        self._blocked_until = 0.0
        self._in_flight = 0
        self._opening = False
        self._callers: FairQueue[_Caller] = FairQueue(lambda caller: not caller.ticket.done())
        self._timer: asyncio.Task[None] | None = None

    @property
    def left(self) -> int:
        """Requests that are left in the window, as far as known."""
        return max(0, self._window.roll(self._clock.monotonic()).told - self._in_flight)

    @property
    def quota(self) -> int:
        return self._window.quota

    @property
    def window_seconds(self) -> float:
        return self._window.seconds

    @property
    def waiting(self) -> int:
        """Number of callers that wait for a ticket."""
        return sum(1 for _ in self._callers)

    def seconds_per_call(self) -> float:
        """Return the average interval of calls that spends exactly the quota: 0.25 s for 1,200 in 5 minutes."""
        return self._window.seconds / max(1, self._window.quota)

    async def acquire(self, priority: Priority) -> Ticket:
        """Wait for a ticket to send one request. The caller must ``release`` it.

        Raises TooManyRequests while Cloudflare blocks the token.
        """
        now = self._clock.monotonic()
        if now < self._blocked_until:
            raise self._blocked(self._blocked_until - now)
        waiter: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()
        self._callers.push(_Caller(now, waiter), priority)
        self._pump()
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.release(waiter.result(), None)  # already admitted: hand the ticket back
            raise

    def release(self, ticket: Ticket, headers: Mapping[str, str] | None) -> None:
        """Return a ticket after its request. ``headers`` (lower-case names) are the response's.

        They are empty if the response was lost, and None if the request was never sent.
        """
        self._in_flight -= 1
        if ticket.opens:
            self._opening = False
        now = self._clock.monotonic()
        window = self._window.roll(now)
        if headers:
            window = window.learned(headers, ticket.sent, now)
        elif headers is not None:
            window = replace(window, told=window.told - 1)
        self._window = window
        self._pump()

    def block(self, seconds: float) -> None:
        """Send nothing for ``seconds``, after a 429. All waiting callers raise TooManyRequests."""
        now = self._clock.monotonic()
        self._blocked_until = now + seconds
        self._window = replace(
            self._window, told=0, resets=self._blocked_until, opened=now, verified=True
        )
        for caller in list(self._callers):
            caller.ticket.set_exception(self._blocked(seconds))

    def _may_send(self, urgency: Urgency) -> bool:
        now = self._clock.monotonic()
        self._window = self._window.roll(now)
        if not self._window.verified:
            return not self._opening
        return self._window.may_send(urgency, now, self._in_flight, self._share)

    def _ticket(self, asked: float) -> Ticket:
        now, opens = self._clock.monotonic(), not self._window.verified
        self._in_flight += 1
        self._opening = self._opening or opens
        return Ticket(now, now - asked, opens)

    def _pump(self) -> None:
        # Whoever goes instead of the most urgent may be sent as well: only aborts have a reserve, and nobody goes
        # instead of them.
        while (urgency := self._callers.urgency) is not None and self._may_send(urgency):
            taken = self._callers.take()
            if taken is not None:
                caller = taken[1]
                caller.ticket.set_result(self._ticket(caller.asked))
        if urgency is not None and self._window.verified and self._timer is None:
            self._timer = asyncio.get_running_loop().create_task(self._wait_for_change())

    async def _wait_for_change(self) -> None:
        now = self._clock.monotonic()
        # The reserve shrinks by one request every ``step``; the end of the window admits everybody.
        step = self._window.seconds / max(1.0, self._window.quota * self._share)
        await self._clock.sleep(max(0.001, min(self._window.resets - now, step)))
        self._timer = None
        self._pump()

    @staticmethod
    def _blocked(seconds: float) -> TooManyRequests:
        return TooManyRequests(Reason.RATE_LIMITED, BLOCKED, after=seconds)
