"""Who may import what, beyond the floors that import-linter holds."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePath

import pytest

import workers_operator

PACKAGE = Path(workers_operator.__file__).parent
WRITES = "workers_operator.cloudflare.writes"


@cache
def imported(module: Path) -> frozenset[str]:
    """Every dotted name that a file imports, wherever in it: modules, and what is taken out of them."""
    return frozenset(_imported(module))


def _imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None
            assert not node.level, f"{module}: a relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importing(name: str, folder: Path = PACKAGE) -> set[PurePath]:
    """The files that import a package or module, or something out of it."""
    files = list(folder.rglob("*.py"))
    assert files
    return {
        file.relative_to(PACKAGE)
        for file in files
        if any(found == name or found.startswith(f"{name}.") for found in imported(file))
    }


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("kopf", {"scheduling/handlers.py"}),
        ("httpx", {"cloudflare"}),
        ("kubernetes", {"kube"}),
        ("fastapi", {"gateway"}),
        ("uvicorn", {"gateway"}),
    ],
)
def test_only_one_place_knows_a_library(library: str, homes: set[str]) -> None:
    users = importing(library)
    known = {home: {u for u in users if u.is_relative_to(home)} for home in homes}
    assert users == set().union(*known.values())
    assert all(known.values())


@pytest.mark.parametrize("floor", ["domain", "resources"])
def test_the_lowest_floor_does_no_io(floor: str) -> None:
    used = {
        name.partition(".")[0]
        for module in (PACKAGE / floor).rglob("*.py")
        for name in imported(module)
    }
    assert not used & {"asyncio", "time", "random", "os", "socket", "logging", "aiohttp", "httpx"}


def test_only_the_executor_changes_an_account() -> None:
    """Besides the tools for authors, which have an account of their own."""
    users = {user for user in importing(WRITES) if not user.is_relative_to("authoring")}
    assert users == {PurePath("account/executor.py")}


@pytest.mark.parametrize("package", ["domain", "desired", "index", "sources", "reconcilers"])
def test_what_resolves_and_plans_changes_nothing(package: str) -> None:
    assert importing(WRITES, PACKAGE / package) == set()
    assert importing("workers_operator.account.writes", PACKAGE / package) == set()
