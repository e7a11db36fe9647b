"""The demo that `make demo` runs on the local cluster and the local edge. It verifies every step.

It exits with 1 at the first failed expectation. Otherwise it leaves everything running; ``--stop`` stops the REST
API, the operator and the demo's shop.
"""

import argparse
import collections
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx
from demo_kit import NAMESPACE
from demo_rest import rest_api
from demo_rollouts import Rollouts
from install import free_port
from processes import get_ok, stop

EXAMPLES = Path(__file__).resolve().parent
# Requests; three a second even over a whole minute, which may end before anybody has looked at how soon they came.
LOAD = 180
ACCOUNT = {  # what stands for it in examples -> variable
    "e88bd087a41fe8d87d26724c8a0c7d0f": "CLOUDFLARE_ACCOUNT_ID",
    "023e105f4ecef8ad9ca31a8372d0c353": "CLOUDFLARE_ZONE_ID",
}


def main() -> None:
    """Run the demo, or stop what it left running."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="folder with cluster/ and edge/")
    parser.add_argument("--stop", action="store_true", help="stop what make up and demo started")
    arguments = parser.parse_args()
    if arguments.stop:
        for name in ("gateway", "operator", "shop"):
            stop(arguments.dir / f"{name}.pid")
        return
    Demo(arguments.dir.resolve()).run()


class Demo(Rollouts):
    """One run of the demo. Each step prints its purpose, then its results."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.started = time.monotonic()
        self.shop = ""

    def run(self) -> None:
        self.operator_up()
        self.apply()
        self.answers()
        self.load()
        self.report()
        self.funnel()
        self.update()
        self.scale()
        self.healed()
        self.rolled_out()
        self.untried()
        self.analysed()
        self.equipped()
        self.rejected()
        self.teams()
        self.autoscaled()
        self.delete()
        rest_api(self)
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
        self.shop = shop = f"http://127.0.0.1:{port}"
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

    def load(self) -> None:
        self.step("Load", "on a worker that an autoscaler watches; its effect comes further down")
        text = (EXAMPLES / "autoscaled.yaml").read_text()
        for written, here in (
            ("https://shop.example.com", self.shop),
            ("minInstances: 2", "minInstances: 1"),
            ("averageValue: 100}", "averageValue: 1}"),
        ):
            text = text.replace(written, here)
        self.kubectl("apply", "-f", "-", stdin=text)
        self.wait_ready()
        self.await_true("room in the minute", lambda: time.time() % 60 < 50)
        for _ in range(LOAD):
            self.ask("busy")
        self.say(
            f"{LOAD} requests to https://busy.{self.domain}/, one instance; an instance shall have 1 a second"
        )

    def autoscaled(self) -> None:
        self.step(
            "Autoscaling",
            "a burst is met at once; status tells of a whole minute, some seconds late",
        )
        scaling: dict[str, Any] = {}

        def has_grown() -> bool:
            scaling.update(self.status("cw/busy").get("scaling") or {})
            return int(scaling.get("desired", 1)) > 1 and "metrics" in self.status("cw/busy")

        self.await_true("more instances", has_grown, 150)
        self.kubectl("wait", "--for=condition=Ready", "--timeout=60s", "cw/busy")
        self.say(f"from 1 to {scaling['desired']} instances: {scaling['reason']}")
        metrics = self.status("cw/busy")["metrics"]
        self.expect(
            LOAD <= metrics["requests"] <= 1.1 * LOAD,
            f"status tells of the {LOAD} requests: {metrics}",
        )
        self.say(
            f"status.metrics: {metrics['requests']} requests of the {LOAD} that were sent, "
            f"{metrics['errors']} errors, {metrics['avgResponseTime']} on average"
        )
        self.show("get", "cw/busy", "-o", "wide")
        usage = [str(Path(sys.executable).parent / "workers-operator"), "usage", "--since", "1h"]
        self.say("$ workers-operator usage --since 1h")
        self.say(subprocess.run(usage, capture_output=True, text=True, check=True).stdout.rstrip())

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
        ending.set()
        visitor.join()
        total = sum(counts.values())
        self.expect(counts["failed"] == 0, f"no request failed: {dict(counts)}")
        self.say(
            f"the new version answered after {took * 1000:.0f} ms; 0 of {total} requests failed: {dict(counts)}"
        )
        self.expect(
            len(self.scripts("customer-456--hello")) == 2, "the former version stays at the edge"
        )
        self.say("the former version stays at the edge, one write away")

    def scale(self) -> None:
        self.step("kubectl scale", "the dispatcher balances requests over three instances")
        self.kubectl("scale", "cw/hello", "--replicas=3")
        self.await_true("three instances", lambda: self.instances(30) == {"0", "1", "2"})
        seen = collections.Counter(self.ask("hello").headers["Code24-Instance"] for _ in range(60))
        self.say("60 requests: " + ", ".join(f"instance {i}: {n}" for i, n in sorted(seen.items())))
        self.show("get", "cw/hello")

    def healed(self) -> None:
        self.step("A broken instance", "gets no requests, is uploaded anew, and comes back")
        self.patch("hello", {"spec": {"health": {"interval": "2s"}}})
        self.wait_ready()
        second = next(s for s in self.scripts("customer-456--hello") if s.endswith("--1"))
        self.overwrite(second, "export default { fetch() { throw new Error('broken') } }")
        began, failed, after = time.monotonic(), 0, 0

        def is_out(wanted: list[int]) -> bool:
            return bool(self.status("cw/hello")["health"].get("out", []) == wanted)

        while not is_out([1]):
            self.expect(time.monotonic() - began < 60, "the broken instance gets no requests")
            failed += sum(self.ask("hello").status_code != 200 for _ in range(10))
        self.say(
            f"instance 1 was overwritten by hand; {failed} requests met it, and none after "
            f"{time.monotonic() - began:.1f} s"
        )
        while not is_out([]):
            self.expect(time.monotonic() - began < 60, "the instance comes back")
            answers = [self.ask("hello").status_code for _ in range(10)]
            self.expect(set(answers) == {200}, f"no request fails any more: {answers}")
            after += len(answers)
        self.say(
            f"it was uploaded anew, and gets requests again after {time.monotonic() - began:.1f} s; "
            f"0 of {after} requests failed meanwhile"
        )

    def equipped(self) -> None:
        self.step("A fully equipped worker", "ConfigMap, secret, KV, route, limits, service")
        text = (EXAMPLES / "equipped.yaml").read_text().replace("code24.dev/*", f"{self.domain}/*")
        self.kubectl("apply", "-f", "-", stdin=text)
        self.wait_ready()
        self.show("get", "cw/orders", "cw/prices")
        self.say(f"https://www.orders.{self.domain}/any  {self.ask('www.orders', '/any').text}")
        began = time.monotonic()
        config_map = next(part for part in text.split("---\n") if "kind: ConfigMap" in part)
        self.kubectl("apply", "-f", "-", stdin=config_map.replace("edition: 1", "edition: 2"))
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
        self.say(f"open {os.environ['API_URL']}/api/docs")
        self.say(
            f"look at the workers: {os.environ['API_URL']}/ (sign in with API_TOKEN of .local/env)"
        )
        self.say("make down stops everything")


if __name__ == "__main__":
    main()
