"""What grants, quotas and resting hosts cost in calls: workers with a grant beside as many on the implied platform."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from bench import edge as edges
from bench import objects
from bench.edge import Asked, Counts, Edge
from bench.kube import Kube, Object, Watch
from bench.lab import Lab, fleet, lab
from bench.options import Options
from bench.platforms import NO_IMPLIED_PLATFORM, create_platform
from bench.report import Report
from support.kube import path_of

_NUMBER: Final = 1000
_NAMESPACES: Final = tuple(f"bench-{n}" for n in range(5))
_SECONDS: Final = 600.0
# Their number depends on the time that it takes: KV writes gather what is due, the analytics are asked once a minute.
_BY_TIME: Final = ("/bulk", "/bulk/delete", "/graphql", "/sql")
Lived = tuple[Counts, Counts]  # the calls of the creations, and of the deletions


async def compare(report: Report, options: Options) -> None:
    """Create and delete as many workers on both platforms, and count."""
    number = options.count(_NUMBER)
    with lab(options.folder / "calls-implied") as here:
        edge = here.edge()
        here.set_up(edge)
        async with here.kube() as kube:
            before = await _lived(here, edge, kube, objects.workers(number))
    with lab(options.folder / "calls-granted") as here:
        edge = here.edge()
        here.operator(edge, **NO_IMPLIED_PLATFORM)
        async with here.kube() as kube:
            await _platform(here, edge, kube, number)
            found = [_in(_NAMESPACES[i % 5], obj) for i, obj in enumerate(objects.workers(number))]
            after = await _lived(here, edge, kube, found)
    more = sum(
        (_steady(now) - _steady(former)).total() for former, now in zip(before, after, strict=True)
    )
    report.at_most(f"calls to Cloudflare more than before for {number} granted workers", more, 0)
    for what, former, now in zip(("creation", "deletion"), before, after, strict=True):
        shown = f"{_bulks(former)}, {_bulks(now)}"
        report.tell(f"bulk writes to KV at their {what}, before and granted", shown)
        report.note(f"{what}, before: {edges.told(former)}")
        report.note(f"{what}, granted: {edges.told(now)}")


async def _platform(here: Lab, edge: Edge, kube: Kube, number: int) -> None:
    """A platform with a grant and a quota for each namespace."""
    for namespace in _NAMESPACES:
        await kube.create("/api/v1/namespaces", {"metadata": {"name": namespace}})
    grants = [
        {
            "namespaces": [namespace],
            "customers": ["c*"],
            "hosts": [f"*.{edge.domain}"],
            "limits": {"workers": number, "scripts": 2 * number},
        }
        for namespace in _NAMESPACES
    ]
    async with Watch(kube, "workersplatforms") as platforms:
        await create_platform(kube, edge, tenancy={"grants": grants})
        await platforms.all_ready(1, _SECONDS)


async def _lived(here: Lab, edge: Edge, kube: Kube, found: Sequence[Object]) -> Lived:
    """The calls that workers cost until they serve, and then until they are gone."""
    await here.quiet()
    edge.reset()
    async with Watch(kube, objects.PLURAL) as watch:
        await fleet(kube, watch, found, _SECONDS)
        created = edge.counts()
        edge.reset()
        await kube.each(lambda obj: kube.send("DELETE", objects.path(obj)), found)
    async with asyncio.timeout(_SECONDS):
        while True:
            if not await _left(kube):
                return created, edge.counts()
            await asyncio.sleep(0.5)


async def _left(kube: Kube) -> list[Any]:
    listed = await kube.send("GET", path_of(objects.KIND), params={"limit": "1"})
    return list(listed["items"])


def _in(namespace: str, obj: Object) -> Object:
    return {**obj, "metadata": {**obj["metadata"], "namespace": namespace}}


def _steady(counts: Counts) -> Counter[Asked]:
    return Counter({a: n for a, n in counts.items() if not a.route.endswith(_BY_TIME)})


def _bulks(counts: Counts) -> int:
    return sum(n for a, n in counts.items() if a.route.endswith(("/bulk", "/bulk/delete")))
