"""The command: runs scenarios one after the other, prints a table; exit code 1 where one could not be measured."""

import argparse
import asyncio
import datetime
import importlib
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench import report
from bench.options import Options

SCENARIOS: Final = (
    "calls", "resync", "create", "limiter", "edit", "memory", "restart", "follow", "changes", "fleet", "waves", "rest",
    "rollouts", "probes", "intervals", "reactions",
)  # fmt: skip
_DOCUMENT: Final = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def main() -> int:
    """Entry point."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        options = Options(Path(folder), _say, arguments.scale, arguments.rounds, arguments.quick)
        reports, failed = _run(arguments.names or list(SCENARIOS), options)
    print(f"\n{report.text(reports)}\n\n{report.below(reports)}\n")
    print(f"machine: {report.machine()}\nversions: {report.versions()}")
    if arguments.write_docs and not failed:
        date = datetime.datetime.now(datetime.UTC).date().isoformat()
        _DOCUMENT.write_text(report.markdown(reports, date))
    return 1 if failed else 0


def _say(text: str) -> None:
    print(f"    {text}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    add = parser.add_argument
    add("names", nargs="*", metavar="scenario", help=f"any of {', '.join(SCENARIOS)}; default: all")
    add("--scale", type=float, default=1.0, help="multiplies the numbers of objects")
    add("--rounds", type=int, default=1, help="repetitions of what is compared with a peer")
    add("--quick", action="store_true", help="leave out what takes minutes (10,000 objects)")
    add("--write-docs", action="store_true", help="write the results to docs/benchmarks.md")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in SCENARIOS]
    if unknown:
        parser.error(f"no such scenario: {', '.join(unknown)}")
    return arguments


def _run(names: list[str], options: Options) -> tuple[list[report.Report], bool]:
    reports, failed = [], False
    for name in names:
        began = time.monotonic()
        print(f"==> {name}", flush=True)
        try:
            done = asyncio.run(importlib.import_module(f"bench.{name}").measure(options))
        except Exception as error:
            failed = True
            print(f"    failed after {time.monotonic() - began:.0f} s: {error!r}", file=sys.stderr)
        else:
            print(f"    {time.monotonic() - began:.0f} s\n", flush=True)
            print(report.text([done]) + "\n" + report.below([done]), flush=True)
            reports.append(done)
    return reports, failed
