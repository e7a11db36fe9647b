"""The CRDs: the checked-in files are those of the models, and say all that the models say."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, get_args

import pytest
import yaml
from pydantic import BaseModel, Field

from support.tenancy import STORAGE
from workers_operator.resources import KINDS, Resource
from workers_operator.resources.formats import INT_OR_STRING
from workers_operator.resources.generation.crdgen import crd, main, schema
from workers_operator.resources.generation.structural import PRESERVE, structural_schema, walk
from workers_operator.resources.model import Rule, SpecModel

CRDS = Path(__file__).parents[3] / "crds"
every_kind = pytest.mark.parametrize("resource", KINDS.values(), ids=KINDS.keys())


def fields(resource: type[Resource]) -> dict[str, dict[str, Any]]:
    """Path → schema of every field of a kind."""
    return dict(walk(schema(resource)))


def rules_in(annotation: object) -> list[Rule]:
    """The rules of a type and of everything that it is made of."""
    found = [part for part in get_args(annotation) if isinstance(part, Rule)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        found += getattr(annotation, "all_rules", ())
        for field in annotation.model_fields.values():
            found += [part for part in field.metadata if isinstance(part, Rule)]
            found += rules_in(field.annotation)
        return found
    return found + [rule for part in get_args(annotation) for rule in rules_in(part)]


def test_the_files_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--output", str(CRDS), "--check"])
    assert code == 0, capsys.readouterr().out
    assert len(list(CRDS.iterdir())) == len(KINDS)


def test_check_shows_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--output", str(tmp_path)]) == 0
    assert main(["--output", str(tmp_path), "--check"]) == 0
    file = tmp_path / "workers.code24.dev_eliteworkers.yaml"
    file.write_text(file.read_text().replace("- design", "- designer"))
    (tmp_path / "workers.code24.dev_customerworkers.yaml").unlink()
    capsys.readouterr()
    assert main(["--output", str(tmp_path), "--check"]) == 1
    diff = capsys.readouterr().out
    assert "-                - designer\n+                - design\n" in diff
    assert "+  name: customerworkers.workers.code24.dev\n" in diff


@every_kind
def test_every_field_is_described(resource: type[Resource]) -> None:
    missing = [
        path
        for path, field in fields(resource).items()
        if path != ".metadata" and not field.get("description")
    ]
    assert missing == []


@every_kind
def test_every_rule_of_the_models_is_there(resource: type[Resource]) -> None:
    text = yaml.safe_dump(crd(resource), width=10_000)
    written = str(yaml.safe_load(text))
    rules = rules_in(resource)
    assert len(rules) >= 3
    for rule in rules:
        assert str(rule.schema()) in written


_FREE: Final[Mapping[str, list[str]]] = {
    "WorkersPlatform": [],
    "WorkerTemplate": [".spec.defaults.parameters"],
    "ClusterWorkerTemplate": [".spec.defaults.parameters"],
}


@every_kind
def test_only_parameters_are_free_form(resource: type[Resource]) -> None:
    free = [path for path, field in fields(resource).items() if PRESERVE in field]
    untyped = [
        path
        for path, field in fields(resource).items()
        if "type" not in field and INT_OR_STRING not in field
    ]
    assert free == _FREE.get(resource.definition.kind, [".spec.parameters"])
    assert untyped == []


@every_kind
def test_what_a_rule_looks_through_is_bounded(resource: type[Resource]) -> None:
    """The API server refuses rules whose cost it cannot estimate."""
    unbounded = [
        path
        for path, field in fields(resource).items()
        if path.startswith(".spec")
        and (
            (field.get("type") == "array" and "maxItems" not in field)
            or (
                field.get("type", "string") == "string"
                and not field.keys() & {"maxLength", "pattern", "enum"}
            )
        )
    ]
    assert unbounded == []


@every_kind
def test_an_object_that_nobody_saw_is_not_done(resource: type[Resource]) -> None:
    assert schema(resource)["properties"]["status"]["default"] == {"observedGeneration": -1}


@every_kind
def test_nothing_else_in_status_is_filled_in(resource: type[Resource]) -> None:
    filled = [p for p, f in fields(resource).items() if p.startswith(".status.") and "default" in f]
    assert filled == []


def test_a_nested_default_comes_with_its_parent() -> None:
    assert fields(KINDS["EliteWorker"])[".spec.health"]["default"] == {}
    assert "default" not in fields(KINDS["WorkersPlatform"])[".spec.dispatch"]


GRANTED = (
    *("namespaces", "customers", "hosts", "plans", "templates", "scriptNames"),
    *(f"storage.{kind}" for kind in STORAGE),
)
SELECTOR = ".spec.tenancy.grants[].namespaceSelector"


def test_lists_that_server_side_apply_merges() -> None:
    merged = {
        path: (field.get("x-kubernetes-list-type"), field.get("x-kubernetes-list-map-keys"))
        for resource in KINDS.values()
        for path, field in fields(resource).items()
        if field.get("type") == "array"
    }
    assert merged == {
        ".spec.source.configMap.items": ("map", ["path"]),
        ".spec.source.inline.modules": ("map", ["name"]),
        ".spec.bindings": ("map", ["name"]),
        ".spec.secrets": ("map", ["name"]),
        ".spec.routes": ("map", ["pattern"]),
        ".spec.compatibility.flags": ("set", None),
        ".spec.configuration.features": ("set", None),
        ".spec.autoscaling.metrics": ("map", ["type"]),
        ".spec.autoscaling.behavior.scaleUp.policies": (None, None),
        ".spec.autoscaling.behavior.scaleDown.policies": (None, None),
        ".spec.egress.allow": ("set", None),
        ".spec.defaults.bindings": ("map", ["name"]),
        ".spec.defaults.compatibility.flags": ("set", None),
        ".spec.rollout.waves": (None, None),
        ".spec.rollout.analysis.metrics": (None, None),
        ".spec.rollout.steps": (None, None),
        ".spec.rollout.steps[].analysis.metrics": (None, None),
        ".spec.rollout.steps[].smoke.requests": (None, None),
        ".spec.rollout.steps[].smoke.requests[].expect.status": ("set", None),
        ".status.history": ("map", ["version"]),
        ".spec.health.expectedStatus": ("set", None),
        ".spec.egress.allowPrivate": ("set", None),
        ".status.scripts": ("map", ["name"]),
        ".spec.zones": ("map", ["name"]),
        ".spec.notifications": ("map", ["name"]),
        ".spec.notifications[].events": ("set", None),
        ".spec.plans{}.features": ("set", None),
        ".spec.tenancy.grants": (None, None),
        **{f".spec.tenancy.grants[].{name}": ("set", None) for name in GRANTED},
        f"{SELECTOR}.matchExpressions": (None, None),
        f"{SELECTOR}.matchExpressions[].values": ("set", None),
        ".status.conditions": ("map", ["type"]),
        ".status.health.out": (None, None),
        ".status.health.outages": (None, None),
        ".status.resources": ("map", ["name"]),
        ".status.scaling.metrics": ("map", ["type"]),
        ".status.scaling.history": (None, None),
        ".status.compatibility.flags": (None, None),
        ".status.templates.edited": (None, None),
        ".status.leftovers.scripts": (None, None),
        ".status.orphans.workers": ("map", ["name"]),
        ".status.notifications": ("map", ["name"]),
        ".status.notifications[].open": (None, None),
        ".status.orphans.workers[].hosts": (None, None),
        ".status.orphanOrders.results": ("map", ["name"]),
        ".status.urls": (None, None),
        ".status.zones": ("map", ["id"]),
    }


def test_a_condition_requires_what_kubernetes_conditions_require() -> None:
    items = fields(KINDS["EliteWorker"])[".status.conditions"]["items"]
    assert set(items["required"]) == {"type", "status", "reason", "message", "lastTransitionTime"}


class Exclusive(SpecModel):
    number: Annotated[int, Field(multiple_of=2)] = 2


class Union(SpecModel):
    either: int | str = 1


@pytest.mark.parametrize("model", [Exclusive, Union])
def test_what_has_no_place_in_a_crd_is_an_error(model: type[SpecModel]) -> None:
    with pytest.raises(ValueError, match="no place in a structural schema"):
        structural_schema(model)
