"""The API budget of one token: nothing is ever sent that would earn a 429.

Cloudflare allows q requests per window (1,200 in 5 minutes) and blocks a token that crosses it for a whole window.
Every answer tells what is left: ``Ratelimit: "default";r=<left>;t=<seconds to the reset>`` and
``Ratelimit-Policy: "default";q=<quota>;w=<window>`` (developers.cloudflare.com/fundamentals/api/reference/limits).

The window's arithmetic is pure (``Window``); ``Budget`` queues the callers by priority and waits by the clock. After a
reset one request opens the new window alone: its answer shows whether there really is a new one.
"""

import asyncio
import heapq
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final, Protocol

from workers_operator.cloudflare.errors import TooManyRequests


class Clock(Protocol):
    """The part of the engine's clock that the budget needs."""

    def monotonic(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class Urgency(IntEnum):
    """Who may spend first. Lower is more urgent."""

    ABORT = 0  # roll-backs and deletions of routes: may use the reserve
    EDIT = 1
    CREATE = 2
    RESYNC = 3  # observation and clean-up


_PARAMETER: Final = re.compile(r";\s*(\w+)=(\d+)")


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to send one request. ``sent``: monotonic second; ``waited``: seconds before it was given."""

    sent: float
    waited: float
    opens: bool  # it goes alone, to open a window


@dataclass(frozen=True, slots=True)
class Window:
    """What is known about the token's current window.

    ``told``: the fewest requests left that an answer of this window has told of. ``resets``: monotonic second at which
    the window ends at the latest. ``opened``: answers to requests sent before it say nothing of this window.
    ``verified``: an answer of this window has come. ``guessed``: it told nothing, so the quota is still a guess.
    """

    quota: int
    seconds: float
    told: int
    resets: float
    opened: float
    verified: bool = False
    guessed: bool = False

    def roll(self, now: float) -> "Window":
        """The window at ``now``: a new, unverified one where this one has ended."""
        if now < self.resets:
            return self
        return Window(self.quota, self.seconds, self.quota, now + self.seconds, now)

    def reserve(self, now: float, share: float) -> int:
        """Requests kept for aborts. It melts as the window ends, so that nothing of it is wasted."""
        remaining = max(0.0, min(1.0, (self.resets - now) / self.seconds))
        return math.ceil(self.quota * share * remaining)

    def may_send(self, urgency: Urgency, now: float, in_flight: int, share: float) -> bool:
        """Whether one more request may be sent now, in a verified window.

        The answers under way may not have counted each other: all that is in flight is taken off. The last request of
        a window is kept for opening the next.
        """
        kept = 1 if urgency is Urgency.ABORT else 1 + self.reserve(now, share)
        return self.told - in_flight > kept

    def learned(self, headers: Mapping[str, str], sent: float, now: float) -> "Window":
        """The window after the answer to a request sent at ``sent``; one without headers is only counted."""
        policy = dict(_PARAMETER.findall(headers.get("ratelimit-policy", "")))
        state = dict(_PARAMETER.findall(headers.get("ratelimit", "")))
        window = self
        if "q" in policy and "w" in policy:
            window = replace(self, quota=int(policy["q"]), seconds=float(policy["w"]))
        if sent < self.opened:
            return replace(
                window, told=window.told - 1
            )  # it may have counted in this window all the same
        if "r" not in state or "t" not in state:
            return replace(
                window,
                told=window.told - 1,
                verified=True,
                guessed=not self.verified or self.guessed,
            )
        # t is whole seconds, rounded up by the API: the reset lies between the two.
        earliest, latest = sent + int(state["t"]) - 1.0, now + max(1, int(state["t"]))
        if not self.verified or self.guessed:
            return replace(
                window, told=int(state["r"]), resets=latest, verified=True, guessed=False
            )
        if earliest > self.resets:  # a new window has begun before we knew
            return replace(window, told=int(state["r"]), resets=latest, opened=sent)
        return replace(
            window, told=min(self.told, int(state["r"])), resets=min(self.resets, latest)
        )


class Budget:
    """Lets callers through one by one, the most urgent first, as the window allows."""

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
        self._waiters: list[tuple[int, int, float, asyncio.Future[Ticket]]] = []
        self._sequence = 0
        self._timer: asyncio.Task[None] | None = None

    @property
    def left(self) -> int:
        """Requests left in the window, as far as known."""
        return max(0, self._window.roll(self._clock.monotonic()).told - self._in_flight)

    @property
    def quota(self) -> int:
        return self._window.quota

    @property
    def window_seconds(self) -> float:
        return self._window.seconds

    @property
    def waiting(self) -> int:
        """Callers that wait for their turn."""
        return sum(1 for *_, waiter in self._waiters if not waiter.done())

    def seconds_per_call(self) -> float:
        """How long one call has to last if the window is to last: 0.25 s for 1,200 in 5 minutes."""
        return self._window.seconds / max(1, self._window.quota)

    async def acquire(self, urgency: Urgency) -> Ticket:
        """Waits for the right to send one request. ``release`` must follow.

        Raises TooManyRequests while the API has blocked the token.
        """
        now = self._clock.monotonic()
        if now < self._blocked_until:
            raise self._blocked(self._blocked_until - now)
        waiter: asyncio.Future[Ticket] = asyncio.get_running_loop().create_future()
        self._sequence += 1
        heapq.heappush(self._waiters, (urgency, self._sequence, now, waiter))
        self._pump()
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.release(waiter.result(), None)  # the right had been given already: hand it on
            raise

    def release(self, ticket: Ticket, headers: Mapping[str, str] | None) -> None:
        """Ends a request. ``headers`` (lower-case names) are its answer's.

        They are empty where the answer was lost, and None where the request was never sent.
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
        """The API has answered 429: nothing is sent for ``seconds``; who waits is told."""
        now = self._clock.monotonic()
        self._blocked_until = now + seconds
        self._window = replace(
            self._window, told=0, resets=self._blocked_until, opened=now, verified=True
        )
        while self._waiters:
            *_, waiter = heapq.heappop(self._waiters)
            if not waiter.done():
                waiter.set_exception(self._blocked(seconds))

    def _try(self, urgency: Urgency, asked: float) -> Ticket | None:
        now = self._clock.monotonic()
        self._window = self._window.roll(now)
        opens = not self._window.verified
        if opens and self._opening:
            return None
        if not opens and not self._window.may_send(urgency, now, self._in_flight, self._share):
            return None
        self._in_flight += 1
        self._opening = self._opening or opens
        return Ticket(now, now - asked, opens)

    def _pump(self) -> None:
        while self._waiters:
            urgency, _, asked, waiter = self._waiters[0]
            if not waiter.done():
                ticket = self._try(Urgency(urgency), asked)
                if ticket is None:
                    break
                waiter.set_result(ticket)
            heapq.heappop(self._waiters)
        if self._waiters and self._window.verified and self._timer is None:
            self._timer = asyncio.get_running_loop().create_task(self._wait_for_change())

    async def _wait_for_change(self) -> None:
        now = self._clock.monotonic()
        # The reserve melts by one request each ``step``; the window's end opens everything.
        step = self._window.seconds / max(1.0, self._window.quota * self._share)
        await self._clock.sleep(max(0.001, min(self._window.resets - now, step)))
        self._timer = None
        self._pump()

    @staticmethod
    def _blocked(seconds: float) -> TooManyRequests:
        return TooManyRequests(
            "RateLimited", "Cloudflare has blocked this token's calls for a while", after=seconds
        )
