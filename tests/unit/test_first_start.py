"""The first start: what is installed before everything else is enough to build the local cluster's programs."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("local_cluster", "toolchain")
MODULES: Final = {"pyyaml": "yaml", "setuptools": "setuptools"}


def imported(package: str) -> Iterator[str]:
    """The top-level modules that a package imports."""
    for path in (ROOT / "operator" / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield (node.module or "").partition(".")[0]


def test_the_local_cluster_needs_no_more_than_is_installed_first() -> None:
    found = re.search(r"wanted = /\^\((.*)\)==/", (ROOT / "Makefile").read_text())
    assert found is not None
    first = {MODULES[name] for name in found[1].split("|")}
    needed = {name for package in PACKAGES for name in imported(package)}
    assert needed - sys.stdlib_module_names - set(PACKAGES) <= first
