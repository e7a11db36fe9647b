"""The house rules that a machine can hold: sizes, the documented reasons, the examples."""

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
import yaml

from bench import house
from workers_operator.domain import conditions
from workers_operator.domain.fleet.reasons import FleetReason
from workers_operator.domain.notifications.reasons import NotificationReason
from workers_operator.domain.reasons import Reason
from workers_operator.domain.rollout.reasons import RolloutReason
from workers_operator.domain.scaling.reasons import ScalingReason
from workers_operator.domain.text.words import ReasonWord
from workers_operator.resources import KINDS

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted(
    p
    for folder in ("operator", "tests", "bench", "examples")
    for p in (ROOT / folder).rglob("*.py")
)
OPERATOR = ROOT / "operator" / "workers_operator"
REASONS = (*Reason, *RolloutReason, *FleetReason, *ScalingReason, *NotificationReason)
# Where a reason stands among the arguments: first in errors, third in facts.
POSITION = {"Fact": 2}
CONDITIONS = {
    "any",
    conditions.READY,
    conditions.RECONCILING,
    conditions.STALLED,
    conditions.NOTIFIED,
    *conditions.WORKER_TYPES,
    *conditions.SCALING_TYPES,
    *conditions.PLATFORM_TYPES,
    *conditions.TEMPLATE_TYPES,
}


# The coordinates of a point of an elliptic curve, as SEC 1 and RFC 7518 call them.
LETTERS = {"operator/local_cluster/access/signing_key.py": ["x", "y"]}


def test_modules_and_functions_are_short_enough_to_see_and_names_are_words() -> None:
    """A name that lives longer than a line is a word. All of it in one test: each file is parsed once."""
    too_long, letters = [], {}
    for path in PYTHON:
        name, text = str(path.relative_to(ROOT)), path.read_text()
        tree = ast.parse(text)
        if text.count("\n") > 400:
            too_long.append(name)
        too_long += [f"{name}: {function}" for function in _long_functions(tree)]
        if found := list(_letters(tree)):
            letters[name] = found
    assert not too_long
    assert letters == LETTERS


def _long_functions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > 60:
                yield f"{node.name} ({lines})"


def test_a_long_function_is_found() -> None:
    code = "def short(): ...\nasync def long():\n" + "    pass\n" * 60
    assert list(_long_functions(ast.parse(code))) == ["long (61)"]


@pytest.mark.parametrize(
    ("code", "letters"),
    [
        ("for n in range(3): print(n)", ["n"]),
        ("def f(a, *, b): ...", ["f", "a", "b"]),
        ("from domain import conditions as c", ["c"]),
        ("try: ...\nexcept OSError as e: ...", ["e"]),
        ("o = observed", ["o"]),
        ("match e:\n    case [h, *t]: ...", ["h", "t"]),
        ("T = TypeVar('T', bound=Hashable)", []),
        ("[n for n in range(3)]", []),
        ("sorted(found, key=lambda c: c.name)", []),
        ("for _ in range(3): ...", []),
    ],
)
def test_a_letter_for_a_name_is_found(code: str, letters: list[str]) -> None:
    assert list(_letters(ast.parse(code))) == letters


def test_operator_is_a_folder_and_not_a_package() -> None:
    # It would shadow the standard library's `operator`.
    assert not (ROOT / "operator" / "__init__.py").exists()


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_says_where_it_stands_and_what_it_means(reason: ReasonWord) -> None:
    assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", reason)
    assert {kind.strip() for kind in reason.on.split(",")} <= CONDITIONS
    assert reason.about.endswith(".")


def test_every_reason_is_documented() -> None:
    documented = set(re.findall(r"`([A-Z]\w+)`", (ROOT / "docs" / "conditions.md").read_text()))
    missing = {reason.value for reason in REASONS} - documented
    assert not missing, f"not in docs/conditions.md: {sorted(missing)}"


