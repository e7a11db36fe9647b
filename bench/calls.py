"""How many calls to Cloudflare a worker costs: its creation, an update of its code, and when nothing changes."""

import asyncio
from typing import Final

from bench import edge as edges
from bench import granted, objects
from bench.edge import Edge
from bench.kube import Kube, Watch
from bench.lab import KV_WINDOW_SECONDS, Lab, fleet, lab, operator_writes
from bench.options import Options
from bench.report import Report
from support.operators import Operator

METHOD: Final = (
    "requests counted by the edge, after the platform is set up, divided by the number of workers; no change: every "
    "worker is reconciled at least twice (health, resync) and applied again without changes, and the platform's two "
    "queries of the analytics a minute are none of a worker's (intervals counts them); granted: the creation and "
    "the deletion of as many workers on the platform of the environment variables, and on a WorkersPlatform in five "
    "namespaces with a grant and a quota each; bulk writes of the routing table are told apart: their number follows "
    "what is due at a time, and hosts that begin to rest are written at the deletion"
)
_NUMBER: Final = 200
_SECONDS: Final = 180.0
_NEWEST: Final = 3  # edition of the code
_PASSES: Final = "controller_runtime_reconcile_total"


async def measure(options: Options) -> Report:
    report = Report("calls", METHOD)
    number = options.count(_NUMBER)
    with lab(options.folder / "calls") as here:
        edge = here.edge()
        operator = here.set_up(edge)
        async with here.kube() as kube, Watch(kube, objects.PLURAL) as watch:
            await _created(report, edge, kube, watch, number)
            await _updated(report, edge, kube, watch, number)
            await here.quiet()
            await _unchanged(report, here, edge, kube, operator, number)
    await granted.compare(report, options)
    return report


async def _created(report: Report, edge: Edge, kube: Kube, watch: Watch, number: int) -> None:
    edge.reset()
    found = objects.workers(number, health={"interval": "5s"}, interval="10s")
    await fleet(kube, watch, found, _SECONDS)
    counts = edge.counts()
    report.at_most(f"calls per creation, {number} creations", counts.total() / number, 1.1)
    report.note(f"create: {edges.told(counts)}")


async def _updated(report: Report, edge: Edge, kube: Kube, watch: Watch, number: int) -> None:
    await _renew(kube, watch, number, 2)  # the first one stays at the edge, for a way back
    edge.reset()
    await _renew(kube, watch, number, _NEWEST)
    deadline = asyncio.get_running_loop().time() + _SECONDS
    while (methods := edges.by_method(edge.counts()))["DELETE"] < number:
        assert asyncio.get_running_loop().time() < deadline, "superseded scripts stay"
        await asyncio.sleep(KV_WINDOW_SECONDS / 4)
    updating = methods.total() - methods["DELETE"]
    report.at_most(f"calls per code update, {number} updates", updating / number, 1.1)
    report.at_most(
        "calls per update for the later removal of the old script", methods["DELETE"] / number, 1
    )
    report.note(f"update: {edges.told(edge.counts())}")


async def _renew(kube: Kube, watch: Watch, number: int, edition: int) -> None:
    """Give all workers another edition of their code, and return once it serves."""
    before = {name: state.version for name, state in watch.states.items()}
    await kube.each(
        lambda obj: kube.patch(objects.path(obj), objects.edition(_number_of(obj["metadata"]["name"]), edition)),
        objects.workers(number),
    )  # fmt: skip
    renewed = lambda: all(  # noqa: E731
        name in watch.ready and watch.states[name].version != version
        for name, version in before.items()
    )
    await watch.until(renewed, "all updates are Ready", _SECONDS)


async def _unchanged(
    report: Report, here: Lab, edge: Edge, kube: Kube, operator: Operator, number: int
) -> None:
    edge.reset()
    audit, before = here.audit(), operator.metric(_PASSES, controller="customerworker")
    again = [_newest(obj) for obj in objects.workers(number)]
    await kube.each(lambda obj: kube.apply(objects.path(obj), obj), again)
    deadline = asyncio.get_running_loop().time() + _SECONDS
    while (passes := operator.metric(_PASSES, controller="customerworker") - before) < 3 * number:
        assert asyncio.get_running_loop().time() < deadline, "no passes"
        await asyncio.sleep(0.5)
    counts = edge.counts()
    of_workers = edges.without_analytics(counts).total()
    report.at_most("calls per worker without changes", of_workers / number, 0)
    writes = operator_writes(audit.read())
    report.at_most("writes to Kubernetes in the same time", len(writes), 0)
    report.note(
        f"no change: {passes:.0f} reconciliations of {number} workers; {edges.told(counts)}"
    )


def _newest(obj: dict[str, object]) -> dict[str, object]:
    """The newest edition of an object, as its owner would apply it again."""
    metadata = obj["metadata"]
    assert isinstance(metadata, dict)
    name = str(metadata["name"])
    spec = {"health": {"interval": "5s"}, "interval": "10s"}
    again = objects.worker(_number_of(name), **spec)
    again["spec"] |= objects.edition(_number_of(name), _NEWEST)["spec"]
    return again


def _number_of(name: str) -> int:
    return int(name.removeprefix("w"))
