"""What the manifests let the operator do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

RBAC = Path(__file__).resolve().parents[2] / "manifests" / "base" / "rbac.yaml"
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
