"""The command line of ``bench/page/run.py``."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.page import lighthouse, measuring, screenshots
from support.browsing import chromium, served
from support.fleets import fill
from support.rest_api import RestApi

_DOCS: Final = Path(__file__).parents[2] / "docs"
_PAGE: Final = _DOCS / "fleet-page.md"
_BEGIN, _END = "<!-- figures -->\n", "<!-- end of figures -->"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="bench-page", description=__doc__)
    parser.add_argument(
        "--write-docs", action="store_true", help="write docs/fleet-page.md and its images"
    )
    options = parser.parse_args(arguments)
    rest = RestApi()
    fill(rest, measuring.WORKERS)
    with served(rest.app) as gateway, chromium() as browser:
        figures = {**measuring.measure(browser, gateway, rest), **lighthouse.judge(gateway)}
        table = measuring.table(figures)
        print(table)
        if options.write_docs:
            screenshots.take(browser, gateway, rest, _DOCS / "images")
            _write(table)
    return 0


def _write(table: str) -> None:
    before, _, rest = _PAGE.read_text().partition(_BEGIN)
    _PAGE.write_text(f"{before}{_BEGIN}{table}{_END}{rest.partition(_END)[2]}")
