"""The alerts: what they read exists, what they say is complete, and each has its runbook."""

import re
from pathlib import Path

import pytest

from alerts.promtool import cases
from support.promql import OBSERVABILITY, alerts, exposed, metrics_in, recorded, rules, series
from workers_operator.domain.reasons import Reason
from workers_operator.domain.rollout.reasons import RolloutReason

ROOT = Path(__file__).parents[3]
RUNBOOKS = ROOT / "docs" / "runbooks"
ALERTS = alerts()
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('sum by (a, b) (rate(x_total{c=~"d|e{2}"}[5m])) > 0.1', {"x_total"}),
        ('a:b:c5m / on (x) group_left (y) d_seconds{z="by (q)"} unless e == 1e3', {"a:b:c5m", "d_seconds", "e"}),
        ('absent(up{job="workers-operator"} == 1)', {"up"}),
        ("max_over_time(a:b[6m] offset 5m) or vector(0)", {"a:b"}),
        ("topk(5, sum(x) by (le))", {"x"}),
        ("sum without (x) (y)", {"y"}),
    ],
)  # fmt: skip
def test_names_are_found_in_expressions(expression: str, expected: set[str]) -> None:
    assert metrics_in(expression) == expected


def test_everything_that_rules_read_exists() -> None:
    known = exposed() | recorded() | {"up"}
    missing = {
        rule.get("alert") or rule["record"]: metrics_in(rule["expr"]) - known for rule in rules()
    }
    assert {name: found for name, found in missing.items() if found} == {}


def test_every_recorded_series_is_read() -> None:
    dashboard = (OBSERVABILITY / "dashboard.json").read_text()
    read = set().union(*(metrics_in(rule["expr"]) for rule in rules()))
    assert {name for name in recorded() - read if name not in dashboard} == set()


def test_everything_that_the_operator_exposes_is_documented() -> None:
    page = (ROOT / "docs" / "metrics.md").read_text()
    documented = set(re.findall(r"`([a-z_]+)(?:\{[^`]*\})?`", page))
    assert set(series().values()) - documented == set()


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_what_it_is_about(name: str) -> None:
    alert = ALERTS[name]
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(alert["annotations"]) == {"summary", "description", "runbook_url"}
    assert alert["annotations"]["runbook_url"].endswith(f"/runbooks/{name}")
    assert re.fullmatch(r"\d+[mh]", alert["for"])


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_has_a_runbook(name: str) -> None:
    text = (RUNBOOKS / f"{name}.md").read_text()
    assert text.startswith(f"# {name}\n")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == HEADINGS
    _, _, diagnosis = text.partition("## Diagnosis")
    assert "$ kubectl " in diagnosis.partition("## Mitigation")[0]
    assert f"[{name}]({name}.md)" in (RUNBOOKS / "README.md").read_text()


def test_there_is_no_runbook_without_an_alert() -> None:
    assert {page.stem for page in RUNBOOKS.glob("*.md")} - {"README"} == set(ALERTS)


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda page: page.stem)
def test_links_of_runbooks_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_reasons_in_expressions_are_ours() -> None:
    words = {
        word
        for rule in rules()
        for matcher in re.findall(r'reason[=!]~?"([^"]*)"', rule["expr"])
        for word in matcher.split("|")
    }
    assert words
    assert words <= {reason.value for reason in (*Reason, *RolloutReason)}


def test_every_alert_is_tested_with_and_without_its_fault() -> None:
    found = cases()
    assert {case["alert"] for case in found if case["fires"]} == set(ALERTS)
    assert {case["alert"] for case in found if case.get("rests")} == set(ALERTS)
