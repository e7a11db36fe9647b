"""Somebody who edits a worker of his own again and again, beside what others do to the API server, and takes the time.

Run as a program, this module is that process: what the rest of a test has to compute does not hold up its clock. For
each edit it prints moments: ``sent`` (the patch), ``answered`` (by the API server), ``told`` (by a bare watch like the
operator's own), ``served`` (the data plane answers with the new version), or ``given-up``. Beside each it prints for
how many seconds the operator's main thread has waited for a core so far: no operator works without one.
"""

import asyncio
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

import aiohttp

from bench.kube import Kube
from support.handles import API_VERSION
from support.kube import API, PLURALS, Object, path_of
from support.processes import Process
from support.scripts import says

NAMESPACE: Final = "neighbour"
NAME: Final = "felt"
KIND: Final = "CustomerWorker"
PATIENCE: Final = 60.0
_PAUSE: Final = 0.4  # seconds between two edits
_LOOK: Final = 0.05  # seconds between two visits
_ENDS: Final = ("served", "given-up")


@dataclass(frozen=True)
class Edit:
    """Moments of one edit, in monotonic seconds; None for what has not happened.

    ``ended``: served, or given up; ``waited``: seconds of the operator's part in which it had no core.
    """

    sent: float
    answered: float | None = None
    told: float | None = None
    ended: float | None = None
    served: bool = False
    waited: float = 0.0

    @property
    def api_seconds(self) -> float:
        """How long the API server took: until it told watches, as far as it did."""
        return (self.told or self.ended or time.monotonic()) - self.sent

    @property
    def own_seconds(self) -> float:
        """How long the operator took after that, with all that it asks of the edge."""
        return max(0.0, (self.ended or time.monotonic()) - self.told) if self.told else 0.0

    @property
    def seconds(self) -> float:
        return (self.ended or time.monotonic()) - self.sent


class Arguments(NamedTuple):
    """What the process is started with. ``operator``: the file that holds the pid of the operator."""

    kubeconfig: Path
    host: str
    data_url: str
    operator: Path


class Neighbour:
    """The process, and what it has measured so far."""

    def __init__(self, arguments: "Arguments", log: Path) -> None:
        command = [sys.executable, "-m", "support.neighbour", *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        self._process = Process(command, log, environment)
        self._lines = log.open()
        self._rest = ""
        self._edits: list[Edit] = []
        self._waited = 0.0  # when the latest edit was told of

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def edits(self) -> list[Edit]:
        """All that have ended."""
        return [edit for edit in self._all() if edit.ended is not None]

    def api_seconds(self) -> float:
        """How long the API server takes at the moment."""
        edits = self._all()
        return edits[-1].api_seconds if edits else 0.0

    def close(self) -> None:
        self._process.kill()
        self._lines.close()

    def _all(self) -> list[Edit]:
        assert self._process.alive, self._process.tail()
        *lines, self._rest = (self._rest + self._lines.read()).split("\n")
        for line in lines:
            what, moment, waited = line.split()
            self._take(what, float(moment), float(waited))
        return self._edits

    def _take(self, what: str, at: float, waited: float) -> None:
        if what == "sent":
            self._edits.append(Edit(at))
        elif what in _ENDS:
            since = max(0.0, waited - self._waited) if self._edits[-1].told else 0.0
            was_served = what == "served"
            self._edits[-1] = replace(self._edits[-1], ended=at, served=was_served, waited=since)
        elif what == "told":
            self._waited = waited
            self._edits[-1] = replace(self._edits[-1], told=at)
        else:
            self._edits[-1] = replace(self._edits[-1], answered=at)


def worker() -> Object:
    """The object that is edited."""
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": {"name": NAME, "namespace": NAMESPACE},
        "spec": {"customerId": NAMESPACE, "subdomain": NAME, **_spec("first")},
    }


def overlapping(edits: list[Edit], began: float, ended: float) -> Iterator[Edit]:
    """Yield the edits that were under way in a span of time."""
    return (e for e in edits if e.sent <= ended and (e.ended is None or e.ended >= began))


# --- the process ------------------------------------------------------------------------------------------------------


class _BareWatch:
    """Tells when a text is seen first; looks at no event as such."""

    def __init__(self, kube: Kube) -> None:
        self._kube = kube
        self._wanted = b""
        self._found = asyncio.Event()

    def expect(self, text: str) -> None:
        self._wanted = text.encode()
        self._found.clear()

    async def told(self) -> None:
        await self._found.wait()

    async def follow(self) -> None:
        """Without a version to begin with: it starts from what there is at the moment."""
        while True:
            path = f"{API}/{PLURALS[KIND]}"
            try:
                async with self._kube.watch(path) as events:
                    await self._read(events)
            except aiohttp.ClientError:
                await asyncio.sleep(_LOOK)

    async def _read(self, stream: aiohttp.StreamReader) -> None:
        before = b""
        async for piece in stream.iter_any():
            if self._wanted and self._wanted in before + piece:
                self._wanted = b""
                _say("told")
                self._found.set()
            before = piece[-64:]


async def _edit(kube: Kube, watch: _BareWatch, visitor: aiohttp.ClientSession, host: str) -> None:
    text = f"at-{time.monotonic_ns()}"
    watch.expect(text)
    _say("sent")
    try:
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
            group.create_task(_patch(kube, {"spec": _spec(text)}))
            group.create_task(watch.told())
            served = group.create_task(_served(visitor, host, text))
            served.add_done_callback(lambda task: None if task.cancelled() else _say("served"))
    except TimeoutError:
        if not served.done() or served.cancelled():
            _say("given-up")


async def _patch(kube: Kube, body: Mapping[str, object]) -> None:
    """Until the API server takes it."""
    while True:
        try:
            await kube.patch(path_of(KIND, NAMESPACE, NAME), body)
        except (AssertionError, aiohttp.ClientError):
            await asyncio.sleep(_LOOK)
        else:
            return _say("answered")


async def _served(visitor: aiohttp.ClientSession, host: str, text: str) -> None:
    while True:
        if await _answers(visitor, host, text):
            return
        await asyncio.sleep(_LOOK)


async def _answers(visitor: aiohttp.ClientSession, host: str, text: str) -> bool:
    try:
        async with visitor.get("/", headers={"Host": host}) as answer:
            return await answer.text() == text
    except aiohttp.ClientError:
        return False


def _spec(text: str) -> Object:
    return {"source": {"inline": {"script": says(text)}}}


def _say(what: str) -> None:
    sys.stdout.write(f"{what} {time.monotonic():.4f} {_waited():.4f}\n")
    sys.stdout.flush()


def _waited() -> float:
    """How long the operator's main thread has been ready to run and had no core."""
    pid = Path(sys.argv[4]).read_text()
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


async def _main(kubeconfig: str, host: str, data_url: str, _operator: str) -> None:
    async with Kube(Path(kubeconfig)) as kube, aiohttp.ClientSession(data_url) as visitor:
        watch = _BareWatch(kube)
        following = asyncio.create_task(watch.follow())
        while True:
            assert not following.done(), following
            await _edit(kube, watch, visitor, host)
            await asyncio.sleep(_PAUSE)


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
