"""What a crash costs: a thousand Ready workers, the operator killed and started again."""

import asyncio
import math
import time
from typing import Final

import aiohttp

from bench import edge as edges
from bench import objects
from bench.edge import Edge
from bench.kube import Kube, Watch
from bench.lab import Lab, fleet, lab, operator_writes
from bench.options import Options
from bench.report import Report
from local_cluster.audit import count
from support.operators import Operator

METHOD: Final = (
    "SIGKILL, start, three reconciliations per worker (initial, then health); the audit log and the edge count from "
    "the SIGKILL on, without the platform's two queries of the analytics a minute; the edit was made while it was "
    "down, and its time starts with the new process"
)
_NUMBER: Final = 1000
_CALLS: Final = 6
_PAGE: Final = 1000
_SECONDS: Final = 600.0
_PASSES: Final = "controller_runtime_reconcile_total"
_HEALTH_SECONDS: Final = 20


async def measure(options: Options) -> Report:
    report = Report("restart", METHOD)
    number = options.count(_NUMBER)
    with lab(options.folder / "restart") as here:
        edge = here.edge()
        operator = here.set_up(edge)
        async with here.kube() as kube, Watch(kube, objects.PLURAL) as watch:
            health = {"interval": f"{_HEALTH_SECONDS}s"}
            await fleet(kube, watch, objects.workers(number, health=health), _SECONDS)
            await here.quiet()
            operator = await _counted(report, here, edge, operator, number)
            await _edit_at_start(report, here, edge, kube, operator)
    return report


async def _counted(
    report: Report, here: Lab, edge: Edge, operator: Operator, number: int
) -> Operator:
    operator.process.kill()
    audit = here.audit()
    edge.reset()
    meter = here.meter(edge)
    operator = here.operator(edge)
    deadline = time.monotonic() + _SECONDS
    while (passes := operator.metric(_PASSES, controller="customerworker")) < 3 * number:
        assert time.monotonic() < deadline, "the passes after the restart do not end"
        await asyncio.sleep(1)
    asked = audit.read()
    asked_for = edge.counts()
    counts = edges.without_analytics(asked_for)
    methods = edges.by_method(counts)
    reads = methods["GET"]
    pages = math.ceil(number / _PAGE) + math.ceil((2 * number + 1) / _PAGE) + 1  # one of R2 objects
    report.at_most("writes to Kubernetes", len(operator_writes(asked)), 0)
    report.at_most("writes to Cloudflare", counts.total() - reads, 0)
    report.at_most(f"reads from Cloudflare, {pages} of them pages", reads, _CALLS + pages)
    report.note(f"{passes:.0f} reconciliations of {number} workers; {edges.told(asked_for)}")
    ours = [r for r in asked if "serviceaccount" in r.user]
    told = "; ".join(f"{n} {k.verb} {k.resource}/{k.subresource}" for k, n in count(ours).items())
    report.note(f"requests to Kubernetes: {told}; {meter.used()}")
    return operator


async def _edit_at_start(
    report: Report, here: Lab, edge: Edge, kube: Kube, operator: Operator
) -> None:
    operator.process.kill()
    obj = objects.worker(0)
    await kube.patch(objects.path(obj), objects.edition(0, 2))
    async with aiohttp.ClientSession(edge.data_url) as visitor:
        began = time.monotonic()
        here.operator(edge)
        ready = time.monotonic() - began
        headers = {"Host": f"{objects.name_of(0)}.{edge.domain}"}
        while True:
            async with visitor.get("/", headers=headers) as answer:
                if (await answer.text()).endswith("edition 2"):
                    break
            assert time.monotonic() - began < _SECONDS, "the edit is not served"
            await asyncio.sleep(0.01)
        served = time.monotonic() - began
    report.tell(
        "start → /readyz, start → an earlier edit is served", f"{ready:.2f} s, {served:.2f} s"
    )
