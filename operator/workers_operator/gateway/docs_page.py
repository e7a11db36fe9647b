"""Render the OpenAPI document as an HTML page without scripts or external resources. Pure."""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from workers_operator.gateway.http.codes import GatewayCode

Node = Mapping[str, Any]

_STYLE: Final = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 62rem; margin: 0 auto; padding: 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid GrayText; }
h3 { margin-top: 2rem; font-family: ui-monospace, monospace; font-size: 1rem; }
h3 b { display: inline-block; min-width: 4.5rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
td, th { text-align: left; vertical-align: top; padding: 0.2rem 0.8rem 0.2rem 0; border-bottom: 1px solid #8884; }
code, pre { font-family: ui-monospace, monospace; }
summary { cursor: pointer; }
"""
STYLE_SOURCE: Final = (
    "'sha256-" + base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode() + "'"
)
"""Source of the page's style in a Content-Security-Policy."""


def page(document: Node) -> str:
    """Return the page."""
    info = document["info"]
    body = "".join(_body(document))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>{escape(info['title'])}</h1>{_paragraphs(info['description'])}{body}</html>"
    )


def _body(document: Node) -> Iterator[str]:
    yield "<h2>Endpoints</h2>"
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f'<h3 id="{escape(operation["operationId"])}"><b>{method.upper()}</b> {escape(path)}</h3>'
            yield _paragraphs(operation.get("description") or operation.get("summary") or "")
            yield from _parameters(operation.get("parameters") or ())
            yield from _contents(operation)
    yield "<h2>Errors</h2><table><tr><th>code</th><th>status</th><th>meaning</th></tr>"
    for code in GatewayCode:
        yield f'<tr id="{code}"><td><code>{code}</code><td>{code.on}<td>{escape(code.about)}</tr>'
    yield "</table><p>Other codes are reasons of conditions: docs/conditions.md.</p>"
    yield "<h2>Shapes</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f'<details id="schema-{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        yield _paragraphs(schema.get("description") or "")
        yield from _fields(schema)
        yield "</details>"


def _parameters(parameters: Any) -> Iterator[str]:
    if not parameters:
        return
    yield "<table><tr><th>parameter</th><th>in</th><th>meaning</th></tr>"
    for parameter in parameters:
        about = parameter.get("description") or parameter["schema"].get("description") or ""
        yield f"<tr><td><code>{escape(parameter['name'])}</code><td>{parameter['in']}<td>{escape(about)}</tr>"
    yield "</table>"


def _contents(operation: Node) -> Iterator[str]:
    if request := operation.get("requestBody"):
        yield f"<p>Body: {_type(_schema(request))}</p>"
    found = [
        f"{status}: {_type(_schema(a))}"
        for status, a in operation["responses"].items()
        if status < "300"
    ]
    refused = ", ".join(status for status in operation["responses"] if status >= "300")
    yield f"<p>Answers: {'; '.join(found)}. Otherwise {refused}.</p>"


def _schema(content: Node) -> Node:
    kinds = content.get("content") or {}
    return (kinds.get("application/json") or {}).get("schema") or {}


def _fields(schema: Node) -> Iterator[str]:
    required = schema.get("required") or ()
    yield "<table>"
    for name, field in (schema.get("properties") or {}).items():
        mark = "" if name in required else "?"
        about = escape(field.get("description") or "")
        yield f"<tr><td><code>{escape(name)}{mark}</code><td>{_type(field)}<td>{about}</tr>"
    yield "</table>"


def _type(schema: Node) -> str:
    """Return the type of a schema, with links to other shapes."""
    if reference := schema.get("$ref"):
        name = escape(str(reference).rpartition("/")[2])
        return f'<a href="#schema-{name}"><code>{name}</code></a>'
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            parts = [_type(part) for part in schema[word] if part.get("type") != "null"]
            return " or ".join(dict.fromkeys(parts))
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(str(schema['const']).lower())}</code>"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items') or {})}"
    return escape(str(schema.get("type") or "any"))


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.strip().split("\n\n") if part)
