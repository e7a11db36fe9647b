"""What processes use, from /proc: CPU seconds and memory; and how much of the machine others use meanwhile."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TICK: Final = os.sysconf("SC_CLK_TCK")
_PARENT: Final = 1  # fields of /proc/<pid>/stat after the command, from state = 0
_TIMES: Final = slice(11, 15)  # utime, stime, cutime, cstime
_IDLE: Final = slice(3, 5)  # idle, iowait of /proc/stat

Pids = Callable[[], Iterable[int]]


def children(word: str) -> list[int]:
    """The living children of this process with ``word`` in their command line."""
    me = os.getpid()
    return [pid for pid, parent in _parents().items() if parent == me and word in _command(pid)]


def tree(root: int) -> list[int]:
    """A process and all its descendants."""
    parents = _parents()
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def memory_mib(pid: int, name: str) -> float:
    """VmRSS, or another line of /proc/<pid>/status."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} has no {name}")


def cpu_seconds(pid: int) -> float:
    """User and system time, that of children that have ended included; 0 for a process that is gone."""
    return sum(int(x) for x in _stat(pid)[_TIMES]) / _TICK


def thread_seconds(pid: int) -> float:
    """CPU time of the threads that a process has, in nanoseconds' resolution."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


@dataclass(frozen=True)
class Used:
    """What a span of time took. ``others``: CPU seconds of processes that are not the measured ones."""

    wall: float
    cpu: Mapping[str, float]
    others: float

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.cpu.items())
        share = self.others / max(0.001, self.wall)
        return f"CPU seconds in {self.wall:.1f} s: {parts}; all other processes {share:.2f} cores"


class Meter:
    """Measures from its creation until ``used``."""

    def __init__(self, roles: Mapping[str, Pids]) -> None:
        self._roles = roles
        self._began, self._busy = time.monotonic(), _busy()
        self._before = self._read()

    def _read(self) -> dict[str, float]:
        return {name: sum(map(cpu_seconds, pids())) for name, pids in self._roles.items()}

    def used(self) -> Used:
        """What has been used so far."""
        wall, busy = time.monotonic() - self._began, _busy() - self._busy
        now = self._read()
        cpu = {name: now[name] - before for name, before in self._before.items()}
        return Used(wall, cpu, max(0.0, busy - sum(cpu.values())))


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ["0"] * 20
    return text.rpartition(")")[2].split()


def _parents() -> dict[int, int]:
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]
    return {pid: int(_stat(pid)[_PARENT]) for pid in pids}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _busy() -> float:
    """Busy seconds of all cores since boot."""
    [line, *_] = Path("/proc/stat").read_text().splitlines()
    fields = [int(x) for x in line.split()[1:9]]  # without guest times: they are in user already
    return (sum(fields) - sum(fields[_IDLE])) / _TICK
