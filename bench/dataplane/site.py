"""What is measured on an edge: a trivial script, the platform dispatcher with a worker behind it, and readers."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from bench import usage
from bench.dataplane.bare import OK
from bench.dataplane.wrk import Target
from bench.edge import Edge
from workers_operator.authoring.bundling import WORKERS

NAMESPACE: Final = "measured"
BUCKET: Final = "measured"
DATASET: Final = "measured"
_HASH: Final = "ab12cd34"
KEYS: Final = 100
"""Reads of a request to a reader."""
_READER: Final = """
export default { async fetch(request, env) {
  const { pathname, searchParams } = new URL(request.url);
  const prefix = searchParams.get('prefix') ?? 'warm';
  for (let number = 0; number < Number(searchParams.get('count')); number += 1) {
    if (pathname === '/kv') await env.KV.get(`${prefix}-${number}`);
    else await (await env.R2.get(`${prefix}-${number}`)).text();
  }
  return new Response('ok');
} };
"""
Binding = Mapping[str, Any]


class Site:
    """An edge with scripts on it."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.api = httpx.Client(base_url=self.edge.base_url, headers=self.edge.headers, timeout=60)
        self.account = f"/accounts/{self.edge.account}"
        self.spaces = f"{self.account}/workers/dispatch/namespaces"
        self.keys = self.edge.create_kv_namespace("measured")

    def stop(self) -> None:
        self.api.close()
        self.edge.stop()

    def target(self, name: str, path: str = "/") -> Target:
        """A host of the zone."""
        return Target(f"{self.edge.data_url}{path}", f"{name}.{self.edge.domain}")

    def pids(self) -> dict[str, int]:
        """The processes, by name."""
        url = self.edge.base_url.partition("/client/v4")[0] + "/edge/status"
        found = httpx.get(url, timeout=30).json()
        [supervisor] = usage.children(str(self.edge.folder))
        return {
            "supervisor": supervisor,
            **{name: process["pid"] for name, process in found.items()},
        }

    # --- what is deployed -------------------------------------------------------------------------------------------

    def plain(self, name: str = "plain") -> Target:
        """A trivial account script on a route."""
        self.upload(name, OK)
        self.route(f"{name}.{self.edge.domain}/*", name)
        return self.target(name)

    def dispatched(self, name: str = "shop") -> Target:
        """A trivial script behind the platform dispatcher, as the operator deploys them."""
        self.api.post(self.spaces, json={"name": NAMESPACE}).raise_for_status()
        self.upload_below(f"{name}--{_HASH}--0", OK)
        self.put_key(f"host:{name}.{self.edge.domain}", json.dumps(entry(name)))
        code = (WORKERS / "bundles" / "dispatcher.js").read_text()
        bindings: list[Binding] = [
            {"type": "dispatch_namespace", "name": "DISPATCHER", "namespace": NAMESPACE},
            {"type": "kv_namespace", "name": "WORKER_METADATA", "namespace_id": self.keys},
            {"type": "analytics_engine", "name": "WORKERS_ANALYTICS", "dataset": DATASET},
            {"type": "plain_text", "name": "ENVIRONMENT", "text": "dev"},
        ]
        self.upload("dispatcher", code, bindings)
        self.route(f"*.{self.edge.domain}/*", "dispatcher")
        return self.target(name)

    def reader(self, name: str = "reader") -> Target:
        """A script that reads KV (`/kv?count=`) or R2 (`/r2?count=`), one key after the other."""
        self.api.post(f"{self.account}/r2/buckets", json={"name": BUCKET}).raise_for_status()
        bindings: list[Binding] = [
            {"type": "kv_namespace", "name": "KV", "namespace_id": self.keys},
            {"type": "r2_bucket", "name": "R2", "bucket_name": BUCKET},
        ]
        self.upload(name, _READER, bindings)
        self.route(f"{name}.{self.edge.domain}/*", name)
        self.fill("warm")
        return self.target(name)

    def fill(self, prefix: str) -> None:
        """Writes what a reader reads: pairs and objects of 1 KiB."""
        value = "x" * 1024
        pairs = [{"key": f"{prefix}-{number}", "value": value} for number in range(KEYS)]
        self.api.put(f"{self._kv}/bulk", json=pairs).raise_for_status()
        for pair in pairs:
            self.edge.put_object(BUCKET, pair["key"], value.encode(), "text/plain")

    def put_key(self, key: str, value: str) -> None:
        self.api.put(f"{self._kv}/bulk", json=[{"key": key, "value": value}]).raise_for_status()

    @property
    def _kv(self) -> str:
        return f"{self.account}/storage/kv/namespaces/{self.keys}"

    def upload(self, name: str, code: str, bindings: Sequence[Binding] = ()) -> None:
        """An account script."""
        self._put(f"{self.account}/workers/scripts/{name}", code, bindings)

    def upload_below(self, name: str, code: str, bindings: Sequence[Binding] = ()) -> None:
        """A script of the dispatch namespace."""
        self._put(f"{self.spaces}/{NAMESPACE}/scripts/{name}", code, bindings)

    def _put(self, path: str, code: str, bindings: Sequence[Binding]) -> None:
        metadata = {
            "main_module": "index.js",
            "compatibility_date": "2026-10-01",
            "bindings": bindings,
        }
        files: list[tuple[str, tuple[str | None, str, str]]] = [
            ("metadata", (None, json.dumps(metadata), "application/json")),
            ("index.js", ("index.js", code, "application/javascript+module")),
        ]
        self.api.put(path, files=files).raise_for_status()

    def route(self, pattern: str, script: str) -> None:
        zone = self.edge.variables["CLOUDFLARE_ZONE_ID"]
        body = {"pattern": pattern, "script": script}
        self.api.post(f"/zones/{zone}/workers/routes", json=body).raise_for_status()


def entry(name: str) -> dict[str, object]:
    """The routing entry of a host, as the operator writes it."""
    stable = {"hash": _HASH, "instances": 1}
    return {
        "v": 1,
        "routes": [
            {"path": "", "worker": name, "script": name, "customer": "c1", "stable": stable}
        ],
    }
