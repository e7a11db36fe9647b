"""Deliver to one webhook: one request at a time, with retries and a rate limit."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from workers_operator.domain.notifications import messages
from workers_operator.domain.notifications.attempts import WebhookAnswer, judge
from workers_operator.domain.notifications.messages import MessageSource, NotificationMessage
from workers_operator.domain.notifications.notices import ProblemNotice
from workers_operator.domain.notifications.problems import ObjectProblem
from workers_operator.domain.timestamps import stamp
from workers_operator.engine.allowance import Allowance
from workers_operator.engine.clock import Clock
from workers_operator.engine.retry import Backoff
from workers_operator.notifications.endpoints import Webhook
from workers_operator.notifications.ledger import NoticeLedger

AT_ONCE: Final = 10
SECONDS_EACH: Final = 6.0
"""A webhook gets ten notifications at once, then ten a minute; those held back are sent as one."""
REST_SECONDS: Final = 60.0
_FAILING_ATTEMPTS: Final = 3  # until the platform says so
_BACKOFF: Final = Backoff(base=2.0, cap=60.0, floor=0.5)


class WebhookPoster(Protocol):
    """Posts notifications: ``notifications.webhook.WebhookClient``."""

    async def post(
        self, url: str, headers: dict[str, str], body: bytes, *, may_be_private: bool
    ) -> WebhookAnswer:
        """Post a notification."""

    async def close(self) -> None:
        """Close the connections."""


class DeliveryObserver(Protocol):
    """Count outcomes of notifications: ``metrics.Metrics``."""

    def notified(self, platform: str, webhook: str, outcome: str) -> None:
        """Count a notification that was delivered, refused or given up."""


@dataclass(frozen=True)
class Post:
    """Services shared by all senders."""

    client: WebhookPoster
    clock: Clock
    rng: random.Random
    observer: DeliveryObserver


@dataclass(frozen=True)
class _UnderWay:
    """A notification that is being sent. ``began``: monotonic second of the first attempt."""

    message: NotificationMessage
    began: float
    attempts: int = 0


class WebhookSender:
    """Sends to one webhook. ``problem``: why it cannot be used, "" if it can."""

    def __init__(self, source: MessageSource, ledger: NoticeLedger, post: Post) -> None:
        self.webhook: Webhook | None = None
        self.ledger = ledger
        self.failure = ""
        self._source = source
        self._post = post
        self._allowance = Allowance(post.clock, burst=AT_ONCE, seconds=SECONDS_EACH)
        self._under_way: _UnderWay | None = None
        self._next = 0.0  # monotonic second
        self._is_behind = False  # outstanding notices are sent as one

    def use(self, webhook: Webhook) -> None:
        """Send to this webhook from now on."""
        if webhook == self.webhook:
            return
        if self.webhook is not None or self.failure:
            self.ledger.forgive()
            self._next, self.failure = 0.0, ""
        self.webhook = webhook

    def stop(self, why: str) -> None:
        """Send nothing until there is a webhook that can be used."""
        self.webhook, self.failure = None, why

    async def send(self, wrong: Mapping[str, ObjectProblem], fresh: Collection[str]) -> None:
        """Make at most one request, if one is due."""
        webhook, now = self.webhook, self._post.clock.monotonic()
        if webhook is None or now < self._next:
            return
        if self._under_way is None:
            found = self.ledger.outstanding(wrong, fresh, webhook.wanted, now)
            message = self._next_message(found, now)
            if message is None:
                return
            self._under_way = _UnderWay(message, now)
        await self._attempt(webhook, self._under_way)

    def _next_message(
        self, found: Sequence[ProblemNotice], now: float
    ) -> NotificationMessage | None:
        if not found:
            self._is_behind = False
            return None
        wait = self._allowance.spend(self._source.webhook)
        if wait > 0:
            self._next, self._is_behind = now + wait, True
            return None
        moment, was_behind = stamp(self._post.clock.now()), self._is_behind
        self._is_behind = False
        if was_behind and len(found) > 1:
            return messages.digest(self._source, found, moment)
        return messages.single(self._source, found[0], moment)

    async def _attempt(self, webhook: Webhook, under_way: _UnderWay) -> None:
        message, clock = under_way.message, self._post.clock
        signed = webhook.key.headers(message.id, message.body, int(clock.now().timestamp()))
        answer = await self._post.client.post(
            webhook.url, dict(signed), message.body, may_be_private=webhook.is_listed
        )
        now = clock.monotonic()
        verdict = judge(answer, now - under_way.began, clock.now())
        if verdict.outcome == "Again":
            attempts = under_way.attempts + 1
            self._under_way = replace(under_way, attempts=attempts)
            delay = verdict.after
            self._next = now + (
                _BACKOFF.delay(attempts, self._post.rng) if delay is None else delay
            )
            if attempts >= _FAILING_ATTEMPTS:
                self.failure = answer.about
            return
        self._under_way = None
        self._post.observer.notified(self._source.platform, webhook.name, verdict.outcome)
        if verdict.outcome == "Delivered":
            self.failure = ""
            self.ledger.delivered(message.notices)
            return
        self.failure = answer.about
        if verdict.outcome == "Refused":
            self.ledger.refused(message.notices, now)
        else:
            self._next, self._is_behind = now + REST_SECONDS, True
