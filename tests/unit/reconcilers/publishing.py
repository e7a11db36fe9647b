"""A publisher at the near end of a wire, for the tests of what it writes and when."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx

from support.calls import Wire, api, ok
from support.clock import ManualClock
from workers_operator.cloudflare.budget import Budget, Urgency
from workers_operator.domain.observed import Mark
from workers_operator.domain.plan import Publish
from workers_operator.domain.routing import Target
from workers_operator.reconcilers.account import Account
from workers_operator.reconcilers.publisher import Publisher


def succeed(_: httpx.Request) -> httpx.Response:
    return ok()


def change(worker: str, host: str | None, version: str = "11111111", *hosts: str) -> Publish:
    """``worker`` is to be on ``host`` alone (None: nowhere, it is being deleted); it was on ``hosts``, too."""
    target = Target(worker, "c1", version, 1)
    here = {host} if host else set()
    mark = Mark(f"u-{worker}", f"CustomerWorker shop/{worker}", version, 1) if host else None
    return Publish(
        worker, {(h, ""): target for h in here}, frozenset(here | set(hosts)), mark, "test"
    )


class Bench:
    """A publisher and what it sends."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response] = succeed) -> None:
        self.clock, self.wire, self.account = ManualClock(), Wire(answer), Account()
        self.budget = Budget(self.clock)
        self.api = api(self.wire, budget=self.budget)
        self.publisher = Publisher(self.api, "kv", self.account, self.clock)

    def submit(
        self, *changes: Publish, urgency: Urgency = Urgency.EDIT
    ) -> list["asyncio.Future[None]"]:
        return [
            self.publisher.submit(each, f"value of {each.script_name}", urgency) for each in changes
        ]

    def calls(self) -> list[tuple[str, list[str]]]:
        """(write or delete, the keys) of each call."""
        return [
            ("write", sorted(pair["key"] for pair in self.wire.body(n)))
            if request.method == "PUT"
            else ("delete", sorted(self.wire.body(n)))
            for n, request in enumerate(self.wire.requests)
        ]

    def pair(self, key: str) -> Any:
        return next(p for p in self.wire.body() if p["key"] == key)
