"""Generate the CustomResourceDefinitions from the models, one YAML file per kind.

``python -m workers_operator.resources.generation.crdgen --output crds/`` writes the files. With ``--check`` it
compares them instead, prints a diff and exits with 1 if they differ.
"""

import argparse
import difflib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from workers_operator.resources import GROUP, KINDS, VERSION, Resource
from workers_operator.resources.generation.structural import Schema, structural_schema
from workers_operator.resources.kind import Column
from workers_operator.resources.model import VALIDATIONS, Model
from workers_operator.resources.status import NEVER_OBSERVED

CATEGORIES: Final = ("workers", "cloudflare")
_HEADER: Final = "# Generated from operator/workers_operator/resources/ by `make manifests`.\n"


def crd(resource: type[Resource]) -> dict[str, object]:
    """Return the CustomResourceDefinition of a kind."""
    definition = resource.definition
    subresources: dict[str, object] = {"status": {}}
    if definition.scalable:
        subresources["scale"] = {
            "specReplicasPath": ".spec.instances",
            "statusReplicasPath": ".status.instances",
            "labelSelectorPath": ".status.selector",
        }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{definition.plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "names": {
                "kind": definition.kind,
                "listKind": f"{definition.kind}List",
                "plural": definition.plural,
                "singular": definition.singular,
                "shortNames": [definition.short_name],
                "categories": list(CATEGORIES),
            },
            "scope": definition.scope,
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "additionalPrinterColumns": [_column(c) for c in definition.columns],
                    "subresources": subresources,
                    "schema": {"openAPIV3Schema": schema(resource)},
                }
            ],
        },
    }


def schema(resource: type[Resource]) -> Schema:
    """Return the structural schema of a kind, from the object's root."""
    status = structural_schema(_model(resource, "status"), defaults=False)
    # kstatus takes an object without status for current; this default marks it as not observed yet.
    status["default"] = {"observedGeneration": NEVER_OBSERVED}
    root: Schema = {
        "description": (resource.__doc__ or "").strip(),
        "type": "object",
        "required": ["spec"],
        "properties": {
            "apiVersion": {
                "type": "string",
                "description": f"{GROUP}/{VERSION}.",
            },
            "kind": {"type": "string", "description": f"{resource.definition.kind}."},
            "metadata": {"type": "object"},
            "spec": structural_schema(_model(resource, "spec")),
            "status": status,
        },
    }
    if rules := [rule.schema() for rule in resource.all_rules]:
        root[VALIDATIONS] = rules
    return root


def render() -> Mapping[str, str]:
    """Return the content of every file by its name."""
    files = {}
    for resource in KINDS.values():
        text = yaml.dump(crd(resource), Dumper=_Dumper, sort_keys=False, width=100)
        files[f"{GROUP}_{resource.definition.plural}.yaml"] = _HEADER + text
    return files


def differences(files: Mapping[str, str], folder: Path) -> str:
    """Return a unified diff from the files in ``folder`` to ``files``; empty if they are equal."""
    diff: list[str] = []
    for name, wanted in files.items():
        path = folder / name
        found = path.read_text() if path.exists() else ""
        lines = (found.splitlines(keepends=True), wanted.splitlines(keepends=True))
        diff += difflib.unified_diff(*lines, str(path), f"{name} (generated)")
    return "".join(diff)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program. Return its exit code: 0, or 1 if ``--check`` found a difference."""
    parser = argparse.ArgumentParser(prog="crdgen", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder of the YAML files")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args(arguments)
    files = render()
    if options.check:
        diff = differences(files, options.output)
        sys.stdout.write(diff)
        return 1 if diff else 0
    options.output.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (options.output / name).write_text(text)
    return 0


class _Dumper(yaml.SafeDumper):
    """A dumper without anchors: it writes out equal parts of the schemas each time."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _column(column: Column) -> dict[str, object]:
    shown: dict[str, object] = {"name": column.name, "type": column.type, "jsonPath": column.path}
    return {**shown, "priority": 1} if column.wide else shown


def _model(resource: type[Resource], field: str) -> type[Model]:
    model = resource.model_fields[field].annotation
    if not (isinstance(model, type) and issubclass(model, Model)):
        raise TypeError(f"{resource.__name__}.{field} is not a model")
    return model


if __name__ == "__main__":
    sys.exit(main())
