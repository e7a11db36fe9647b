"""A whole rollout under load: whether every client is answered, and stays with the version that it has met."""

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Final

import aiohttp

from bench.report import Report
from bench.rolling.worker import KEY, RollingWorker, canary

_RATE: Final = 200  # requests a second; each client sends one
_STEP: Final = "10s"
_AROUND: Final = 4.0  # seconds before and after: longer than the KV window
_SMOKE: Final = {"smoke": {"requests": [{"path": "/", "expect": {"status": ["200"]}}]}}


@dataclass
class _Client:
    """``headers``: what it sends besides; a browser sends the cookies that it was given."""

    headers: dict[str, str]
    is_browser: bool = False
    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    seen: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def is_known(self) -> bool:
        """Whether the dispatcher can tell it from others."""
        return self.is_browser or KEY in self.headers

    @property
    def changes(self) -> int:
        """How often another version has answered than the time before."""
        return sum(a != b for a, b in itertools.pairwise(self.seen))

    async def ask(self, worker: RollingWorker, visitor: aiohttp.ClientSession) -> None:
        """Sends one request."""
        cookies = "; ".join(f"{name}={m.value}" for name, m in self.cookies.items())
        headers = {"Host": worker.host, **self.headers, **({"Cookie": cookies} if cookies else {})}
        try:
            async with visitor.get("/", headers=headers) as answer:
                await answer.read()
                if answer.status != 200:
                    self.failures.append(f"status {answer.status}")
                    return
                self.seen.append(answer.headers["Code24-Version"])
                if self.is_browser:
                    self.cookies.update(answer.cookies)
        except aiohttp.ClientError as error:
            self.failures.append(repr(error))


async def canaries(
    report: Report, worker: RollingWorker, visitor: aiohttp.ClientSession, count: int
) -> None:
    """Smoke test, 10 %, 50 %, all."""
    asked = failed = unsteady = known = 0
    seconds = 0.0
    for _ in range(count):
        clients, took = await _rolled_out(worker, visitor)
        seconds += took
        asked += sum(len(c.seen) + len(c.failures) for c in clients)
        failed += sum(len(c.failures) for c in clients)
        known += sum(c.is_known for c in clients)
        unsteady += sum(c.is_known and c.changes > 1 for c in clients)
        reasons = sorted({reason for c in clients for reason in c.failures})
        if reasons:
            report.note("; ".join(reasons))
        assert all(c.seen[-1] == worker.stable for c in clients if c.seen), "not at the end"
    report.at_most(f"failed requests over {count} canaries, {asked} requests", failed, 0)
    told = f"clients that changed sides more than once, of {known} with a version key or a cookie"
    report.at_most(told, unsteady, 0)
    report.tell(f"requests a second meanwhile, of {_RATE}", f"{asked / seconds:.0f}")


async def _rolled_out(
    worker: RollingWorker, visitor: aiohttp.ClientSession
) -> tuple[list[_Client], float]:
    """The clients of one rollout, and its seconds."""
    clients = [_client(number) for number in range(_RATE)]
    over = asyncio.Event()
    began = time.monotonic()

    async def come(client: _Client, number: int) -> None:
        due = began + number / _RATE
        while not over.is_set():
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await client.ask(worker, visitor)
            due += 1

    async with asyncio.TaskGroup() as group:
        for number, client in enumerate(clients):
            group.create_task(come(client, number))
        await asyncio.sleep(_AROUND)
        rollout = canary(10, 50, pause={"duration": _STEP})
        version = await worker.edit({**rollout, "steps": [_SMOKE, *rollout["steps"]]})
        await worker.ended()
        await asyncio.sleep(_AROUND)
        over.set()
    assert worker.stable == version, worker.rollout
    return clients, time.monotonic() - began


def _client(number: int) -> _Client:
    """A third has a version key, a third is browsers, and nothing tells the rest from others."""
    match number % 3:
        case 0:
            return _Client({KEY: f"visitor-{number}"})
        case 1:
            return _Client({"Accept": "text/html"}, is_browser=True)
        case _:
            return _Client({})