def test_reasons_are_never_spelled_out() -> None:
    errors = _error_classes()
    assert {"Stalled", "ClaimConflict", "ScriptRejected", "KubeConflict"} <= errors
    found = {
        str(path.relative_to(OPERATOR)): spelled
        for path in OPERATOR.rglob("*.py")
        if (spelled := list(_spelled_out(ast.parse(path.read_text()), errors)))
    }
    assert not found


@pytest.mark.parametrize(
    "code",
    [
        'Stalled("PlanNotFound", "x")',
        'errors.Stalled("PlanNotFound", "x")',
        'Waiting(after=1, reason="PlanNotFound")',
        'Fact(READY, "True", "PlanNotFound", "")',
        'Fact(READY, "True", "PlanNotFound" if x else Reason.PARKED, "")',
        'write(ready_reason="PlanNotFound")',
        'fact.reason == "PlanNotFound"',
        'fact.reason in ("Other", "PlanNotFound")',
    ],
)
def test_a_reason_that_is_spelled_out_is_found(code: str) -> None:
    tree = ast.parse(code)
    assert list(_spelled_out(tree, {"Stalled", "Waiting"})) == ["PlanNotFound"]


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda p: p.name)
def test_examples_are_valid(path: Path) -> None:
    for body in yaml.safe_load_all(path.read_text()):
        if body["kind"] in KINDS:
            KINDS[body["kind"]].model_validate(body)


def _letters(tree: ast.AST) -> Iterator[str]:
    """Yield names of one letter, but for those of a single expression and of generic types."""
    brief = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                found = name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found = name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found = name
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                found = name
            case _:
                found = ""
        if len(found) == 1 and found != "_":
            yield found
        is_generic = (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func) in ("TypeVar", "ParamSpec")
        )
        if not isinstance(node, brief) and not is_generic:
            yield from _letters(node)


def _error_classes() -> set[str]:
    """The names of all errors that carry a reason."""
    bases = {
        node.name: {getattr(base, "id", getattr(base, "attr", "")) for base in node.bases}
        for path in OPERATOR.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    }
    found = {"ReconcileError"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def _spelled_out(tree: ast.AST, errors: Collection[str]) -> Iterator[str]:
    """The literals that stand where a reason is meant and read like one."""
    for node in ast.walk(tree):
        for part in _where_a_reason_is_meant(node, errors):
            for literal in ast.walk(part):
                if isinstance(literal, ast.Constant) and literal.value in set(REASONS):
                    yield str(literal.value)


def _where_a_reason_is_meant(node: ast.AST, errors: Collection[str]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in errors or name in POSITION:
            position = POSITION.get(name, 0)
            yield from node.args[position : position + 1]
        yield from (k.value for k in node.keywords if k.arg in ("reason", "ready_reason"))
    elif isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        if any(isinstance(side, ast.Attribute) and side.attr == "reason" for side in sides):
            yield from sides


def test_statuses_are_read_through_models() -> None:
    """Besides the comparison of what is written, and the reviews of Kubernetes, which are not ours."""
    users = {
        str(path.relative_to(OPERATOR))
        for path in OPERATOR.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and (node.attr, ast.unparse(node.value)) == ("get", "status")
    }
    assert users == {
        "desired/status.py",
        "desired/fleet/followers.py",
        "gateway/access/reviews.py",
    }


def test_the_house_keeps_its_figures() -> None:
    """Folders, classes and names, as `make house` prints them."""
    for package in house.PACKAGES:
        assert house.largest_folder(package)[0] <= 12
    assert house.writers() == ["executor"]
    assert {c.name for c in house.classes() if len(c.fields) > 9 and not c.is_model} == set()
    names = Counter(c.name for c in house.classes() if not c.name.startswith("_"))
    assert [name for name, count in names.items() if count > 1] == []
    assert house.foreign_assignments() == {}
    assert house.density("workers_operator") <= 8
    assert house.density("local_edge") <= 10
