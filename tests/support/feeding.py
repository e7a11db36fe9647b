"""Feeds hostile objects to a running operator, and takes down what becomes of each.

No more at once than the API server can take: what it does with megabytes is not the operator's, and is told apart by a
neighbour's edits (``support.neighbour``).
"""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from bench.kube import Kube
from support.fuzzing import Hostile, Life
from support.neighbour import Edit, Neighbour, overlapping
from support.sightings import Seen, Sighting, Sightings
from workers_operator.domain.fleet.reasons import FleetReason
from workers_operator.domain.reasons import Reason
from workers_operator.domain.rollout.reasons import RolloutReason

PATIENCE: Final = 180.0
"""Seconds for a condition, and for a deletion: three times the longest pause between two of the operator's retries."""
_AT_ONCE: Final = 20  # objects that have no condition yet, or none of their latest edit
_ALIVE: Final = 60  # those that are being deleted included
_CALM_SECONDS: Final = 0.5  # in which the API server tells of an edit before it is given more
_LOOK: Final = 0.1
_TELL_EVERY: Final = 100
_REASONS: Final = frozenset(reason.value for reason in (*Reason, *RolloutReason, *FleetReason))
_GENERATION: Final = re.compile(rb'"generation":(\d+),')
_VERSION: Final = re.compile(rb'"resourceVersion":"(\d+)"')
_HELD: Final = "cannot be deleted yet"
_REQUESTED: Final = "reconcile.fluxcd.io/requestedAt"
# Answers to writes are short: of megabytes nobody needs a copy.
_METADATA: Final = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
_MERGE: Final = "application/merge-patch+json"
_RELEASE: Final = json.dumps({"spec": {"policies": {"deletion": "Orphan"}}})
_LET_GO: Final = json.dumps({"metadata": {"finalizers": None}})


@dataclass
class Outcome:
    """What has happened.

    ``refused``: creations and edits, by the API server; ``silent``: without a condition, after which step; ``held``:
    said why they cannot be deleted, and went once they were released; ``stuck``: deleted in vain, with what there is to
    know of them; ``slowest``: seconds of the slowest wait of each step, and whose it was; ``restarts``: spans without
    an operator; ``paused``: seconds for the API server's sake.
    """

    sent: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    silent: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    slowest: dict[str, tuple[float, str]] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    restarts: list[tuple[float, float]] = field(default_factory=list)
    paused: float = 0.0

    def add(self, other: "Outcome") -> None:
        """Add what has happened on other ground."""
        self.sent += other.sent
        self.paused += other.paused
        self.refused += other.refused
        self.steps += other.steps
        self.reasons += other.reasons
        for step, took in other.slowest.items():
            self.slowest[step] = max(took, self.slowest.get(step, took))
        self.silent += other.silent
        self.held += other.held
        self.stuck += other.stuck
        self.edits += other.edits
        self.restarts += other.restarts

    def judged(self) -> list[Edit]:
        """Others' edits, without those that met a restart."""
        met = [e for span in self.restarts for e in overlapping(self.edits, *span)]
        return [edit for edit in self.edits if edit not in met]

    def __str__(self) -> str:
        slowest = max((edit.own_seconds for edit in self.judged()), default=0.0)
        return (
            f"{self.sent} sent, {sum(self.refused.values())} requests refused by the API server, "
            f"{len(self.silent)} without a condition, {len(self.stuck)} not deletable; "
            f"{len(self.edits)} edits of others, the operator's slowest {slowest:.2f} s"
        )


@dataclass(frozen=True)
class Surroundings:
    """What objects are fed into. ``restart`` ends the operator, and returns when the next one is ready."""

    kube: Kube
    neighbour: Neighbour
    restart: Callable[[], None]
    log: Callable[[], str]
    tell: Callable[[Outcome], None]


