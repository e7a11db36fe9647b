"""What it costs when a template that a thousand workers use changes: reads of the source, uploads, other calls."""

import math
from collections import Counter
from typing import Any, Final

from bench import edge as edges
from bench import objects
from bench.edge import Counts, Edge
from bench.kube import Kube, Watch
from bench.lab import KV_WINDOW_SECONDS, Lab, fleet, lab
from bench.options import Options
from bench.platforms import check, own_platform
from bench.report import Report

METHOD: Final = (
    "all workers use one template in R2 with its manifest; its script is replaced, and a reconciliation of the "
    "platform is requested; requests counted by the edge until every worker has the new version, without the removal "
    "of the old scripts (lowest priority, one call each) and the platform's two queries of the analytics a minute"
)
_NUMBER: Final = 1000
_PAGE: Final = 1000
_SECONDS: Final = 600.0
_BUCKET: Final = "workers-data"
_KEY: Final = "templates/customer/bench"
_MANIFEST: Final = """name: bench
kind: customer
description: Says which edition it is.
version: 1.0.0
compatibility: {date: "2026-01-01"}
healthPath: /
parameters: {type: object, additionalProperties: false, properties: {}}
"""


async def measure(options: Options) -> Report:
    report = Report("follow", METHOD)
    number = options.count(_NUMBER)
    with lab(options.folder / "follow") as here:
        # The old scripts stay until the measurement is over.
        variables = {"WORKERS_KV_WINDOW": "10m"}
        async with own_platform(here, variables) as (edge, kube, platforms, watch):
            _put(edge, 1)
            await check(kube, platforms, "first")
            source: Any = {"template": "bench"}
            found = objects.workers(number, source=source, interval="1h", health={"interval": "1h"})
            await fleet(kube, watch, found, _SECONDS)
            await here.quiet()
            await _changed(report, here, edge, kube, platforms, watch, number)
    return report


async def _changed(
    report: Report,
    here: Lab,
    edge: Edge,
    kube: Kube,
    platforms: Watch,
    watch: Watch,
    number: int,
) -> None:
    before = {name: state.version for name, state in watch.states.items()}
    _put(edge, 2)
    edge.reset()
    meter = here.meter(edge)
    await check(kube, platforms, "second")
    renewed = lambda: all(  # noqa: E731
        name in watch.ready and watch.states[name].version != version
        for name, version in before.items()
    )
    await watch.until(renewed, "all workers have the new version", _SECONDS)
    used, counts = meter.used(), edge.counts()
    reads, uploads, pages, beyond = _sorted(edges.without_analytics(counts), number)
    report.at_most("reads of the changed script", reads["script"], 1)
    report.at_most(f"uploads for {number} workers", uploads, number)
    report.at_most(f"other calls, without {pages} pages", beyond - pages, 5)
    report.note(f"{used.wall:.1f} s; {edges.told(counts)}; {used}")
    report.note(f"a KV window of {KV_WINDOW_SECONDS:g} s would later add one removal per worker")


def _sorted(counts: Counts, number: int) -> tuple[Counter[str], int, int, int]:
    """(reads of the source, uploads, pages that a look at the account has, all other calls)."""
    reads: Counter[str] = Counter()
    uploads = beyond = 0
    for asked, count in counts.items():
        if asked.method == "GET" and asked.route.endswith("/objects/{object_key}"):
            reads["script"] += count - count // 2  # script and manifest: half of them each
        elif asked.method == "PUT" and "/dispatch/" in asked.route:
            uploads += count
        else:
            beyond += count
    pages = math.ceil(number / _PAGE) + math.ceil((2 * number + 1) / _PAGE) + 1
    return reads, uploads, pages, beyond


def _put(edge: Edge, edition: int) -> None:
    script = f"export default {{ fetch() {{ return new Response('edition {edition}') }} }}\n"
    edge.put_object(_BUCKET, f"{_KEY}.js", script.encode(), "application/javascript+module")
    edge.put_object(_BUCKET, f"{_KEY}.yaml", _MANIFEST.encode(), "application/yaml")
