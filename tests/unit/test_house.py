"""The house rules that a machine can hold: sizes, the documented reasons, the examples."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from workers_operator.resources import KINDS

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted(
    p
    for folder in ("operator", "tests", "bench", "examples")
    for p in (ROOT / folder).rglob("*.py")
)
REASONED = re.compile(r"(Fact|Handled|Stalled|Waiting|Transient|RateLimited|[A-Z]\w*(Conflict|Lost|Unusable|Rejected|"
                      r"Unavailable|Unknown|Error|Unreachable|NotFound|Forbidden|Requests|Unauthorized))$")  # fmt: skip
REASON = re.compile(r"[A-Z][a-z]+([A-Z][a-z]+)*$")
# Reasons of Handled errors stand first, those of facts third.
POSITION = {"Fact": 2}


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_and_functions_are_short_enough_to_see(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 400
    too_long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1})"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > 60
    ]
    assert not too_long


def test_operator_is_a_folder_and_not_a_package() -> None:
    # It would shadow the standard library's `operator`.
    assert not (ROOT / "operator" / "__init__.py").exists()


def test_every_condition_reason_is_documented() -> None:
    documented = set(re.findall(r"`([A-Z]\w+)`", (ROOT / "docs" / "conditions.md").read_text()))
    used = set(_reasons())
    assert {"ScriptRejected", "ConfigMapNotFound", "AwaitingPropagation"} <= used
    assert used <= documented, f"not in docs/conditions.md: {sorted(used - documented)}"


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda p: p.name)
def test_examples_are_valid(path: Path) -> None:
    for body in yaml.safe_load_all(path.read_text()):
        if body["kind"] in KINDS:
            KINDS[body["kind"]].model_validate(body)


def _reasons() -> Iterator[str]:
    for path in (ROOT / "operator" / "workers_operator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if not REASONED.match(name):
                continue
            position = POSITION.get(name, 0)
            argument = node.args[position] if len(node.args) > position else None
            if isinstance(argument, ast.Constant) and REASON.match(str(argument.value)):
                yield str(argument.value)
