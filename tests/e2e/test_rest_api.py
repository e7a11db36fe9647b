"""The REST API as a process of its own, on a real cluster, with the operator and scripts that really run."""

import json
import os
import re
import subprocess
import threading
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from support.bed import Bed, Place
from support.gateways import CallerAccount, Gateway, role
from support.kube_front import KubeFront
from support.waiting import until

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "rest-api.md"
EXAMPLE: Final = re.compile(r"```sh\n(.*?) # (\d{3})\n```", re.DOTALL)
EXAMPLES: Final = EXAMPLE.findall(DOCUMENT.read_text())
HELLO: Final = 'export default { async fetch() { return new Response("Hello World") } }'
EVERYTHING: Final = [
    {
        "apiGroups": [""],
        "resources": ["events"],
        "verbs": ["list"],
    },
    {
        "apiGroups": ["workers.code24.dev"],
        "resources": ["workersplatforms"],
        "verbs": ["get", "list"],
    },
]


@pytest.fixture
def editor(place: Place) -> CallerAccount:
    """An account that may change the workers of the test's namespace."""
    account = CallerAccount(place.bed.cluster, place.namespace, "editor")
    return account.bind("workers-view", "workers-edit", "workers-logs")


def new(place: Place, name: str, **more: Any) -> dict[str, Any]:
    metadata = {"type": "custom", "customerId": place.customer_id, "environment": "dev"}
    return {"name": f"{place.slug}-{name}", "script": HELLO, "metadata": metadata, **more}


def test_every_command_of_the_documentation_runs_as_printed(
    gateway: Gateway, place: Place, tmp_path: Path
) -> None:
    """But for names that the session's other tests have, and the environment of its platform."""
    account = CallerAccount(place.bed.cluster, place.namespace, "developer")
    more = role(place.bed.cluster, f"{place.slug}-more", EVERYTHING)
    account.bind("workers-view", "workers-edit", "workers-logs", more, everywhere=True)
    renamed = {
        "my-worker": f"{place.slug}-mine",
        "customer-123": place.customer_id,
        "customer123": f"{place.slug}-site",
        "deployed-worker": f"{place.slug}-r2",
        '"staging"': '"dev"',
    }
    environment = {**os.environ, "API_URL": gateway.url, "API_TOKEN": account.token()}
    prelude = 'curl() { command curl -sS -o answer -w "%{http_code}" "$@" || [ $? -eq 28 ]; }\n'
    assert len(EXAMPLES) >= 25
    try:
        for command, status in EXAMPLES:
            for known, ours in renamed.items():
                command = command.replace(known, ours)
            done = subprocess.run(
                ["bash", "-eu", "-c", prelude + command],
                env=environment,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=100,
                check=False,
            )
            said = (tmp_path / "answer").read_text()
            assert done.stdout == status, f"{command}\n{done.stdout} {done.stderr}\n{said}"
    finally:
        with gateway.client(account.token()) as client:
            for worker in client.get("/api/workers/").json()["workers"]:
                if worker["namespace"] == place.namespace:
                    client.delete(f"/api/workers/{worker['script_name']}?wait=60")


def test_an_object_made_by_rest_serves_and_is_seen_by_kubectl(
    gateway: Gateway, place: Place, editor: CallerAccount
) -> None:
    with gateway.client(editor.token()) as client:
        answer = client.post("/api/workers/?wait=60", json=new(place, "made"))
        assert answer.status_code == 201, answer.text
        worker = answer.json()["worker"]
        host = worker["url"].removeprefix("https://").rstrip("/")
        assert place.bed.edge.visit(host).text == "Hello World"
        kubectl = place.bed.cluster.kubectl
        stored = json.loads(
            kubectl("get", "cw", worker["name"], "-n", place.namespace, "-o", "json")
        )
        assert stored["metadata"]["uid"] == worker["id"]
        kubectl("scale", f"cw/{worker['name']}", "-n", place.namespace, "--replicas=2")
        name = worker["script_name"]
        until(
            lambda: client.get(f"/api/workers/{name}").json()["worker"].get("instances") == 2,
            "what kubectl has changed is not seen",
        )
        gone = client.delete(f"/api/workers/{name}?wait=60")
        assert (gone.status_code, gone.json()["deleted"]) == (200, True)
    assert place.bed.edge.visit(host).status_code == 404


def test_a_tenant_reaches_the_own_namespace_only(
    gateway: Gateway, place: Place, editor: CallerAccount
) -> None:
    place.customer("mine", HELLO).wait_ready()
    other = Place(place.bed)
    try:
        theirs = other.customer("theirs", HELLO)
        theirs.wait_ready()
        name = f"customer-worker-{other.customer_id}--theirs"
        with gateway.client(editor.token()) as client:
            listed = client.get("/api/workers/").json()
            assert {w["namespace"] for w in listed["workers"]} == {place.namespace}
            assert listed["total"] == 1
            there, absent = client.get(f"/api/workers/{name}"), client.get("/api/workers/absent")
            assert there.status_code == absent.status_code == 404
            assert there.text.replace(name, "absent") == absent.text
            refused = client.post(
                f"/api/workers/?namespace={other.namespace}", json=new(place, "x")
            )
            assert refused.status_code == 403
            assert client.get("/api/platforms").status_code == 403
    finally:
        other.clear()


