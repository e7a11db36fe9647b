"""What a look at the whole account costs, whatever the number of workers."""

import math
from typing import Final

from bench import edge as edges
from bench import objects
from bench.edge import Counts
from bench.kube import Watch
from bench.lab import fleet, lab
from bench.options import Options
from bench.platforms import check, create_platform
from bench.report import Report

METHOD: Final = (
    "requests counted by the edge for one requestedAt on the WorkersPlatform; a page contains 1,000 scripts, KV keys "
    "or R2 objects; all workers are reconciled again afterwards and must add no calls"
)
_NUMBERS: Final = (100, 1000)
_CALLS: Final = 6
_PAGE: Final = 1000
_SECONDS: Final = 600.0
_NO_IMPLIED_PLATFORM: Final = {"CLOUDFLARE_ACCOUNT_ID": "", "CLOUDFLARE_ZONE_ID": ""}


async def measure(options: Options) -> Report:
    report = Report("resync", METHOD)
    with lab(options.folder / "resync") as here:
        edge = here.edge()
        here.operator(edge, **_NO_IMPLIED_PLATFORM)
        async with (
            here.kube() as kube,
            Watch(kube, "workersplatforms") as platforms,
            Watch(kube, objects.PLURAL) as watch,
        ):
            await create_platform(kube, edge)
            await platforms.all_ready(1, _SECONDS)
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
