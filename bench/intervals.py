"""What a fleet costs while nobody edits anything: calls an interval, writes of statuses, and memory."""

import asyncio
import math
import random
import time
from typing import Final

import aiohttp

from bench import edge as edges
from bench import objects
from bench.edge import Edge
from bench.kube import Kube, Watch
from bench.lab import Lab, fleet, lab, operator_writes
from bench.memory import settled
from bench.options import Options
from bench.platforms import own_platform
from bench.report import Report
from local_cluster.audit import AuditReader

METHOD: Final = (
    "a WorkersPlatform whose account is listed and whose analytics are asked for once in half a minute, which is the "
    "interval; probes every 15 s; calls counted by the edge over four intervals, status writes by the audit log while "
    "random ones of all workers get random requests, and while none does; RSS once each worker has had requests and "
    "shows them in its status"
)
_NUMBERS: Final = (100, 1000)
_INTERVAL_SECONDS: Final = 30
_INTERVALS: Final = 4
_MOST_CALLS: Final = 10
_PAGE: Final = 1000
_SECONDS: Final = 900.0
_NOISE_SECONDS: Final = 720.0  # statuses are renewed every 5 minutes at most
_REQUESTS_A_SECOND: Final = 20.0
_MEASURED_SECONDS: Final = 360.0  # until the last worker's metrics are due
_MOST_WRITES: Final = 3
_MOST_MIB: Final = 130


async def measure(options: Options) -> Report:
    report = Report("intervals", METHOD)
    with lab(options.folder / "intervals") as here:
        interval = f"{_INTERVAL_SECONDS}s"
        metrics = {"interval": interval, "delay": "0s"}
        async with own_platform(here, interval=interval, metrics=metrics) as (edge, kube, _, watch):
            await _fleets(report, options, here, edge, kube, watch)
    return report


async def _fleets(
    report: Report, options: Options, here: Lab, edge: Edge, kube: Kube, watch: Watch
) -> None:
    # The first data point, which is no worker's: there are analytics from then on.
    assert await asyncio.to_thread(edge.dispatches)
    there = 0
    for number in map(options.count, _NUMBERS):
        more = objects.workers(number - there, first=there, health={"interval": "15s"})
        await fleet(kube, watch, more, _SECONDS)
        there = number
        await here.quiet()
        await _idle(report, here, edge, number)
    options.say(f"{there} workers get requests")
    await _visit_all(edge, there)
    await asyncio.sleep(_MEASURED_SECONDS)
    await here.quiet()
    memory = round(await settled(here))
    report.at_most(f"RSS with {there} workers, all of it on", memory, _MOST_MIB, " MiB")
    if not options.quick:
        await _noisy(report, options, here, edge, there)


async def _visit_all(edge: Edge, number: int) -> None:
    async with aiohttp.ClientSession(edge.data_url) as visitor:
        for index in range(number):
            host = f"{objects.name_of(index)}.{edge.domain}"
            async with visitor.get("/", headers={"Host": host}) as answer:
                assert answer.status == 200, await answer.text()
                await answer.read()


async def _idle(report: Report, here: Lab, edge: Edge, number: int) -> None:
    """Count what is done while there are neither edits nor requests."""
    audit = here.audit()
    edge.reset()
    await asyncio.sleep(_INTERVAL_SECONDS * _INTERVALS)
    counts = edge.counts()
    keys = 2 * number + 1
    pages = math.ceil(number / _PAGE) + math.ceil(keys / _PAGE) + 1  # one of R2 objects
    what = f"calls an interval, {number} workers, {pages} of them pages"
    # A page is a call; the goal is for everything else.
    report.at_most(what, counts.total() / _INTERVALS, _MOST_CALLS + pages)
    report.note(f"{number} workers, {_INTERVALS} intervals: {edges.told(counts)}")
    writes = _status_writes(audit)
    report.at_most(f"status writes in {_INTERVALS} intervals, {number} workers", writes, 0)


async def _noisy(report: Report, options: Options, here: Lab, edge: Edge, number: int) -> None:
    """Count writes of statuses while some of the workers get requests."""
    options.say(f"{_NOISE_SECONDS:.0f} s of noisy traffic")
    audit = here.audit()
    sent = await _noise(edge, number)
    writes = _status_writes(audit)
    what = f"status writes a worker in {_NOISE_SECONDS / 60:.0f} min of noisy traffic"
    report.at_most(what, writes / number, _MOST_WRITES)
    report.note("12 an hour: one in 5 minutes, and the first")
    report.note(
        f"{sent} requests to {number} workers in {_NOISE_SECONDS:.0f} s: {writes} status writes"
    )


def _status_writes(audit: AuditReader) -> int:
    """The operator's writes to workers since the reader was made."""
    return sum(r.resource == objects.PLURAL for r in operator_writes(audit.read()))


async def _noise(edge: Edge, number: int) -> int:
    """Send requests to random workers at random times; return how many."""
    rng, sent = random.Random(1), 0
    deadline = time.monotonic() + _NOISE_SECONDS
    async with aiohttp.ClientSession(edge.data_url) as visitor:
        while time.monotonic() < deadline:
            host = f"{objects.name_of(rng.randrange(number))}.{edge.domain}"
            async with visitor.get("/", headers={"Host": host}) as answer:
                await answer.read()
            sent += 1
            await asyncio.sleep(rng.expovariate(_REQUESTS_A_SECOND))
    return sent
