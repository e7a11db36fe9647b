"""Runs the test cases of a package on a local edge."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from pydantic import JsonValue

from workers_operator.authoring import cases, origin
from workers_operator.authoring.cases import Case, Tests
from workers_operator.authoring.edge import Deployment, LocalEdge, running
from workers_operator.authoring.packages import Package
from workers_operator.domain.errors import ReconcileError, Stalled
from workers_operator.sources import templates
from workers_operator.sources.templates import Template


@dataclass(frozen=True)
class CaseResult:
    """The outcome of a case. ``problems`` is empty if the case passed."""

    case: Case
    problems: Sequence[str]


def run(package: Package, report: Callable[[CaseResult], None]) -> bool:
    """Run all cases, report each result, and return whether all cases passed.

    Raises AuthoringError if the local edge cannot be started.
    """
    with origin.serving(package.tests.origin) as address:
        tests = cases.with_origin(package.tests, address)
        if all(case.expect.refused for case in tests.cases):
            return _run_cases(package.template, tests, None, report)
        with running() as edge:
            return _run_cases(package.template, tests, edge, report)


def _run_cases(
    template: Template, tests: Tests, edge: LocalEdge | None, report: Callable[[CaseResult], None]
) -> bool:
    deployments = _Deployments(template, tests)
    passed = True
    for case in tests.cases:
        parameters = {**tests.parameters, **case.parameters}
        result = CaseResult(case, _problems(case, parameters, deployments, edge))
        report(result)
        passed = passed and not result.problems
    return passed


@dataclass
class _Deployments:
    """The deployments so far: one script and hostname for each combination of parameters, features and plan."""

    template: Template
    tests: Tests
    known: dict[str, tuple[str, str]] = field(default_factory=dict)

    def of(self, edge: LocalEdge, case: Case, parameters: dict[str, JsonValue]) -> tuple[str, str]:
        """Return the script and the hostname for a case, after deploying it if necessary. Raises Handled."""
        key = json.dumps([parameters, sorted(case.features), case.plan], sort_keys=True)
        if key not in self.known:
            config: dict[str, JsonValue] = {
                "customerId": "customer-test",
                "environment": "test",
                "features": list(case.features),
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
    case: Case, parameters: dict[str, JsonValue], deployments: _Deployments, edge: LocalEdge | None
) -> list[str]:
    try:
        templates.check(
            deployments.template,
            parameters=parameters,
            features=case.features,
            private=("*",),  # the test server is on this machine
        )
    except Stalled as error:
        if error.reason == case.expect.refused:
            return []
        return [f"the operator refuses it: {error}"]
    if case.expect.refused is not None or edge is None:
        return [f"the operator deploys it, expected {case.expect.refused}"]
    try:
        script, host = deployments.of(edge, case, parameters)
    except ReconcileError as error:
        return [f"it can't be deployed: {error}"]
    before = edge.points(script)
    response = edge.ask(host, case.request)
    written = edge.points(script, before + (case.expect.data_points or 0)) - before
    return cases.differences(case.expect, replace(response, data_points=written))
