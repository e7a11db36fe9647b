"""Uploads, and what thousands of scripts cost: time, CPU, memory and start."""

import statistics
import time
from pathlib import Path
from typing import Final

import httpx

from bench import usage
from bench.dataplane.hops import cpu_seconds
from bench.dataplane.site import NAMESPACE, Site
from bench.edge import Edge
from bench.report import Report

MANY: Final = 2000
_UPLOADS: Final = 200
_STALE: Final = 1000
_FRONT: Final = """
export default { fetch: (request, env) => env.SPACE.get(new URL(request.url).pathname.slice(1)).fetch(request) };
"""


def _code(number: int) -> str:
    """About 2 KiB, different for every number."""
    filler = "\n".join(
        f"const v{number}_{line} = 'a line of script number {number}';" for line in range(40)
    )
    return f"{filler}\nexport default {{ fetch: () => new Response('script {number}') }};\n"


def uploads(site: Site) -> Report:
    """The time and the CPU of an upload, with few and with many scripts; then memory."""
    report = Report(
        "uploads",
        f"scripts of 2 KiB, all different, in a dispatch namespace, one upload after the other; {_UPLOADS} timed",
    )
    site.api.post(site.spaces, json={"name": NAMESPACE})
    _upload(site, 0, 10)
    for count, first in ((10, 10), (MANY, MANY)):
        if first > 10 + _UPLOADS:
            _upload(site, 10 + _UPLOADS, MANY)
        pids = site.pids()
        before = {name: cpu_seconds(pid) for name, pid in pids.items()}
        times = _upload(site, first, first + _UPLOADS)
        cpu = {
            name: (cpu_seconds(pid) - before[name]) / _UPLOADS * 1000 for name, pid in pids.items()
        }
        report.at_most(f"upload p50, {count} scripts", statistics.median(times), 8, " ms")
        report.at_most(f"CPU an upload, {count} scripts", sum(cpu.values()), 4, " ms")
        report.note("CPU: " + ", ".join(f"{name} {used:.1f} ms" for name, used in cpu.items()))
    return report


def _upload(site: Site, first: int, end: int) -> list[float]:
    """Milliseconds of each upload."""
    times = []
    for number in range(first, end):
        began = time.perf_counter()
        site.upload_below(f"s{number}", _code(number))
        times.append((time.perf_counter() - began) * 1000)
    return times


def memory(site: Site, *, seconds: float) -> Report:
    """All scripts in turn, again and again."""
    report = Report(
        "memory",
        f"RSS of all processes of the edge; {MANY} scripts are requested in turn for {seconds:.0f} s",
    )
    site.upload(
        "front", _FRONT, [{"type": "dispatch_namespace", "name": "SPACE", "namespace": NAMESPACE}]
    )
    site.route(f"front.{site.edge.domain}/*", "front")
    target = site.target("front")
    readings: list[float] = []
    deadline = time.monotonic() + seconds
    with httpx.Client(
        base_url=site.edge.data_url, headers={"Host": target.host}, timeout=30
    ) as client:
        while time.monotonic() < deadline or len(readings) < 2:
            for number in range(MANY):
                assert client.get(f"/s{number}").text == f"script {number}"
            readings.append(_rss(site))
    report.at_most(f"memory with {MANY} scripts, most", max(readings), 900, " MiB")
    report.tell(
        "… after the first and the last turn",
        f"{readings[0]:.0f}, {readings[-1]:.0f} MiB ({len(readings)} turns)",
    )
    return report


def _rss(site: Site) -> float:
    return sum(usage.memory_mib(pid, "VmRSS") for pid in site.pids().values())


def stale(site: Site) -> Report:
    """An upload, then at once a request, again and again."""
    report = Report(
        "freshness", "one script is uploaded again and again; each answer must be the upload's"
    )
    site.plain("fresh")
    wrong = 0
    with httpx.Client(
        base_url=site.edge.data_url, headers={"Host": site.target("fresh").host}
    ) as client:
        for number in range(_STALE):
            site.upload("fresh", f"export default {{ fetch: () => new Response('{number}') }};")
            wrong += client.get("/").text != str(number)
    report.at_most(f"stale answers of {_STALE}", wrong, 0)
    return report


def start(folder: Path) -> Report:
    """The folder is that of a stopped edge with many scripts."""
    report = Report(
        "start", f"from the command to the first answer of the API, {MANY} scripts stored"
    )
    times = []
    for _ in range(3):
        began = time.monotonic()
        site = Site(Edge(folder))
        times.append(time.monotonic() - began)
        site.stop()
    report.at_most("start", statistics.median(times), 3, " s")
    return report
