"""docs/security.md: each threat names the tests of what holds against it, and they exist."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)`(?: \(([^)]*)\))?")


def threats() -> Iterator[tuple[str, str]]:
    """Yield the first and the last cell of each row of the table of threats."""
    page = (ROOT / "docs" / "security.md").read_text()
    table = page.partition("| threat | what holds | tests |\n")[2].partition("\n\n")[0]
    for row in table.splitlines()[1:]:
        threat, _, tests = (cell.strip() for cell in row.strip("|").split("|"))
        yield threat, tests


def defined(path: Path) -> set[str]:
    """The names of the functions and classes of a module."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)}


def test_there_are_threats() -> None:
    assert len(list(threats())) > 15


@pytest.mark.parametrize(("threat", "tests"), list(threats()))
def test_a_threat_names_tests_that_exist(threat: str, tests: str) -> None:
    assert re.sub(r"[ ,]", "", NAMED.sub("", tests)) == "", "something else than tests"
    found = NAMED.findall(tests)
    assert found
    for path, names in found:
        assert (ROOT / path).is_file(), path
        assert set(re.findall(r"`(\w+)`", names)) <= defined(ROOT / path), path


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests/security").glob("test_*.py")), ids=lambda p: p.name
)
def test_every_module_of_the_security_tests_is_named(path: Path) -> None:
    assert any(str(path.relative_to(ROOT)) in tests for _, tests in threats())
