"""Figures of the elite workers: bytes as uploaded, and what ``optimize`` adds to a plain proxy worker in the same run.

``make bench-workers``. Requests come one by one, in turn to the proxy and to each worker: all share the weather. CPU is
that of the workerd process, by /proc; the time to the first byte is a client's on the loopback.
"""

import http.client
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "operator")]

from bench.usage import thread_seconds  # noqa: E402
from workers.elite import PROXY, TYPES  # noqa: E402
from workers.templates import Site  # noqa: E402
from workers.workerd import SOURCES, run_workerd, text, worker  # noqa: E402
from workers_operator.authoring.bundling import packed_size  # noqa: E402

ROUNDS: Final = 1000
WARM_UP: Final = 200
PAGE_BYTES: Final = 100_000
MOST_GZIP: Final = 30_000
MOST_CPU_MS: Final = 10.0  # in the 99th of 100 requests
MOST_FIRST_BYTE_MS: Final = 5.0  # in half of them
Figures = dict[str, list[float]]

_HEAD: Final = """<!doctype html><html><head><meta charset="utf-8"><title>A shop's page of a hundred kilobytes</title>
<meta name="viewport" content="width=device-width, user-scalable=no"><link rel="stylesheet" href="/shop.css">
<style>@font-face{font-family:a;src:url(/a.woff2)}.a{color:#123}</style></head><body><h1>Things</h1>
"""
#: Links, images, fields and headings are about as dense as on the pages that bench/lighthouse looks at.
_PART: Final = """<section class="row product"><div class="col"><h3 class="title">Thing number {n}</h3>
<ul class="list"><li><span class="price">12.50</span></li><li><span class="stock">A dozen in stock</span></li></ul>
<a class="picture" href="/things/{n}"><img class="img-fluid" src="/img/oak-table-{n}.jpg" width="300" height="200"></a>
<p class="lead">Made of oak from a forest of our own, oiled twice, and delivered within a week or two.</p>
<p>{text}</p><div class="more"><a class="btn btn-primary" href="/things/{n}"><i class="fa fa-info"></i> More</a></div>
<form class="buy" action="/cart" method="post"><input type="hidden" name="id" value="{n}">
<label class="form-label" for="n{n}">How many?</label><input class="form-control" id="n{n}" name="count" type="number">
<button class="btn"><i class="fa fa-cart"></i></button></form><a href="https://facebook.com/x"><i class="fa"></i></a>
</div></section>
"""
_TEXT: Final = (
    "Every table is made to order, by hand and by one person, who signs it on the inside. " * 11
)


def page() -> str:
    parts = [_HEAD]
    size = number = 0
    while size < PAGE_BYTES:
        number += 1
        parts.append(_PART.format(n=number, text=_TEXT))
        size += len(parts[-1])
    return "".join(parts) + "</body></html>"


def first_byte_ms(port: int) -> float:
    """Milliseconds until the first byte of the body; the rest is read as well."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    started = time.perf_counter()
    connection.request("GET", "/optimize/")
    response = connection.getresponse()
    body = response.read(1)
    first = time.perf_counter()
    body += response.read()
    connection.close()
    if len(body) < PAGE_BYTES:
        raise RuntimeError(f"only {len(body)} bytes came: {body[:200]!r}")
    return (first - started) * 1000


def services(site: str) -> tuple[list[str], dict[str, str]]:
    """The proxy and the workers, each behind a socket of its own."""
    listed = ['(name = "internet", network = (allow = ["public", "private", "local"]))']
    sockets = {}
    for name in ("proxy", *TYPES):
        config = json.dumps({"parameters": {"site": site, "language": "en", "brandName": "Shop"}})
        bindings = f'bindings = [(name = "CONFIG", json = {text(config)})]'
        listed.append(f'(name = "{name}", worker = {worker({"main.js": f"{name}.js"}, bindings)})')
        sockets[name] = f'"{name}"'
    return listed, sockets


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def main() -> int:
    """Exit code: 0, or 1 where a goal is missed."""
    site = Site()
    site.put("/", page())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "proxy.js").write_text(PROXY)
        with run_workerd(folder, *services(site.url + "/")) as ports:
            children = [file.read_text() for file in Path("/proc/self/task").glob("*/children")]
            [pid] = map(int, " ".join(children).split())
            cpu, first = measure(pid, ports)
    site.close()
    lines, missed = table(cpu, first)
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if missed else 0


def table(cpu: Figures, first: Figures) -> tuple[list[str], int]:
    """The figures in lines, and how many goals are missed."""
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    lines = [
        f"{ROUNDS} requests of a page of {PAGE_BYTES // 1000} kB each, one by one; {load}",
        "added to the proxy's    gzip   CPU ms p50    p99   first byte ms p50    p99",
    ]
    missed = 0
    for name in TYPES:
        packed = packed_size((SOURCES / "bundles" / "elite" / f"{name}.js").read_bytes())
        added = [a - b for a, b in zip(cpu[name], cpu["proxy"], strict=True)]
        typical, most = percentile(added, 50), percentile(added, 99)
        soon = percentile(first[name], 50) - percentile(first["proxy"], 50)
        late = percentile(first[name], 99) - percentile(first["proxy"], 99)
        lines.append(
            f"{name:<20} {packed:>7} {typical:>12.2f} {most:>6.2f} {soon:>19.2f} {late:>6.2f}"
        )
        missed += (packed > MOST_GZIP) + (most > MOST_CPU_MS) + (soon > MOST_FIRST_BYTE_MS)
    own = percentile(cpu["proxy"], 50), percentile(first["proxy"], 50)
    lines.append(f"the proxy itself             {own[0]:>12.2f} {own[1]:>26.2f}")
    goals = f"gzip {MOST_GZIP}, CPU p99 {MOST_CPU_MS} ms, first byte p50 {MOST_FIRST_BYTE_MS} ms"
    return [*lines, f"goals: {goals}; missed: {missed}"], missed


def measure(pid: int, ports: Mapping[str, int]) -> tuple[Figures, Figures]:
    """Milliseconds of CPU and to the first byte, by worker, request by request."""
    cpu: Figures = {name: [] for name in ports}
    first: Figures = {name: [] for name in ports}
    for number in range(WARM_UP + ROUNDS):
        for name, port in ports.items():
            before = thread_seconds(pid)
            first_byte = first_byte_ms(port)
            spent = (thread_seconds(pid) - before) * 1000
            if number >= WARM_UP:
                cpu[name].append(spent)
                first[name].append(first_byte)
    return cpu, first


if __name__ == "__main__":
    sys.exit(main())
