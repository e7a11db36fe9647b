"""The operator's resident memory with a thousand and with ten thousand Ready workers."""

import asyncio
import statistics
import time
from typing import Final

from bench import objects, shipped, usage
from bench.edge import Edge
from bench.kube import Kube, Watch
from bench.lab import Lab, create, lab
from bench.options import Options
from bench.report import Report
from support.operators import Operator

METHOD: Final = (
    "VmRSS of the operator's process, median of five readings a second apart: once idle after the creation of all "
    "workers, and in a new process that finds them Ready; installed are the packages that are shipped, without "
    "development tools"
)
_BURST: Final = (
    "if all are created at once, kopf holds the event of every object until it processes it; Python releases "
    "little of that memory. A restart, which lists in pages, shows the permanent need"
)
_LIMITS: Final = {1000: 110, 10_000: 250}  # workers -> MiB
_SECONDS: Final = 1800.0
_REST_SECONDS: Final = 900.0
_PROGRESS_SECONDS: Final = 15.0
_PASSES: Final = "controller_runtime_reconcile_total"


async def measure(options: Options) -> Report:
    report = Report("memory", METHOD)
    for full, limit in _LIMITS.items():
        if full > 1000 and options.quick:
            continue
        with lab(options.folder / f"memory-{full}") as here:
            here.python = shipped.python(options.say)
            await _with(report, here, options, options.count(full), limit)
    report.note(_BURST)
    return report


async def _with(report: Report, here: Lab, options: Options, number: int, limit: int) -> None:
    edge = here.edge()
    operator = here.set_up(edge, **shipped.variables())
    empty = await settled(here)
    async with here.kube() as kube, Watch(kube, objects.PLURAL) as watch:
        await _create(options, kube, watch, number)
        await here.quiet(_REST_SECONDS)
        after, peak = await settled(here), _peak(here)
        report.at_most(f"RSS after the creation of {number}", round(after), limit, " MiB")
        operator.process.kill()
        await _restarted(here, edge, number)
        await here.quiet(_REST_SECONDS)
        again = await settled(here)
        report.at_most(f"RSS after a restart with {number}", round(again), limit, " MiB")
    report.note(
        f"{number} workers: {empty:.0f} MiB before the first, at most {peak:.0f} during their creation, "
        f"at most {_peak(here):.0f} after the restart"
    )


async def _create(options: Options, kube: Kube, watch: Watch, number: int) -> None:
    making = asyncio.ensure_future(create(kube, objects.workers(number)))
    deadline = time.monotonic() + _SECONDS
    shown = time.monotonic()
    while len(watch.ready) < number:
        assert time.monotonic() < deadline, f"{len(watch.ready)} of {number} are Ready"
        if making.done():
            making.result()  # what nobody creates is never Ready
        await asyncio.sleep(0.5)
        if time.monotonic() - shown > _PROGRESS_SECONDS:
            shown = time.monotonic()
            options.say(f"{len(watch.ready)} of {number} Ready")
    await making


async def _restarted(here: Lab, edge: Edge, number: int) -> Operator:
    """A new operator that has passed over all workers."""
    operator = here.set_up(edge, **shipped.variables())
    deadline = time.monotonic() + _REST_SECONDS
    while operator.metric(_PASSES, controller="customerworker") < number:
        assert time.monotonic() < deadline, "the passes after the restart do not end"
        await asyncio.sleep(1)
    return operator


async def settled(here: Lab) -> float:
    """RSS of the operator in MiB: the median of five readings, a second apart."""
    readings = []
    for _ in range(5):
        await asyncio.sleep(1)
        readings.append(usage.memory_mib(here.operator_pid(), "VmRSS"))
    return statistics.median(readings)


def _peak(here: Lab) -> float:
    return usage.memory_mib(here.operator_pid(), "VmHWM")
