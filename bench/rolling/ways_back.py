"""How soon a version answers nobody any more once it was aborted or undone, and what that costs."""

import asyncio
import time
from collections.abc import Mapping
from typing import Final

import aiohttp

from bench.lab import KV_WINDOW_SECONDS
from bench.report import Report, number, percentile
from bench.rolling.worker import IMMEDIATE, RollingWorker, canary
from support.proxy import MUTATING, Call, Proxy

_GOAL: Final = KV_WINDOW_SECONDS + 1
_CLIENTS: Final = 2
_PAUSE: Final = 0.002  # between two requests of a client
_BEFORE: Final = 0.2


async def aborts(
    report: Report, worker: RollingWorker, visitor: aiohttp.ClientSession, count: int
) -> None:
    """A canary with half of the requests is aborted, again and again."""
    times = []
    for _ in range(count):
        version = await worker.edit(canary(50))
        await worker.at_weight(50)
        client = await worker.client_of(visitor, version)
        times.append(await _left(worker, visitor, client, version, f"abort:{version}"))
        await worker.ended()
    told = f"abort → last answer of the canary, p99 of {count}"
    report.at_most(told, round(percentile(times, 0.99), 3), _GOAL, " s")
    report.tell("p50 of the same", f"{number(percentile(times, 0.5))} s")


async def undos(
    report: Report,
    worker: RollingWorker,
    visitor: aiohttp.ClientSession,
    proxy: Proxy,
    count: int,
) -> None:
    """Two versions at the edge, each of which is undone in turn."""
    await worker.edit(IMMEDIATE)
    await worker.ended()
    await asyncio.sleep(_GOAL)  # what it supersedes is removed: that is no part of an undo
    times, calls = list[float](), list[Call]()
    for _ in range(count):
        began, former = time.monotonic(), worker.stable
        times.append(await _left(worker, visitor, {}, former, "undo"))
        await worker.ended()
        assert worker.stable != former, worker.rollout
        calls += [call for call in proxy.calls(MUTATING, since=began) if call.mutating]
    report.at_most("calls that change something, per undo", len(calls) / count, 1)
    kinds = sorted({f"{call.method} …/{call.path.rpartition('/')[2]}" for call in calls})
    report.note(f"undo: {'; '.join(kinds)}")
    told = f"undo → all answers are the former version's, p99 of {count}"
    report.at_most(told, round(percentile(times, 0.99), 3), _GOAL, " s")
    report.tell("p50 of the same", f"{number(percentile(times, 0.5))} s")


async def _left(
    worker: RollingWorker,
    visitor: aiohttp.ClientSession,
    client: Mapping[str, str],
    version: str,
    order: str,
) -> float:
    """Seconds from an order to the last answer of a version; it is asked for as long as the goal allows."""
    last = time.monotonic()
    until = last + _BEFORE + _GOAL + _PAUSE

    async def ask() -> None:
        nonlocal last
        while time.monotonic() < until:
            if await worker.ask(visitor, client) == version:
                last = time.monotonic()
            await asyncio.sleep(_PAUSE)

    async with asyncio.TaskGroup() as group:
        for _ in range(_CLIENTS):
            group.create_task(ask())
        await asyncio.sleep(_BEFORE)
        began = time.monotonic()
        await worker.order(order)
    return last - began
