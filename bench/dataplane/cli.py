"""The commands: ``make bench-edge`` and ``make profile-edge``; if asked, they write docs/edge-performance.md."""

import argparse
import datetime
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench import report
from bench.dataplane import faults, profile, scale, speed, wrk
from bench.dataplane.hops import Ladder
from bench.dataplane.site import Site
from bench.edge import Edge
from bench.report import Report
from local_edge import binaries

_DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "edge-performance.md"
PARTS: Final = ("requests", "reads", "uploads", "freshness", "faults", "idle")


def main() -> int:
    """Entry point; the exit code is 0 even where a goal is missed: the table says so."""
    parser = argparse.ArgumentParser(prog="make bench-edge", description=__doc__)
    parser.add_argument("what", choices=("bench", "profile"))
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"any of {', '.join(PARTS)}; default: all"
    )
    parser.add_argument(
        "--seconds", type=float, default=600, help="of the turns through all scripts (memory)"
    )
    parser.add_argument(
        "--write-docs", action="store_true", help=f"write the result to docs/{_DOCUMENT.name}"
    )
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"no such part: {', '.join(unknown)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="edge-") as temporary:
        folder = Path(temporary)
        if options.what == "profile":
            lines = profile.lines(folder)
        else:
            lines = _lines(list(_reports(folder, options.parts or list(PARTS), options.seconds)))
    sys.stdout.write("\n".join(lines) + "\n")
    if options.write_docs:
        _write("profile" if options.what == "profile" else "results", lines)
    return 0


def _reports(folder: Path, parts: Sequence[str], seconds: float) -> Iterator[Report]:
    def told(found: Report) -> Report:
        sys.stdout.write(report.text([found]) + "\n" + report.below([found]) + "\n\n")
        sys.stdout.flush()
        return found

    if "requests" in parts or "reads" in parts:
        with _running(folder / "fast") as site, _ladder(folder / "bare") as ladder:
            if "requests" in parts:
                yield told(speed.requests(ladder, site))
            if "reads" in parts:
                yield told(speed.reads(site))
    if "freshness" in parts:
        with _running(folder / "fresh") as site:
            yield told(scale.stale(site))
    if "uploads" in parts:
        with _running(folder / "many") as site:
            yield told(scale.uploads(site))
            yield told(scale.memory(site, seconds=seconds))
        yield told(scale.start(folder / "many"))
    if "faults" in parts:
        with _running(folder / "faults") as site:
            yield told(faults.loops(site, seconds=60))
            yield told(faults.kills(site))
    if "idle" in parts:
        with _running(folder / "idle") as site:
            yield told(faults.idle(site))


@contextmanager
def _running(folder: Path) -> Iterator[Site]:
    site = Site(Edge(folder))
    try:
        yield site
    finally:
        site.stop()


@contextmanager
def _ladder(folder: Path) -> Iterator[Ladder]:
    ladder = Ladder(folder)
    try:
        yield ladder
    finally:
        ladder.stop()


def _lines(reports: Sequence[Report]) -> list[str]:
    return [*_facts(), "", *report.table(reports), "", *report.below(reports).splitlines()]


def _facts() -> list[str]:
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return [
        f"- date: {date}",
        f"- machine: {report.machine()}; load averages at the end: {load}",
        f"- versions: {_versions()}",
    ]


def _versions() -> str:
    workerd = subprocess.run(
        [str(binaries.workerd(lambda _: None)), "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    said = subprocess.run([wrk.binary(), "-v"], capture_output=True, text=True, check=False).stdout
    return (
        f"{workerd.stdout.strip()}, {' '.join(said.split()[:2])}, Python {sys.version.split()[0]}"
    )


def _write(mark: str, lines: Sequence[str]) -> None:
    """Puts lines between the marks of the document; the rest of it is prose."""
    text = "\n".join(lines)
    found = re.compile(rf"(?<=<!-- {mark} -->\n).*?(?=<!-- end of the {mark} -->)", re.DOTALL)
    _DOCUMENT.write_text(found.sub(lambda _: f"\n{text}\n\n", _DOCUMENT.read_text()))
