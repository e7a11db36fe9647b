"""``make profile-edge``: where the time of a request, of an upload and of idleness goes."""

import os
import pstats
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, cast

import httpx

from bench.dataplane import samples
from bench.dataplane.bare import Bare
from bench.dataplane.hops import Figures, Hop, Ladder, measured
from bench.dataplane.site import NAMESPACE, Site
from bench.edge import Edge
from bench.usage import thread_seconds

_ROUNDS: Final = 3
_SECONDS: Final = 2.0
_UPLOADS: Final = 200
_IDLE_SECONDS: Final = 10.0
PROCESSES: Final = ("router", "pool", "meter", "supervisor", "trial", "jail")


def lines(folder: Path) -> list[str]:
    """The profile as Markdown."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return [
        f"Load averages at the start: {load}.",
        "",
        *_requests(folder),
        "",
        *_uploads(folder / "uploads"),
    ]


# --- requests --------------------------------------------------------------------------------------------------------


def _requests(folder: Path) -> Iterator[str]:
    ladder, site = Ladder(folder / "bare"), Site(Edge(folder / "edge"))
    try:
        edge = edge_hops(site)
        found = measured([*ladder.hops(), *edge], rounds=_ROUNDS, seconds=_SECONDS)
        yield from table(found)
        for hop in edge:
            yield from ("", f"Samples of the CPU, {hop.name}, at 32 connections:", "")
            yield from samples.table(hop)
        yield from ("", *_idle(site))
    finally:
        ladder.stop()
        site.stop()


def edge_hops(site: Site) -> list[Hop]:
    """The two ways through the edge."""
    plain, dispatched = site.plain(), site.dispatched()
    pids = site.pids()
    return [
        Hop("edge: account script", plain, pids),
        Hop("edge: behind the dispatcher", dispatched, pids),
    ]


def table(found: Mapping[str, Figures]) -> Iterator[str]:
    """Wall time and CPU by hop and process."""
    shown = PROCESSES[:4]
    yield f"| | p50, p99 at 1 connection | requests/s at 32 | CPU µs a request: {' | '.join(shown)} |"
    yield f"| --- | --- | --- |{' --- |' * len(shown)}"
    for name, figures in found.items():
        cpu = " | ".join(f"{figures.microseconds(process):.0f}" for process in shown)
        yield f"| {name} | {figures.p50:.2f}, {figures.p99:.2f} ms | {figures.rate:.0f} | {cpu} |"


def _idle(site: Site) -> Iterator[str]:
    time.sleep(3)
    pids = site.pids()
    before = {name: thread_seconds(pid) for name, pid in pids.items()}
    time.sleep(_IDLE_SECONDS)
    used = {
        name: (thread_seconds(pid) - before[name]) / _IDLE_SECONDS * 100
        for name, pid in pids.items()
    }
    listed = ", ".join(f"{name} {used[name]:.2f} %" for name in PROCESSES)
    yield f"Idle, share of a core: {listed}."


# --- uploads ---------------------------------------------------------------------------------------------------------


def _uploads(folder: Path) -> Iterator[str]:
    """CPU by process; then that of the supervisor by package, from a second run under cProfile."""
    for same in (False, True):
        cpu = _upload_some(folder / f"plain-{same}", same)
        listed = ", ".join(f"{name} {cpu[name]:.2f} ms" for name in PROCESSES)
        kind = "of one code with different variables" if same else "of different codes"
        yield f"An upload {kind}, CPU by process: {listed}."
    yield (
        "workerd alone, CPU of the first request to a code that the process has never loaded: "
        f"{_load_some(folder / 'new'):.2f} ms."
    )
    stats = folder / "stats"
    profiled: list[str | Path] = [
        sys.executable,
        "-m",
        "cProfile",
        "-o",
        stats,
        "-m",
        "local_edge.cli",
    ]
    _upload_some(folder / "profiled", False, profiled)
    shares = by_package(pstats.Stats(str(stats)))
    total = sum(shares.values())
    listed = ", ".join(
        f"{name} {seconds / total:.0%}"
        for name, seconds in sorted(shares.items(), key=lambda item: -item[1])[:9]
    )
    yield f"The supervisor's share of it, by package (cProfile): {listed}."


def _upload_some(
    folder: Path, same: bool, command: list[str | Path] | None = None
) -> dict[str, float]:
    """Milliseconds of CPU an upload, by process."""
    folder.parent.mkdir(exist_ok=True)
    site = Site(Edge(folder, command=command) if command else Edge(folder))
    try:
        site.api.post(site.spaces, json={"name": NAMESPACE}).raise_for_status()
        pids = site.pids()
        for number in range(-20, _UPLOADS):
            if number == 0:
                before = {name: thread_seconds(pid) for name, pid in pids.items()}
            text = "one" if same else str(number)
            variable = {"type": "plain_text", "name": "NUMBER", "text": str(number)}
            code = f"export default {{ fetch: () => new Response('{text}') }};"
            site.upload_below(f"s{number + 20}", code, [variable])
        return {n: (thread_seconds(pid) - before[n]) / _UPLOADS * 1000 for n, pid in pids.items()}
    finally:
        site.stop()


def _load_some(folder: Path) -> float:
    """Milliseconds of CPU that workerd alone takes to load a dynamic Worker and to have it answer."""
    bare = Bare(folder, "new")
    try:
        with httpx.Client() as client:
            for number in range(-20, _UPLOADS):
                if number == 0:
                    before = thread_seconds(bare.pid)
                client.get(bare.target.url).raise_for_status()
        return (thread_seconds(bare.pid) - before) / _UPLOADS * 1000
    finally:
        bare.stop()


def by_package(stats: pstats.Stats) -> dict[str, float]:
    """Seconds by package, without the waiting."""
    found: defaultdict[str, float] = defaultdict(float)
    entries = cast(dict[tuple[str, int, str], tuple[int, int, float, float, object]], stats.stats)  # type: ignore[attr-defined]
    for (file, _, function), (_, _, seconds, _, _) in entries.items():
        if "poll" in function or "time.sleep" in function or "acquire" in function:
            continue
        found[_package(file, function)] += seconds
    return found


def _package(file: str, function: str) -> str:
    parts = Path(file).parts
    if "local_edge" in parts:
        rest = parts[parts.index("local_edge") + 1 :]
        return f"local_edge/{rest[0]}" if len(rest) > 1 else "local_edge"
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1].removesuffix(".py")
    if "sqlite3" in function:
        return "sqlite3"
    if "socket" in function:
        return "socket"
    return Path(file).parent.name if len(parts) > 1 and "asyncio" in parts else "Python"
