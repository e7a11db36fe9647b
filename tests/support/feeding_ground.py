"""What hostile objects are fed into: a cluster that takes everything, an edge, an operator, a neighbour who edits.

The platform is one of several tenants: its grants, quotas and resting hosts stand between the namespaces.
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import yaml

from bench import usage
from bench.kube import Kube
from local_cluster import LocalCluster
from support import neighbour
from support.clusters import OPERATOR_NAMESPACE, Cluster, cluster, secrets_permission
from support.edges import Edge
from support.feeding import Feeder, Outcome, Surroundings
from support.fuzzing import CUSTOMER, KINDS, NAMESPACES, Hostile, permissive
from support.handles import API_VERSION
from support.kube import Object
from support.neighbour import Arguments, Neighbour
from support.operators import Operator
from support.sightings import Sightings
from support.waiting import until

_ROOT: Final = Path(__file__).parents[2]
_SECRET: Final = "cloudflare"


class Ground:
    """``used``: what each process has used, until the restart and after it."""

    def __init__(self, running: Cluster, edge: Edge, folder: Path, stack: ExitStack) -> None:
        self.used: list[str] = []
        self._cluster = running
        self._edge = edge
        self._folder = folder
        self._stack = stack
        self._logs: list[Path] = []
        self._pid = folder / "operator.pid"
        self._operator = self._started()

    def feed(
        self,
        hostile: Hostile,
        count: int,
        seconds: float,
        tell: Callable[[Outcome], None] = lambda _: None,
    ) -> Outcome:
        """Feed objects, and have a neighbour edit meanwhile; see ``Feeder.feed``."""
        log = self._folder / "neighbour.log"
        kubeconfig, edge = self._cluster.kubectl.kubeconfig, self._edge
        other = Neighbour(Arguments(kubeconfig, self._host, edge.data_url, self._pid), log)
        self._stack.callback(other.close)
        until(lambda: other.edits, "the neighbour's first edit does not end")
        meter = self._meter(other)

        def restart() -> None:
            # In this thread: the operator ends with the one that has started it.
            nonlocal meter
            self.used.append(str(meter.used()))
            self._operator.stop()
            self._operator = self._started()
            meter = self._meter(other)

        def told(outcome: Outcome) -> None:
            alive = self._operator.process.alive
            assert alive, self._operator.process.tail()
            tell(outcome)

        outcome = asyncio.run(self._feed(hostile, count, seconds, other, restart, told))
        self.used.append(str(meter.used()))
        return outcome

    async def _feed(
        self,
        hostile: Hostile,
        count: int,
        seconds: float,
        other: Neighbour,
        restart: Callable[[], None],
        tell: Callable[[Outcome], None],
    ) -> Outcome:
        async with (
            Kube(self._cluster.kubectl.kubeconfig) as kube,
            Sightings(kube, KINDS) as sightings,
        ):
            around = Surroundings(kube, other, restart, self._log, tell)
            return await Feeder(around, sightings).feed(hostile, count, seconds)

    @property
    def crashes(self) -> int:
        """How many errors that nobody has thought of are in the operators' logs."""
        return self._log().count("Traceback")

    @property
    def _host(self) -> str:
        return f"{neighbour.NAME}.{self._edge.domain}"

    def _log(self) -> str:
        return "\n".join(log.read_text(errors="replace") for log in self._logs)

    def settle(self) -> None:
        """Return when the neighbour's worker serves."""
        kubectl = self._cluster.kubectl
        kubectl("wait", "--for=condition=Ready", "--timeout=60s", "workersplatform/default")
        kubectl.apply(neighbour.worker())
        problem = lambda: f"the neighbour does not serve\n{self._operator.process.tail()}"  # noqa: E731
        until(lambda: self._edge.visit(self._host).text == "first", problem)

    def _started(self) -> Operator:
        log = self._folder / f"operator-{len(self._logs)}.log"
        log.touch()
        self._logs.append(log)
        variables = {
            "KUBECONFIG": str(self._cluster.operator_kubeconfig),
            "WORKERS_KV_WINDOW": "1s",
            "WORKERS_ALLOW_PRIVATE": "127.0.0.1",
            "WORKERS_ALLOWED_BASE_URLS": self._edge.base_url,
            "WORKERS_ALLOWED_DATA_PLANES": self._edge.data_url,
        }
        operator = Operator(variables, log)
        self._stack.callback(operator.process.kill)
        self._pid.write_text(str(operator.process.pid))
        operator.wait_ready()
        return operator

    def _meter(self, other: Neighbour) -> usage.Meter:
        edge = self._edge.process.pid
        pids = LocalCluster(self._folder / "cluster").status().pids
        roles: Mapping[str, usage.Pids] = {
            "operator": lambda: [self._operator.process.pid],
            "kube-apiserver": lambda: [pids["kube-apiserver"]],
            "etcd": lambda: [pids["etcd"]],
            "edge": lambda: usage.tree(edge),
            "feeder": lambda: [os.getpid()],
            "neighbour": lambda: [other.pid],
        }
        return usage.Meter(roles)


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """A ground whose neighbour serves."""
    with ExitStack() as stack:
        running = stack.enter_context(cluster("local", folder))
        for path in sorted((_ROOT / "crds").glob("*.yaml")):
            definition = yaml.safe_load(path.read_text())
            if definition["spec"]["names"]["kind"] in KINDS:
                running.kubectl("replace", "-f", "-", stdin=permissive(definition))
        edge = Edge(folder / "edge", folder / "edge.log")
        stack.callback(edge.stop)
        items = [*map(_namespace, (*NAMESPACES, neighbour.NAMESPACE)), *_platform(edge)]
        items += map(secrets_permission, NAMESPACES)
        whole = {"apiVersion": "v1", "kind": "List", "items": items}
        running.kubectl("apply", "-f", "-", stdin=whole)
        made = Ground(running, edge, folder, stack)
        made.settle()
        yield made


def _namespace(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _platform(edge: Edge) -> Iterator[Object]:
    """Yield a Secret and the platform that it is for."""
    reference = {"namespace": OPERATOR_NAMESPACE, "name": _SECRET}
    yield {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": reference,
        "stringData": {"token": edge.token},
    }
    yield {
        "apiVersion": API_VERSION,
        "kind": "WorkersPlatform",
        "metadata": {"name": "default"},
        "spec": {
            "accountId": edge.variables["CLOUDFLARE_ACCOUNT_ID"],
            "environment": "dev",
            "credentials": {"apiTokenSecretRef": {**reference, "key": "token"}},
            "domain": edge.domain,
            "zones": [{"name": name, "id": id_} for name, id_ in edge.zones.items()],
            "dataPlane": {"address": edge.data_url},
            "baseUrl": edge.base_url,
            "tenancy": _tenancy(edge.domain),
        },
    }


def _tenancy(domain: str) -> Mapping[str, Any]:
    """The neighbour's grant and theirs, with a quota; hosts rest for as long as a few objects live."""
    hosts = [f"*.{domain}"]
    own = {
        "namespaces": [neighbour.NAMESPACE],
        "customers": [neighbour.NAMESPACE],
        "hosts": hosts,
    }
    theirs = {
        "namespaces": list(NAMESPACES),
        "customers": [CUSTOMER],
        "hosts": hosts,
        "plans": ["premium"],
        "templates": ["customer/*", "elite/*"],
        "scriptNames": ["brand-*"],
        "storage": {"buckets": ["none"], "kvNamespaces": ["NOWHERE"]},
        "limits": {"workers": 12, "scripts": 16},
    }
    return {"grants": [own, theirs], "hostCooldown": "20s"}
