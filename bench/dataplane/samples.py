"""Samples of what processes do under load, by perf: which part of the kernel and of workerd they run in."""

import re
import shutil
import subprocess
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.dataplane import wrk
from bench.dataplane.hops import CONNECTIONS, Hop

_SECONDS: Final = 4
_SHOWN: Final = ("router", "pool", "supervisor")
_KINDS: Final = (
    ("scripts and their builtins", re.compile(r"Builtins_|^0x|\[JIT\]|\[anon|perf-\d+")),
    (
        "V8: garbage",
        re.compile(r"v8::internal::.*(Scaveng|Mark|Sweep|Heap|GC|Evacuat)|cppgc|heap::base"),
    ),
    (
        "V8: compiling",
        re.compile(r"v8::internal::(compiler|maglev|interpreter|baseline|Pars|Scanner|turboshaft)"),
    ),
    ("V8: the rest", re.compile(r"v8::")),
    ("workerd: objects for JavaScript", re.compile(r"workerd::(jsg|api)")),
    ("workerd: requests, isolates", re.compile(r"workerd::")),
    ("kj: HTTP, events, streams", re.compile(r"kj::|capnp::")),
    (
        "memory",
        re.compile(
            r"malloc|free|tcmalloc|operator new|operator delete|mem(cpy|move|set)|partition_alloc"
        ),
    ),
)
_LINE: Final = re.compile(r"^\s*([\d.]+)%\s+(\S.*?)\s{2,}\[(\S)\]\s+(.+)$")


def table(hop: Hop) -> Iterator[str]:
    """The share of each kind of work, by process; nothing where there is no perf."""
    if shutil.which("perf") is None:
        yield "(no samples: there is no perf)"
        return
    shares = _sampled(hop)
    kinds = [name for name, _ in (("kernel", None), *_KINDS, ("other", None))]
    yield f"| | {' | '.join(_SHOWN)} |"
    yield f"| --- |{' --- |' * len(_SHOWN)}"
    for kind in kinds:
        yield f"| {kind} | {' | '.join(f'{shares[process].get(kind, 0):.0f} %' for process in _SHOWN)} |"


def _sampled(hop: Hop) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory(prefix="samples-") as folder:
        load = threading.Thread(target=wrk.load, args=(hop.target, CONNECTIONS, _SECONDS + 1))
        load.start()
        pids = ",".join(str(hop.pids[process]) for process in _SHOWN)
        data = Path(folder) / "data"
        command = [
            "perf",
            "record",
            "-q",
            "-F",
            "1999",
            "-o",
            str(data),
            "-p",
            pids,
            "--",
            "sleep",
            str(_SECONDS),
        ]
        subprocess.run(command, check=True, capture_output=True)
        load.join()
        return {process: _shares(data, hop.pids[process]) for process in _SHOWN}


def _shares(data: Path, pid: int) -> dict[str, float]:
    command = [
        "perf",
        "report",
        "-i",
        str(data),
        "--stdio",
        "--sort",
        "dso,symbol",
        "--pid",
        str(pid),
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: defaultdict[str, float] = defaultdict(float)
    for line in said.splitlines():
        if match := _LINE.match(line):
            found[_kind(match[2], match[3], match[4])] += float(match[1])
    total = sum(found.values()) or 1.0
    return {kind: share / total * 100 for kind, share in found.items()}


def _kind(library: str, level: str, symbol: str) -> str:
    if level == "k":
        return "kernel"
    return next((name for name, pattern in _KINDS if pattern.search(symbol)), "other")
