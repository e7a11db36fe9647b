"""The demo that `make demo` runs on the local cluster and the local edge. It verifies every step.

It exits with 1 at the first failed expectation. Otherwise it leaves everything running; ``--stop`` stops the operator
and the demo's shop.
"""

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from install import find_kubectl, free_port
from processes import get_ok, stop

EXAMPLES = Path(__file__).resolve().parent
NAMESPACE = "demo"
ACCOUNT = {  # what stands for it in examples -> variable
    "e88bd087a41fe8d87d26724c8a0c7d0f": "CLOUDFLARE_ACCOUNT_ID",
    "023e105f4ecef8ad9ca31a8372d0c353": "CLOUDFLARE_ZONE_ID",
}


def main() -> None:
    """Run the demo, or stop what it left running."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="folder with cluster/ and edge/")
    parser.add_argument("--stop", action="store_true", help="stop the operator and the demo's shop")
    arguments = parser.parse_args()
    if arguments.stop:
        for name in ("operator", "shop"):
            stop(arguments.dir / f"{name}.pid")
        return
    Demo(arguments.dir.resolve()).run()


class Demo:
    """One run of the demo. Each step prints its purpose, then its results."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started = time.monotonic()
        self.kubectl_path = find_kubectl()
        self.edge = httpx.Client(base_url=os.environ["EDGE_URL"], timeout=30)
        self.domain = ""

    def run(self) -> None:
        self.operator_up()
        self.apply()
        self.answers()
        self.report()
        self.funnel()
        self.update()
        self.scale()
        self.equipped()
        self.rejected()
        self.teams()
        self.delete()
        self.done()

    # --- steps ----------------------------------------------------------------------------------------------------

    def operator_up(self) -> None:
        self.step(
            "The operator", "runs under its own service account on the local cluster and edge"
        )
        address = os.environ["WORKERS_OPERATOR_ADDRESS"]
        binaries = Path(sys.executable).parent
        self.start("operator", [str(binaries / "workers-operator"), "run"])
        self.await_true("the operator is ready", lambda: get_ok(f"http://{address}/readyz"))
        zone = os.environ["CLOUDFLARE_ZONE_ID"]
        self.domain = self.api("GET", f"/zones/{zone}")["name"]
        self.say(f"ready: http://{address}/metrics, log {self.folder / 'operator.log'}")
        self.await_true(
            "a response of the platform dispatcher", lambda: self.ask("nobody").status_code == 404
        )
        self.say(f"the platform dispatcher serves *.{self.domain}; an unknown host returns 404")

    def apply(self) -> None:
        self.step("Three objects", "an elite worker, a shop from a template, a customer's own code")
        port = free_port()
        self.start("shop", [sys.executable, str(EXAMPLES / "demo_site.py"), "--port", str(port)])
        self.kubectl("create", "namespace", NAMESPACE, check=False)
        shop = f"http://127.0.0.1:{port}"
        for name, replaced in (
            ("brand", "https://www.example.com"),
            ("shop", "https://shop.example.com"),
            ("hello", None),
        ):
            text = (EXAMPLES / f"{name}.yaml").read_text()
            self.kubectl(
                "apply", "-f", "-", stdin=text.replace(replaced, shop) if replaced else text
            )
        began = time.monotonic()
        self.wait_ready()
        self.say(f"all workers are Ready {time.monotonic() - began:.1f} s after the last apply")
        self.show("get", "workers")

    def answers(self) -> None:
        self.step("Three responses", "over HTTP, through the data plane")
        report = self.ask("customer123", "/elite/brand").json()
        self.expect(bool(report["findings"]), "the brand report has findings")
        worst = report["findings"][0]
        self.say(f"https://customer123.{self.domain}/elite/brand/")
        self.say(
            f"    {report['title']!r} scores {report['score']}; first finding: {worst['message']}"
        )
        first, second = self.ask("customer123"), self.ask("customer123")
        cart = self.ask("customer123", "/cart")
        caching = [r.headers.get("Code24-Cache", "") for r in (first, second, cart)]
        self.expect(
            "Alder" in second.text and caching[2].startswith("BYPASS"),
            f"the cart is not cached: {caching}",
        )
        self.say(f"https://customer123.{self.domain}/")
        self.say(f"    the shop's page: {caching[0]}, then {caching[1]}; its cart: {caching[2]}")
        hello = self.ask("hello")
        self.expect(hello.status_code == 200 and "Hello" in hello.text, "hello answers")
        self.say(f"https://hello.{self.domain}/")
        self.say(f"    {hello.text.strip()}   (version {hello.headers['Code24-Version']})")

    def report(self) -> None:
        self.step("The brand report", "rendered in a headless browser")
        picture = self.folder / "report.png"
        browser = shutil.which("chromium") or shutil.which("chromium-browser")
        url = f"https://customer123.{self.domain}/elite/brand/report"
        if browser is None:
            self.say(f"{url}: no screenshot, because Chromium is not on PATH")
            return
        page = self.edge.get(
            "/elite/brand/report",
            headers={"Host": f"customer123.{self.domain}", "Accept": "text/html"},
        )
        self.expect(page.headers["Content-Type"].startswith("text/html"), "the report is a page")
        # The page loads no other resources, so a file renders in the same way.
        with tempfile.TemporaryDirectory() as folder:
            saved = Path(folder) / "report.html"
            saved.write_text(page.text)
            options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
            quiet = (
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
            )
            size = ("--window-size=1100,1400", f"--user-data-dir={folder}/profile")
            command = [browser, *options, *quiet, *size, f"--screenshot={picture}", str(saved)]
            subprocess.run(command, capture_output=True, timeout=60)
        self.expect(picture.exists(), f"{browser} writes a screenshot")
        self.say(f"{url}\n    {len(page.content) // 1024} kB of HTML; screenshot: {picture}")

    def funnel(self) -> None:
        self.step("The shop's funnel", "data points of its visitors, queried in SQL")
        for path in ("/", "/", "/", "/chair", "/chair", "/cart", "/cart", "/checkout"):
            self.ask("customer123", path)
        query = (
            "SELECT blob1 AS step, SUM(_sample_interval) AS requests "
            "FROM workers_analytics_events_customer_123 WHERE timestamp > NOW() - INTERVAL '1' HOUR "
            "GROUP BY step ORDER BY requests DESC"
        )
        self.await_true("the data points", lambda: len(self.sql(query)) >= 3)
        self.say(query)
        for row in self.sql(query):
            self.say(f"    {row['step']:<14} {row['requests']:>3}  {'█' * int(row['requests'])}")

    def update(self) -> None:
        self.step("A live update", "under continuous requests")
        counts: collections.Counter[str] = collections.Counter()
        ending = threading.Event()

        def visit() -> None:
            with httpx.Client(base_url=os.environ["EDGE_URL"], timeout=30) as client:
                while not ending.is_set():
                    answer = client.get("/", headers={"Host": f"hello.{self.domain}"})
                    counts[answer.text.split()[0] if answer.status_code == 200 else "failed"] += 1

        visitor = threading.Thread(target=visit, daemon=True)
        visitor.start()
        self.patch("hello", {"spec": {"vars": {"GREETING": "Moin"}}})
        began = time.monotonic()
        self.await_true("the new version", lambda: counts["Moin"] > 0)
        took = time.monotonic() - began
        self.await_true(
            "the old script's removal", lambda: len(self.scripts("customer-456--hello")) == 1
        )
        ending.set()
        visitor.join()
        total = sum(counts.values())
        self.expect(counts["failed"] == 0, f"no request failed: {dict(counts)}")
        self.say(
            f"the new version answered after {took * 1000:.0f} ms; 0 of {total} requests failed: {dict(counts)}"
        )
        self.say("the operator removed the old script after KV's consistency window")

    def scale(self) -> None:
        self.step("kubectl scale", "the dispatcher balances requests over three instances")
        self.kubectl("scale", "cw/hello", "--replicas=3")
        self.await_true("three instances", lambda: self.instances(30) == {"0", "1", "2"})
        seen = collections.Counter(self.ask("hello").headers["Code24-Instance"] for _ in range(60))
        self.say("60 requests: " + ", ".join(f"instance {i}: {n}" for i, n in sorted(seen.items())))
        self.show("get", "cw/hello")

    def equipped(self) -> None:
        self.step("A fully equipped worker", "ConfigMap, secret, KV, route, limits, service")
        text = (EXAMPLES / "equipped.yaml").read_text().replace("code24.dev/*", f"{self.domain}/*")
        self.kubectl("apply", "-f", "-", stdin=text)
        self.wait_ready()
        self.show("get", "cw/orders", "cw/prices")
        self.say(f"https://www.orders.{self.domain}/any  {self.ask('www.orders', '/any').text}")
        began = time.monotonic()
        self.kubectl("apply", "-f", "-", stdin=text.replace("edition: 1", "edition: 2"))
        self.await_true("the new code", lambda: self.ask("orders").json()["edition"] == 2)
        self.say(
            f"the changed ConfigMap was served after {(time.monotonic() - began) * 1000:.0f} ms"
        )
        began = time.monotonic()
        secret = text.replace("edition: 1", "edition: 2").replace("change-me", "changed-by-now")
        self.kubectl("apply", "-f", "-", stdin=secret)
        self.await_true("the new secret", lambda: self.ask("orders").json()["signedWith"] == 14)
        self.say(f"the rotated secret was served after {time.monotonic() - began:.1f} s")
        self.patch("orders", {"spec": {"configuration": {"plan": "free"}, "instances": 2}})
        self.await_true(
            "the plan's refusal", lambda: self.ready("cw/orders")["reason"] != "Succeeded"
        )
        self.say("plan free, 2 instances: " + self.ready("cw/orders")["message"])
        self.patch("orders", {"spec": {"configuration": {"plan": "premium"}, "instances": 1}})
        self.wait_ready()

    def rejected(self) -> None:
        self.step("A script that does not start", "is rejected, and the old version keeps serving")
        script = "export default { fetch() { return new Response('oops' } }"
        self.patch("hello", {"spec": {"source": {"inline": {"script": script}}}})
        self.await_true(
            "the rejection", lambda: self.ready("cw/hello")["reason"] == "ScriptRejected"
        )
        self.show("get", "cw/hello")
        self.say(self.ready("cw/hello")["message"])
        self.expect(self.ask("hello").status_code == 200, "the old version keeps serving")
        self.say(f"meanwhile: {self.ask('hello').text.strip()}")

    def teams(self) -> None:
        self.step("Two teams", "share a platform; what no grant lists is refused")
        token = f"--from-literal=token={os.environ['CLOUDFLARE_API_TOKEN']}"
        secret = ("create", "secret", "generic", "teams", token)
        self.kubectl(*secret, namespace="code24-workers", check=False)
        text = (EXAMPLES / "teams.yaml").read_text()
        for placeholder, variable in ACCOUNT.items():
            text = text.replace(placeholder, os.environ[variable])
        address = f"dataPlane: {{address: {os.environ['EDGE_URL']}}}"
        local = f"  environment: dev\n  baseUrl: {os.environ['CLOUDFLARE_BASE_URL']}\n  {address}\n"
        text = text.replace("  environment: dev\n", local)
        self.kubectl("apply", "-f", "-", namespace="", stdin=text)
        wait = ("wait", "--for=condition=Ready", "--timeout=60s", "cw/site")
        self.kubectl(*wait, namespace="team-a")
        self.await_true(
            "the refusal", lambda: self.ready("cw/site", "team-b")["reason"] == "NotGranted"
        )
        self.say(f"https://acme.teams.{self.domain}/  {self.ask('acme.teams').text}")
        self.say(f"team-b's worker: {self.ready('cw/site', 'team-b')['message']}")

    def delete(self) -> None:
        self.step("kubectl delete", "removes the worker from the account")
        self.say(f"hello's scripts before: {len(self.scripts('customer-456--hello'))}")
        self.kubectl("delete", "cw/hello", "--timeout=60s")
        left = self.scripts("customer-456--hello")
        keys = [k for k in self.keys() if "hello" in k]
        self.expect(not left and not keys, f"nothing of hello is left: {left} {keys}")
        self.expect(self.ask("hello").status_code == 404, "hello's hostname answers 404")
        self.say("hello's scripts after: 0, routing entries: 0, its hostname: 404")

    def done(self) -> None:
        self.step(
            "Done", f"after {time.monotonic() - self.started:.0f} s; everything is still running"
        )
        self.say(f"export KUBECONFIG={os.environ['KUBECONFIG']}")
        self.say(
            "kubectl -n demo get workers; kubectl -n demo describe ew; kubectl explain cw.spec"
        )
        self.say(f"curl -H 'Host: customer123.{self.domain}' {os.environ['EDGE_URL']}/elite/brand")
        self.say("make down stops everything")

    # --- helpers --------------------------------------------------------------------------------------------------

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

    def api(self, method: str, path: str) -> Any:
        headers = {"Authorization": f"Bearer {os.environ['CLOUDFLARE_API_TOKEN']}"}
        answer = httpx.request(
            method, os.environ["CLOUDFLARE_BASE_URL"] + path, headers=headers, timeout=30
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
            "GET", f"/accounts/{account}/workers/dispatch/namespaces/code24-dev/scripts"
        )
        return [s["script"]["id"] for s in found if part in s["script"]["id"]]

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


if __name__ == "__main__":
    main()
