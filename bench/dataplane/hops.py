"""What each hop of a request costs: wall time at one connection, CPU by process, and the same hop in workerd alone."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.dataplane import wrk
from bench.dataplane.bare import Bare
from bench.dataplane.wrk import Load, Target
from bench.usage import thread_seconds

CONNECTIONS: Final = 32


@dataclass(frozen=True)
class Hop:
    """What is asked, and the processes that have a part in the answer."""

    name: str
    target: Target
    pids: Mapping[str, int]


@dataclass
class Figures:
    """The rounds of a hop. ``cpu``: process → µs a request at 32 connections."""

    alone: list[Load] = field(default_factory=list)
    many: list[Load] = field(default_factory=list)
    cpu: dict[str, list[float]] = field(default_factory=dict)

    @property
    def p50(self) -> float:
        """At one connection, in ms."""
        return statistics.median(load.p50 for load in self.alone)

    @property
    def p99(self) -> float:
        """At one connection, in ms."""
        return statistics.median(load.p99 for load in self.alone)

    @property
    def rate(self) -> float:
        """Requests a second at 32 connections."""
        return statistics.median(load.rate for load in self.many)

    def microseconds(self, process: str) -> float:
        return statistics.median(self.cpu.get(process, [0.0]))


def measured(hops: Sequence[Hop], *, rounds: int, seconds: float) -> dict[str, Figures]:
    """Asks all hops in turns, so that all share the weather."""
    found = {hop.name: Figures() for hop in hops}
    for hop in hops:
        wrk.load(hop.target, CONNECTIONS, 1)
    for _ in range(rounds):
        for hop in hops:
            figures = found[hop.name]
            figures.alone.append(wrk.load(hop.target, 1, seconds))
            before = {name: thread_seconds(pid) for name, pid in hop.pids.items()}
            load = wrk.load(hop.target, CONNECTIONS, seconds)
            figures.many.append(load)
            for name, pid in hop.pids.items():
                used = (thread_seconds(pid) - before[name]) / load.requests * 1e6
                figures.cpu.setdefault(name, []).append(used)
    return found


_RUNGS: Final = {
    "direct": "one script",
    "binding": "… behind a service binding",
    "loader": "… as a dynamic Worker",
    "dispatch": "… as a dynamic Worker that another one asks for",
    "proxy": "… in another process, behind `fetch`",
    "native": "… in another process, without JavaScript",
}
"""Kinds of ``Bare``, and what the table calls them."""


class Ladder:
    """The kinds of hops in workerd alone: one process, in-process calls, and two processes."""

    def __init__(self, folder: Path) -> None:
        behind = Bare(folder / "behind", "behind")
        self._all = {"behind": behind}
        for kind in _RUNGS:
            self._all[kind] = Bare(folder / kind, kind, behind.socket)

    def hops(self) -> list[Hop]:
        behind = self._all["behind"].pid
        found = []
        for kind, name in _RUNGS.items():
            pids = {"router": self._all[kind].pid, "pool": behind}
            if kind not in ("proxy", "native"):
                pids = {"pool": self._all[kind].pid}
            found.append(Hop(name, self._all[kind].target, pids))
        return found

    def stop(self) -> None:
        for bare in self._all.values():
            bare.stop()
