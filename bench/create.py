"""How long a thousand creations take, compared with a bare loop that makes the same calls."""

import statistics
from contextlib import AbstractContextManager
from typing import Final

from bench import edge as edges
from bench import objects, peer
from bench.edge import Edge
from bench.kube import Watch
from bench.lab import Lab, create, lab, operator_writes
from bench.options import Options
from bench.report import Report, spread
from local_cluster.audit import count

_BOUND: Final = (
    "the limit on two cores: operator, API server, etcd, edge and workerd share them, so no run is shorter than half "
    "of its CPU seconds; the bare loop does not use the first three"
)
METHOD: Final = (
    "time from the first create request to the last Ready seen by a watch, divided by the bare loop's time on an "
    "identical new edge (50 ms latency) in the same run: loop, operator, loop; the loop has the operator's "
    "concurrency, transport and batch size; 'with Kubernetes' adds the minimum that any controller writes: object, "
    "finalizer, one status"
)
_NUMBER: Final = 1000
_LATENCY: Final = ("--latency", "50ms")
_SECONDS: Final = 600.0


async def measure(options: Options) -> Report:
    report = Report("create", METHOD)
    number = options.count(_NUMBER)
    bench = _Bench(report, options, number)
    bare, ours, least = [await bench.loop()], [], []
    for _ in range(options.rounds):
        ours.append(await bench.operator())
        least.append(await bench.loop(kubernetes=True))
        bare.append(await bench.loop())
    ratio = statistics.median(ours) / statistics.median(bare)
    report.at_most(f"operator ÷ bare loop, {number} workers", round(ratio, 2), 1.25)
    beside = statistics.median(ours) / statistics.median(least)
    report.tell("operator ÷ loop with Kubernetes", f"{beside:.2f}")
    report.note(_BOUND)
    report.tell("seconds, operator", spread(ours))
    report.tell("seconds, bare loop", spread(bare))
    report.tell("seconds, loop with Kubernetes", spread(least))
    return report


def _prepared(here: Lab) -> Edge:
    edge = here.edge(*_LATENCY)
    here.set_up(edge).process.kill()
    return edge


class _Bench:
    """Each run has a control plane and an edge of its own."""

    def __init__(self, report: Report, options: Options, number: int) -> None:
        self._report = report
        self._options = options
        self._number = number
        self._runs = 0

    def _lab(self) -> AbstractContextManager[Lab]:
        self._runs += 1
        return lab(self._options.folder / f"create-{self._runs}")

    async def loop(self, *, kubernetes: bool = False) -> float:
        """Seconds of the peer."""
        with self._lab() as here:
            edge = _prepared(here)
            async with here.kube() as kube:
                meter = here.meter(edge)
                seconds = await peer.run(edge, self._number, kube if kubernetes else None)
                what = "loop with Kubernetes" if kubernetes else "bare loop"
                self._report.note(f"{what} {seconds:.1f} s; {meter.used()}")
        return seconds

    async def operator(self) -> float:
        """Seconds of the operator."""
        with self._lab() as here:
            edge = _prepared(here)
            here.set_up(edge)
            async with here.kube() as kube, Watch(kube, objects.PLURAL) as watch:
                edge.reset()
                audit, meter = here.audit(), here.meter(edge)
                applied = await create(kube, objects.workers(self._number))
                await watch.all_ready(self._number, _SECONDS)
                used, counts = meter.used(), edge.counts()
            writes = count(operator_writes(audit.read()))
        written = ", ".join(f"{n} {k.verb} {k.resource}/{k.subresource}" for k, n in writes.items())
        self._report.note(
            f"operator {used.wall:.1f} s, objects created after {applied:.1f} s; {used}"
        )
        self._report.note(f"its calls: {edges.told(counts)}; its writes to Kubernetes: {written}")
        return used.wall
