"""Describes templates: tables of parameters and example objects. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from workers_operator.resources import API_VERSION
from workers_operator.sources.parameters.schemas import PUBLIC_URL
from workers_operator.sources.templates import RequiredBinding, Template

Schema = Mapping[str, Any]
"""A JSON Schema."""

_ELITE_TYPES: Final = ("brand", "design", "develop")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter, described in words. ``default`` is the default value, or ``(required)``."""

    name: str
    type: str
    default: str
    description: str


def parameters(schema: Schema, prefix: str = "") -> list[Parameter]:
    """Return the parameters in a JSON Schema, in its order. ``prefix`` is prepended to their names."""
    required = schema.get("required", [])
    return [
        Parameter(
            prefix + name,
            "; ".join(_type(about)),
            "(required)" if name in required else _value(about.get("default")),
            str(about.get("description", "")),
        )
        for name, about in schema.get("properties", {}).items()
    ]


def _type(about: Schema) -> Iterator[str]:
    if "enum" in about:
        yield "one of " + ", ".join(map(str, about["enum"]))
        return
    kinds = about.get("type", "any")
    yield " or ".join([kinds] if isinstance(kinds, str) else kinds)
    if "items" in about:
        yield "items: " + "; ".join(_type(about["items"]))
    if "minimum" in about or "maximum" in about:
        yield f"{about.get('minimum', '…')} to {about.get('maximum', '…')}"
    if about.get("format") == PUBLIC_URL:
        yield "URL of a public host"
    if "pattern" in about:
        yield f"matches {about['pattern']}"


def _value(value: object) -> str:
    dumped = yaml.safe_dump(value, default_flow_style=True, width=float("inf"))
    return "" if value is None else dumped.split("\n")[0]


def example_object(template: Template) -> dict[str, Any]:
    """Return a custom resource that uses the template with its example's parameters and features."""
    example = template.example or {"parameters": {}, "features": []}
    spec: dict[str, object] = {"customerId": "customer-123", "subdomain": "customer123"}
    if template.kind == "elite":
        spec["type"] = template.name if template.name in _ELITE_TYPES else _ELITE_TYPES[0]
        if spec["type"] != template.name:
            spec["source"] = {"template": template.name}
    else:
        spec["template"] = template.name
        configuration = {"features": example["features"], "plan": template.rules.minimum_plan}
        if given := {k: v for k, v in configuration.items() if v}:
            spec["configuration"] = given
    on = [template.rules.features[name] for name in example["features"]]
    needed = (
        *template.rules.bindings,
        *(binding for feature in on for binding in feature.bindings),
    )
    if needed:
        spec["bindings"] = [_binding(template, binding) for binding in needed]
    spec["parameters"] = example["parameters"]
    return {
        "apiVersion": API_VERSION,
        "kind": "EliteWorker" if template.kind == "elite" else "CustomerWorker",
        "metadata": {"name": f"my-{template.name}"},
        "spec": spec,
    }


def _binding(template: Template, needed: RequiredBinding) -> dict[str, object]:
    """Return an example of a required binding."""
    more: dict[str, dict[str, object]] = {
        "kvNamespace": {"create": True},
        "r2Bucket": {"create": True},
        "analyticsEngine": {"dataset": f"{template.name}_{needed.name.lower()}"},
        "service": {"worker": {"name": f"my-{needed.name.lower()}"}},
    }
    return {"name": needed.name, "type": needed.type, **more[needed.type]}


def example_yaml(template: Template) -> str:
    """Return ``example_object`` as YAML for kubectl apply."""
    return yaml.safe_dump(example_object(template), sort_keys=False, allow_unicode=True)
