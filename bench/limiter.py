"""How much of the API budget creations waste: compared with the arithmetic optimum, and without a single 429."""

import asyncio
import math
from typing import Final

from bench import edge as edges
from bench import objects, peer
from bench.kube import Watch
from bench.lab import Lab, fleet, lab
from bench.options import Options
from bench.report import Report

_QUOTA: Final = 200
_WINDOW: Final = 10  # seconds
_NUMBER: Final = 900
_SECONDS: Final = 600.0
METHOD: Final = (
    f"{_QUOTA} calls in {_WINDOW} s instead of 1,200 in 5 min; optimum = (⌈C/q⌉ - 1)·w + t: C = uploads + at least 1 "
    "bulk write, t = the bare loop's time for the calls of the last window, on an edge without a limit, in the same run"
)


async def measure(options: Options) -> Report:
    report = Report("limiter", METHOD)
    number = options.count(_NUMBER)
    least = number + 1
    windows = math.ceil(least / _QUOTA)
    with lab(options.folder / "limiter") as here:
        last = await last_window(here, least - (windows - 1) * _QUOTA)
        optimum = (windows - 1) * _WINDOW + last
        edge = here.edge("--rate-limit", f"{_QUOTA}/{_WINDOW}s")
        here.set_up(edge)
        await asyncio.sleep(_WINDOW + 1)  # the window of the set-up has ended
        edge.reset()
        async with here.kube() as kube, Watch(kube, objects.PLURAL) as watch:
            seconds = await fleet(kube, watch, objects.workers(number), _SECONDS)
        counts = edge.counts()
    report.at_most(f"time ÷ optimum, {number} workers", seconds / optimum, 1.05)
    refused = sum(count for asked, count in counts.items() if asked.status == 429)
    report.at_most("responses with status 429", refused, 0)
    report.tell("seconds, and optimum", f"{seconds:.1f}, {optimum:.1f}")
    report.tell("calls per worker", f"{counts.total() / number:.3f}")
    report.note(f"optimum: ({windows} - 1)·{_WINDOW} s + {last:.2f} s; {edges.told(counts)}")
    return report


async def last_window(here: Lab, calls: int) -> float:
    """The seconds that the bare loop needs for so many calls, on an edge without a limit."""
    edge = here.edge()
    here.set_up(edge).process.kill()
    seconds = await peer.run(edge, calls)
    edge.stop()
    return seconds