def test_tokens_for_others_and_revoked_tokens(
    gateway: Gateway, place: Place, editor: CallerAccount
) -> None:
    with gateway.client(editor.token(audience=None)) as client:
        assert client.get("/api/workers/").status_code == 401
    with gateway.client(editor.token()) as client, client.stream("GET", "/api/events") as stream:
        lines = stream.iter_lines()
        assert next(lines) == "event: hello"
        editor.delete()
        ended = until(lambda: next((x for x in lines if x == "event: end"), None), "it goes on")
        assert ended
        until(
            lambda: client.get("/api/workers/").status_code == 401, "the token is still valid", 11
        )


def test_a_gateway_that_is_killed_in_the_middle_makes_no_second_object(
    shared: Bed, place: Place, editor: CallerAccount, tmp_path: Path
) -> None:
    token, headers = editor.token(), {"Idempotency-Key": "once"}
    body = new(place, "once")
    path = f"/apis/workers.code24.dev/v1alpha1/namespaces/{place.namespace}/customerworkers"
    with shared.gateway(tmp_path / "first.log") as first:

        def send() -> None:
            try:
                with first.client(token) as client:
                    client.post("/api/workers/?wait=60", json=body, headers=headers)
            except httpx.TransportError:
                pass

        sender = threading.Thread(target=send)
        sender.start()
        until(lambda: place.access.api.items(path), "the object is not made")
        first.process.kill()
        sender.join()
    with shared.gateway(tmp_path / "second.log") as second, second.client(token) as client:
        again = client.post("/api/workers/?wait=60", json=body, headers=headers)
        assert again.status_code == 201, again.text
        assert again.headers["Idempotency-Replayed"] == "true"
        assert len(place.access.api.items(path)) == 1
        client.delete(f"/api/workers/{body['name']}?wait=60")


def test_reads_go_on_while_the_api_server_is_away(
    shared: Bed, place: Place, editor: CallerAccount, tmp_path: Path
) -> None:
    fronts: list[KubeFront] = []

    def through(kubeconfig: Path) -> Path:
        fronts.append(KubeFront(kubeconfig, tmp_path))
        return fronts[0].kubeconfig

    place.customer("there", HELLO).wait_ready()
    path = f"/api/workers/customer-worker-{place.customer_id}--there"
    with (
        shared.gateway(tmp_path / "gateway.log", through=through) as gateway,
        gateway.client(editor.token()) as client,
    ):
        assert client.get(path).json().get("stale") is None
        fronts[0].close()
        until(lambda: client.get(path).json().get("stale"), "nobody says that it may be old")
        written = client.post("/api/workers/", json=new(place, "lost"))
        assert written.status_code == 503
        assert int(written.headers["Retry-After"]) > 0
        assert client.get("/api/status").json()["status"] == "degraded"
    objects = place.access.api.items(
        f"/apis/workers.code24.dev/v1alpha1/namespaces/{place.namespace}/customerworkers"
    )
    assert [found["metadata"]["name"] for found in objects] == ["there"]


def test_logs_come_as_they_are_logged(
    gateway: Gateway, place: Place, editor: CallerAccount
) -> None:
    script = "export default { fetch(request) { console.log(new URL(request.url).pathname); return new Response() } }"
    worker = place.customer("talks", script)
    worker.wait_ready()
    name = f"customer-worker-{place.customer_id}--talks"
    path = f"/api/monitor/{name}/logs"
    with (
        gateway.client(editor.token()) as client,
        client.stream("GET", path, headers={"Accept": "text/event-stream"}) as stream,
    ):
        worker.visit("/<script>alert(1)</script>")
        seen = until(
            lambda: next(
                (x for x in stream.iter_lines() if "alert(1)" in x and "console" in x), ""
            ),
            "the line is not shown",
        )
    assert json.loads(seen.removeprefix("data: "))["type"] == "console"


def test_a_field_of_kubectl_is_taken_over_by_force_only(
    gateway: Gateway, place: Place, editor: CallerAccount
) -> None:
    place.customer("owned", HELLO, instances=1, vars={"A": "1"}).wait_ready()
    name = f"customer-worker-{place.customer_id}--owned"
    path, asked = f"/api/workers/{name}", {"vars": {"A": "2"}}
    with gateway.client(editor.token()) as client:
        scaled = client.post(f"/api/scale/{name}", json={"instances": 2})  # as kubectl scale does
        assert scaled.status_code == 202, scaled.text
        refused = client.patch(path, json=asked)
        assert refused.status_code == 409
        assert refused.json()["errors"][0]["code"] == "FieldOwned"
        assert client.patch(f"{path}?force=true", json=asked).status_code == 403
        editor.bind("workers-force")
        until(
            lambda: client.patch(f"{path}?force=true&wait=60", json=asked).status_code == 200,
            "the permission does not count",
        )
