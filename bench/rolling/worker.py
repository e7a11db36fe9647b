"""A worker whose versions come and go: edits, orders about their rollouts, and what its clients are answered."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any, Final

import aiohttp

from bench import objects
from bench.edge import Edge
from bench.kube import Kube, Watch
from workers_operator.domain.rollout.orders import ANNOTATION

KEY: Final = "Cloudflare-Workers-Version-Key"
_VERSION: Final = "Code24-Version"
IMMEDIATE: Final[Mapping[str, Any]] = {"strategy": "Immediate", "steps": None}
_SECONDS: Final = 120.0
_ENDED: Final = ("Succeeded", "Aborted", "RolledBack")


def canary(*weights: int, pause: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """A rollout in steps; without ``pause``, each waits for a promotion."""
    steps = [{"weight": weight, "pause": pause or {}} for weight in weights]
    return {"strategy": "Canary", "steps": steps}


class RollingWorker:
    """One worker, which is there already."""

    def __init__(self, kube: Kube, watch: Watch, edge: Edge, number: int) -> None:
        self._kube = kube
        self._watch = watch
        self._number = number
        self._path = objects.path(objects.worker(number))
        self._times = itertools.count(2)
        self.name = objects.name_of(number)
        self.host = f"{self.name}.{edge.domain}"

    @property
    def rollout(self) -> Mapping[str, Any]:
        """``status.rollout``."""
        return self._watch.states[self.name].rollout

    @property
    def stable(self) -> str:
        """The version that serves."""
        return self._watch.states[self.name].version

    async def edit(self, rollout: Mapping[str, Any]) -> str:
        """Give it other code; the version that is rolled out from then on."""
        before = self.rollout.get("version")
        changed: Any = objects.edition(self._number, next(self._times))
        changed["spec"]["rollout"] = rollout
        await self._kube.patch(self._path, changed)
        await self.until(lambda r: r.get("version") not in (None, before), "a rollout begins")
        return str(self.rollout["version"])

    async def order(self, verb: str) -> None:
        """Give an order, and do not wait."""
        annotations = {ANNOTATION: f"{verb} {next(self._times)}"}
        await self._kube.patch(self._path, {"metadata": {"annotations": annotations}})

    async def at_weight(self, weight: int) -> None:
        """Wait until the new version gets its share, and a promotion is waited for."""
        there = ("Paused", weight)
        await self.until(lambda r: (r.get("phase"), r.get("weight")) == there, f"{weight} %")

    async def ended(self) -> None:
        """Wait until no rollout is under way."""
        await self.until(lambda r: r.get("phase") in _ENDED, "the rollout ends")

    async def until(self, holds: Callable[[Mapping[str, Any]], bool], what: str) -> None:
        """Wait until the status of the rollout is as it should be."""
        await self._watch.until(lambda: holds(self.rollout), f"{self.name}: {what}", _SECONDS)

    async def ask(self, visitor: aiohttp.ClientSession, headers: Mapping[str, str]) -> str:
        """The version that answers a request."""
        async with visitor.get("/", headers={"Host": self.host, **headers}) as answer:
            await answer.read()
            assert answer.status == 200, f"{self.name} answers {answer.status}"
            return answer.headers[_VERSION]

    async def client_of(self, visitor: aiohttp.ClientSession, version: str) -> Mapping[str, str]:
        """The headers of a client whom a version answers."""
        for number in range(1000):
            headers = {KEY: f"client-{number}"}
            if await self.ask(visitor, headers) == version:
                return headers
        raise AssertionError(f"version {version} answers nobody")
