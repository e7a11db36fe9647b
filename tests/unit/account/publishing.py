"""A publisher at the near end of a wire, for the tests of what it writes and when."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx

from support.calls import Wire, api, ok
from support.clock import ManualClock
from support.platforms import CONFIG
from workers_operator.account.connection import Connection
from workers_operator.account.executor import RoutingWriter
from workers_operator.account.publisher import Publisher
from workers_operator.account.snapshot import AccountSnapshot
from workers_operator.account.writes import RoutingWritten
from workers_operator.cloudflare.dataplane import DataPlane
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.domain.plan.actions import Publish
from workers_operator.domain.plan.worker import ObservedWorker
from workers_operator.domain.serving import Mark, Paths, Serving, Target
from workers_operator.engine.priority import Priority


def succeed(_: httpx.Request) -> httpx.Response:
    return ok()


def target(worker: str, version: str = "11111111") -> Target:
    """One instance of a version of a worker."""
    return Target(worker, "c1", Serving(version, 1))


def change(worker: str, host: str | None, version: str = "11111111", *hosts: str) -> Publish:
    """``worker`` is to be on ``host`` alone (None: nowhere, it is being deleted); it was on ``hosts``, too."""
    here = {host} if host else set()
    owner = f"CustomerWorker shop/{worker}"
    mark = Mark(f"u-{worker}", owner, Serving(version, 1)) if host else None
    targets = {(h, ""): target(worker, version) for h in here}
    return Publish(worker, targets, frozenset(here | set(hosts)), mark, "test")


class Bench:
    """A publisher and what it sends."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response] = succeed) -> None:
        self.clock, self.snapshot = ManualClock(), AccountSnapshot()
        self.budget, self.cooldown = Budget(self.clock), 0.0
        self.connect(Wire(answer))

    def connect(self, wire: Wire) -> None:
        """Have a publisher of one's own at the near end of ``wire``."""
        self.wire = wire
        client = api(wire, budget=self.budget)
        writer = RoutingWriter(Connection(CONFIG, "", client, DataPlane(address=None)), "kv")
        self.publisher = Publisher(writer, self.snapshot, self.clock, lambda: self.cooldown)

    def written(self, hosts: dict[str, Paths], marks: dict[str, Mark | None]) -> None:
        """Have the account hold these routes and marks."""
        self.snapshot.record(RoutingWritten(hosts, marks))

    def worker(self, name: str, *hosts: str) -> ObservedWorker:
        """What is known of a worker."""
        return self.snapshot.worker(name, hosts, "dispatcher", {})

    def submit(
        self, *changes: Publish, priority: Priority = Priority.EDIT
    ) -> list["asyncio.Future[None]"]:
        return [
            self.publisher.submit(each, f"value of {each.script_name}", priority)
            for each in changes
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
