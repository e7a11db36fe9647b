"""Runs the local edge as a separate process and deploys templates to it the way the operator does.

It is reached over HTTP only: nothing is imported from ``local_edge``.
"""

import asyncio
import http.client
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from workers_operator.authoring import AuthoringError
from workers_operator.authoring.cases import CaseRequest, CaseResponse, Stored, Tests
from workers_operator.cloudflare import writes, zones
from workers_operator.cloudflare.api import Api, Unobserved, transport
from workers_operator.cloudflare.pacing.breaker import Breaker
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.domain.content import Code, Content, Module, config_binding
from workers_operator.domain.serving import KeyValue
from workers_operator.engine.clock import SystemClock
from workers_operator.engine.priority import Priority
from workers_operator.sources.templates import ES_MODULE, MAIN, RequiredBinding, Template

_START_SECONDS: Final = 120.0  # the first start on a machine downloads workerd
_STOP_SECONDS: Final = 15.0
_RESPONSE_SECONDS: Final = 30.0
_POINTS_SECONDS: Final = 3.0  # data points are written while the response is being sent
_POLL_SECONDS: Final = 0.05
_ECHO: Final = b"export default { fetch: (request) => new Response(request.url) }"


@dataclass(frozen=True)
class Deployment:
    """A template with its configuration, required bindings, and the secrets and stored content of its tests."""

    template: Template
    config: Mapping[str, object]
    required: Sequence[RequiredBinding]
    tests: Tests


class LocalEdge:
    """A client of a running local edge with one zone."""

    def __init__(self, environment: Mapping[str, str], runner: asyncio.Runner) -> None:
        self._environment = environment
        self._runner = runner
        self._api = Api(
            token=environment["CLOUDFLARE_API_TOKEN"],
            account_id=environment["CLOUDFLARE_ACCOUNT_ID"],
            budget=Budget(SystemClock()),
            breaker=Breaker(SystemClock(), random.Random()),  # noqa: S311
            observer=Unobserved(),
            transport=transport(),
            base_url=environment["CLOUDFLARE_BASE_URL"],
        )

    def close(self) -> None:
        self._runner.run(self._api.close())

    def deploy(self, name: str, deployment: Deployment) -> str:
        """Upload a template as the script ``name``, route a hostname to it, and return the hostname.

        Raises Handled; if the script does not start, its message contains the runtime's error.
        """
        return self._runner.run(self._deploy(name, deployment))

    async def _deploy(self, name: str, deployment: Deployment) -> str:
        tests = deployment.tests
        bindings = [config_binding(deployment.config)]
        bindings += [
            {"type": "secret_text", "name": secret, "text": text}
            for secret, text in tests.secrets.items()
        ]
        bindings += [
            await self._binding(name, binding, tests.stored.get(binding.name, {}))
            for binding in deployment.required
        ]
        zone_id = self._environment["CLOUDFLARE_ZONE_ID"]
        zone = await zones.get_zone(self._api, zone_id, Priority.EDIT)
        host = f"{name}.{zone.name}"
        content = Content(deployment.template.code, tuple(bindings))
        await writes.upload_account_script(self._api, name, content, (), Priority.EDIT)
        await writes.create_route(self._api, zone_id, f"{host}/*", name, Priority.EDIT)
        return host

    async def _binding(
        self, script: str, binding: RequiredBinding, stored: Mapping[str, Stored]
    ) -> Mapping[str, str]:
        """Create the resource for a required binding, for this script only, and return the binding."""
        name = f"{script}-{binding.name.lower().replace('_', '-')}"
        common = {"name": binding.name}
        if binding.type == "kvNamespace":
            namespace = await writes.create_kv_namespace(self._api, name, Priority.EDIT)
            pairs = [
                KeyValue(key, value.body, {"contentType": value.content_type})
                for key, value in stored.items()
            ]
            if pairs:
                await writes.write_pairs(self._api, namespace, pairs, Priority.EDIT)
            return {"type": "kv_namespace", **common, "namespace_id": namespace}
        if binding.type == "r2Bucket":
            await writes.create_bucket(self._api, name, Priority.EDIT)
            for key, value in stored.items():
                await writes.put_object(
                    self._api, name, key, value.body.encode(), value.content_type, Priority.EDIT
                )
            return {"type": "r2_bucket", **common, "bucket_name": name}
        if binding.type == "analyticsEngine":
            return {"type": "analytics_engine", **common, "dataset": dataset(script)}
        echo = Code("echo", MAIN, (Module(MAIN, ES_MODULE, _ECHO),))
        await writes.upload_account_script(self._api, name, Content(echo, ()), (), Priority.EDIT)
        return {"type": "service", **common, "service": name}

    def ask(self, host: str, request: CaseRequest) -> CaseResponse:
        """Send a request and return the response. Redirects are not followed."""
        address = urlsplit(self._environment["EDGE_URL"])
        connection = http.client.HTTPConnection(
            str(address.hostname), address.port, timeout=_RESPONSE_SECONDS
        )
        body = None if request.body is None else request.body.encode()
        headers = {**request.headers, "Host": host, "Connection": "close"}
        try:
            connection.request(request.method, request.path, body, headers)
            response = connection.getresponse()
            listed = {name.lower(): value for name, value in response.getheaders()}
            return CaseResponse(response.status, listed, response.read())
        except (OSError, http.client.HTTPException) as error:
            raise AuthoringError(f"the local edge did not answer: {error!r}") from error
        finally:
            connection.close()

    def points(self, script: str, awaited: int = 0) -> int:
        """Return how many data points a script has written, after a short wait for at least ``awaited`` of them."""
        base = self._environment["CLOUDFLARE_BASE_URL"].partition("/client/v4")[0]
        url = f"{base}/edge/analytics?dataset={dataset(script)}"
        until = time.monotonic() + _POINTS_SECONDS
        while True:
            with urllib.request.urlopen(url, timeout=_RESPONSE_SECONDS) as response:  # noqa: S310
                count = len(json.load(response))
            if count >= awaited or time.monotonic() > until:
                return count
            time.sleep(_POLL_SECONDS)


