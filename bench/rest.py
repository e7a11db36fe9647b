"""The REST API: how many reads a core serves, how long they take, what they cost, and a deployment beside kubectl."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import aiohttp
import httpx

from bench import objects, usage
from bench.kube import Kube, Object
from bench.lab import Lab, create, lab
from bench.options import Options
from bench.report import Report
from support.gateways import CallerAccount, Gateway
from support.kube import path_of

METHOD: Final = (
    "a gateway beside 5,000 CustomerWorkers with statuses as the operator writes them, of which 20 change each second "
    "while latencies are taken; requests a second per core: requests ÷ CPU seconds of the gateway's process; latencies "
    "at 50 requests a second, counted from the moment at which each is due; calls: the API server's audit log"
)
_WORKERS: Final = 5000
_REQUESTS: Final = 4000
_CONNECTIONS: Final = 8
_PACED: Final = 500
_RATE: Final = 50.0
_CHANGES: Final = 20.0
_ROUNDS: Final = 15
_OPEN: Final = ("--caller-rate", "10000000", "--address-rate", "10000000")
_REVIEWS: Final = ("tokenreviews", "subjectaccessreviews")
_SCRIPT: Final = "export default { fetch() { return new Response('x') } }"
_CONDITIONS: Final = ("Ready", "SourceResolved", "Deployed", "Routed", "Healthy")
_ONE: Final = f"/api/workers/customer-worker-c00007--{objects.name_of(7)}"
_PAGE: Final = "/api/workers/"


async def measure(options: Options) -> Report:
    report = Report("rest", METHOD)
    with lab(options.folder / "rest-reads") as here:
        await _reads(report, here, options.count(_WORKERS))
    with lab(options.folder / "rest-writes") as here:
        _writes(report, here)
    return report


async def _reads(report: Report, here: Lab, number: int) -> None:
    async with here.kube() as kube:
        await create(kube, objects.workers(number))
        await kube.each(lambda obj: _observed(kube, obj), objects.workers(number))
        with _gateway(here) as gateway:
            caller = CallerAccount(here.cluster, objects.NAMESPACE, "reader").bind("workers-view")
            headers = {"Authorization": f"Bearer {caller.token()}"}
            async with aiohttp.ClientSession(gateway.url, headers=headers) as session:
                await _get(session, _ONE)
                await _get(session, _PAGE)
                await _throughput(report, here, gateway, session)
                await _latencies(report, kube, session)
            memory = usage.memory_mib(gateway.process.pid, "VmRSS")
            report.at_most(f"RSS at {number} workers", round(memory), 160, " MiB")


async def _throughput(
    report: Report, here: Lab, gateway: Gateway, session: aiohttp.ClientSession
) -> None:
    audit, before = here.audit(), usage.cpu_seconds(gateway.process.pid)
    audit.read()
    began = time.monotonic()
    await _hammer(session, _ONE, _REQUESTS)
    took = time.monotonic() - began
    seconds = usage.cpu_seconds(gateway.process.pid) - before
    report.at_least("requests/s of GET worker, per core", round(_REQUESTS / seconds), 800)
    report.tell("the same by the clock, beside its client", f"{_REQUESTS / took:.0f}")
    calls = [r for r in audit.read() if r.user.endswith(":workers-gateway") and r.verb != "watch"]
    others = [r for r in calls if r.resource not in _REVIEWS]
    what = "calls to the API server per cached read, without reviews"
    report.at_most(what, len(others) / _REQUESTS, 0)
    report.tell("reviews of token and permission in that time", str(len(calls) - len(others)))


async def _latencies(report: Report, kube: Kube, session: aiohttp.ClientSession) -> None:
    changing = asyncio.ensure_future(_change(kube))
    try:
        for what, path, limit in (("GET worker", _ONE, 20), ("GET first page", _PAGE, 60)):
            times = sorted(await _paced(session, path))
            p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
            report.at_most(f"{what}, p99 at 50 requests/s", round(p99 * 1000, 1), limit, " ms")
            report.tell(f"{what}, p50", f"{p50 * 1000:.1f} ms")
    finally:
        changing.cancel()


async def _get(session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(path) as answer:
        body = await answer.read()
        assert answer.status == 200, body


async def _hammer(session: aiohttp.ClientSession, path: str, number: int) -> None:
    left = itertools.count(number, -1)

    async def work() -> None:
        while next(left) > 0:
            await _get(session, path)

    await asyncio.gather(*(work() for _ in range(_CONNECTIONS)))


async def _paced(session: aiohttp.ClientSession, path: str) -> list[float]:
    """Return the seconds of each request, from the moment at which it was due."""
    began = time.monotonic()

    async def one(number: int) -> float:
        due = began + number / _RATE
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await _get(session, path)
        return time.monotonic() - due

    return list(await asyncio.gather(*(one(number) for number in range(_PACED))))


async def _change(kube: Kube) -> None:
    """What a busy operator does to the cache: statuses change all the time."""
    for number in itertools.cycle(range(10)):
        version = f"{time.monotonic_ns() % 16**8:08x}"
        await _observed(kube, objects.worker(number), version)
        await asyncio.sleep(1 / _CHANGES)


async def _observed(kube: Kube, obj: Object, version: str = "11111111") -> None:
    """Write the status of a worker that is Ready."""
    name, moment = str(obj["metadata"]["name"]), "2026-01-31T08:00:00Z"
    conditions = [
        {
            "type": kind,
            "status": "True",
            "reason": "Succeeded",
            "message": f"version {version} answers and is healthy",
            "lastTransitionTime": moment,
            "observedGeneration": 1,
        }
        for kind in _CONDITIONS
    ]
    status: dict[str, Any] = {
        "observedGeneration": 1,
        "conditions": conditions,
        "scriptName": f"customer-worker-{name}",
        "urls": [f"https://{name}.code24.dev/"],
        "url": f"https://{name}.code24.dev/",
        "versions": {"stable": version},
        "history": [{"version": version, "createdAt": moment, "result": "Serving"}],
        "instances": 1,
        "health": {"state": "Healthy", "since": moment, "healthyVersion": version},
    }
    path = f"{path_of(objects.KIND, objects.NAMESPACE, name)}/status"
    await kube.patch(path, {"status": status})


@contextmanager
def _gateway(here: Lab, **variables: str) -> Iterator[Gateway]:
    gateway = Gateway(here.cluster, variables, here.folder / "gateway.log", *_OPEN)
    try:
        yield gateway
    finally:
        gateway.process.stop()


def _writes(report: Report, here: Lab) -> None:
    """Deploy by REST and by kubectl, in turn."""
    edge = here.edge()
    here.set_up(edge)
    with _gateway(here, **edge.variables) as gateway:
        account = CallerAccount(here.cluster, objects.NAMESPACE, "writer")
        account.bind("workers-view", "workers-edit")
        with gateway.client(account.token()) as client:
            rest: list[float] = []
            kubectl: list[float] = []
            for number in range(_ROUNDS):
                rest.append(_timed(_by_rest, client, number))
                kubectl.append(_timed(_by_kubectl, here, number))
    medians = statistics.median(rest), statistics.median(kubectl)
    what = f"POST with wait ÷ kubectl apply and wait, {_ROUNDS} of each"
    report.at_most(what, round(medians[0] / medians[1], 2), 1.1)
    report.tell("median seconds of both", f"{medians[0]:.2f}, {medians[1]:.2f}")


def _timed(work: Callable[..., None], *arguments: Any) -> float:
    began = time.monotonic()
    work(*arguments)
    return time.monotonic() - began


def _by_rest(client: httpx.Client, number: int) -> None:
    body = {"name": f"rest{number}", "script": _SCRIPT, "metadata": {"customerId": f"r{number}"}}
    answer = client.post("/api/workers/?wait=60", json=body)
    assert answer.status_code == 201, answer.text


def _by_kubectl(here: Lab, number: int) -> None:
    obj = objects.worker(number)
    name = f"cw/{obj['metadata']['name']}"
    here.cluster.kubectl("apply", "-f", "-", stdin=obj)
    wait = ("wait", "--for=condition=Ready", "--timeout=60s", name, "-n", objects.NAMESPACE)
    here.cluster.kubectl(*wait)
