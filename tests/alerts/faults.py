"""The faults, each as it comes about in real life, and the alert that each must fire."""

import itertools
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import httpx

from support.bed import Bed, Place
from support.clusters import OPERATOR_NAMESPACE
from support.handles import Platform
from support.operators import Operator
from support.proxy import Fault, Proxy, failing, too_many
from support.scripts import says
from support.tampering import await_slack
from support.waiting import until

LEASE: Final = f"/apis/coordination.k8s.io/v1/namespaces/{OPERATOR_NAMESPACE}/leases"
_METRICS: Final = {"interval": "10s", "delay": "0s", "perWorker": True}
_SHOP: Final = """export default { async fetch(request) {
  const path = new URL(request.url).pathname
  if (path === "/throw") throw new Error("broken")
  if (path === "/slow") await scheduler.wait(6_000)
  if (path === "/limit") throw new Error("Worker exceeded CPU time limit.")
  return new Response("ok")
} }"""
_FOREIGN_SCRIPTS: Final = 50
# Python imports this at its start. A bug can't be caused from outside, or it would have been mended.
_BUG: Final = """from workers_operator.reconcilers.template.reconcile import TemplateReconciler

async def reconcile(*_):
    raise RuntimeError("a bug")

TemplateReconciler.reconcile = reconcile
"""


