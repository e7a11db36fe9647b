"""`make bench-nginx`: templates and Debian's nginx in front of the same origin, in one run on the loopback.

    python bench/shops/run.py [--requests 100000] [--seconds 4] [--write-docs]

Everything it starts ends with it. Exit code 1 where a goal is missed: an answer that was another visitor's.
"""

import argparse
import datetime
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from bench import report
from bench.shops.fronts import nginx_binary
from bench.shops.measure import Lab, Row, mixed, speed, stale, static
from local_edge import binaries

_DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "nginx.md"


def table(rows: list[Row], names: list[str]) -> list[str]:
    """As Markdown."""
    head = ["", *names]
    lines = [head, ["---"] * len(head)]
    lines += [[row.what, *(row.answers.get(name, "") for name in names)] for row in rows]
    return ["| " + " | ".join(line) + " |" for line in lines]


def versions() -> str:
    """Of what was measured."""
    said = subprocess.run([nginx_binary() or "", "-v"], capture_output=True, text=True, check=True)
    workerd = subprocess.run(
        [str(binaries.workerd(lambda _: None)), "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    return f"{said.stderr.strip().removeprefix('nginx version: ')}, {workerd.stdout.strip()}"


def written(rows: list[Row], names: list[str], document: Path) -> None:
    """Puts the results between the marks of the document; the rest of it is prose."""
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [f"- date: {date}", f"- machine: {report.machine()}", f"- versions: {versions()}"]
    text = "\n".join([*lines, "", *table(rows, names)])
    mark = re.compile(r"(?<=<!-- results -->\n).*?(?=<!-- end of the results -->)", re.DOTALL)
    document.write_text(mark.sub(lambda _: f"\n{text}\n\n", document.read_text()))


def main() -> int:
    """Exit code: 1 where somebody got what was another's."""
    parser = argparse.ArgumentParser(prog="make bench-nginx", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000, help="of the mix, to each front")
    parser.add_argument("--seconds", type=int, default=4, help="of each measurement by wrk")
    parser.add_argument("--write-docs", action="store_true", help="write them to docs/nginx.md")
    options = parser.parse_args()
    # nginx's workers outlive a killed master: let the blocks that have started it end it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    names = ["nginx", "ecommerce", "content", "static"]
    with tempfile.TemporaryDirectory(prefix="shops-") as temporary:
        lab = Lab(Path(temporary), _say)
        try:
            rows = [*mixed(lab, options.requests), *stale(lab)]
            rows += [*static(lab, min(20_000, options.requests)), *speed(lab, options.seconds)]
        finally:
            lab.stop()
    print("\n".join(table(rows, names)))
    print(f"machine: {report.machine()}\nversions: {versions()}")
    if options.write_docs:
        written(rows, names, _DOCUMENT)
    wrong = next(row for row in rows if row.what == "wrong hits").answers
    return 1 if any(wrong[name] != "0" for name in ("ecommerce", "content")) else 0


def _say(text: str) -> None:
    print(f"    {text}", flush=True)
