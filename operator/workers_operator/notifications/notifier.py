"""Notify the webhooks of all platforms of problems."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from workers_operator.domain.notifications.messages import MessageSource
from workers_operator.domain.notifications.problems import ObjectProblem, ProblemKind, problem_id
from workers_operator.domain.reasons import Reason
from workers_operator.domain.timestamps import stamp
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.errors import KubeError
from workers_operator.notifications.board import ProblemBoard
from workers_operator.notifications.budgets import BudgetLevel, exhausted_before
from workers_operator.notifications.endpoints import WebhookReader, WebhookUnusable
from workers_operator.notifications.ledger import NoticeLedger
from workers_operator.notifications.reading import PLATFORM_KIND, budget_problem, problem_of
from workers_operator.notifications.sender import Post, WebhookSender
from workers_operator.resources import NotificationSpec, NotificationStatus

logger = logging.getLogger(__name__)

_TICK_SECONDS: Final = 1.0


@dataclass(frozen=True)
class Neighbours:
    """Callbacks of a notifier.

    ``budget``: calls that a platform has left, and their quota; None if it is not connected. ``platform_of``: the
    platform of a worker. ``changed``: requests a write of a platform's status.
    """

    budget: Callable[[str], tuple[int, int] | None]
    platform_of: Callable[[ObjectKey], str | None]
    changed: Callable[[str], None]


class Notifier:
    """Follow objects and notify webhooks in the background; no pass waits for a webhook."""

    def __init__(self, reader: WebhookReader, post: Post, neighbours: Neighbours) -> None:
        self._reader = reader
        self._post = post
        self._neighbours = neighbours
        self._board = ProblemBoard(post.clock)
        self._senders: dict[str, dict[str, WebhookSender]] = {}  # by platform and name
        self._levels: dict[str, BudgetLevel] = {}
        self._sending: dict[WebhookSender, asyncio.Task[None]] = {}

    # --- index.objects.TroubleObserver ------------------------------------------------------------------------------

    def observed(self, key: ObjectKey, body: Mapping[str, Any] | None) -> None:
        """Observe an object that may have a problem; None if it has none or is gone."""
        problem = problem_of(key, body) if body is not None else None
        self._board.put((key, "conditions"), problem)

    def removed(self, key: ObjectKey) -> None:
        """Observe the end of an object."""
        self._board.put((key, "conditions"), None)
        if key.kind == PLATFORM_KIND:
            self._board.put((key, "budget"), None)
            self._senders.pop(key.name, None)
            self._levels.pop(key.name, None)

    # --- reconcilers.status_writer.RepairListener -------------------------------------------------------------------

    def repaired(self, key: ObjectKey, reason: str, message: str) -> None:
        """Report a repair, if somebody else had changed our content."""
        platform = key.name if key.kind == PLATFORM_KIND else self._neighbours.platform_of(key)
        if reason != Reason.CONTENT_TAMPERED or platform is None:
            return
        now, kind = stamp(self._post.clock.now()), ProblemKind.CONTENT_TAMPERED
        problem = ObjectProblem(kind, platform, key, reason, message, now)
        for sender in self._senders.get(platform, {}).values():
            if sender.webhook is None or sender.webhook.wanted.wants(kind):
                sender.ledger.repaired(problem)

    # --- reconcilers.platform.summaries.WebhookKeeper ---------------------------------------------------------------

    async def configure(
        self,
        platform: str,
        specs: Sequence[NotificationSpec],
        known: Sequence[NotificationStatus],
    ) -> tuple[NotificationStatus, ...]:
        """Set a platform's webhooks; return their status.

        ``known``: their former status, from which a new process learns what others have reported.
        """
        told = {status.name: status.open for status in known}
        former = self._senders.get(platform, {})
        senders = {
            spec.name: former.get(spec.name) or self._sender(platform, spec.name, told)
            for spec in specs
        }
        self._senders[platform] = senders
        for spec in specs:
            try:
                senders[spec.name].use(await self._reader.read(spec))
            except WebhookUnusable as error:
                senders[spec.name].stop(str(error))
            except KubeError as error:
                logger.info("WorkersPlatform %s: webhook %s: %s", platform, spec.name, error)
        return tuple(
            NotificationStatus(name=name, open=s.ledger.open, failure=s.failure or None)
            for name, s in senders.items()
        )

    def _sender(self, platform: str, name: str, told: Mapping[str, Sequence[str]]) -> WebhookSender:
        ledger = NoticeLedger(told.get(name, ()))
        kind, key = ProblemKind.API_BUDGET_EXHAUSTED, ObjectKey(PLATFORM_KIND, "", platform)
        if ledger.has_told(problem_id(kind, platform, key)):
            self._levels.setdefault(platform, exhausted_before(self._post.clock.monotonic()))
        return WebhookSender(MessageSource(platform, name), ledger, self._post)

    # --- the loop ---------------------------------------------------------------------------------------------------

    async def run(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Send until cancelled."""
        try:
            while True:
                await sleep(_TICK_SECONDS)
                self.start_sending()
        finally:
            for task in self._sending.values():
                task.cancel()
            await self._post.client.close()

    def start_sending(self) -> None:
        """Start a request to every webhook with due notices, unless one is in flight."""
        fresh = frozenset(self._board.fresh())
        for platform, senders in self._senders.items():
            self._look_at_budget(platform)
            for sender in senders.values():
                if sender not in self._sending:
                    work = self._send(platform, sender, fresh)
                    self._sending[sender] = asyncio.get_running_loop().create_task(work)

    async def _send(self, platform: str, sender: WebhookSender, fresh: frozenset[str]) -> None:
        before = (sender.ledger.open, sender.failure)
        try:
            await sender.send(self._board.wrong(platform), fresh)
        except Exception:
            logger.exception("WorkersPlatform %s: a notification was not sent", platform)
        finally:
            self._sending.pop(sender, None)
        if (sender.ledger.open, sender.failure) != before:
            self._neighbours.changed(platform)

    def _look_at_budget(self, platform: str) -> None:
        found, now = self._neighbours.budget(platform), self._post.clock.monotonic()
        if found is None:
            return
        level = self._levels.get(platform, BudgetLevel()).seen(*found, now)
        self._levels[platform] = level
        slot = (ObjectKey(PLATFORM_KIND, "", platform), "budget")
        if not level.is_exhausted(now):
            self._board.put(slot, None)
        elif not self._board.has(slot):
            self._board.put(slot, budget_problem(platform, stamp(self._post.clock.now())))