class Faults:
    """A cluster with platforms and workers, some of them in trouble."""

    def __init__(self, bed: Bed) -> None:
        self.bed = bed
        self.place = Place(bed)
        self.operator = self._start()
        self._visitors = Visitors(bed.edge.data_url)
        self.main = self._platform()
        self.shop = self.place.customer("shop", _SHOP, on=self.main, instances=3)
        self.place.template("page", says("page"), platform=self.main.name)
        follows = {"templateRef": {"name": "page"}}
        self.follower = self.place.customer("follower", on=self.main, source=follows)

    # --- what goes wrong ----------------------------------------------------------------------------------------------

    def start_traffic(self) -> None:
        """Visitors, some of whom meet an error; those of another platform wait for long."""
        slow = self._platform()
        waits = self.place.customer("waits", _SHOP, on=slow)
        for worker in (self.shop, waits, self.follower):
            worker.wait_ready()
        self._visitors.start(self.shop.host, ["/", "/", "/", "/throw"], pause=0.2)
        # What the edge throws where a script runs for too long. One that does would hold up the whole local edge.
        self._visitors.start(self.shop.host, ["/limit"], pause=1.0)
        for _ in range(3):
            self._visitors.start(waits.host, ["/slow"], pause=0.1)

    def break_workers(self) -> None:
        """A script that does not parse, a worker that fails its probes, a hostname that is taken, an orphan."""
        on, customer = self.main, self.place.customer
        customer("broken", "export default { fetch( }", on=on)
        health = {"path": "/", "interval": "5s", "failureThreshold": 1}
        sick = "export default { fetch() { return new Response('no', { status: 500 }) } }"
        customer("sick", sick, on=on, health=health)
        gone = customer("gone", says("x"), on=on, policies={"deletion": "Orphan"})
        gone.wait_ready()
        gone.delete()
        gone.wait_gone()
        taken = self.shop.body["spec"]["subdomain"]
        customer("second", says("x"), on=on, subdomain=taken, scriptName=f"{self.place.slug}-2")

    def begin_rollout(self) -> None:
        """A new version that gets a tenth of the requests. Nothing is wrong with it: a panel shows its share."""
        rolling = self.place.customer("rolling", says("one"), on=self.main)
        rolling.wait_ready()
        steps = [{"weight": 10, "pause": {}}]
        source = {"inline": {"script": says("two")}}
        rolling.apply(source=source, rollout={"strategy": "Canary", "steps": steps})

    def break_template(self) -> None:
        """A template whose new version fails its smoke test at the first follower."""
        template = self.place.template("broken", says("well"), platform=self.main.name)
        follows = {"templateRef": {"name": "broken"}}
        self.place.customer("first", on=self.main, source=follows).wait_ready()
        throws = "export default { fetch() { throw new Error('broken') } }"
        template.apply(source={"inline": {"script": throws}})

    def break_platforms(self) -> None:
        """A token that is refused, a token whose calls are used up, analytics that may not be read."""
        refused, used_up, blind = (self._platform() for _ in range(3))
        for platform in (refused, used_up, blind):
            platform.wait_ready()
        self.bed.edge.set_token(refused.token, "disabled")
        self._proxy_of(used_up).fault(too_many(3600))
        denied = failing(403, 10000, "Authentication error")
        self._proxy_of(blind).fault(denied, path="/graphql")

    def overwrite_script(self) -> None:
        """Somebody else's content under a name of ours."""
        mine = self.place.customer("mine", says("mine"), on=self.main, interval="10s")
        mine.wait_ready()
        await_slack(mine)
        for name in mine.scripts():
            self.bed.edge.put_script(self.main.space, name)

    def fill_namespace(self) -> None:
        """Scripts of somebody else in the dispatch namespace."""
        for number in range(_FOREIGN_SCRIPTS):
            self.bed.edge.put_script(self.main.space, f"foreign-{number}")

    def fail_calls(self) -> None:
        """Cloudflare's API has an outage."""
        for proxy in self.place.proxies:
            proxy.fault(failing(503))

    def slow_calls(self, seconds: float) -> None:
        """Every call to Cloudflare's API takes its time, and one reconciliation at a time waits for it."""
        self.operator.stop()
        for proxy in self.place.proxies:
            proxy.clear()
            proxy.fault(Fault("delay", seconds=seconds))
        self.operator = self._start(WORKERS_CONCURRENCY="1")

    def plant_bug(self) -> None:
        """An operator whose passes of templates end in an exception."""
        folder = self.bed.folder / "bug"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(_BUG)
        self.operator.stop()
        self.operator = self._start(PYTHONPATH=str(folder))

    def stop_operator(self) -> None:
        """There is no operator any more."""
        self.operator.stop()

    def take_lease(self) -> None:
        """Somebody holds the lease and does nothing."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        spec = {
            "holderIdentity": "somebody", "leaseDurationSeconds": 600, "acquireTime": now, "renewTime": now,
        }  # fmt: skip
        self.bed.access.api.patch(f"{LEASE}/workers-operator", {"spec": spec})
        self.operator = self._start(wait=False)
        until(lambda: "is a candidate" in self.operator.process.text, self.operator.process.tail)

    def close(self) -> None:
        """End what makes requests; cluster and edge end with the bed."""
        self._visitors.stop()
        for proxy in self.place.proxies:
            proxy.close()

    # --- parts --------------------------------------------------------------------------------------------------------

    def _start(self, *, wait: bool = True, **variables: str) -> Operator:
        election = {"WORKERS_LEADER_ELECT": "true", "POD_NAME": "workers-operator-0"}
        return self.bed.start_operator({**election, **variables}, wait=wait)

    def _platform(self) -> Platform:
        return self.place.platform(self.place.proxy(), interval="10s", metrics=_METRICS)

    def _proxy_of(self, platform: Platform) -> Proxy:
        return self.place.proxies[self.place.platforms.index(platform)]


class Visitors:
    """Threads that make requests to the data plane until they are stopped, none more often than ten times a second."""

    def __init__(self, data_url: str) -> None:
        self._data_url = data_url
        self._end = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, host: str, paths: Sequence[str], *, pause: float) -> None:
        """Visit the paths of a host in turn."""

        def visit() -> None:
            with httpx.Client(base_url=self._data_url, timeout=30) as client:
                for path in itertools.cycle(paths):
                    with suppress(httpx.TransportError):  # visitors come again
                        client.get(path, headers={"Host": host})
                    if self._end.wait(pause):
                        return

        thread = threading.Thread(target=visit, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """Return when all requests have ended."""
        self._end.set()
        for thread in self._threads:
            thread.join()
