"""The peer of creation: a bare loop that makes the same calls as the operator, with no Kubernetes in between.

Same multipart bodies, same concurrency, same transport with its connection limit, routing entries in bulk writes of
the same size, one probe for each worker at its end. Nothing is decided, queued, remembered or reported.

With a ``Kube`` it also does what any controller has to ask of the API server for each object, and nobody watches:
the object is created, it gets a finalizer, and its status is applied once.
"""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Final

import aiohttp
import httpx

from bench import objects
from bench.edge import Edge
from bench.kube import Kube, Object
from support.handles import FINALIZER
from workers_operator.account.publisher import BATCH
from workers_operator.cloudflare.api import transport
from workers_operator.cloudflare.writes import upload_parts
from workers_operator.domain import names
from workers_operator.domain.content import Code, Content, Module, Version, config_binding
from workers_operator.domain.serving import KeyValue, Mark, Serving, Target, host_entry
from workers_operator.settings import Settings

CONCURRENCY: Final = Settings().concurrency
_PROBES: Final = 32
_MODULE: Final = "application/javascript+module"


def _content(number: int) -> Content:
    code = Code(
        "inline", "worker.js", (Module("worker.js", _MODULE, objects.script_of(number).encode()),)
    )
    config = {"customerId": f"c{number:05d}", "environment": "dev", "parameters": {}}
    return Content(code, (config_binding(config),))


@dataclass
class Peer:
    """One run against a prepared edge."""

    edge: Edge
    api: httpx.AsyncClient
    visitor: aiohttp.ClientSession
    namespace: str
    kube: Kube | None
    joining: int = 0
    pending: list[KeyValue] = field(default_factory=list)
    written: "asyncio.Future[None] | None" = None

    async def worker(self, number: int) -> None:
        """Upload, routing, probe."""
        content, name = _content(number), objects.name_of(number)
        version = Version(content.code.revision, content.bindings)
        script = names.customer_script_name(f"c{number:05d}", name)
        if self.kube is not None:
            await _begin(self.kube, number)
        self.joining += 1
        path = f"/workers/dispatch/namespaces/code24-dev/scripts/{script}--{version.hash}--0"
        tags = (names.MANAGED_BY_TAG, f"customer-c{number:05d}", f"worker-{script}", "version-x")
        parts = upload_parts(content, tags)
        answer = await self.api.put(path, files=parts)
        assert answer.is_success, answer.text
        await self.publish(script, name, version.hash)
        async with self.visitor.get("/", headers={"Host": f"{name}.{self.edge.domain}"}) as found:
            assert found.status == 200, await found.text()
            await found.read()
        if self.kube is not None:
            await _end(self.kube, number, version.hash)

    async def publish(self, script: str, name: str, version: str) -> None:
        """A share in a bulk write; whoever fills it, or is the last, writes it."""
        serving = Serving(version, 1)
        target = Target(script, name.replace("w", "c"), serving)
        mark = Mark("uid", f"CustomerWorker bench/{name}", serving).metadata()
        self.pending.append(host_entry(f"{name}.{self.edge.domain}", {"": target}))
        self.pending.append(KeyValue(names.worker_key(script), json.dumps({"type": "x"}), mark))
        self.joining -= 1
        if self.written is None:
            self.written = asyncio.get_running_loop().create_future()
        written = self.written
        if len(self.pending) < 2 * BATCH and self.joining > 0:
            await written
            return
        pairs, self.pending, self.written = self.pending, [], None
        body = [{"key": p.key, "value": p.value, "metadata": p.metadata} for p in pairs]
        path = f"/storage/kv/namespaces/{self.namespace}/bulk"
        answer = await self.api.put(path, json=body)
        assert answer.is_success, answer.text
        written.set_result(None)


async def _begin(kube: Kube, number: int) -> None:
    obj = objects.worker(number)
    await kube.create(objects.collection(obj), obj)
    await kube.patch(objects.path(obj), {"metadata": {"finalizers": [FINALIZER]}})


async def _end(kube: Kube, number: int, version: str) -> None:
    obj = objects.worker(number)
    condition = {
        "status": "True",
        "reason": "AsItShouldBe",
        "message": f"version {version} answers and is healthy",
        "observedGeneration": 1,
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    }
    kinds = ("Ready", "SourceReady", "Deployed", "Routed", "Healthy")
    status: Object = {
        "observedGeneration": 1,
        "conditions": [{"type": kind, **condition} for kind in kinds],
        "versions": {"stable": version},
        "instances": 1,
    }
    body = {key: obj[key] for key in ("apiVersion", "kind")} | {"status": status}
    await kube.apply(f"{objects.path(obj)}/status", body)


async def run(edge: Edge, number: int, kube: Kube | None = None) -> float:
    """Seconds for ``number`` workers."""
    namespace = edge.kv_namespace("WORKER_METADATA")
    base = f"{edge.base_url}/accounts/{edge.account}"
    connector = aiohttp.TCPConnector(limit=_PROBES)
    async with (
        httpx.AsyncClient(
            base_url=base, headers=edge.headers, transport=transport(), timeout=60
        ) as api,
        aiohttp.ClientSession(edge.data_url, connector=connector) as visitor,
    ):
        peer = Peer(edge, api, visitor, namespace, kube)
        began = time.monotonic()
        numbers = iter(range(number))

        async def work() -> None:
            for index in numbers:
                await peer.worker(index)

        async with asyncio.TaskGroup() as group:
            for _ in range(CONCURRENCY):
                group.create_task(work())
        return time.monotonic() - began
