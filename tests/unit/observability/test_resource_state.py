"""What kube-state-metrics shows of our objects exists in their schemas."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from support.promql import OBSERVABILITY
from workers_operator.resources import GROUP, KINDS, VERSION, HealthState

CRDS = Path(__file__).parents[3] / "crds"
RESOURCES: list[dict[str, Any]] = yaml.safe_load(
    (OBSERVABILITY / "resource-state.yaml").read_text()
)["spec"]["resources"]
METADATA = {"name": "string", "namespace": "string", "generation": "integer"}
Path_ = Sequence[str]


def schema_of(kind: str) -> Mapping[str, Any]:
    body = yaml.safe_load((CRDS / f"{GROUP}_{KINDS[kind].definition.plural}.yaml").read_text())
    found: dict[str, Any] = body["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return found


def type_at(schema: Mapping[str, Any], path: Path_) -> str | None:
    """The type of a field; that of an item for a list; None where there is no such field."""
    if path[0] == "metadata":
        return METADATA.get(path[1]) if len(path) == 2 else None
    for name in path:
        schema = schema.get("items", schema).get("properties", {}).get(name, {})
    found = schema.get("items", schema).get("type")
    return str(found) if found else None


def paths_of(resource: Mapping[str, Any]) -> Iterator[tuple[str, Path_, set[str]]]:
    """(what it is for, path, types that it may have) of everything that a resource's metrics read."""
    for name, path in resource["labelsFromPath"].items():
        yield name, path, {"string"}
    for metric in resource["metrics"]:
        [of] = [value for key, value in metric["each"].items() if key != "type"]
        base = of.get("path", [])
        for path in of.get("labelsFromPath", {}).values():
            yield metric["name"], [*base, *path], {"string"}
        if metric["each"]["type"] == "Gauge":
            # Strings: a number, a time, or True and False.
            value = [*base, *of.get("valueFrom", [])]
            yield metric["name"], value, {"integer", "boolean", "string"}
        elif metric["each"]["type"] == "StateSet":
            yield metric["name"], base, {"string"}


def test_every_kind_is_there_once() -> None:
    named = [resource["groupVersionKind"] for resource in RESOURCES]
    assert sorted(of["kind"] for of in named) == sorted(KINDS)
    assert {(of["group"], of["version"]) for of in named} == {(GROUP, VERSION)}
    assert len({resource["metricNamePrefix"] for resource in RESOURCES}) == len(RESOURCES)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: str(r["groupVersionKind"]["kind"]))
def test_every_path_exists(resource: Mapping[str, Any]) -> None:
    schema = schema_of(resource["groupVersionKind"]["kind"])
    found = list(paths_of(resource))
    assert len(found) > 10
    wrong = [f"{name}: {path}" for name, path, types in found if type_at(schema, path) not in types]
    assert wrong == []


def test_a_path_that_does_not_exist_is_found() -> None:
    schema = schema_of("CustomerWorker")
    assert type_at(schema, ["status", "instances"]) == "integer"
    assert type_at(schema, ["status", "conditions", "reason"]) == "string"
    assert type_at(schema, ["status", "healthz", "state"]) is None
    assert type_at(schema, ["metadata", "labels"]) is None


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: str(r["groupVersionKind"]["kind"]))
def test_metrics_have_names_and_help_of_their_own(resource: Mapping[str, Any]) -> None:
    names = [metric["name"] for metric in resource["metrics"]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z_]+", name) for name in names)
    assert all(metric["help"] for metric in resource["metrics"])


def test_all_states_of_health_are_listed() -> None:
    sets = [
        metric["each"]["stateSet"]["list"]
        for resource in RESOURCES
        for metric in resource["metrics"]
        if metric["each"]["type"] == "StateSet"
    ]
    assert sets == [list(get_args(HealthState))] * 2


def test_its_role_reads_all_our_kinds() -> None:
    role = yaml.safe_load((OBSERVABILITY / "state-metrics-role.yaml").read_text())
    [resources] = [r["resources"] for r in role["rules"] if r["apiGroups"] == [GROUP]]
    assert set(resources) == {model.definition.plural for model in KINDS.values()}


def test_the_kustomization_has_everything() -> None:
    body = yaml.safe_load((OBSERVABILITY / "kustomization.yaml").read_text())
    files = {
        name.partition("=")[2] or name for g in body["configMapGenerator"] for name in g["files"]
    }
    present = {path.name for path in OBSERVABILITY.iterdir()} - {"kustomization.yaml"}
    assert {*body["resources"], *files} == present


def test_the_service_leads_to_the_operators_port() -> None:
    service = yaml.safe_load((OBSERVABILITY / "service.yaml").read_text())
    monitor = yaml.safe_load((OBSERVABILITY / "servicemonitor.yaml").read_text())
    base = OBSERVABILITY.parent / "base" / "deployment.yaml"
    [deployment] = [o for o in yaml.safe_load_all(base.read_text()) if o["kind"] == "Deployment"]
    template = deployment["spec"]["template"]
    [container] = template["spec"]["containers"]
    [port], [endpoint] = service["spec"]["ports"], monitor["spec"]["endpoints"]
    assert service["spec"]["selector"].items() <= template["metadata"]["labels"].items()
    assert port["targetPort"] in {p["name"] for p in container["ports"]}
    assert endpoint["port"] == port["name"]
    labels = service["metadata"]["labels"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= labels.items()
    # What rules and dashboard select by.
    assert labels[monitor["spec"]["jobLabel"]] == "workers-operator"
