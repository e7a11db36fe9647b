"""Templates of the tests' own in a platform's bucket."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from support.edges import Edge


def put_template(
    edge: Edge,
    bucket: str,
    name: str,
    script: str,
    parameters: Mapping[str, Any],
    *,
    required: Sequence[str] = (),
) -> None:
    """Store a customer template with its manifest. ``parameters``: the schema of each."""
    manifest = {
        "name": name,
        "kind": "customer",
        "description": "A template of a test.",
        "version": "1.0.0",
        "healthPath": "/",
        "compatibility": {"date": "2026-01-01"},
        "parameters": {
            "type": "object",
            "additionalProperties": False,
            "required": list(required),
            "properties": dict(parameters),
        },
    }
    key = f"templates/customer/{name}"
    edge.put_object(bucket, f"{key}.js", script)
    edge.put_object(bucket, f"{key}.yaml", yaml.safe_dump(manifest), "application/yaml")
