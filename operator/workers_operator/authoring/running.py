"""Runs a package's declared cases on a local edge."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workers_operator.authoring import cases, origin
from workers_operator.authoring.cases import Case, Tests
from workers_operator.authoring.edge import Deployment, Edge, running
from workers_operator.authoring.packages import Package
from workers_operator.domain.handling import Handled, Stalled
from workers_operator.sources import templates
from workers_operator.sources.templates import Template


@dataclass(frozen=True)
class Result:
    """How a case went. ``problems`` are empty where it went as expected."""

    case: Case
    problems: Sequence[str]


def run(package: Package, report: Callable[[Result], None]) -> bool:
    """Runs all cases, reporting each; whether all went as expected.

    Raises AuthoringError where there is nothing to run them on.
    """
    with origin.serving(package.tests.origin) as address:
        tests = cases.with_origin(package.tests, address)
        if all(case.expect.refused for case in tests.cases):
            return _run_cases(package.template, tests, None, report)
        with running() as edge:
            return _run_cases(package.template, tests, edge, report)


def _run_cases(
    template: Template, tests: Tests, edge: Edge | None, report: Callable[[Result], None]
) -> bool:
    deployments = _Deployments(template, tests)
    good = True
    for case in tests.cases:
        parameters = {**tests.parameters, **case.parameters}
        result = Result(case, _problems(case, parameters, deployments, edge))
        report(result)
        good = good and not result.problems
    return good


@dataclass
class _Deployments:
    """What has been deployed: one script and hostname for each set of parameters, features and plan."""

    template: Template
    tests: Tests
    known: dict[str, tuple[str, str]] = field(default_factory=dict)

    def of(self, edge: Edge, case: Case, parameters: dict[str, Any]) -> tuple[str, str]:
        """Script and hostname for a case, deployed if they are not there yet. Raises Handled."""
        key = json.dumps([parameters, sorted(case.features), case.plan], sort_keys=True)
        if key not in self.known:
            config: dict[str, Any] = {
                "customerId": "customer-test",
                "environment": "test",
                "features": case.features,
                "parameters": parameters,
            }
            if self.template.kind == "elite":
                config["type"] = self.template.name
            if case.plan is not None:
                config["plan"] = case.plan
            name = f"case-{len(self.known)}"
            required = templates.required_bindings(self.template, case.features)
            deployment = Deployment(self.template, config, required, self.tests)
            self.known[key] = (name, edge.deploy(name, deployment))
        return self.known[key]


def _problems(
    case: Case, parameters: dict[str, Any], deployments: _Deployments, edge: Edge | None
) -> list[str]:
    try:
        templates.check(deployments.template, parameters=parameters, features=case.features)
    except Stalled as error:
        if error.reason == case.expect.refused:
            return []
        return [f"the operator refuses it: {error}"]
    if case.expect.refused is not None or edge is None:
        return [f"the operator deploys it, expected {case.expect.refused}"]
    try:
        script, host = deployments.of(edge, case, parameters)
    except Handled as error:
        return [f"it can't be deployed: {error}"]
    before = edge.points(script)
    answer = edge.ask(host, case.request)
    written = edge.points(script, before + (case.expect.data_points or 0)) - before
    return cases.differences(case.expect, replace(answer, data_points=written))
