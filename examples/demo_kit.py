"""What the demo's steps are made of: say, expect, wait, kubectl, requests to the edge and to its API."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from install import find_kubectl
from processes import stop

NAMESPACE = "demo"


class Kit:
    """The tools of one run. ``folder``: with cluster/ and edge/."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kubectl_path = find_kubectl()
        self.edge = httpx.Client(base_url=os.environ["EDGE_URL"], timeout=30)
        self.domain = ""

    def step(self, title: str, what: str) -> None:
        bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
        print(f"\n{bold}● {title}{plain}  {what}", flush=True)

    def say(self, text: str) -> None:
        print("  " + text.replace("\n", "\n  "), flush=True)

    def expect(self, holds: bool, what: str) -> None:
        if not holds:
            sys.exit(
                f"\nFailed. Expected: {what}. The operator's log: {self.folder / 'operator.log'}"
            )

    def await_true(self, what: str, check: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not check():
            self.expect(time.monotonic() < deadline, f"{what} within {seconds:.0f} s")
            time.sleep(0.05)

    def ask(self, subdomain: str, path: str = "/") -> httpx.Response:
        return self.edge.get(path, headers={"Host": f"{subdomain}.{self.domain}"})

    def instances(self, requests: int) -> set[str]:
        return {self.ask("hello").headers.get("Code24-Instance", "") for _ in range(requests)}

    def api(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {os.environ['CLOUDFLARE_API_TOKEN']}"}
        answer = httpx.request(
            method, os.environ["CLOUDFLARE_BASE_URL"] + path, headers=headers, timeout=30, **options
        )
        answer.raise_for_status()
        return answer.json()["result"]

    def sql(self, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query in Analytics Engine's SQL; none before the first data point."""
        account = os.environ["CLOUDFLARE_ACCOUNT_ID"]
        url = f"{os.environ['CLOUDFLARE_BASE_URL']}/accounts/{account}/analytics_engine/sql"
        headers = {"Authorization": f"Bearer {os.environ['CLOUDFLARE_API_TOKEN']}"}
        answer = httpx.post(url, content=query, headers=headers, timeout=30)
        return list(answer.json()["data"]) if answer.is_success else []

    def scripts(self, part: str) -> list[str]:
        account = os.environ["CLOUDFLARE_ACCOUNT_ID"]
        found = self.api(
            "GET", f"/accounts/{account}/workers/dispatch/namespaces/code24-staging/scripts"
        )
        return [s["script"]["id"] for s in found if part in s["script"]["id"]]

    def overwrite(self, script: str, code: str) -> None:
        """Put other code in the place of a script, as an accident would."""
        account = os.environ["CLOUDFLARE_ACCOUNT_ID"]
        files = {
            "metadata": (None, json.dumps({"main_module": "worker.js"}), "application/json"),
            "worker.js": ("worker.js", code, "application/javascript+module"),
        }
        path = f"/accounts/{account}/workers/dispatch/namespaces/code24-staging/scripts/{script}"
        self.api("PUT", path, files=files)

    def keys(self) -> list[str]:
        account = os.environ["CLOUDFLARE_ACCOUNT_ID"]
        namespaces = self.api("GET", f"/accounts/{account}/storage/kv/namespaces")
        metadata = next(n["id"] for n in namespaces if n["title"] == "WORKER_METADATA")
        return [
            k["name"]
            for k in self.api("GET", f"/accounts/{account}/storage/kv/namespaces/{metadata}/keys")
        ]

    def kubectl(
        self,
        *arguments: str,
        stdin: str | None = None,
        check: bool = True,
        namespace: str = NAMESPACE,
    ) -> str:
        scope = ["--namespace", namespace] if namespace else []
        command = [self.kubectl_path, *scope, *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True)
        self.expect(
            done.returncode == 0 or not check,
            f"{' '.join(arguments)} succeeds; it said {done.stderr}",
        )
        return done.stdout

    def show(self, *arguments: str) -> None:
        self.say(f"$ kubectl -n {NAMESPACE} {' '.join(arguments)}")
        self.say(self.kubectl(*arguments).rstrip())

    def patch(self, name: str, change: dict[str, Any]) -> None:
        self.kubectl("patch", f"cw/{name}", "--type=merge", "-p", json.dumps(change))

    def wait_ready(self) -> None:
        self.kubectl(
            "wait",
            "--for=condition=Ready",
            "--timeout=120s",
            "--all",
            "eliteworkers,customerworkers",
        )

    def ready(self, what: str, namespace: str = NAMESPACE) -> dict[str, str]:
        found = json.loads(self.kubectl("get", what, "-o", "json", namespace=namespace))
        conditions = found["status"].get("conditions", [])
        return next((c for c in conditions if c["type"] == "Ready"), {"reason": "", "message": ""})

    def start(self, name: str, command: list[str]) -> None:
        """Start a process that outlives the demo. Stop the one of an earlier demo first."""
        stop(self.folder / f"{name}.pid")
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        (self.folder / f"{name}.pid").write_text(str(process.pid))

    def spec(self, what: str) -> dict[str, Any]:
        """Return the spec of an object."""
        found: dict[str, Any] = json.loads(self.kubectl("get", what, "-o", "json"))
        return dict(found["spec"])

    def status(self, what: str) -> dict[str, Any]:
        """Return the status of an object, empty before the first."""
        found: dict[str, Any] = json.loads(self.kubectl("get", what, "-o", "json"))
        status: dict[str, Any] = found.get("status", {})
        return status
