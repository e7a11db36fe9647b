"""Fields that others own: a change of them is a conflict, a change beside them is none."""

from typing import Any

import pytest

from workers_operator.gateway.writes.fields import MANAGER, FieldConflict, conflicts

SPEC: dict[str, Any] = {
    "instances": 2,
    "vars": {"A": "1", "B": "2"},
    "bindings": [{"name": "KV", "type": "kvNamespace", "id": "1"}, {"name": "AI", "type": "ai"}],
    "compatibility": {"flags": ["nodejs_compat"]},
}
FLUX = {
    "f:spec": {
        "f:instances": {},
        "f:vars": {"f:A": {}},
        "f:bindings": {'k:{"name":"KV"}': {".": {}, "f:name": {}, "f:id": {}}},
        "f:compatibility": {"f:flags": {'v:"nodejs_compat"': {}}},
    }
}


LABELED: dict[str, Any] = {
    "f:metadata": {"f:labels": {".": {}, "f:team": {}}, "f:annotations": {"f:a": {}}}
}


def managed(manager: str = "flux", fields: Any = FLUX, operation: str = "Apply") -> list[Any]:
    return [{"manager": manager, "operation": operation, "fieldsV1": fields}]


def found(managed_fields: object, change: dict[str, Any]) -> list[FieldConflict]:
    return conflicts(managed_fields, {"spec": SPEC}, {"spec": SPEC | change})


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({}, []),
        ({"instances": 3}, ["spec.instances"]),
        ({"vars": {"A": "9", "B": "2"}}, ["spec.vars.A"]),
        ({"vars": {"A": "1", "B": "9", "C": "3"}}, []),
        ({"vars": {}}, ["spec.vars.A"]),
        (
            {"bindings": [{"name": "KV", "type": "kvNamespace", "id": "2"}]},
            ['spec.bindings[{"name":"KV"}].id'],
        ),
        ({"bindings": [SPEC["bindings"][0]]}, []),
        ({"compatibility": {"flags": []}}, ['spec.compatibility.flags["nodejs_compat"]']),
        ({"compatibility": {"flags": ["nodejs_compat", "x"]}}, []),
        ({"routes": [{"pattern": "a.example/*"}]}, []),
    ],
)
def test_what_a_change_disputes(change: dict[str, Any], paths: list[str]) -> None:
    assert found(managed(), change) == [FieldConflict(path, "flux") for path in paths]


def test_a_binding_that_goes_is_a_conflict() -> None:
    assert {
        conflict.path for conflict in found(managed(), {"bindings": [SPEC["bindings"][1]]})
    } == {
        'spec.bindings[{"name":"KV"}].name',
        'spec.bindings[{"name":"KV"}].id',
    }


@pytest.mark.parametrize(
    ("labels", "is_disputed"),
    [
        ({"team": "b", "app": "shop"}, True),
        ({"app": "shop"}, True),
        ({"team": "a"}, False),
        ({"team": "a", "app": "x"}, False),
    ],
)
def test_a_label_of_another_manager_is_a_conflict(
    labels: dict[str, str], is_disputed: bool
) -> None:
    before: dict[str, Any] = {"metadata": {"labels": {"team": "a", "app": "shop"}}, "spec": SPEC}
    after = {"metadata": {"labels": labels}, "spec": SPEC}
    expected = [FieldConflict("metadata.labels.team", "flux")] if is_disputed else []
    assert conflicts(managed(fields=LABELED), before, after) == expected


def test_who_owns_nothing_of_the_labels_disputes_none() -> None:
    after = {"metadata": {"labels": {"a": "b"}}}
    assert conflicts(managed(), {"metadata": {"labels": {}}}, after) == []


@pytest.mark.parametrize("manager", ["kubectl", "kubectl-client-side-apply", "kubectl-edit"])
def test_a_number_that_kubectl_has_set_by_hand_is_scaled_as_kubectl_does(manager: str) -> None:
    by_hand = managed(manager, operation="Update")
    assert found(by_hand, {"instances": 3}) == []
    assert found(by_hand, {"vars": {}}) == [FieldConflict("spec.vars.A", manager)]
    assert found(managed(manager), {"instances": 3}) == [FieldConflict("spec.instances", manager)]
    others = managed("helm", operation="Update")
    assert found(others, {"instances": 3}) == [FieldConflict("spec.instances", "helm")]


def test_the_own_manager_is_none_of_the_others() -> None:
    assert found(managed(MANAGER), {"instances": 3}) == []


@pytest.mark.parametrize(
    "broken", [None, "x", [None], [{"fieldsV1": []}], [{"fieldsV1": {"f:spec": {"k:{": {}}}}]]
)
def test_what_cannot_be_read_disputes_nothing(broken: object) -> None:
    assert found(broken, {"instances": 3}) == []
