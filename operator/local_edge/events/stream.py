"""The events of scripts that are logged or watched, completed by the times that the meter has measured.

workerd tells tails no times, and the meter no logs. Both know the version and the millisecond at which an invocation
began, so each event waits a moment for the measurement that is next to it.
"""

import asyncio
import bisect
import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from local_edge.jsontypes import JsonObject, list_at, object_at, text_at
from local_edge.metering.invocation import Invocation

log = logging.getLogger(__name__)

SETTLING = 0.5
"""Seconds for which an event waits at least, because measurements come in batches."""
PATIENCE = 2.0
"""Seconds for which an event waits at most; it is passed on without times then."""
_INTERVAL = 0.1
_MEASURED = 5_000
"""The number of measurements that are kept of a version."""
_VERSIONS = 500
_NEAR = 1000
"""Milliseconds between the beginnings that event and measurement tell."""


@dataclass(frozen=True)
class ScriptEvent:
    namespace: str
    script: str
    version: str
    logged: bool
    """Whether it is among those of which logs are kept."""
    event: JsonObject
    """As tails get it: workerd's trace item, with cpuTime and wallTime in milliseconds."""


Reader: TypeAlias = Callable[[ScriptEvent], None]


class EventStream:
    """`read` receives each event once it is complete."""

    def __init__(self, readers: Iterable[Reader]) -> None:
        self._readers = list(readers)
        self._waiting: deque[tuple[float, ScriptEvent]] = deque()
        self._measured = _Measurements()
        self._timer: asyncio.TimerHandle | None = None

    def receive(self, batch: JsonObject) -> None:
        """Take a batch of the host; see js/recording.js."""
        if batch.get("dropped"):
            log.warning(
                "%s events of scripts were dropped, because there were too many", batch["dropped"]
            )
        now = asyncio.get_running_loop().time()
        for record in list_at(batch, "records") or []:
            if isinstance(record, dict):
                self._waiting.append((now, _event(record)))
        self._wake()

    def measured(self, invocations: Iterable[Invocation]) -> None:
        self._measured.add(invocations)

    def flush(self) -> None:
        """Pass on everything, complete or not."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            self._pass_on(self._waiting.popleft()[1])

    def _wake(self) -> None:
        if self._timer is None and self._waiting:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(_INTERVAL, self._look)

    def _look(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        late: list[tuple[float, ScriptEvent]] = []
        while self._waiting and now - self._waiting[0][0] >= SETTLING:
            received, event = self._waiting.popleft()
            if not self._pass_on(event, final=now - received >= PATIENCE):
                late.append((received, event))
        self._waiting.extendleft(reversed(late))
        self._wake()

    def _pass_on(self, event: ScriptEvent, *, final: bool = True) -> bool:
        """Complete an event and pass it on; return whether that was possible."""
        began = event.event.get("eventTimestamp")
        found = self._measured.take(event.version, began if isinstance(began, int) else 0)
        if found is None and not final:
            return False
        cpu, wall = found or (0, 0)
        times: JsonObject = {"cpuTime": cpu // 1000, "wallTime": wall // 1000}
        complete = replace(event, event={**event.event, **times})
        for read in self._readers:
            read(complete)
        return True


def _event(record: JsonObject) -> ScriptEvent:
    return ScriptEvent(
        namespace=text_at(record, "namespace") or "",
        script=text_at(record, "script") or "",
        version=text_at(record, "version") or "",
        logged=record.get("logged") is True,
        event=object_at(record, "event"),
    )


class _Measurements:
    """CPU and wall time by version and beginning; the versions that were measured last are kept."""

    def __init__(self) -> None:
        self._of: dict[str, list[tuple[int, int, int]]] = {}

    def add(self, invocations: Iterable[Invocation]) -> None:
        for item in invocations:
            kept = self._of.pop(item.version, [])
            bisect.insort(kept, (item.began, item.took.cpu, item.took.wall))
            if len(kept) > _MEASURED:
                del kept[0]
            self._of[item.version] = kept
        while len(self._of) > _VERSIONS:
            del self._of[next(iter(self._of))]

    def take(self, version: str, began: int) -> tuple[int, int] | None:
        """Return and forget the CPU and wall time, in microseconds, of the invocation that began next to a time."""
        kept = self._of.get(version, [])
        index = bisect.bisect_left(kept, (began, 0, 0))
        near = [
            i for i in (index - 1, index) if 0 <= i < len(kept) and abs(kept[i][0] - began) <= _NEAR
        ]
        if not near:
            return None
        _, cpu, wall = kept.pop(min(near, key=lambda i: abs(kept[i][0] - began)))
        return cpu, wall
