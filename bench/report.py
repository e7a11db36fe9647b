"""Results, and how they are shown: as a table for the terminal, and as Markdown."""

import os
import platform
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from local_cluster.binaries import assets
from local_cluster.progress import Progress
from local_edge import binaries

_HEAD: Final = ("scenario", "value", "goal", "measured", "result")


@dataclass(frozen=True)
class Result:
    """One measured value. ``met`` is None where there is no goal: it only explains."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None


@dataclass
class Report:
    """What one scenario has found out. ``method``: one line."""

    name: str
    method: str
    results: list[Result] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def at_most(self, what: str, value: float, limit: float, unit: str = "") -> None:
        """A value that may not be above ``limit``."""
        shown = f"{number(value)}{unit}"
        self.results.append(Result(what, shown, f"≤ {limit:g}{unit}", value <= limit))

    def at_least(self, what: str, value: float, limit: float, unit: str = "") -> None:
        """A value that may not be below ``limit``."""
        shown = f"{number(value)}{unit}"
        self.results.append(Result(what, shown, f"≥ {limit:g}{unit}", value >= limit))

    def tell(self, what: str, measured: str) -> None:
        """A value without a goal."""
        self.results.append(Result(what, measured))

    def note(self, text: str) -> None:
        """What explains a result."""
        self.notes.append(text)


def number(value: float) -> str:
    """Three digits that matter."""
    return f"{value:.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1))]


def spread(values: Sequence[float]) -> str:
    """The median, with the extremes where there are several."""
    middle = number(statistics.median(values))
    return (
        middle if len(values) == 1 else f"{middle} ({number(min(values))} to {number(max(values))})"
    )


def machine() -> str:
    """Cores, memory, kernel."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, {platform.machine()}"
    )


def versions() -> str:
    """The versions of what was measured with."""
    with Path(os.devnull).open("w") as nowhere:
        found = assets.ensure(Progress(nowhere))
    workerd = binaries.workerd(lambda _: None)
    names = (
        ("Python", platform.python_version()),
        ("kopf", version("kopf")),
        ("httpx", version("httpx")),
        ("workerd", _said(workerd)),
        ("kube-apiserver", _said(found.kube_apiserver)),
    )
    return ", ".join(f"{name} {value}" for name, value in names)


def _said(binary: Any) -> str:
    done = subprocess.run([str(binary), "--version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]


def text(reports: Iterable[Report]) -> str:
    """The table for the terminal."""
    rows = [_HEAD, *_rows(reports)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def table(reports: Iterable[Report]) -> list[str]:
    """The table as Markdown."""
    rows = ["| " + " | ".join(row) + " |" for row in _rows(reports)]
    return [f"| {' | '.join(_HEAD)} |", "| --- | --- | --- | --- | --- |", *rows]


def _rows(reports: Iterable[Report]) -> list[tuple[str, ...]]:
    said = {True: "met", False: "missed", None: ""}
    return [(r.name, x.what, x.goal, x.measured, said[x.met]) for r in reports for x in r.results]


def below(reports: Iterable[Report]) -> str:
    """Method and notes, a line each."""
    lines: list[str] = []
    for report in reports:
        lines.append(f"- {report.name}: {report.method}")
        lines += [f"  - {note}" for note in report.notes]
    return "\n".join(lines)


def markdown(reports: Sequence[Report], date: str) -> str:
    """The document."""
    return "\n".join(
        (
            "# Benchmarks",
            "",
            f"Results of `make bench`, written on {date} by `bench/run.py --write-docs`. Compare ratios and counts:",
            "the peer runs in the same run on the same machine, and all processes share its cores.",
            "",
            f"- machine: {machine()}",
            f"- versions: {versions()}",
            "",
            *table(reports),
            "",
            "## Method and notes",
            "",
            below(reports),
            "",
        )
    )
