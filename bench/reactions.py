"""How soon the operator acts on what it observes: an instance that fails, and load that grows tenfold."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
import httpx

from bench import objects
from bench.edge import Edge
from bench.kube import Kube, State, Watch
from bench.lab import fleet, lab
from bench.options import Options
from bench.platforms import own_platform
from bench.report import Report, spread
from support.bed import SHARED_SPACE

METHOD: Final = (
    "failing instance: a script is overwritten through the API while visitors come 50 times a second; out of "
    "balancing: the worker's status says so, after the routing write; three instances, probed every 5 s, "
    "failureThreshold 3. Load step: from 5 to 50 requests a second at a target of 5 an instance, with an interval of "
    "20 s, the default behavior and six instances at most; the new ones are in rotation once each has answered. "
    "Parked: spec.instances is patched from 0 to 1. Times start with the overwritten script, with the first request "
    "of the step, and with the patch"
)
_ROUNDS: Final = 5
_PROBE_SECONDS: Final = 5.0
# Longer than the 15 s in which the default behavior adds four instances at most.
_INTERVAL_SECONDS: Final = 20.0
_GRACE_SECONDS: Final = 2.0
_UNPARK_SECONDS: Final = 2.0
_RATE: Final = 50.0
_BEFORE: Final = 5.0  # requests a second before the step
_MOST: Final = 6  # less than the step needs: a busy machine sends fewer requests
_STEADY_SECONDS: Final = 45.0
_SECONDS: Final = 180.0
_BROKEN: Final = "export default { fetch() { throw new Error('broken') } }"


@dataclass(frozen=True)
class _Answer:
    """What a visitor got. ``at``: when it was asked for, a monotonic second."""

    at: float
    status: int
    instance: str


class _Visitors:
    """Come to one worker at a steady rate."""

    def __init__(self, session: aiohttp.ClientSession, host: str) -> None:
        self._session = session
        self._host = host
        self.rate = 0.0
        self.answers: list[_Answer] = []
        self._answered = asyncio.Event()

    async def come(self) -> None:
        """Until cancelled. A visitor does not wait for the one before."""
        due = time.monotonic()
        async with asyncio.TaskGroup() as group:
            while True:
                due = max(due + 1 / self.rate, time.monotonic() - 1.0)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                group.create_task(self.ask())

    async def met(self, count: int) -> float:
        """The moment from which on so many instances have answered."""
        while len({a.instance for a in self.answers}) < count:
            self._answered.clear()
            await self._answered.wait()
        return time.monotonic()

    async def ask(self) -> int:
        """The status of one more answer, 0 for none."""
        at = time.monotonic()
        try:
            async with self._session.get("/", headers={"Host": self._host}) as answer:
                await answer.read()
                instance = answer.headers.get("Code24-Instance", "")
                self.answers.append(_Answer(at, answer.status, instance))
        except aiohttp.ClientError:
            self.answers.append(_Answer(at, 0, ""))
        self._answered.set()
        return self.answers[-1].status


async def measure(options: Options) -> Report:
    report = Report("reactions", METHOD)
    with lab(options.folder / "reactions") as here:
        metrics = {"interval": f"{_INTERVAL_SECONDS:g}s", "delay": "4s"}
        async with own_platform(here, metrics=metrics) as (edge, kube, _, watch):
            rounds = 2 if options.quick else _ROUNDS
            options.say("instances that fail")
            await _failing(report, edge, kube, watch, rounds)
            options.say("workers that are parked")
            await _parked(report, edge, kube, watch, 2 * rounds)
            options.say("load that grows tenfold")
            await _growing(report, edge, kube, watch, rounds)
    return report


async def _failing(report: Report, edge: Edge, kube: Kube, watch: Watch, rounds: int) -> None:
    health = {"interval": f"{_PROBE_SECONDS:g}s"}
    worker = objects.worker(0, instances=3, health=health)
    await fleet(kube, watch, [worker], _SECONDS)
    name = objects.name_of(0)
    found = await kube.send("GET", objects.path(worker))
    script = f"{found['status']['scriptName']}--{watch.states[name].version}--1"
    delays: list[float] = []
    met = 0
    failed: Counter[str] = Counter()
    async with _visiting(edge, name, _RATE) as visitors:
        for _ in range(rounds):
            await _until(watch, name, lambda state: state.is_healthy, "it is healthy")
            before = len(visitors.answers)
            began = time.monotonic()
            _overwrite(edge, script)
            out = await _until(watch, name, lambda state: state.out == (1,), "it is out")
            delays.append(out - began)
            back = await _until(watch, name, lambda state: not state.out, "it is back")
            bad = [a for a in visitors.answers[before:] if a.status != 200]
            met += len(bad)
            failed.update(
                f"{a.status} by instance {a.instance or '?'}" for a in bad if out < a.at < back
            )
    limit = 2 * _PROBE_SECONDS
    report.at_most("failing instance → out of balancing, the longest", max(delays), limit, " s")
    report.tell("the same, median and extremes", f"{spread(delays)} s")
    report.at_most(f"failed requests after that, over {rounds} failures", failed.total(), 0)
    if failed:
        report.note(f"these were {', '.join(f'{what}: {n}' for what, n in failed.items())}")
    report.note(f"until then, {met} requests in all met the instance that fails")


async def _parked(report: Report, edge: Edge, kube: Kube, watch: Watch, rounds: int) -> None:
    worker = objects.worker(100)
    await fleet(kube, watch, [worker], _SECONDS)
    name = objects.name_of(100)
    delays: list[float] = []
    async with aiohttp.ClientSession(edge.data_url) as session:
        visitors = _Visitors(session, f"{name}.{edge.domain}")
        for _ in range(rounds):
            await kube.patch(objects.path(worker), {"spec": {"instances": 0}})
            await _until(watch, name, lambda state: not state.instances, "it is parked")
            assert await visitors.ask() == 503
            began = time.monotonic()
            await kube.patch(objects.path(worker), {"spec": {"instances": 1}})
            while await visitors.ask() != 200:
                pass
            delays.append(time.monotonic() - began)
            await _until(watch, name, lambda state: state.instances == 1, "it serves again")
    what = f"parked worker → first answer, the longest of {rounds}"
    report.at_most(what, max(delays), _UNPARK_SECONDS, " s")


async def _growing(report: Report, edge: Edge, kube: Kube, watch: Watch, rounds: int) -> None:
    target = {"type": "RequestsPerSecond", "averageValue": f"{_BEFORE:g}"}
    autoscaling = {"maxInstances": _MOST, "metrics": [target]}
    workers = [objects.worker(1 + i, autoscaling=autoscaling) for i in range(rounds)]
    await fleet(kube, watch, workers, _SECONDS)
    delays: list[float] = []
    failed = 0
    for worker in workers:
        name = str(worker["metadata"]["name"])
        async with _visiting(edge, name, _BEFORE) as visitors:
            await asyncio.sleep(_STEADY_SECONDS)
            assert watch.states[name].instances == 1, "the load before the step is too much"
            visitors.rate, began = _RATE, time.monotonic()
            await _until(watch, name, lambda state: state.instances == _MOST, "it grows")
            delays.append(await visitors.met(_MOST) - began)
            failed += sum(a.status != 200 for a in visitors.answers)
    limit = 2 * _INTERVAL_SECONDS + _GRACE_SECONDS
    report.at_most(
        "load step, ten times as much → new instances in rotation, the longest",
        max(delays),
        limit,
        " s",
    )
    report.tell("the same, median and extremes", f"{spread(delays)} s")
    report.at_most(f"failed requests over {rounds} load steps", failed, 0)


@asynccontextmanager
async def _visiting(edge: Edge, name: str, rate: float) -> AsyncIterator[_Visitors]:
    connector = aiohttp.TCPConnector(limit=0)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(edge.data_url, connector=connector, cookie_jar=jar) as session:
        visitors = _Visitors(session, f"{name}.{edge.domain}")
        visitors.rate = rate
        coming = asyncio.create_task(visitors.come())
        try:
            yield visitors
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)


async def _until(watch: Watch, name: str, holds: Callable[[State], bool], what: str) -> float:
    return await watch.until(lambda: holds(watch.states[name]), what, _SECONDS)


def _overwrite(edge: Edge, script: str) -> None:
    """Upload somebody else's code under a script's name."""
    path = f"/accounts/{edge.account}/workers/dispatch/namespaces/{SHARED_SPACE}/scripts/{script}"
    files = {
        "metadata": (None, json.dumps({"main_module": "main.js"}), "application/json"),
        "main.js": ("main.js", _BROKEN, "application/javascript+module"),
    }
    httpx.put(
        edge.base_url + path, headers=edge.headers, files=files, timeout=30
    ).raise_for_status()
