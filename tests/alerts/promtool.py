"""promtool's tests of the alerts, made from cases.yaml: each alert fires on its fault, and not without it."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from support.promql import OBSERVABILITY, alerts

CASES: Final = Path(__file__).parent / "cases.yaml"
_LATE: Final = "40m"  # when nothing of what rests may have fired


def rule_groups() -> dict[str, Any]:
    """The rules as Prometheus reads them, without what makes them an object of Kubernetes."""
    body: dict[str, Any] = yaml.safe_load((OBSERVABILITY / "prometheusrule.yaml").read_text())
    return {"groups": body["spec"]["groups"]}


def cases() -> list[dict[str, Any]]:
    """The cases: alert, fires, and rests in the first of an alert."""
    found: list[dict[str, Any]] = yaml.safe_load(CASES.read_text())
    return found


def check(promtool: str, folder: Path) -> str:
    """Have promtool check and test the rules; return what it says. Raises CalledProcessError."""
    (folder / "rules.yml").write_text(yaml.safe_dump(rule_groups()))
    tests = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": list(_tests())}
    (folder / "tests.yml").write_text(yaml.safe_dump(tests, allow_unicode=True))
    told = ""
    for arguments in (["check", "rules", "rules.yml"], ["test", "rules", "tests.yml"]):
        done = subprocess.run(
            [promtool, *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        told += done.stdout
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, arguments, told)
    return told


def _tests() -> Iterator[Mapping[str, Any]]:
    known = alerts()
    for case in cases():
        name, fires = case["alert"], case["fires"]
        expected = _expected(known[name], fires.get("labels", {}), fires.get("value", ""))
        yield _test(f"{name} fires", fires["series"], fires["after"], name, [expected])
        # The same fault, and not for long enough.
        if known[name]["for"] != "0m":
            yield _test(f"{name} waits", fires["series"], "1m", name, [])
        if "rests" in case:
            yield _test(f"{name} rests", case["rests"], _LATE, name, [])


def _test(
    title: str, series: Mapping[str, str], at: str, alert: str, expected: list[Any]
) -> Mapping[str, Any]:
    return {
        "name": title,
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [{"eval_time": at, "alertname": alert, "exp_alerts": expected}],
    }


def _expected(alert: Mapping[str, Any], labels: Mapping[str, str], value: str) -> Any:
    """What the alert says with these labels and this value."""

    def said(template: str) -> str:
        text = re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda match: labels[match[1]], template)
        return re.sub(r"\{\{ \$value[^}]*\}\}", lambda _: value or "no value given", text)

    return {
        "exp_labels": {**labels, **alert["labels"]},
        "exp_annotations": {name: said(text) for name, text in alert["annotations"].items()},
    }
