"""Rollouts as visitors see them: how soon a version is gone, who is answered what, and what it costs a request."""

from typing import Final

import aiohttp

from bench import objects
from bench.dataplane.site import Site
from bench.dataplane.wrk import Target
from bench.edge import Edge
from bench.kube import Watch
from bench.lab import KV_WINDOW_SECONDS, fleet, lab
from bench.options import Options
from bench.report import Report
from bench.rolling import dispatching, shares, visitors, ways_back
from bench.rolling.worker import RollingWorker, canary
from support.proxy import Proxy

METHOD: Final = (
    f"the operator's KV window is {KV_WINDOW_SECONDS:g} s, and the local edge shows a KV write at once; times start "
    "when the order is patched, and the edge is asked on for the window and a second; changing calls are those of a "
    "recording proxy in front of the API; shares and times of requests by wrk, the latter with one connection. One "
    "sample of 10,000 requests has a standard error of 0.5 points at 50 %, so that a third of all samples misses the "
    "goal whatever the dispatcher does: the rows are means of several samples"
)
_ABORTS: Final = 20
_UNDOS: Final = 20
_CANARIES: Final = 3
_SAMPLES: Final = 16  # of 10,000: the standard error of their mean is 0.125 points at most
_ROUNDS: Final = 15
_SECONDS: Final = 120.0


async def measure(options: Options) -> Report:
    report = Report("rollouts", METHOD)
    with lab(options.folder / "rollouts") as here:
        edge = here.edge()
        proxy = Proxy(edge.base_url)
        try:
            here.set_up(edge, CLOUDFLARE_BASE_URL=proxy.url)
            async with (
                here.kube() as kube,
                Watch(kube, objects.PLURAL) as watch,
                _visitor(edge) as visitor,
            ):
                await fleet(kube, watch, objects.workers(2), _SECONDS)
                rolling, resting = (RollingWorker(kube, watch, edge, i) for i in range(2))
                options.say("aborts and undos")
                await ways_back.aborts(report, rolling, visitor, options.count(_ABORTS))
                await ways_back.undos(report, rolling, visitor, proxy, options.count(_UNDOS))
                options.say("canaries under load")
                await visitors.canaries(report, rolling, visitor, _CANARIES)
                options.say("shares")
                target = Target(f"{edge.data_url}/", rolling.host)
                await shares.shares(report, rolling, target, 2 if options.quick else _SAMPLES)
                options.say("the dispatcher's time")
                await rolling.edit(canary(50))
                await rolling.at_weight(50)
                await here.quiet()
                direct, other = Site(edge).plain(), Target(target.url, resting.host)
                rounds = _ROUNDS * options.rounds
                await dispatching.added(report, direct, other, target, rounds)
        finally:
            proxy.close()
    return report


def _visitor(edge: Edge) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(limit=0)
    jar = aiohttp.DummyCookieJar()
    return aiohttp.ClientSession(edge.data_url, connector=connector, cookie_jar=jar)
