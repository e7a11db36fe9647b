"""Edges for tests: the real program, over HTTP, with every REST answer checked against Cloudflare's schema."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft202012Validator

START_PATIENCE = 90.0
"""Seconds; the first start on a machine fetches workerd."""
PATIENCE = 30.0
ZONE = "code24.dev"
_DOCUMENT = Path(__file__).parent / "openapi.json"
_PREFIX = "/client/v4"


class Schemas:
    """The answers of the OpenAPI document's operations, as JSON schemas.

    One rule of the document is left out, since Cloudflare breaks it: error codes go below 1000 (429 is 971).
    """

    def __init__(self, path: Path = _DOCUMENT) -> None:
        document = _with_null(json.loads(path.read_text()))
        self._components = document["components"]
        self._operations = [
            (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", template)), template, operations)
            for template, operations in document["paths"].items()
        ]
        self._validators: dict[tuple[str, str, str], Draft202012Validator | None] = {}

    def check(self, response: httpx.Response) -> None:
        """Raises AssertionError if a known operation gave an answer that its schema does not allow."""
        request = response.request
        path = request.url.raw_path.decode().split("?")[0].removeprefix(_PREFIX)
        found = self._operation(path, request.method.lower())
        if found is None:
            return
        validator = self._validator(*found, "200" if response.is_success else "4XX")
        if validator is None:
            return
        problems = [
            f"{error.json_path}: {error.message}"
            for error in validator.iter_errors(response.json())
        ]
        assert not problems, f"{request.method} {path} -> {response.status_code}: {problems[:5]}"

    def _operation(self, path: str, method: str) -> tuple[str, str] | None:
        for pattern, template, operations in self._operations:
            if pattern.fullmatch(path) and method in operations:
                return template, method
        return None

    def _validator(self, template: str, method: str, status: str) -> Draft202012Validator | None:
        key = (template, method, status)
        if key not in self._validators:
            operations = next(found for _, name, found in self._operations if name == template)
            response = operations[method]["responses"][status]
            if "$ref" in response:
                response = self._components["responses"][response["$ref"].rsplit("/", 1)[1]]
            schema = response["content"].get("application/json", {}).get("schema")
            validator = schema and Draft202012Validator({**schema, "components": self._components})
            self._validators[key] = validator or None
        return self._validators[key]


def _with_null(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` as JSON schema."""
    if isinstance(node, list):
        return [_with_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _with_null(value) for key, value in node.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


class Edge:
    """One running edge. `api` speaks to the REST API as the owner of its token."""

    def __init__(self, directory: Path, schemas: Schemas) -> None:
        self.directory = directory
        lines = (directory / "edge.env").read_text().splitlines()
        self.environment = dict(line.split("=", 1) for line in lines)
        self.token = self.environment["CLOUDFLARE_API_TOKEN"]
        self.account = f"/accounts/{self.environment['CLOUDFLARE_ACCOUNT_ID']}"
        self.zone = f"/zones/{self.environment['CLOUDFLARE_ZONE_ID']}"
        self.base_url = self.environment["CLOUDFLARE_BASE_URL"]
        self.admin_url = self.base_url.removesuffix(_PREFIX) + "/edge"
        self._schemas = schemas
        self.api = self.client(self.token)
        self.data = httpx.AsyncClient(base_url=self.environment["EDGE_URL"], timeout=30)

    def client(self, token: str | None) -> httpx.AsyncClient:
        """An API client whose answers are checked against the schema."""

        async def check(response: httpx.Response) -> None:
            await response.aread()
            self._schemas.check(response)

        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        hooks = {"response": [check]}
        return httpx.AsyncClient(
            base_url=self.base_url, headers=headers, event_hooks=hooks, timeout=30
        )

    async def upload(self, path: str, source: str, **metadata: Any) -> httpx.Response:
        """PUT of a script of one module; `path` is below the account's /workers."""
        metadata = {"main_module": "index.js", "compatibility_date": "2026-01-01", **metadata}
        return await self.put(path, [module("index.js", source)], metadata)

    async def put(
        self, path: str, modules: Sequence["Part"], metadata: Mapping[str, Any]
    ) -> httpx.Response:
        parts = [("metadata", (None, json.dumps(metadata), "application/json")), *modules]
        return await self.api.put(f"{self.account}/workers{path}", files=parts)

    async def script(self, name: str, source: str, **metadata: Any) -> httpx.Response:
        """Uploads an account script and routes `<name>.<zone>/*` to it."""
        answer = await self.upload(f"/scripts/{name}", source, **metadata)
        assert answer.status_code == 200, answer.text
        await self.route(f"{name}.{ZONE}/*", name)
        return answer

    async def route(self, pattern: str, script: str | None) -> dict[str, Any]:
        body = {"pattern": pattern} if script is None else {"pattern": pattern, "script": script}
        answer = await self.api.post(f"{self.zone}/workers/routes", json=body)
        assert answer.status_code in (200, 409), answer.text
        return result(answer) if answer.status_code == 200 else {}

    async def get(self, name: str, path: str = "/", **headers: str) -> httpx.Response:
        """Asks the data plane as `<name>.<zone>`."""
        return await self.data.get(path, headers={"host": f"{name}.{ZONE}", **headers})

    async def kv_namespace(self, title: str) -> str:
        answer = await self.api.post(f"{self.account}/storage/kv/namespaces", json={"title": title})
        assert answer.status_code == 200, answer.text
        return str(result(answer)["id"])

    async def namespace(self, name: str) -> str:
        """Creates a dispatch namespace; the path of its scripts below /workers."""
        spaces = f"{self.account}/workers/dispatch/namespaces"
        answer = await self.api.post(spaces, json={"name": name})
        assert answer.status_code == 200, answer.text
        return f"/dispatch/namespaces/{name}/scripts"

    async def processes(self) -> dict[str, dict[str, Any]]:
        async with httpx.AsyncClient() as client:
            found: dict[str, dict[str, Any]] = (await client.get(f"{self.admin_url}/status")).json()
            return found

    async def close(self) -> None:
        await self.api.aclose()
        await self.data.aclose()


Part = tuple[str, tuple[str | None, str | bytes, str]]


def module(name: str, source: str | bytes, kind: str = "application/javascript+module") -> Part:
    return (name, (name, source, kind))


async def until(condition: Callable[[], Awaitable[object]], problem: str) -> None:
    """Waits until the condition holds; fails with `problem` if that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while True:
        if await condition():
            return
        assert time.monotonic() < deadline, problem
        await asyncio.sleep(0.02)


def result(response: httpx.Response) -> Any:
    assert response.is_success, response.text
    return response.json()["result"]


def code(response: httpx.Response) -> tuple[int, int]:
    """Status and error code of a refusal."""
    return response.status_code, response.json()["errors"][0]["code"]


@contextmanager
def running(directory: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """`local-edge serve`, ready; ended, and everything it started, at the end of the block."""
    command = [sys.executable, "-m", "local_edge.cli", "serve", "--dir", str(directory), *options]
    directory.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "operator")}
    with (directory / "test.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
    try:
        deadline = time.monotonic() + START_PATIENCE
        while not (directory / "edge.env").exists():
            text = (directory / "test.log").read_text(errors="replace")
            assert process.poll() is None, text
            assert time.monotonic() < deadline, text
            time.sleep(0.02)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
