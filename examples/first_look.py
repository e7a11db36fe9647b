"""A first look at the local edge: a script is uploaded to it and called, through Cloudflare's API alone."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

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
    """Show what there is to be seen, or remove what was uploaded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("show", "remove"))
    parser.add_argument("--edge", type=Path, required=True, help="file of the edge's variables")
    arguments = parser.parse_args()
    look = Look(arguments.edge)
    try:
        look.remove()  # an earlier start may have been killed
        if arguments.command == "show":
            look.show()
    except httpx.HTTPError as error:
        sys.exit(f"\nFailed. The local edge does not answer: {error}")


class Look:
    """A script on the local edge. ``edge``: file of its variables."""

    def __init__(self, edge: Path) -> None:
        pairs = (line.split("=", 1) for line in edge.read_text().splitlines())
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

    def show(self) -> None:
        """Upload the script, and show what it answers."""
        print(
            "\n● A first look  at the local edge, while the cluster is being prepared", flush=True
        )
        titled = {"title": NAME}
        namespace = self._call("POST", self._namespaces, json=titled)["id"]
        visits = {"type": "kv_namespace", "name": "VISITS", "namespace_id": namespace}
        self._call("PUT", f"{self._scripts}/{NAME}", files=form(SCRIPT, [visits]))
        host = f"{NAME}.{self._call('GET', self._zone)['name']}"
        self._call("POST", self._routes, json={"pattern": f"{host}/*", "script": NAME})
        self._call_script(host)

    def remove(self) -> None:
        """Remove everything."""
        for route in self._call("GET", self._routes):
            if route["script"] == NAME:
                self._call("DELETE", f"{self._routes}/{route['id']}")
        if any(script["id"] == NAME for script in self._call("GET", self._scripts)):
            self._call("DELETE", f"{self._scripts}/{NAME}")
        for namespace in self._call("GET", self._namespaces):
            if namespace["title"] == NAME:
                self._call("DELETE", f"{self._namespaces}/{namespace['id']}")

    def _call_script(self, host: str) -> None:
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
