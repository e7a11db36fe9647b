"""How long a fleet takes to a new version of its template, compared with what the calls for it take at the least."""

import asyncio
import math
from typing import Final

from bench import edge as edges
from bench import objects
from bench.edge import Edge
from bench.kube import Kube, Object, Watch
from bench.lab import Lab, fleet, lab, operator_writes
from bench.limiter import last_window
from bench.options import Options
from bench.report import Report
from support.handles import API_VERSION
from support.kube import path_of
from support.scripts import says

_LIMIT: Final = (1200, 300)  # calls, seconds: Cloudflare's
_NUMBER: Final = 2000
_QUICK_LIMIT: Final = (60, 20)
_QUICK_NUMBER: Final = 150
_SECONDS: Final = 1200.0
_NAME: Final = "shop"
_COLLECTION: Final = path_of("WorkerTemplate", objects.NAMESPACE)


async def measure(options: Options) -> Report:
    number = options.count(_QUICK_NUMBER if options.quick else _NUMBER)
    quota, window = _QUICK_LIMIT if options.quick else _LIMIT
    report = Report("waves", _method(quota, window))
    least = number + 1
    windows = math.ceil(least / quota)
    with lab(options.folder / "waves") as here:
        last = await last_window(here, least - (windows - 1) * quota)
        optimum = (windows - 1) * window + last
        async with (
            here.kube() as kube,
            Watch(kube, "workertemplates") as templates,
            Watch(kube, objects.PLURAL) as watch,
        ):
            edge = await _equipped(here, kube, watch, number, f"{quota}/{window}s")
            options.say(f"{number} followers are Ready; the template changes")
            edge.reset()
            seconds, writes = await _rolled_out(here, kube, templates, watch)
        counts = edge.counts()
    report.at_most(f"time ÷ optimum, {number} followers", seconds / optimum, 1.05)
    refused = sum(count for asked, count in counts.items() if asked.status == 429)
    report.at_most("responses with status 429", refused, 0)
    report.at_most("statuses of the template written", writes, 3 + 3 + math.ceil(seconds / 10))
    report.tell("seconds, and optimum", f"{seconds:.1f}, {optimum:.1f}")
    report.tell("calls per follower", f"{counts.total() / number:.3f}")
    report.note(f"optimum: ({windows} - 1)·{window} s + {last:.2f} s; {edges.told(counts)}")
    return report


def _method(quota: int, window: int) -> str:
    """What is measured, under this limit of calls in so many seconds."""
    limit = f"{quota:,} calls in {window} s"
    if (quota, window) != _LIMIT:
        limit += " instead of 1,200 in 300 s"
    return (
        f"{limit}; one wave, 25 % at once; the followers are created without a limit; optimum = (⌈C/q⌉ - 1)·w + t: "
        "C = an upload for each follower and 1 bulk write, t = the bare loop's time for the calls of the last window, "
        "on an edge without a limit, in the same run"
    )


async def _equipped(here: Lab, kube: Kube, watch: Watch, number: int, limit: str) -> Edge:
    """An edge with a limit of which nothing is used up, and an operator whose followers are all Ready there."""
    free = here.edge()
    operator = here.set_up(free)
    await kube.create(_COLLECTION, _template())
    await _followers(kube, watch, number)
    await here.quiet()
    operator.stop()
    edge = here.again(free, "--rate-limit", limit)
    # The old scripts stay until the measurement is over.
    here.set_up(edge, WORKERS_KV_WINDOW="1h")
    await here.quiet()
    return edge


def _template() -> Object:
    return {
        "apiVersion": API_VERSION,
        "kind": "WorkerTemplate",
        "metadata": {"name": _NAME, "namespace": objects.NAMESPACE},
        "spec": {
            "source": {"inline": {"script": says("edition 1")}},
        },
    }


async def _followers(kube: Kube, watch: Watch, number: int) -> None:
    source = {"templateRef": {"name": _NAME}}
    found = objects.workers(number, source=source, interval="1h", health={"interval": "1h"})
    await fleet(kube, watch, found, _SECONDS)


async def _rolled_out(here: Lab, kube: Kube, templates: Watch, watch: Watch) -> tuple[float, int]:
    """The seconds until all have the new version and the template says so; its statuses that were written."""
    audit, before = here.audit(), {name: s.version for name, s in watch.states.items()}
    edit = {"spec": {"source": {"inline": {"script": says("edition 2")}}}}
    await kube.patch(f"{_COLLECTION}/{_NAME}", edit)
    began = asyncio.get_running_loop().time()

    def renewed() -> bool:
        return _NAME in templates.ready and all(
            name in watch.ready and watch.states[name].version != version
            for name, version in before.items()
        )

    await watch.until(renewed, "all followers have the new version", _SECONDS)
    seconds = asyncio.get_running_loop().time() - began
    writes = operator_writes(audit.read())
    return seconds, sum(r.resource == "workertemplates" for r in writes)
