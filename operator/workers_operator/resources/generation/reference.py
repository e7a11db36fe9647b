"""Generate the reference page of the custom resources from the models.

``python -m workers_operator.resources.generation.reference --output docs`` writes ``reference.md``. With ``--check``
it compares the page instead, prints a diff and exits with 1 if it differs.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from workers_operator.resources import API_VERSION, KINDS, Resource
from workers_operator.resources.formats import INT_OR_STRING
from workers_operator.resources.generation.crdgen import differences, schema
from workers_operator.resources.generation.structural import PRESERVE, Schema
from workers_operator.resources.model import VALIDATIONS

NAME: Final = "reference.md"
_HEADER: Final = (
    "# Reference",
    "",
    "All fields of the custom resources. `make manifests` generates this page from the models, and `kubectl explain`",
    "shows the same descriptions. See [`examples/`](../examples) for complete objects and [conditions](conditions.md)",
    "for the meaning of the conditions.",
)


def render() -> str:
    """Return the page."""
    lines = list(_HEADER)
    for resource in KINDS.values():
        lines += ["", *_kind(resource)]
    return "\n".join(lines) + "\n"


def fields(root: Schema, path: str) -> Iterator[tuple[str, Schema, bool]]:
    """Yield (path, schema, required) of all fields below ``path``, in the order of the models."""
    properties: Mapping[str, Schema] = root.get("properties", {})
    for name, field in properties.items():
        here = f"{path}.{name}"
        yield here, field, name in root.get("required", ())
        yield from _below(field, here)


def _below(field: Schema, path: str) -> Iterator[tuple[str, Schema, bool]]:
    yield from fields(field, path)
    if "items" in field:
        yield from fields(field["items"], f"{path}[]")
    values = field.get("additionalProperties")
    if isinstance(values, dict):
        yield from fields(values, f"{path}.<name>")


def _kind(resource: type[Resource]) -> Iterator[str]:
    definition = resource.definition
    root = schema(resource)
    names = f"`{definition.plural}`, `{definition.short_name}`"
    yield f"## {definition.kind}"
    yield ""
    yield f"{root['description']} `{API_VERSION}`, {definition.scope.lower()}; {names}."
    for part in ("spec", "status"):
        yield ""
        yield f"### {definition.kind} {part}"
        yield ""
        yield "| field | type | default | description |"
        yield "| --- | --- | --- | --- |"
        for path, field, required in fields(root["properties"][part], part):
            yield _row(path, field, required)
    if rules := [r["message"] for r in root["properties"]["spec"].get(VALIDATIONS, ())]:
        yield ""
        yield "Rules for several fields: " + _escape("; ".join(rules)) + "."


def _row(path: str, field: Schema, required: bool) -> str:
    default = "required" if required else _default(field)
    rules = _escape("; ".join(rule["message"] for rule in field.get(VALIDATIONS, ())))
    text = _escape(" ".join(str(field.get("description", "")).split()))
    return f"| `{path}` | {_type(field)} | {default} | {text}{f' *{rules}.*' if rules else ''} |"


def _escape(text: str) -> str:
    """Return ``text`` as Markdown shows it literally in a table."""
    return re.sub(r"([|*])", r"\\\1", text).replace("<", "&lt;")


def _default(field: Schema) -> str:
    value = field.get("default")
    return "" if value in (None, {}, []) else f"`{value}`".replace("True", "true")


def _type(field: Schema) -> str:
    if "enum" in field:
        return " \\| ".join(f"`{value}`" for value in field["enum"])
    if PRESERVE in field:
        return "any object"
    if INT_OR_STRING in field:
        return "integer or string"
    kind = str(field.get("type", "object"))
    if kind == "array":
        return f"list of {_type(field['items'])}"
    if isinstance(field.get("additionalProperties"), Mapping):
        return f"map of {_type(field['additionalProperties'])}"
    return kind


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program. Return its exit code: 0, or 1 if ``--check`` found a difference."""
    parser = argparse.ArgumentParser(prog="reference", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder of the page")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    options = parser.parse_args(arguments)
    if options.check:
        diff = differences({NAME: render()}, options.output)
        sys.stdout.write(diff)
        return 1 if diff else 0
    (options.output / NAME).write_text(render())
    return 0


if __name__ == "__main__":
    sys.exit(main())
