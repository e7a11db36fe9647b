"""How soon a changed ConfigMap and a rotated, watched Secret are served."""

import asyncio
import statistics
import time
from typing import Any, Final

import aiohttp

from bench import objects
from bench.edge import Edge
from bench.kube import Kube, Object, Watch
from bench.lab import fleet, lab
from bench.options import Options
from bench.report import Report, number, percentile
from support.scripts import says

METHOD: Final = (
    "times start when the patch is sent; the data plane is probed every 5 ms until the new content answers; one change "
    "at a time, each to a separate ConfigMap or Secret, with as many idle workers"
)
_WORKERS: Final = 100
_ROUNDS: Final = 20
_SECONDS: Final = 120.0
_SHOWS: Final = "export default { fetch(request, env) { return new Response(env.TOKEN) } }\n"
_PATHS: Final = {"ConfigMap": "configmaps", "Secret": "secrets"}


async def measure(options: Options) -> Report:
    report = Report("changes", METHOD)
    workers = options.count(_WORKERS)
    with lab(options.folder / "changes") as here:
        edge = here.edge()
        here.set_up(edge)
        async with here.kube() as kube, Watch(kube, objects.PLURAL) as watch:
            found = [_worker(i) for i in range(workers)]
            for index in range(workers):
                await _create(kube, _config_map(index, 1))
                await _create(kube, _secret(index, 1))
            await fleet(kube, watch, found, _SECONDS)
            await here.quiet()
            times = [
                await _changed(kube, edge, 2 * i, _config_map(2 * i, 2)) for i in range(_ROUNDS)
            ]
            report.at_most("ConfigMap → new version answers, p50", _ms(times), 400, " ms")
            report.tell("p99 of the same", f"{percentile(times, 0.99) * 1000:.0f} ms")
            some = range(1, 11, 2)
            rotated = [await _changed(kube, edge, i, _secret(i, 2)) for i in some]
            slowest = round(max(rotated), 1)
            report.at_most(
                "rotated, watched Secret → new value answers, maximum", slowest, 10, " s"
            )
            report.tell("median of the same", f"{statistics.median(rotated):.1f} s")
    return report


def _ms(times: list[float]) -> float:
    return round(statistics.median(times) * 1000)


def _worker(index: int) -> Object:
    """Even numbers take their code from a ConfigMap, odd ones show a secret."""
    name = objects.name_of(index)
    spec: dict[str, Any] = {"interval": "1h", "health": {"interval": "1h"}}
    if index % 2 == 0:
        spec["source"] = {"configMap": {"name": name, "key": "worker.js"}}
    else:
        spec["source"] = {"inline": {"script": _SHOWS}}
        spec["secrets"] = [{"name": "TOKEN", "secretKeyRef": {"name": name, "key": "token"}}]
    return objects.worker(index, **spec)


def _config_map(index: int, edition: int) -> Object:
    data = {"worker.js": says(f"{objects.name_of(index)} {edition}")}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _metadata(index), "data": data}


def _secret(index: int, edition: int) -> Object:
    metadata = {**_metadata(index), "labels": {"workers.code24.dev/watched": ""}}
    data = {"token": f"{objects.name_of(index)} {edition}"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data}


def _metadata(index: int) -> dict[str, Any]:
    return {"name": objects.name_of(index), "namespace": objects.NAMESPACE}


def _path(body: Object) -> str:
    return f"/api/v1/namespaces/{objects.NAMESPACE}/{_PATHS[body['kind']]}"


async def _create(kube: Kube, body: Object) -> None:
    await kube.create(_path(body), body)


async def _changed(kube: Kube, edge: Edge, index: int, body: Object) -> float:
    """Seconds until the second edition answers."""
    headers = {"Host": f"{objects.name_of(index)}.{edge.domain}"}
    wanted = f"{objects.name_of(index)} 2"
    async with aiohttp.ClientSession(edge.data_url) as visitor:
        began = time.monotonic()
        content: Object = {k: v for k, v in body.items() if k in ("data", "stringData")}
        await kube.patch(f"{_path(body)}/{objects.name_of(index)}", content)
        while True:
            async with visitor.get("/", headers=headers) as answer:
                if await answer.text() == wanted:
                    return time.monotonic() - began
            assert time.monotonic() - began < _SECONDS, f"not served: {number(_SECONDS)} s"
            await asyncio.sleep(0.005)
