"""A fleet with all that a worker can have: calls to Ready, and memory where every worker's code is large."""

import random
import time
from typing import Any, Final

from bench import edge as edges
from bench import objects
from bench.kube import Kube, Watch
from bench.lab import fleet, lab
from bench.memory import settled
from bench.options import Options
from bench.report import Report
from support.scripts import says

METHOD: Final = (
    "every worker has a KV and a dataset binding, a secret, limits and an additional route; then workers with 200 kB "
    "of non-repeating code, each in its own ConfigMap; requests counted by the edge, after the platform is set up; "
    "memory as in the scenario memory"
)
_NUMBER: Final = 1000
_SECONDS: Final = 900.0
_CODE_BYTES: Final = 200_000
_MEBIBYTES: Final = 130
_WORDS: Final = 4000


async def measure(options: Options) -> Report:
    report = Report("fleet", METHOD)
    number = options.count(_NUMBER)
    with lab(options.folder / "fleet-calls") as here:
        edge = here.edge()
        here.set_up(edge)
        namespace = edge.kv_namespace("WORKER_METADATA")
        async with here.kube() as kube, Watch(kube, objects.PLURAL) as watch:
            await _secrets(kube)
            identifier = edge.create_kv_namespace("shared")
            assert identifier != namespace
            edge.reset()
            found = [_equipped(i, identifier, edge.domain) for i in range(number)]
            seconds = await fleet(kube, watch, found, _SECONDS)
            counts = edge.counts()
            report.at_most(
                f"calls per worker, {number} equipped workers", counts.total() / number, 1.1
            )
            report.note(f"{seconds:.1f} s to the last Ready; {edges.told(counts)}")
    await _large(report, options, number)
    return report


def _equipped(index: int, namespace: str, domain: str) -> dict[str, Any]:
    name = objects.name_of(index)
    return objects.worker(
        index,
        bindings=[
            {"name": "STORE", "type": "kvNamespace", "id": namespace},
            {"name": "EVENTS", "type": "analyticsEngine", "dataset": "shop_events"},
        ],
        secrets=[{"name": "TOKEN", "secretKeyRef": {"name": "shared", "key": "token"}}],
        limits={"cpu": "50ms", "subRequests": 20},
        routes=[{"pattern": f"www.{name}.{domain}/*"}],
    )


async def _secrets(kube: Kube) -> None:
    body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "shared", "namespace": objects.NAMESPACE},
        "stringData": {"token": "of-no-value"},
    }
    await kube.create(f"/api/v1/namespaces/{objects.NAMESPACE}/secrets", body)


async def _large(report: Report, options: Options, number: int) -> None:
    rng = random.Random(24)
    words = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(3, 12))) for _ in range(_WORDS)]
    with lab(options.folder / "fleet-large") as here:
        edge = here.edge()
        here.set_up(edge)
        async with here.kube() as kube, Watch(kube, objects.PLURAL) as watch:
            for index in range(number):
                await _config_map(kube, index, _text(rng, words))
            found = [
                objects.worker(i, source={"configMap": {"name": objects.name_of(i), "key": "w.js"}})
                for i in range(number)
            ]
            began = time.monotonic()
            await fleet(kube, watch, found, _SECONDS)
            options.say(f"{number} Ready after {time.monotonic() - began:.0f} s")
            await here.quiet()
            memory = round(await settled(here))
            what = f"RSS with {number} workers, {_CODE_BYTES // 1000} kB of code each"
            report.at_most(what, memory, _MEBIBYTES, " MiB")


def _text(rng: random.Random, words: list[str]) -> str:
    size, found = 0, []
    while size < _CODE_BYTES:
        word = rng.choice(words)
        found.append(word)
        size += len(word) + 1
    return f"/* {' '.join(found)} */"


async def _config_map(kube: Kube, index: int, text: str) -> None:
    name = objects.name_of(index)
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": objects.NAMESPACE},
        "data": {"w.js": says(name) + text},
    }
    await kube.create(f"/api/v1/namespaces/{objects.NAMESPACE}/configmaps", body)
