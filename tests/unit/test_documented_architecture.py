"""docs/architecture.md, the floors in CONTRIBUTING.md and the ADRs say what is there."""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OPERATOR = ROOT / "operator" / "workers_operator"
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
PATH = r"`([\w.-]+(?:/[\w.-]*)*)`"
FILE = re.compile(r"`([\w/.-]+\.(?:py|js))` \(((?:`\w+`(?:, )?)+)\)")
ADRS = sorted((ROOT / "docs" / "adr").glob("0*.md"))


def contract() -> list[set[str]]:
    """The floors that import-linter holds, the highest one first."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    return [set(layer.split(" | ")) for layer in layers]


def rooms() -> Iterator[tuple[int, str]]:
    """Yield floor and first name of the lines of the picture in the architecture page."""
    floor = 0
    for line in ARCHITECTURE.partition("```text\n")[2].partition("```")[0].splitlines():
        floor = int(line[:3]) if line[:3].strip() else floor
        # Names end where the description begins.
        for name in re.split(r" · | (?=\w+\.py)", line[4:34].strip()):
            if found := re.match(r"(\w+)(?:/|\.py)", name):
                yield floor, found[1]


def named_paths() -> list[str]:
    """The paths in the page: all that have a slash or end like a file."""
    found = set(re.findall(PATH, ARCHITECTURE))
    return sorted(p for p in found if "/" in p or re.search(r"\.(py|js|toml|ts)$", p))


def named_parts() -> list[tuple[str, str]]:
    """The functions, classes and variables in parentheses after a file."""
    return sorted(
        {
            (path, name)
            for path, names in FILE.findall(ARCHITECTURE)
            for name in re.findall(r"`(\w+)`", names)
        }
    )


def test_the_page_names_many_files() -> None:
    assert len(named_paths()) > 100
    assert len(named_parts()) > 40


@pytest.mark.parametrize("path", named_paths())
def test_a_file_that_the_page_names_exists(path: str) -> None:
    assert any((place / path).exists() for place in (OPERATOR, ROOT))


@pytest.mark.parametrize(("path", "name"), named_parts())
def test_a_part_of_a_file_that_the_page_names_exists(path: str, name: str) -> None:
    text = (OPERATOR / path).read_text()
    if path.endswith(".js"):
        assert re.search(rf"\b{name}\b", text)
        return
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    tree = list(ast.walk(ast.parse(text)))
    defined = {node.name for node in tree if isinstance(node, kinds)}
    assigned = {node.id for node in tree if isinstance(node, ast.Name)}
    assert name in defined | assigned | {n.arg for n in tree if isinstance(n, ast.arg)}


def floors(found: Iterator[tuple[int, str]]) -> Mapping[int, set[str]]:
    """Names by floor."""
    names: dict[int, set[str]] = {}
    for floor, name in found:
        names.setdefault(floor, set()).add(name)
    return names


def test_the_page_shows_all_rooms_on_their_floors() -> None:
    shown = floors(rooms())
    shown[4] -= {p.name for p in (OPERATOR / "reconcilers").iterdir() if p.is_dir()}
    assert [shown[floor] for floor in sorted(shown, reverse=True)] == contract()


def test_contributors_are_told_the_same_floors() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text().partition("| floor | packages |")[2]
    rows = re.findall(r"^\| (\d) \| (.+) \|$", table.partition("\n\n")[0], re.MULTILINE)
    told = [re.findall(r"`([\w/]+)`", packages) for _, packages in rows]
    assert [{name.partition("/")[0] for name in names} for names in told] == contract()
    inside = {p.name for p in (OPERATOR / "reconcilers").iterdir() if (p / "__init__.py").exists()}
    below = {name for names in told for name in names if name.startswith("reconcilers/")}
    assert below == {f"reconcilers/{name}" for name in inside}


@pytest.mark.parametrize("path", ADRS, ids=lambda p: p.name)
def test_a_decision_has_a_status_and_alternatives(path: Path) -> None:
    text = path.read_text()
    number, title = re.match(r"# (\d+)\. (.+)\n", text).groups()  # type: ignore[union-attr]
    assert path.name.startswith(f"{int(number):04}-")
    status = re.search(r"^Status: (.+?)\n\n", text, re.MULTILINE | re.DOTALL)
    assert status is not None
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["Context", "Decision", "Alternatives considered", "Consequences"]
    alternatives = text.partition("## Alternatives considered\n")[2].partition("\n## ")[0]
    assert "- **" in alternatives
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    row = re.search(rf"^\| {number} \| \[(.+)\]\({path.name}\) \| (.+) \|$", index, re.MULTILINE)
    assert row is not None
    assert row[1] == title
    assert amenders(row[2]) == amenders(status[1])


def amenders(status: str) -> set[str]:
    """The numbers of the decisions that amend one."""
    return set(
        re.findall(
            r"\b(\d{1,2})\b(?!\d)", re.sub(r"\(.*?\)", "", status.partition("amended by")[2])
        )
    )
