"""Prints figures of the source's structure: folders, classes, names, who changes an account. ``make house``."""

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1] / "operator"
PACKAGES: Final = ("workers_operator", "local_edge", "local_cluster", "toolchain")
WRITES: Final = "workers_operator.cloudflare.writes"
_MODELS: Final = re.compile(r"(Model|Spec|Status|Resource|BaseModel|_Strict)$")
Row = tuple[str, str, str]  # figure, value, goal


@dataclass(frozen=True)
class Class:
    """A class and where it is. ``fields``: dataclass fields and attributes that ``__init__`` sets."""

    name: str
    path: Path
    bases: tuple[str, ...]
    fields: frozenset[str]

    @property
    def is_model(self) -> bool:
        """Whether it is a pydantic model."""
        return any(_MODELS.search(base) for base in self.bases)


def modules(package: str) -> list[Path]:
    """Return all modules of a package."""
    return sorted((ROOT / package).rglob("*.py"))


@cache
def classes() -> tuple[Class, ...]:
    """Return the classes of all packages."""
    return tuple(
        Class(
            node.name,
            path,
            tuple(ast.unparse(base).partition("[")[0] for base in node.bases),
            frozenset(_fields(node)),
        )
        for path in (path for package in PACKAGES for path in modules(package))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    )


def _fields(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind):
                if "ClassVar" not in ast.unparse(kind):
                    yield name
            case ast.FunctionDef(name="__init__"):
                yield from _assigned_to_self(statement)


def _assigned_to_self(function: ast.FunctionDef) -> Iterator[str]:
    for target in _targets(function):
        if isinstance(target.value, ast.Name) and target.value.id == "self":
            yield target.attr


def _targets(tree: ast.AST) -> Iterator[ast.Attribute]:
    """Yield the attributes that statements assign."""
    for node in ast.walk(tree):
        found: list[ast.expr]
        match node:
            case ast.Assign(targets=found):
                pass
            case ast.AnnAssign(target=only) | ast.AugAssign(target=only):
                found = [only]
            case _:
                continue
        for target in found:
            for item in ast.walk(target):
                if isinstance(item, ast.Attribute) and isinstance(item.ctx, ast.Store):
                    yield item


def foreign_assignments() -> dict[Path, list[str]]:
    """Return the modules that assign a field of an object of another module of ours, with the assignments."""
    owners: defaultdict[str, set[Path]] = defaultdict(set)
    ours = (c for c in classes() if c.path.is_relative_to(ROOT / "workers_operator"))
    for found in ours:
        for field in found.fields:
            owners[field].add(found.path)
    result: dict[Path, list[str]] = {}
    for path in modules("workers_operator"):
        foreign = [
            ast.unparse(target)
            for target in _targets(ast.parse(path.read_text()))
            if not ast.unparse(target.value).startswith(("self", "cls"))
            and owners.get(target.attr)
            and path not in owners[target.attr]
        ]
        if foreign:
            result[path] = foreign
    return result


def writers() -> list[str]:
    """Return the modules outside ``cloudflare`` and ``authoring`` that import what changes an account."""
    package, _, name = WRITES.rpartition(".")
    found = []
    for path in modules("workers_operator"):
        room = path.relative_to(ROOT / "workers_operator").parts[0]
        if room in ("cloudflare", "authoring"):
            continue
        imports = (
            n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.ImportFrom)
        )
        if any(
            node.module == WRITES
            or (node.module == package and name in {alias.name for alias in node.names})
            for node in imports
        ):
            found.append(path.stem)
    return found


def density(package: str) -> float:
    """Return how often the word Any stands in 1,000 lines."""
    texts = [path.read_text() for path in modules(package)]
    lines = sum(text.count("\n") for text in texts)
    return 1000 * sum(len(re.findall(r"\bAny\b", text)) for text in texts) / lines


def largest_folder(package: str) -> tuple[int, str]:
    """Return the number of modules in the largest folder, and its name."""
    counts = Counter(path.parent for path in modules(package) if path.stem != "__init__")
    folder, count = counts.most_common(1)[0]
    return count, str(folder.relative_to(ROOT))


def rows() -> Iterator[Row]:
    """Yield the table."""
    for package, goal in (("workers_operator", "≤ 12"), ("local_edge", ""), ("local_cluster", "")):
        count, folder = largest_folder(package)
        yield f"files in the largest folder of {package}", f"{count} ({folder})", goal
    found = writers()
    yield (
        "modules that call a mutating Cloudflare function",
        f"{len(found)} ({', '.join(found)})",
        "1",
    )
    plain = max((c for c in classes() if not c.is_model), key=lambda c: len(c.fields))
    yield (
        "fields of the largest class that is no model",
        f"{len(plain.fields)} ({plain.name})",
        "≤ 9",
    )
    names = Counter(c.name for c in classes() if not c.name.startswith("_"))
    twice = sorted(name for name, count in names.items() if count > 1)
    yield "public class names that exist twice", f"{len(twice)} {' '.join(twice)}".strip(), "0"
    foreign = foreign_assignments()
    listed = "; ".join(f"{path.stem}: {', '.join(names)}" for path, names in foreign.items())
    yield (
        "modules that assign a field of another module's object",
        f"{len(foreign)} {listed}".strip(),
        "0",
    )
    for package, goal in (("workers_operator", "≤ 8"), ("local_edge", "≤ 10")):
        yield f"the word Any per 1,000 lines of {package}", f"{density(package):.1f}", goal


def main() -> int:
    """Print the table."""
    for figure, value, goal in rows():
        sys.stdout.write(f"| {figure} | {value} | {goal} |\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