def dataset(script: str) -> str:
    """Return the name of the Analytics Engine dataset of a script."""
    return f"{script.replace('-', '_')}_points"


@contextmanager
def running() -> Iterator[LocalEdge]:
    """Run a local edge in a temporary folder for the duration of the block.

    Raises AuthoringError if it cannot be started.
    """
    command = _command()
    with tempfile.TemporaryDirectory(prefix="code24-template-") as temporary:
        folder = Path(temporary)
        log = folder / "edge.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [command, "serve", "--dir", str(folder / "edge")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            environment = _await_environment(process, folder / "edge" / "edge.env", log)
            with asyncio.Runner() as runner:
                edge = LocalEdge(environment, runner)
                try:
                    yield edge
                finally:
                    edge.close()
        finally:
            _end(process)


def _command() -> str:
    beside = Path(sys.executable).with_name("local-edge")
    found = str(beside) if beside.exists() else shutil.which("local-edge")
    if found is None:
        raise AuthoringError(
            "the program local-edge, on which tests run, was not found; install it with: "
            "pip install 'code24-workers-operator[local]'"
        )
    return found


def _await_environment(
    process: subprocess.Popen[bytes], file: Path, log: Path
) -> Mapping[str, str]:
    until = time.monotonic() + _START_SECONDS
    while not file.exists():
        if process.poll() is not None or time.monotonic() > until:
            last = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
            raise AuthoringError(f"the local edge did not start:\n{last}")
        time.sleep(_POLL_SECONDS)
    lines = [line.partition("=") for line in file.read_text().splitlines()]
    return {name: value for name, _, value in lines}


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
