"""One scenario's own cluster, and the edges and operators that it wants."""

import asyncio
import itertools
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from bench import objects, usage
from bench.edge import Edge
from bench.kube import Kube, Object, Watch
from local_cluster import LocalCluster
from local_cluster.audit import AuditedRequest, AuditReader
from support.clusters import (
    OPERATOR_USER,
    Cluster,
    cluster,
    secrets_permission,
)
from support.operators import Operator
from support.waiting import until

KV_WINDOW_SECONDS: Final = 2.0
_QUIET_SECONDS: Final = 3.0
_QUIET_LIMIT: Final = 300.0


class Lab:
    """What is started here ends with the scenario."""

    def __init__(self, folder: Path, running: Cluster, stack: ExitStack) -> None:
        self.folder = folder
        self.cluster = running
        self._stack = stack
        self.python: str | Path = sys.executable  # of the operators
        self._local = LocalCluster(folder / "cluster")
        self._numbers = itertools.count(1)

    def kube(self) -> Kube:
        """A new client."""
        return Kube(self.cluster.kubectl.kubeconfig)

    def edge(self, *options: str) -> Edge:
        """A fresh edge."""
        edge = Edge(self.folder / f"edge-{next(self._numbers)}", *options)
        self._stack.callback(edge.process.kill)
        return edge

    def again(self, edge: Edge, *options: str) -> Edge:
        """The same edge, with all that it holds, started anew with other options."""
        edge.stop()
        started = Edge(edge.folder, *options)
        self._stack.callback(started.process.kill)
        return started

    def operator(self, edge: Edge, **variables: str) -> Operator:
        """An operator; returns when it says that it is ready. Variables that are empty are left out."""
        basics = {
            **edge.variables,
            "KUBECONFIG": str(self.cluster.operator_kubeconfig),
            "ENVIRONMENT": "dev",
            "WORKERS_KV_WINDOW": f"{KV_WINDOW_SECONDS:g}s",
        }
        log = self.folder / f"operator-{next(self._numbers)}.log"
        log.touch()
        given = {k: v for k, v in {**basics, **variables}.items() if v}
        operator = Operator(given, log, python=self.python)
        self._stack.callback(operator.process.kill)
        operator.wait_ready()
        return operator

    def set_up(self, edge: Edge, **variables: str) -> Operator:
        """An operator that has its platform set up at the edge."""
        operator = self.operator(edge, **variables)
        until(edge.dispatches, lambda: f"no dispatcher\n{operator.process.tail()}")
        return operator

    def operator_pid(self) -> int:
        """The pid of the operator that runs now."""
        [pid] = _operators()
        return pid

    def meter(self, edge: Edge | None = None) -> usage.Meter:
        """What operator, edge (its API and its workerd) and control plane use from now on."""
        roles: dict[str, usage.Pids] = {"operator": _operators}
        if edge is not None:
            roles |= edge_roles(edge)
        pids = self._local.status().pids
        for name in ("kube-apiserver", "etcd"):
            roles[name] = lambda pid=pids[name]: [pid]  # type: ignore[misc]
        roles["bench"] = lambda: [os.getpid()]
        return usage.Meter(roles)

    # --- the audit log ----------------------------------------------------------------------------------------------

    def audit(self) -> AuditReader:
        """What the API server is asked for from now on."""
        assert self.cluster.audit_log is not None
        return AuditReader(self.cluster.audit_log)

    async def quiet(self, seconds: float = _QUIET_LIMIT) -> None:
        """Waits until the operator has written nothing to Kubernetes for a while."""
        reader = self.audit()
        last = time.monotonic()
        deadline = last + seconds
        while time.monotonic() - last < _QUIET_SECONDS:
            assert time.monotonic() < deadline, "the operator does not come to rest"
            await asyncio.sleep(0.5)
            if operator_writes(reader.read()):
                last = time.monotonic()


def _operators() -> list[int]:
    return usage.children("workers_operator.cli")


def edge_roles(edge: Edge) -> dict[str, usage.Pids]:
    """The edge's API and its data plane apart."""
    [root] = usage.children(str(edge.folder))
    return {
        "edge API": lambda: [root],
        "edge workerd": lambda: [pid for pid in usage.tree(root) if pid != root],
    }


def operator_writes(requests: Sequence[AuditedRequest]) -> list[AuditedRequest]:
    """The operator's own writes."""
    return [r for r in requests if r.user == OPERATOR_USER and r.writes]


async def create(kube: Kube, found: Sequence[Object]) -> float:
    """Creates the objects; the seconds that it took."""
    began = time.monotonic()
    await kube.each(lambda obj: kube.create(objects.collection(obj), obj), found)
    return time.monotonic() - began


async def fleet(kube: Kube, watch: Watch, found: Sequence[Object], seconds: float) -> float:
    """Creates the objects and waits until all are Ready; seconds from the first request on."""
    began = time.monotonic()
    before = len(watch.ready)
    await create(kube, found)
    return await watch.all_ready(before + len(found), seconds) - began


@contextmanager
def lab(folder: Path) -> Iterator[Lab]:
    """A scenario's lab, with a namespace for its objects."""
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        running = stack.enter_context(cluster("local", folder))
        running.kubectl("create", "namespace", objects.NAMESPACE)
        running.kubectl.apply(secrets_permission(objects.NAMESPACE))
        yield Lab(folder, running, stack)
