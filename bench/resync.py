"""What a look at the whole account costs, whatever the number of workers."""

import math
from typing import Final

from bench import edge as edges
from bench import objects
from bench.edge import Counts
from bench.lab import fleet, lab
from bench.options import Options
from bench.platforms import check, own_platform
from bench.report import Report

METHOD: Final = (
    "requests counted by the edge for one requestedAt on the WorkersPlatform; a page contains 1,000 scripts, KV keys "
    "or R2 objects; all workers are reconciled again afterwards and must add no calls"
)
_NUMBERS: Final = (100, 1000)
_CALLS: Final = 6
_PAGE: Final = 1000
_SECONDS: Final = 600.0


async def measure(options: Options) -> Report:
    report = Report("resync", METHOD)
    with lab(options.folder / "resync") as here:
        async with own_platform(here) as (edge, kube, platforms, watch):
            there = 0
            for number in map(options.count, _NUMBERS):
                more = objects.workers(number - there, first=there)
                await fleet(kube, watch, more, _SECONDS)
                there = number
                await here.quiet()
                edge.reset()
                await check(kube, platforms, str(number))
                await here.quiet()
                _tell(report, number, edge.counts())
    return report


def _tell(report: Report, number: int, counts: Counts) -> None:
    keys = 2 * number + 1  # the worker's own and its hostname's, and the platform's
    pages = math.ceil(number / _PAGE) + math.ceil(keys / _PAGE) + 1  # one of R2 objects
    what = f"calls per resync of {number} workers, {pages} of them pages"
    report.at_most(what, counts.total(), _CALLS + pages)
    report.note(f"{number} workers: {edges.told(counts)}")
