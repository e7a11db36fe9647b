"""The manifests and the operator agree: on who it is in the cluster, and on the scope of its kinds."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from workers_operator.app import LEASE
from workers_operator.resources import GROUP, KINDS, VERSION
from workers_operator.settings import from_environment

MANIFESTS = Path(__file__).parents[2] / "manifests"
BASE = MANIFESTS / "base"
POD = {"metadata.name": "workers-operator-5c9d-x2k7p", "metadata.namespace": "edge"}


def _objects() -> Iterator[Mapping[str, Any]]:
    for name in yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"]:
        yield from yaml.safe_load_all((BASE / name).read_text())


@pytest.fixture(scope="module")
def objects() -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """The objects of manifests/base, by kind and name."""
    return {(o["kind"], o["metadata"]["name"]): o for o in _objects()}


def test_the_downward_api_says_who_the_candidate_is_and_where_its_lease_is(
    objects: Mapping[tuple[str, str], Mapping[str, Any]], tmp_path: Path
) -> None:
    pod = objects["Deployment", "workers-operator"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    references = {v["name"]: v["valueFrom"]["fieldRef"]["fieldPath"] for v in container["env"]}
    variables = {name: POD[path] for name, path in references.items()}
    election = from_environment(variables, service_account=tmp_path).election
    assert election.identity == POD["metadata.name"]
    assert election.namespace == POD["metadata.namespace"]


def test_its_role_lets_it_hold_that_lease_and_no_other(
    objects: Mapping[tuple[str, str], Mapping[str, Any]],
) -> None:
    role, deployment = (
        objects["Role", "workers-operator"],
        objects["Deployment", "workers-operator"],
    )
    assert role["metadata"]["namespace"] == deployment["metadata"]["namespace"]
    held = {
        name: set(rule["verbs"])
        for rule in role["rules"]
        for name in rule.get("resourceNames", ["any"])
        if rule["resources"] == ["leases"]
    }
    assert held == {LEASE: {"get", "update"}, "any": {"create"}}


def test_one_candidate_stays_while_the_other_is_replaced_or_evicted(
    objects: Mapping[tuple[str, str], Mapping[str, Any]],
) -> None:
    deployment = objects["Deployment", "workers-operator"]
    budget = objects["PodDisruptionBudget", "workers-operator"]
    replicas, strategy = deployment["spec"]["replicas"], deployment["spec"]["strategy"]
    assert strategy["type"] == "RollingUpdate"
    assert replicas - strategy["rollingUpdate"]["maxUnavailable"] >= 1
    assert 1 <= budget["spec"]["minAvailable"] < replicas
    assert budget["metadata"]["namespace"] == deployment["metadata"]["namespace"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert budget["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_kustomize_is_told_of_every_kind_that_is_cluster_scoped() -> None:
    paths = json.loads((MANIFESTS / "kustomize" / "openapi.json").read_text())["paths"]
    expected = {
        f"/apis/{GROUP}/{VERSION}/{model.definition.plural}/{{name}}": {
            "group": GROUP,
            "version": VERSION,
            "kind": kind,
        }
        for kind, model in KINDS.items()
        if model.definition.scope == "Cluster"
    }
    named = {path: item["get"]["x-kubernetes-group-version-kind"] for path, item in paths.items()}
    assert named == expected


NAMED: Mapping[str, frozenset[str]] = {
    "configMap": frozenset({"ConfigMap"}),
    "secretKeyRef": frozenset({"Secret"}),
    "secretRef": frozenset({"Secret"}),
    "urlSecretRef": frozenset({"Secret"}),
    "apiTokenSecretRef": frozenset({"Secret"}),
    "templateRef": frozenset({"WorkerTemplate", "ClusterWorkerTemplate"}),
    "worker": frozenset({"CustomerWorker", "EliteWorker"}),
    "platform": frozenset({"WorkersPlatform"}),
}
"""Field -> the kinds of the objects that it names."""
REFUSED: Sequence[tuple[str, str]] = (
    ("ClusterWorkerTemplate", "spec/source/configMap"),
    ("ClusterWorkerTemplate", "spec/defaults/bindings/worker"),
    ("WorkerTemplate", "spec/defaults/bindings/worker"),
)
"""Fields that the CRDs have and allow nobody to set."""


def references(schema: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """(field, path of the name) of everything below that names another object."""
    for name, field in (schema.get("properties") or {}).items():
        here = f"{path}/{name}"
        if "name" in (field.get("properties") or {}):
            yield name, f"{here}/name"
        elif name in NAMED:
            yield name, here
        yield from references(field, here)
        yield from references(field.get("items") or {}, here)


def test_kustomize_is_told_of_every_field_that_names_an_object() -> None:
    config = yaml.safe_load((MANIFESTS / "kustomize" / "kustomizeconfig.yaml").read_text())
    told = {
        (field["kind"], field["path"], reference["kind"])
        for reference in config["nameReference"]
        for field in reference["fieldSpecs"]
    }
    expected: set[tuple[str, str, str]] = set()
    for path in (MANIFESTS.parent / "crds").glob("*.yaml"):
        crd = yaml.safe_load(path.read_text())
        kind = crd["spec"]["names"]["kind"]
        spec = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
        for field, at in references(spec, "spec"):
            if (kind, at.removesuffix("/name")) not in REFUSED:
                expected |= {(kind, at, target) for target in NAMED[field]}
    assert told == expected


RBAC = BASE / "rbac.yaml"
OBJECTS: list[Any] = list(yaml.safe_load_all(RBAC.read_text()))


def rules(kind: str, name: str) -> Iterator[tuple[str, str, str]]:
    """(API group, resource, verb) of everything that a role grants."""
    [role] = [o for o in OBJECTS if (o["kind"], o["metadata"]["name"]) == (kind, name)]
    for rule in role["rules"]:
        for group in rule["apiGroups"]:
            yield from ((group, r, verb) for r in rule["resources"] for verb in rule["verbs"])


def bound(kind: str) -> list[str]:
    """The roles that bindings of a kind grant."""
    return [o["roleRef"]["name"] for o in OBJECTS if o["kind"] == kind]


def test_no_secret_can_be_read_in_the_whole_cluster() -> None:
    for name in bound("ClusterRoleBinding"):
        assert "secrets" not in {resource for _, resource, _ in rules("ClusterRole", name)}


def test_secrets_are_read_by_name_where_their_owners_allow_it() -> None:
    assert list(rules("ClusterRole", "workers-operator-secrets")) == [("", "secrets", "get")]
    assert "workers-operator-secrets" not in bound("ClusterRoleBinding") + bound("RoleBinding")


def test_tokens_are_read_in_the_namespace_of_the_operator() -> None:
    [role] = [o for o in OBJECTS if o["kind"] == "Role"]
    assert role["metadata"]["namespace"] == "code24-workers"
    granted = {rule for rule in rules("Role", "workers-operator") if rule[1] == "secrets"}
    assert granted == {("", "secrets", "get")}


def test_of_namespaces_labels_are_read_and_nothing_is_changed() -> None:
    granted = [r for r in rules("ClusterRole", "workers-operator") if r[1] == "namespaces"]
    assert granted == [("", "namespaces", "list"), ("", "namespaces", "watch")]
