"""Start the local cluster and the local edge side by side.

The first time, the cluster's programs have to be built, which takes minutes. Meanwhile the edge is there to be looked
at: a script is uploaded to it, called, and removed when the cluster is up. Every step is verified.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 10.0  # seconds; a cluster whose programs are there is up before
NAME = "first-look"
SCRIPT = """\
export default {
  async fetch(request, env) {
    const visits = Number(await env.VISITS.get("visits")) + 1;
    await env.VISITS.put("visits", String(visits));
    return new Response(`visit ${visits} of ${new URL(request.url).hostname}, counted in KV\\n`);
  },
};
"""


def main() -> None:
    """Start both; exit with the code of the one that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="folder for cluster/ and edge/")
    arguments, edge_arguments = parser.parse_known_args()
    folder: Path = arguments.dir
    log = folder / "start.log"
    with log.open("w") as output:
        cluster = subprocess.Popen(
            [program("local-cluster"), "up", "--dir", str(folder / "cluster")],
            stdout=output,
            stderr=output,
        )
    try:
        edge = [program("local-edge"), "up", "--dir", str(folder / "edge"), *edge_arguments]
        subprocess.run(edge, check=True)
        if is_up_soon(cluster):
            print(log.read_text(), end="", flush=True)
        else:
            with Look(folder / "edge" / "edge.env").uploaded():
                follow(cluster, log)
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
    finally:
        if cluster.poll() is None:
            cluster.terminate()
    sys.exit(cluster.wait())


def program(name: str) -> str:
    """Return the path of a program of the virtual environment."""
    return str(Path(sys.executable).parent / name)


def is_up_soon(cluster: subprocess.Popen[bytes]) -> bool:
    """Return whether the cluster is up, or has failed, before anybody would want to look at something else."""
    try:
        cluster.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        return False
    return True


def follow(cluster: subprocess.Popen[bytes], log: Path) -> None:
    """Print the log of the cluster's start until that has ended."""
    print("\n● The cluster  is being prepared; the next start takes seconds", flush=True)
    with log.open() as lines:
        ended = False
        while not ended:
            ended = cluster.poll() is not None
            print(lines.read(), end="", flush=True)
            time.sleep(0.2)


class Look:
    """A script on the local edge, through Cloudflare's API, with what it answers."""

    def __init__(self, environment: Path) -> None:
        pairs = (line.split("=", 1) for line in environment.read_text().splitlines())
        variables = dict(pairs)
        account = f"/accounts/{variables['CLOUDFLARE_ACCOUNT_ID']}"
        self._scripts = f"{account}/workers/scripts"
        self._namespaces = f"{account}/storage/kv/namespaces"
        self._zone = f"/zones/{variables['CLOUDFLARE_ZONE_ID']}"
        self._routes = f"{self._zone}/workers/routes"
        self._edge = variables["EDGE_URL"]
        token = variables["CLOUDFLARE_API_TOKEN"]
        self._api = httpx.Client(
            base_url=variables["CLOUDFLARE_BASE_URL"],
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    @contextmanager
    def uploaded(self) -> Iterator[None]:
        """Upload the script, show what it answers, and remove everything at the end."""
        print(
            "\n● A first look  at the local edge, while the cluster is being prepared", flush=True
        )
        self._remove()  # an earlier start may have been killed
        try:
            titled = {"title": NAME}
            namespace = self._call("POST", self._namespaces, json=titled)["id"]
            visits = {"type": "kv_namespace", "name": "VISITS", "namespace_id": namespace}
            self._call("PUT", f"{self._scripts}/{NAME}", files=form(SCRIPT, [visits]))
            host = f"{NAME}.{self._call('GET', self._zone)['name']}"
            self._call("POST", self._routes, json={"pattern": f"{host}/*", "script": NAME})
            self._show(host)
            yield
        finally:
            self._remove()

    def _remove(self) -> None:
        for route in self._call("GET", self._routes):
            if route["script"] == NAME:
                self._call("DELETE", f"{self._routes}/{route['id']}")
        if any(script["id"] == NAME for script in self._call("GET", self._scripts)):
            self._call("DELETE", f"{self._scripts}/{NAME}")
        for namespace in self._call("GET", self._namespaces):
            if namespace["title"] == NAME:
                self._call("DELETE", f"{self._namespaces}/{namespace['id']}")

    def _show(self, host: str) -> None:
        script = f"{self._scripts}/{NAME}"
        print(f"  a script with a KV namespace is uploaded, and serves https://{host}/")
        for number in (1, 2):
            answer = httpx.get(self._edge, headers={"Host": host}, timeout=30)
            expect(answer.text.startswith(f"visit {number} of {host}"), f"an answer: {answer.text}")
            print(f"  {answer.text.strip()}")
        refused = self._api.put(script, files=form("export default { fetch() { ", []))
        expect(refused.status_code == 400, "a script with a mistake is refused")
        print(f"  a script with a mistake is refused: {refused.json()['errors'][0]['message']}")
        print(f"  try it: curl -H 'Host: {host}' {self._edge}", flush=True)

    def _call(self, method: str, path: str, **content: Any) -> Any:
        answer = self._api.request(method, path, **content)
        expect(answer.is_success, f"{method} {path} succeeds; it said {answer.text}")
        return answer.json()["result"]


def form(script: str, bindings: Sequence[dict[str, str]]) -> dict[str, tuple[str, str, str]]:
    """Return an upload of a script with one module."""
    metadata = {"main_module": "index.js", "bindings": bindings}
    return {
        "metadata": ("metadata", json.dumps(metadata), "application/json"),
        "index.js": ("index.js", script, "application/javascript+module"),
    }


def expect(holds: bool, what: str) -> None:
    """Exit with a message unless what is expected holds."""
    if not holds:
        sys.exit(f"\nFailed. Expected: {what}")


if __name__ == "__main__":
    main()
