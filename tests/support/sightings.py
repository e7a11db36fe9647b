"""What raw watches tell of objects, found in the bytes: most of a hostile event is what nobody wants to decode."""

import asyncio
import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from bench.kube import Kube
from support.kube import API, PLURALS, Object

# The API server sorts the fields: name, namespace and version follow one another, the status is the last one.
_HEAD: Final = re.compile(
    rb'"name":"([^"\\]+)","namespace":"([^"\\]+)",'
    rb'(?:"ownerReferences":\[[^\]]*\],)?"resourceVersion":"(\d+)"'
)
_STATUS: Final = b'"status":{'
_DELETED: Final = b'{"type":"DELETED"'
_ERROR: Final = b'{"type":"ERROR"'
Seen = tuple[str, str, str]  # kind, namespace, name


@dataclass(frozen=True)
class Sighting:
    """The latest state of an object. ``status``: empty where it is none that the operator could have written."""

    version: int
    gone: bool = False
    status: Object = field(default_factory=dict)

    def says(self, reasons: Collection[str], generation: int) -> str:
        """The reason of Ready if it is one of these, and said of this generation; else ""."""
        conditions, observed = self.status.get("conditions"), self.status.get("observedGeneration")
        if not isinstance(observed, int) or observed < generation:
            return ""
        found = [
            str(c.get("reason"))
            for c in (conditions if isinstance(conditions, list) else ())
            if isinstance(c, dict) and c.get("type") == "Ready"
        ]
        return found[0] if found and found[0] in reasons else ""


class Sightings:
    """Follows the objects of some kinds. Of those that are gone nothing is kept once they are forgotten."""

    def __init__(self, kube: Kube, kinds: Iterable[str]) -> None:
        self._kube = kube
        self._kinds = tuple(kinds)
        self._latest: dict[Seen, Sighting] = {}
        self._changed: dict[Seen, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        for kind in self._kinds:
            path = f"{API}/{PLURALS[kind]}"
            listed = await self._kube.send("GET", path, params={"limit": "1"})
            version = str(listed["metadata"]["resourceVersion"])
            self._tasks.append(asyncio.create_task(self._follow(kind, path, version)))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def until(
        self, key: Seen, fits: Callable[[Sighting], bool], seconds: float
    ) -> Sighting | None:
        """The first state from the latest on that fits; None where there is none in time."""
        event = self._changed.setdefault(key, asyncio.Event())
        try:
            async with asyncio.timeout(seconds):
                while True:
                    event.clear()
                    latest = self._latest.get(key)
                    if latest is not None and fits(latest):
                        return latest
                    for task in self._tasks:
                        assert not task.done(), f"a watch has ended: {task}"
                    await event.wait()
        except TimeoutError:
            return None

    def forget(self, key: Seen) -> None:
        """Nobody asks for an object any more."""
        self._latest.pop(key, None)
        self._changed.pop(key, None)

    async def _follow(self, kind: str, path: str, version: str) -> None:
        while True:
            async with self._kube.watch(path, version) as lines:
                async for line in lines:
                    assert not line.startswith(_ERROR), line[:500]
                    version = self._take(kind, line) or version

    def _take(self, kind: str, line: bytes) -> str:
        """Note what an event tells; its version, "" if it is of no object with a namespace."""
        sighting = seen(line)
        if sighting is None:
            return ""
        name, namespace, latest = sighting
        key = (kind, namespace, name)
        self._latest[key] = latest
        if key in self._changed:
            self._changed[key].set()
        return str(latest.version)


def seen(line: bytes) -> tuple[str, str, Sighting] | None:
    """Name, namespace and state that a watch event tells."""
    head = _HEAD.search(line)
    if head is None:
        return None
    name, namespace, version = (part.decode() for part in head.groups())
    return name, namespace, Sighting(int(version), line.startswith(_DELETED), _status(line))


def _status(line: bytes) -> Object:
    at = line.rfind(_STATUS)
    # Behind the status there are the ends of the object and of the event.
    text = line[at + len(_STATUS) - 1 :].rstrip()[:-2] if at >= 0 else b"{}"
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
