"""The Kubernetes API with the administrator's kubeconfig: many objects at once, and a watch that tells when."""

import asyncio
import base64
import json
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import yaml

from support.kube import API

Object = dict[str, Any]

_CONCURRENCY: Final = 32
_WATCHED: Final = "1800"  # seconds, then a watch is begun anew
_LINE: Final = 2**22  # bytes; the longest watch event
_MERGE: Final = {"Content-Type": "application/merge-patch+json"}
_APPLY: Final = {"Content-Type": "application/apply-patch+yaml"}


class Kube:
    """A client; used as a context manager within one event loop."""

    def __init__(self, kubeconfig: Path) -> None:
        document = yaml.safe_load(kubeconfig.read_text())
        cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
        self._server = str(cluster["server"])
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self._tls = ssl.create_default_context(cadata=authority)
        self._headers = {"Authorization": f"Bearer {user['token']}"}

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(ssl=self._tls, limit=_CONCURRENCY + 4)
        timeout = aiohttp.ClientTimeout(total=None)
        self.session = aiohttp.ClientSession(
            self._server, connector=connector, headers=self._headers, timeout=timeout,
            read_bufsize=_LINE,
        )  # fmt: skip
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.session.close()

    @asynccontextmanager
    async def watch(self, path: str, version: str = "") -> AsyncIterator[aiohttp.StreamReader]:
        """Yield the events of a watch, a line each, from a version on; without one, from what there is."""
        query = {"watch": "1", "timeoutSeconds": _WATCHED}
        if version:
            query["resourceVersion"] = version
        async with self.session.get(path, params=query) as response:
            transport = response.connection.transport if response.connection else None
            try:
                yield response.content
            finally:
                # TLS takes leave of the other side, for which there may be no time: the loop often ends with the watch.
                if transport is not None:
                    transport.abort()

    async def send(self, method: str, path: str, body: Any = None, **options: Any) -> Object:
        """One request; the object that answers it.

        Sent again while the server asks for patience, and if the connection ends before all of it is sent.
        """
        content = None if body is None else json.dumps(body)
        headers = {"Content-Type": "application/json", **options.pop("headers", {})}
        while True:
            try:
                async with self.session.request(
                    method, path, data=content, headers=headers, **options
                ) as response:
                    if response.status != 429:
                        assert response.status < 400, f"{method} {path}: {await response.text()}"
                        found: Object = await response.json()
                        return found
            except aiohttp.ClientOSError as error:
                if "Can not write request body" not in str(error):
                    raise
            await asyncio.sleep(0.1)

    async def create(self, path: str, body: Mapping[str, Any]) -> Object:
        """POST."""
        return await self.send("POST", path, body)

    async def patch(self, path: str, body: Mapping[str, Any]) -> Object:
        """A merge patch."""
        return await self.send("PATCH", path, body, headers=_MERGE)

    async def apply(self, path: str, body: Mapping[str, Any]) -> Object:
        """A server-side apply, as ``kubectl apply --server-side``."""
        query = {"fieldManager": "bench", "force": "true"}
        return await self.send("PATCH", path, body, headers=_APPLY, params=query)

    async def each(self, work: Callable[[Object], Any], objects: Iterable[Object]) -> None:
        """``work`` for all objects, some at a time."""
        waiting = iter(list(objects))

        async def worker() -> None:
            for obj in waiting:
                await work(obj)

        async with asyncio.TaskGroup() as group:
            for _ in range(_CONCURRENCY):
                group.create_task(worker())


@dataclass(frozen=True, slots=True)
class State:
    """The last that was seen of an object."""

    generation: int
    ready: bool  # Ready is True, and said of the newest generation
    version: str
    handled: str
    rollout: Mapping[str, Any]
    instances: int
    out: tuple[int, ...]  # instances that get no requests
    is_healthy: bool
    at: float  # monotonic


class Watch:
    """Follows the objects of one kind in all namespaces."""

    def __init__(self, kube: Kube, plural: str) -> None:
        self._kube = kube
        self._path = f"{API}/{plural}"
        self.states: dict[str, State] = {}
        self.ready: set[str] = set()
        self.edited: dict[str, float] = {}  # when its newest generation was first seen
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        listed = await self._kube.send("GET", self._path)
        for item in listed["items"]:
            self._take(item)
        version = str(listed["metadata"]["resourceVersion"])
        self._task = asyncio.get_running_loop().create_task(self._follow(version))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def until(self, holds: Callable[[], bool], what: str, seconds: float) -> float:
        """Waits; returns the moment (monotonic) of the event that made it so."""
        deadline = time.monotonic() + seconds
        while not holds():
            self._changed.clear()
            left = deadline - time.monotonic()
            assert left > 0, f"not within {seconds:.0f} s: {what}"
            assert not self._task.done(), f"the watch has ended: {self._task}"
            try:
                await asyncio.wait_for(self._changed.wait(), min(left, 5.0))
            except TimeoutError:
                continue
        return time.monotonic()

    async def all_ready(self, number: int, seconds: float) -> float:
        """Waits until so many objects are Ready."""
        holds = lambda: len(self.ready) >= number  # noqa: E731
        return await self.until(holds, f"{number} objects Ready", seconds)

    async def _follow(self, version: str) -> None:
        while True:
            async with self._kube.watch(self._path, version) as lines:
                async for line in lines:
                    event = json.loads(line)
                    assert event["type"] != "ERROR", event
                    version = str(event["object"]["metadata"]["resourceVersion"])
                    self._take(event["object"])

    def _take(self, obj: Object) -> None:
        name, status = str(obj["metadata"]["name"]), obj.get("status") or {}
        generation = int(obj["metadata"]["generation"])
        said = any(
            c["type"] == "Ready" and c["status"] == "True" for c in status.get("conditions") or ()
        )
        ready = said and status.get("observedGeneration") == generation
        version = str((status.get("versions") or {}).get("stable", ""))
        handled = str(status.get("lastHandledReconcileAt", ""))
        before, now = self.states.get(name), time.monotonic()
        if before is None or before.generation != generation:
            self.edited[name] = now
        health = status.get("health") or {}
        self.states[name] = State(
            generation,
            ready,
            version,
            handled,
            rollout=status.get("rollout") or {},
            instances=int(status.get("instances") or 0),
            out=tuple(health.get("out") or ()),
            is_healthy=health.get("state") == "Healthy",
            at=now,
        )
        (self.ready.add if ready else self.ready.discard)(name)
        self._changed.set()
