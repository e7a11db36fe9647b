"""What is left of the speed when something goes wrong, and what an edge costs that does nothing."""

import asyncio
import os
import signal
import time
from dataclasses import dataclass
from typing import Final

import httpx

from bench.dataplane.site import Site
from bench.report import Report
from bench.usage import thread_seconds

_CLIENTS: Final = 20
_LOOP: Final = "export default { fetch() { for (;;) {} } };"
_KILLS: Final = 5
_IDLE_SECONDS: Final = 20.0


@dataclass
class Waits:
    """Of the requests of one phase. ``worst`` in seconds."""

    count: int = 0
    failed: int = 0
    worst: float = 0.0


def loops(site: Site, *, seconds: float) -> Report:
    """Clients of other scripts, while one script loops for ever, again and again."""
    report = Report(
        "endless loops",
        f"{_CLIENTS} clients of other scripts; one script loops for ever, again and again for {seconds:.0f} s",
    )
    names = [f"calm{number}" for number in range(_CLIENTS)]
    for name in names:
        site.plain(name)
    site.upload("loops", _LOOP)
    site.route(f"loops.{site.edge.domain}/*", "loops")
    first, later, times = asyncio.run(_loops(site, names, seconds))
    report.at_most("failed requests of the others", first.failed + later.failed, 0)
    report.at_most("worst wait after the first loop", later.worst, 0.5, " s")
    report.tell("worst wait during the first loop", f"{first.worst:.2f} s")
    report.note(f"{times} loops; {first.count + later.count} requests of the others")
    return report


async def _loops(site: Site, names: list[str], seconds: float) -> tuple[Waits, Waits, int]:
    phases = [Waits(), Waits()]
    ended = asyncio.Event()
    now = 0

    async def calm(client: httpx.AsyncClient, host: str) -> None:
        while not ended.is_set():
            phase, began = phases[now], time.monotonic()
            try:
                answer = await client.get("/", headers={"Host": host})
                phase.failed += answer.text != "ok"
            except httpx.HTTPError:
                phase.failed += 1
            phase.count += 1
            phase.worst = max(phase.worst, time.monotonic() - began)
            await asyncio.sleep(0.01)

    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=site.edge.data_url, timeout=30, limits=limits) as client:
        others = [asyncio.create_task(calm(client, site.target(name).host)) for name in names]
        deadline, times = time.monotonic() + seconds, 0
        while time.monotonic() < deadline:
            answer = await client.get("/", headers={"Host": site.target("loops").host})
            assert answer.status_code == 503, answer.text
            if times == 0:
                await asyncio.sleep(0.5)  # what waited for the first loop is answered
                now = 1
            times += 1
        ended.set()
        await asyncio.gather(*others)
    return phases[0], phases[1], times


def kills(site: Site) -> Report:
    """Each process is killed; how long until a request is answered well."""
    report = Report(
        "kills",
        f"SIGKILL, then requests one after the other until one is answered well; worst of {_KILLS}",
    )
    target = site.plain("killed")
    worst = {}
    with httpx.Client(headers={"Host": target.host}, timeout=10) as client:
        for name in ("router", "pool", "jail", "trial"):
            waits = []
            for _ in range(_KILLS):
                os.kill(site.pids()[name], signal.SIGKILL)
                waits.append(_until_answered(client, target.url) * 1000)
                time.sleep(0.5)
            worst[name] = max(waits)
    report.at_most("SIGKILL of any process → next good answer", max(worst.values()), 200, " ms")
    report.note(", ".join(f"{name} {wait:.0f} ms" for name, wait in worst.items()))
    return report


def _until_answered(client: httpx.Client, url: str) -> float:
    began = time.monotonic()
    while time.monotonic() - began < 10:
        try:
            if client.get(url).text == "ok":
                break
        except httpx.TransportError:
            time.sleep(0.001)
    return time.monotonic() - began


def idle(site: Site) -> Report:
    """An edge that nobody asks."""
    report = Report("idle", f"CPU time of all processes in {_IDLE_SECONDS:.0f} s")
    time.sleep(5)
    pids = site.pids()
    before = sum(map(thread_seconds, pids.values()))
    time.sleep(_IDLE_SECONDS)
    used = sum(map(thread_seconds, pids.values())) - before
    report.at_most("idle CPU", used / _IDLE_SECONDS * 100, 0.5, " %")
    return report
