"""The comparison: what is asked of each front, and what the table says of it."""

import asyncio
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.dataplane.bare import Bare
from bench.edge import Edge
from bench.shops import load
from bench.shops.fronts import Front, Nginx, Origin, deploy
from bench.shops.load import Asked, Outcome

CACHEABLE: Final = ("page", "campaign", "asset")
STALE_PAGES: Final = 200
STATIC_FILES: Final = 200
_ROUNDS: Final = 3
_RETURNED: Final = (
    "… of a script that only returns 8 KiB",
    "… of such a script in workerd alone, without the edge",
    "… in workerd alone, behind the calls that a cached page takes there, and nothing else",
)
_WRK: Final = ("-t1", "-c32", "--timeout", "10s")


@dataclass(frozen=True)
class Row:
    """A line of the table: a question, and each front's answer."""

    what: str
    answers: Mapping[str, str]


class Lab:
    """All that runs, and how to ask it."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.say = say
        site = {f"{n}.html": b"<h1>page</h1>".ljust(8192) for n in range(STATIC_FILES)}
        site |= {f"assets/{n}.css": b"h1 {}".ljust(4096) for n in range(STATIC_FILES)}
        site |= {"404.html": b"<h1>nothing here</h1>"}
        self.origin = Origin(folder)
        self.origin.start()
        self.nginx = Nginx(folder / "nginx", self.origin.port, site)
        self.edge = Edge(folder / "edge")
        templates = deploy(self.edge, self.origin.port, site)
        self.shops = [self.nginx.front(), templates["ecommerce"], templates["content"]]
        self.sites = [self.nginx.static(), templates["static"]]
        self.hello = templates["hello"]
        self.bare = {kind: Bare(folder / kind, kind) for kind in ("page", "cached")}

    def stop(self) -> None:
        for bare in self.bare.values():
            bare.stop()
        self.origin.stop()
        self.nginx.process.stop()
        self.edge.stop()

    def ask(self, front: Front, requests: Iterator[Asked], what: str) -> Outcome:
        """A run, telling how far it is."""
        began = time.monotonic()

        def told(count: int) -> None:
            self.say(f"{front.name}, {what}: {count} requests, {time.monotonic() - began:.0f} s")

        return asyncio.run(load.run(front, requests, told))


def mixed(lab: Lab, count: int) -> Iterator[Row]:
    """The mix of people, sessions and attackers."""
    found = {f.name: lab.ask(f, load.mix(count, 7), "mix") for f in lab.shops}
    for name, outcome in found.items():
        for problem in outcome.wrong[:3]:
            lab.say(f"{name}: {problem}")
    yield Row("requests in the mix", {n: str(o.count) for n, o in found.items()})
    yield Row("wrong hits", {n: str(len(o.wrong)) for n, o in found.items()})
    yield Row("server errors", {n: str(o.failed) for n, o in found.items()})
    yield Row(
        "hit ratio of cacheable requests",
        {n: percent(o.ratio(*CACHEABLE)) for n, o in found.items()},
    )
    for kind in (*CACHEABLE, "somebody", "private", "deceptive"):
        yield Row(f"… of the kind {kind}", {n: percent(o.ratio(kind)) for n, o in found.items()})
    yield Row("requests/s in the mix", {n: f"{o.count / o.seconds:.0f}" for n, o in found.items()})


def stale(lab: Lab) -> Iterator[Row]:
    """Pages past their time, with the origin down."""
    pages = [Asked("page", f"/short/{n}") for n in range(STALE_PAGES)]
    unseen = [Asked("page", f"/never/{n}") for n in range(STALE_PAGES // 10)]
    for front in lab.shops:
        lab.ask(front, iter(pages), "stale")
    time.sleep(2.5)  # the origin gave them a second
    lab.origin.stop()
    try:
        found = {f.name: lab.ask(f, iter(pages), "stale") for f in lab.shops}
        time.sleep(1.5)
        again = {f.name: lab.ask(f, iter(pages), "stale") for f in lab.shops}
        missing = {f.name: lab.ask(f, iter(unseen), "stale") for f in lab.shops}
    finally:
        lab.origin.start()
    yield Row(
        f"origin down: stale pages served, of {STALE_PAGES}",
        {n: str(o.statuses[200]) for n, o in found.items()},
    )
    yield Row("… served a second time", {n: str(o.statuses[200]) for n, o in again.items()})
    yield Row(
        "origin down: status of pages never requested before",
        {n: ", ".join(map(str, sorted(o.statuses))) for n, o in missing.items()},
    )


def static(lab: Lab, count: int) -> Iterator[Row]:
    """Files: pages, assets, and what is missing."""
    names = [f"/{n}" for n in range(STATIC_FILES)]
    names += [f"/assets/{n}.css" for n in range(STATIC_FILES)] + ["/missing", "/.env"]
    requests = [Asked("page", names[n * 7919 % len(names)]) for n in range(count)]
    found = {f.name: lab.ask(f, iter(requests), "files") for f in lab.sites}
    yield Row("requests for files", {n: str(o.count) for n, o in found.items()})
    yield Row(
        "statuses of the responses",
        {
            n: ", ".join(f"{status}: {times}" for status, times in sorted(o.statuses.items()))
            for n, o in found.items()
        },
    )
    yield Row("hit ratio of the edge's cache", {"static": percent(found["static"].ratio("page"))})


def speed(lab: Lab, seconds: int) -> Iterator[Row]:
    """Requests a second of something that is cached, by wrk; the median of some rounds that take turns."""
    binary = shutil.which("wrk")
    if binary is None:
        lab.say("no speed: there is no wrk (apt-get install wrk)")
        return
    targets = [
        ("a cached page of 8 KiB", "/products/1", lab.shops),
        ("a cached asset of 4 KiB", "/assets/1.css", lab.shops),
        ("a page of a site, 8 KiB", "/1", lab.sites),
    ]
    answering = [lab.hello, *(Front("", b.target.url, b.target.host) for b in lab.bare.values())]
    returned = [
        statistics.median(rate(binary, front, "/", seconds) for _ in range(_ROUNDS))
        for front in answering
    ]
    for what, target, fronts in targets:
        rates: dict[str, list[float]] = {front.name: [] for front in fronts}
        for _ in range(_ROUNDS):
            for front in fronts:
                rates[front.name].append(rate(binary, front, target, seconds))
        lab.say(f"{what}: {rates}")
        yield Row(
            f"requests/s: {what}", {n: f"{statistics.median(r):.0f}" for n, r in rates.items()}
        )
    templates = [f.name for f in (*lab.shops, *lab.sites) if f.name != "nginx"]
    for what, median in zip(_RETURNED, returned, strict=True):
        yield Row(what, dict.fromkeys(templates, f"{median:.0f}"))


def rate(wrk: str, front: Front, target: str, seconds: int) -> float:
    """Requests a second that were answered with success."""
    command = [
        wrk,
        *_WRK,
        f"-d{seconds}s",
        "-H",
        f"Host: {front.host}",
        front.url.rstrip("/") + target,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60)
    assert "Non-2xx" not in done.stdout, done.stdout
    found = re.search(r"Requests/sec:\s*([\d.]+)", done.stdout)
    assert found is not None, done.stdout
    return float(found[1])


def percent(share: float) -> str:
    return f"{share * 100:.1f} %"