class Feeder:
    """Feeds one run of objects."""

    def __init__(self, around: Surroundings, sightings: Sightings) -> None:
        self._around = around
        self._sightings = sightings
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._alive = asyncio.Semaphore(_ALIVE)
        self._large = asyncio.Lock()
        self.outcome = Outcome()

    async def feed(self, hostile: Hostile, count: int, seconds: float) -> Outcome:
        """Feed ``count`` objects, or as many as fit into ``seconds``; restart the operator midway."""
        ended = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            for number, life in enumerate(hostile.lives(count)):
                if number == count // 2:
                    self._restart()
                if time.monotonic() > ended:
                    break
                await self._room.acquire()
                await self._alive.acquire()
                await self._calm()
                self.outcome.sent += 1
                group.create_task(self._live(life))
        self._note()
        return self.outcome

    def _restart(self) -> None:
        began = time.monotonic()
        self._around.restart()
        self.outcome.restarts.append((began, time.monotonic()))

    async def _calm(self) -> None:
        """Wait until the API server is quick."""
        began = time.monotonic()
        while True:
            if self._around.neighbour.api_seconds() <= _CALM_SECONDS:
                break
            await asyncio.sleep(_LOOK)
        self.outcome.paused += time.monotonic() - began

    def _note(self) -> None:
        self.outcome.edits = self._around.neighbour.edits
        self._around.tell(self.outcome)

    async def _live(self, life: Life) -> None:
        try:
            async with AsyncExitStack() as stack:
                if life.is_large:
                    await stack.enter_async_context(self._large)
                try:
                    is_there = await self._is_made(life)
                finally:
                    self._room.release()
                if is_there:
                    await self._end(life)
        finally:
            self._alive.release()
            self._sightings.forget(_key(life))
        if self.outcome.sent % _TELL_EVERY == 0:
            self._note()

    # --- what becomes of an object --------------------------------------------------------------------------------

    async def _is_made(self, life: Life) -> bool:
        """Create an object, and do what its life has; return whether there is one."""
        if await self._sent("create", "POST", life.collection, life.text) is None:
            return False
        await self._expect(life, "create", 1)
        generation = 1
        if life.edit:
            answer = await self._sent("edit", "PATCH", life.path, life.edit)
            if answer is not None:
                generation = _number(_GENERATION, answer)
                await self._expect(life, "edit", generation)
        if life.status is not None:
            await self._overwrite(life, generation)
        return True

    async def _overwrite(self, life: Life, generation: int) -> None:
        """Write somebody else's status, and have the operator look again: it writes its own."""
        body = json.dumps({"status": life.status})
        answer = await self._sent("status", "PATCH", f"{life.path}/status", body)
        look = json.dumps({"metadata": {"annotations": {_REQUESTED: "now"}}})
        if answer is None or await self._sent("check", "PATCH", life.path, look) is None:
            return
        await self._expect(life, "status", generation, after=_number(_VERSION, answer))

    async def _expect(self, life: Life, step: str, generation: int, after: int = 0) -> None:
        def said(sighting: Sighting) -> str:
            return sighting.says(_REASONS, generation) if sighting.version > after else ""

        found = await self._until(life, step, lambda sighting: bool(said(sighting)))
        if found is None:
            self.outcome.silent.append(f"{step} {life}\n{await self._known(life)}")
        else:
            self.outcome.reasons[said(found)] += 1

    async def _end(self, life: Life) -> None:
        """Delete an object; one that says why it cannot go is released as it says."""
        await self._sent("delete", "DELETE", life.path, "")
        found = await self._until(life, "delete", lambda s: s.gone or bool(_held(s)))
        if found is not None and not found.gone:
            self.outcome.held.append(f"{life}: {_held(found)}")
            await self._sent("release", "PATCH", life.path, _RELEASE)
            found = await self._until(life, "release", lambda sighting: sighting.gone)
        if found is None:
            self.outcome.stuck.append(f"{life}\n{await self._known(life)}")
            await self._sent("let go", "PATCH", life.path, _LET_GO)

    async def _until(
        self, life: Life, step: str, fits: Callable[[Sighting], bool]
    ) -> Sighting | None:
        began = time.monotonic()
        found = await self._sightings.until(_key(life), fits, PATIENCE)
        took = (time.monotonic() - began, str(life))
        self.outcome.slowest[step] = max(took, self.outcome.slowest.get(step, took))
        return found

    # --- requests -------------------------------------------------------------------------------------------------

    async def _sent(self, step: str, method: str, path: str, text: str) -> bytes | None:
        """The answer to a request; None if the API server refuses it, or does not answer."""
        self.outcome.steps[step] += 1
        try:
            status, answer = await self._asked(method, path, text)
        except (aiohttp.ClientError, TimeoutError):
            self.outcome.refused[f"{step} unanswered"] += 1
            return None
        if status >= 400:
            self.outcome.refused[f"{step} {status}"] += 1
            return None
        return answer

    async def _asked(self, method: str, path: str, text: str) -> tuple[int, bytes]:
        kind = _MERGE if method == "PATCH" else "application/json"
        headers = {"Content-Type": kind, "Accept": _METADATA}
        options: dict[str, Any] = {"headers": headers, "timeout": aiohttp.ClientTimeout(PATIENCE)}
        data = text.encode() if text else None
        while True:
            async with self._around.kube.session.request(
                method, path, data=data, **options
            ) as response:
                if response.status != 429:
                    return response.status, await response.read()
            await asyncio.sleep(_LOOK)

    async def _known(self, life: Life) -> str:
        """What tells why: the object without its content, and what the operator has logged of it."""
        async with self._around.kube.session.get(life.path) as response:
            text = (await response.read()).decode(errors="replace")
        lines = [line for line in self._around.log().splitlines() if f"/{life.name}" in line]
        head, status = text[:1500], text[-1500:]
        return "\n".join([head, "…", status, *(line[:500] for line in lines[-20:])])


def _key(life: Life) -> Seen:
    return (life.kind, life.namespace, life.name)


def _number(pattern: re.Pattern[bytes], answer: bytes) -> int:
    found = pattern.search(answer)
    assert found is not None, answer[:500]
    return int(found[1])


def _held(sighting: Sighting) -> str:
    """Why an object cannot be deleted yet, "" if it does not say so."""
    conditions: Any = sighting.status.get("conditions")
    for found in conditions if isinstance(conditions, list) else ():
        message = found.get("message") if isinstance(found, Mapping) else None
        if isinstance(message, str) and _HELD in message:
            return message
    return ""
