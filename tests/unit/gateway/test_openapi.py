"""The OpenAPI document: whole, described, and what the page shows of it."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from support.rest_api import RestApi
from workers_operator.gateway.application import application
from workers_operator.gateway.http.codes import GatewayCode

DOCUMENT: dict[str, Any] = application().openapi()
OPERATIONS = [
    (method, path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
EXPECTED = {
    "GET /api/workers/",
    "POST /api/workers/",
    "GET /api/workers/{name}",
    "PUT /api/workers/{name}",
    "PATCH /api/workers/{name}",
    "DELETE /api/workers/{name}",
    "GET /api/workers/{name}/versions",
    "GET /api/workers/{name}/object",
    "GET /api/workers/{name}/permissions",
    "POST /api/workers/{name}/redeploy",
    "GET /api/workers/{name}/events",
    "GET /api/workers/{name}/template",
    "POST /api/workers/{name}/rollout/{order}",
    "POST /api/deploy/elite-worker",
    "POST /api/deploy/customer-worker",
    "POST /api/deploy/from-r2",
    "POST /api/scale/auto",
    "POST /api/scale/{name}",
    "GET /api/monitor/health",
    "GET /api/monitor/{name}/metrics",
    "GET /api/monitor/{name}/metrics/history",
    "GET /api/monitor/{name}/logs",
    "GET /api/status",
    "GET /api/platforms",
    "GET /api/platforms/{name}/events",
    "GET /api/events",
}


def test_every_endpoint_is_there() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert {f"{method.upper()} {path}" for method, path, _ in OPERATIONS} == EXPECTED


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_an_endpoint_says_what_it_does_takes_and_refuses(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"]
    assert operation["description"]
    for parameter in operation.get("parameters", ()):
        assert parameter.get("description") or parameter["schema"].get("description"), parameter[
            "name"
        ]
    refused = {int(status) for status in operation["responses"] if status >= "400"}
    assert {400, 401, 429, 500, 503} <= refused
    if method != "get":
        assert {403, 404, 409, 412, 413, 415, 422} <= refused


def test_every_reference_leads_somewhere() -> None:
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(DOCUMENT)))
    assert named - DOCUMENT["components"]["schemas"].keys() == set()


def fields() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for field, found in schema.get("properties", {}).items():
            yield name, field, found


def about(schema: dict[str, Any]) -> str:
    """The description of a field, or of the shape that it has."""
    shape = DOCUMENT["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
    return str(schema.get("description") or shape.get("description") or "")


def test_every_field_is_described() -> None:
    assert [f"{name}.{field}" for name, field, found in fields() if not about(found)] == []


def _schema_of(path: str) -> dict[str, Any]:
    schema = DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    return {**schema, "components": DOCUMENT["components"]}


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/api/workers/", "/api/workers/"),
        ("/api/workers/shop", "/api/workers/{name}"),
        ("/api/workers/shop/versions", "/api/workers/{name}/versions"),
        ("/api/monitor/shop/metrics", "/api/monitor/{name}/metrics"),
        ("/api/monitor/health", "/api/monitor/health"),
        ("/api/status", "/api/status"),
        ("/api/platforms", "/api/platforms"),
    ],
)
async def test_answers_are_as_the_document_says(rest: RestApi, path: str, template: str) -> None:
    rest.put("shop")
    async with rest.client() as client:
        answer = (await client.get(path)).json()
    Draft202012Validator(_schema_of(template)).validate(answer)


async def test_the_page_shows_every_endpoint_and_code_without_scripts(rest: RestApi) -> None:
    async with rest.client(None) as client:
        page = (await client.get("/api/docs")).text
        document = (await client.get("/api/openapi.json")).json()
    assert document == DOCUMENT
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page.replace("https://www.example.com", "").replace(
        "https://shop.example.com", ""
    ).replace("https://customer123.code24.dev", "")
    for code in GatewayCode:
        assert f'id="{code}"' in page
    for _, path, _ in OPERATIONS:
        assert path in page
