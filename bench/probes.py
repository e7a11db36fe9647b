"""What probing a fleet costs: five thousand workers at the interval of a minute are 83 probes a second."""

import asyncio
from typing import Final

from bench import objects
from bench.kube import Watch
from bench.lab import fleet, lab
from bench.options import Options
from bench.report import Report

METHOD: Final = (
    "CPU seconds of the operator's process in a minute in which nothing changes, as a share of that minute; a fifth of "
    "the workers at a fifth of the interval, which are as many probes a second"
)
_NUMBER: Final = 1000
_INTERVAL_SECONDS: Final = 12
_MINUTE: Final = 60.0
_LIMIT_PERCENT: Final = 10.0
_SECONDS: Final = 600.0
_PASSES: Final = "controller_runtime_reconcile_total"


async def measure(options: Options) -> Report:
    report = Report("probes", METHOD)
    number = options.count(_NUMBER)
    with lab(options.folder / "probes") as here:
        edge = here.edge()
        operator = here.set_up(edge)
        async with here.kube() as kube, Watch(kube, objects.PLURAL) as watch:
            health = {"interval": f"{_INTERVAL_SECONDS}s"}
            await fleet(kube, watch, objects.workers(number, health=health), _SECONDS)
        await here.quiet()
        await asyncio.sleep(2 * _INTERVAL_SECONDS)  # every worker has had a pass at rest
        before, meter = operator.metric(_PASSES, controller="customerworker"), here.meter(edge)
        await asyncio.sleep(_MINUTE)
        used = meter.used()
        passes = operator.metric(_PASSES, controller="customerworker") - before
        share = 100 * used.cpu["operator"] / used.wall
        rate = passes / used.wall
        goal = f"CPU for {number} workers at {_INTERVAL_SECONDS} s, share of a core"
        report.at_most(goal, share, _LIMIT_PERCENT * options.scale, " %")
        report.tell("CPU of a probe, all of it", f"{10 * share / max(rate, 0.001):.2f} ms")
        report.note(f"{rate:.0f} passes a second; {used}")
    return report
