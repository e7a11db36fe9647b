"""The local edge as a process of its own, and what an account's owner and a visitor see of it."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx

from support.processes import Process
from support.waiting import until

_COMMAND: Final = Path(sys.executable).with_name("local-edge")
_ZONES: Final = ("--zone", "code24.dev", "--zone", "example.net")
_INVOCATIONS: Final = """
query($account: string!, $namespace: string!) { viewer { accounts(filter: {accountTag: $account}) {
  workersInvocationsAdaptive(limit: 10000, filter: {dispatchNamespaceName: $namespace}) {
    dimensions { scriptName } sum { requests errors cpuTimeUs requestDuration }
  }
} } }"""
_SCRIPT: Final = "export default { fetch() { return new Response('foreign') } }"


@dataclass(frozen=True)
class Inventory:
    """All that an account holds. Script names of dispatch namespaces are ``<namespace>/<script>``."""

    scripts: frozenset[str]
    account_scripts: frozenset[str]
    keys: frozenset[str]  # <title of the KV namespace>/<key>
    routes: frozenset[tuple[str, str]]  # (pattern, script)
    containers: tuple[
        str, ...
    ]  # dispatch namespaces, KV namespaces, buckets; sorted, with repetitions

    def since(self, before: "Inventory") -> "Inventory":
        """What has come since ``before``."""
        rest = list(self.containers)
        for name in before.containers:
            rest.remove(name)
        return Inventory(
            self.scripts - before.scripts,
            self.account_scripts - before.account_scripts,
            self.keys - before.keys,
            self.routes - before.routes,
            tuple(rest),
        )


class Edge:
    """A running edge; the constructor returns when it answers."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.process = Process([_COMMAND, "serve", "--dir", folder, *_ZONES], log)
        file = folder / "edge.env"
        until(lambda: file.exists() or not self.process.alive, self.process.tail)
        assert self.process.alive, self.process.tail()
        lines = [line.partition("=") for line in file.read_text().splitlines()]
        self.variables: Mapping[str, str] = {name: value for name, _, value in lines}
        self.base_url = self.variables["CLOUDFLARE_BASE_URL"]
        self.data_url = self.variables["EDGE_URL"]
        self.token = self.variables["CLOUDFLARE_API_TOKEN"]
        self._account = f"/accounts/{self.variables['CLOUDFLARE_ACCOUNT_ID']}"
        headers = {"Authorization": f"Bearer {self.token}"}
        self._api = httpx.Client(base_url=self.base_url, headers=headers, timeout=30)
        self._visitor = httpx.Client(base_url=self.data_url, timeout=30)
        # The platforms' domain, and a zone in which no platform has its own.
        self.zones = {str(zone["name"]): str(zone["id"]) for zone in self.result("GET", "/zones")}
        self.domain, self.other_domain = self.zones

    def stop(self) -> None:
        self._api.close()
        self._visitor.close()
        self.process.stop()

    # --- a visitor --------------------------------------------------------------------------------------------------

    def visit(self, host: str, path: str = "/", **headers: str) -> httpx.Response:
        """A request through the data plane; ``_`` in a header's name stands for ``-``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._visitor.get(path, headers={"Host": host, **named})

    # --- the account's owner ----------------------------------------------------------------------------------------

    def result(self, method: str, path: str, **options: Any) -> Any:
        """The result of a successful call."""
        response = self._api.request(method, path, **options)
        assert response.is_success, f"{method} {path}: {response.text}"
        return response.json()["result"]

    def set_token(self, token: str, status: str = "active") -> None:
        """Adds an API token, or changes what becomes of its calls."""
        url = self.base_url.partition("/client/v4")[0] + "/edge/tokens"
        answer = self._api.post(url, json={"token": token, "status": status})
        assert answer.is_success, answer.text

    def dispatch_namespaces(self) -> list[str]:
        result = self.result("GET", f"{self._account}/workers/dispatch/namespaces")
        return [str(n["namespace_name"]) for n in result]

    def scripts(self, namespace: str) -> set[str]:
        """Names of the scripts of a dispatch namespace."""
        path = f"{self._account}/workers/dispatch/namespaces/{namespace}/scripts"
        return {str((s.get("script") or s)["id"]) for s in self.result("GET", path)}

    def put_script(
        self, namespace: str, name: str, script: str = _SCRIPT, *, tags: Sequence[str] = ()
    ) -> None:
        """A script in a dispatch namespace; without tags, it is somebody else's."""
        path = f"{self._account}/workers/dispatch/namespaces/{namespace}/scripts/{name}"
        self.result("PUT", path, files=_form(script, tags))

    def delete_script(self, namespace: str, name: str) -> None:
        path = f"{self._account}/workers/dispatch/namespaces/{namespace}/scripts/{name}"
        self.result("DELETE", path, params={"force": "true"})

    def account_scripts(self) -> dict[str, str]:
        """Plain Workers of the account, each with its etag."""
        result = self.result("GET", f"{self._account}/workers/scripts")
        return {str(s["id"]): str(s["etag"]) for s in result}

    def put_account_script(self, name: str) -> None:
        """A plain Worker of somebody else."""
        self.result("PUT", f"{self._account}/workers/scripts/{name}", files=_form())

    def routes(self) -> set[tuple[str, str]]:
        """The routes of all zones: (pattern, script)."""
        listed = [
            self.result("GET", f"/zones/{zone}/workers/routes") for zone in self.zones.values()
        ]
        return {
            (str(r["pattern"]), str(r.get("script") or "")) for routes in listed for r in routes
        }

    def put_route(self, pattern: str, script: str) -> None:
        body = {"pattern": pattern, "script": script}
        [zone] = [id_ for name, id_ in self.zones.items() if pattern.split("/")[0].endswith(name)]
        self.result("POST", f"/zones/{zone}/workers/routes", json=body)

    def kv_namespaces(self, title: str) -> list[str]:
        """Ids of the KV namespaces of this title: one, unless something went wrong."""
        return [str(n["id"]) for n in self._kv() if n["title"] == title]

    def keys(self, title: str) -> dict[str, Any]:
        """Key → metadata, of the keys that do not expire."""
        [namespace] = self.kv_namespaces(title)
        listed = self.result("GET", f"{self._account}/storage/kv/namespaces/{namespace}/keys")
        return {str(k["name"]): k.get("metadata") for k in listed if "expiration" not in k}

    def value(self, title: str, key: str) -> Any:
        """The JSON value of a key."""
        return json.loads(self._api.get(self._value_path(title, key)).content)

    def put_value(self, title: str, key: str, value: str) -> None:
        self._api.put(self._value_path(title, key), content=value).raise_for_status()

    def create_bucket(self, name: str) -> None:
        self.result("POST", f"{self._account}/r2/buckets", json={"name": name})

    def delete_bucket(self, name: str) -> None:
        """With all that it holds."""
        for key in self.objects(name):
            self.result("DELETE", self._object_path(name, key))
        self.result("DELETE", f"{self._account}/r2/buckets/{name}")

    def buckets(self) -> set[str]:
        query = {"per_page": "1000"}
        listed = self.result("GET", f"{self._account}/r2/buckets", params=query)["buckets"]
        return {str(bucket["name"]) for bucket in listed}

    def objects(self, bucket: str) -> dict[str, str]:
        """Key → etag."""
        listed = self.result("GET", f"{self._account}/r2/buckets/{bucket}/objects")
        return {str(o["key"]): str(o["etag"]) for o in listed}

    def put_object(
        self, bucket: str, key: str, data: bytes | str, kind: str = "application/javascript+module"
    ) -> None:
        content = data.encode() if isinstance(data, str) else data
        path = self._object_path(bucket, key)
        self.result("PUT", path, content=content, headers={"Content-Type": kind})

    def get_object(self, bucket: str, key: str) -> bytes:
        answer = self._api.get(self._object_path(bucket, key))
        return answer.raise_for_status().content

    def create_kv_namespace(self, title: str) -> str:
        """Its id."""
        path = f"{self._account}/storage/kv/namespaces"
        return str(self.result("POST", path, json={"title": title})["id"])

    def points(self, dataset: str) -> list[Any]:
        """The data points of an Analytics Engine dataset."""
        url = self.base_url.partition("/client/v4")[0] + "/edge/analytics"
        return list(self._api.get(url, params={"dataset": dataset}).raise_for_status().json())

    def has_logged(self, namespace: str, message: str) -> bool:
        """Whether the telemetry API has an entry with this message, of a script of the namespace."""
        wanted = {"$workers.dispatchNamespace": namespace, "$metadata.message": message}
        filters = [
            {"key": key, "operation": "eq", "type": "string", "value": value}
            for key, value in wanted.items()
        ]
        body = {
            "queryId": "tests",
            "view": "events",
            "timeframe": {"from": 0, "to": 2**53},
            "parameters": {"filters": filters},
        }
        path = f"{self._account}/workers/observability/telemetry/query"
        return bool(self.result("POST", path, json=body)["events"]["events"])

    def invocations(self, namespace: str) -> dict[str, Any]:
        """Script → what Cloudflare's GraphQL says that its invocations came to."""
        variables = {"account": self.variables["CLOUDFLARE_ACCOUNT_ID"], "namespace": namespace}
        asked = {"query": _INVOCATIONS, "variables": variables}
        answer = self._api.post("/graphql", json=asked).raise_for_status().json()
        assert not answer["errors"], answer
        [account] = answer["data"]["viewer"]["accounts"]
        groups = account["workersInvocationsAdaptive"]
        return {str(group["dimensions"]["scriptName"]): group["sum"] for group in groups}

    def settings(self, namespace: str, script: str) -> Any:
        """What an upload said besides its code."""
        path = f"{self._account}/workers/dispatch/namespaces/{namespace}/scripts/{script}/settings"
        return self.result("GET", path)

    def inventory(self) -> Inventory:
        """The whole account."""
        spaces = self.dispatch_namespaces()
        kv = self._kv()
        pages = {"per_page": "1000"}
        buckets = self.result("GET", f"{self._account}/r2/buckets", params=pages)["buckets"]
        base = f"{self._account}/storage/kv/namespaces"
        return Inventory(
            scripts=frozenset(f"{s}/{name}" for s in spaces for name in self.scripts(s)),
            account_scripts=frozenset(self.account_scripts()),
            keys=frozenset(
                f"{n['title']}/{k['name']}"
                for n in kv
                for k in self.result("GET", f"{base}/{n['id']}/keys")
                if "expiration" not in k
            ),
            routes=frozenset(self.routes()),
            containers=tuple(
                sorted(
                    [*spaces, *(str(n["title"]) for n in kv), *(str(b["name"]) for b in buckets)]
                )
            ),
        )

    def _kv(self) -> list[dict[str, Any]]:
        query = {"per_page": "100"}
        return list(self.result("GET", f"{self._account}/storage/kv/namespaces", params=query))

    def _object_path(self, bucket: str, key: str) -> str:
        return f"{self._account}/r2/buckets/{bucket}/objects/{key}"

    def _value_path(self, title: str, key: str) -> str:
        [namespace] = self.kv_namespaces(title)
        return f"{self._account}/storage/kv/namespaces/{namespace}/values/{quote(key, safe='')}"


def _form(
    script: str = _SCRIPT, tags: Sequence[str] = ()
) -> list[tuple[str, tuple[str | None, str, str]]]:
    metadata = json.dumps({"main_module": "worker.js", "tags": list(tags)})
    return [
        ("metadata", (None, metadata, "application/json")),
        ("worker.js", ("worker.js", script, "application/javascript+module")),
    ]
