"""What the tests of templates share: a package that is right, to be changed in one place."""

import copy
from typing import Any, Final

import yaml

from workers_operator.sources import templates
from workers_operator.sources.templates import Template

ORIGIN: Final = "r2/templates/customer/shop.js"
SCRIPT: Final = b"export default { fetch: () => new Response() }"
SHOP: Final[dict[str, Any]] = {
    "name": "shop",
    "kind": "customer",
    "version": "1.2.3",
    "description": "Sells things.",
    "compatibility": {"date": "2026-10-01", "flags": ["nodejs_compat"]},
    "healthPath": "/health",
    "parameters": {
        "type": "object",
        "additionalProperties": False,
        "required": ["origin"],
        "patternProperties": {"^x-": {"type": "string"}},
        "properties": {
            "origin": {"type": "string", "pattern": "^https://", "maxLength": 40},
            "ttl": {"type": "integer", "minimum": 0, "maximum": 60, "multipleOf": 5},
            "level": {"enum": ["low", "high"]},
            "paths": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
            "ratio": {"type": "number", "exclusiveMaximum": 1},
            "who": {"anyOf": [{"type": "null"}, {"type": "string", "minLength": 2}]},
        },
    },
    "bindings": [{"name": "SESSIONS", "type": "kvNamespace", "description": "Who is there."}],
    "features": {
        "search": {
            "description": "Finds things.",
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "required": ["index"],
                "properties": {"index": {"type": "string"}, "size": {"type": "integer"}},
            },
            "bindings": [{"name": "INDEX", "type": "r2Bucket"}],
        },
        "counting": {
            "description": "Counts things.",
            "bindings": [
                {"name": "POINTS", "type": "analyticsEngine"},
                {"name": "SESSIONS", "type": "kvNamespace"},
            ],
        },
    },
    "minimumPlan": "premium",
    "example": {
        "parameters": {"origin": "https://x", "search": {"index": "a"}},
        "features": ["search"],
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """SHOP with another value at a dotted ``path``; ... takes the field out."""
    manifest = copy.deepcopy(SHOP)
    *parents, last = path.split(".")
    place = manifest
    for parent in parents:
        place = place[parent]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return manifest


def parsed(manifest: dict[str, Any] | bytes = SHOP, script: bytes = SCRIPT) -> Template:
    text = (
        manifest
        if isinstance(manifest, bytes)
        else yaml.safe_dump(manifest, sort_keys=False).encode()
    )
    return templates.parse("customer", "shop", manifest=text, script=script, origin=ORIGIN)
