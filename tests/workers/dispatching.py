"""Asking the dispatcher: its address, the control of its bindings, and how its own answers look."""

import http.client
import json
import time
from typing import Any

import httpx

from workers_operator.domain.health.selection import ProbeSigner

HOST = "customer123.code24.dev"
HASH = "ab12cd34"
SELECTOR = ProbeSigner.of(b"a platform's key")


def route(path: str = "", name: str = "shop", instances: int = 1, **more: Any) -> dict[str, Any]:
    stable = {"hash": HASH, "instances": instances}
    entry = {"path": path, "worker": name, "script": name, "customer": "c1", "stable": stable}
    return entry | more


def scripts_of(script: str, instances: int) -> list[str]:
    return [f"{script}--{HASH}--{i}" for i in range(instances)]


def selected(instance: int, *, host: str = HOST, ahead: float = 0.0, **more: str) -> dict[str, str]:
    """Headers of the operator's own request to an instance; its clock may be ``ahead``."""
    return {"Code24-Instance": SELECTOR.select(host, instance, time.time() + ahead, **more)}


class Edge:
    """The dispatcher's address, and the control of its bindings."""

    def __init__(self, port: int, control_port: int) -> None:
        self.port = port
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}")
        self._control = httpx.Client(base_url=f"http://127.0.0.1:{control_port}")

    def given(self, *routes: Any, scripts: list[str] | None = None, **state: Any) -> None:
        """Publishes ``routes`` under HOST; all their scripts exist, unless ``scripts`` tells."""
        if scripts is None:
            scripts = [s for r in routes for s in scripts_of(r["script"], r["stable"]["instances"])]
        entries = {f"host:{HOST}": json.dumps({"v": 1, "routes": routes})}
        self._put({"entries": entries, "scripts": scripts} | state)

    def given_entry(self, raw: str) -> None:
        self._put({"entries": {f"host:{HOST}": raw}, "scripts": []})

    def given_metadata(self, metadata: dict[str, Any], scripts: list[str], **state: Any) -> None:
        """Publishes the KV metadata that the service router reads, by key."""
        self._put({"metadata": metadata, "scripts": scripts} | state)

    def _put(self, state: dict[str, Any]) -> None:
        self._control.put("/", json=state).raise_for_status()

    def ask(
        self, path: str = "/", method: str = "GET", host: str = HOST, **options: Any
    ) -> httpx.Response:
        headers = {"Host": host} | options.pop("headers", {})
        self._client.cookies.clear()  # a client of its own each time
        return self._client.request(method, path, headers=headers, **options)

    def ask_raw(self, path: str) -> int:
        """The status of a GET whose path goes out as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", HOST)
        connection.endheaders()
        status = connection.getresponse().status
        connection.close()
        return status

    def seen(self, what: str) -> list[Any]:
        """``calls`` of the namespace, ``points``, ``reads`` of KV since the last ``given``."""
        return list(self._control.get("/").json()[what])

    def close(self) -> None:
        self._client.close()
        self._control.close()


def code_of(response: httpx.Response) -> str:
    """The code of a clean JSON answer; checks that header and body agree."""
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    code = response.json()["error"]["code"]
    assert response.headers["Code24-Error"] == code
    return str(code)
