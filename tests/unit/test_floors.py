"""Who may import what, beyond the floors that import-linter holds."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import workers_operator

PACKAGE = Path(workers_operator.__file__).parent


def imported(module: Path) -> Iterator[str]:
    """The top-level names of all packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("kopf", {"handlers.py", "app.py"}),
        ("httpx", {"cloudflare"}),
        ("kubernetes", {"kube"}),
    ],
)
def test_only_one_place_knows_a_library(library: str, homes: set[str]) -> None:
    users = {m.relative_to(PACKAGE) for m in PACKAGE.rglob("*.py") if library in imported(m)}
    assert {user.parts[0] for user in users} == homes


@pytest.mark.parametrize("floor", ["domain", "resources"])
def test_the_lowest_floor_does_no_io(floor: str) -> None:
    used = {name for module in (PACKAGE / floor).rglob("*.py") for name in imported(module)}
    assert not used & {"asyncio", "time", "random", "os", "socket", "logging", "aiohttp", "httpx"}
