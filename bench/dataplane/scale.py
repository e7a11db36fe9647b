"""Uploads, and what thousands of scripts cost: time, CPU, memory and start."""

import statistics
import time
from pathlib import Path
from typing import Final

import httpx

from bench.dataplane.site import NAMESPACE, Site
from bench.edge import Edge
from bench.report import Report
from bench.usage import thread_seconds

MANY: Final = 2000
FEW: Final = 10
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
        f"scripts of 2 KiB in a dispatch namespace, one upload after the other; {_UPLOADS} timed",
    )
    site.api.post(site.spaces, json={"name": NAMESPACE})
    _upload(site, 0, FEW)
    _measure(report, site, f"{FEW} scripts", FEW)
    _upload(site, FEW + _UPLOADS, MANY)
    _measure(report, site, f"{MANY} scripts", MANY)
    _measure(report, site, "one code, other variables", MANY + _UPLOADS, same=True)
    return report


def _measure(report: Report, site: Site, what: str, first: int, *, same: bool = False) -> None:
    pids = site.pids()
    before = {name: thread_seconds(pid) for name, pid in pids.items()}
    times = _upload(site, first, first + _UPLOADS, same=same)
    cpu = {n: (thread_seconds(pid) - before[n]) / _UPLOADS * 1000 for n, pid in pids.items()}
    report.at_most(f"upload p50, {what}", statistics.median(times), 8, " ms")
    report.at_most(f"CPU an upload, {what}", sum(cpu.values()), 4, " ms")
    listed = ", ".join(f"{name} {used:.1f} ms" for name, used in cpu.items())
    report.note(f"CPU, {what}: {listed}")


def _upload(site: Site, first: int, end: int, *, same: bool = False) -> list[float]:
    """Milliseconds of each upload; of different codes, or of one with different variables."""
    times = []
    for number in range(first, end):
        began = time.perf_counter()
        variable = {"type": "plain_text", "name": "NUMBER", "text": str(number)}
        site.upload_below(f"s{number}", _code(0 if same else number), [variable])
        times.append((time.perf_counter() - began) * 1000)
    return times


def memory(site: Site, *, seconds: float) -> Report:
    """All scripts in turn, again and again."""
    report = Report(
        "memory",
        f"PSS of all processes of the edge; {MANY} scripts are requested in turn for {seconds:.0f} s",
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
    """MiB; what processes share is counted once."""
    return sum(_proportional(pid) for pid in site.pids().values())


def _proportional(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("Pss:"))) / 1024


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
        edge = Edge(folder)
        times.append(time.monotonic() - began)
        edge.stop()
    report.at_most("start", statistics.median(times), 3, " s")
    return report
