"""How soon an edit reaches Cloudflare, and how soon it answers, among a thousand workers that have nothing to do."""

import asyncio
import random
import time
from typing import Final, NamedTuple

import aiohttp

from bench import objects
from bench.edge import Edge
from bench.kube import Kube, Watch
from bench.lab import fleet, lab
from bench.options import Options
from bench.report import Report, percentile
from support.proxy import Proxy

METHOD: Final = (
    "times start when the patch is sent; a recording proxy in front of the API records the first call; a bare watch "
    "records when the edit became visible; from the upload on, the data plane is probed every 2 ms until the new "
    "version answers; one edit at a time, of randomly chosen workers"
)
_NUMBER: Final = 1000
_EDITS: Final = 100
_PAUSE: Final = 0.1  # seconds between two edits
_LOOK: Final = 0.002
_SECONDS: Final = 600.0
_VERSION: Final = "Code24-Version"


class _Edit(NamedTuple):
    """Milliseconds from the patch's start."""

    stored: float
    watched: float
    called: float
    served: float
    ready: float


async def measure(options: Options) -> Report:
    report = Report("edit", METHOD)
    number = options.count(_NUMBER)
    with lab(options.folder / "edit") as here:
        edge = here.edge()
        proxy = Proxy(edge.base_url)
        try:
            here.set_up(edge, CLOUDFLARE_BASE_URL=proxy.url)
            async with (
                here.kube() as kube,
                Watch(kube, objects.PLURAL) as watch,
                aiohttp.ClientSession(edge.data_url) as visitor,
            ):
                await fleet(kube, watch, objects.workers(number), _SECONDS)
                await here.quiet()
                bench = _Bench(kube, watch, edge, proxy, visitor)
                meter = here.meter(edge)
                edits = [await bench.edit(i) for i in _chosen(number)]
                report.note(str(meter.used()))
        finally:
            proxy.close()
    _tell(report, edits)
    return report


def _chosen(number: int) -> list[int]:
    return random.Random(number).choices(range(number), k=_EDITS)


def _tell(report: Report, edits: list[_Edit]) -> None:
    called = [e.called for e in edits]
    report.at_most(
        "edit → first call to Cloudflare, p50", round(percentile(called, 0.5), 1), 16, " ms"
    )
    report.at_most("p99 of the same", round(percentile(called, 0.99), 1), 50, " ms")
    for what, values in (
        ("edit → API server's response to the patch", [e.stored for e in edits]),
        ("edit → event on a bare watch", [e.watched for e in edits]),
        ("event on the bare watch → first call", [e.called - e.watched for e in edits]),
        ("edit → new version answers", [e.served for e in edits]),
        ("edit → Ready", [e.ready for e in edits]),
    ):
        shown = [f"{percentile(values, share):.1f}" for share in (0.1, 0.5, 0.99)]
        report.tell(f"{what}: p10, p50, p99", f"{', '.join(shown)} ms")


class _Bench:
    """One edit after the other."""

    def __init__(
        self, kube: Kube, watch: Watch, edge: Edge, proxy: Proxy, visitor: aiohttp.ClientSession
    ) -> None:
        self._kube = kube
        self._watch = watch
        self._edge = edge
        self._proxy = proxy
        self._visitor = visitor
        self._edition = 1

    async def edit(self, number: int) -> _Edit:
        """Measures one."""
        await asyncio.sleep(_PAUSE)
        self._edition += 1
        name = objects.name_of(number)
        version = self._watch.states[name].version
        began = time.monotonic()
        path = objects.path(objects.worker(number))
        patch = asyncio.ensure_future(self._stored(path, objects.edition(number, self._edition)))
        called = await self._called(name, began)
        served = await self._served(name, version)
        renewed = lambda: (  # noqa: E731
            name in self._watch.ready and self._watch.states[name].version != version
        )
        await self._watch.until(renewed, f"{name} is Ready", _SECONDS)
        ready = self._watch.states[name].at
        stored = await patch
        times = (stored, self._watch.edited[name], called, served, ready)
        return _Edit(*(round((at - began) * 1000, 2) for at in times))

    async def _called(self, name: str, began: float) -> float:
        """When the first call came in; known once it has been answered."""
        deadline = began + _SECONDS
        while not (calls := self._proxy.calls("PUT", f"-{name}--", since=began)):
            assert time.monotonic() < deadline, f"{name}: no call"
            await asyncio.sleep(_LOOK)
        return min(call.at for call in calls)

    async def _stored(self, path: str, body: dict[str, object]) -> float:
        await self._kube.patch(path, body)
        return time.monotonic()

    async def _served(self, name: str, version: str) -> float:
        headers = {"Host": f"{name}.{self._edge.domain}"}
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            async with self._visitor.get("/", headers=headers) as answer:
                await answer.read()
                if answer.headers.get(_VERSION) != version:
                    return time.monotonic()
            await asyncio.sleep(_LOOK)
        raise AssertionError(f"{name}: the new version does not answer")
