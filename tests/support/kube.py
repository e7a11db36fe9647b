"""The Kubernetes API as tests use it: kubectl as a user would, and plain HTTP to read and to watch."""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from support.applying import MANAGER, marked, patch_of
from support.processes import Process
from support.waiting import until
from workers_operator.kube.decoding import decode

Object = dict[str, Any]

API: Final = "/apis/workers.code24.dev/v1alpha1"
PLURALS: Final[Mapping[str, str]] = {
    "EliteWorker": "eliteworkers",
    "CustomerWorker": "customerworkers",
    "WorkersPlatform": "workersplatforms",
    "WorkerTemplate": "workertemplates",
    "ClusterWorkerTemplate": "clusterworkertemplates",
}
CLUSTER_SCOPED: Final = ("WorkersPlatform", "ClusterWorkerTemplate")
_TIMEOUT: Final = 30.0


@dataclass(frozen=True)
class Kubectl:
    """Runs kubectl as the cluster's administrator."""

    binary: Path
    kubeconfig: Path

    def command(self, *arguments: str) -> list[str]:
        return [str(self.binary), f"--kubeconfig={self.kubeconfig}", *arguments]

    def run(self, *arguments: str, stdin: Any = None) -> subprocess.CompletedProcess[str]:
        """The finished process, whatever its exit code; ``stdin`` is passed as JSON."""
        return subprocess.run(
            self.command(*arguments),
            input=None if stdin is None else json.dumps(stdin),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def __call__(self, *arguments: str, stdin: Any = None) -> str:
        """What a successful kubectl prints."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *arguments: str, stdin: Any = None) -> str:
        """What kubectl says when the API server refuses."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def learn_kinds(self) -> None:
        """Wait until it knows our kinds by all their names: it keeps what it has read of the API server before."""
        listing = ("api-resources", "--categories=workers", "--no-headers")
        until(lambda: "customerworkers" in self(*listing), "the API server does not list our kinds")

    def apply(self, obj: Mapping[str, Any]) -> Object:
        """``kubectl apply`` of one object; the object as stored."""
        stored: Object = json.loads(self("apply", "-f", "-", "-o", "json", stdin=obj))
        return stored


def path_of(kind: str, namespace: str = "", name: str = "") -> str:
    """The API path of one of our objects, or of a list of them."""
    scope = f"/namespaces/{namespace}" if namespace else ""
    return f"{API}{scope}/{PLURALS[kind]}" + (f"/{name}" if name else "")


class KubeApi:
    """The API server through ``kubectl proxy``: plain HTTP, with whatever credentials the kubeconfig holds."""

    def __init__(self, kubectl: Kubectl, folder: Path, timeout: float = _TIMEOUT) -> None:
        command = kubectl.command("proxy", "--port=0")
        self._proxy = Process(command, folder / "kubectl-proxy.log")
        self._client = httpx.Client(base_url=self._address(), timeout=timeout)

    def _address(self) -> str:
        [address, *_] = until(
            lambda: re.findall(r"on (127\.0\.0\.1:\d+)", self._proxy.text), self._proxy.tail
        )
        return f"http://{address}"

    def close(self) -> None:
        """Ends the proxy, and with it every watch that is open."""
        self._proxy.stop()
        self._client.close()

    def get(self, path: str, **query: str) -> Object | None:
        """What is there, or None."""
        response = self._request("GET", path, params=query)
        return None if response.status_code == 404 else _checked(response)

    def items(self, path: str) -> list[Object]:
        """The objects of a list."""
        found = self.get(path)
        return [] if found is None else list(found["items"])

    def events(self, namespace: str, name: str) -> list[Object]:
        """The Events about an object."""
        query = {"fieldSelector": f"involvedObject.name={name}"}
        found = self.get(f"/api/v1/namespaces/{namespace}/events", **query)
        return [] if found is None else list(found["items"])

    def create(self, path: str, body: Mapping[str, Any]) -> Object:
        """POST as the field manager e2e."""
        return _checked(self._request("POST", path, json=body, params={"fieldManager": "e2e"}))

    def create_text(self, path: str, text: str) -> Object:
        """POST of what ``json`` could not write, as the field manager e2e."""
        headers, query = {"Content-Type": "application/json"}, {"fieldManager": "e2e"}
        return _checked(self._request("POST", path, content=text, headers=headers, params=query))

    def patch(self, path: str, body: Mapping[str, Any]) -> Object | None:
        """A merge patch as the field manager e2e; None where the object is gone."""
        headers = {"Content-Type": "application/merge-patch+json"}
        query = {"fieldManager": "e2e"}
        response = self._request(
            "PATCH", path, content=json.dumps(body), params=query, headers=headers
        )
        return None if response.status_code == 404 else _checked(response)

    def apply(self, obj: Mapping[str, Any]) -> Object:
        """What ``kubectl apply`` does with one of our objects; the object as stored."""
        metadata = obj["metadata"]
        path = path_of(obj["kind"], metadata.get("namespace", ""))
        query = {"fieldManager": MANAGER, "fieldValidation": "Strict"}
        live = self.get(f"{path}/{metadata['name']}")
        if live is None:
            return _checked(self.answer("POST", path, marked(obj), **query))
        patch = patch_of(obj, live)
        return _checked(self.answer("PATCH", f"{path}/{metadata['name']}", patch, **query))

    def delete(self, path: str) -> None:
        """DELETE; what is gone already counts as deleted."""
        response = self._request("DELETE", path)
        if response.status_code != 404:
            _checked(response)

    def answer(
        self, method: str, path: str, body: Any = None, *, text: str | None = None, **query: str
    ) -> httpx.Response:
        """Whatever the API server answers; a PATCH is a merge patch. ``text``: a body as it is."""
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        return self._answer(method, path, kind, text if body is None else json.dumps(body), query)

    def try_out(self, obj: Mapping[str, Any], *, applied: bool = False) -> httpx.Response:
        """What the API server makes of an object that is created, or applied on its side, without keeping it.

        As kubectl with ``--dry-run=server``, which asks for strict decoding.
        """
        kind, metadata = str(obj["kind"]), obj["metadata"]
        namespace = "" if kind in CLUSTER_SCOPED else metadata.get("namespace", "default")
        query = {"dryRun": "All", "fieldValidation": "Strict"}
        text = json.dumps(obj, ensure_ascii=False)  # what is applied is read as YAML
        if applied:
            path = path_of(kind, namespace, metadata["name"])
            return self._answer("PATCH", path, "application/apply-patch+yaml", text, query)
        return self._answer("POST", path_of(kind, namespace), "application/json", text, query)

    def _answer(
        self, method: str, path: str, kind: str, content: str | None, query: Mapping[str, str]
    ) -> httpx.Response:
        headers, query = {"Content-Type": kind}, {"fieldManager": "e2e", **query}
        return self._request(method, path, content=content, headers=headers, params=query)

    def watch(self, path: str, version: str) -> Iterator[Object]:
        """Raw watch events from a resource version on, until the connection ends."""
        query = {"watch": "1", "resourceVersion": version}
        with self._client.stream("GET", path, params=query, timeout=None) as response:
            rest = b""
            # Not lines of text: JSON may hold other line breaks.
            for piece in response.iter_bytes():
                *lines, rest = (rest + piece).split(b"\n")
                yield from (decode(line) for line in lines)

    def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Sent again while the API server asks for patience, as it does of kinds that are quite new."""
        while True:
            response = self._client.request(method, path, **options)
            if response.status_code != 429:
                return response
            time.sleep(0.1)


def _checked(response: httpx.Response) -> Object:
    assert response.is_success, f"{response.request.method} {response.request.url}: {response.text}"
    body: Object = decode(response.content)  # of objects, too, that nobody could handle
    return body
